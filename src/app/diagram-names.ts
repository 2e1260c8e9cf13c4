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

/** A name in one line or, where it is too long for that and has a joint, in two: `petal_` and `length`, `species =` and `setosa`. */
export function endLines(name: string, most: number): string[] {
  if (Array.from(name).length <= most) return [name];
  const joints = [...name.matchAll(/ = |[_.\-\s]/gu)].map(({ index, 0: joint }) => index + joint.length);
  // The last one up to which there is room in the first line.
  const at = joints.findLast(
    (end) => end < name.length && Array.from(name.slice(0, end).trimEnd()).length <= most,
  );
  if (at === undefined) return [endName(name, most)];
  return [name.slice(0, at).trimEnd(), bothEnds(Array.from(name.slice(at)), most)];
}

function bothEnds(letters: readonly string[], most: number): string {
  if (letters.length <= most) return letters.join('');
  const last = Math.floor((most - 1) / 3);
  return [...letters.slice(0, most - 1 - last), '…', ...letters.slice(letters.length - last)].join('');
}
