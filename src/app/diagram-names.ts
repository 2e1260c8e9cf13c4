import { shortName } from './parameter-names.ts';

/** Between a column and its category, as inputs and outputs are named. */
const EQUALS = ' = ';
/** Of a column's name, fewer letters say nothing. */
const LEAST_OF_COLUMN = 2;

/**
 * A name beside the end of a picture, short enough: of a category the whole category and what there is room for of its
 * column, of any other its beginning and its end, since columns often differ there alone.
 */
export function endName(name: string, most: number): string {
  const letters = Array.from(name);
  if (letters.length <= most) return name;
  const at = name.indexOf(EQUALS);
  if (at < 0) return bothEnds(letters, most);
  const [column, category] = [name.slice(0, at), name.slice(at + EQUALS.length)];
  const room = most - Array.from(category).length - EQUALS.length;
  if (room > LEAST_OF_COLUMN) return shortName(column, room) + EQUALS + category;
  const alone = `=\u00a0${category}`;
  return Array.from(alone).length <= most ? alone : bothEnds(Array.from(category), most);
}

function bothEnds(letters: readonly string[], most: number): string {
  if (letters.length <= most) return letters.join('');
  const last = Math.floor((most - 1) / 3);
  return [...letters.slice(0, most - 1 - last), '…', ...letters.slice(letters.length - last)].join('');
}
