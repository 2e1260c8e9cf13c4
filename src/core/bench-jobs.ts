import { drawInitialParameters } from './initializers.ts';
import type { TrainingData, TrainingJob } from './job.ts';
import { layOutNetwork, type LayerSettings } from './network.ts';
import { NumpyRandom } from './numpy-random.ts';

/**
 * The jobs of the benchmark: full batch, SGD, sigmoid after every layer, mean squared error over rows and
 * outputs. Every number is drawn here, from a seed, and is a float32: whoever is timed starts from the same ones.
 */

/** What a job is, without its numbers. */
export interface JobShape {
  /** Inputs, hidden units, outputs. */
  readonly widths: readonly number[];
  readonly rowCount: number;
  readonly bias: boolean;
  /** Large enough to move the losses in float32, small enough to move them smoothly. */
  readonly learningRate: number;
}

/** From the notebook's nine parameters to two million. */
export const benchShapes = {
  notebook: { widths: [2, 3, 1], rowCount: 4, bias: false, learningRate: 0.05 },
  iris: { widths: [4, 16, 3], rowCount: 150, bias: true, learningRate: 0.5 },
  spirals: { widths: [2, 32, 32, 1], rowCount: 400, bias: true, learningRate: 0.5 },
  digits: { widths: [64, 128, 10], rowCount: 256, bias: true, learningRate: 1 },
  mnist: { widths: [784, 256, 128, 10], rowCount: 256, bias: true, learningRate: 1 },
  wide: { widths: [512, 1024, 1024, 512], rowCount: 512, bias: true, learningRate: 20 },
} as const satisfies Record<string, JobShape>;

export type BenchJobName = keyof typeof benchShapes;
export const benchJobNames = Object.keys(benchShapes) as BenchJobName[];

/** Networks of a job that lie one behind the other. */
export interface NetworkRange {
  readonly first: number;
  readonly count: number;
}

/** Of the first network; each further one has the next. */
const PARAMETER_SEED = 1;
const DATA_SEED = 20;
/** Networks take turns between the shape's learning rate, its half, its quarter … */
const LEARNING_RATE_COUNT = 4;

/**
 * Draws the numbers of a job, for a run of `steps` steps; the notebook's are its own.
 *
 * @param range of a population in which each network has a seed of its own and one of four learning rates; the first
 *   network alone if left out
 */
export function drawJob(
  shape: JobShape,
  steps: number,
  range: NetworkRange = { first: 0, count: 1 },
): { job: TrainingJob; data: TrainingData } {
  const { widths, bias } = shape;
  const layers = widths.slice(1).map((units) => ({ units, activation: 'sigmoid' as const, bias }));
  const isNotebook = shape === benchShapes.notebook;
  const networks = Array.from({ length: range.count }, (_, i) => {
    const seed = PARAMETER_SEED + range.first + i;
    const learningRate = shape.learningRate / 2 ** ((range.first + i) % LEARNING_RATE_COUNT);
    const initialParameters = isNotebook
      ? notebookParameters(layers, seed)
      : scaledParameters(widths[0], layers, seed);
    return { seed, learningRate, initialParameters };
  });
  const data = isNotebook ? orRows : drawRows(shape);
  return { job: { layers, loss: 'mse', optimizer: 'sgd', steps, networks }, data };
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

const orRows: TrainingData = {
  rowCount: 4,
  inputCount: 2,
  inputs: Float64Array.of(0, 0, 0, 1, 1, 0, 1, 1),
  outputCount: 1,
  targets: Float64Array.of(0, 1, 1, 1),
};

function notebookParameters(layers: readonly LayerSettings[], seed: number): Float64Array {
  return drawInitialParameters(layOutNetwork(orRows.inputCount, layers), seed).map(Math.fround);
}

/** Of a size that neither saturates nor explodes (Glorot & Bengio 2010). */
function scaledParameters(inputCount: number, layers: readonly LayerSettings[], seed: number): Float64Array {
  const draw = uniform(seed);
  const network = layOutNetwork(inputCount, layers);
  const parameters = new Float64Array(network.parameterCount);
  for (const layer of network.layers) {
    const { units, weightsOffset, biasOffset } = layer;
    const scale = Math.sqrt(6 / (layer.inputCount + units));
    parameters.set(draw(layer.inputCount * units, scale), weightsOffset);
    if (biasOffset !== undefined) parameters.set(draw(units, 0.1), biasOffset);
  }
  return parameters;
}

function drawRows({ widths, rowCount }: JobShape): TrainingData {
  const draw = uniform(DATA_SEED);
  const [inputCount, outputCount] = [widths[0], widths[widths.length - 1]];
  const inputs = draw(rowCount * inputCount, 1);
  const targets = draw(rowCount * outputCount, 1).map((value) => Math.fround(0.5 + 0.4 * value));
  return { rowCount, inputCount, inputs, outputCount, targets };
}

/** Float32 values in [−scale, scale), never zero. */
function uniform(seed: number): (count: number, scale: number) => Float64Array {
  const random = new NumpyRandom(seed);
  return (count, scale) =>
    Float64Array.from({ length: count }, () => Math.fround(scale * (2 * random.rand() - 1)) || scale);
}
