import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { measureOutputs, type Judged, type Measures } from '../../src/core/baselines.ts';
import { InputError } from '../../src/core/errors.ts';
import { foldSummary, type FoldMeasure } from '../../src/core/fold-measures.ts';
import type { RegressionMeasures } from '../../src/core/metrics.ts';

/** The rounding of a few additions. */
const ROUNDING = 12;

function judged(targets: readonly number[], predictions: readonly number[], outputCount = 1): Judged {
  return {
    targets: Float64Array.from(targets),
    predictions: Float64Array.from(predictions),
    outputCount,
  };
}

function regression(...outputs: readonly RegressionMeasures[]): Measures {
  return { task: 'regression', outputs };
}

/** The R² of folds that have those. */
function r2Of(values: readonly (number | undefined)[]): FoldMeasure {
  const summary = foldSummary(values.map((r2) => regression({ r2, mae: 1, rmse: 1 })));
  if (summary.task !== 'regression') throw new Error(summary.task);
  return summary.outputs[0].r2;
}

describe('one measure over folds', () => {
  test('mean and sample standard deviation, with n − 1', () => {
    // Σ(v − 5)² = 32 over 8 values.
    const { mean, deviation, values } = r2Of([2, 4, 4, 4, 5, 5, 7, 9]);
    expect(mean).toBe(5);
    expect(deviation).toBeCloseTo(Math.sqrt(32 / 7), ROUNDING);
    expect(values).toEqual([2, 4, 4, 4, 5, 5, 7, 9]);
  });

  test('moves with the values and grows with them', () => {
    const value = fc.double({ min: -100, max: 100, noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 2, maxLength: 10 }), value, value, (values, shift, factor) => {
        const before = r2Of(values);
        const after = r2Of(values.map((one) => one * factor + shift));
        expect(after.mean).toBeCloseTo((before.mean ?? NaN) * factor + shift, 8);
        expect(after.deviation).toBeCloseTo((before.deviation ?? NaN) * Math.abs(factor), 8);
        // Twice the variance is the mean square of the differences of all pairs.
        const squares = values.flatMap((a, i) => values.slice(i + 1).map((b) => (a - b) ** 2));
        const variance = squares.reduce((sum, square) => sum + square, 0) / squares.length / 2;
        expect(before.deviation).toBeCloseTo(Math.sqrt(variance), 8);
      }),
    );
  });

  test('folds without the measure are counted, and the others averaged', () => {
    expect(r2Of([0.5, undefined, 0.7, undefined])).toEqual({
      values: [0.5, undefined, 0.7, undefined],
      undefinedCount: 2,
      divergedCount: 0,
      mean: expect.closeTo(0.6, ROUNDING) as number,
      deviation: expect.closeTo(Math.sqrt(0.02), ROUNDING) as number,
    });
    expect(r2Of([undefined, undefined])).toMatchObject({
      undefinedCount: 2,
      mean: undefined,
      deviation: undefined,
    });
  });

  test('one value has no deviation', () => {
    expect(r2Of([0.5])).toMatchObject({ mean: 0.5, deviation: undefined });
    expect(r2Of([undefined, 0.5])).toMatchObject({ undefinedCount: 1, mean: 0.5, deviation: undefined });
  });

  test.each([NaN, Infinity, -Infinity])('a fold at %d is not averaged away', (value) => {
    expect(r2Of([0.5, value, undefined, 0.7])).toEqual({
      values: [0.5, value, undefined, 0.7],
      undefinedCount: 1,
      divergedCount: 1,
      mean: NaN,
      deviation: NaN,
    });
  });
});

