import { activationNames } from '../core/activations.ts';
import type { Network } from '../core/network.ts';

/** Where everything lies in the workgroup memory of `fused-training.wgsl`, in entries of four float32. */
export interface FusedLayout {
  readonly invocationCount: number;
  /** Rows of a tile / 4. */
  readonly tileQuads: number;
  readonly memoryLength: number;
  /** [layers, 9]: the kernel's `Layer` structs. */
  readonly table: Uint32Array<ArrayBuffer>;
}

/** What the workgroup memory is made of. */
export const BYTES_AN_ENTRY = 16;

/** Lays out a network and a tile of `tile` rows, at most `mostInvocations` at work. */
export function layOutFused(network: Network, tile: number, mostInvocations: number): FusedLayout {
  const tileQuads = tile / 4;
  const invocationCount = Math.min(mostInvocations, workItems(network, tileQuads));
  // First the losses, one entry an invocation.
  let place = invocationCount;
  const take = (count: number) => (place += count) - count;
  const weightsAt = network.layers.map(({ inputCount, units, bias }) =>
    take((inputCount + (bias ? 1 : 0)) * fours(units)),
  );
  // Blocks of four inputs reach over the end of the last weights: into zeros.
  take(3 * fours(network.outputCount));

  const takeUnits = (units: number) => take(4 * fours(units) * tileQuads);
  let inputAt = takeUnits(network.inputCount);
  const table = network.layers.flatMap((layer, index) => {
    const { inputCount, units, weightsOffset, bias, activation } = layer;
    const [outputAt, gradientAt] = [takeUnits(units), takeUnits(units)];
    const at = [inputAt, outputAt, gradientAt, weightsAt[index], weightsOffset];
    inputAt = outputAt;
    return [inputCount, units, ...at, bias ? 1 : 0, activationNames.indexOf(activation)];
  });
  return { invocationCount, tileQuads, memoryLength: place, table: Uint32Array.from(table) };
}

/** Invocations of which each has one thing to do, in the busier half of a step. */
function workItems({ layers }: Network, tileQuads: number): number {
  const blocks = layers.map(({ inputCount, units }) => eights(inputCount) * eights(units));
  return Math.max(tileQuads / 2, ...blocks);
}

function fours(count: number): number {
  return Math.ceil(count / 4);
}

function eights(count: number): number {
  return Math.ceil(count / 8);
}
