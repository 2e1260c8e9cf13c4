import { DeviceLostError } from './core/errors.ts';
import type { Adapter, Backend, TrainingData, TrainingJob } from './core/job.ts';
import type { GpuStrategy, Plan } from './core/plan.ts';
import type { Checkpoint } from './session-start.ts';
import { TrainingSession } from './training-session.ts';
import type { ValidationOptions } from './validation-watch.ts';

/** One network to be trained to its end, or on from where it was stopped. Plain data: it may go to another thread. */
export interface AloneTask {
  readonly backend: Backend['name'];
  /** Of one network. */
  readonly job: TrainingJob;
  readonly data: TrainingData;
  readonly plan?: Plan | undefined;
  readonly strategy?: GpuStrategy | undefined;
  readonly validation?: ValidationOptions | undefined;
  readonly from?: Checkpoint | undefined;
}

/** What came of it, as far as it came. Plain data, too. */
export interface AloneOutcome {
  /** Steps trained; fewer than the job's where it was stopped, stopped early or diverged. */
  readonly step: number;
  /** Of every step, before its update. */
  readonly losses: Float64Array;
  /** [parameterCount]; those of the best step where validation kept them. */
  readonly parameters: Float64Array;
  /** Where it stands; undefined where it is at its end. */
  readonly checkpoint: Checkpoint | undefined;
  /** The step whose loss was no number, or exploded. */
  readonly divergedAt: number | undefined;
  readonly plan: Plan;
  /** Null on the CPU. */
  readonly adapter: Adapter | null;
  readonly trainMs: number;
  /** Losses of the device that it survived. */
  readonly recoveryCount: number;
}

/** Trains networks one by one, several at a time where it has the threads. */
export interface AloneTrainer {
  /** How many tasks it works on at once. */
  readonly parallel: number;
  /** Aborting `signal` ends it soon, without an error: the outcome then holds a checkpoint. */
  train(task: AloneTask, signal: AbortSignal): Promise<AloneOutcome>;
}

/** On the thread that asks. */
export const onThisThread: AloneTrainer = { parallel: 1, train: trainAlone };

/** A device lost more often than this is not worth another try. */
const MOST_LOSSES = 3;

/** A session survives the loss of its device once it stands; before that there is nothing to lose but the device. */
async function openUnlessLost(open: () => Promise<TrainingSession>) {
  for (let lossCount = 0; ; lossCount++) {
    try {
      return { session: await open(), lossCount };
    } catch (error) {
      if (!(error instanceof DeviceLostError) || lossCount === MOST_LOSSES) throw error;
    }
  }
}

/** @throws InputError, RefusalError as `TrainingSession.open`, DeviceLostError if the device is lost too often */
export async function trainAlone(task: AloneTask, signal: AbortSignal): Promise<AloneOutcome> {
  const { backend, job, data, plan, strategy, validation, from } = task;
  const options = {
    ...(plan && { plan }),
    ...(strategy && { strategy }),
    ...(validation && { validation }),
    ...(from && { from }),
  };
  const open = () => TrainingSession.open(backend, job, data, options);
  const { session, lossCount } = await openUnlessLost(open);
  try {
    await session.train(job.steps, signal);
    const {
      losses,
      parameters,
      divergence,
      plan: used,
      adapter,
      timing,
      steps,
      validation: curve,
    } = await session.result();
    const isOver = steps === job.steps || divergence !== undefined || curve?.stoppedEarly === true;
    return {
      step: steps,
      losses,
      parameters,
      checkpoint: isOver ? undefined : await session.checkpoint(),
      divergedAt: divergence?.step,
      plan: used,
      adapter,
      trainMs: timing.trainMs,
      recoveryCount: lossCount + session.recoveries.length,
    };
  } finally {
    session.dispose();
  }
}
