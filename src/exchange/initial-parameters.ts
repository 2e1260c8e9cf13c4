import { InputError } from '../core/errors.ts';
import { layOutNetwork, type Layer, type LayerSettings } from '../core/network.ts';
import { countOf, quote, quoteList } from '../core/wording.ts';
import type { Tensor } from './safetensors.ts';

const SHOWN_NAMES = 4;

/**
 * The parameters of a network out of tensors named as PyTorch's `state_dict` names them: `layers.0.weight`
 * [units, inputs], `layers.0.bias` [units], and so on. `nameParameters` is the way back.
 *
 * @param tensors by name, as `readSafetensors` gives them
 * @param inputCount columns of the input [rows, inputCount]
 * @param layers one entry a layer, the output layer last
 * @returns [parameterCount] in the layout of `layOutNetwork`
 * @throws InputError for a name too many or too few, or another shape
 */
export function initialParametersFrom(
  tensors: ReadonlyMap<string, Tensor>,
  inputCount: number,
  layers: readonly LayerSettings[],
): Float64Array {
  const network = layOutNetwork(inputCount, layers);
  requireNames(tensors, network.layers);
  // Every shape is checked before anything is made in that size.
  const found = network.layers.map((layer, index) => ({
    layer,
    weight: requireTensor(tensors, `layers.${index}.weight`, [layer.units, layer.inputCount]),
    bias: layer.bias ? requireTensor(tensors, `layers.${index}.bias`, [layer.units]) : undefined,
  }));
  const parameters = new Float64Array(network.parameterCount);
  for (const { layer, weight, bias } of found) {
    const { units, weightsOffset, biasOffset } = layer;
    for (let unit = 0; unit < units; unit++) {
      for (let input = 0; input < layer.inputCount; input++) {
        parameters[weightsOffset + input * units + unit] = weight[unit * layer.inputCount + input];
      }
    }
    if (bias) parameters.set(bias, biasOffset);
  }
  return parameters;
}

/** Holds the names to be those of the network, before their shapes are looked at. */
function requireNames(tensors: ReadonlyMap<string, Tensor>, layers: readonly Layer[]): void {
  const expected = new Set<string>();
  layers.forEach(({ bias }, index) => {
    expected.add(`layers.${index}.weight`);
    if (bias) expected.add(`layers.${index}.bias`);
    else if (tensors.has(`layers.${index}.bias`)) {
      throw new InputError(
        `The parameters have "layers.${index}.bias", but ${nameOf(index, layers.length)} has no biases. ` +
          'Give it biases, or leave them out of the file.',
      );
    }
  });
  const missing = [...expected].filter((name) => !tensors.has(name));
  const foreign = [...tensors.keys()].filter((name) => !expected.has(name));
  if (missing.length === 0 && foreign.length === 0) return;
  const wanted = `a network of ${countOf(layers.length, 'layer')} has ${quoteList([...expected], SHOWN_NAMES)}`;
  const [faulty, verb] = missing.length > 0 ? [missing, 'lack'] : [foreign, 'have'];
  throw new InputError(
    `The parameters ${verb} ${quoteList(faulty, SHOWN_NAMES)}; ${wanted}. Choose the same layers, or rename the tensors.`,
  );
}

function requireTensor(
  tensors: ReadonlyMap<string, Tensor>,
  name: string,
  shape: readonly number[],
): Float64Array {
  const tensor = tensors.get(name);
  const count = shape.reduce((product, size) => product * size, 1);
  const isSame = tensor?.shape.length === shape.length && shape.every((size, k) => size === tensor.shape[k]);
  if (isSame && tensor.data.length === count) return tensor.data;
  throw new InputError(
    `${quote(name)} has the shape [${tensor?.shape.join(', ')}]; this network takes [${shape.join(', ')}]. ` +
      'Choose the same inputs and units, or another file.',
  );
}

function nameOf(index: number, layerCount: number): string {
  return index === layerCount - 1 ? 'the output layer' : `hidden layer ${index + 1}`;
}
