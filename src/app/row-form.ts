import { readNumber, type DecimalMark } from '../index.ts';
import type { RowField } from '../worker/client.ts';

/** `1,234` where the table has a decimal point: for some a thousand, for others little more than one. */
const AMBIGUOUS = /^[+-]?[1-9]\d{0,2},\d{3}$/;

/**
 * A text that is a number as the form takes it, with a decimal point: written as in the table, with its thousands apart
 * or not, or with the other decimal mark where nothing else can be meant by it.
 *
 * @param decimal the table's decimal mark
 */
export function plainNumber(text: string, decimal: DecimalMark): string | undefined {
  const trimmed = text.trim().replaceAll('−', '-');
  if (decimal === '.' && AMBIGUOUS.test(trimmed)) return undefined;
  const value = readNumber(trimmed, decimal) ?? readNumber(trimmed, decimal === '.' ? ',' : '.');
  return value !== undefined && Number.isFinite(value) ? String(value) : undefined;
}

/** What is wrong with a field, as a sentence; undefined if nothing is. */
export function fieldFault(field: RowField, text: string, decimal: DecimalMark): string | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return field.fill === undefined ? 'A value is needed here.' : undefined;
  if (field.kind === 'category' || plainNumber(text, decimal) !== undefined) return undefined;
  if (decimal === '.' && AMBIGUOUS.test(trimmed)) {
    return `Write ${trimmed.replace(',', '')} or ${trimmed.replace(',', '.')}: “${trimmed}” can be either.`;
  }
  return `“${trimmed.slice(0, 20)}” is not a number.`;
}

/** What stands in the way of a prediction, as a sentence; undefined if nothing does. */
export function rowFault(
  fields: readonly RowField[],
  texts: readonly string[],
  decimal: DecimalMark,
): string | undefined {
  const { length } = fields.filter((field, i) => fieldFault(field, texts[i], decimal) !== undefined);
  if (length === 0) return undefined;
  return `${length === 1 ? 'One field wants' : `${length} fields want`} a value before there is a prediction.`;
}

/** The cells as a table with a decimal point would hold them. */
export function cellsOf(
  fields: readonly RowField[],
  texts: readonly string[],
  decimal: DecimalMark,
): string[] {
  return fields.map(({ kind }, i) => (kind === 'number' ? (plainNumber(texts[i], decimal) ?? '') : texts[i]));
}
