/** What the tests of matrix products share. */

/** Of a layer and its rows. */
export type Shape = readonly [rows: number, inputs: number, units: number];

/** Rows × inputs × units: 1, primes, a workgroup of 8, a block of 16 and a tile of 64 ± 1, tall, wide; never square. */
export const shapes: readonly Shape[] = [
  [1, 1, 1],
  [1, 7, 3],
  [4, 2, 3],
  [7, 9, 8],
  [8, 7, 9],
  [9, 8, 7],
  [2, 130, 1],
  [1, 1, 131],
  [257, 3, 2],
  [13, 63, 65],
  [17, 15, 16],
  [16, 17, 31],
  [65, 33, 64],
];

/** Why a bound may be loose. */
export const WORST_CASE = 'a worst case over all orders and directions of rounding; roundings mostly cancel';

export const shapeName = ([rows, inputs, units]: Shape) => `${rows} × ${inputs} × ${units}`;

/** Sums of magnitudes, for the error bound of a dot product: n roundings of Σ|a·b|. */
export const magnitudes = (values: Float64Array) => values.map(Math.abs);
