// Where the points of predicted against actual lie: range, ticks, and the rows that stand for all of them.

import type { PredictionPoints } from '../worker/assessment-report.ts';
import { linearRange } from './chart-scales.ts';

/** One row of a regression. */
export interface PlottedRow {
  readonly actual: number;
  readonly predicted: number;
}

/** Beyond this even a difference of two numbers may be infinite. */
const LARGEST_DRAWN = 1e300;

/** The rows whose prediction is a number. */
export function plottedRows({ actual, predicted }: PredictionPoints): PlottedRow[] {
  return Array.from(actual, (value, row) => ({ actual: value, predicted: predicted[row] })).filter(
    ({ predicted: value }) => Math.abs(value) < LARGEST_DRAWN,
  );
}

/** One range for both axes, so that a right prediction lies on the diagonal. */
export function plotRange(rows: readonly PlottedRow[]): [number, number] {
  let [least, most] = [Infinity, -Infinity];
  for (const { actual, predicted } of rows) {
    least = Math.min(least, actual, predicted);
    most = Math.max(most, actual, predicted);
  }
  return rows.length === 0 ? [0, 1] : linearRange(undefined, least, most);
}

/** Multiples of 1, 2 or 5 times a power of ten, at most about `most` of them. */
export function plotTicks(
  [least, end]: readonly [number, number],
  most = 5,
): { values: number[]; step: number } {
  const rough = (end - least) / most;
  const decade = 10 ** Math.floor(Math.log10(rough));
  const step = decade * ([1, 2, 5].find((digit) => digit * decade >= rough) ?? 10);
  const first = Math.ceil(least / step);
  const last = Math.floor(end / step);
  const values = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
  return { values, step };
}

/** At most `most` rows that stand for all: evenly spread from the smallest actual value to the largest. */
export function spreadRows(rows: readonly PlottedRow[], most: number): PlottedRow[] {
  const sorted = rows.toSorted((a, b) => a.actual - b.actual);
  if (sorted.length <= most) return sorted;
  return Array.from({ length: most }, (_, i) => sorted[Math.round((i * (sorted.length - 1)) / (most - 1))]);
}
