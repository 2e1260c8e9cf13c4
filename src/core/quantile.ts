/**
 * The value below which a share of some numbers lies, linear between two of them, as `numpy.percentile` has it; between
 * a number and infinity it is infinite.
 *
 * @param sorted ascending, at least 1
 * @param q 0 … 1; 0.25 is the lower quartile
 */
export function quantile(sorted: readonly number[] | Float64Array, q: number): number {
  const position = q * (sorted.length - 1);
  const before = Math.floor(position);
  const [lower, upper] = [sorted[before], sorted[Math.min(before + 1, sorted.length - 1)]];
  const share = position - before;
  if (share === 0 || upper === Infinity) return share === 0 ? lower : upper;
  const difference = upper - lower;
  // From the nearer end, so that the upper one is met exactly.
  return share < 0.5 ? lower + difference * share : upper - difference * (1 - share);
}
