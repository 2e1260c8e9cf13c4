import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fieldText, nudged, readField } from '../../src/app/number-entry.ts';

test.each([
  ['0.25', 0.25],
  [' −1.5 ', -1.5],
  ['-1e-3', -0.001],
  ['+2', 2],
  ['.5', 0.5],
])('“%s” is read as %d', (text, value) => {
  expect(readField(text)).toBe(value);
});

test.each(['', ' ', '-', 'x', '0x10', '1,5', 'Infinity', '1e999', '--1', 'e'])(
  '“%s” is no number',
  (text) => {
    expect(readField(text)).toBeUndefined();
  },
);

test('what stands in a field is read back to seven digits', () => {
  expect(fieldText(1.667070723588733)).toBe('1.667071');
  expect(fieldText(-1.1437481734488664e-4)).toBe('−0.0001143748');
  expect(fieldText(-0)).toBe('0');
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }), (value) => {
      const read = readField(fieldText(value)) ?? NaN;
      expect(Math.abs(read - value)).toBeLessThanOrEqual(5e-7 * Math.abs(value));
    }),
  );
});

test('arrow keys go by 0.1, with Shift by 1 and with Alt by 0.01', () => {
  const plain = { shiftKey: false, altKey: false };
  expect(nudged(0.2, { ...plain, key: 'ArrowUp' })).toBe(0.3);
  expect(nudged(0.3, { ...plain, key: 'ArrowDown' })).toBe(0.2);
  expect(nudged(0.2, { key: 'ArrowUp', shiftKey: true, altKey: false })).toBe(1.2);
  expect(nudged(-0.2, { key: 'ArrowDown', shiftKey: false, altKey: true })).toBe(-0.21);
  expect(nudged(0.2, { ...plain, key: 'ArrowLeft' })).toBeUndefined();
});
