import { expect, test } from 'vitest';
import { columnCode, plansOf } from '../../src/app/column-code.ts';
import type { ColumnPlan } from '../../src/index.ts';

const guessed: ColumnPlan[] = [
  { name: 'id', type: 'number', role: 'index' },
  { name: '__proto__', type: 'category', role: 'input' },
  { name: 'y', type: 'number', role: 'target' },
];

test('columns as guessed have no code; others one without a name, and it brings them back', () => {
  expect(columnCode(guessed, guessed)).toBeUndefined();
  const plans = guessed.map((plan, at) => (at === 1 ? { ...plan, role: 'ignored' as const } : plan));
  expect(columnCode(plans, guessed)).toBe('xnoctn');
  expect(plansOf('xnoctn', guessed)).toEqual(plans);
});

test.each(['', 'xn', 'xnoctnin', 'zzzzzz', '<b></b'])('%o is no code of this table', (code) => {
  expect(plansOf(code, guessed)).toBeUndefined();
});
