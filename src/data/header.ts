import { InputError } from '../core/errors.ts';
import { isNumber, unquote } from './numbers.ts';
import { formatCount, quote, quoteList } from './wording.ts';

/** Each is one more unit of the input or output layer. */
export const MAX_COLUMNS = 10_000;
const SHOWN_NAMES = 3;

/**
 * The column names in the first row of a file.
 *
 * @throws InputError unless there are 2 to 10,000 distinct names, none empty, not all of them numbers
 */
export function readHeader(cells: readonly string[]): readonly string[] {
  if (cells.length > MAX_COLUMNS) refuseManyColumns(formatCount(cells.length));
  const names = cells.map(unquote);
  if (names.length === 1) {
    throw new InputError(
      `The table has 1 column, ${quote(names[0])}; at least 2 are needed, an input and a target. Put a comma, ` +
        'a semicolon, a tab or | between the cells of a row.',
    );
  }
  if (names.every(isNumber)) {
    throw new InputError(
      `The first line holds only numbers (${quoteList(names, SHOWN_NAMES)}), so the column names seem to be ` +
        'missing. Add a header line that names the columns above it.',
    );
  }
  requireNames(names);
  requireDistinct(names);
  return names;
}

/** @throws InputError always */
export function refuseManyColumns(found: string): never {
  throw new InputError(
    `The header has ${found} columns; at most ${formatCount(MAX_COLUMNS)} are accepted. Give fewer columns, ` +
      'and check that the file is a table with one line per row.',
  );
}

function requireNames(names: readonly string[]): void {
  const unnamed = names.flatMap((name, index) => (name === '' ? [index + 1] : []));
  if (unnamed.length === 0) return;
  const shown = unnamed.slice(0, SHOWN_NAMES).map(formatCount).join(', ');
  const more = unnamed.length > SHOWN_NAMES ? ` and ${formatCount(unnamed.length - SHOWN_NAMES)} more` : '';
  const which = unnamed.length === 1 ? `Column ${shown} has` : `Columns ${shown}${more} have`;
  const hint = unnamed[0] === 1 ? ' (if it only numbers the rows, "index")' : '';
  throw new InputError(`${which} no name. Give every column a name in the header${hint}.`);
}

function requireDistinct(names: readonly string[]): void {
  const positions = new Map<string, number>();
  names.forEach((name, index) => {
    const first = positions.get(name);
    if (first !== undefined) {
      throw new InputError(
        `Columns ${formatCount(first + 1)} and ${formatCount(index + 1)} are both named ${quote(name)}. Give ` +
          'every column a name of its own.',
      );
    }
    positions.set(name, index);
  });
}
