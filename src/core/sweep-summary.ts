import { finalLoss, rankedLosses, ranking, type NetworkRecord } from './network-record.ts';
import { quantile } from './quantile.ts';
import { sweptText } from './sweep-range.ts';
import type { SweepNetwork, SweptValues } from './sweep.ts';

/** Networks of a sweep that differ in their seed alone. */
export interface SweepGroup {
  /** What they have in common of what is swept. */
  readonly values: Omit<SweptValues, 'seed'>;
  readonly networkCount: number;
  /** Of them, those at their end; what follows is of these. */
  readonly overCount: number;
  /** Those that diverged, or ended no better than the best constant answer. */
  readonly failedCount: number;
  readonly divergedCount: number;
  /**
   * Lower quartile of the loss they are ranked by (`rankedLoss`), of those that did not diverge; undefined where there
   * are none.
   */
  readonly lower: number | undefined;
  readonly median: number | undefined;
  /** Upper quartile. */
  readonly upper: number | undefined;
  /** Place of the best one in the sweep; undefined where none is over that did not diverge. */
  readonly best: number | undefined;
  /** What that one is ranked by. */
  readonly bestLoss: number | undefined;
}

/**
 * What each combination of a sweep comes to over its seeds, in the order in which they first come up.
 *
 * @param records one per network, in the same order
 * @param constantLoss of the training rows
 */
export function sweepGroups(
  networks: readonly SweepNetwork[],
  records: readonly NetworkRecord[],
  constantLoss: number,
): SweepGroup[] {
  const groups = new Map<string, { readonly values: SweepGroup['values']; readonly places: number[] }>();
  networks.forEach((network, place) => {
    const { seed: _, ...values } = network.values;
    const key = JSON.stringify(Object.entries(values).map(([name, value]) => [name, sweptText(value)]));
    const group = groups.get(key) ?? { values, places: [] };
    groups.set(key, group);
    group.places.push(place);
  });
  return [...groups.values()].map(({ values, places }) => {
    const own = places.map((place) => records[place]);
    const over = own.filter(({ isOver }) => isOver);
    const sorted = rankedLosses(own);
    const [best] = ranking(own);
    return {
      values,
      networkCount: places.length,
      overCount: over.length,
      failedCount: over.filter((record) => hasFailed(record, constantLoss)).length,
      divergedCount: over.filter(({ divergedAt }) => divergedAt !== undefined).length,
      ...quartiles(sorted),
      best: sorted.length > 0 ? places[best] : undefined,
      bestLoss: sorted.at(0),
    };
  });
}

/** Whether a network diverged, or ended no better than the best constant answer. */
export function hasFailed(record: NetworkRecord, constantLoss: number): boolean {
  return !(finalLoss(record) < constantLoss);
}

function quartiles(sorted: Float64Array): Pick<SweepGroup, 'lower' | 'median' | 'upper'> {
  if (sorted.length === 0) return { lower: undefined, median: undefined, upper: undefined };
  const [lower, median, upper] = [0.25, 0.5, 0.75].map((q) => quantile(sorted, q));
  return { lower, median, upper };
}
