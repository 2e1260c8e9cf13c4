import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inferColumns } from '../../src/data/columns.ts';
import { prepareDataset, type Dataset } from '../../src/data/dataset.ts';
import { prepareFolds, type FoldOptions } from '../../src/data/folds.ts';
import { refusalOf, tableOf } from './support.ts';

const plain: FoldOptions = { scaling: 'none', missing: 'drop', test: 0, seed: 1 };

type Cell = number | string | null;
type Columns = readonly (readonly [string, readonly Cell[]])[];

/** The last column is the target. */
function prepare(columns: Columns, foldCount: number, options: Partial<FoldOptions> = {}): Dataset[] {
  const table = tableOf(columns);
  return prepareFolds(table, inferColumns(table), { ...plain, ...options }, foldCount);
}

const sorted = (rows: Iterable<number>) => [...rows].toSorted((a, b) => a - b);
const heldOut = ({ rows }: Dataset) => rows.validation;
const NAMES = ['a', 'b', 'c'];

/** At least 4 rows of each of three classes, so that 9 folds always have one each; a few without a target. */
const drawn = fc.record({
  classes: fc
    .array(fc.option(fc.constantFrom(...NAMES), { freq: 9 }), { minLength: 4, maxLength: 60 })
    .map((some) => [...NAMES, ...NAMES, ...some, ...NAMES, ...NAMES]),
  foldCount: fc.integer({ min: 2, max: 9 }),
  test: fc.constantFrom(0, 0.1, 0.2),
  seed: fc.nat(),
  isByClass: fc.boolean(),
});

function columnsOf(classes: readonly (string | null)[], isByClass: boolean): Columns {
  return [
    ['x', classes.map((_, row) => (row * 37) % 101)],
    ['y', isByClass ? classes : classes.map((name, row) => name && row + 0.5)],
  ];
}

