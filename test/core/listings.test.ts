import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { activationNames } from '../../src/core/activations.ts';
import { lossNames } from '../../src/core/losses.ts';
import { optimizerNames } from '../../src/core/optimizers.ts';
import type { TracedQuantity } from '../../src/core/trace.ts';
import type { Excerpt } from '../../src/core/excerpt.ts';
import { listingOf, type ListedLayer, type Listing } from '../../src/listings.ts';

/** What stands beside a matrix of a trace is what is on the disk. */

const root = join(import.meta.dirname, '../..');
const hidden: ListedLayer = {
  isFirst: false,
  isOutput: false,
  activation: 'sigmoid',
  loss: 'mse',
  optimizer: 'sgd',
};
const output: ListedLayer = { ...hidden, isOutput: true };

function expectOnDisk({ file, firstLine, text }: Excerpt): void {
  const lines = readFileSync(join(root, file), 'utf8').split('\n');
  const cut = text.split('\n');
  expect(lines.slice(firstLine - 1, firstLine - 1 + cut.length), `${file}:${firstLine}`).toEqual(cut);
}

function listed(quantity: TracedQuantity, layer: ListedLayer): Listing {
  const listing = listingOf(quantity, layer);
  if (!listing) throw new Error(`${quantity} has no listing`);
  for (const excerpt of [listing.wgsl, listing.twin]) {
    expectOnDisk(excerpt);
    expect(excerpt.text.trim()).not.toBe('');
  }
  return listing;
}

const decisive: readonly [TracedQuantity, ListedLayer, wgsl: string, twin: string][] = [
  [
    'input',
    hidden,
    'select(params.factor, 0.0, bits < params.threshold)',
    'multiplyEntries(layer.activations, layer.mask',
  ],
  [
    'preActivations',
    hidden,
    'sum += input[row * params.inputCount + k] * weight;',
    'multiply(layer.input, layer.weights, layer.preActivations)',
  ],
  ['activations', hidden, 'return 1.0 / (1.0 + exponential(-x));', 'value: (x) => 1 / (1 + Math.exp(-x)),'],
  [
    'mask',
    hidden,
    'let bits = keyOf(keyOf(key, row), unit);',
    'keyOf(rowKey, unit) < threshold ? 0 : factor',
  ],
  [
    'rowLosses',
    output,
    'return difference * difference;',
    'value: (prediction, target) => (prediction - target) ** 2',
  ],
  [
    'loss',
    output,
    'losses[step[0]] = params.scale * partialSums[0];',
    'return sum / meanCount(loss, rows, columns);',
  ],
  [
    'activationsGradient',
    output,
    'return 2.0 * (prediction - targetValue);',
    'derivative: (prediction, target) => 2 * (prediction - target)',
  ],
  [
    'activationsGradient',
    hidden,
    'sum += nextGradient[row * params.nextUnitCount + k] * weight;',
    'multiplyTransposedB(next.preActivationsGradient, next.weights',
  ],
  ['derivatives', hidden, 'y * (1.0 - y)', 'derivative: (_x, y) => y * (1 - y)'],
  [
    'preActivationsGradient',
    output,
    'gradient[index] = lossGradient * activationDerivative(',
    'timesDerivative(activation, { x: y, y: f }',
  ],
  [
    'preActivationsGradient',
    hidden,
    'gradient[index] = sum * activationDerivative(',
    'timesDerivative(activation, { x: yhat, y: g }',
  ],
  [
    'weightsGradient',
    hidden,
    'sum += input[row * params.inputCount + k] * gradient[row * params.unitCount + unit];',
    'multiplyTransposedA(input, preActivationsGradient, weightsGradient)',
  ],
  [
    'biasesGradient',
    hidden,
    'sum += gradient[row * params.unitCount + unit];',
    'sumRows(preActivationsGradient, biasesGradient)',
  ],
  [
    'updatedWeights',
    hidden,
    '-rates.learningRate * gradient',
    'change: (gradient, _state, rates) => -rates.learningRate * gradient',
  ],
  [
    'updatedBiases',
    output,
    '-rates.learningRate * gradient',
    'change: (gradient, _state, rates) => -rates.learningRate * gradient',
  ],
];

describe('a listing', () => {
  it.each(decisive.map(([quantity, layer, wgsl, twin]) => ({ quantity, layer, wgsl, twin })))(
    'of $quantity has the line that computes it, where it stands on the disk',
    ({ quantity, layer, wgsl, twin }) => {
      const listing = listed(quantity, layer);
      expect(listing.wgsl.text).toContain(wgsl);
      expect(listing.twin.text).toContain(twin);
      expect(listing.wgsl.text).not.toContain('{ return; }');
    },
  );

  it.each(activationNames)(
    'has the function and the derivative of %s, and nothing of another',
    (activation) => {
      const [value, slope] = (['activations', 'derivatives'] as const).map((quantity) =>
        listed(quantity, { ...hidden, activation }),
      );
      expect(value.wgsl.text.match(/^fn /gm)).toHaveLength(1);
      expect(slope.wgsl.text).toMatch(/^fn \w+Derivative\(/);
      expect(value.twin.text).toMatch(/^ +value: \(x\) =>/);
      expect(slope.twin.text).toMatch(/^ +derivative: \(/);
      for (const { twin } of [value, slope]) expect(twin.text.match(/^ {4}\w+: /gm)).toHaveLength(1);
    },
  );

  it.each(lossNames)('has the value and the derivative of %s', (loss) => {
    const [value, slope] = (['rowLosses', 'activationsGradient'] as const).map((quantity) =>
      listed(quantity, { ...output, loss }),
    );
    expect(value.wgsl.text.match(/^fn /gm)).toHaveLength(1);
    expect(slope.wgsl.text).toMatch(/^fn \w+Derivative\(/);
    for (const { twin } of [value, slope]) expect(twin.text.match(/^ {4}\w+: /gm)).toHaveLength(1);
  });

  it.each(optimizerNames)('has the change of %s', (optimizer) => {
    const { wgsl, twin } = listed('updatedWeights', { ...hidden, optimizer });
    expect(wgsl.text).toContain('return vec3f(-rates.learningRate * ');
    expect(twin.text).toContain('-rates.learningRate * ');
    expect(twin.text).toMatch(/^ +change: \(gradient, _?state, rates\) =>/);
  });

  it('is not there for what is given', () => {
    for (const quantity of ['weights', 'biases', 'targets'] as const)
      expect(listingOf(quantity, hidden)).toBeUndefined();
    expect(listingOf('input', { ...hidden, isFirst: true })).toBeUndefined();
  });
});
