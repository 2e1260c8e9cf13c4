import { activations, type ActivationName } from './activations.ts';

/**
 * A sentence if an output layer can never reach some of the targets.
 *
 * @param targets all of them, or the smallest and the largest
 */
export function outOfReach(activation: ActivationName, targets: ArrayLike<number>): string | undefined {
  const { label, range } = activations[activation];
  const [least, most] = range;
  const outside = Array.prototype.find.call(targets, (target: number) => target < least || target > most);
  if (outside === undefined) return undefined;
  const reach = most === Infinity ? `at least ${least}` : `from ${least} to ${most}`;
  return `The target holds ${String(outside)}, but the outputs of ${label} are ${reach}.`;
}
