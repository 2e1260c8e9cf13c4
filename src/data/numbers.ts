/** What separates the decimals of a number from its whole part. */
export type DecimalMark = '.' | ',';

/**
 * A number, plain or scientific, with white space around it. No two parts can match the same digits, so
 * that no text, however long, takes long to refuse.
 */
const NUMBER: Record<DecimalMark, RegExp> = {
  '.': /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\s*$/,
  ',': /^\s*[+-]?(?:\d+(?:,\d*)?|,\d+)(?:[eE][+-]?\d+)?\s*$/,
};

/**
 * The same with its thousands apart: `1,200.50` or, with a decimal comma, `1.842,13` and `1.842`. Not `1,234` alone: where
 * nobody said that the comma stands before thousands, it may stand before decimals.
 */
const GROUPED: Record<DecimalMark, RegExp> = {
  '.': /^\s*[+-]?\d{1,3}(?:,\d{3}(?:\.\d*|(?:,\d{3})+(?:\.\d*)?))\s*$/,
  ',': /^\s*[+-]?\d{1,3}(?:\.\d{3})+(?:,\d*)?\s*$/,
};

/** How a cell without a value is written, in small letters. */
export const MISSING: ReadonlySet<string> = new Set(['', 'na', 'n/a', 'nan', 'null', '?']);
const LONGEST_MISSING = 4;

/** Beyond it a number is infinite on the GPU. */
export const MAX_FLOAT32 = 3.4028234663852886e38;

/** True for what `readNumber` reads. */
export function isNumber(text: string, decimal: DecimalMark = '.'): boolean {
  return NUMBER[decimal].test(text) || GROUPED[decimal].test(text);
}

/**
 * Reads `3`, `-0.5`, `.5`, `1e-3`, `1,200.50`; nothing else that JavaScript would convert (empty text, `0x10`,
 * `Infinity`).
 *
 * @returns the nearest float64, infinite beyond its range; undefined if the text is not a number
 */
export function readNumber(text: string, decimal: DecimalMark = '.'): number | undefined {
  if (isNumber(text, decimal)) return convert(text, decimal);
  const inner = unquote(text);
  return inner !== text && isNumber(inner, decimal) ? convert(inner, decimal) : undefined;
}

function convert(text: string, decimal: DecimalMark): number {
  const plain = GROUPED[decimal].test(text) ? text.replaceAll(decimal === ',' ? '.' : ',', '') : text;
  return Number(decimal === ',' ? plain.replace(',', '.') : plain);
}

/** The text of a cell: trimmed, and without the quotes that a space before them hid from the CSV parser. */
export function unquote(cell: string): string {
  const text = cell.trim();
  const isQuoted = text.length >= 2 && text.startsWith('"') && text.endsWith('"');
  return isQuoted && text !== cell ? text.slice(1, -1).replaceAll('""', '"').trim() : text;
}

/** True for a cell without a value: empty, NA, N/A, NaN, null or ?, in any case. @param text trimmed */
export function isMissing(text: string): boolean {
  return text.length <= LONGEST_MISSING && MISSING.has(text.toLowerCase());
}
