import { expect, test } from 'vitest';
import {
  notebookLetter,
  parameterName,
  placeOfParameter,
  shortName,
  unitName,
} from '../../src/app/parameter-names.ts';
import { layOutNetwork } from '../../src/core/network.ts';
import { notebookJob } from '../../src/core/notebook.ts';

const notebook = layOutNetwork(2, notebookJob.layers);
const names = { inputs: ['input1', 'input2'], outputs: ['output'] };
const none = { inputs: undefined, outputs: undefined };
const deep = layOutNetwork(3, [
  { units: 4, activation: 'relu', bias: true },
  { units: 2, activation: 'relu', bias: false },
  { units: 2, activation: 'linear', bias: true },
]);

test('a parameter of the notebook has its name and its letter', () => {
  const all = Array.from({ length: 9 }, (_, index) => [
    notebookLetter(notebook, index),
    parameterName(notebook, index, names),
  ]);
  expect(all).toEqual([
    ['v₁₁', 'weight input1 → hidden unit 1'],
    ['v₁₂', 'weight input1 → hidden unit 2'],
    ['v₁₃', 'weight input1 → hidden unit 3'],
    ['v₂₁', 'weight input2 → hidden unit 1'],
    ['v₂₂', 'weight input2 → hidden unit 2'],
    ['v₂₃', 'weight input2 → hidden unit 3'],
    ['w₁₁', 'weight hidden unit 1 → output'],
    ['w₂₁', 'weight hidden unit 2 → output'],
    ['w₃₁', 'weight hidden unit 3 → output'],
  ]);
});

test('in another network there are no letters, and layers have numbers', () => {
  expect(notebookLetter(deep, 0)).toBeUndefined();
  expect(parameterName(deep, 0, none)).toBe('weight input 1 → unit 1 of layer 1');
  expect(parameterName(deep, 12, none)).toBe('bias of unit 1 of layer 1');
  expect(parameterName(deep, deep.parameterCount - 1, none)).toBe('bias of output 2');
  expect(unitName(deep, 3, 0, { ...none, outputs: ['cat', 'dog'] })).toBe('cat');
});

test('every parameter has a place of its own, and beyond the last there is none', () => {
  const places = Array.from({ length: deep.parameterCount }, (_, index) => placeOfParameter(deep, index));
  expect(new Set(places.map((place) => JSON.stringify(place))).size).toBe(deep.parameterCount);
  expect(places.filter(({ input }) => input === undefined)).toHaveLength(6);
  for (const index of [-1, deep.parameterCount])
    expect(() => placeOfParameter(deep, index)).toThrow(RangeError);
});

test('a long name is cut', () => {
  expect(shortName('sepal width', 14)).toBe('sepal width');
  expect(shortName('sepal length in cm', 14)).toBe('sepal length …');
  expect(shortName('🌸🌸🌸🌸', 3)).toBe('🌸🌸…');
});
