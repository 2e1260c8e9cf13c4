/** `value` held against `expected`, relative to `expected`. */
export function relativeDeviation(value: number, expected: number): number {
  return Math.abs(value - expected) / Math.abs(expected);
}

/**
 * How far training moved the parameters from where the reference moved them, relative to the largest move of
 * the reference. Parameters held against parameters would hide a wrong gradient: they hardly change.
 */
export function relativeUpdateDeviation(
  initial: ArrayLike<number>,
  trained: ArrayLike<number>,
  expected: ArrayLike<number>,
): number {
  if (trained.length !== expected.length) return NaN;
  let [largestMove, largestDeviation] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    const deviation = Math.abs(trained[i] - expected[i]);
    if (Number.isNaN(deviation)) return NaN;
    largestMove = Math.max(largestMove, Math.abs(expected[i] - initial[i]));
    largestDeviation = Math.max(largestDeviation, deviation);
  }
  return largestDeviation / largestMove;
}

/** The least multiple of `unit` that is at least `count`. */
export function roundUpTo(unit: number, count: number): number {
  return unit * Math.ceil(count / unit);
}
