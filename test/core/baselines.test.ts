import { describe, expect, it, test } from 'vitest';
import { constantPrediction, measureOutputs, repeatPrediction } from '../../src/core/baselines.ts';
import { InputError } from '../../src/core/errors.ts';
import type { TrainingData } from '../../src/core/job.ts';
import { fitLinearModel, predictLinear } from '../../src/core/linear-model.ts';
import { expectClose } from '../support/close.ts';
import { Random } from '../support/random.ts';
import golden from './golden/measures.json' with { type: 'json' };

function dataOf(inputs: Float64Array, inputCount: number, targets: Float64Array): TrainingData {
  const rowCount = inputs.length / inputCount;
  return { rowCount, inputs, inputCount, targets, outputCount: targets.length / rowCount };
}

function oneHot(classes: readonly number[], classCount: number): Float64Array {
  return Float64Array.from({ length: classes.length * classCount }, (_, at) => {
    return classes[Math.floor(at / classCount)] === at % classCount ? 1 : 0;
  });
}

describe('least squares, as numpy.linalg.lstsq', () => {
  test.each(golden.leastSquares.map((one) => [one.name, one] as const))('%s', (name, one) => {
    const inputs = Float64Array.from(one.inputs);
    const targets = Float64Array.from(one.targets);
    const fitted = dataOf(
      inputs.subarray(0, one.fittedCount * one.inputCount),
      one.inputCount,
      targets.subarray(0, one.fittedCount * 2),
    );
    const model = fitLinearModel(fitted, 'regression');
    expect(model.fittedRowCount).toBe(one.fittedCount);
    expectClose(`least squares, ${name}`, predictLinear(model, inputs), one.predictions, {
      allowed: 2e-12,
      whyLoose: 'the powers, nearly dependent, need it',
    });
  });
});

describe('logistic regression, as scikit-learn on standardized inputs', () => {
  test.each(golden.logistic.map((one) => [one.classCount, one] as const))('%i classes', (classCount, one) => {
    const inputs = Float64Array.from(one.inputs);
    const isBinary = classCount === 2;
    const targets = isBinary ? Float64Array.from(one.actual) : oneHot(one.actual, classCount);
    const model = fitLinearModel(
      dataOf(inputs, one.inputCount, targets),
      isBinary ? 'binary' : 'classification',
    );
    expectClose(
      `logistic regression, ${classCount} classes`,
      predictLinear(model, inputs),
      one.probabilities,
      {
        allowed: 5e-6,
        whyLoose: 'both stop within a tolerance, here early, there late',
      },
    );
  });

  it('leaves class weights out of account', () => {
    const one = golden.logistic[1];
    const inputs = Float64Array.from(one.inputs);
    const targets = oneHot(one.actual, one.classCount);
    const weighted = targets.map((value, at) => value * (1 + (at % one.classCount)));
    const fit = (of: Float64Array) => fitLinearModel(dataOf(inputs, one.inputCount, of), 'classification');
    expect(fit(weighted)).toEqual(fit(targets));
  });

  it('stays finite where a line separates the classes, or there is one class only', () => {
    const inputs = Float64Array.of(-2, -1, 1, 2);
    for (const targets of [Float64Array.of(0, 0, 1, 1), new Float64Array(4), Float64Array.of(1, 1, 1, 1)]) {
      const model = fitLinearModel(dataOf(inputs, 1, targets), 'binary');
      const probabilities = predictLinear(model, inputs);
      expect([...model.weights, ...model.intercepts].every(Number.isFinite)).toBe(true);
      expect(probabilities.map((value) => (value >= 0.5 ? 1 : 0))).toEqual(targets);
    }
    const oneClass = fitLinearModel(dataOf(inputs, 1, oneHot([2, 2, 2, 2], 3)), 'classification');
    expect([...predictLinear(oneClass, inputs)].every((value) => value >= 0 && value <= 1)).toBe(true);
  });

  it('fits several outputs of 0 and 1 as it fits each', () => {
    const random = new Random(3);
    const inputs = random.floats(120);
    const targets = Float64Array.from({ length: 80 }, () => random.pick([0, 1]));
    const both = predictLinear(fitLinearModel(dataOf(inputs, 3, targets), 'binary'), inputs);
    for (const output of [0, 1]) {
      const own = targets.filter((_, at) => at % 2 === output);
      const alone = predictLinear(fitLinearModel(dataOf(inputs, 3, own), 'binary'), inputs);
      expectClose(
        `output ${output}`,
        both.filter((_, at) => at % 2 === output),
        alone,
        { allowed: 5e-6 },
      );
    }
  });
});

