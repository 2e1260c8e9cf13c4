import { InputError } from '../core/errors.ts';
import { readCategories, sortCategories, type Categories } from './categories.ts';
import { MAX_TEXTS, type Column } from './column.ts';
import { unscaled, type CategoryEncoding, type NumberEncoding, type Scaling } from './encoding.ts';
import { MAX_CATEGORIES } from './targets.ts';
import type { UsedColumn } from './used-columns.ts';
import { formatCount, quote } from './wording.ts';

/** How numbers are brought to one size. */
export type ScalingName = 'none' | 'standard' | 'min-max';
/** What is made of a row with a missing input. */
export type MissingName = 'drop' | 'mean' | 'median' | 'most-frequent';

export const scalingNames: readonly ScalingName[] = ['none', 'standard', 'min-max'];
export const missingNames: readonly MissingName[] = ['drop', 'mean', 'median', 'most-frequent'];

/** How the inputs are to be encoded. */
export interface FitOptions {
  readonly scaling: ScalingName;
  readonly missing: MissingName;
  /** A unit more for every input with missing values in the training rows; not with `drop`. */
  readonly missingIndicator?: boolean;
}

/**
 * The encoding of a column of numbers; what is filled in counts for the scaling.
 *
 * @param rows the training rows
 * @throws InputError if no value is there to fill others with
 */
export function fitNumbers(used: UsedColumn, rows: Uint32Array, options: FitOptions): NumberEncoding {
  const { scaling, missing, missingIndicator = false } = options;
  const all = valuesOf(used.column, rows);
  const hasMissing = all.some(Number.isNaN);
  let fill: number | null = null;
  if (missing !== 'drop') {
    const present = hasMissing ? all.filter((value) => !Number.isNaN(value)) : all;
    if (present.length === 0) refuseEmpty(used.name, rows.length);
    fill = statistics[missing](present);
    for (let i = 0; i < all.length; i++) if (Number.isNaN(all[i])) all[i] = fill;
  }
  return {
    type: 'number',
    column: used.name,
    ...(used.words && { words: used.words }),
    scaling: fitScaling(all, scaling),
    fill,
    hasIndicator: missingIndicator && hasMissing,
  };
}

/**
 * The encoding of a column of categories. Its missing values are filled with the most frequent category,
 * whatever those of numbers are filled with.
 *
 * @param rows the training rows
 * @throws InputError if there are more than 1,000 categories, or none to fill missing values with
 */
export function fitCategories(used: UsedColumn, rows: Uint32Array, options: FitOptions): CategoryEncoding {
  const { names, codes } = readInputCategories(used);
  const counts = names.map(() => 0);
  let missingCount = 0;
  for (const row of rows) {
    if (codes[row] < 0) missingCount++;
    else counts[codes[row]]++;
  }
  const present = names.filter((_, code) => counts[code] > 0);
  if (present.length > MAX_CATEGORIES) refuseCategories(used.name, formatCount(present.length));
  if (present.length === 0) refuseEmpty(used.name, rows.length);
  const categories = sortCategories(present);
  const countOfName = new Map(names.map((name, code) => [name, counts[code]]));
  const mostFrequent = categories.reduce((most, name) =>
    (countOfName.get(name) ?? 0) > (countOfName.get(most) ?? 0) ? name : most,
  );
  return {
    type: 'category',
    column: used.name,
    categories,
    fill: options.missing === 'drop' ? null : mostFrequent,
    hasIndicator: (options.missingIndicator ?? false) && missingCount > 0,
  };
}

/** @throws InputError if not all texts of the column are kept */
export function readInputCategories({ name, column }: UsedColumn): Categories {
  return readCategories(column, Infinity) ?? refuseCategories(name, `more than ${formatCount(MAX_TEXTS)}`);
}

/** Some rows of a column of numbers, NaN where one is missing. */
export function valuesOf({ numbers }: Column, rows: Uint32Array): Float64Array {
  const values = new Float64Array(rows.length).fill(NaN);
  if (numbers) for (let i = 0; i < rows.length; i++) values[i] = numbers[rows[i]];
  return values;
}

/**
 * Scaling of some values; a constant becomes 0.
 *
 * `standard`: their mean becomes 0 and their standard deviation (over n) 1; `min-max`: 0 … 1.
 */
export function fitScaling(values: Float64Array, scaling: ScalingName): Scaling {
  if (scaling === 'none' || values.length === 0) return unscaled;
  let [least, most] = [Infinity, -Infinity];
  // By position: iterators take several times as long over a million rows.
  for (let i = 0; i < values.length; i++) {
    if (values[i] < least) least = values[i];
    if (values[i] > most) most = values[i];
  }
  if (least === most) return { offset: least, factor: 1 };
  if (scaling === 'min-max') return { offset: least, factor: most - least };
  const offset = mean(values);
  // In units of the range, so that the square of a difference is neither infinite nor 0.
  const range = most - least;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += ((values[i] - offset) / range) ** 2;
  return { offset, factor: Math.sqrt(squares / values.length) * range || 1 };
}

const statistics = { mean, median, 'most-frequent': mostFrequentNumber };

function mean(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

function median(values: Float64Array): number {
  const sorted = values.toSorted();
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : sorted[middle - 1] / 2 + sorted[middle] / 2;
}

/** The smallest of those that come most often. */
function mostFrequentNumber(values: Float64Array): number {
  const sorted = values.toSorted();
  let best = { value: sorted[0], count: 0 };
  let start = 0;
  for (let i = 1; i <= sorted.length; i++) {
    if (sorted[i] === sorted[start]) continue;
    if (i - start > best.count) best = { value: sorted[start], count: i - start };
    start = i;
  }
  return best.value;
}

function refuseCategories(name: string, count: string): never {
  throw new InputError(
    `The column ${quote(name)} has ${count} different categories; at most ${formatCount(MAX_CATEGORIES)} are ` +
      'accepted, each is an input. Ignore the column, group its values, or make it one of numbers.',
  );
}

function refuseEmpty(name: string, rowCount: number): never {
  throw new InputError(
    `The column ${quote(name)} has no value in any of the ${formatCount(rowCount)} training rows, so nothing is there ` +
      'to fill its missing values with. Ignore the column.',
  );
}
