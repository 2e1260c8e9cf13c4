// What a picture of distributions over time draws where, without the element that draws it.

import { commonBins, countsIn, edgeOf, type Bins, type Distribution } from '../index.ts';
import { tick, tickOf } from './chart-scales.ts';
import type { Tick } from './fan-geometry.ts';
import { plotTicks } from './plot-points.ts';
import { properMinus, significant } from './format.ts';

/** What histograms are of: the numbers, or how large they are whatever their sign, by powers of ten. */
export type SpreadKind = 'values' | 'sizes';

/** Bins drawn at most; each is a few pixels high. */
const MOST_BINS = 40;
/** Bins of a table at most. */
const MOST_ROWS = 12;
const MOST_TICKS = 4;
/** Of ink, where there is a single entry: it is to be seen, too. */
const LEAST_DEPTH = 0.08;

/** Distributions of one quantity at some moments, in bins they have in common. */
export interface SpreadHeat {
  readonly bins: Bins;
  /** The share of the entries of a moment that lie in a bin: [moments, bins.count] */
  readonly shares: Float32Array;
  readonly largestShare: number;
}

/** Undefined where no moment has anything to show. */
export function spreadHeat(distributions: readonly Distribution[]): SpreadHeat | undefined {
  const histograms = distributions.map(({ histogram }) => histogram);
  const bins = commonBins(
    histograms.flatMap((histogram) => (histogram ? [histogram.bins] : [])),
    MOST_BINS,
  );
  if (!bins) return undefined;
  const shares = new Float32Array(distributions.length * bins.count);
  histograms.forEach((histogram, moment) => {
    if (!histogram) return;
    const { count, otherCount } = distributions[moment];
    countsIn(bins, histogram).forEach((entries, bin) => {
      shares[moment * bins.count + bin] = entries / (count + otherCount);
    });
  });
  return { bins, shares, largestShare: shares.reduce((most, share) => Math.max(most, share), 0) };
}

/** The shares of one moment: [bins.count] */
export function sharesAt({ bins, shares }: SpreadHeat, moment: number): Float32Array {
  return shares.subarray(moment * bins.count, (moment + 1) * bins.count);
}

/** The place of the last moment at or before a step; that of the first where there is none. @param steps ascending */
export function momentAt(steps: readonly number[], step: number): number {
  return Math.max(
    0,
    steps.findLastIndex((each) => each <= step),
  );
}

/**
 * Which moment each column of pixels shows: from its step to that of the next; the last one as far as the one before
 * it. −1 where there is none.
 */
export function columnMoments(steps: readonly number[], lastStep: number, columns: number): Int32Array {
  const places = new Int32Array(columns).fill(-1);
  const xOf = (step: number) => Math.round((columns * step) / Math.max(1, lastStep));
  steps.forEach((step, moment) => {
    const from = Math.min(xOf(step), columns - 1);
    const width = moment > 0 ? step - steps[moment - 1] : 0;
    const to = xOf(steps[moment + 1] ?? step + width);
    places.fill(moment, from, Math.max(to, from + 1));
  });
  return places;
}

/**
 * The picture as pixels, a column of them wide and a bin high, the largest values on top: ink as deep as the root of
 * the share, so that what is rare is seen beside what is common.
 *
 * @param ink red, green and blue, 0 … 255
 * @returns [bins.count, columns, 4]: red, green, blue, opacity
 */
export function heatPixels(
  { bins, shares, largestShare }: SpreadHeat,
  moments: Int32Array,
  ink: readonly number[],
): Uint8ClampedArray<ArrayBuffer> {
  const columns = moments.length;
  const pixels = new Uint8ClampedArray(4 * bins.count * columns);
  for (let line = 0, i = 0; line < bins.count; line++) {
    const bin = bins.count - 1 - line;
    for (let column = 0; column < columns; column++, i += 4) {
      const share = moments[column] < 0 ? 0 : shares[moments[column] * bins.count + bin];
      if (share === 0) continue;
      pixels.set(ink, i);
      pixels[i + 3] = 255 * Math.max(LEAST_DEPTH, Math.sqrt(share / largestShare));
    }
  }
  return pixels;
}

/** A horizontal bar a bin, the largest values on top, as one path; the largest share is as long as there is room. */
export function barsPath(
  shares: Float32Array,
  { left, right, top, bottom }: { left: number; right: number; top: number; bottom: number },
): string {
  const largest = shares.reduce((most, share) => Math.max(most, share), 0) || 1;
  const height = (bottom - top) / shares.length;
  const y = (edge: number) => (bottom - edge * height).toFixed(1);
  return Array.from(shares, (share, bin) => {
    if (share === 0) return '';
    // A pixel at least: it is to be seen that there is something.
    const x = left + Math.max(1, (right - left) * (share / largest));
    return `M${left} ${y(bin)}H${x.toFixed(1)}V${y(bin + 1)}H${left}Z`;
  }).join('');
}

/** Ticks on the axis of the values, each with how far up it is, 0 … 1. */
export function spreadTicks(bins: Bins, kind: SpreadKind): (Tick & { readonly share: number })[] {
  const [least, most] = [edgeOf(bins, 0), edgeOf(bins, bins.count)];
  if (kind === 'values') {
    const { values, step } = plotTicks([least, most], MOST_TICKS);
    return values.map((value) => ({
      value,
      text: tickOf(value, step),
      share: (value - least) / (most - least),
    }));
  }
  const [first, last] = [Math.ceil(least * Math.log10(2)), Math.floor(most * Math.log10(2))];
  const stride = Math.max(1, Math.ceil((last - first + 1) / MOST_TICKS));
  const powers = Array.from(
    { length: Math.max(0, Math.floor((last - first) / stride) + 1) },
    (_, i) => first + i * stride,
  );
  // Within one power of ten, where the axis begins and ends.
  const values = powers.length > 1 ? powers.map((power) => 10 ** power) : [2 ** least, 2 ** most];
  return values.map((value) => ({
    value,
    text: powers.length > 1 ? powerText(value) : tick(value, 2),
    share: (Math.log2(value) - least) / (most - least),
  }));
}

/** `0.01`, `1e−6` */
function powerText(value: number): string {
  return value >= 1e-3 && value < 1e4
    ? String(Number(value.toPrecision(1)))
    : properMinus(value.toExponential(0).replace('+', ''));
}

/** What lies in a few wide bins, as texts. */
export interface SpreadRow {
  readonly from: string;
  readonly to: string;
  readonly count: number;
}

/** A histogram as the rows of a table, from the smallest values to the largest. */
export function spreadRowsOf({ histogram }: Distribution, kind: SpreadKind): SpreadRow[] {
  const bins = histogram && commonBins([histogram.bins], MOST_ROWS);
  if (!bins) return [];
  const text = (edge: number) => significant(kind === 'sizes' ? 2 ** edge : edge, 3);
  return Array.from(countsIn(bins, histogram), (count, i) => ({
    from: text(edgeOf(bins, i)),
    to: text(edgeOf(bins, i + 1)),
    count,
  }));
}
