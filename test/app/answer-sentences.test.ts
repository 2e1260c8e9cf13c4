import { expect, test } from 'vitest';
import { answerText, probabilityText, spreadSentence, valueText } from '../../src/app/answer-sentences.ts';

const NBSP = '\u00a0';

test.each([
  [0.9341237, 0.0204, '0.934 ± 0.020'],
  [1203.456, 12.34, '1,203 ± 12'],
  [-1203.456, 0.0012, '−1,203.46 ± 0.0012'],
  [0.012345, 0.51, '0.012 ± 0.51'],
  [120_345, 12_345, '120,000 ± 12,000'],
  [0.5, 0, '0.500000 ± 0'],
  [0, 0.5, '0 ± 0.50'],
])('a number %d stands beside its spread %d as %s', (value, spread, text) => {
  expect(valueText({ value, spread })).toBe(text);
});

test('of one network there is no spread', () => {
  expect(valueText({ value: 1203.456 })).toBe('1,203.46');
  expect(valueText({ value: 'setosa' })).toBe('setosa');
  expect(valueText({ value: '' })).toBe('no prediction');
  expect(probabilityText({ probability: 0.973 })).toBe(`97.3${NBSP}%`);
});

test('an answer is told in words, and what ± means where there is one', () => {
  const one = { target: 'price', value: 12.5, probabilities: [] };
  const several = {
    target: 'species',
    value: 'setosa',
    probabilities: [
      { of: 'setosa', probability: 0.973, spread: 0.0123 },
      { of: 'virginica', probability: 0.027, spread: 0.0001 },
    ],
  };
  expect(answerText(one)).toBe('price: 12.5000');
  expect(answerText(several)).toBe(`species: setosa, 97.3${NBSP}% ± 1.2${NBSP}%`);
  expect(probabilityText(several.probabilities[1])).toBe(`2.7${NBSP}% ± < 0.1${NBSP}%`);
  expect(spreadSentence([one], 1)).toBeUndefined();
  const sentence = '± is the standard deviation over the 10 networks.';
  expect(spreadSentence([several], 10)).toBe(sentence);
  expect(spreadSentence([one, { ...one, spread: 0.1 }], 10)).toBe(sentence);
});
