import { gridInputs, pointCount, type Grid } from '../core/grid.ts';
import type { Network } from '../core/network.ts';
import { Backprop } from './backprop.ts';

/** Rows do not know of one another; all of a large table at once would hold the activations of every one. */
const ROWS_AT_ONCE = 4096;
/** Between two pauses: a few milliseconds. */
const MOST_MULTIPLICATIONS = 2 ** 21;

/**
 * What the output layer says, in float64: logits where the loss takes those.
 *
 * @param parameters [parameterCount] in the layout of `layOutNetwork`
 * @param inputs row-major [rows, inputCount]
 * @returns row-major [rows, outputCount]
 */
export function forward(network: Network, parameters: Float64Array, inputs: Float64Array): Float64Array {
  const { inputCount, outputCount } = network;
  const rowCount = inputs.length / inputCount;
  const outputs = new Float64Array(rowCount * outputCount);
  for (let row = 0; row < rowCount; row += ROWS_AT_ONCE) {
    const chunk = inputs.subarray(row * inputCount, (row + ROWS_AT_ONCE) * inputCount);
    const backprop = new Backprop(network, parameters, chunk);
    backprop.forward();
    outputs.set(backprop.outputs, row * outputCount);
  }
  return outputs;
}

/**
 * What every layer says of one row, in float64: first the row itself, then each layer's activations [units].
 *
 * @param row [inputCount]
 */
export function layerActivations(
  network: Network,
  parameters: Float64Array,
  row: Float64Array,
): Float64Array[] {
  const backprop = new Backprop(network, parameters, row);
  backprop.forward();
  return [row, ...backprop.layers.map(({ activations }) => activations.data)];
}

/**
 * The same at every point of a grid over the network's inputs, which are made some at a time.
 *
 * @param pause what happens between one slice and the next; the parameters must stay what they are
 * @returns row-major [rows · columns, outputCount], the top line first
 */
export async function forwardGrid(
  network: Network,
  parameters: Float64Array,
  grid: Grid,
  pause?: () => Promise<void>,
): Promise<Float32Array> {
  const count = pointCount(grid);
  const outputs = new Float32Array(count * network.outputCount);
  const atOnce = Math.max(
    1,
    Math.min(ROWS_AT_ONCE, Math.floor(MOST_MULTIPLICATIONS / network.parameterCount)),
  );
  for (let first = 0; first < count; first += atOnce) {
    if (first > 0) await pause?.();
    const inputs = gridInputs(grid, first, Math.min(atOnce, count - first));
    outputs.set(forward(network, parameters, inputs), first * network.outputCount);
  }
  return outputs;
}
