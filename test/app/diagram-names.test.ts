import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lettersOfEnd } from '../../src/app/diagram-geometry.ts';
import { endLines, endName } from '../../src/app/diagram-names.ts';

test('a category stays whole as long as there is room for it', () => {
  expect(endName('species = setosa', 20)).toBe('species = setosa');
  expect(endName('species = setosa', 14)).toBe('spec… = setosa');
  expect(endName('species = versicolor', 14)).toBe('=\u00a0versicolor');
  expect(endName('species = setosa', 9)).toBe('=\u00a0setosa');
  expect(endName('species = versicolor', 8)).toBe('versi…or');
});

test('any other name keeps its beginning and its end', () => {
  expect(endName('sepal length in cm', 14)).toBe('sepal len…n cm');
  expect(endName('sepal width', 14)).toBe('sepal width');
});

test('where there is room a name goes on in a second line, behind a joint', () => {
  expect(endLines('petal_length', 12)).toEqual(['petal_length']);
  expect(endLines('petal_length', 9)).toEqual(['petal_', 'length']);
  expect(endLines('species = versicolor', 10)).toEqual(['species =', 'versicolor']);
  expect(endLines('sepal length in cm', 12)).toEqual(['sepal length', 'in cm']);
  expect(endLines('concentration', 9)).toEqual(['concen…on']);
  expect(endLines('a_concentration', 9)).toEqual(['a_', 'concen…on']);
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
