import { InputError } from './errors.ts';
import type { Grid } from './grid.ts';
import type { LossName } from './losses.ts';
import { drawInitialParameters, type InitializerName } from './initializers.ts';
import { layOutNetwork, type LayerSettings, type Network } from './network.ts';
import type { OptimizerName, OptimizerSettings } from './optimizers.ts';
import type { GpuStrategy, Plan, Snapshot } from './plan.ts';
import type { PrecisionName } from './precision.ts';
import type { ScheduleSettings } from './schedules.ts';
import type { Trace } from './trace.ts';

/** The rows a network learns from, as numbers. */
export interface TrainingData {
  readonly rowCount: number;
  /** Row-major [rowCount, inputCount]. */
  readonly inputs: Float64Array;
  readonly inputCount: number;
  /** Row-major [rowCount, outputCount]. */
  readonly targets: Float64Array;
  readonly outputCount: number;
}

/** Rows of a table that lie one behind the other. */
export interface RowSlice {
  readonly first: number;
  readonly count: number;
}

/** What may differ from one network of a job to the next. */
export interface NetworkSettings extends Partial<OptimizerSettings> {
  /** Draws the initial parameters and the order of the rows; 0 … 2³² − 1. */
  readonly seed: number;
  readonly learningRate: number;
  /** λ of λ · sign(parameter), added to every gradient; 0 if left out. */
  readonly l1?: number;
  /** How they are drawn; as the notebook draws them if left out. */
  readonly initializer?: InitializerName;
  /** Replaces the draw: [parameterCount] in the layout of `layOutNetwork`. */
  readonly initialParameters?: Float64Array;
  /** The rows it sees, as if there were no others; all of them if left out. */
  readonly rows?: RowSlice;
}

/** What to train. The networks of one job share everything but their `NetworkSettings`. */
export interface TrainingJob {
  /** The output layer last; linear where the loss takes logits. */
  readonly layers: readonly LayerSettings[];
  readonly loss: LossName;
  readonly optimizer: OptimizerName;
  /** Rows of a step; all of them if left out. The last batch of an epoch holds what is left. */
  readonly batchSize?: number;
  /** Whether each epoch takes the rows in an order of its own, which is the default, or in that of the file. */
  readonly shuffle?: boolean;
  /** How the learning rate follows the steps; constant if left out. */
  readonly schedule?: ScheduleSettings;
  /** Gradients are scaled down to this length, all parameters together, where they are longer. */
  readonly clipNorm?: number;
  /**
   * How likely a step drops a hidden unit of a row, 0 … 1; none if left out. A unit that stays is multiplied by
   * 1 / (1 − dropout). Only steps drop units: predictions never do.
   */
  readonly dropout?: number;
  /** Of the parameters on a GPU, compensated if left out; the CPU path has float64 either way. */
  readonly precision?: PrecisionName;
  /** Optimizer updates in the whole run. */
  readonly steps: number;
  /**
   * Of several networks, losses are kept of steps 0, stride, 2 · stride … and of the last one (`lossSteps`); of every
   * step if left out. A trainer of one network keeps every step.
   */
  readonly lossStride?: number;
  readonly networks: readonly NetworkSettings[];
}

/** The adapter a GPU run used, as WebGPU reports it. */
export interface Adapter {
  readonly vendor: string;
  readonly architecture: string;
  readonly description: string;
  /** True for a software adapter, which runs on the CPU. */
  readonly isFallback: boolean;
}

/** `google · swiftshader`, or as much as WebGPU tells. */
export function adapterName({ vendor, architecture, description }: Adapter): string {
  return [vendor, architecture].filter(Boolean).join(' · ') || description || 'unnamed adapter';
}

/** @throws InputError if one cannot train so many steps */
export function requireSteps(steps: number): void {
  if (Number.isInteger(steps) && steps >= 0) return;
  throw new InputError(`A trainer takes a whole number of steps, 0 or more; it was asked for ${steps}.`);
}

