import { activations, type ActivationName } from '../index.ts';

/** What an activation can put out, where that is less than every number. */
const RANGES: Partial<Record<ActivationName, readonly [least: number, most: number]>> = {
  sigmoid: [0, 1],
  tanh: [-1, 1],
  relu: [0, Infinity],
};

/** A sentence if the output layer can never reach some of the targets. */
export function outOfReachNotice(activation: ActivationName, targets: Float64Array): string | undefined {
  const [least, most] = RANGES[activation] ?? [-Infinity, Infinity];
  const outside = targets.find((target) => target < least || target > most);
  if (outside === undefined) return undefined;
  const range = most === Infinity ? `at least ${least}` : `from ${least} to ${most}`;
  return (
    `The target holds ${outside}, but the outputs of ${activations[activation].label} are ${range}. Use ` +
    '--output-activation linear, or scale the target.'
  );
}
