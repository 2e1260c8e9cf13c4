import type { Network } from '../core/network.ts';
import { forward } from './forward.ts';

/** Numbers that the outputs of all members hold at once: a thousand networks on a million rows would fill gigabytes. */
const NUMBERS_AT_ONCE = 2 ** 20;

/**
 * Runs every member of an ensemble, some rows at a time, in float64.
 *
 * @param members what each predicts with, [parameterCount]
 * @param inputs row-major [rows, inputCount]
 * @param visit is given what the output layers say, row-major [some rows, outputCount] a member, and where in
 *   [rows, outputCount] that begins
 */
export function forwardMembers(
  network: Network,
  members: readonly Float64Array[],
  inputs: Float64Array,
  visit: (outputsOfMembers: readonly Float64Array[], start: number) => void,
): void {
  const { inputCount, outputCount } = network;
  const rowCount = inputs.length / inputCount;
  const rowsAtOnce = Math.max(1, Math.floor(NUMBERS_AT_ONCE / (members.length * outputCount)));
  for (let row = 0; row < rowCount; row += rowsAtOnce) {
    const some = inputs.subarray(row * inputCount, (row + rowsAtOnce) * inputCount);
    visit(
      members.map((parameters) => forward(network, parameters, some)),
      row * outputCount,
    );
  }
}
