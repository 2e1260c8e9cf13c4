import { backends } from './backends.ts';
import { divergence, type Divergence } from './core/divergence.ts';
import { DeviceLostError } from './core/errors.ts';
import type { Adapter, Backend, PlannedJob, Trainer, TrainingData, TrainingJob } from './core/job.ts';
import { KeptLosses } from './core/kept-losses.ts';
import type { Network } from './core/network.ts';
import { describePlan, type GpuStrategy, type Plan, type Snapshot } from './core/plan.ts';

/** Where the time of a run went; milliseconds of wall time unless said otherwise. */
export interface RunTiming {
  /** Asking for the device, compiling, allocating: paid once, and mostly by the first run. */
  readonly setupMs: number;
  /** Copying table and parameters to where they are used. */
  readonly uploadMs: number;
  /** From the first step to the end of the last one, pauses left out. */
  readonly trainMs: number;
  /** The same on the GPU's own clock; null on the CPU, and where the adapter has no timestamps. */
  readonly gpuMs: number | null;
  /** How often the host looked up after less than 1, 2, 4, 8, … milliseconds. */
  readonly chunkMs: readonly number[];
  /** Fetching losses, parameters and predictions. */
  readonly readbackMs: number;
  readonly stepsPerSecond: number;
  /** From the press to the final loss in hand, everything above included, pauses left out. */
  readonly pressToFinalLossMs: number;
}

/** What came of a run. */
export interface RunResult {
  readonly backend: Backend['name'];
  readonly plan: Plan;
  /** Why this plan, with the figures that decided. */
  readonly planned: PlannedJob;
  /** Null on the CPU. */
  readonly adapter: Adapter | null;
  readonly network: Network;
  /** Steps finished; fewer than the job's when the run was stopped. */
  readonly steps: number;
  /** The loss of every step, before its update. */
  readonly losses: Float64Array;
  /** [parameterCount], in the layout of `layOutNetwork`. */
  readonly initialParameters: Float64Array;
  readonly parameters: Float64Array;
  /** Row-major [first 1,000 rows, outputCount], from the final parameters. */
  readonly predictions: Float64Array;
  /** Where and why the run stopped being numbers; undefined if it did not. */
  readonly divergence: Divergence | undefined;
  /** Losses of the device that the run survived. */
  readonly recoveries: readonly Recovery[];
  readonly timing: RunTiming;
}

/** A result holds the predictions of this many rows at most. */
export const MOST_PREDICTED_ROWS = 1000;

/** How a session is opened. */
export interface SessionOptions {
  /** One strategy of the GPU only; the best for the job if left out. */
  readonly strategy?: GpuStrategy;
  /** As it stands in a result or a snapshot that is to be repeated exactly. */
  readonly plan?: Plan;
  /** Goes on from here instead of from the initial parameters. */
  readonly from?: { readonly snapshot: Snapshot; readonly losses: Float64Array };
  /** Called after each loss of the device, when the run is about to go on. */
  readonly onRecovery?: (recovery: Recovery) => unknown;
}

/** A loss of the device, survived. */
export interface Recovery {
  /** Steps finished or on their way when the device was lost. */
  readonly lostAtStep: number;
  /** The snapshot the run went on from: the steps between were trained twice. */
  readonly resumedFromStep: number;
  /** Milliseconds from the loss to a trainer that stands at the snapshot. */
  readonly recoveryMs: number;
}

/** How often a run is kept while it trains, in milliseconds: what a lost device can cost. */
const KEEP_EVERY_MS = 1000;
/** The first time sooner, and then twice as late each time: a run that diverges mostly does so at once. */
const FIRST_KEEP_MS = 100;
/** A device lost more often than this is not worth another try. */
const MOST_RECOVERIES = 3;

/** One job on one backend, from the press of *Train* to its result: train, pause, step, stop. */
export class TrainingSession {
  readonly planned: PlannedJob;
  /** The run as it was last kept: at least once a second while it trains, and only while its losses are finite. */
  lastSnapshot: Snapshot;
  readonly recoveries: Recovery[] = [];
  #trainer: Trainer;
  /** Losses before this step are kept by the session alone: another trainer computed them. */
  #trainerFirstStep = 0;
  readonly #kept = new KeptLosses();
  #isTraining = false;
  /** The device was lost, and no other could be had. */
  #isGivenUp = false;
  #trainMs = 0;
  #gpuMs: number | null = null;
  #chunkMs: number[] = [];

