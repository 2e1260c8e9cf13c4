import type { ActivationName } from './activations.ts';

/** What a person chooses of a layer. */
export interface LayerSettings {
  readonly units: number;
  readonly activation: ActivationName;
  readonly bias: boolean;
}

/** A layer with its place in the flat buffer that holds every parameter of a network. */
export interface Layer extends LayerSettings {
  /** Entries of the layer's input: the table's inputs, or the units of the layer before. */
  readonly inputCount: number;
  /** Where the weights [inputCount, units], row-major, begin. */
  readonly weightsOffset: number;
  /** Where the biases [units] begin; undefined where the layer has none. */
  readonly biasOffset: number | undefined;
}

/** A multi-layer perceptron: its layers and where their parameters lie. */
export interface Network {
  readonly inputCount: number;
  readonly outputCount: number;
  readonly layers: readonly Layer[];
  readonly parameterCount: number;
}

/**
 * Lays the parameters of a network out in one flat buffer, layer by layer: weights, then biases.
 *
 * @param inputCount columns of the input [rows, inputCount]
 * @param settings one entry a layer, the output layer last
 */
export function layOutNetwork(inputCount: number, settings: readonly LayerSettings[]): Network {
  const layers: Layer[] = [];
  let offset = 0;
  let layerInputCount = inputCount;
  for (const { units, activation, bias } of settings) {
    const weightsOffset = offset;
    offset += layerInputCount * units;
    const biasOffset = bias ? offset : undefined;
    if (bias) offset += units;
    layers.push({ units, activation, bias, inputCount: layerInputCount, weightsOffset, biasOffset });
    layerInputCount = units;
  }
  return { inputCount, outputCount: layerInputCount, layers, parameterCount: offset };
}

/** One named parameter as PyTorch's `state_dict` keeps it. */
export interface NamedParameter {
  /** `[units, inputs]` for weights, `[units]` for biases. */
  readonly shape: readonly number[];
  readonly data: number[];
}

/**
 * Names the parameters as PyTorch does: `layers.0.weight` [units, inputs] row-major, `layers.0.bias` [units].
 *
 * @param parameters [parameterCount] in the layout of `layOutNetwork`
 */
export function nameParameters(network: Network, parameters: Float64Array): Map<string, NamedParameter> {
  const named = new Map<string, NamedParameter>();
  network.layers.forEach(({ units, inputCount, weightsOffset, biasOffset }, index) => {
    const transposed: number[] = [];
    for (let unit = 0; unit < units; unit++) {
      for (let input = 0; input < inputCount; input++) {
        transposed.push(parameters[weightsOffset + input * units + unit]);
      }
    }
    named.set(`layers.${index}.weight`, { shape: [units, inputCount], data: transposed });
    if (biasOffset === undefined) return;
    const biases = Array.from(parameters.subarray(biasOffset, biasOffset + units));
    named.set(`layers.${index}.bias`, { shape: [units], data: biases });
  });
  return named;
}
