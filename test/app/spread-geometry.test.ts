import { expect, it, test } from 'vitest';
import {
  barsPath,
  columnMoments,
  heatPixels,
  momentAt,
  sharesAt,
  spreadHeat,
  spreadRowsOf,
  spreadTicks,
} from '../../src/app/spread-geometry.ts';
import { edgeOf } from '../../src/index.ts';
import { distributionOf } from '../../src/core/spread.ts';
import { Random } from '../support/random.ts';

const random = new Random(5);
const sets = [1, 2, 0.5].map((scale) => random.floats(300, scale));
const heat = spreadHeat(sets.map((values) => distributionOf(values)));
if (!heat) throw new Error('There is something to show.');

test('every moment stands in the same bins, with the share of its entries', () => {
  const { bins } = heat;
  expect(bins.count).toBeLessThanOrEqual(40);
  for (const [moment, values] of sets.entries()) {
    const shares = Array.from({ length: bins.count }, (_, i) => {
      const inside = values.filter((value) => value >= edgeOf(bins, i) && value < edgeOf(bins, i + 1));
      return Math.fround(inside.length / values.length);
    });
    expect([...sharesAt(heat, moment)]).toEqual(shares);
  }
  expect(heat.largestShare).toBe(Math.max(...heat.shares));
});

test('numbers that are none have a share of nothing, and without any other there is no picture', () => {
  const half = spreadHeat([distributionOf(Float64Array.of(1, NaN))]);
  expect([...(half?.shares ?? [])]).toEqual([0.5]);
  expect(spreadHeat([distributionOf(Float64Array.of(NaN))])).toBeUndefined();
  expect(spreadHeat([distributionOf(new Float64Array(3), 'sizes')])).toBeUndefined();
});

test('the present moment is the last one that is not later', () => {
  expect([-1, 0, 9, 10, 15, 99].map((step) => momentAt([0, 10, 20], step))).toEqual([0, 0, 0, 1, 1, 2]);
});

test('a moment takes the columns up to the next one, the last as many as the one before it', () => {
  expect([...columnMoments([0, 10, 20], 40, 8)]).toEqual([0, 0, 1, 1, 2, 2, -1, -1]);
  expect([...columnMoments([0, 10, 20], 20, 4)]).toEqual([0, 0, 1, 2]);
  // Too near to have one of their own, they still show, the last on top.
  expect([...columnMoments([0, 1, 2], 1000, 3)]).toEqual([2, -1, -1]);
  expect([...columnMoments([0], 0, 3)]).toEqual([0, -1, -1]);
});

test('ink is deeper where the share is larger, the largest values on top', () => {
  const moments = columnMoments([0, 10, 20], 30, 3);
  const pixels = heatPixels(heat, moments, [10, 20, 30]);
  const { bins, largestShare } = heat;
  expect(pixels).toHaveLength(4 * bins.count * 3);
  for (let moment = 0; moment < 3; moment++) {
    for (const [bin, share] of sharesAt(heat, moment).entries()) {
      const i = 4 * (3 * (bins.count - 1 - bin) + moment);
      const depth = share === 0 ? 0 : Math.max(0.08, Math.sqrt(share / largestShare));
      expect(pixels[i + 3]).toBe(Math.round(255 * depth));
      expect(Array.from(pixels.subarray(i, i + 3))).toEqual(share === 0 ? [0, 0, 0] : [10, 20, 30]);
    }
  }
});

test('a bar is as long as its share, the longest as long as there is room', () => {
  const path = barsPath(Float32Array.of(0.5, 0, 0.25, 0.0001), { left: 100, right: 140, top: 0, bottom: 40 });
  expect(path).toBe('M100 40.0H140.0V30.0H100ZM100 20.0H120.0V10.0H100ZM100 10.0H101.0V0.0H100Z');
});

it.each([
  { exponent: 0, first: -3, count: 6, kind: 'values', texts: ['−2', '0', '2'] },
  { exponent: -4, first: 0, count: 16, kind: 'values', texts: ['0.0', '0.5', '1.0'] },
  { exponent: 0, first: -20, count: 21, kind: 'sizes', texts: ['1e−6', '1e−4', '0.01', '1'] },
  { exponent: -3, first: -8, count: 8, kind: 'sizes', texts: ['0.50', '1.0'] },
] as const)('ticks of $kind read $texts', ({ kind, texts, ...bins }) => {
  const ticks = spreadTicks(bins, kind);
  expect(ticks.map(({ text }) => text)).toEqual(texts);
  const [least, most] = [edgeOf(bins, 0), edgeOf(bins, bins.count)];
  for (const { value, share } of ticks) {
    const place = kind === 'sizes' ? Math.log2(value) : value;
    expect(share).toBeCloseTo((place - least) / (most - least), 12);
    expect(share).toBeGreaterThanOrEqual(0);
    expect(share).toBeLessThanOrEqual(1);
  }
});

test('the table has few rows, which hold all that is finite and follow one another', () => {
  const values = random.floats(500, 3);
  const rows = spreadRowsOf(distributionOf(values), 'values');
  expect(rows.length).toBeLessThanOrEqual(12);
  expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(500);
  expect(rows.slice(1).map(({ from }) => from)).toEqual(rows.slice(0, -1).map(({ to }) => to));
  const sizes = spreadRowsOf(distributionOf(Float64Array.of(0, -0.5, 0.5, 3), 'sizes'), 'sizes');
  expect(sizes[0]).toMatchObject({ from: '0.500', count: 2 });
  expect(sizes.at(-1)?.count).toBe(1);
  expect(spreadRowsOf(distributionOf(new Float64Array(2), 'sizes'), 'sizes')).toEqual([]);
});
