import type { Layer, Network } from './network.ts';
import { NumpyRandom } from './numpy-random.ts';

/** How the parameters of a layer are drawn before training. */
export interface Initializer {
  /** How people read it in a menu. */
  readonly label: string;
  /** The scale of a weight: half the width of a uniform distribution, or the standard deviation of a normal one. */
  scale(inputCount: number, units: number): number;
  readonly distribution: 'unit' | 'uniform' | 'normal';
  /** Whether biases are drawn like weights; they start at 0 otherwise. */
  readonly drawsBiases?: true;
}

/** Every initializer handgrad knows. */
export const initializers = {
  // `numpy.random.rand(inputs, units)`: [0, 1), whatever the width.
  'numpy-uniform': { label: 'NumPy’s uniform, as the notebook', distribution: 'unit', scale: () => 1 },
  // Glorot & Bengio 2010
  'xavier-uniform': {
    label: 'Xavier, uniform',
    distribution: 'uniform',
    scale: (inputCount, units) => Math.sqrt(6 / (inputCount + units)),
  },
  'xavier-normal': {
    label: 'Xavier, normal',
    distribution: 'normal',
    scale: (inputCount, units) => Math.sqrt(2 / (inputCount + units)),
  },
  // He et al. 2015
  'he-uniform': {
    label: 'He, uniform',
    distribution: 'uniform',
    scale: (inputCount) => Math.sqrt(6 / inputCount),
  },
  'he-normal': {
    label: 'He, normal',
    distribution: 'normal',
    scale: (inputCount) => Math.sqrt(2 / inputCount),
  },
  // The default of `torch.nn.Linear`, biases included.
  pytorch: {
    label: 'PyTorch’s default',
    distribution: 'uniform',
    scale: (inputCount) => Math.sqrt(1 / inputCount),
    drawsBiases: true,
  },
} as const satisfies Record<string, Initializer>;

export type InitializerName = keyof typeof initializers;

export const initializerNames = Object.keys(initializers) as InitializerName[];

/**
 * The initial parameters of a network, drawn layer by layer: weights [inputs, units], then biases.
 *
 * Of `numpy-uniform` they are the notebook's: `numpy.random.seed(seed)`, then `numpy.random.rand(inputs, units)` for
 * each layer; biases start at 0 and take no draw.
 *
 * @returns float64 [parameterCount] in the layout of `layOutNetwork`
 */
export function drawInitialParameters(
  network: Network,
  seed: number,
  name: InitializerName = 'numpy-uniform',
): Float64Array {
  const random = new NumpyRandom(seed);
  const parameters = new Float64Array(network.parameterCount);
  for (const layer of network.layers) drawLayer(parameters, layer, initializers[name], random);
  return parameters;
}

function drawLayer(
  parameters: Float64Array,
  layer: Layer,
  initializer: Initializer,
  random: NumpyRandom,
): void {
  const { weightsOffset, inputCount, units, biasOffset } = layer;
  const scale = initializer.scale(inputCount, units);
  const draw = {
    unit: () => random.rand(),
    uniform: () => scale * (2 * random.rand() - 1),
    normal: () => scale * normal(random),
  }[initializer.distribution];
  const end = weightsOffset + inputCount * units;
  for (let i = weightsOffset; i < end; i++) parameters[i] = draw();
  if (biasOffset === undefined || !initializer.drawsBiases) return;
  for (let i = biasOffset; i < biasOffset + units; i++) parameters[i] = draw();
}

/** Box & Muller 1958; 1 − u is never 0. */
function normal(random: NumpyRandom): number {
  return Math.sqrt(-2 * Math.log(1 - random.rand())) * Math.cos(2 * Math.PI * random.rand());
}
