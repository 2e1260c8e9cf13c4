import { describe, expect, it } from 'vitest';
import { median } from '../../src/core/median.ts';
import { quantile } from '../../src/core/quantile.ts';
import { Random } from '../support/random.ts';

describe('a quantile', () => {
  it.each([1, 2, 3, 4, 7, 100])(
    'of %i numbers lies between its neighbours, as far as the share says',
    (count) => {
      const random = new Random(count);
      const sorted = Array.from({ length: count }, () => random.uniform(-5, 5)).toSorted((a, b) => a - b);
      expect(quantile(sorted, 0)).toBe(sorted[0]);
      expect(quantile(sorted, 1)).toBe(sorted[count - 1]);
      expect(quantile(sorted, 0.5)).toBeCloseTo(median(sorted), 14);
      // At the place of a number itself nothing is made of it.
      for (const [place, value] of sorted.entries()) {
        if (count > 1) expect(quantile(sorted, place / (count - 1))).toBeCloseTo(value, 12);
      }
    },
  );

  it('of evenly spaced numbers is where the share lies', () => {
    expect([0.25, 0.5, 0.75].map((q) => quantile([1, 2, 3, 4], q))).toEqual([1.75, 2.5, 3.25]);
    expect(quantile([10, 20], 0.1)).toBe(11);
    expect(quantile([1, 2, Infinity], 0.5)).toBe(2);
  });
});
