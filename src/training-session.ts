import { backends } from './backends.ts';
import type { Adapter, Backend, Trainer, TrainingData, TrainingJob } from './core/job.ts';
import type { Network } from './core/network.ts';
import type { Plan } from './core/plan.ts';

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
  /** Fetching losses, parameters and predictions. */
  readonly readbackMs: number;
  readonly stepsPerSecond: number;
  /** From the press to the final loss in hand, everything above included, pauses left out. */
  readonly pressToFinalLossMs: number;
}

/** What came of a run. */
export interface RunResult {
  readonly backend: Backend['name'];
  readonly strategy: Plan['strategy'];
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
  readonly timing: RunTiming;
}

/** A result holds the predictions of this many rows at most. */
export const MOST_PREDICTED_ROWS = 1000;

/** Warm repetitions of one run. */
export interface Measurement {
  /** Training wall time of each repetition, in the order they ran. */
  readonly trainMs: readonly number[];
  readonly medianMs: number;
  /** Fastest and slowest. */
  readonly rangeMs: readonly [number, number];
  readonly stepsPerSecond: number;
}

/** Fewer repetitions give no median worth the name. */
export const LEAST_REPETITIONS = 5;

/** One job on one backend, from the press of *Train* to its result: train, pause, step, stop. */
export class TrainingSession {
  readonly #trainer: Trainer;
  #isTraining = false;
  #trainMs = 0;
  #gpuMs: number | null = null;

  private constructor(
    readonly job: TrainingJob,
    readonly data: TrainingData,
    readonly backend: Backend['name'],
    private readonly opening: { readonly trainer: Trainer; readonly openMs: number },
  ) {
    this.#trainer = opening.trainer;
  }

  /**
   * Makes the trainer; nothing is trained yet.
   *
   * @throws InputError if the job does not fit its table, RefusalError if the backend cannot run it
   */
  static async open(
    backend: Backend['name'],
    job: TrainingJob,
    data: TrainingData,
  ): Promise<TrainingSession> {
    const start = performance.now();
    const trainer = await backends[backend].createTrainer(job, data);
    return new TrainingSession(job, data, backend, { trainer, openMs: performance.now() - start });
  }

  /** Steps finished or on their way. */
  get stepCount(): number {
    return this.#trainer.stepCount;
  }

  /**
   * Trains `steps` more, at most to the end of the job. Aborting `signal` pauses it; calling again continues.
   *
   * @throws Error if it is training already
   */
  async train(steps: number = this.job.steps, signal?: AbortSignal): Promise<void> {
    if (this.#isTraining) throw new Error('This run is training already; wait for it, or pause it first.');
    this.#isTraining = true;
    try {
      const timing = await this.#trainer.train(steps, signal);
      this.#trainMs += timing.trainMs;
      if (timing.gpuMs !== null) this.#gpuMs = (this.#gpuMs ?? 0) + timing.gpuMs;
    } finally {
      this.#isTraining = false;
    }
  }

  /** The losses of steps `fromStep` … so far; may be asked while `train` runs. */
  losses(fromStep: number): Promise<Float64Array> {
    return this.#trainer.losses(fromStep);
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
    const losses = await trainer.losses(0);
    const lossesMs = performance.now() - start;
    const parameters = await trainer.parameters();
    const predictedRows = Math.min(data.rowCount, MOST_PREDICTED_ROWS);
    const predictions = await trainer.predict(data.inputs.subarray(0, predictedRows * data.inputCount));
    const { uploadMs } = trainer.creation;
    const timing = {
      setupMs: this.opening.openMs - uploadMs,
      uploadMs,
      trainMs: this.#trainMs,
      gpuMs: this.#gpuMs,
      readbackMs: performance.now() - start,
      stepsPerSecond: trainer.stepCount === 0 ? 0 : trainer.stepCount / (this.#trainMs / 1000),
      pressToFinalLossMs: this.opening.openMs + this.#trainMs + lossesMs,
    };
    return {
      backend: this.backend,
      strategy: trainer.plan.strategy,
      adapter: trainer.adapter,
      network: trainer.network,
      steps: trainer.stepCount,
      losses,
      initialParameters: trainer.initialParameters,
      parameters,
      predictions,
      timing,
    };
  }

  /** Frees what the trainer holds. */
  dispose(): void {
    this.#trainer.dispose();
  }
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
): Promise<RunResult> {
  const session = await TrainingSession.open(backend, job, data);
  try {
    await session.train();
    return await session.result();
  } finally {
    session.dispose();
  }
}

/** How to repeat a run. */
export interface MeasureOptions {
  /** At least 5, which is also the default. */
  readonly repetitions?: number;
  /** Called after each with the count so far; 0 after the warm-up. */
  readonly onRepetition?: (count: number) => unknown;
  readonly signal?: AbortSignal;
}

/**
 * Trains the whole job over and over on a warm backend: one run to warm up, not counted, then the repetitions.
 *
 * @throws the signal's reason once it is aborted
 */
export async function measure(
  backend: Backend['name'],
  { job, data }: { readonly job: TrainingJob; readonly data: TrainingData },
  { repetitions = LEAST_REPETITIONS, onRepetition, signal }: MeasureOptions = {},
): Promise<Measurement> {
  const trainMs: number[] = [];
  for (let repetition = 0; repetition <= Math.max(repetitions, LEAST_REPETITIONS); repetition++) {
    const trainer = await backends[backend].createTrainer(job, data);
    try {
      const timing = await trainer.train(job.steps, signal);
      signal?.throwIfAborted();
      if (repetition > 0) trainMs.push(timing.trainMs);
    } finally {
      trainer.dispose();
    }
    onRepetition?.(repetition);
  }
  const sorted = trainMs.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const medianMs = sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return {
    trainMs,
    medianMs,
    rangeMs: [sorted[0], sorted[sorted.length - 1]],
    stepsPerSecond: job.steps / (medianMs / 1000),
  };
}
