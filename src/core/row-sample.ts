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
