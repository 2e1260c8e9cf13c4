/** Bins a histogram has at most. */
export const MOST_BINS = 64;
/** The width of bins whose values are all 0, as an exponent: finer than that of any other values. */
const LEAST_EXPONENT = -1000;
/** The bins of values that are all alike are this much narrower than those are large: 2^−40. */
const NARROWEST = 40;

/**
 * Bins of equal width side by side, each edge a whole multiple of 2^exponent: bin i holds the values from
 * (first + i) · 2^exponent up to, and without, (first + i + 1) · 2^exponent. Because the edges of wider bins are edges
 * of narrower ones too, histograms of different moments can be put into common bins without an error.
 */
export interface Bins {
  readonly exponent: number;
  readonly first: number;
  /** 1 … 64. */
  readonly count: number;
}

/** How many of some values lie in each bin. */
export interface Histogram {
  readonly bins: Bins;
  /** [bins.count] */
  readonly counts: Uint32Array;
}

/**
 * The histogram of those of some values that are finite, in the narrowest bins of which at most 64 hold them all;
 * undefined where none is.
 */
export function histogramOf(values: Float64Array): Histogram | undefined {
  const { length } = values;
  let least = Infinity;
  let most = -Infinity;
  // Counted loops: for…of takes several times as long, and a large network has millions of weights.
  for (let i = 0; i < length; i++) {
    const value = values[i];
    if (!Number.isFinite(value)) continue;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (least > most) return undefined;
  const bins = binsOf(least, most);
  const counts = new Uint32Array(bins.count);
  const width = 2 ** bins.exponent;
  for (let i = 0; i < length; i++) {
    if (Number.isFinite(values[i])) counts[Math.floor(values[i] / width) - bins.first]++;
  }
  return { bins, counts };
}

function binsOf(least: number, most: number): Bins {
  const size = Math.max(Math.abs(least), Math.abs(most));
  if (size === 0) return { exponent: LEAST_EXPONENT, first: 0, count: 1 };
  // Divided first: the difference of two large numbers may be infinite.
  const narrowest = Math.floor(Math.log2(most / MOST_BINS - least / MOST_BINS));
  let exponent = Math.max(narrowest, Math.floor(Math.log2(size)) - NARROWEST, LEAST_EXPONENT);
  while (placeOf(most, exponent) - placeOf(least, exponent) >= MOST_BINS) exponent++;
  const first = placeOf(least, exponent);
  return { exponent, first, count: placeOf(most, exponent) - first + 1 };
}

function placeOf(value: number, exponent: number): number {
  return Math.floor(value / 2 ** exponent);
}

/** The narrowest bins of which at most `most` hold what lies in any of some others; undefined without any. */
export function commonBins(all: readonly Bins[], most = MOST_BINS): Bins | undefined {
  if (all.length === 0) return undefined;
  let exponent = Math.max(...all.map((bins) => bins.exponent));
  for (;;) {
    const firsts = all.map((bins) => wider(bins.first, bins, exponent));
    const lasts = all.map((bins) => wider(bins.first + bins.count - 1, bins, exponent));
    const first = Math.min(...firsts);
    const count = Math.max(...lasts) - first + 1;
    if (count <= most) return { exponent, first, count };
    exponent++;
  }
}

/** Where a bin lies among wider ones. The largest power of two there is leaves every bin on its side of 0. */
function wider(place: number, bins: Bins, exponent: number): number {
  return Math.floor(place / 2 ** Math.min(exponent - bins.exponent, 1023));
}

/**
 * The counts of a histogram in other bins, which are as wide or wider and hold all of it.
 *
 * @returns [bins.count]
 */
export function countsIn(bins: Bins, histogram: Histogram): Uint32Array {
  const counts = new Uint32Array(bins.count);
  histogram.counts.forEach((count, i) => {
    counts[wider(histogram.bins.first + i, histogram.bins, bins.exponent) - bins.first] += count;
  });
  return counts;
}

/** The lower edge of the i-th bin; that of bin `count` is the upper edge of the last one. */
export function edgeOf(bins: Bins, i: number): number {
  return (bins.first + i) * 2 ** bins.exponent;
}
