import { quantile } from './quantile.ts';

/** Numbers that stand for the losses of many networks at one step: the least, and the three quartiles. */
export const QUARTILE_COUNT = 4;
const SHARES = [0.25, 0.5, 0.75];

/** Places, among sorted losses, of what quartiles are made of: the least, then two neighbours for each. */
export function quartileRanks(networkCount: number): number[] {
  const last = networkCount - 1;
  const neighbours = SHARES.map((share) => Math.floor(share * last));
  return [0, ...neighbours.flatMap((before) => [before, Math.min(before + 1, last)])];
}

/**
 * Quartiles between their neighbours, linear, as `numpy.percentile` has them; infinite where a neighbour that counts is.
 *
 * @param ranked losses with the ranks of `quartileRanks`, row-major [kept losses, ranks]
 * @returns row-major [kept losses, 4]: the least, the lower quartile, the median, the upper quartile
 */
export function quartilesBetween(ranked: Float32Array | Float64Array, networkCount: number): Float64Array {
  const rankCount = 1 + 2 * SHARES.length;
  const quartiles = new Float64Array((ranked.length / rankCount) * QUARTILE_COUNT);
  for (let at = 0, to = 0; at < ranked.length; at += rankCount) {
    quartiles[to++] = ranked[at];
    SHARES.forEach((share, i) => {
      const neighbours = [ranked[at + 1 + 2 * i], ranked[at + 2 + 2 * i]];
      quartiles[to++] = quantile(neighbours, (share * (networkCount - 1)) % 1);
    });
  }
  return quartiles;
}

/**
 * The quartiles of losses that the host has. What is not finite counts as infinite.
 *
 * @param losses row-major [kept losses, networkCount]
 * @returns row-major [kept losses, 4], as `quartilesBetween`
 */
export function lossQuartiles(losses: Float64Array, networkCount: number): Float64Array {
  const ranks = quartileRanks(networkCount);
  const ranked = new Float64Array((losses.length / networkCount) * ranks.length);
  for (let at = 0, to = 0; at < losses.length; at += networkCount) {
    const some = losses.subarray(at, at + networkCount);
    const sorted = some.map((loss) => (Number.isFinite(loss) ? loss : Infinity)).toSorted();
    for (const rank of ranks) ranked[to++] = sorted[rank];
  }
  return quartilesBetween(ranked, networkCount);
}
