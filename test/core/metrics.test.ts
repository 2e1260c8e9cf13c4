import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  classificationMeasures,
  predictedBinary,
  predictedClasses,
  regressionMeasures,
  rocAuc,
} from '../../src/core/metrics.ts';
import { InputError } from '../../src/core/errors.ts';
import golden from './golden/measures.json' with { type: 'json' };

/** The rounding of a few hundred additions. */
const ROUNDING = 13;

function expectNumbers(actual: readonly (number | undefined)[], expected: readonly (number | null)[]): void {
  expect(actual.map((value) => value === undefined)).toEqual(expected.map((value) => value === null));
  actual.forEach((value, index) => {
    if (value !== undefined) expect(value).toBeCloseTo(expected[index] ?? NaN, ROUNDING);
  });
}

describe('classification, as scikit-learn measures it', () => {
  test.each(golden.classification.map((one) => [one.actual.length, one.classCount, one] as const))(
    '%i rows, %i classes',
    (_rows, classCount, one) => {
      const measures = classificationMeasures(
        Uint32Array.from(one.actual),
        Uint32Array.from(one.predicted),
        classCount,
      );
      expect(measures.accuracy).toBeCloseTo(one.accuracy, ROUNDING);
      expect([...measures.confusion]).toEqual(one.confusion);
      expect(measures.perClass.map(({ support }) => support)).toEqual(one.support);
      expect(measures.macroF1).toBeCloseTo(one.macroF1, ROUNDING);
      for (const name of ['precision', 'recall', 'f1'] as const) {
        expectNumbers(
          measures.perClass.map((of) => of[name]),
          one[name],
        );
      }
    },
  );

  it('leaves 0/0 undefined', () => {
    const { perClass, macroF1 } = classificationMeasures(Uint32Array.of(0, 0), Uint32Array.of(0, 1), 3);
    expect(perClass).toEqual([
      { precision: 1, recall: 0.5, f1: 2 / 3, support: 2 },
      { precision: 0, recall: undefined, f1: 0, support: 0 },
      { precision: undefined, recall: undefined, f1: undefined, support: 0 },
    ]);
    expect(macroF1).toBeCloseTo(1 / 3, ROUNDING);
  });
});

describe('ROC-AUC', () => {
  test.each(golden.auc.map((one) => [one.actual.length, one] as const))(
    'as scikit-learn: %i rows, ties among them',
    (_rows, { actual, scores, auc }) => {
      expect(rocAuc(Uint32Array.from(actual), Float64Array.from(scores))).toBeCloseTo(auc, ROUNDING);
    },
  );

  it('counts pairs, equal scores half', () => {
    const row = fc.record({ actual: fc.nat(1), score: fc.integer({ min: -3, max: 3 }) });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 30 }), (rows) => {
        const ones = rows.filter(({ actual }) => actual === 1);
        const zeros = rows.filter(({ actual }) => actual === 0);
        let wins = 0;
        for (const one of ones) {
          for (const zero of zeros) wins += one.score > zero.score ? 1 : one.score === zero.score ? 0.5 : 0;
        }
        const pairCount = ones.length * zeros.length;
        const area = rocAuc(
          Uint32Array.from(rows, ({ actual }) => actual),
          Float64Array.from(rows, ({ score }) => score),
        );
        expect(area).toBe(pairCount === 0 ? undefined : wins / pairCount);
      }),
    );
  });

  it('takes 0 and −0, and infinite scores, as numbers', () => {
    expect(rocAuc(Uint32Array.of(0, 1), Float64Array.of(0, -0))).toBe(0.5);
    expect(rocAuc(Uint32Array.of(0, 1), Float64Array.of(-Infinity, Infinity))).toBe(1);
  });

  it('sorts a million rows in a moment', () => {
    const count = 1_000_000;
    const actual = Uint32Array.from({ length: count }, (_, row) => row % 2);
    const scores = Float64Array.from({ length: count }, (_, row) => (row * 7919) % 1009);
    const start = performance.now();
    expect(rocAuc(actual, scores)).toBeGreaterThan(0.4);
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});

