import { describe, expect, test } from 'vitest';
import { differenceFromRecord, recordedParameter } from '../../src/app/notebook-figures.ts';
import {
  errorFactor,
  lossShare,
  recordedOrigin,
  tutorialRate,
  tutorialStepRatio,
} from '../../src/app/notebook-prose.ts';
import {
  activationAt,
  checkDerivative,
  errorOf,
  moveWeight,
  perceptronOutputs,
  type CheckedDerivative,
} from '../../src/app/notebook-steps.ts';
import {
  dataOfStory,
  jobOfStory,
  readStory,
  rowField,
  type StoryValues,
} from '../../src/app/notebook-story.ts';
import { activationNames } from '../../src/core/activations.ts';
import { notebookRecord } from '../../src/core/notebook.ts';
import { cpuBackend } from '../../src/cpu/cpu-trainer.ts';
import { loopByHand, sigmoid, stepByHand, tanh, type SmallNetwork } from '../support/notebook-by-hand.ts';

/** Both compute in float64, in another order: rounding alone. */
const ROUNDING = 1e-14;
/**
 * A central difference with h = 2⁻¹⁷: truncation h²/6 · f‴ with |f‴| ≤ 4 for these functions, and rounding of
 * 2⁻⁵³ · |f| / h with |f| ≤ 10.
 */
const DIFFERENCE = (2 ** -34 / 6) * 4 + (2 ** -53 * 10) / 2 ** -17;

const checked: readonly CheckedDerivative[] = [
  'dE/df',
  'df/dy',
  'dE/dy',
  'dE/dw',
  'dE/dg',
  'dg/dŷ',
  'dE/dŷ',
  'dE/dv',
];

function story(...entries: readonly (readonly [field: string, text: string])[]): StoryValues {
  const { values, problems } = readStory(new Map(entries));
  expect(problems.size).toBe(0);
  return values;
}

async function traced(values: StoryValues) {
  const trainer = await cpuBackend.createTrainer(jobOfStory(values), dataOfStory(values));
  return { values, trace: await trainer.trace() };
}

function networkOf({ rows, weights, hiddenUnits }: StoryValues, hidden = sigmoid): SmallNetwork {
  const all = Array.from(weights);
  return {
    rows,
    v: [all.slice(0, hiddenUnits), all.slice(hiddenUnits, 2 * hiddenUnits)],
    w: all.slice(2 * hiddenUnits),
    hidden,
  };
}

function largest(values: readonly number[]): number {
  return Math.max(...values.map(Math.abs));
}

describe('the cells of the notebook', () => {
  test.each([
    ['as the notebook has it', story(), sigmoid],
    [
      'changed',
      story(['activation', 'tanh'], ['seed', '7'], ['units', '5'], [rowField(1, 0), '-0.75']),
      tanh,
    ],
  ] as const)('derivatives are those by hand and finite differences, %s', async (_, values, hidden) => {
    const shown = await traced(values);
    const { matrices, error } = stepByHand(networkOf(values, hidden));
    expect(Math.abs(shown.trace.loss - error)).toBeLessThan(ROUNDING);
    for (const name of checked) {
      const { derivative, difference, largest: far } = checkDerivative(name, shown);
      const byHand = matrices[name].flat();
      expect(derivative.data).toHaveLength(byHand.length);
      expect(largest(byHand.map((value, i) => value - derivative.data[i]))).toBeLessThan(ROUNDING);
      const distance = largest(byHand.map((value, i) => value - difference.data[i]));
      expect(Math.abs(distance - far)).toBeLessThan(ROUNDING);
      expect(far).toBeLessThan(DIFFERENCE);
    }
  });

  test('entries at a kink are left out, and counted', async () => {
    // Without biases the observation (0, 0) lies on it with every unit.
    const shown = await traced(story(['activation', 'relu']));
    for (const name of checked) {
      const { largest: far, atKink } = checkDerivative(name, shown);
      expect(far).toBeLessThan(DIFFERENCE);
      expect(atKink).toBe(name === 'dg/dŷ' || name === 'dE/dŷ' ? 3 : 0);
    }
  });

  test('the recorded gradients and starting weights are those by hand', () => {
    const { matrices } = stepByHand(networkOf(story()));
    const gradients = [...matrices['dE/dv'].flat(), ...matrices['dE/dw'].flat()];
    expect(largest(gradients.map((value, i) => value - notebookRecord.gradients[i]))).toBeLessThan(ROUNDING);
    expect(recordedParameter(notebookRecord.gradients, 8, 3)).toBe(notebookRecord.gradients[8]);
    expect(recordedParameter(notebookRecord.gradients, 8, 4)).toBeUndefined();
  });

  test('the record is the loop by hand, and one digit off is seen', () => {
    const { losses, parameters, predictions } = loopByHand(networkOf(story()), 0.05, 10_000);
    const ofRun = { losses: losses.filter((_, step) => step % 1000 === 0), parameters, predictions };
    expect(differenceFromRecord(ofRun)).toBeLessThan(1e-12);
    const wrong = { ...ofRun, predictions: [...predictions.slice(0, 3), predictions[3] + 1e-6] };
    expect(differenceFromRecord(wrong)).toBeCloseTo(1e-6, 9);
  });

  test('activations and their slopes, and one output with its target', () => {
    for (const name of activationNames) {
      const { derivative, difference = NaN } = activationAt(name, 0.8);
      expect(Math.abs(derivative - difference)).toBeLessThan(DIFFERENCE);
    }
    expect(activationAt('relu', 0).difference).toBeUndefined();
    const { error, errorByOutput, outputByPreActivation, errorByPreActivation } = errorOf({ f: 0.6, f0: 1 });
    expect(error).toBeCloseTo(0.16, 14);
    expect(errorByOutput).toBeCloseTo(-0.8, 14);
    expect(outputByPreActivation).toBeCloseTo(0.24, 14);
    expect(errorByPreActivation).toBeCloseTo(-0.192, 14);
  });
});

