import { InputError } from '../core/errors.ts';
import { unquote } from './numbers.ts';
import { formatCount, quote, quoteList } from './wording.ts';

/** Each is one more unit of the input or output layer. */
export const MAX_COLUMNS = 10_000;
const SHOWN_NAMES = 3;

/** The columns of a table by name. */
export interface Header {
  /** Distinct, not empty. */
  readonly names: readonly string[];
  /** Sentences about the names that are not as they were given. */
  readonly notes: readonly string[];
}

/**
 * The column names in the first row of a file. A name given again becomes `x (2)`; a column without one is
 * named by its position, `column3`.
 *
 * @param leastColumns fewer are refused
 * @throws InputError unless there are so many, and 10,000 at most
 */
export function readHeader(cells: readonly string[], leastColumns: number): Header {
  requireWidth(cells, leastColumns);
  const given = cells.map(unquote);
  const taken = new Set(given);
  const names: string[] = [];
  const seen = new Set<string>();
  const nextNumber = new Map<string, number>();
  const repeated: string[] = [];
  const unnamed: string[] = [];
  given.forEach((name, index) => {
    const wanted = name === '' ? positionName(index) : name;
    const isTaken = name === '' ? taken.has(wanted) : seen.has(wanted);
    const unique = isTaken ? numberedName(wanted, taken, nextNumber) : wanted;
    if (name === '') unnamed.push(unique);
    else if (isTaken) repeated.push(unique);
    taken.add(unique);
    seen.add(unique);
    names.push(unique);
  });
  return { names, notes: notesOf(repeated, unnamed) };
}

/** `column1`, `column2`, … @throws InputError as `readHeader` */
export function nameColumns(count: number, leastColumns: number): Header {
  const names = Array.from({ length: count }, (_, index) => positionName(index));
  requireWidth(names, leastColumns);
  return { names, notes: [] };
}

/** How a column without a name is called. */
export function positionName(index: number): string {
  return `column${index + 1}`;
}

function numberedName(name: string, taken: ReadonlySet<string>, nextNumber: Map<string, number>): string {
  let number = nextNumber.get(name) ?? 2;
  while (taken.has(`${name} (${number})`)) number++;
  nextNumber.set(name, number + 1);
  return `${name} (${number})`;
}

function requireWidth(cells: readonly string[], leastColumns: number): void {
  if (cells.length > MAX_COLUMNS) refuseManyColumns(formatCount(cells.length));
  if (cells.length >= leastColumns) return;
  throw new InputError(
    `The table has 1 column, ${quote(unquote(cells[0]))}; at least 2 are needed, an input and a target. Put a comma, ` +
      'a semicolon, a tab or | between the cells of a row.',
  );
}

function notesOf(repeated: readonly string[], unnamed: readonly string[]): string[] {
  const notes = [];
  if (repeated.length > 0) {
    const have = repeated.length === 1 ? '1 column has' : `${formatCount(repeated.length)} columns have`;
    notes.push(`${have} the name of another; named now: ${quoteList(repeated, SHOWN_NAMES)}.`);
  }
  if (unnamed.length > 0) {
    const have = unnamed.length === 1 ? '1 column has' : `${formatCount(unnamed.length)} columns have`;
    notes.push(`${have} no name; named now: ${quoteList(unnamed, SHOWN_NAMES)}.`);
  }
  return notes;
}

/** @throws InputError always */
export function refuseManyColumns(found: string): never {
  throw new InputError(
    `The table has ${found} columns; at most ${formatCount(MAX_COLUMNS)} are accepted. Give fewer columns, ` +
      'and check that the file is a table with one line per row.',
  );
}
