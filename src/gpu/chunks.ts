import type { Resident, Stepping } from './stepping.ts';
import { stepRates } from './step-rates.ts';

/** What one submit should keep the device busy for: long enough to hide the submit, short enough to stop. */
const CHUNK_MS = 12;
/** The next submit is at most this many times the last one: one slow reading must not make it a watchdog's prey. */
const MOST_GROWTH = 8;

/**
 * How many steps a submit holds: few at first, then as many as take 12 ms. It never changes a value, only how
 * often the host looks up.
 */
export class Chunks {
  /** Whether it is known how long a step takes. */
  isTimed = false;
  /** Steps of the next submit. */
  steps: number;

  readonly #mostSteps: number;
  readonly #recordRate: (stepMs: number) => void;
  #busyUntil = 0;

  constructor(resident: Resident, { plan, firstChunkSteps, mostChunkSteps }: Stepping) {
    const rates = stepRates(resident, plan);
    this.#mostSteps = mostChunkSteps;
    this.#recordRate = rates.record;
    const known = rates.stepMs && Math.floor(CHUNK_MS / rates.stepMs);
    this.steps = Math.max(1, Math.min(known ?? firstChunkSteps, mostChunkSteps));
    this.isTimed = rates.stepMs !== undefined;
  }

  /**
   * To be called when a submit has finished.
   *
   * @returns how long the device was busy with it, in milliseconds: it waited for the submit before it
   */
  finished(steps: number, submittedAt: number): number {
    const now = performance.now();
    const busyMs = now - Math.max(submittedAt, this.#busyUntil);
    this.#busyUntil = now;
    const stepMs = Math.max(busyMs, 0.01) / steps;
    this.#recordRate(stepMs);
    const grown = Math.min(CHUNK_MS / stepMs, MOST_GROWTH * this.steps, this.#mostSteps);
    // A short last submit says little about a long one.
    if (!this.isTimed || steps >= this.steps / 2) this.steps = Math.max(1, Math.floor(grown));
    this.isTimed = true;
    return busyMs;
  }
}
