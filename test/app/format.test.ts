import { expect, test } from 'vitest';
import { count, properMinus, significant } from '../../src/app/format.ts';

test('numbers have a proper minus', () => {
  expect(count(-1200)).toBe('−1,200');
  expect(significant(-2.134e-7)).toBe('−2.134e−7');
  expect(properMinus('-1.5e-3')).toBe('−1.5e−3');
  expect(properMinus('-.5')).toBe('−.5');
  expect(properMinus('Targets from -3 to 2 (-1 is the least).')).toBe(
    'Targets from −3 to 2 (−1 is the least).',
  );
});

test('names and what is quoted keep their hyphens', () => {
  for (const text of [
    'data-2024.csv: The table has no column "CO-2" or “a -1 b”.',
    'Line 3 is not UTF-8.',
    'The cell "-1 -2" of "say \\"-3\\" -4" is of 2026-11-26.',
    'table.2024-1.csv, x_-1, --2, range 3-5',
  ])
    expect(properMinus(text)).toBe(text);
});
