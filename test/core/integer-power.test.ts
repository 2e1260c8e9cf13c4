import fc from 'fast-check';
import { expect, test } from 'vitest';
import { integerPower } from '../../src/core/integer-power.ts';

test('a power by squaring is that of the engine, within a rounding a multiplication', () => {
  const bases = fc.double({ min: 0.5, max: 1, noNaN: true });
  fc.assert(
    fc.property(bases, fc.integer({ min: 0, max: 2 ** 12 }), (base, exponent) => {
      const expected = base ** exponent;
      // Every squaring doubles the relative error of what it squares.
      expect(Math.abs(integerPower(base, exponent) - expected)).toBeLessThanOrEqual(
        2 * (exponent + 1) * Number.EPSILON * expected + Number.MIN_VALUE,
      );
    }),
  );
  expect(integerPower(2, 10)).toBe(1024);
  expect(integerPower(0.3, 0)).toBe(1);
  expect(integerPower(0.999, 2 ** 25)).toBe(0);
});