  private constructor(
    readonly job: TrainingJob,
    readonly data: TrainingData,
    readonly backend: Backend['name'],
    private readonly opening: Opening,
  ) {
    this.#trainer = opening.trainer;
    this.planned = opening.planned;
    this.lastSnapshot = opening.snapshot;
    const { from } = opening.options;
    if (!from) return;
    this.#trainerFirstStep = from.snapshot.step;
    this.#kept.add(from.losses.subarray(0, from.snapshot.step));
  }

  /**
   * Plans the job and makes the trainer; nothing is trained yet.
   *
   * @throws InputError if the job does not fit its table, RefusalError if the backend cannot run it
   */
  static async open(
    backend: Backend['name'],
    job: TrainingJob,
    data: TrainingData,
    options: SessionOptions = {},
  ): Promise<TrainingSession> {
    const start = performance.now();
    const { plan, strategy, from } = options;
    const planned = plan
      ? { plan, reason: `${describePlan(plan)}, as asked for.`, estimates: [] }
      : await backends[backend].plan(job, data, strategy);
    const trainer = await backends[backend].createTrainer(job, data, planned.plan);
    if (from) trainer.restore(from.snapshot);
    const snapshot = from?.snapshot ?? startOf(trainer, job);
    const openMs = performance.now() - start;
    return new TrainingSession(job, data, backend, { trainer, planned, snapshot, openMs, options });
  }

  /** Steps finished or on their way. */
  get stepCount(): number {
    return this.#trainer.stepCount;
  }

  /** Set once a loss was infinite or not a number: the run stopped there. */
  get divergence(): Divergence | undefined {
    const step = this.#kept.firstNonFinite;
    return step === undefined ? undefined : divergence(this.job, this.data, step);
  }

