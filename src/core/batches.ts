import type { NetworkSettings, TrainingJob } from './job.ts';
import { GOLDEN, keyOf, mix } from './random-bits.ts';

/** How the rows of a table are taken by the steps of a run. */
export interface Batching {
  /** Rows of a batch; the last one of an epoch may be shorter. */
  readonly batchSize: number;
  /** Batches of an epoch. */
  readonly batchCount: number;
  /** Rows of the last batch of an epoch. */
  readonly lastBatchSize: number;
  /** Whether each epoch has an order of its own; file order otherwise. */
  readonly shuffles: boolean;
  readonly seed: number;
}

/**
 * How a network of a job takes a table of so many rows. A full batch is never shuffled: its order changes only the
 * rounding.
 */
export function batchingOf(
  { batchSize, shuffle, networks }: TrainingJob,
  rowCount: number,
  { seed }: NetworkSettings = networks[0],
): Batching {
  const size = Math.min(batchSize ?? rowCount, rowCount);
  const batchCount = Math.ceil(rowCount / size);
  return {
    batchSize: size,
    batchCount,
    lastBatchSize: rowCount - (batchCount - 1) * size,
    shuffles: batchCount > 1 && (shuffle ?? true),
    seed,
  };
}

/** Rows of the batch of a step. */
export function batchSizeAt({ batchCount, batchSize, lastBatchSize }: Batching, step: number): number {
  return step % batchCount === batchCount - 1 ? lastBatchSize : batchSize;
}

/** The rows of a step's batch, in the order they are taken: [batchSizeAt(batching, step)]. */
export function rowsOfStep(batching: Batching, step: number, rowCount: number): Uint32Array {
  const { batchCount, batchSize, shuffles, seed } = batching;
  const first = (step % batchCount) * batchSize;
  const epoch = Math.floor(step / batchCount);
  const rows = new Uint32Array(batchSizeAt(batching, step));
  for (let i = 0; i < rows.length; i++) {
    rows[i] = shuffles ? rowAt(seed, epoch, first + i, rowCount) : first + i;
  }
  return rows;
}

/** Rounds of a Feistel network: four make the order of rows look random (Luby & Rackoff 1988). */
const ROUNDS = 4;

/**
 * Which row stands at a position of an epoch: a permutation that needs no state, a Feistel network on as few bits
 * as the row count takes, walked on until it lands on a row. Twin: shaders/lib/random.wgsl
 *
 * @param position 0 … rowCount − 1
 */
export function rowAt(seed: number, epoch: number, position: number, rowCount: number): number {
  const key = keyOf(seed, epoch);
  const halfBits = halfBitsFor(rowCount);
  const mask = 2 ** halfBits - 1;
  let row = position;
  do {
    let left = row >>> halfBits;
    let right = row & mask;
    for (let round = 0; round < ROUNDS; round++) {
      const next = (left ^ mix((right + key + Math.imul(round, GOLDEN)) >>> 0)) & mask;
      left = right;
      right = next;
    }
    row = ((left << halfBits) | right) >>> 0;
  } while (row >= rowCount);
  return row;
}

/** Half the bits of the smallest power of 4 that holds the row count. */
export function halfBitsFor(rowCount: number): number {
  return Math.ceil(Math.log2(Math.max(2, rowCount)) / 2);
}
