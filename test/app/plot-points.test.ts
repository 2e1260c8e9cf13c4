import { expect, test } from 'vitest';
import { plotRange, plottedRows, plotTicks, spreadRows } from '../../src/app/plot-points.ts';

const row = (actual: number, predicted: number) => ({ actual, predicted });

test('a prediction that is no number is not drawn', () => {
  const points = { actual: Float64Array.of(1, 2, 3), predicted: Float64Array.of(1, NaN, Infinity) };
  expect(plottedRows(points)).toEqual([row(1, 1)]);
});

test('both axes hold every actual and every predicted value', () => {
  const [least, most] = plotRange([row(3, 5), row(4, -2)]);
  expect(least).toBeLessThan(-2);
  expect(most).toBeGreaterThan(5);
  const [low, high] = plotRange([row(7, 7)]);
  expect(low).toBeLessThan(7);
  expect(high).toBeGreaterThan(7);
  expect(plotRange([])).toEqual([0, 1]);
});

test.each([
  [0, 1],
  [-0.033, 0.025],
  [-110_000, 390_000],
  [1.9e-7, 2.1e-7],
  [2004, 2004.3],
])('from %d to %d there are a few round ticks', (least, most) => {
  const { values, step } = plotTicks([least, most]);
  expect(values.length).toBeGreaterThanOrEqual(2);
  expect(values.length).toBeLessThanOrEqual(6);
  expect([1, 2, 5]).toContain(Number(step.toExponential(6).split('e')[0]));
  // A multiple of 0.1 is rounded.
  const rounding = 1e-6 * step;
  for (const value of values) expect(value > least - rounding && value < most + rounding).toBe(true);
});

test('few rows stand for all of them, from the smallest to the largest', () => {
  const rows = Array.from({ length: 101 }, (_, i) => row(100 - i, i));
  expect(spreadRows(rows, 3).map(({ actual }) => actual)).toEqual([0, 50, 100]);
  expect(spreadRows(rows.slice(0, 2), 3).map(({ actual }) => actual)).toEqual([99, 100]);
});