describe('the rows of folds', () => {
  test('every row is held out once, and trains all other folds, in the order of the file', () => {
    fc.assert(
      fc.property(drawn, ({ classes, foldCount, test: share, seed, isByClass }) => {
        const folds = prepare(columnsOf(classes, isByClass), foldCount, { test: share, seed });
        expect(folds).toHaveLength(foldCount);
        const all = classes.flatMap((name, row) => (name === null ? [] : [row]));
        const last = folds[0].rows.test;
        expect(last.length).toBe(share && Math.max(1, Math.round(all.length * share)));
        expect(sorted([...folds.flatMap((fold) => [...heldOut(fold)]), ...last])).toEqual(all);
        for (const { rows, training, validation, droppedRowCount } of folds) {
          expect(rows.test).toEqual(last);
          expect(sorted([...rows.training, ...rows.validation, ...last])).toEqual(all);
          expect(rows.training).toEqual(rows.training.toSorted());
          expect(rows.validation).toEqual(rows.validation.toSorted());
          expect([training.rowCount, validation?.rowCount]).toEqual([
            rows.training.length,
            rows.validation.length,
          ]);
          expect(droppedRowCount).toBe(classes.length - all.length);
        }
        const sizes = folds.map((fold) => heldOut(fold).length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
  });

  test('every fold has its share of every class within one row, and trains on each', () => {
    fc.assert(
      fc.property(drawn, ({ classes, foldCount, test: share, seed }) => {
        const folds = prepare(columnsOf(classes, true), foldCount, { test: share, seed });
        for (const name of NAMES) {
          const countIn = (rows: Uint32Array) => rows.filter((row) => classes[row] === name).length;
          const counts = folds.map((fold) => countIn(heldOut(fold)));
          const wanted = counts.reduce((sum, count) => sum + count) / foldCount;
          for (const count of counts) expect(Math.abs(count - wanted)).toBeLessThan(1);
          for (const { rows } of folds) expect(countIn(rows.training)).toBeGreaterThan(0);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('the seed alone draws them: neither inputs nor a regression target do', () => {
    const of = (seed: number, factor: number) =>
      prepare(
        columnsOf(Array<string>(40).fill('a'), false).map(([name, values]) => [
          name,
          values.map((value) => Number(value) * factor),
        ]),
        4,
        { seed, test: 0.1, scaling: 'standard' },
      ).map(({ rows }) => rows);
    expect(of(7, 1)).toEqual(of(7, 1));
    expect(of(7, -3)).toEqual(of(7, 1));
    expect(of(8, 1)).not.toEqual(of(7, 1));
  });

  test('the test part is the one that a dataset without a validation part keeps apart', () => {
    fc.assert(
      fc.property(drawn, ({ classes, foldCount, seed, isByClass }) => {
        const options = { ...plain, test: 0.2, seed };
        const columns = columnsOf(classes, isByClass);
        const table = tableOf(columns);
        const whole = prepareDataset(table, inferColumns(table), { ...options, validation: 0 });
        expect(prepare(columns, foldCount, options)[0].rows.test).toEqual(whole.rows.test);
      }),
      { numRuns: 50 },
    );
  });

  test('rows fall into a fold evenly where a test part is set apart before', () => {
    const counts = new Float64Array(12);
    const columns = columnsOf(Array<string>(12).fill('a'), false);
    for (let seed = 0; seed < 2_000; seed++) {
      const [first] = prepare(columns, 3, { seed, test: 0.25 });
      // Of the 9 rows left 3 are held out: row i in 1 of 4 draws.
      for (const row of heldOut(first)) counts[row]++;
    }
    // 500 each, give or take 4.6 standard deviations (19.4).
    for (const count of counts) expect(Math.abs(count - 500)).toBeLessThan(90);
  });

  test('as many folds as rows leave one out each', () => {
    const folds = prepare(columnsOf(Array<string>(7).fill('a'), false), 7);
    expect(sorted(folds.map((fold) => heldOut(fold)[0]))).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(folds.map(({ training }) => training.rowCount)).toEqual(Array(7).fill(6));
  });
});

describe('what is fitted, is fitted on the training rows of a fold', () => {
  const rows = Array.from({ length: 45 }, (_, row) => row);
  const columns: Columns = [
    ['number', rows.map((row) => (row % 11 === 3 ? null : (row * 29) % 17))],
    ['colour', rows.map((row) => (row % 13 === 5 ? null : ['red', 'green', 'blue'][(row * 7) % 3]))],
    ['y', rows.map((row) => (row * 37) % 23)],
  ];

  const wildCell = fc.record({
    row: fc.constantFrom(...rows),
    column: fc.constantFrom('number', 'colour', 'y'),
    number: fc.oneof(fc.double({ min: -1e9, max: 1e9, noNaN: true }), fc.constant(null)),
    text: fc.constantFrom('violet', 'red', 'a', null),
  });
  const chosen = fc.record({
    scaling: fc.constantFrom('standard', 'min-max', 'none'),
    missing: fc.constantFrom('mean', 'median', 'most-frequent'),
    missingIndicator: fc.boolean(),
    test: fc.constantFrom(0, 0.2),
    seed: fc.nat(),
  } as const);

  test('a wild cell in a held-out row changes no bit of training and encoding, elsewhere it may', () => {
    let elsewhere = 0;
    fc.assert(
      fc.property(wildCell, chosen, ({ row: wild, column, number, text }, options) => {
        // A row without a target would be left out.
        const value = column === 'colour' ? text : column === 'y' ? (number ?? 7) : number;
        const altered = columns.map(([name, values]): [string, readonly Cell[]] => [
          name,
          name === column ? values.with(wild, value) : values,
        ]);
        const before = prepare(columns, 5, options);
        const after = prepare(altered, 5, options);
        before.forEach((fold, i) => {
          expect(after[i].rows).toEqual(fold.rows);
          if (fold.rows.training.includes(wild)) {
            if (JSON.stringify(after[i].training) !== JSON.stringify(fold.training)) elsewhere++;
            return;
          }
          expect(after[i].training).toEqual(fold.training);
          expect(after[i].encoding).toEqual(fold.encoding);
        });
      }),
      { numRuns: 300 },
    );
    expect(elsewhere).toBeGreaterThan(0);
  });

  test('class weights too', () => {
    const classes = rows.map((row) => NAMES[row % 4 === 3 ? 0 : row % 3]);
    const folds = prepare([...columns.slice(0, 2), ['y', classes]], 7, {
      missing: 'mean',
      classWeights: 'balanced',
    });
    for (const { training, rows: parts } of folds) {
      const weights = [0, 1, 2].map((index) =>
        training.targets.reduce((sum, value, at) => sum + (at % 3 === index ? value : 0), 0),
      );
      for (const weight of weights) expect(weight).toBeCloseTo(parts.training.length / 3, 10);
    }
  });

  test('a category of one row is "other" where it is held out, and an input everywhere else', () => {
    const colours = rows.map((row) => (row === 20 ? 'violet' : ['red', 'green'][row % 2]));
    const folds = prepare([['colour', colours], columns[2]], 5);
    for (const { rows: parts, inputNames, validation } of folds) {
      const place = parts.validation.indexOf(20);
      expect(inputNames.includes('colour = violet')).toBe(place < 0);
      if (place >= 0)
        expect([...(validation?.inputs.subarray(place * 3, place * 3 + 3) ?? [])]).toEqual([0, 0, 1]);
    }
    expect(folds.filter(({ inputNames }) => inputNames.length === 3)).toHaveLength(1);
  });

  test('each dataset is what a table of its training rows alone makes of them', () => {
    const filled = { missing: 'mean', scaling: 'standard', missingIndicator: true } as const;
    for (const { rows: parts, training, inputNames } of prepare(columns, 4, filled)) {
      const alone = tableOf(
        columns.map(([name, values]) => [name, [...parts.training].map((row) => values[row])] as const),
      );
      const dataset = prepareDataset(alone, inferColumns(alone), { ...plain, ...filled, validation: 0 });
      expect(dataset.training).toEqual(training);
      expect(dataset.inputNames).toEqual(inputNames);
    }
  });
});

describe('refusals', () => {
  const numbers = (count: number): Columns => columnsOf(Array<string>(count).fill('a'), false);
  test.each([
    [1, 'The number of folds must be a whole number of 2 or more, not 1; 5 or 10 is usual.'],
    [2.5, 'The number of folds must be a whole number of 2 or more, not 2.5; 5 or 10 is usual.'],
    [NaN, 'The number of folds must be a whole number of 2 or more, not NaN; 5 or 10 is usual.'],
    [
      11,
      '10 rows with a target cannot be shared out among 11 folds, which take at least 1 row each. Choose fewer ' +
        'folds, or give more rows.',
    ],
    [
      1e12,
      '10 rows with a target cannot be shared out among 1,000,000,000,000 folds, which take at least 1 row each. ' +
        'Choose fewer folds, or give more rows.',
    ],
  ])('%d folds of 10 rows', (foldCount, sentence) => {
    expect(refusalOf(() => prepare(numbers(10), foldCount))).toBe(sentence);
  });

  test('rows of the test part do not count', () => {
    expect(refusalOf(() => prepare(numbers(10), 9, { test: 0.2 }))).toBe(
      '8 rows with a target, beside 2 for the test, cannot be shared out among 9 folds, which take at least 1 row ' +
        'each. Choose fewer folds, or give more rows.',
    );
    expect(refusalOf(() => prepare(numbers(10), 2, { test: 1 }))).toContain(
      'The share of rows for test must be',
    );
    expect(refusalOf(() => prepare(numbers(10), 2, { seed: -1 }))).toContain('The seed of the split must be');
  });

  test('a class that one fold holds alone', () => {
    const classes = ['a', 'b', 'c', 'a', 'b', 'a', 'b'];
    expect(refusalOf(() => prepare(columnsOf(classes, true), 3))).toBe(
      'The class "c" of the target "y" has 1 row to share out among 3 folds; at least 2 are accepted, so that every ' +
        'fold trains on all classes. Give more rows of that class, or leave it out.',
    );
    const apart = () => prepare(columnsOf([...classes, 'c'], true), 3, { test: 0.5 });
    expect(refusalOf(apart)).toContain('has 1 row, beside 4 for the test, to share out among 3 folds');
    expect(refusalOf(apart)).toContain('keep none apart for the test, or leave it out.');
    expect(prepare(columnsOf([...classes, 'c'], true), 3)).toHaveLength(3);
  });

  test('a column that has its values in one fold only', () => {
    const columns: Columns = [
      ['x', [null, null, 3, null, null, null]],
      ['z', [1, 2, 3, 4, 5, 6]],
      ['y', [1.5, 2, 3, 4, 5, 6]],
    ];
    expect(refusalOf(() => prepare(columns, 3, { missing: 'mean' }))).toMatch(
      /^Fold [123] of 3: The column "x" has no value in any of the 4 training rows, .* Ignore the column\.$/,
    );
  });

  test('folds that together are too large', () => {
    const count = 6_000;
    const wide: Columns = [
      ['x', Array.from({ length: count }, (_, row) => row)],
      ['z', Array.from({ length: count }, (_, row) => row % 7)],
      ['y', Array.from({ length: count }, (_, row) => row / 2)],
    ];
    expect(refusalOf(() => prepare(wide, count))).toBe(
      '6,000 folds of 6,000 rows of 2 inputs, one per number and per category, are 72,000,000 numbers; at most ' +
        '67,108,864 are accepted. Choose fewer folds, ignore columns with many categories, or give fewer rows.',
    );
  });
});
