import type { TrainingData, TrainingJob } from '../../src/core/job.ts';
import { drawInitialParameters, layOutNetwork, type LayerSettings } from '../../src/core/network.ts';
import { layersOf, orData, scaledParameters } from '../support/jobs.ts';
import { Random } from '../support/random.ts';

/**
 * The jobs of the benchmark: full batch, SGD, sigmoid after every layer, mean squared error over rows and
 * outputs. Every number is drawn here, from a seed, and is a float32: all systems start from the same ones.
 */

/** What a job is, without its numbers. */
export interface JobShape {
  /** Inputs, hidden units, outputs. */
  readonly widths: readonly number[];
  readonly rowCount: number;
  readonly bias: boolean;
  /** Large enough to move the losses in float32, small enough to move them smoothly. */
  readonly learningRate: number;
  /** Steps of the whole job, and the most of one repetition. */
  readonly steps: number;
  /** Steps after which loss and parameters are held against the float64 reference. */
  readonly checkSteps: number;
  /** Printed as a share of the adapter's multiply-add ceiling. */
  readonly isLarge: boolean;
}

const NOTEBOOK_SEED = 1;
const DATA_SEED = 20;

/** From the notebook's nine parameters to two million. */
export const jobShapes = {
  notebook: {
    widths: [2, 3, 1],
    rowCount: 4,
    bias: false,
    learningRate: 0.05,
    steps: 10_000,
    checkSteps: 100,
    isLarge: false,
  },
  iris: {
    widths: [4, 16, 3],
    rowCount: 150,
    bias: true,
    learningRate: 0.5,
    steps: 5000,
    checkSteps: 50,
    isLarge: false,
  },
  spirals: {
    widths: [2, 32, 32, 1],
    rowCount: 400,
    bias: true,
    learningRate: 0.5,
    steps: 1000,
    checkSteps: 50,
    isLarge: false,
  },
  digits: {
    widths: [64, 128, 10],
    rowCount: 256,
    bias: true,
    learningRate: 1,
    steps: 500,
    checkSteps: 20,
    isLarge: true,
  },
  mnist: {
    widths: [784, 256, 128, 10],
    rowCount: 256,
    bias: true,
    learningRate: 1,
    steps: 50,
    checkSteps: 5,
    isLarge: true,
  },
  wide: {
    widths: [512, 1024, 1024, 512],
    rowCount: 512,
    bias: true,
    learningRate: 20,
    steps: 5,
    checkSteps: 2,
    isLarge: true,
  },
} as const satisfies Record<string, JobShape>;

export type JobName = keyof typeof jobShapes;
export const jobNames = Object.keys(jobShapes) as JobName[];

/** A job with its numbers. */
export interface BenchJob {
  readonly name: JobName;
  /** `job.networks[0].initialParameters` is always given. */
  readonly job: TrainingJob;
  readonly data: TrainingData;
  /** [parameterCount] in the layout of `layOutNetwork`; the same as in `job`. */
  readonly initialParameters: Float64Array;
}

/** Draws the numbers of a job, for a run of `steps` steps. */
export function createJob(name: JobName, steps: number): BenchJob {
  const { widths, bias, learningRate }: JobShape = jobShapes[name];
  const layers = layersOf(widths.slice(1), 'sigmoid', bias);
  const initialParameters = name === 'notebook' ? notebookParameters(layers) : drawParameters(name, layers);
  const data = name === 'notebook' ? orData : drawData(name);
  const networks = [{ seed: NOTEBOOK_SEED, learningRate, initialParameters }];
  return { name, job: { layers, loss: 'mse', optimizer: 'sgd', steps, networks }, data, initialParameters };
}

/**
 * Floating-point operations of one step: the products forward, for the weights' gradients, and for the
 * gradients of every layer's input but the first. Activations, biases and the update are not counted.
 */
export function flopsPerStep({ widths, rowCount }: Pick<JobShape, 'widths' | 'rowCount'>): number {
  const products = widths.slice(1).map((units, layer) => widths[layer] * units);
  const sum = products.reduce((total, product) => total + product, 0);
  return 2 * rowCount * (3 * sum - products[0]);
}

function notebookParameters(layers: readonly LayerSettings[]): Float64Array {
  const drawn = drawInitialParameters(layOutNetwork(orData.inputCount, layers), NOTEBOOK_SEED);
  return drawn.map(Math.fround);
}

function drawParameters(name: JobName, layers: readonly LayerSettings[]): Float64Array {
  const { widths }: JobShape = jobShapes[name];
  return scaledParameters(new Random(NOTEBOOK_SEED), widths[0], layers);
}

function drawData(name: JobName): TrainingData {
  const { widths, rowCount }: JobShape = jobShapes[name];
  const random = new Random(DATA_SEED);
  const [inputCount, outputCount] = [widths[0], widths[widths.length - 1]];
  const inputs = random.floats(rowCount * inputCount);
  const targets = random.floats(rowCount * outputCount).map((value) => Math.fround(0.5 + 0.4 * value));
  return { rowCount, inputCount, inputs, outputCount, targets };
}
