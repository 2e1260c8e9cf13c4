import type { NetworkRecord } from './network-record.ts';
import { quantile } from './quantile.ts';

/** The losses of many networks over their steps, as a few curves. */
export interface LossFan {
  /** The steps of the points, ascending. */
  readonly steps: readonly number[];
  /** Quartiles at each step over the networks that have come so far; a network that diverged counts as infinite. */
  readonly lower: readonly number[];
  readonly median: readonly number[];
  readonly upper: readonly number[];
  /** Networks that have come so far, at each step. */
  readonly networkCounts: readonly number[];
}

/**
 * The fan of some networks.
 *
 * @param steps of the losses that are kept, as `lossSteps` has them; the same for all the networks
 * @param every takes every n-th of them, and the last: a fan that is drawn while its networks train
 */
export function lossFan(steps: Uint32Array, records: readonly NetworkRecord[], every = 1): LossFan {
  const fan = { steps: [], lower: [], median: [], upper: [], networkCounts: [] } as Record<
    keyof LossFan,
    number[]
  >;
  const reached = records.reduce((most, { losses }) => Math.max(most, losses.length), 0);
  for (let i = 0; i < reached; i = i === reached - 1 ? reached : Math.min(i + every, reached - 1)) {
    const sorted = lossesAt(records, i).toSorted();
    if (sorted.length === 0) continue;
    fan.steps.push(steps[i]);
    fan.lower.push(quantileOf(sorted, 0.25));
    fan.median.push(quantileOf(sorted, 0.5));
    fan.upper.push(quantileOf(sorted, 0.75));
    fan.networkCounts.push(sorted.length);
  }
  return fan;
}

/** Of the networks that have come to a point, those that diverged there or before it included. */
function lossesAt(records: readonly NetworkRecord[], point: number): Float64Array {
  const losses = records.flatMap(({ losses: own, divergedAt }) => {
    if (point < own.length) return [Number.isFinite(own[point]) ? own[point] : Infinity];
    return divergedAt === undefined ? [] : [Infinity];
  });
  return Float64Array.from(losses);
}

/** Between a number and infinity, or two infinities, there is no middle. */
function quantileOf(sorted: Float64Array, q: number): number {
  const value = quantile(sorted, q);
  return Number.isNaN(value) ? Infinity : value;
}
