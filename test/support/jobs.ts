import { activationNames, type ActivationName } from '../../src/core/activations.ts';
import type { TrainingData, TrainingJob } from '../../src/core/job.ts';
import { layOutNetwork, type LayerSettings } from '../../src/core/network.ts';
import { Random } from './random.ts';

/** The notebook's OR table. */
export const orData: TrainingData = {
  rowCount: 4,
  inputCount: 2,
  inputs: Float64Array.of(0, 0, 0, 1, 1, 0, 1, 1),
  outputCount: 1,
  targets: Float64Array.of(0, 1, 1, 1),
};

/** A job with its table and a name that says what it is. */
export interface NamedJob {
  readonly name: string;
  readonly job: TrainingJob;
  readonly data: TrainingData;
}

/**
 * A random network on a random table: 1 to 4 layers, units 1 to 130 and rows 1 to 300 log-uniform, all
 * activations, biases on and off. The same seed gives the same job everywhere.
 */
export function randomJob(seed: number, steps: number): NamedJob {
  return jobOfSize(seed, steps, 130);
}

/** The same with at most 9 units a layer: every strategy takes it. */
export function smallJob(seed: number, steps: number): NamedJob {
  return jobOfSize(seed, steps, 9);
}

function jobOfSize(seed: number, steps: number, mostUnits: number): NamedJob {
  const random = new Random(seed);
  const size = () => random.logUniformInteger(1, mostUnits);
  const layerCount = Math.floor(random.uniform(1, 5));
  const layers: LayerSettings[] = Array.from({ length: layerCount }, () => ({
    units: size(),
    activation: random.pick(activationNames),
    bias: random.uniform(0, 1) < 0.5,
  }));
  const rowCount = random.logUniformInteger(1, 300);
  const data = randomData(random, {
    rowCount,
    inputCount: size(),
    outputCount: layers[layerCount - 1].units,
  });
  const initialParameters = scaledParameters(random, data.inputCount, layers);
  const networks = [{ seed, learningRate: Math.fround(random.uniform(0.01, 0.2)), initialParameters }];
  const widths = layers.map(({ units, activation, bias }) => `${units} ${activation}${bias ? ' +bias' : ''}`);
  return {
    name: `#${seed}: ${rowCount} rows × ${data.inputCount} → ${widths.join(' → ')}`,
    // Not mae: a fit oscillates about its kinks, where rounding decides. Drawn last, so that the rest stays.
    job: { layers, loss: random.pick(['mse', 'huber'] as const), optimizer: 'sgd', steps, networks },
    data,
  };
}

/** A random table; targets lie within every activation's range. */
function randomData(
  random: Random,
  { rowCount, inputCount, outputCount }: Pick<TrainingData, 'rowCount' | 'inputCount' | 'outputCount'>,
): TrainingData {
  return {
    rowCount,
    inputCount,
    outputCount,
    inputs: random.floats(rowCount * inputCount),
    targets: Float64Array.from({ length: rowCount * outputCount }, () =>
      Math.fround(random.uniform(0.1, 0.9)),
    ),
  };
}

/**
 * Parameters of a size that neither saturates nor explodes (Glorot & Bengio 2010): NumPy's [0, 1) would do
 * both in a layer 130 wide.
 */
export function scaledParameters(
  random: Random,
  inputCount: number,
  layers: readonly LayerSettings[],
): Float64Array {
  const network = layOutNetwork(inputCount, layers);
  const parameters = new Float64Array(network.parameterCount);
  for (const layer of network.layers) {
    const scale = Math.sqrt(6 / (layer.inputCount + layer.units));
    parameters.set(random.floats(layer.inputCount * layer.units, scale), layer.weightsOffset);
    if (layer.biasOffset !== undefined) parameters.set(random.floats(layer.units, 0.1), layer.biasOffset);
  }
  return parameters;
}

/** One layer after another, all of one activation. */
export function layersOf(
  widths: readonly number[],
  activation: ActivationName,
  bias = true,
): LayerSettings[] {
  return widths.map((units) => ({ units, activation, bias }));
}
