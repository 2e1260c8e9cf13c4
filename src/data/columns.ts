import { InputError } from '../core/errors.ts';
import { distinctCount } from './categories.ts';
import { positionName } from './header.ts';
import type { Column } from './column.ts';
import type { Table } from './table.ts';
import { countOf, quote, quoteList } from './wording.ts';

/** How the cells of a column are read. */
export type ColumnType = 'number' | 'category';

/** What a column is to the training: an input, a target, what only tells rows apart, or nothing. */
export type ColumnRole = 'input' | 'target' | 'index' | 'ignored';

/** What is to be made of one column of a table. */
export interface ColumnPlan {
  readonly name: string;
  readonly type: ColumnType;
  readonly role: ColumnRole;
  /** Of a column of numbers: its words count as missing cells; they are refused if left out. */
  readonly words?: 'missing';
}

/** How a person says that the cells of a column are read. */
export type ColumnReading = ColumnType | 'number-or-missing';

/** What a person decided about the columns of a table, by name as in the header. */
export interface ColumnChoices {
  /** None, or an empty list: the last column that is not ignored. */
  readonly targets?: readonly string[];
  readonly ignore?: readonly string[];
  readonly types?: ReadonlyMap<string, ColumnReading>;
}

const INDEX_NAMES = ['observation', 'index', 'id', 'row', 'no', 'nr', 'number', '#', positionName(0)];
const SHOWN_NAMES = 10;
/** A column with one text among so many numbers is a column of numbers with a mistake in it. */
const NUMBERS_PER_TEXT = 4;
/** In a shorter table every text may differ by chance. */
const MOST_ROWS_WITHOUT_IDENTIFIERS = 20;

/**
 * Decides what every column of a table is.
 *
 * A column is of numbers if at least four in five of its values are. The target is the last column, or the
 * columns a person names. The first column is the index if it is named observation, index, id, row, no, nr,
 * number or # (in any case), or not at all below other names, and holds distinct whole numbers; so is a
 * column of texts of which more than half differ, in more than 20 rows, and one with more different texts than are kept. A
 * column without any value is ignored. All others are inputs.
 *
 * @returns one plan per column, in the order of the file
 * @throws InputError if a name is unknown or given twice, or if no column is left as an input
 */
export function inferColumns(table: Table, choices: ColumnChoices = {}): ColumnPlan[] {
  const plans = planColumns(table, choices);
  requireInput(plans);
  return plans;
}

/**
 * `inferColumns`, but a table without an input column is no error: a person may yet say which it is.
 *
 * @throws InputError if a name is unknown or given twice
 */
export function planColumns(table: Table, choices: ColumnChoices = {}): ColumnPlan[] {
  const { targets = [], ignore = [], types } = choices;
  const positions = new Map(table.columnNames.map((name, column) => [name, column]));
  const ignored = new Set(findColumns(positions, ignore, 'be ignored'));
  const named = findColumns(positions, targets, 'be a target');
  const both = named.find((column) => ignored.has(column));
  if (both !== undefined) {
    throw new InputError(
      `The column ${quote(table.columnNames[both])} is named as a target and to be ignored. Name it once.`,
    );
  }
  findColumns(positions, [...(types?.keys() ?? [])], 'be given a type');
  const last = table.columnNames.findLastIndex((_, column) => !ignored.has(column));
  if (last < 0) {
    throw new InputError(
      `The table has ${countOf(positions.size, 'column')} and all are ignored. Leave at least an input and a target.`,
    );
  }
  const targetColumns = new Set(named.length > 0 ? named : [last]);
  return table.columnNames.map((name, position) => {
    const column = table.columns[position];
    const reading = types?.get(name) ?? inferType(column);
    const type = reading === 'number-or-missing' ? 'number' : reading;
    const read = { name, type, ...(reading === 'number-or-missing' && { words: 'missing' as const }) };
    if (targetColumns.has(position)) return { ...read, role: 'target' };
    if (ignored.has(position)) return { ...read, role: 'ignored' };
    return { ...read, role: inferRole(table, position, type) };
  });
}

function findColumns(
  positions: ReadonlyMap<string, number>,
  names: readonly string[],
  purpose: string,
): number[] {
  const seen = new Set<string>();
  return names.map((name) => {
    const column = positions.get(name);
    if (column === undefined) {
      throw new InputError(
        `The table has no column ${quote(name)} to ${purpose}. Its ${countOf(positions.size, 'column')}: ` +
          `${quoteList([...positions.keys()], SHOWN_NAMES)}; choose among them.`,
      );
    }
    if (seen.has(name)) {
      throw new InputError(
        purpose === 'be a target'
          ? `The target ${quote(name)} is given twice. Name every target once.`
          : `The column ${quote(name)} to ${purpose} is given twice. Name every column once.`,
      );
    }
    seen.add(name);
    return column;
  });
}

function inferType({ numberCount, textCount }: Column): ColumnType {
  return textCount > 0 && numberCount < NUMBERS_PER_TEXT * textCount ? 'category' : 'number';
}

function inferRole(table: Table, position: number, type: ColumnType): ColumnRole {
  const column = table.columns[position];
  if (column.missingCount === table.rowCount) return 'ignored';
  if (column.hasMoreTexts) return 'index';
  if (position === 0 && isIndexName(table) && hasDistinctWholeNumbers(column)) return 'index';
  const isText = type === 'category' && column.textCount > column.numberCount;
  return isText && hasDistinctValues(column) ? 'index' : 'input';
}

function isIndexName({ columnNames, format }: Table): boolean {
  return format.hasHeader && INDEX_NAMES.includes(columnNames[0].trim().toLowerCase());
}

function hasDistinctWholeNumbers({ numbers, textCount }: Column): boolean {
  if (!numbers || textCount > 0 || !numbers.every(Number.isInteger)) return false;
  const sorted = numbers.toSorted();
  return sorted.every((value, row) => row === 0 || value !== sorted[row - 1]);
}

/** Most texts come once: names or dates, of which each would be an input of its own. */
function hasDistinctValues(column: Column): boolean {
  const valueCount = column.numberCount + column.textCount;
  return valueCount > MOST_ROWS_WITHOUT_IDENTIFIERS && distinctCount(column) > valueCount / 2;
}

function requireInput(plans: readonly ColumnPlan[]): void {
  if (plans.some(({ role }) => role === 'input')) return;
  const namesOf = (wanted: ColumnRole) => plans.filter(({ role }) => role === wanted).map(({ name }) => name);
  const [targets, index, ignored] = [namesOf('target'), namesOf('index'), namesOf('ignored')];
  const taken = targets.length === 1 ? 'its target is' : 'its targets are';
  const only = index.length === 1 ? 'only numbers or names the rows' : 'only number or name the rows';
  const rest = [
    index.length > 0 ? `${quoteList(index, SHOWN_NAMES)} ${only}` : '',
    ignored.length > 0
      ? `${quoteList(ignored, SHOWN_NAMES)} ${ignored.length === 1 ? 'is' : 'are'} ignored`
      : '',
  ].filter(Boolean);
  const remedy =
    rest.length === 0
      ? 'Name fewer targets, or add an input column.'
      : 'Add an input column, or make one of these an input.';
  throw new InputError(
    `The table has 0 input columns: ${taken} ${[quoteList(targets, SHOWN_NAMES), ...rest].join(' and ')}. At ` +
      `least 1 is needed. ${remedy}`,
  );
}
