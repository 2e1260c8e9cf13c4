import { describe, expect, test } from 'vitest';
import { inferColumns, type ColumnPlan } from '../../src/data/columns.ts';
import { readTable } from '../../src/data/csv.ts';
import { prepareDataset, type DatasetOptions } from '../../src/data/dataset.ts';
import { encodeInputs, encodeRows } from '../../src/data/encode.ts';
import { inferTask } from '../../src/data/targets.ts';
import { refusalOf, tableOf } from './support.ts';

type Values = readonly (number | string | null)[];
type Columns = readonly (readonly [string, Values])[];

const plain: DatasetOptions = { scaling: 'none', missing: 'drop', validation: 0, test: 0, seed: 1 };
const rows = Array.from({ length: 30 }, (_, row) => row);

/** What `prepareDataset` says; the last column is the target unless others are named. */
function refused(
  columns: Columns,
  options: Partial<DatasetOptions> = {},
  choices: Parameters<typeof inferColumns>[1] = {},
): string {
  const table = tableOf(columns);
  const plans = inferColumns(table, choices);
  return refusalOf(() => prepareDataset(table, plans, { ...plain, ...options }));
}

const x: readonly [string, Values] = ['x', [1, 2, 3, 4]];
const category = { types: new Map([['x', 'category' as const]]) };

