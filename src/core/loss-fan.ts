import { QUARTILE_COUNT } from './loss-quartiles.ts';
import type { NetworkRecord } from './network-record.ts';
import { quantile } from './quantile.ts';

/** The losses of many networks over their steps, as a few curves. */
export interface LossFan {
  /** The steps of the points, ascending. */
  readonly steps: readonly number[];
  /**
   * Quartiles at each step over the networks that have come so far. One that diverged counts as infinite; one that ended
   * early counts on with its last loss, so that no curve jumps where good networks leave it.
   */
  readonly lower: readonly number[];
  readonly median: readonly number[];
  readonly upper: readonly number[];
  /** Networks that have come so far, at each step. */
  readonly networkCounts: readonly number[];
}

/** A fan while its networks train, with what no record of them says yet. */
export interface LiveFan extends LossFan {
  /** The least loss at each step: of whichever network had it there. */
  readonly least: readonly number[];
}

/** The fan of networks that train together, put together from the quartiles of one loss after the other. */
export class GrowingFan {
  readonly #steps: Uint32Array;
  readonly #networkCount: number;
  readonly #quartiles: Float64Array;
  #count = 0;

  /** @param steps of the losses that are kept, as `lossSteps` has them */
  constructor(steps: Uint32Array, networkCount: number) {
    this.#steps = steps;
    this.#networkCount = networkCount;
    this.#quartiles = new Float64Array(QUARTILE_COUNT * steps.length);
  }

  /**
   * Puts points in place, the first of them at `from`; those behind are gone.
   *
   * @param quartiles row-major [points, 4], as a trainer's `lossQuartiles`
   */
  put(from: number, quartiles: Float64Array): void {
    this.#quartiles.set(quartiles, QUARTILE_COUNT * from);
    this.#count = from + quartiles.length / QUARTILE_COUNT;
  }

  /** As it stands; undefined without a point. */
  get fan(): LiveFan | undefined {
    if (this.#count === 0) return undefined;
    const points = Array.from({ length: this.#count }, (_, i) => i);
    const curve = (place: number) => points.map((i) => this.#quartiles[QUARTILE_COUNT * i + place]);
    return {
      steps: points.map((i) => this.#steps[i]),
      least: curve(0),
      lower: curve(1),
      median: curve(2),
      upper: curve(3),
      networkCounts: points.map(() => this.#networkCount),
    };
  }
}

/** What a fan takes of a network. */
type Curve = Pick<NetworkRecord, 'losses' | 'divergedAt' | 'isOver'>;

/**
 * The fan of the networks that are over; while none is, of those that have begun, as far as all of them have come. So
 * no network leaves it midway because nobody trained it on.
 *
 * @param steps, every as of `lossFan`
 */
export function standingFan(steps: Uint32Array, records: readonly NetworkRecord[], every = 1): LossFan {
  const over = records.filter(({ isOver }) => isOver);
  if (over.length > 0) return lossFan(steps, over, every);
  const begun = records.map(curveOf).filter(({ losses }) => losses.length > 0);
  const reached = begun.reduce((least, { losses }) => Math.min(least, losses.length), Infinity);
  const even = begun.map((curve) => ({ ...curve, losses: curve.losses.subarray(0, reached) }));
  return lossFan(steps, even, every);
}

/**
 * The fan of some networks.
 *
 * @param steps of the losses that are kept, as `lossSteps` has them; the same for all the networks
 * @param every takes every n-th of them, and the last: a fan that is drawn while its networks train
 */
export function lossFan(steps: Uint32Array, records: readonly Curve[], every = 1): LossFan {
  const fan = { steps: [], lower: [], median: [], upper: [], networkCounts: [] } as Record<
    keyof LossFan,
    number[]
  >;
  const curves = records.map(curveOf);
  const room = new Float64Array(records.length);
  const reached = curves.reduce((most, { losses }) => Math.max(most, losses.length), 0);
  for (let i = 0; i < reached; i = i === reached - 1 ? reached : Math.min(i + every, reached - 1)) {
    const sorted = lossesAt(curves, i, room).toSorted();
    if (sorted.length === 0) continue;
    fan.steps.push(steps[i]);
    fan.lower.push(quantile(sorted, 0.25));
    fan.median.push(quantile(sorted, 0.5));
    fan.upper.push(quantile(sorted, 0.75));
    fan.networkCounts.push(sorted.length);
  }
  return fan;
}

/** A record makes its losses anew whenever it is asked for them. */
function curveOf({ losses, divergedAt, isOver }: Curve): Curve {
  return { losses, divergedAt, isOver };
}

/**
 * Of the networks that have come to a point, and those that ended before it: at infinity where they diverged, or early
 * with their last loss. They lie in `room`.
 */
function lossesAt(curves: readonly Curve[], point: number, room: Float64Array): Float64Array {
  let count = 0;
  for (const { losses, divergedAt, isOver } of curves) {
    if (point < losses.length) room[count++] = Number.isFinite(losses[point]) ? losses[point] : Infinity;
    else if (divergedAt !== undefined) room[count++] = Infinity;
    else if (isOver && losses.length > 0) room[count++] = losses[losses.length - 1];
  }
  return room.subarray(0, count);
}
