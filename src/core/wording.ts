const SHOWN_CHARACTERS = 40;

/** 1234567 → `1,234,567`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** `1 row`, `2 rows`. */
export function countOf(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/**
 * A name or cell of a person's table inside a sentence: in quotes, on one line, at most 40 characters,
 * without control and direction characters that would disturb the words around it.
 */
export function quote(text: string): string {
  const line = text
    .slice(0, 4 * SHOWN_CHARACTERS)
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim();
  const characters = Array.from(line);
  const isShort = characters.length <= SHOWN_CHARACTERS && text.length <= 4 * SHOWN_CHARACTERS;
  return isShort ? `"${line}"` : `"${characters.slice(0, SHOWN_CHARACTERS).join('')}…"`;
}

/** The first names of a list in quotes, and how many more there are. */
export function quoteList(names: readonly string[], shownCount: number): string {
  const shown = names.slice(0, shownCount).map(quote).join(', ');
  return names.length > shownCount ? `${shown} and ${formatCount(names.length - shownCount)} more` : shown;
}
