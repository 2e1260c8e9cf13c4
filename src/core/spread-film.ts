import type { Spread } from './spread.ts';

/** Moments kept at most, however long the run. */
export const MOST_MOMENTS = 64;

/** What happens inside a network at a step: with the parameters that step begins with. */
export interface SpreadMoment extends Spread {
  readonly step: number;
}

/**
 * What happened inside a network over a run, in at most 64 moments: the first, the last, and others between, evenly.
 * When there is no more room every other one goes, and from then on moments are kept twice as far apart.
 */
export class SpreadFilm {
  #moments: readonly SpreadMoment[] = [];
  /** Steps from one moment that is kept for good to the next. */
  #gap = 0;

  /** Steps ascending. */
  get moments(): readonly SpreadMoment[] {
    return this.#moments;
  }

  /**
   * Adds a moment, which is the last one now. Those behind its step are gone: a run that went back goes on from there.
   */
  add(moment: SpreadMoment): void {
    const before = this.#moments.filter(({ step }) => step < moment.step);
    // Kept only while it was the last one: too near to the one before it.
    const isTooNear =
      before.length > 1 && before[before.length - 1].step - before[before.length - 2].step < this.#gap;
    const kept = isTooNear ? before.slice(0, -1) : before;
    if (kept.length < MOST_MOMENTS) this.#moments = [...kept, moment];
    else {
      const half = kept.filter((_, place) => place % 2 === 0);
      this.#gap = (kept[kept.length - 1].step - kept[0].step) / (MOST_MOMENTS / 2);
      this.#moments = [...half, moment];
    }
  }
}
