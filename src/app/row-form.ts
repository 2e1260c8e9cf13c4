import type { RowField } from '../worker/client.ts';

/** A text that is a number as the form takes it; a decimal comma is one, too, where nothing else is meant by it. */
export function plainNumber(text: string): string | undefined {
  const trimmed = text.trim().replaceAll('−', '-');
  const point = /^[+-]?\d+,\d+$/.test(trimmed) ? trimmed.replace(',', '.') : trimmed;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(point) ? point : undefined;
}

/** What is wrong with a field, as a sentence; undefined if nothing is. */
export function fieldFault(field: RowField, text: string): string | undefined {
  if (text.trim() === '') return field.fill === undefined ? 'A value is needed here.' : undefined;
  if (field.kind === 'category' || plainNumber(text) !== undefined) return undefined;
  return `“${text.trim().slice(0, 20)}” is not a number.`;
}

/** The cells as the table would hold them. */
export function cellsOf(fields: readonly RowField[], texts: readonly string[]): string[] {
  return fields.map(({ kind }, i) => (kind === 'number' ? (plainNumber(texts[i]) ?? '') : texts[i]));
}
