import { InputError } from '../core/errors.ts';
import { readCategories } from './categories.ts';
import { isMissingAt } from './column.ts';
import type { ColumnPlan } from './columns.ts';
import type { Encoding } from './encoding.ts';
import type { Table } from './table.ts';
import { placesOf } from './targets.ts';
import { requireNumbers, withoutWords } from './used-columns.ts';
import { countOf, formatCount, quote, quoteList } from './wording.ts';

/** What the rows of another table really are, to hold predictions against. */
export interface ActualTargets {
  /** Rows of the table that have every target, ascending. */
  readonly rows: Uint32Array;
  /** In the units of the table, of classes 1 for the actual one: row-major [rows.length, outputCount]. */
  readonly targets: Float64Array;
  /** Rows left out because a target is missing. */
  readonly missingCount: number;
  /** Rows left out because the training rows do not have their class. */
  readonly unseenCount: number;
}

const SHOWN_NAMES = 10;

/** The target columns that a table lacks. */
export function lackingTargets({ columnNames }: Table, { targets }: Encoding): string[] {
  const names = new Set(columnNames);
  return targets.filter((target) => !names.has(target));
}

/**
 * Reads the targets of another table as those of the training table were read.
 *
 * @param plans of the training table
 * @throws InputError if a target column is not there or holds something else, or no row has a value
 */
export function readActualTargets(
  table: Table,
  encoding: Encoding,
  plans: readonly ColumnPlan[],
): ActualTargets {
  const lacking = lackingTargets(table, encoding);
  if (lacking.length > 0) {
    throw new InputError(
      `The table has no column ${quoteList(lacking, SHOWN_NAMES)}, the target: there is nothing to hold the ` +
        'predictions against. Give it the target, or only predict.',
    );
  }
  const { classes, targetScaling } = encoding;
  const columns = encoding.targets.map((name) => {
    const plan = plans.find((each) => each.name === name);
    const column = withoutWords(table.columns[table.columnNames.indexOf(name)], plan?.words);
    return { name, type: plan?.type ?? 'number', column };
  });
  const outputCount = targetScaling.length;
  const isComplete = (row: number) => columns.every(({ column }) => !isMissingAt(column, row));
  const complete = Array.from({ length: table.rowCount }, (_, row) => row).filter(isComplete);
  const missingCount = table.rowCount - complete.length;
  let rows = Uint32Array.from(complete);
  let targets: Float64Array;
  if (classes) {
    const categories = readCategories(columns[0].column, Infinity);
    if (!categories)
      throw new InputError(`The target ${quote(columns[0].name)} has too many different texts.`);
    const places = placesOf(categories, classes);
    rows = rows.filter((row) => places[row] >= 0);
    targets = new Float64Array(rows.length * outputCount);
    rows.forEach((row, i) => {
      if (outputCount === 1) targets[i] = places[row];
      else targets[i * outputCount + places[row]] = 1;
    });
  } else {
    requireNumbers(columns);
    targets = new Float64Array(rows.length * outputCount);
    columns.forEach(({ column }, output) => {
      rows.forEach((row, i) => (targets[i * outputCount + output] = column.numbers?.[row] ?? NaN));
    });
  }
  const unseenCount = complete.length - rows.length;
  if (rows.length > 0) return { rows, targets, missingCount, unseenCount };
  throw new InputError(
    `None of the ${countOf(table.rowCount, 'row')} has a target that can be compared: ${formatCount(missingCount)} have ` +
      `no value, ${formatCount(unseenCount)} a class the network was not trained on. Give rows with targets.`,
  );
}
