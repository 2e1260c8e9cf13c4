import { describe, expect, test } from 'vitest';
import { numpyText } from '../../src/cli/numpy-text.ts';
import { drawInitialParameters, layOutNetwork, notebookJob, notebookRecord } from '../../src/index.ts';
import { finalWeights, opening } from './notebook-lines.ts';

describe('the notebook’s arrays', () => {
  const start = drawInitialParameters(layOutNetwork(2, notebookJob.layers), 1);
  const [hidden, output] = finalWeights.slice(1).map((line) => line.slice(line.indexOf('[')));

  test('inputs and truth', () => {
    const inputs = [0, 0, 0, 1, 1, 0, 1, 1];
    expect(numpyText(inputs, [4, 2]).split('\n')).toEqual(opening.slice(1, 5));
    expect(numpyText([0, 1, 1, 1], [4, 1]).split('\n')).toEqual(opening.slice(6, 10));
  });

  test('starting weights', () => {
    expect(numpyText(start.subarray(0, 6), [2, 3]).split('\n')).toEqual(opening.slice(11, 13));
    expect(numpyText(start.subarray(6), [3, 1]).split('\n')).toEqual(opening.slice(15));
  });

  test('final weights', () => {
    expect(numpyText(notebookRecord.parameters.slice(0, 6), [6])).toBe(hidden);
    expect(numpyText(notebookRecord.parameters.slice(6), [3])).toBe(output);
  });
});

/** Printed by NumPy 2.4, whose defaults are those of 1.24. */
const printed: [title: string, values: number[], shape: [number] | [number, number], text: string][] = [
  ['no entry', [], [0], '[]'],
  ['whole numbers', [0, -1, 10], [3], '[ 0. -1. 10.]'],
  ['decimals of unlike length', [0.5, 1, -0.25], [3], '[ 0.5   1.   -0.25]'],
  ['a ratio of 1,000 is positional', [1000, 1], [2], '[1000.    1.]'],
  ['a larger one is scientific', [1001, 1], [2], '[1.001e+03 1.000e+00]'],
  ['1e8 is scientific', [1e8], [1], '[1.e+08]'],
  ['below 1e-4 is scientific', [0.00009, 0], [2], '[9.e-05 0.e+00]'],
  ['an exponent of three digits', [1e-100, -2.5], [2], '[ 1.0e-100 -2.5e+000]'],
  ['halfway goes to the even digit', [0.001953125, 0.005859375], [2], '[0.00195312 0.00585938]'],
  [
    'the same in scientific notation',
    [6.103515625e-5, 1.8310546875e-4],
    [2],
    '[6.10351562e-05 1.83105469e-04]',
  ],
  ['the fewest digits that mean the number', [99999999.1], [1], '[99999999.1]'],
  ['negative zero', [-0, 1], [2], '[-0.  1.]'],
  ['what is not finite', [NaN, Infinity, -1.5], [3], '[ nan  inf -1.5]'],
  ['nothing finite', [NaN, -Infinity], [2], '[ nan -inf]'],
  [
    'a line of at most 75 characters',
    [0, 1, 2, 3, 4, 5, 6, 7].map((k) => k / 7 + 1),
    [8],
    '[1.         1.14285714 1.28571429 1.42857143 1.57142857 1.71428571\n 1.85714286 2.        ]',
  ],
  [
    'the same in two dimensions',
    [0, 1, 2, 3, 4, 5, 6].map((k) => -1 - k / 7),
    [1, 7],
    '[[-1.         -1.14285714 -1.28571429 -1.42857143 -1.57142857 -1.71428571\n  -1.85714286]]',
  ],
];

test.each(printed)('%s', (_title, values, shape, text) => {
  expect(numpyText(values, shape)).toBe(text);
});
