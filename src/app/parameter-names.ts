import { activations, type Layer, type Network } from '../index.ts';
import { countOf } from './format.ts';

/** What people call the ends of a network. */
export interface EndNames {
  readonly inputs: readonly string[] | undefined;
  readonly outputs: readonly string[] | undefined;
}

/** Where a parameter belongs. */
interface ParameterPlace {
  readonly layer: number;
  /** Undefined for a bias. */
  readonly input: number | undefined;
  readonly unit: number;
}

const SUBSCRIPTS = '₀₁₂₃₄₅₆₇₈₉';

/**
 * Finds where a parameter belongs.
 *
 * @param index its place in the parameters of `layOutNetwork`
 * @throws RangeError if there is none there
 */
export function placeOfParameter(network: Network, index: number): ParameterPlace {
  for (const [layer, { weightsOffset, biasOffset, inputCount, units }] of network.layers.entries()) {
    const weight = index - weightsOffset;
    if (weight >= 0 && weight < inputCount * units)
      return { layer, input: Math.floor(weight / units), unit: weight % units };
    const bias = index - (biasOffset ?? Infinity);
    if (bias >= 0 && bias < units) return { layer, input: undefined, unit: bias };
  }
  throw new RangeError(`there is no parameter ${index} among ${network.parameterCount}`);
}

/** `weight input1 → hidden unit 2`, `bias of output`. */
export function parameterName(network: Network, index: number, names: EndNames): string {
  const { layer, input, unit } = placeOfParameter(network, index);
  const to = unitName(network, layer + 1, unit, names);
  return input === undefined ? `bias of ${to}` : `weight ${unitName(network, layer, input, names)} → ${to}`;
}

/** `v₁₂`, `w₃₁`, as the notebook calls its own; undefined in any other network. */
export function notebookLetter(network: Network, index: number): string | undefined {
  const [hidden, output] = network.layers;
  const isNotebook =
    network.inputCount === 2 &&
    network.layers.length === 2 &&
    hidden.units === 3 &&
    output.units === 1 &&
    network.layers.every(({ bias, activation }) => !bias && activation === 'sigmoid');
  if (!isNotebook) return undefined;
  const { layer, input = 0, unit } = placeOfParameter(network, index);
  return `${layer === 0 ? 'v' : 'w'}${SUBSCRIPTS[input + 1]}${SUBSCRIPTS[unit + 1]}`;
}

/**
 * `input1`, `hidden unit 2`, `unit 3 of layer 2`, `output`.
 *
 * @param layer 0 for the inputs
 */
export function unitName(
  network: Network,
  layer: number,
  unit: number,
  { inputs, outputs }: EndNames,
): string {
  const layerCount = network.layers.length;
  const number = unit + 1;
  if (layer === 0) return inputs?.[unit] ?? `input ${number}`;
  if (layer === layerCount)
    return outputs?.[unit] ?? (network.outputCount === 1 ? 'output' : `output ${number}`);
  return layerCount === 2 ? `hidden unit ${number}` : `unit ${number} of layer ${layer}`;
}

/** Short enough to stand in a picture. */
export function shortName(name: string, most: number): string {
  const letters = Array.from(name);
  return letters.length > most ? `${letters.slice(0, most - 1).join('')}…` : name;
}

/** The activation of a layer; of the last one, what a loss on logits makes of it. */
export function layerName(layer: Layer, { layers }: Network, link: string | undefined): string {
  const isOutput = layer === layers[layers.length - 1];
  return (isOutput ? link : undefined) ?? activations[layer.activation].label;
}

/** A network in one sentence. */
export function describeNetwork(network: Network, link: string | undefined): string {
  const { inputCount, layers, parameterCount } = network;
  const parts = layers.map(
    (layer) => `${countOf(layer.units, 'unit')} with ${layerName(layer, network, link)}`,
  );
  return `Network: ${countOf(inputCount, 'input')}, then ${parts.join(', then ')}; ${countOf(parameterCount, 'parameter')}.`;
}
