import { stepRates } from './step-rates.ts';
import type { Resident, Stepping } from './stepping.ts';

/** What one submit should keep the device busy for: long enough to hide the submit, short enough to stop. */
const CHUNK_MS = 12;
/** Of a shorter stretch most is the submit and not the steps. */
const LEAST_STRETCH_MS = 4;
/** The same of a single step: where much else runs, a submit alone takes many milliseconds. */
const LEAST_SINGLE_STEP_MS = 20;
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
  #isShared = false;
  #last = { steps: 0, busyMs: 0 };

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
    // With the one before: the host may hear of both at once, and the second would seem to have taken no time.
    const both = { steps: steps + this.#last.steps, busyMs: busyMs + this.#last.busyMs };
    this.#last = { steps, busyMs };
    const wanted = (CHUNK_MS * both.steps) / Math.max(both.busyMs, 0.1);
    const grown = Math.min(wanted, MOST_GROWTH * this.steps, this.#mostSteps);
    // A short last submit says little about a long one.
    if (!this.isTimed || steps >= this.steps / 2) this.steps = Math.max(1, Math.floor(grown));
    this.isTimed = true;
    return busyMs;
  }

  /** To be called when something else on the device has finished, which no submit shall be blamed for. */
  elseFinished(): void {
    this.#busyUntil = performance.now();
    this.#isShared = true;
  }

  /** To be called when a whole stretch of submits is over. */
  stretchFinished(steps: number, trainMs: number): void {
    const isShared = this.#isShared;
    this.#isShared = false;
    if (isShared) return;
    if (trainMs >= (steps === 1 ? LEAST_SINGLE_STEP_MS : LEAST_STRETCH_MS)) this.#recordRate(trainMs / steps);
  }
}