describe('the measures of a task', () => {
  test('regression: every output for itself', () => {
    const folds = [
      judged([1, 10, 2, 30], [1, 20, 3, 10], 2),
      judged([1, 10, 1, 20, 1, 30], [1, 10, 1, 20, 4, 30], 2),
    ].map((rows) => measureOutputs('regression', rows));
    const summary = foldSummary(folds);
    if (summary.task !== 'regression') throw new Error(summary.task);
    const [first, second] = summary.outputs;
    expect(summary.outputs).toHaveLength(2);
    expect(first.mae.values).toEqual([0.5, 1]);
    expect(second.mae.mean).toBe(7.5);
    // The first target is constant in the second fold.
    expect(first.r2.values).toEqual([-1, undefined]);
    expect(first.r2.undefinedCount).toBe(1);
    expect(second.rmse.values).toEqual([Math.sqrt(250), 0]);
  });

  test('binary: AUC is left out where a fold has one class only', () => {
    const folds = [
      judged([0, 1, 1, 0], [0.1, 0.9, 0.8, 0.6]),
      judged([1, 1], [0.9, 0.2]),
      judged([0, 1], [0.7, 0.6]),
    ].map((rows) => measureOutputs('binary', rows));
    const summary = foldSummary(folds);
    if (summary.task !== 'binary') throw new Error(summary.task);
    const [{ rocAuc, accuracy, perClass, confusion }] = summary.outputs;
    expect(rocAuc).toMatchObject({ values: [1, undefined, 0], undefinedCount: 1, mean: 0.5 });
    expect(accuracy.values).toEqual([0.75, 0.5, 0.5]);
    expect([...confusion]).toEqual([1, 2, 1, 4]);
    expect(perClass.map(({ support }) => support)).toEqual([3, 5]);
    expect(perClass[0].recall.values).toEqual([0.5, undefined, 0]);
  });

  test('classification: the rows of all folds are counted together', () => {
    const oneHot = (indices: readonly number[]) =>
      indices.flatMap((index) => [0, 1, 2].map((k) => Number(k === index)));
    const indices = fc.array(fc.tuple(fc.nat(2), fc.nat(2)), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.array(indices, { minLength: 1, maxLength: 6 }), (folds) => {
        const measure = (rows: readonly (readonly [number, number])[]) =>
          measureOutputs(
            'classification',
            judged(oneHot(rows.map(([actual]) => actual)), oneHot(rows.map(([, said]) => said)), 3),
          );
        const each = folds.map(measure);
        const summary = foldSummary(each);
        const pooled = measure(folds.flat());
        if (summary.task !== 'classification' || pooled.task !== 'classification')
          throw new Error(summary.task);
        const { confusion, perClass, accuracy } = summary.classes;
        expect(confusion).toEqual(pooled.classes.confusion);
        expect(perClass.map(({ support }) => support)).toEqual(
          pooled.classes.perClass.map(({ support }) => support),
        );
        // Weighted by their rows, the folds' accuracies are that of all rows.
        const right = folds.reduce((sum, rows, i) => sum + rows.length * (accuracy.values[i] ?? NaN), 0);
        expect(right / folds.flat().length).toBeCloseTo(pooled.classes.accuracy, ROUNDING);
        expect(perClass[1].f1.values).toEqual(
          each.map((fold) => (fold.task === 'classification' ? fold.classes.perClass[1].f1 : NaN)),
        );
      }),
    );
  });
});

describe('refusals', () => {
  const one = regression({ r2: 1, mae: 0, rmse: 0 });
  test.each([
    ['no folds', [], 'There are 0 folds to sum up; give the measures of at least 1.'],
    [
      'another task',
      [one, measureOutputs('binary', judged([0, 1], [0, 1]))],
      'Folds are summed up if they are of one table; fold 1 is a regression task of 1 output, and fold 2 a binary ' +
        'task of 1 output. Measure every fold on the same target.',
    ],
    [
      'another number of outputs',
      [one, one, regression({ r2: 1, mae: 0, rmse: 0 }, { r2: 1, mae: 0, rmse: 0 })],
      'Folds are summed up if they are of one table; fold 1 is a regression task of 1 output, and fold 3 a ' +
        'regression task of 2 outputs. Measure every fold on the same target.',
    ],
    [
      'another number of classes',
      [2, 3].map((count) =>
        measureOutputs('classification', judged([1, 0, 0, 1, 0, 0], [1, 0, 0, 1, 0, 0], count)),
      ),
      'Folds are summed up if they are of one table; fold 1 is a classification task of 2 classes, and fold 2 a ' +
        'classification task of 3 classes. Measure every fold on the same target.',
    ],
  ])('%s', (_what, measures, sentence) => {
    expect(() => foldSummary(measures)).toThrow(new InputError(sentence));
  });
});
