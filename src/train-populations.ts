import type { Backend } from './core/job.ts';
import type { NetworkRecord } from './core/network-record.ts';
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
      onProgress(run.overCount, run.records.length, stepsDone(run));
      toldAt = performance.now();
    },
  });
  await run.train(signal);
  onProgress?.(run.overCount, run.records.length, stepsDone(run));
  return run;
}

function stepsDone({ tasks, records }: SweepRun): number {
  let [sum, place] = [0, 0];
  for (const { job } of tasks) {
    for (const record of records.slice(place, place + job.networks.length)) {
      sum += record.isOver ? job.steps : record.step;
    }
    place += job.networks.length;
  }
  return sum;
}

/**
 * What is kept of the networks, as plain data.
 *
 * @param order where each network of each task belongs, task by task
 */
export function recordsInOrder(
  { records }: SweepRun,
  order: readonly (readonly number[])[],
): NetworkRecord[] {
  const sorted = Array<NetworkRecord>(records.length);
  order.flat().forEach((index, place) => {
    const { step, losses, isOver, parameters, divergedAt, validationLoss, plan } = records[place];
    sorted[index] = { step, losses, isOver, parameters, divergedAt, validationLoss, plan };
  });
  return sorted;
}
