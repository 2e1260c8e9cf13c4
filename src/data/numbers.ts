/**
 * A number, plain or scientific, with white space around it. No two parts can match the same digits, so
 * that no text, however long, takes long to refuse.
 */
const NUMBER = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

/** True for what `readNumber` reads. */
export function isNumber(text: string): boolean {
  return NUMBER.test(text);
}

/**
 * Reads `3`, `-0.5`, `.5`, `1e-3`; nothing else that JavaScript would convert (empty text, `0x10`,
 * `Infinity`).
 *
 * @returns the nearest float64, infinite beyond its range; undefined if the text is not a number
 */
export function readNumber(text: string): number | undefined {
  if (NUMBER.test(text)) return Number(text);
  const inner = unquote(text);
  return inner !== text && NUMBER.test(inner) ? Number(inner) : undefined;
}

/** The text of a cell: trimmed, and without the quotes that a space before them hid from the CSV parser. */
export function unquote(cell: string): string {
  const text = cell.trim();
  const isQuoted = text.length >= 2 && text.startsWith('"') && text.endsWith('"');
  return isQuoted && text !== cell ? text.slice(1, -1).replaceAll('""', '"').trim() : text;
}
