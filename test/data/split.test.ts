import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitRows } from '../../src/data/split.ts';
import { refusalOf } from './support.ts';

const rowsOf = (count: number): Uint32Array => new Uint32Array(count).map((_, row) => row);

describe('splitting rows', () => {
  test('without shares every row trains, in order', () => {
    const parts = splitRows(rowsOf(5), { validation: 0, test: 0, seed: 1 });
    expect(parts).toEqual({
      training: rowsOf(5),
      validation: new Uint32Array(0),
      test: new Uint32Array(0),
    });
  });

  test('the same seed draws the same rows, another seed others', () => {
    const draw = (seed: number) => splitRows(rowsOf(100), { validation: 0.2, test: 0.1, seed });
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7).validation).not.toEqual(draw(8).validation);
  });

  test('rows are drawn evenly from the whole table', () => {
    const counts = new Float64Array(10);
    for (let seed = 0; seed < 2_000; seed++) {
      for (const row of splitRows(rowsOf(10), { validation: 0.3, test: 0, seed }).validation) counts[row]++;
    }
    // 600 each, give or take 4.4 standard deviations (20.5).
    for (const count of counts) expect(Math.abs(count - 600)).toBeLessThan(90);
  });

  test('every part has its share, of every class within one row, in the order of the file', () => {
    const share = fc.constantFrom(0, 0.01, 0.1, 0.15, 0.2, 0.25);
    const options = fc.record({ validation: share, test: share, seed: fc.nat() });
    // Every class has at least 4 rows.
    const classes = fc
      .array(fc.integer({ min: 0, max: 3 }), { minLength: 10, maxLength: 120 })
      .map((drawn) => Int32Array.from([...drawn, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3]));
    fc.assert(
      fc.property(options, classes, fc.boolean(), (chosen, classOf, isByClass) => {
        const rows = rowsOf(classOf.length).filter((row) => row % 7 !== 3);
        const parts = splitRows(rows, chosen, isByClass ? classOf : undefined);
        const all = [...parts.training, ...parts.validation, ...parts.test];
        expect(all.toSorted((a, b) => a - b)).toEqual([...rows]);
        for (const name of ['validation', 'test'] as const) {
          const part = parts[name];
          expect(part).toEqual(part.toSorted());
          const wanted = chosen[name] && Math.max(1, Math.round(rows.length * chosen[name]));
          expect(part.length).toBe(wanted);
          if (!isByClass) continue;
          for (let k = 0; k < 4; k++) {
            const ofClass = (some: Uint32Array) => some.filter((row) => classOf[row] === k).length;
            expect(Math.abs(ofClass(part) - chosen[name] * ofClass(rows))).toBeLessThan(1);
          }
        }
        expect(parts.training).toEqual(parts.training.toSorted());
      }),
      { numRuns: 1_000 },
    );
  });

  test('the only row of a class trains', () => {
    const classOf = Int32Array.of(0, 0, 0, 0, 1, 2);
    for (let seed = 0; seed < 50; seed++) {
      const {
        training,
        validation,
        test: last,
      } = splitRows(rowsOf(6), { validation: 0.3, test: 0.3, seed }, classOf);
      expect([...training]).toEqual(expect.arrayContaining([4, 5]));
      expect([validation.length, last.length, training.length]).toEqual([2, 1, 3]);
    }
  });

  test.each([
    [
      5,
      { validation: 1, test: 0, seed: 1 },
      'The share of rows for validation must be a number from 0 to below 1, not 1.',
    ],
    [
      5,
      { validation: 0, test: NaN, seed: 1 },
      'The share of rows for test must be a number from 0 to below 1, not NaN.',
    ],
    [
      5,
      { validation: 0.5, test: 0.5, seed: 1 },
      'The shares for validation (0.5) and test (0.5) leave no rows to train on. Together they must be below 1.',
    ],
    [
      5,
      { validation: 0, test: 0, seed: -1 },
      'The seed of the split must be a whole number from 0 to 4,294,967,295, not -1.',
    ],
    [
      2,
      { validation: 0.2, test: 0.2, seed: 1 },
      '2 rows with a target cannot be shared out among training and validation and test. Give more rows, or keep none apart (a share of 0).',
    ],
    [
      1,
      { validation: 0.2, test: 0, seed: 1 },
      '1 row with a target cannot be shared out among training and validation. Give more rows, or keep none apart (a share of 0).',
    ],
  ])('%i rows with %j are refused', (count, options, sentence) => {
    expect(refusalOf(() => splitRows(rowsOf(count), options))).toBe(sentence);
  });

  test('classes of one row each leave none to keep apart', () => {
    const split = () => splitRows(rowsOf(2), { validation: 0.2, test: 0, seed: 1 }, Int32Array.of(0, 1));
    expect(refusalOf(split)).toContain('and every class needs one of them in training');
  });
});
