import { InputError } from '../core/errors.ts';
import type { Table } from './table.ts';
import { countOf, quote, quoteList } from './wording.ts';

/** What a column is to the training: row numbers to leave out, an input, or a target. */
export type ColumnRole = 'index' | 'input' | 'target';

const INDEX_NAMES = ['observation', 'index', 'id', 'row', 'no', 'nr', 'number', '#'];
const SHOWN_NAMES = 10;

/**
 * Decides what every column of a table is.
 *
 * The first column is the index if it is named observation, index, id, row, no, nr, number or # (in any
 * case) and holds distinct whole numbers. The target is the last column, or the columns a person names; a
 * column that is named is a target even if it looks like the index. All others are inputs.
 *
 * @param targetNames names exactly as in the header; none, or an empty list: the last column
 * @returns one role per column
 * @throws InputError if a name is unknown or given twice, or if no column is left as an input
 */
export function assignRoles(table: Table, targetNames: readonly string[] = []): ColumnRole[] {
  const { columnNames } = table;
  const targets = targetNames.length > 0 ? findColumns(columnNames, targetNames) : [columnNames.length - 1];
  const roles = columnNames.map((): ColumnRole => 'input');
  if (isIndex(table)) roles[0] = 'index';
  for (const column of targets) roles[column] = 'target';
  requireInput(columnNames, roles);
  return roles;
}

function findColumns(columnNames: readonly string[], targetNames: readonly string[]): number[] {
  const positions = new Map(columnNames.map((name, column) => [name, column]));
  const seen = new Set<string>();
  return targetNames.map((name) => {
    const column = positions.get(name);
    if (column === undefined) {
      throw new InputError(
        `The table has no column ${quote(name)} to be a target. Its ${countOf(columnNames.length, 'column')}: ` +
          `${quoteList(columnNames, SHOWN_NAMES)}; choose among them.`,
      );
    }
    if (seen.has(name)) {
      throw new InputError(`The target ${quote(name)} is given twice. Name every target once.`);
    }
    seen.add(name);
    return column;
  });
}

function isIndex(table: Table): boolean {
  const name = table.columnNames[0].trim().toLowerCase();
  return INDEX_NAMES.includes(name) && hasDistinctWholeNumbers(table.columns[0]);
}

function hasDistinctWholeNumbers(column: Float64Array): boolean {
  if (!column.every(Number.isInteger)) return false;
  const sorted = column.toSorted();
  return sorted.every((value, row) => row === 0 || value !== sorted[row - 1]);
}

function requireInput(columnNames: readonly string[], roles: readonly ColumnRole[]): void {
  if (roles.includes('input')) return;
  const targets = columnNames.filter((_, column) => roles[column] === 'target');
  const index = roles.indexOf('index');
  const taken = targets.length === 1 ? 'its target is' : 'its targets are';
  const rest = index < 0 ? '' : ` and ${quote(columnNames[index])} only numbers the rows`;
  const remedy =
    index < 0
      ? 'Name fewer targets, or add an input column.'
      : 'Add an input column, or rename that column if it is an input.';
  throw new InputError(
    `The table has 0 input columns: ${taken} ${quoteList(targets, SHOWN_NAMES)}${rest}. At least 1 is needed. ${remedy}`,
  );
}
