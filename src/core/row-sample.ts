import type { TrainingData } from './job.ts';
import { NumpyRandom } from './numpy-random.ts';

const SEED = 0;

/**
 * `count` of the rows 0 … rowCount − 1 in their order, every choice equally likely and always the same one
 * (selection sampling: Knuth, The Art of Computer Programming 2, algorithm 3.4.2 S).
 */
export function sampleRows(rowCount: number, count: number): Uint32Array {
  if (count >= rowCount) return Uint32Array.from({ length: rowCount }, (_, row) => row);
  const random = new NumpyRandom(SEED);
  const rows = new Uint32Array(count);
  let chosen = 0;
  for (let row = 0; chosen < count; row++) {
    if ((rowCount - row) * random.rand() < count - chosen) rows[chosen++] = row;
  }
  return rows;
}

/** Copies of some rows of a table, one behind the other. */
export function takeRows(
  { inputs, inputCount, targets, outputCount }: TrainingData,
  rows: Uint32Array,
): TrainingData {
  const taken = (values: Float64Array, columns: number) => {
    const some = new Float64Array(rows.length * columns);
    rows.forEach((row, i) => some.set(values.subarray(row * columns, (row + 1) * columns), i * columns));
    return some;
  };
  return {
    rowCount: rows.length,
    inputs: taken(inputs, inputCount),
    inputCount,
    targets: taken(targets, outputCount),
    outputCount,
  };
}
