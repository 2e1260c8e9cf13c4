import { describe, expect, test } from 'vitest';
import { inferColumns, type ColumnPlan } from '../../src/data/columns.ts';
import { readTable } from '../../src/data/csv.ts';
import { prepareDataset, type DatasetOptions } from '../../src/data/dataset.ts';
import { encodeInputs, encodeRows } from '../../src/data/encode.ts';
import { orTable } from '../../src/data/samples/or-table.ts';
import type { Table } from '../../src/data/table.ts';
import { inferTask } from '../../src/data/targets.ts';
import { tableOf } from './support.ts';

const plain: DatasetOptions = { scaling: 'none', missing: 'drop', validation: 0, test: 0, seed: 1 };

type Values = readonly (number | string | null)[];
type Columns = readonly (readonly [string, Values])[];

/** The last column is the target. */
function prepare(columns: Columns, options: Partial<DatasetOptions> = {}, plans?: readonly ColumnPlan[]) {
  const table = tableOf(columns);
  return prepareDataset(table, plans ?? inferColumns(table), { ...plain, ...options });
}

/** Row by row. */
function rowsOf(values: Float64Array, width: number): number[][] {
  return Array.from({ length: values.length / width }, (_, row) => [
    ...values.subarray(row * width, (row + 1) * width),
  ]);
}

describe('inputs', () => {
  test('the sample as it stands', async () => {
    const table = await readTable(orTable.csv);
    const dataset = prepareDataset(table, inferColumns(table), plain);
    expect(dataset.training).toEqual({
      rowCount: 4,
      inputs: Float64Array.of(0, 0, 0, 1, 1, 0, 1, 1),
      inputCount: 2,
      targets: Float64Array.of(0, 1, 1, 1),
      outputCount: 1,
    });
    expect(dataset).toMatchObject({
      task: 'binary',
      classes: ['0', '1'],
      inputNames: ['input1', 'input2'],
      outputNames: ['output'],
      targetScaling: [{ offset: 0, factor: 1 }],
      validation: undefined,
      test: undefined,
      droppedRowCount: 0,
      filledCellCount: 0,
    });
  });

  test('a text that is written as a number is named is that category', async () => {
    const format = { decimal: ',' } as const;
    const table = await readTable('k;x;y\n1,5;1;1\n1.5;1;2\nb;1;3\n1,5;1;4\n', { format });
    const plans = inferColumns(table, { types: new Map([['k', 'category']]) });
    const { training, inputNames } = prepareDataset(table, plans, plain);
    expect(inputNames).toEqual(['k = 1.5', 'k = b', 'k = other', 'x']);
    expect(rowsOf(training.inputs, 4)).toEqual([
      [1, 0, 0, 1],
      [1, 0, 0, 1],
      [0, 1, 0, 1],
      [1, 0, 0, 1],
    ]);
  });

  test('categories are one-hot, sorted, with one more for any other', () => {
    const { training, inputNames } = prepare([
      ['colour', ['red', 'blue', 'red']],
      ['size', [10, 9, 10.5]],
      ['y', [1, 2, 3]],
    ]);
    expect(inputNames).toEqual(['colour = blue', 'colour = red', 'colour = other', 'size']);
    expect(rowsOf(training.inputs, 4)).toEqual([
      [0, 1, 0, 10],
      [1, 0, 0, 9],
      [0, 1, 0, 10.5],
    ]);
  });

  test('categories that are numbers are sorted as numbers', () => {
    const columns: Columns = [
      ['x', [10, 9, 1]],
      ['y', [1, 2, 3]],
    ];
    const plans = inferColumns(tableOf(columns), { types: new Map([['x', 'category']]) });
    expect(prepare(columns, {}, plans).inputNames).toEqual(['x = 1', 'x = 9', 'x = 10', 'x = other']);
  });

  test('scaling: none, standard over n, min-max; a constant becomes 0', () => {
    const columns: Columns = [
      ['x', [1, 3, 5, 7]],
      ['same', [0.1, 0.1, 0.1, 0.1]],
      ['y', [2, 4, 6, 9]],
    ];
    const standard = prepare(columns, { scaling: 'standard' });
    const spread = Math.sqrt(5);
    expect(rowsOf(standard.training.inputs, 2).flat()).toEqual(
      [-3, -1, 1, 3].flatMap((value) => [expect.closeTo(value / spread, 14), 0]),
    );
    expect(standard.encoding.inputs[1]).toMatchObject({ scaling: { offset: 0.1, factor: 1 } });
    const [{ offset, factor }] = standard.targetScaling;
    expect([...standard.training.targets].map((value) => offset + factor * value)).toEqual(
      [2, 4, 6, 9].map((value) => expect.closeTo(value, 14)),
    );
    const minMax = prepare(columns, { scaling: 'min-max' });
    expect(rowsOf(minMax.training.inputs, 2).map(([x]) => x)).toEqual([0, 1 / 3, 2 / 3, 1]);
    expect(minMax.targetScaling).toEqual([{ offset: 2, factor: 7 }]);
    expect([...prepare(columns).training.targets]).toEqual([2, 4, 6, 9]);
  });

  test('the ends of float32 and of float64 are scaled without infinities', () => {
    const columns: Columns = [
      ['huge', [3.4e38, -3.4e38, 3.4e38, -3.4e38]],
      ['tiny', [5e-324, 0, 5e-324, 0]],
      ['y', [3.4e38, -3.4e38, 0, 1]],
    ];
    for (const scaling of ['standard', 'min-max'] as const) {
      const { training } = prepare(columns, { scaling });
      for (const value of [...training.inputs, ...training.targets]) {
        expect(Math.abs(value)).toBeLessThan(2.5);
      }
    }
  });
});