describe('regression', () => {
  test.each(golden.regression.map((one, index) => [index, one] as const))(
    'as scikit-learn: case %i',
    (_index, { actual, predicted, outputCount, r2, mae, rmse }) => {
      const measures = regressionMeasures(
        Float64Array.from(actual),
        Float64Array.from(predicted),
        outputCount,
      );
      measures.forEach((of, output) => {
        expect(of.r2).toBeCloseTo(r2[output], ROUNDING);
        expect(of.mae / mae[output]).toBeCloseTo(1, ROUNDING);
        expect(of.rmse / rmse[output]).toBeCloseTo(1, ROUNDING);
      });
    },
  );

  it('has no R² of a constant target, whatever its mean rounds to', () => {
    const constant = new Float64Array(7).fill(0.1);
    const [{ r2, mae }] = regressionMeasures(constant, new Float64Array(7));
    expect(r2).toBeUndefined();
    expect(mae).toBeCloseTo(0.1, ROUNDING);
  });

  it('says NaN of a run that diverged', () => {
    const [{ r2, mae, rmse }] = regressionMeasures(Float64Array.of(1, 2), Float64Array.of(NaN, 2));
    expect([r2, mae, rmse]).toEqual([NaN, NaN, NaN]);
  });
});

describe('predicted classes', () => {
  it('are the largest of a row, the first of equal ones', () => {
    const outputs = Float64Array.of(0.1, 0.7, 0.2, 0.4, 0.4, 0.2, -3, -1, -2);
    expect([...predictedClasses(outputs, 3)]).toEqual([1, 0, 1]);
  });

  it('are 1 from the threshold on', () => {
    const probabilities = Float64Array.of(0, 0.2, 0.5, 0.8, 1);
    expect([...predictedBinary(probabilities)]).toEqual([0, 0, 1, 1, 1]);
    expect([...predictedBinary(probabilities, 0.8)]).toEqual([0, 0, 0, 1, 1]);
    expect([...predictedBinary(probabilities, 0)]).toEqual([1, 1, 1, 1, 1]);
    expect([...predictedBinary(probabilities, 1)]).toEqual([0, 0, 0, 0, 1]);
  });
});

test.each([
  [
    'no rows',
    () => rocAuc(new Uint32Array(0), new Float64Array(0)),
    'There are 0 rows to measure; give at least 1.',
  ],
  [
    'too few predictions',
    () => classificationMeasures(Uint32Array.of(0, 1), Uint32Array.of(0), 2),
    'There are 2 rows but 1 prediction; give one prediction per row.',
  ],
  [
    'an unknown class',
    () => classificationMeasures(Uint32Array.of(0, 1), Uint32Array.of(0, 5), 2),
    'Class indices go from 0 to 1; row 2 has 5. Say how many classes there are.',
  ],
  [
    'a hundred thousand classes',
    () => classificationMeasures(Uint32Array.of(0), Uint32Array.of(0), 100_000),
    'Classes are measured where there are 1 to 4,096 of them, not 100,000; merge rare ones.',
  ],
  [
    'a threshold of 50',
    () => predictedBinary(Float64Array.of(0.5), 50),
    'The threshold must be a number from 0 to 1, not 50; 0.5 is usual.',
  ],
  [
    'NaN',
    () => predictedClasses(Float64Array.of(1, 2, 3, NaN), 2),
    'The prediction of row 2 is NaN, which is of no class: the run diverged. Use a lower learning rate.',
  ],
  [
    'a third class',
    () => rocAuc(Uint32Array.of(0, 2), Float64Array.of(0, 1)),
    'ROC-AUC takes the classes 0 and 1; row 2 has 2. Measure two classes only.',
  ],
])('refuses %s in one sentence', (_what, measure, sentence) => {
  expect(measure).toThrow(new InputError(sentence));
});
