/** `value` held against `expected`, relative to `expected`. */
export function relativeDeviation(value: number, expected: number): number {
  return Math.abs(value - expected) / Math.abs(expected);
}

/** The largest of several `values`, each held against its own; NaN where one is missing. */
export function largestDeviation(values: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (values.length !== expected.length) return NaN;
  return Math.max(0, ...Array.from(expected, (value, i) => relativeDeviation(values[i], value)));
}

/**
 * How far training moved the parameters from where the reference moved them, relative to the largest move of
 * the reference. Parameters held against parameters would hide a wrong gradient: they hardly change.
 *
 * @param networkCount of several networks, of which each is held against its own moves; the largest counts
 */
export function relativeUpdateDeviation(
  initial: ArrayLike<number>,
  trained: ArrayLike<number>,
  expected: ArrayLike<number>,
  networkCount = 1,
): number {
  if (trained.length !== expected.length) return NaN;
  const parameterCount = expected.length / networkCount;
  let largest = 0;
  for (let start = 0; start < expected.length; start += parameterCount) {
    let [move, off] = [0, 0];
    for (let i = start; i < start + parameterCount; i++) {
      const deviation = Math.abs(trained[i] - expected[i]);
      if (Number.isNaN(deviation)) return NaN;
      move = Math.max(move, Math.abs(expected[i] - initial[i]));
      off = Math.max(off, deviation);
    }
    largest = Math.max(largest, off / move);
  }
  return largest;
}

/** The least multiple of `unit` that is at least `count`. */
export function roundUpTo(unit: number, count: number): number {
  return unit * Math.ceil(count / unit);
}

/** At most `most` of the whole numbers below `count`, evenly spread, the first and the last among them. */
export function spread(count: number, most: number): number[] {
  if (count <= most) return Array.from({ length: count }, (_, i) => i);
  return Array.from({ length: most }, (_, i) => Math.floor((i * (count - 1)) / (most - 1)));
}
