import { describe, expect, it } from 'vitest';
import {
  commonBins,
  countsIn,
  edgeOf,
  histogramOf,
  MOST_BINS,
  type Bins,
  type Histogram,
} from '../../src/core/histogram.ts';
import { Random } from '../support/random.ts';

/** Numbers of one size about a middle, which may be far away beside their spread. */
function drawn(seed: number): Float64Array {
  const random = new Random(seed);
  const size = 10 ** random.uniform(-280, 280);
  const middle = random.pick([0, 0, 1, -3, 1000]) * size;
  return Float64Array.from({ length: random.logUniformInteger(1, 400) }, () =>
    random.uniform(middle - size, middle + size),
  );
}

/** How many values lie from each edge up to the next, one by one. */
function countedIn(bins: Bins, values: Float64Array): number[] {
  return Array.from(
    { length: bins.count },
    (_, i) => values.filter((value) => value >= edgeOf(bins, i) && value < edgeOf(bins, i + 1)).length,
  );
}

function histogram(values: Float64Array): Histogram {
  const found = histogramOf(values);
  if (!found) throw new Error('There is no histogram of numbers that are finite.');
  return found;
}

const seeds = Array.from({ length: 40 }, (_, seed) => seed);

describe('a histogram', () => {
  it.each(seeds)('#%i counts what lies from each edge up to the next, in at most 64 bins', (seed) => {
    const values = drawn(seed);
    const { bins, counts } = histogram(values);
    expect([...counts]).toEqual(countedIn(bins, values));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(values.length);
    expect(bins.count).toBeLessThanOrEqual(MOST_BINS);
  });

  it.each(seeds)('#%i has the narrowest bins that will do', (seed) => {
    const values = drawn(seed);
    const width = 2 ** (histogram(values).bins.exponent - 1);
    const halved = Math.floor(Math.max(...values) / width) - Math.floor(Math.min(...values) / width) + 1;
    // Of a single value, or of values that are nearly one, bins end at a share of its size.
    const size = Math.max(...values.map(Math.abs));
    if (width > size * 2 ** -40) expect(halved).toBeGreaterThan(MOST_BINS);
    else expect(width).toBeGreaterThan(size * 2 ** -43);
  });

  it('leaves out what is not finite, and is none of nothing', () => {
    const { counts } = histogram(Float64Array.of(NaN, 1, Infinity, 1, -Infinity));
    expect([...counts]).toEqual([2]);
    expect(histogramOf(Float64Array.of(NaN, -Infinity))).toBeUndefined();
    expect(histogramOf(new Float64Array(0))).toBeUndefined();
  });

  it('has bins for the largest numbers there are, and the smallest', () => {
    const largest = histogram(Float64Array.of(-Number.MAX_VALUE, 0, Number.MAX_VALUE));
    expect(largest.bins.count).toBeLessThanOrEqual(MOST_BINS);
    expect(largest.counts.reduce((sum, count) => sum + count, 0)).toBe(3);
    const smallest = histogram(Float64Array.of(-Number.MIN_VALUE, 0, Number.MIN_VALUE));
    expect(smallest.counts.reduce((sum, count) => sum + count, 0)).toBe(3);
  });
});

describe('common bins', () => {
  it.each(seeds)('#%i hold what each histogram holds, exactly', (seed) => {
    const random = new Random(seed);
    const scale = 10 ** random.uniform(-20, 20);
    const sets = Array.from({ length: 6 }, (_, i) =>
      Float64Array.from({ length: 200 }, () => scale * random.uniform(-1, 1.5) * 1.5 ** i),
    );
    sets.push(new Float64Array(7));
    const histograms = sets.map(histogram);
    const bins = commonBins(histograms.map((each) => each.bins));
    if (!bins) throw new Error('Histograms have common bins.');
    expect(bins.count).toBeLessThanOrEqual(MOST_BINS);
    for (const [i, values] of sets.entries())
      expect([...countsIn(bins, histograms[i])]).toEqual(countedIn(bins, values));
  });

  it('are as many as asked for, and none of none', () => {
    const all = [histogram(Float64Array.of(0, 1)).bins, histogram(Float64Array.of(-7, 100)).bins];
    const few = commonBins(all, 8);
    expect(few?.count).toBeLessThanOrEqual(8);
    expect(few?.count).toBeGreaterThan(4);
    expect(commonBins([])).toBeUndefined();
  });

  it('keep the smallest numbers on their side of 0, beside the largest', () => {
    const smallest = histogram(Float64Array.of(-Number.MIN_VALUE, Number.MIN_VALUE));
    const bins = commonBins([smallest.bins, histogram(Float64Array.of(-1e308, 1e308)).bins]);
    if (!bins) throw new Error('Histograms have common bins.');
    const counts = countsIn(bins, smallest);
    expect([counts[-1 - bins.first], counts[-bins.first]]).toEqual([1, 1]);
  });
});
