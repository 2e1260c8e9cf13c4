import { expect, test } from 'vitest';
import { stripAxis } from '../../src/app/strip-geometry.ts';
import type { SweepGroup } from '../../src/index.ts';

function quartiles(lower: number | undefined, upper: number | undefined): SweepGroup {
  return { lower, upper } as SweepGroup;
}

test('the strips have one axis, with the ends of all of them', () => {
  const axis = stripAxis(
    [quartiles(0.1, 0.2), quartiles(undefined, undefined), quartiles(0.15, 0.5)],
    [0.05],
  );
  expect(axis).toMatchObject({ least: 0.05, most: 0.5, isLog: false });
  expect([0.05, 0.275, 0.5, 1].map((loss) => axis?.shareOf(loss))).toEqual([0, expect.closeTo(0.5), 1, 1]);
});

test('over more than two decades the axis is logarithmic', () => {
  const axis = stripAxis([quartiles(1e-4, 1)], []);
  expect(axis?.isLog).toBe(true);
  expect(axis?.shareOf(0.01)).toBeCloseTo(0.5);
  expect(axis?.shareOf(0)).toBe(0);
  expect(stripAxis([quartiles(0.01, 0.9)], [])?.isLog).toBe(false);
});

test('one loss lies in the middle, and without any there is no axis', () => {
  expect(stripAxis([quartiles(0.2, 0.2)], [NaN])?.shareOf(0.2)).toBe(0.5);
  expect(stripAxis([quartiles(undefined, undefined)], [0.25])).toBeUndefined();
});