describe('missing values', () => {
  const columns: Columns = [
    ['x', [1, null, 3, 3, 13, 5]],
    ['colour', ['red', 'blue', null, 'blue', 'red', 'blue']],
    ['y', [10, 20, 30, 40, 50, null]],
  ];

  test('rows are dropped and counted', () => {
    const { training, rows, droppedRowCount } = prepare(columns);
    expect([...rows.training]).toEqual([0, 3, 4]);
    expect(droppedRowCount).toBe(3);
    expect([...training.targets]).toEqual([10, 40, 50]);
  });

  test.each([
    ['mean', 5],
    ['median', 3],
    ['most-frequent', 3],
  ] as const)('or filled with the %s, categories with the most frequent', (missing, fill) => {
    const { training, inputNames, filledCellCount, droppedRowCount } = prepare(columns, {
      missing,
      missingIndicator: true,
    });
    expect(inputNames).toEqual([
      'x',
      'x is missing',
      'colour = blue',
      'colour = red',
      'colour = other',
      'colour is missing',
    ]);
    const inputs = rowsOf(training.inputs, 6);
    expect(inputs[1]).toEqual([fill, 1, 1, 0, 0, 0]);
    // Red and blue come twice each; the first in order is the fill.
    expect(inputs[2]).toEqual([3, 0, 1, 0, 0, 1]);
    expect(inputs[4]).toEqual([13, 0, 0, 1, 0, 0]);
    expect([filledCellCount, droppedRowCount]).toEqual([2, 1]);
  });

  test('no indicator unless asked for, nor where nothing is missing in training', () => {
    expect(prepare(columns, { missing: 'mean' }).inputNames).not.toContain('x is missing');
    const complete = columns.map(([name, values]) => [name, values.slice(3, 5)] as const);
    const { inputNames } = prepare(complete, { missing: 'mean', missingIndicator: true });
    expect(inputNames.filter((name) => name.endsWith('missing'))).toEqual([]);
  });
});

