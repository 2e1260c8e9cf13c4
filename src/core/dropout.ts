import type { TrainingJob } from './job.ts';
import type { Matrix } from './matrix.ts';
import { keyOf } from './random-bits.ts';

/** How a job drops hidden units while it trains (Srivastava et al. 2014), in PyTorch’s inverted form. */
export interface Dropout {
  /** Draws the masks; 0 … 2³² − 1. */
  readonly seed: number;
  /** A unit is dropped in a row whose 32 bits are below this, p · 2³². */
  readonly threshold: number;
  /** What the others are multiplied by, 1 / (1 − p): the next layer’s sums keep their mean. */
  readonly factor: number;
}

/** The largest number of 32 bits. */
const MOST_BITS = 2 ** 32 - 1;

/** How a job drops units; undefined where it does not. */
export function dropoutOf({ dropout = 0, networks }: TrainingJob): Dropout | undefined {
  if (dropout === 0) return undefined;
  return {
    seed: networks[0].seed,
    // 1 less at most: a kernel would take 2³² for 0, and drop nothing.
    threshold: Math.min(Math.round(dropout * 2 ** 32), MOST_BITS),
    factor: 1 / (1 - dropout),
  };
}

/**
 * Draws which units of a hidden layer a step drops: it follows from seed, step, layer, row of the batch and unit
 * alone, so that every path drops the same ones and a run can go on from anywhere. Twin: shaders/dropout.wgsl
 *
 * @param layer 0 is the first hidden one
 * @param mask [rows of the batch, units], filled: 0 where a unit is dropped, else the factor
 */
export function drawMask(
  { seed, threshold, factor }: Dropout,
  { step, layer }: { readonly step: number; readonly layer: number },
  { rows, columns, data }: Matrix,
): void {
  const key = keyOf(keyOf(seed, step), layer);
  for (let row = 0; row < rows; row++) {
    const rowKey = keyOf(key, row);
    for (let unit = 0; unit < columns; unit++) {
      data[row * columns + unit] = keyOf(rowKey, unit) < threshold ? 0 : factor;
    }
  }
}
