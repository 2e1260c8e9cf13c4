import { activationNames } from './activations.ts';
import { InputError } from './errors.ts';
import { lossNames, type LossName } from './losses.ts';
import { drawInitialParameters, layOutNetwork, type LayerSettings, type Network } from './network.ts';
import { MAX_SEED } from './numpy-random.ts';
import { optimizerNames, type OptimizerName } from './optimizers.ts';
import type { GpuStrategy, Plan, Snapshot } from './plan.ts';

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

/** What may differ from one network of a job to the next. */
export interface NetworkSettings {
  /** Draws the initial parameters; 0 … 2³² − 1. */
  readonly seed: number;
  readonly learningRate: number;
  /** Replaces the draw: [parameterCount] in the layout of `layOutNetwork`. */
  readonly initialParameters?: Float64Array;
}

/** What to train. The networks of one job share everything but their `NetworkSettings`. */
export interface TrainingJob {
  readonly layers: readonly LayerSettings[];
  readonly loss: LossName;
  readonly optimizer: OptimizerName;
  /** Optimizer updates in the whole run. */
  readonly steps: number;
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
 * of its batch *before* the update, as the notebook prints it.
 */
export interface Trainer {
  readonly plan: Plan;
  readonly network: Network;
  /** Null on the CPU. */
  readonly adapter: Adapter | null;
  /** What training began with, given or drawn: [parameterCount]. */
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
  /** The losses of steps `fromStep` … `stepCount − 1`; empty where there are none yet. */
  losses(fromStep: number): Promise<Float64Array>;
  /** Row-major [rows, outputCount] for row-major [rows, inputCount]. */
  predict(inputs: Float64Array): Promise<Float64Array>;
  /** [parameterCount] in the layout of `layOutNetwork`. */
  parameters(): Promise<Float64Array>;
  /** dE/dparameter at the present parameters, [parameterCount]. */
  gradients(): Promise<Float64Array>;
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
   * @param plan as it stands in the snapshot or the result to be repeated; chosen for the job if left out
   * @throws RefusalError with the sentence of `refusal`
   */
  createTrainer(job: TrainingJob, data: TrainingData, plan?: Plan): Promise<Trainer>;
}

/** The loss of every step is kept: 2²⁵ of them fill the 128 MiB every WebGPU device can bind. */
export const MAX_STEPS = 2 ** 25;
/** Beyond any network that trains in a browser; guards the arithmetic of the sizes. */
export const MAX_UNITS = 2 ** 16;
/** Output layer included. */
export const MAX_LAYERS = 64;
/** The largest finite float32: what a GPU can be given. */
const MAX_FLOAT32 = (2 - 2 ** -23) * 2 ** 127;
/** Float32 has no digits left below. */
const MIN_LEARNING_RATE = 1e-30;
/** Larger ones only diverge. */
export const MAX_LEARNING_RATE = 1e6;

/**
 * Checks a job against its table.
 *
 * @throws InputError that names the setting, its value and what is accepted
 */
export function validateJob(job: TrainingJob, data: TrainingData): void {
  requireWholeNumber('Steps', job.steps, 1, MAX_STEPS);
  requireWholeNumber('The number of layers', job.layers.length, 1, MAX_LAYERS);
  job.layers.forEach((layer, index) => {
    const name = index === job.layers.length - 1 ? 'the output layer' : `hidden layer ${index + 1}`;
    requireWholeNumber(`Units of ${name}`, layer.units, 1, MAX_UNITS);
    requireOneOf(`The activation of ${name}`, layer.activation, activationNames);
  });
  requireOneOf('The loss', job.loss, lossNames);
  requireOneOf('The optimizer', job.optimizer, optimizerNames);
  for (const { seed, learningRate } of job.networks) {
    requireWholeNumber('The seed', seed, 0, MAX_SEED);
    requireLearningRate(learningRate);
  }
  if (job.networks.length === 0) throw new InputError('The job has no networks; it needs at least 1.');
  const outputUnits = job.layers[job.layers.length - 1].units;
  if (outputUnits !== data.outputCount) {
    throw new InputError(
      `The output layer has ${outputUnits} units but the table has ${data.outputCount} target columns; ` +
        'give the output layer one unit per target column.',
    );
  }
  validateData(data);
  const { parameterCount } = layOutNetwork(data.inputCount, job.layers);
  for (const { initialParameters: given } of job.networks) {
    if (given) requireNumbers('The initial parameters', given, parameterCount);
  }
}

function validateData({ rowCount, inputCount, outputCount, inputs, targets }: TrainingData): void {
  if (rowCount === 0) throw new InputError('The table has no rows; training needs at least 1.');
  requireWholeNumber('The number of rows', rowCount, 1, Number.MAX_SAFE_INTEGER);
  requireWholeNumber('The number of inputs', inputCount, 1, Number.MAX_SAFE_INTEGER);
  requireNumbers('The inputs', inputs, rowCount * inputCount);
  requireNumbers('The targets', targets, rowCount * outputCount);
}

/** What the job's network starts from, a fresh copy: given, or drawn from its seed. [parameterCount] */
export function initialParameters(job: TrainingJob, data: TrainingData): Float64Array {
  const [{ seed, initialParameters: given }] = job.networks;
  return given?.slice() ?? drawInitialParameters(layOutNetwork(data.inputCount, job.layers), seed);
}

function requireWholeNumber(what: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const range = `${least.toLocaleString('en-US')} to ${most.toLocaleString('en-US')}`;
  throw new InputError(`${what} must be a whole number from ${range}, not ${value}.`);
}

function requireNumbers(what: string, values: Float64Array, count: number): void {
  if (values.length !== count) {
    const given = values.length.toLocaleString('en-US');
    throw new InputError(`${what} must be ${count.toLocaleString('en-US')} numbers, not ${given}.`);
  }
  const faulty = values.findIndex((value) => !(Math.abs(value) <= MAX_FLOAT32));
  if (faulty < 0) return;
  throw new InputError(
    `${what} must be numbers within ±3.4e38, which float32 holds; number ${faulty + 1} is ${values[faulty]}.`,
  );
}

function requireLearningRate(value: number): void {
  if (value >= MIN_LEARNING_RATE && value <= MAX_LEARNING_RATE) return;
  throw new InputError(
    `The learning rate must be a number from ${MIN_LEARNING_RATE} to ${MAX_LEARNING_RATE.toLocaleString('en-US')}, not ${value}; 0.05 is a usual start.`,
  );
}

function requireOneOf(what: string, value: string, accepted: readonly string[]): void {
  if (accepted.includes(value)) return;
  throw new InputError(`${what} must be one of ${accepted.join(', ')}, not "${value}".`);
}