describe('tasks', () => {
  const numbers: Values = [3, 1, 2, 1, 3, 2];
  const bits: Values = [0, 1, 1, 0, 0, 1];
  const words: Values = ['no', 'yes', 'yes', 'no', 'no', 'yes'];
  const species: Values = ['b', 'a', 'c', 'a', 'b', 'c'];
  const x = ['x', [1, 2, 3, 4, 5, 6]] as const;

  test.each([
    ['numbers', [['y', numbers]], 'regression'],
    ['0 and 1', [['y', bits]], 'binary'],
    ['two words', [['y', words]], 'binary'],
    ['three words', [['y', species]], 'classification'],
    ['several of numbers', [['y', numbers], ['z', bits]], 'regression'], // prettier-ignore
    ['several of 0 and 1', [['y', bits], ['z', bits]], 'binary'], // prettier-ignore
  ] as [string, [string, Values][], string][])('a target of %s', (_, targets, task) => {
    const table = tableOf([x, ...targets]);
    const plans = inferColumns(table, { targets: targets.map(([name]) => name) });
    expect(inferTask(table, plans)).toBe(task);
    const dataset = prepareDataset(table, plans, plain);
    expect(dataset.task).toBe(task);
    expect(dataset.training.outputCount).toBe(task === 'classification' ? 3 : targets.length);
  });

  test('two words: the second in order is 1', () => {
    const { training, classes, outputNames } = prepare([x, ['y', words]]);
    expect([...training.targets]).toEqual([0, 1, 1, 0, 0, 1]);
    expect([classes, outputNames]).toEqual([['no', 'yes'], ['y']]);
  });

  test('classes are one-hot, in order', () => {
    const { training, classes, outputNames, targetScaling } = prepare([x, ['y', species]], {
      scaling: 'standard',
    });
    expect(classes).toEqual(['a', 'b', 'c']);
    expect(outputNames).toEqual(['y = a', 'y = b', 'y = c']);
    expect(rowsOf(training.targets, 3)).toEqual(
      species.map((name) => ['a', 'b', 'c'].map((other) => Number(name === other))),
    );
    expect(targetScaling).toEqual([0, 1, 2].map(() => ({ offset: 0, factor: 1 })));
  });

  test('digits as classes, 0 and 1 as two classes or as numbers, two other numbers as 0 and 1', () => {
    expect(prepare([x, ['y', [10, 9, 9, 10, 2, 2]]], { task: 'classification' }).classes).toEqual([
      '2',
      '9',
      '10',
    ]);
    const two = prepare([x, ['y', bits]], { task: 'classification' });
    expect(rowsOf(two.training.targets, 2)[0]).toEqual([1, 0]);
    const read = prepare([x, ['y', bits]], { task: 'regression', scaling: 'min-max' });
    expect([read.classes, [...read.training.targets]]).toEqual([undefined, bits]);
    const pair = prepare([x, ['y', [5, 7, 7, 5, 5, 5]]], { task: 'binary' });
    expect([pair.classes, [...pair.training.targets]]).toEqual([
      ['5', '7'],
      [0, 1, 1, 0, 0, 0],
    ]);
  });

  test('balanced class weights make every class count the same', () => {
    const y: Values = ['a', 'a', 'a', 'a', 'b', 'c'];
    const { training } = prepare([x, ['y', y]], { classWeights: 'balanced' });
    const sums = [0, 0, 0];
    rowsOf(training.targets, 3).forEach((row) => row.forEach((value, k) => (sums[k] += value)));
    expect(rowsOf(training.targets, 3)[0]).toEqual([0.5, 0, 0]);
    expect(sums).toEqual([2, 2, 2]);
  });
});

describe('nothing is learned from rows kept apart', () => {
  const rowCount = 60;
  const rows = Array.from({ length: rowCount }, (_, row) => row);
  const options: DatasetOptions = {
    scaling: 'standard',
    missing: 'median',
    missingIndicator: true,
    validation: 0.2,
    test: 0.15,
    seed: 5,
  };
  const columns: [string, (number | string | null)[]][] = [
    ['x', rows.map((row) => (row % 11 === 0 ? null : (row * 7919) % 101))],
    ['whole', rows.map((row) => (row * 31) % 17)],
    ['colour', rows.map((row) => (row % 13 === 0 ? null : ['red', 'green', 'blue'][(row * 5) % 3]))],
    ['y', rows.map((row) => (row * 37) % 23)],
  ];

  /** The columns with other values in some rows. */
  function altered(apart: ReadonlySet<number>, changesTarget: boolean): typeof columns {
    return columns.map(([name, values]) => [
      name,
      values.map((value, row) => {
        if (!apart.has(row) || (name === 'y' && !changesTarget)) return value;
        if (name === 'colour') return row % 2 === 0 ? 'violet' : null;
        if (name === 'y') return 1e6 + row;
        return row % 3 === 0 ? null : -1e9 * row;
      }),
    ]);
  }

  test.each([
    ['standard', 'median'],
    ['min-max', 'mean'],
    ['min-max', 'most-frequent'],
    ['standard', 'mean'],
  ] as const)('%s, %s: other values there change no bit of training and encoding', (scaling, missing) => {
    const chosen = { ...options, scaling, missing };
    const before = prepare(columns, chosen);
    const apart = new Set([...before.rows.validation, ...before.rows.test]);
    expect(apart.size).toBe(21);
    const after = prepare(altered(apart, true), chosen);
    expect(after.validation).not.toEqual(before.validation);
    expect(after.training).toEqual(before.training);
    expect(after.encoding).toEqual(before.encoding);
    expect(after.rows).toEqual(before.rows);
  });

  test('the check would notice: a changed training row changes both', () => {
    const before = prepare(columns, options);
    const after = prepare(altered(new Set([before.rows.training[0]]), true), options);
    expect(after.training).not.toEqual(before.training);
    expect(after.encoding).not.toEqual(before.encoding);
  });

  test('a classification: class weights and other inputs too', () => {
    const asClasses = (some: typeof columns) =>
      some.map(([name, values]): [string, typeof values] => [
        name,
        name === 'y' ? values.map((_, row) => ['a', 'b', 'c'][row % 3]) : values,
      ]);
    const chosen = { ...options, classWeights: 'balanced' as const };
    const before = prepare(asClasses(columns), chosen);
    const apart = new Set([...before.rows.validation, ...before.rows.test]);
    const after = prepare(asClasses(altered(apart, false)), chosen);
    expect(after.training).toEqual(before.training);
    expect(after.encoding).toEqual(before.encoding);
    expect(after.validation).not.toEqual(before.validation);
  });

  test('a category that only comes up there is "other"', () => {
    const before = prepare(columns, options);
    const after = prepare(altered(new Set(before.rows.validation), true), options);
    const other = after.inputNames.indexOf('colour = other');
    const width = after.inputNames.length;
    const others = rowsOf(after.validation?.inputs ?? new Float64Array(0), width).map((row) => row[other]);
    expect(others).toEqual([...after.rows.validation].map((row) => (row % 2 === 0 ? 1 : 0)));
    expect(rowsOf(after.training.inputs, width).every((row) => row[other] === 0)).toBe(true);
  });
});

