import { InputError } from './core/errors.ts';
import type { PlannedJob, Trainer, TrainingJob } from './core/job.ts';
import { optimizers } from './core/optimizers.ts';
import type { GpuStrategy, Plan, Snapshot } from './core/plan.ts';
import type { Recovery } from './run-result.ts';
import type { ValidationOptions, ValidationWatch, WatchState } from './validation-watch.ts';

/** Where a run stands, to go on from. */
export interface Checkpoint {
  readonly snapshot: Snapshot;
  /** Of every step up to it. */
  readonly losses: Float64Array;
  /** What was seen of the validation loss; it is looked at anew if left out. */
  readonly watch?: WatchState | undefined;
}

/** How a session is opened. */
export interface SessionOptions {
  /** One strategy of the GPU only; the best for the job if left out. */
  readonly strategy?: GpuStrategy;
  /** As it stands in a result or a snapshot that is to be repeated exactly. */
  readonly plan?: Plan;
  /** Goes on from here instead of from the initial parameters. */
  readonly from?: Checkpoint;
  /** Rows to watch the run on, and to stop it early by. */
  readonly validation?: ValidationOptions;
  /** Called after each loss of the device, when the run is about to go on. */
  readonly onRecovery?: (recovery: Recovery) => unknown;
}

/** A session's beginning. */
export interface Opening {
  readonly trainer: Trainer;
  readonly planned: PlannedJob;
  readonly snapshot: Snapshot;
  readonly openMs: number;
  readonly options: SessionOptions;
  readonly watch: ValidationWatch | undefined;
}

/** How often a run is kept while it trains, in milliseconds: what a lost device can cost. */
const KEEP_EVERY_MS = 1000;
/** The first time sooner, and then twice as late each time: a run that diverges mostly does so at once. */
const FIRST_KEEP_MS = 100;

/** Does `work` every now and then, one time after the other, until `over` is aborted. */
export async function nowAndThen(over: AbortSignal, work: () => Promise<void>): Promise<void> {
  for (let waitMs = FIRST_KEEP_MS; ; waitMs = Math.min(2 * waitMs, KEEP_EVERY_MS)) {
    await delay(waitMs, over);
    if (over.aborted) return;
    await work();
  }
}

/** Waits, but not beyond the abort of `signal`. */
function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}

/** Puts a new trainer where another run stood, or frees it. @throws InputError if it does not fit */
export function goOnFrom({ snapshot, losses }: NonNullable<SessionOptions['from']>, trainer: Trainer): void {
  try {
    trainer.restore(snapshot);
    if (losses.length === snapshot.step) return;
    const [held, step] = [losses.length, snapshot.step].map((count) => count.toLocaleString('en-US'));
    throw new InputError(
      `The snapshot stands at step ${step}, and there are ${held} losses; give one a step.`,
    );
  } catch (error) {
    trainer.dispose();
    throw error;
  }
}

/** @throws InputError if a job has several networks */
export function requireNetworkAlone({ networks }: TrainingJob): void {
  if (networks.length === 1) return;
  throw new InputError(
    `A session trains one network; this job has ${networks.length.toLocaleString('en-US')}. An ensemble is not trained ` +
      'on; other populations are for SweepRun.',
  );
}

/** A run before its first step. */
export function startOf({ plan, initialParameters }: Trainer, { steps, optimizer }: TrainingJob): Snapshot {
  const { stateCount } = optimizers[optimizer];
  return {
    plan,
    step: 0,
    steps,
    parameters: initialParameters,
    lowParts: new Float64Array(initialParameters.length),
    optimizerState: new Float64Array(stateCount * initialParameters.length),
  };
}
