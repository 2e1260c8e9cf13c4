import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { activationNames } from '../src/core/activations.ts';
import {
  activationListing,
  listedParts,
  notebookListing,
  type ListedPart,
} from '../src/notebook-listings.ts';

const root = join(import.meta.dirname, '..');

/** What each part must show for its story to be told; and how many lines may have to be read. */
const tellingLines: Record<ListedPart, readonly string[]> = {
  data: ['2,0,1,1'],
  perceptron: ['for (let i = 0; i < x.length; i++) y += x[i] * w[i];', 'return y + b;'],
  weights: ['const random = new NumpyRandom(seed);'],
  forward: ['backprop.forward();', 'value: (prediction, target) => (prediction - target) ** 2,'],
  'phase-one': [
    'this.#arithmetic.lossGradient(losses[loss], f, f0, preActivationsGradient); // dE/df',
    'this.#arithmetic.multiplyTransposedA(input, preActivationsGradient, weightsGradient);',
  ],
  'phase-two': [
    'this.#arithmetic.multiplyTransposedB(next.preActivationsGradient, next.weights, preActivationsGradient);',
  ],
  loop: ['this.follow(step, batch);', 'change: (gradient, _state, rates) => -rates.learningRate * gradient,'],
};
const MOST_LINES = 24;

describe('the listings of the notebook', () => {
  test.each(listedParts)('%s stands as it is in its files, whole', (part) => {
    const parts = notebookListing(part);
    const shown = parts.flatMap(({ text }) => text.split('\n').map((line) => line.trim()));
    expect(shown).toEqual(expect.arrayContaining([...tellingLines[part]]));
    expect(shown.length).toBeLessThanOrEqual(MOST_LINES);
    for (const { file, text } of parts) {
      const source = readFileSync(join(root, file), 'utf8');
      const lines = text.split('\n');
      const indent = source.match(new RegExp(`^( *)${escaped(lines[0])}$`, 'm'))?.[1] ?? '';
      expect(source).toContain(lines.map((line) => (line ? indent + line : line)).join('\n'));
      // Every bracket that is opened is closed.
      const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
      for (const [open, close] of [
        [/\{/g, /\}/g],
        [/\(/g, /\)/g],
        [/\[/g, /\]/g],
      ])
        expect(count(open)).toBe(count(close));
    }
  });

  test.each(activationNames)('the activation %s with value and derivative', (name) => {
    const { text } = activationListing(name);
    expect(text).toMatch(/^'?[\w-]+'?: \{$/m);
    expect(text).toContain('value: (x) =>');
    expect(text).toMatch(/derivative: \(.*\) =>/);
    expect(text).toMatch(/\n\},$/);
  });
});

function escaped(line: string): string {
  return line.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
