import type { Dataset } from '../index.ts';

/** A wider table is judged by its first columns, a longer one by rows taken evenly: a few hundredths of a second. */
const MOST_COLUMNS = 1000;
const MOST_ROWS = 1000;

/** The two columns a plane is first drawn over; one and none for a curve. */
export type SuggestedAxes = readonly [across: string, up: string | undefined];

/** A column of numbers and the input it feeds. */
export interface NumberColumn {
  readonly column: string;
  readonly input: number;
}

/**
 * The two columns that say most about the target, each alone, in the order of the table: by the largest share of the
 * variance of an output that a straight line over the column explains, r²; of several classes by the share that their
 * means explain, η². Columns that are constant are left out. From the training rows alone.
 *
 * @returns undefined where there is no column of numbers
 */
export function suggestedAxes(dataset: Dataset, numbers: readonly NumberColumn[]): SuggestedAxes | undefined {
  if (numbers.length === 0) return undefined;
  const { training } = dataset;
  const count = Math.min(training.rowCount, MOST_ROWS);
  const rows = Array.from({ length: count }, (_, i) => Math.floor((i * training.rowCount) / count));
  const scoreOf = dataset.classes && training.outputCount > 1 ? explainedByClasses : explainedByLines;
  const { inputs, inputCount } = training;
  const best = numbers
    .slice(0, MOST_COLUMNS)
    .flatMap(({ column, input }, place) => {
      const values = Float64Array.from(rows, (row) => inputs[row * inputCount + input]);
      const squares = squaresOf(values);
      return squares > 0 ? [{ column, place, score: scoreOf(dataset, rows, values) / squares }] : [];
    })
    .toSorted((a, b) => b.score - a.score || a.place - b.place)
    .slice(0, 2)
    .toSorted((a, b) => a.place - b.place)
    .map(({ column }) => column);
  return [best[0] ?? numbers[0].column, best[1]];
}

/** Σ (x − mean)²; exactly 0 of a constant, whose mean is rounded. */
function squaresOf(values: Float64Array): number {
  if (values.every((value) => value === values[0])) return 0;
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** What lines explain of each output, the largest of them: (Σ (x − mean) (y − mean))² / Σ (y − mean)² */
function explainedByLines(
  { training: { targets, outputCount } }: Dataset,
  rows: readonly number[],
  values: Float64Array,
): number {
  const mean = meanOf(values);
  let most = 0;
  for (let output = 0; output < outputCount; output++) {
    const wanted = Float64Array.from(rows, (row) => targets[row * outputCount + output]);
    const squares = squaresOf(wanted);
    const meanWanted = meanOf(wanted);
    const product = values.reduce((sum, value, i) => sum + (value - mean) * (wanted[i] - meanWanted), 0);
    if (squares > 0) most = Math.max(most, product ** 2 / squares);
  }
  return most;
}

/** Between the classes: Σ count · (mean of the class − mean)², a row counting once whatever its weight. */
function explainedByClasses(
  { training: { targets, outputCount } }: Dataset,
  rows: readonly number[],
  values: Float64Array,
): number {
  const mean = meanOf(values);
  const sums = new Float64Array(outputCount);
  const counts = new Float64Array(outputCount);
  rows.forEach((row, i) => {
    const place = targets
      .subarray(row * outputCount, (row + 1) * outputCount)
      .findIndex((value) => value > 0);
    sums[place] += values[i];
    counts[place]++;
  });
  return sums.reduce(
    (sum, total, place) =>
      counts[place] > 0 ? sum + counts[place] * (total / counts[place] - mean) ** 2 : sum,
    0,
  );
}