describe('what the notebook’s text says', () => {
  test('a line parts OR, and none parts XOR', () => {
    const [first, ...others] = perceptronOutputs(story());
    expect(first).toBeLessThan(0);
    expect(others.every((y) => y > 0)).toBe(true);
    // Above 0 at (0, 1) and (1, 0) and not at (0, 0) and (1, 1) cannot be: both pairs have the same sum.
    const outputs = perceptronOutputs(story(['w1', '−3.7'], ['w2', '0.4'], ['b', '1.9']));
    expect(outputs[1] + outputs[2]).toBeCloseTo(outputs[0] + outputs[3], 12);
  });

  test('without biases (0, 0) is moved by half the sum of w alone, and is the worst answer', () => {
    const [w1, w2, w3] = notebookRecord.parameters.slice(6);
    expect(recordedOrigin.preActivation).toBeCloseTo((w1 + w2 + w3) / 2, 14);
    expect(recordedOrigin.output).toBeCloseTo(notebookRecord.predictions[0], 12);
    const errors = notebookRecord.predictions.map((f, i) => Math.abs(f - [0, 1, 1, 1][i]));
    expect(Math.max(...errors)).toBe(errors[0]);
    const { matrices, error } = stepByHand(networkOf(story()));
    expect(matrices.g[0]).toEqual([0.5, 0.5, 0.5]);
    // With its target anywhere, the gradient of v is the same.
    const moved = stepByHand({ ...networkOf(story()), rows: [[0, 0, 5], ...story().rows.slice(1)] });
    expect(moved.matrices['dE/dv']).toEqual(matrices['dE/dv']);
    expect(moved.error).not.toBe(error);
  });

  test('the tutorial’s factor is that of half the sum: the same direction, twice the step', () => {
    const { matrices } = stepByHand(networkOf(story()));
    const f = matrices.f.map(([value]) => value);
    const targets = [0, 1, 1, 1];
    f.forEach((value, i) => {
      expect(matrices['dE/df'][i][0]).toBeCloseTo(errorFactor.ofMean * (value - targets[i]), 14);
      expect(errorFactor.ofTutorial * (value - targets[i])).toBeCloseTo(
        tutorialStepRatio * matrices['dE/df'][i][0],
        14,
      );
    });
    expect([errorFactor.ofMean, tutorialStepRatio, tutorialRate]).toEqual([0.5, 2, 0.1]);
  });

  test('the error falls at first, then hardly, then quickly', () => {
    const { losses } = notebookRecord;
    const falls = losses.slice(1).map((loss, i) => losses[i] - loss);
    const hardly = falls.slice(1, 5);
    expect(Math.max(...hardly)).toBeLessThan(falls[0] / 4);
    expect(Math.min(falls[7], falls[8])).toBeGreaterThan(4 * Math.max(...hardly));
    expect(lossShare).toBeCloseTo(losses[9] / losses[0], 14);
  });

  test('a large and a tiny h both spoil the difference', async () => {
    const farOf = async (h: string) => {
      const { difference, gradient } = moveWeight(await traced(story(['h', h])));
      return Math.abs(difference - gradient);
    };
    const [large, usual, tiny] = [await farOf('1'), await farOf('0.001'), await farOf('1e-12')];
    expect(large).toBeGreaterThan(100 * usual);
    expect(tiny).toBeGreaterThan(100 * usual);
  });
});