describe('other rows are encoded like the training rows', () => {
  const columns: Columns = [
    ['__proto__', [1, 2, null, 4]],
    ['constructor', ['__proto__', 'b', '__proto__', 'toString']],
    ['y', [1, 2, 3, 4.5]],
  ];
  const options = { scaling: 'standard', missing: 'mean', missingIndicator: true } as const;

  test('the table itself, columns in another order, from text, through a structured clone', async () => {
    const { encoding, training } = prepare(columns, options);
    const clone = structuredClone(encoding);
    const again = encodeInputs(tableOf(columns.toReversed()), clone);
    expect(again).toEqual({ inputs: training.inputs, filledCellCount: 1, unseenCells: new Map() });
    const json = JSON.parse(JSON.stringify(encoding)) as typeof encoding;
    const text = 'constructor;y;__proto__\n__proto__;?;1\nb;?;2\n__proto__;?;NA\ntoString;?;4\n';
    expect(encodeInputs(await readTable(text), json).inputs).toEqual(training.inputs);
    const written = [
      ['__proto__', '1.0'],
      ['b', ' 2'],
      ['__proto__', ''],
      ['toString', '4'],
    ];
    expect(encodeRows(['constructor', '__proto__'], written, encoding).inputs).toEqual(training.inputs);
  });

  test('a value unseen in training is "other", also where its column holds only numbers now', () => {
    const { encoding, inputNames } = prepare(columns, options);
    const { inputs } = encodeRows(['constructor', '__proto__'], [['7', '1']], encoding);
    expect(inputs[inputNames.indexOf('constructor = other')]).toBe(1);
    expect(inputs.filter((value) => value === 1)).toHaveLength(1);
  });

  test('one input', () => {
    const { encoding } = prepare([
      ['x', [1, 2]],
      ['y', [5, 6]],
    ]);
    expect(encodeRows(['x'], [['3'], ['4']], encoding).inputs).toEqual(Float64Array.of(3, 4));
  });
});

test('a table of every odd kind at once', async () => {
  const text =
    '\uFEFF;name;größe;farbe;__proto__\r\n0;"a;b";1,5;rot;ja\r\n1;c;2,25;grün;nein\r\n' +
    '2;d;?;rot;ja\r\n3;"e ""f""";4,75;NA;nein\r\n';
  const table: Table = await readTable(text);
  expect(table.format).toEqual({ delimiter: ';', decimal: ',', hasHeader: true });
  const plans = inferColumns(table, { ignore: ['name'] });
  const dataset = prepareDataset(table, plans, { ...plain, missing: 'median' });
  expect(dataset.inputNames).toEqual(['größe', 'farbe = grün', 'farbe = rot', 'farbe = other']);
  expect(rowsOf(dataset.training.inputs, 4).map(([size]) => size)).toEqual([1.5, 2.25, 2.25, 4.75]);
  expect(dataset.classes).toEqual(['ja', 'nein']);
});
