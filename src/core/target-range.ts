import { activations, type ActivationName } from './activations.ts';

/**
 * A sentence if an output layer can never reach some of the targets.
 *
 * @param targets all of them, or the smallest and the largest
 */
export function outOfReach(activation: ActivationName, targets: ArrayLike<number>): string | undefined {
  const { label, range } = activations[activation];
  const [least, most] = range;
  let [smallest, largest] = [Infinity, -Infinity];
  for (let i = 0; i < targets.length; i++) {
    smallest = Math.min(smallest, targets[i]);
    largest = Math.max(largest, targets[i]);
  }
  if (smallest >= least && largest <= most) return undefined;
  const from = Number(least.toPrecision(4));
  const reach = most === Infinity ? `at least ${from}` : `from ${from} to ${most}`;
  return `The target runs from ${smallest} to ${largest}, but the outputs of ${label} are ${reach}.`;
}