describe('one clear sentence for', () => {
  test.each([
    [
      'a constant target',
      refused([x, ['y', [7, 7, 7, 7]]]),
      'The target "y" is "7" in all 4 rows that can be used, so there is nothing to learn. Choose another target.',
    ],
    [
      'a target of one class',
      refused([x, ['y', ['a', 'a', null, 'a']]]),
      'The target "y" is "a" in all 3 rows that can be used, so there is nothing to learn. Choose another target.',
    ],
    [
      'a table of one row',
      refused([
        ['x', [1]],
        ['y', [2]],
      ]),
      'The target "y" is "2" in the only row that can be used, so there is nothing to learn. Choose another target.',
    ],
    [
      'a target without values',
      refused([x, ['y', [null, 'NA', '?', 'NaN']]]),
      'The target "y" has no value in any of the 4 rows. Choose another target.',
    ],
    [
      'no complete row',
      refused([x, ['z', [1, null, null, null]], ['y', [null, 1, 2, 3]]]),
      'None of the 4 rows is complete; "z" has no value in 3 of them. Ignore that column, or fill missing inputs.',
    ],
    [
      'a class a row',
      refused([x, ['y', ['a', 'b', 'c', 'd']]]),
      'The target "y" has 4 classes in 4 rows, every one once, so none can be learned. Choose another target, or make it one of numbers and the task regression.',
    ],
    [
      'fractions as classes',
      refused([x, ['y', [1, 2.5, 1, 2]]], { task: 'classification' }),
      'The target "y" holds 2.5, and numbers are classes only if they are whole. Choose the task regression, or make the column a category.',
    ],
    [
      'a regression of categories',
      refused([x, ['y', ['a', 'b', 'a', 'b']]], { task: 'regression' }),
      'The target "y" has categories, and a regression needs numbers. Choose the task classification, or make the column one of numbers.',
    ],
    [
      'a binary task of three classes',
      refused([x, ['y', ['a', 'b', 'c', 'b']]], { task: 'binary' }),
      'The target "y" has 3 different values, and a binary task takes 2. Choose the task classification, or another target.',
    ],
    [
      'a target of categories among several',
      refused([x, ['y', ['a', 'b', 'a', 'b']], ['z', [1, 2, 3, 4]]], {}, { targets: ['y', 'z'] }),
      'There are 2 targets, but the target "y" has categories; 1 target is accepted then. Choose 1, or only targets of numbers.',
    ],
    [
      'a classification of several targets',
      refused(
        [x, ['y', [1, 2, 3, 4]], ['z', [1, 2, 3, 4]]],
        { task: 'classification' },
        { targets: ['y', 'z'] },
      ),
      'There are 2 targets, but the task is classification and the targets are not all numbers 0 and 1; 1 target is accepted then. Choose 1, or only targets of numbers.',
    ],
    [
      'class weights of a binary task',
      refused([x, ['y', [0, 1, 0, 1]]], { classWeights: 'balanced' }),
      'Class weights are for a classification, and the task is binary. Choose the task classification.',
    ],
    [
      'an indicator where rows are dropped',
      refused([x, ['y', [0, 1, 0, 1]]], { missingIndicator: true }),
      'An indicator of missing values needs rows that have some, and missing is "drop". Fill them (mean, median, most-frequent), or leave the indicator out.',
    ],
    [
      'an unknown scaling',
      refused([x, ['y', [0, 1, 0, 1]]], { scaling: 'robust' as 'none' }),
      'The scaling must be one of none, standard, min-max, not "robust".',
    ],
    [
      'a word among numbers',
      refused([
        ['x', rows.map((row) => (row === 7 ? '12 cm' : row))],
        ['y', rows.map((row) => row % 2)],
      ]),
      '1 cell of a column of numbers is not a number: "12 cm" in data row 8, column "x". Write numbers as 3, -0.5 or 1e-3 and leave a missing one empty, or count words as missing, or make the column a category, or ignore it.',
    ],
    [
      'a decimal comma among numbers',
      refused([
        ['x', rows.map((row) => (row === 7 ? '1,5' : row))],
        ['y', rows],
      ]),
      '1 cell of a column of numbers is not a number: "1,5" in data row 8, column "x". If the comma stands before the decimals, read the table with the decimal ",".',
    ],
    [
      'words in several columns of numbers',
      refused([
        ['x', rows.map((row) => (row % 10 === 0 ? '-' : row))],
        ['y', rows.map((row) => (row === 10 ? '?!' : row))],
      ]),
      '4 cells of columns of numbers are not numbers: "-" in data row 1, column "x"; "-" in data row 11, column "x"; "?!" in data row 11, column "y"; and 1 more. Write numbers as 3, -0.5 or 1e-3 and leave a missing one empty, or count words as missing, or make the column a category, or ignore it.',
    ],
    [
      'numbers beyond float32',
      refused([
        ['x', [1e308, -1e308, 1, '1e999']],
        ['y', [1, 2, 3, 4]],
      ]),
      '3 cells are too large: "1e+308" in data row 1, column "x"; "-1e+308" in data row 2, column "x"; "Infinity" in data row 4, column "x". Numbers from -3.4e38 to 3.4e38 (float32) are accepted; rescale the column, or ignore it.',
    ],
  ])('%s', (_, said, sentence) => {
    expect(said).toBe(sentence);
  });

  test('a word in row 90,000', async () => {
    const lines = Array.from(
      { length: 100_000 },
      (_, row) => `${row === 89_999 ? 'oops' : row * 0.5},${row % 2}`,
    );
    const table = await readTable(`x,y\n${lines.join('\n')}`);
    const plans = inferColumns(table);
    expect(refusalOf(() => prepareDataset(table, plans, plain))).toContain(
      '1 cell of a column of numbers is not a number: "oops" in data row 90,000, column "x".',
    );
    const ignored = inferColumns(tableOf([x, ['z', [1, 2, 3, 4]], ['y', [1, 2, 3, 5]]]), { ignore: ['z'] });
    expect(ignored.map(({ role }) => role)).toEqual(['input', 'ignored', 'target']);
  });

  test('a column of 100,000 categories, as input and as target', async () => {
    const lines = Array.from({ length: 200_000 }, (_, row) => `t${row % 100_000},${row % 2}`);
    const table = await readTable(`x,y\n${lines.join('\n')}`);
    expect(refusalOf(() => prepareDataset(table, inferColumns(table), plain))).toBe(
      'The column "x" has 100,000 different categories; at most 1,000 are accepted, each is an input. Ignore the column, group its values, or make it one of numbers.',
    );
    const asTarget = inferColumns(table, { targets: ['x'] });
    expect(inferTask(table, asTarget)).toBe('classification');
    expect(refusalOf(() => prepareDataset(table, asTarget, plain))).toBe(
      'The target "x" has 100,000 classes; at most 1,000 are accepted. Choose another target, or make it one of numbers and the task regression.',
    );
  });

  test('a column of more texts than are kept, made an input or a target after all', async () => {
    const lines = Array.from({ length: 100_002 }, (_, row) => `t${row},${row % 2}`);
    const table = await readTable(`x,y\n${lines.join('\n')}`);
    const asInput: ColumnPlan[] = [
      { name: 'x', type: 'category', role: 'input' },
      { name: 'y', type: 'number', role: 'target' },
    ];
    expect(refusalOf(() => prepareDataset(table, asInput, plain))).toContain(
      'The column "x" has more than 100,000 different categories',
    );
    const asTarget: ColumnPlan[] = [
      { name: 'x', type: 'category', role: 'target' },
      { name: 'y', type: 'number', role: 'input' },
    ];
    expect(refusalOf(() => prepareDataset(table, asTarget, plain))).toContain(
      'The target "x" has more than 100,000 different texts',
    );
    expect(
      refusalOf(() => prepareDataset(table, [{ ...asInput[0], type: 'number' }, asInput[1]], plain)),
    ).toContain('100,002 cells of columns of numbers are not numbers: "t0" in data row 1');
  });

  test('more encoded cells, and more inputs, than accepted', () => {
    const wide: Columns = [...Array.from({ length: 11 }, (_, i) => [`c${i}`, Array.from({ length: 1_000 }, (_unused, row) => row)] as const), ['y', Array.from({ length: 1_000 }, (_, row) => row % 2)]]; // prettier-ignore
    const types = new Map(Array.from({ length: 11 }, (_, i) => [`c${i}`, 'category' as const]));
    expect(refused(wide, {}, { types })).toBe(
      'The columns make 11,011 inputs, one per number and per category; at most 10,000 are accepted. Ignore columns with many categories.',
    );
  });

  test('plans that are not of the table', () => {
    const table = tableOf([x, ['y', [1, 2, 3, 4]]]);
    const [input, target] = inferColumns(table);
    const said = (plans: ColumnPlan[]) => refusalOf(() => prepareDataset(table, plans, plain));
    expect(said([input, input, target])).toBe(
      'The column "x" is planned twice. Plan every column of the table once.',
    );
    expect(said([input, { ...target, name: 'toString' }])).toContain(
      'The table has no column "toString", which is meant to be there (',
    );
    expect(said([input])).toBe(
      'The table has 1 input column and 0 target columns. Choose at least 1 of each.',
    );
  });

  test('an input without any value in the training rows', () => {
    const table: Columns = [x, ['z', [null, null, null, null]], ['y', [1, 2, 3, 4]]];
    for (const type of ['number', 'category'] as const) {
      const plans: ColumnPlan[] = [
        { name: 'x', type: 'number', role: 'input' },
        { name: 'z', type, role: 'input' },
        { name: 'y', type: 'number', role: 'target' },
      ];
      const prepare = () => prepareDataset(tableOf(table), plans, { ...plain, missing: 'mean' });
      expect(refusalOf(prepare)).toBe(
        'The column "z" has no value in any of the 4 training rows, so nothing is there to fill its missing values with. Ignore the column.',
      );
    }
  });

  test('rows that cannot be encoded later', () => {
    const prepareWith = (options: Partial<DatasetOptions>) => {
      const table = tableOf([x, ['colour', ['a', 'b', 'a', 'b']], ['y', [1, 2, 3, 4]]]);
      return prepareDataset(table, inferColumns(table), { ...plain, ...options }).encoding;
    };
    const encoding = prepareWith({});
    const write = (rowsWritten: string[][], chosen = encoding) =>
      refusalOf(() => encodeRows(['x', 'colour'], rowsWritten, chosen));
    expect(write([['1', 'a'], ['', 'a']])).toBe(
      'Data row 2 has no value in column "x", and the network was trained on complete rows only. Give it a value, or train with missing values filled.',
    ); // prettier-ignore
    expect(write([['1', '?']])).toContain('Data row 1 has no value in column "colour"');
    expect(write([['one', 'a']])).toContain('"one" in data row 1, column "x"');
    expect(write([['1e39', 'a']])).toContain('"1e+39" in data row 1, column "x"');
    expect(write([['1', 'a', '2']])).toContain('data row 1 has 3 cells, not 2');
    expect(refusalOf(() => encodeInputs(tableOf([['a', [1]], ['x', [1]]]), encoding))).toBe(
      'The table has no column "colour", which the network was trained on. Give it every input column of the training table.',
    ); // prettier-ignore
    const tiny = tableOf([
      ['x', [0, 2 ** -100, 0, 2 ** -100]],
      ['y', [1, 2, 3, 4]],
    ]);
    const scaled = prepareDataset(tiny, inferColumns(tiny), { ...plain, scaling: 'min-max' }).encoding;
    expect(refusalOf(() => encodeRows(['x'], [['1073741824']], scaled))).toBe(
      `1073741824 in data row 1, column "x", is ${2 ** 130} once it is scaled like the training rows; -3.4e38 to 3.4e38 (float32) are accepted. Correct it, ignore the column, or choose the scaling none.`,
    );
  });
});

test('two rows of different classes can be learned, as NOT has them', () => {
  const table = tableOf([
    ['x', [0, 1]],
    ['y', ['on', 'off']],
  ]);
  expect([...prepareDataset(table, inferColumns(table, category), plain).training.targets]).toEqual([1, 0]);
});