  /**
   * Trains `steps` more, at most to the end of the job. Aborting `signal` pauses it; calling again continues. A run
   * that diverges stops. A lost device is replaced, and the run goes on from its last snapshot.
   *
   * @throws DeviceLostError if that fails, or the device is lost too often; `lastSnapshot` and `losses` stay
   */
  async train(steps: number = this.job.steps, signal?: AbortSignal): Promise<void> {
    if (this.#isTraining) throw new Error('This run is training already; wait for it, or pause it first.');
    this.#isTraining = true;
    const end = Math.min(this.stepCount + steps, this.job.steps);
    try {
      while (!(await this.#trainUntilLost(end, signal)));
    } finally {
      this.#isTraining = false;
    }
  }

  /** @returns false if the device was lost and the run stands at its last snapshot */
  async #trainUntilLost(end: number, signal?: AbortSignal): Promise<boolean> {
    const [diverged, over] = [new AbortController(), new AbortController()];
    const anySignal = AbortSignal.any([diverged.signal, ...(signal ? [signal] : [])]);
    const keeping = this.#keepUntil(over.signal, diverged);
    // Awaited below; a lost device fails here as well as there.
    keeping.catch(() => {});
    const start = performance.now();
    try {
      const timing = await this.#trainer.train(end - this.stepCount, anySignal);
      this.#trainMs += timing.trainMs;
      if (timing.gpuMs !== null) this.#gpuMs = (this.#gpuMs ?? 0) + timing.gpuMs;
      timing.chunkMs.forEach((chunks, i) => (this.#chunkMs[i] = (this.#chunkMs[i] ?? 0) + chunks));
      over.abort();
      await keeping;
      await this.#keep();
      return true;
    } catch (error) {
      if (!(error instanceof DeviceLostError)) throw error;
      this.#trainMs += performance.now() - start;
      await this.#recover();
      return false;
    } finally {
      over.abort();
    }
  }

  /** Keeps the run every now and then until `over` is aborted; ends it where it diverges. */
  async #keepUntil(over: AbortSignal, diverged: AbortController): Promise<void> {
    for (let waitMs = FIRST_KEEP_MS; ; waitMs = Math.min(2 * waitMs, KEEP_EVERY_MS)) {
      await delay(waitMs, over);
      if (over.aborted) return;
      await this.#keep();
      if (this.divergence) diverged.abort();
    }
  }

  /** Takes what is new of the run to where a lost device cannot take it away. */
  async #keep(): Promise<void> {
    const trainer = this.#trainer;
    const snapshot = await trainer.snapshot();
    const losses = await trainer.losses(this.#kept.count);
    // Its device was lost meanwhile, and another stands at an earlier step.
    if (trainer !== this.#trainer) return;
    this.#kept.add(losses.subarray(0, Math.max(0, snapshot.step - this.#kept.count)));
    const isFinite = this.divergence === undefined && snapshot.parameters.every(Number.isFinite);
    if (isFinite) this.lastSnapshot = snapshot;
  }

  async #recover(): Promise<void> {
    const start = performance.now();
    const [lostAtStep, snapshot] = [this.stepCount, this.lastSnapshot];
    const standing = `Its last snapshot, at step ${snapshot.step.toLocaleString('en-US')}, is kept; go on from there on the CPU path.`;
    this.#trainer.dispose();
    this.#isGivenUp = true;
    if (this.recoveries.length >= MOST_RECOVERIES) {
      const times = MOST_RECOVERIES + 1;
      throw new DeviceLostError(
        `The GPU device was lost ${times} times in this run; it is given up. ${standing}`,
      );
    }
    try {
      this.#trainer = await backends[this.backend].createTrainer(this.job, this.data, this.planned.plan);
      this.#trainer.restore(snapshot);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new DeviceLostError(`The GPU device was lost, and no other could be had (${why}) ${standing}`);
    }
    this.#isGivenUp = false;
    this.#trainerFirstStep = snapshot.step;
    const recovery = { lostAtStep, resumedFromStep: snapshot.step, recoveryMs: performance.now() - start };
    this.recoveries.push(recovery);
    this.opening.options.onRecovery?.(recovery);
  }

  /**
   * The losses of steps `fromStep` … so far; may be asked while `train` runs. Of a lost device, those that were kept:
   * the loss itself is for `train` to deal with.
   */
  async losses(fromStep: number): Promise<Float64Array> {
    try {
      return await this.#allLosses(fromStep);
    } catch (error) {
      if (error instanceof DeviceLostError || this.#isGivenUp) return this.#kept.from(fromStep);
      throw error;
    }
  }

  async #allLosses(fromStep: number): Promise<Float64Array> {
    const firstStep = this.#trainerFirstStep;
    if (fromStep >= firstStep) return this.#trainer.losses(fromStep);
    const kept = this.#kept.from(fromStep).subarray(0, firstStep - fromStep);
    const rest = await this.#trainer.losses(firstStep);
    const losses = new Float64Array(kept.length + rest.length);
    losses.set(kept);
    losses.set(rest, kept.length);
    return losses;
  }

  /** dE/dparameter at the present parameters, as this backend computes it: [parameterCount]. */
  gradients(): Promise<Float64Array> {
    return this.#trainer.gradients();
  }

  /** Everything there is to know of the run so far. */
  async result(): Promise<RunResult> {
    const trainer = this.#trainer;
    const { data } = this;
    const start = performance.now();
    const losses = await this.losses(0);
    const lossesMs = performance.now() - start;
    const parameters = await trainer.parameters();
    const predictedRows = Math.min(data.rowCount, MOST_PREDICTED_ROWS);
    const predictions = await trainer.predict(data.inputs.subarray(0, predictedRows * data.inputCount));
    const { uploadMs } = trainer.creation;
    const trained = trainer.stepCount - (this.opening.options.from?.snapshot.step ?? 0);
    const timing = {
      setupMs: this.opening.openMs - uploadMs,
      uploadMs,
      trainMs: this.#trainMs,
      gpuMs: this.#gpuMs,
      chunkMs: [...this.#chunkMs],
      readbackMs: performance.now() - start,
      stepsPerSecond: trained === 0 ? 0 : trained / (this.#trainMs / 1000),
      pressToFinalLossMs: this.opening.openMs + this.#trainMs + lossesMs,
    };
    return {
      backend: this.backend,
      plan: trainer.plan,
      planned: this.planned,
      adapter: trainer.adapter,
      network: trainer.network,
      steps: trainer.stepCount,
      losses,
      initialParameters: trainer.initialParameters,
      parameters,
      predictions,
      divergence: this.divergence,
      recoveries: [...this.recoveries],
      timing,
    };
  }

  /** Frees what the trainer holds. */
  dispose(): void {
    this.#trainer.dispose();
  }
}

interface Opening {
  readonly trainer: Trainer;
  readonly planned: PlannedJob;
  readonly snapshot: Snapshot;
  readonly openMs: number;
  readonly options: SessionOptions;
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

/** A run before its first step. */
function startOf({ plan, initialParameters }: Trainer, { steps }: TrainingJob): Snapshot {
  return {
    plan,
    step: 0,
    steps,
    parameters: initialParameters,
    lowParts: new Float64Array(initialParameters.length),
  };
}

/**
 * One call from job to result.
 *
 * @throws InputError, RefusalError as `TrainingSession.open`
 */
export async function trainOnce(
  backend: Backend['name'],
  job: TrainingJob,
  data: TrainingData,
  options: SessionOptions = {},
): Promise<RunResult> {
  const session = await TrainingSession.open(backend, job, data, options);
  try {
    await session.train();
    return await session.result();
  } finally {
    session.dispose();
  }
}
