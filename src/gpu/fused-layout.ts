import { activationNames } from '../core/activations.ts';
import type { Network } from '../core/network.ts';

/** Where everything lies in the memory of `fused-training.wgsl`, in entries of four float32. */
export interface FusedLayout {
  /** Entries of workgroup memory: one for each invocation, then the weights and biases. */
  readonly memoryLength: number;
  /** Entries of the buffer that holds a tile's rows. */
  readonly rowsLength: number;
  /** The kernel's `Shape`: quads of a tile, then [layers, 9]. */
  readonly table: Uint32Array<ArrayBuffer>;
}

/** Four float32. */
export const ENTRY_BYTES = 16;

/** Lays out a network and a tile of `tile` rows for so many invocations. */
export function layOutFused(network: Network, tile: number, invocationCount: number): FusedLayout {
  const tileQuads = tile / 4;
  let memoryLength = invocationCount;
  let rowsLength = 0;
  const takeRows = (units: number) =>
    (rowsLength += 4 * fours(units) * tileQuads) - 4 * fours(units) * tileQuads;
  let inputAt = takeRows(network.inputCount);
  const layers = network.layers.flatMap((layer) => {
    const { inputCount, units, weightsOffset, bias, activation } = layer;
    const [outputAt, gradientAt] = [takeRows(units), takeRows(units)];
    const at = [inputAt, outputAt, gradientAt, memoryLength, weightsOffset];
    memoryLength += (inputCount + (bias ? 1 : 0)) * fours(units);
    inputAt = outputAt;
    return [inputCount, units, ...at, bias ? 1 : 0, activationNames.indexOf(activation)];
  });
  // Blocks of four inputs reach over the end of the last weights: into zeros.
  memoryLength += 3 * fours(network.outputCount);
  return { memoryLength, rowsLength, table: Uint32Array.of(tileQuads, ...layers) };
}

/** Invocations of which each has one thing to do, in the busier half of a step. */
export function workItems({ layers }: Network, tile: number): number {
  const blocks = layers.map(({ inputCount, units }) => eights(inputCount) * eights(units));
  return Math.max(eights(tile), ...blocks);
}

function fours(count: number): number {
  return Math.ceil(count / 4);
}

function eights(count: number): number {
  return Math.ceil(count / 8);
}
