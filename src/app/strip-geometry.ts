// The common axis of the strips of a table: where a loss lies on it, as a share of its length.

import type { SweepGroup } from '../index.ts';

export interface StripAxis {
  readonly least: number;
  readonly most: number;
  readonly isLog: boolean;
  /** From 0 to 1; what is beyond the axis lies at its end. */
  shareOf(loss: number): number;
}

/** Beyond it, what is small would lie on one point of a linear axis. */
const LINEAR_DECADES = 2;

/**
 * The axis that holds the quartiles of all groups, and some losses more; undefined where none has any.
 *
 * @param more losses that are marked as well, such as the best one
 */
export function stripAxis(groups: readonly SweepGroup[], more: readonly number[]): StripAxis | undefined {
  const quartiles = groups.flatMap(({ lower, upper }) => [lower, upper]);
  const losses = [...quartiles, ...more].filter(
    (loss): loss is number => loss !== undefined && Number.isFinite(loss),
  );
  if (quartiles.every((loss) => loss === undefined)) return undefined;
  const most = Math.max(...losses);
  const positive = losses.filter((loss) => loss > 0);
  const leastPositive = Math.min(...positive);
  const isLog = positive.length > 0 && most / leastPositive > 10 ** LINEAR_DECADES;
  const least = isLog ? leastPositive : Math.min(...losses);
  const warp = isLog ? Math.log : (value: number) => value;
  const [from, to] = [warp(least), warp(most)];
  const shareOf = (loss: number) => {
    if (to === from) return 0.5;
    const share = (warp(Math.max(loss, isLog ? Number.MIN_VALUE : loss)) - from) / (to - from);
    return Math.min(1, Math.max(0, share));
  };
  return { least, most, isLog, shareOf };
}