/** @throws InputError if a trainer of so many networks does not have this one, counted from 0 */
export function requireNetwork(network: number, networkCount: number): void {
  if (Number.isInteger(network) && network >= 0 && network < networkCount) return;
  const has =
    networkCount === 1
      ? '1 network, which is 0'
      : `${networkCount.toLocaleString('en-US')} networks, from 0 on`;
  throw new InputError(`This trainer has ${has}; it was asked for network ${network}. Ask for one it has.`);
}

/** @throws InputError if a run of `steps` steps has none behind its first `step` */
export function requireNextStep(step: number, { steps }: Pick<TrainingJob, 'steps'>): void {
  if (step < steps) return;
  const done = step.toLocaleString('en-US');
  const all = steps.toLocaleString('en-US');
  throw new InputError(
    `This run has taken ${done} of its ${all} steps: there is no next one to trace. ` +
      'Go back to a snapshot of an earlier step, or train a longer run.',
  );
}

/** What a trainer answers once it was disposed of. */
export function disposedError(): Error {
  return new Error('This trainer was disposed of; make a new one.');
}

/** What a call of `Trainer.train` took. */
export interface TrainTiming {
  readonly steps: number;
  /** Wall time until the last step had finished, in milliseconds. */
  readonly trainMs: number;
  /** From the first step's start to the last step's end on the GPU's own clock; null where it has none. */
  readonly gpuMs: number | null;
  /** How often a stretch between two looks of the host took below 1, 2, 4, 8, … milliseconds. */
  readonly chunkMs: readonly number[];
}

/**
 * One job in training on one backend. It starts from host-made parameters; the loss of a step is the loss
 * of its batch *before* the update, as the notebook prints it, without the units that step drops.
 *
 * Of a job with several networks, everything [parameterCount] is that of the first network, then that of the second
 * and so on; `networkCount` is 1 in most of them.
 */
export interface Trainer {
  readonly plan: Plan;
  readonly network: Network;
  /** Null on the CPU. */
  readonly adapter: Adapter | null;
  /** What training began with, given or drawn: [networkCount, parameterCount]. */
  readonly initialParameters: Float64Array;
  /** What making the trainer took: compiling and allocating, then copying data in; milliseconds. */
  readonly creation: { readonly setupMs: number; readonly uploadMs: number };
  /** Steps finished or on their way. */
  readonly stepCount: number;
  /**
   * Trains `steps` more, never past `job.steps`. Aborting `signal` ends it, without an error, once what is on its
   * way is done: one chunk on the CPU, two on the GPU. `losses` may be asked while it runs; a second `train` not.
   *
   * @throws InputError if `steps` is not a whole number of 0 or more
   */
  train(steps: number, signal?: AbortSignal): Promise<TrainTiming>;
  /**
   * The losses of steps `fromStep` … `stepCount − 1`, row-major [steps, networkCount], at the job's stride where there
   * are several networks; empty where there are none yet.
   */
  losses(fromStep: number): Promise<Float64Array>;
  /**
   * The same losses as a few numbers a step, row-major [steps, 4]: the least of the networks, their lower quartile, the
   * median, the upper quartile, linear between two losses as `numpy.percentile` has them. A loss that is not finite
   * counts as infinite. Of one network, its loss four times.
   */
  lossQuartiles(fromStep: number): Promise<Float64Array>;
  /**
   * What the output layer says, row-major [rows, outputCount] for row-major [rows, inputCount]: logits where the loss
   * takes those (`predictionsOf` makes probabilities of them).
   *
   * @param network which of the job's networks, from 0 on; the first if left out
   * @throws InputError if the job does not have it
   */
  predict(inputs: Float64Array, network?: number): Promise<Float64Array>;
  /**
   * The same at every point of a grid over one or two inputs, row-major [rows · columns, outputCount], the top line
   * first. May be asked while `train` runs, which it does not change: all points are of the same parameters.
   *
   * @param network which of the job's networks, from 0 on; the first if left out
   * @throws InputError if the job does not have it, or the grid is not one over its inputs
   */
  predictGrid(grid: Grid, network?: number): Promise<Float32Array>;
  /** [networkCount, parameterCount] in the layout of `layOutNetwork`. */
  parameters(): Promise<Float64Array>;
  /**
   * dE/dparameter of the next step's batch, and of the units it keeps, at the present parameters,
   * [networkCount, parameterCount]; neither clipped nor decayed.
   */
  gradients(): Promise<Float64Array>;
  /**
   * Every matrix of the next step, recomputed one by one from the present parameters and labelled by what computed it:
   * the reference, or the layered kernels whatever the strategy. Of several networks, one as if it trained alone.
   * Training goes on as if nobody had asked; may be asked while `train` runs.
   *
   * @param network which of the job's networks, from 0 on; the first if left out
   * @throws InputError if the job does not have it, or if all its steps are taken: there is no next one
   */
  trace(network?: number): Promise<Trace>;
  /** The run as it stands, steps on their way included; may be asked while `train` runs. */
  snapshot(): Promise<Snapshot>;
  /**
   * Goes on from a snapshot of this job: bit for bit as the trainer that made it if the plan and the adapter are
   * the same, within rounding otherwise. The losses before its step stay what they are here.
   *
   * @throws InputError if the snapshot cannot be of this job: another number of parameters, a step it does not have
   */
  restore(snapshot: Snapshot): void;
  /** Frees everything, a running `train` ended first; nothing may be asked afterwards. */
  dispose(): void;
}

