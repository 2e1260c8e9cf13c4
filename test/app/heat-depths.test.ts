import { expect, test } from 'vitest';
import { bestCell, heatDepths } from '../../src/app/heat-depths.ts';
import type { HeatCell } from '../../src/index.ts';

function cells(...medians: (number | undefined)[]): HeatCell[] {
  return medians.map((median, column) => ({ column, row: 0, median, overCount: 1, failedCount: 0 }));
}

test('the smaller a median, the deeper, by rank alone', () => {
  expect(heatDepths(cells(6, 5, 4, 3, 2, 1))).toEqual([0, 1, 2, 3, 4, 5]);
  expect(heatDepths(cells(1e30, 5, 4, 3, 2, 1e-30))).toEqual([0, 1, 2, 3, 4, 5]);
  const many = heatDepths(cells(...Array.from({ length: 64 }, (_, i) => i)));
  expect(many[0]).toBe(5);
  expect(many[63]).toBe(0);
  for (let i = 1; i < 64; i++) expect(many[i]).toBeLessThanOrEqual(many[i - 1] ?? NaN);
});

test('equal medians are equally deep, and one without has no depth', () => {
  expect(heatDepths(cells(2, 1, 2, undefined))).toEqual([2, 5, 2, undefined]);
  expect(heatDepths(cells(3))).toEqual([5]);
  expect(heatDepths(cells(undefined))).toEqual([undefined]);
});

test('the best field is the one with the smallest median', () => {
  const three = cells(undefined, 2, 1);
  expect(bestCell(three)).toBe(three[2]);
  expect(bestCell(cells(undefined))).toBeUndefined();
});
