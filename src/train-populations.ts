import type { Backend } from './core/job.ts';
import type { GrowingRecord } from './core/network-record.ts';
import type { SweepOptions, SweepTask } from './sweep-plan.ts';
import { SweepRun } from './sweep-run.ts';

/** How populations are trained in one call. */
export interface PopulationOptions extends Pick<SweepOptions, 'pool' | 'strategy'> {
  /** Aborting it ends the training soon, without an error; what is finished stays. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Called about ten times a second while it trains.
   *
   * @param stepsDone of all networks together, those that one no longer takes because it ended early included
   */
  readonly onProgress?: ((overCount: number, networkCount: number, stepsDone: number) => unknown) | undefined;
}

/** How often progress is told, in milliseconds: networks may be over faster than anybody looks. */
const TELL_EVERY_MS = 100;

/** Trains populations to their end, or to the abort of the signal. @throws as `SweepRun` */
export async function trainPopulations(
  backend: Backend['name'],
  tasks: readonly SweepTask[],
  { signal, onProgress, ...options }: PopulationOptions & Pick<SweepOptions, 'patience'>,
): Promise<SweepRun> {
  let toldAt = 0;
  const run: SweepRun = new SweepRun(backend, tasks, {
    ...options,
    onProgress: () => {
      if (!onProgress || performance.now() - toldAt < TELL_EVERY_MS) return;
      onProgress(run.overCount, run.records.length, run.stepsDone);
      toldAt = performance.now();
    },
  });
  await run.train(signal);
  onProgress?.(run.overCount, run.records.length, run.stepsDone);
  return run;
}

/**
 * The records of a run where the networks belong.
 *
 * @param order where each network of each task belongs, task by task
 */
export function recordsInOrder(
  { records }: SweepRun,
  order: readonly (readonly number[])[],
): GrowingRecord[] {
  const sorted = Array<GrowingRecord>(records.length);
  order.flat().forEach((index, place) => (sorted[index] = records[place]));
  return sorted;
}