/** What a plan is expected to take on a job. */
export interface PlanEstimate {
  readonly plan: Plan;
  /** 0 where everything is compiled. */
  readonly compileMs: number;
  readonly stepMs: number;
  /** Compiling and all steps. */
  readonly totalMs: number;
  /** Whether such a job has run here; a typical rate stands in otherwise. */
  readonly isMeasured: boolean;
}

/** The plan chosen for a job. */
export interface PlannedJob {
  readonly plan: Plan;
  /** With the figures that decided. */
  readonly reason: string;
  /** Every plan that takes the job, the best first. */
  readonly estimates: readonly PlanEstimate[];
}

/** A way of training: it takes a job whole or refuses it with a sentence; it never substitutes. */
export interface Backend {
  readonly name: 'cpu' | 'gpu';
  /** Why this backend cannot run the job, with the number and what to do; undefined if it can. */
  refusal(job: TrainingJob, data: TrainingData, plan?: Plan): Promise<string | undefined>;
  /**
   * Chooses a plan for the job, and says why.
   *
   * @param strategy one strategy only; the best of all if left out
   * @throws RefusalError if the backend, or that strategy, cannot run the job
   */
  plan(job: TrainingJob, data: TrainingData, strategy?: GpuStrategy): Promise<PlannedJob>;
  /**
   * How many networks of the job one trainer should take, at least 1: with more of them a single step would keep the
   * device busy for too long, or they do not fit.
   */
  networksAtOnce(job: TrainingJob, data: TrainingData, plan: Plan): Promise<number>;
  /**
   * @param plan as it stands in the snapshot or the result to be repeated; chosen for the job if left out
   * @throws RefusalError with the sentence of `refusal`
   */
  createTrainer(job: TrainingJob, data: TrainingData, plan?: Plan): Promise<Trainer>;
}

/** What a network of the job starts from, a fresh copy: given, or drawn from its seed. [parameterCount] */
export function initialParameters(
  job: TrainingJob,
  data: TrainingData,
  { seed, initializer, initialParameters: given }: NetworkSettings = job.networks[0],
): Float64Array {
  return (
    given?.slice() ?? drawInitialParameters(layOutNetwork(data.inputCount, job.layers), seed, initializer)
  );
}
