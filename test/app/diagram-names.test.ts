import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lettersOfEnd } from '../../src/app/diagram-geometry.ts';
import { endName } from '../../src/app/diagram-names.ts';

test('a category stays whole as long as there is room for it', () => {
  expect(endName('species = setosa', 20)).toBe('species = setosa');
  expect(endName('species = setosa', 14)).toBe('spec… = setosa');
  expect(endName('species = versicolor', 14)).toBe('=\u00a0versicolor');
  expect(endName('species = setosa', 9)).toBe('=\u00a0setosa');
  expect(endName('species = versicolor', 8)).toBe('versi…or');
});

test('any other name keeps its beginning and its end', () => {
  expect(endName('sepal length in cm', 14)).toBe('sepal leng…n cm'.replace('leng…n', 'len…n'));
  expect(endName('sepal width', 14)).toBe('sepal width');
});

test('no name is longer than there is room', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 280, max: 1100 }), (name, width) => {
      const most = lettersOfEnd(width);
      expect(Array.from(endName(name, most)).length).toBeLessThanOrEqual(most);
    }),
  );
  expect([lettersOfEnd(280), lettersOfEnd(600), lettersOfEnd(1100)]).toEqual([8, 20, 20]);
});
