import { constantLoss } from './core/constant-loss.ts';
import type { Adapter, Backend } from './core/job.ts';
import { ranking, type GrowingRecord, type NetworkRecord } from './core/network-record.ts';
import { lossSteps } from './core/population.ts';
import { sweepGroups, type SweepGroup } from './core/sweep-summary.ts';
import { expandSweep, requireSweepFits, type Sweep, type SweepSettings } from './core/sweep.ts';
import type { Dataset } from './data/dataset.ts';
import type { PlannedTask, SweepTask } from './sweep-plan.ts';
import type { SweepRun } from './sweep-run.ts';
import { recordsInOrder, trainPopulations, type PopulationOptions } from './train-populations.ts';

/** How a sweep is trained in one call. */
export interface TrainSweepOptions extends PopulationOptions {
  /** Looks at the validation loss without a new best one after which a network stops; never if left out. */
  readonly patience?: number;
  /** Called before anything is trained, and waited for. */
  readonly onExpanded?: (sweep: Sweep) => unknown;
}

/** What came of a sweep: plain data. */
export interface SweepResult {
  readonly backend: Backend['name'];
  /** Null on the CPU. */
  readonly adapter: Adapter | null;
  readonly sweep: Sweep;
  /** One per network of the sweep, in its order. */
  readonly records: readonly NetworkRecord[];
  /** The steps whose losses are kept of every network. */
  readonly lossSteps: Uint32Array;
  /** Of the best answer that is the same for every training row. */
  readonly constantLoss: number;
  readonly groups: readonly SweepGroup[];
  /** Places of the networks that are over, the best first; those that diverged last. */
  readonly ranking: readonly number[];
  /** What they are ranked by: the loss on rows that were kept apart, where there are any. */
  readonly rankedBy: 'validationLoss' | 'finalLoss';
  /** How each population was trained; those that were not reached are missing. */
  readonly planned: readonly PlannedTask[];
  /** Wall time of the training, planning and compiling included; milliseconds. */
  readonly trainMs: number;
  /** Losses of the device that the sweep survived. */
  readonly recoveryCount: number;
  /** False where the signal ended it before its last network. */
  readonly isOver: boolean;
}

/**
 * Trains every network of a sweep, and judges each on the validation part of the dataset behind its last step.
 *
 * @throws InputError as `expandSweep` and `requireSweepFits`, or if the settings do not fit the dataset; RefusalError if
 *   the backend cannot run a population, DeviceLostError if its device is lost too often
 */
export async function trainSweep(
  backend: Backend['name'],
  settings: SweepSettings,
  dataset: Dataset,
  { onExpanded, ...options }: TrainSweepOptions = {},
): Promise<SweepResult> {
  const { training, validation } = dataset;
  const sweep = expandSweep(settings, training.outputCount);
  requireSweepFits(sweep, training.inputCount);
  await onExpanded?.(sweep);
  const { networks, populations } = sweep;
  const run = await trainPopulations(backend, tasksOfSweep(sweep, dataset), options);
  const records = recordsOfSweep(run, sweep).map((record) => record.copy());
  const toBeat = constantLoss(settings.base.loss, training);
  return {
    backend,
    adapter: run.adapter,
    sweep,
    records,
    lossSteps: lossSteps(populations[0].job),
    constantLoss: toBeat,
    groups: sweepGroups(networks, records, toBeat),
    ranking: ranking(records),
    rankedBy: validation ? 'validationLoss' : 'finalLoss',
    planned: [...run.planned],
    trainMs: run.trainMs,
    recoveryCount: run.recoveryCount,
    isOver: run.isOver,
  };
}

/** What there is to train of a sweep: its populations, on the training part, judged on the validation part. */
export function tasksOfSweep(
  { populations }: Pick<Sweep, 'populations'>,
  { training, validation }: Pick<Dataset, 'training' | 'validation'>,
): SweepTask[] {
  return populations.map(({ job }) => ({
    job,
    data: training,
    ...(validation && { validation: () => validation }),
  }));
}

/** The records of a run of those tasks, one per network in the order of the sweep. */
export function recordsOfSweep(run: SweepRun, { populations }: Pick<Sweep, 'populations'>): GrowingRecord[] {
  return recordsInOrder(
    run,
    populations.map(({ networks }) => networks),
  );
}