describe('a table too large for the time a baseline may take', () => {
  it('is fitted on a sample, always the same, that keeps no rhythm of the rows', () => {
    const rowCount = 130_000;
    const inputCount = 20;
    const random = new Random(5);
    const inputs = Float64Array.from({ length: rowCount * inputCount }, () => random.uniform(-1, 1));
    // Two classes in turn: every second row would be of one class.
    const targets = Float64Array.from({ length: rowCount }, (_, row) => row % 2);
    for (let row = 0; row < rowCount; row++) inputs[row * inputCount] += 0.2 * (row % 2);
    const data = dataOf(inputs, inputCount, targets);
    const model = fitLinearModel(data, 'binary');
    expect(model.fittedRowCount).toBeGreaterThan(10_000);
    expect(model.fittedRowCount).toBeLessThan(rowCount);
    expect(fitLinearModel(data, 'binary')).toEqual(model);
    const measures = measureOutputs('binary', {
      targets,
      predictions: predictLinear(model, inputs),
      outputCount: 1,
    });
    // The classes overlap for nine rows in ten; the tenth is told apart.
    expect(measures.task === 'binary' && measures.outputs[0].accuracy).toBeGreaterThan(0.53);
  });
});

describe('the constant baseline', () => {
  it('is the mean of a number', () => {
    const targets = Float64Array.of(1, 10, 2, 20, 6, 60);
    expect([...constantPrediction(dataOf(Float64Array.of(1, 2, 3), 1, targets), 'regression')]).toEqual([
      3, 30,
    ]);
  });

  it('is the more frequent of 0 and 1, and the most frequent class', () => {
    const inputs = Float64Array.of(1, 2, 3, 4);
    const constantOf = (targets: Float64Array, task: 'binary' | 'classification') => [
      ...constantPrediction(dataOf(inputs, 1, targets), task),
    ];
    expect(constantOf(Float64Array.of(0, 1, 1, 1), 'binary')).toEqual([1]);
    expect(constantOf(Float64Array.of(0, 1, 0, 1), 'binary')).toEqual([0]);
    expect(constantOf(oneHot([0, 2, 1, 2], 3), 'classification')).toEqual([0, 0, 1]);
    expect(constantOf(oneHot([2, 1, 1, 2], 3), 'classification')).toEqual([0, 1, 0]);
    // Balanced: rare classes weigh more, and are no more frequent for it.
    expect(constantOf(Float64Array.of(4, 0, 0, 1, 0, 1, 0, 1), 'classification')).toEqual([0, 1]);
  });

  it('has an R² of 0, an AUC of one half, and the accuracy of its class', () => {
    const numbers = Float64Array.of(1, 2, 6);
    const mean = constantPrediction(dataOf(numbers, 1, numbers), 'regression');
    const ofMean = measureOutputs('regression', {
      targets: numbers,
      predictions: repeatPrediction(mean, 3),
      outputCount: 1,
    });
    expect(ofMean).toMatchObject({ outputs: [{ r2: 0, mae: 2 }] });
    const labels = Float64Array.of(0, 1, 1, 1);
    const majority = constantPrediction(dataOf(labels, 1, labels), 'binary');
    const ofMajority = measureOutputs('binary', {
      targets: labels,
      predictions: repeatPrediction(majority, 4),
      outputCount: 1,
    });
    expect(ofMajority).toMatchObject({ outputs: [{ accuracy: 0.75, rocAuc: 0.5 }] });
  });
});

describe('the measures of a task', () => {
  it('take the threshold for binary outputs, one by one', () => {
    const judged = {
      targets: Float64Array.of(0, 1, 1, 0),
      predictions: Float64Array.of(0.1, 0.4, 0.6, 0.7),
      outputCount: 2,
    };
    expect(measureOutputs('binary', judged)).toMatchObject({
      outputs: [
        { accuracy: 1, rocAuc: 1 },
        { accuracy: 0, rocAuc: 0 },
      ],
    });
    expect(measureOutputs('binary', judged, 0.05)).toMatchObject({
      outputs: [{ accuracy: 0.5 }, { accuracy: 0.5 }],
    });
  });

  it('take the largest output for classes', () => {
    const targets = oneHot([0, 1, 2], 3);
    const predictions = Float64Array.of(0.5, 0.3, 0.2, 0.1, 0.2, 0.7, 0.1, 0.2, 0.7);
    expect(measureOutputs('classification', { targets, predictions, outputCount: 3 })).toMatchObject({
      classes: { accuracy: 2 / 3, confusion: Uint32Array.of(1, 0, 0, 0, 0, 1, 0, 0, 1) },
    });
  });
});

test.each([
  [
    'a linear model of nothing',
    () => fitLinearModel(dataOf(new Float64Array(0), 1, new Float64Array(0)), 'regression'),
    'A linear model needs at least 1 row and 1 input; there are 0 and 1. Leave it out.',
  ],
  [
    'a linear model of a wide table',
    () => fitLinearModel(dataOf(new Float64Array(1000), 1000, Float64Array.of(1)), 'regression'),
    'The linear model takes at most 800 inputs and 16,384 inputs × outputs; there are 1,000 × 1. Leave it out, or leave inputs out.',
  ],
  [
    'a binary target of 2',
    () =>
      measureOutputs('binary', {
        targets: Float64Array.of(0, 2),
        predictions: Float64Array.of(0, 1),
        outputCount: 1,
      }),
    'A binary target is 0 or 1; row 2 has 2. Make the task a regression.',
  ],
])('refuses %s in one sentence', (_what, act, sentence) => {
  expect(act).toThrow(new InputError(sentence));
});
