import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { assignRoles } from '../../src/data/columns.ts';
import { readTable, type Table } from '../../src/data/csv.ts';
import { summarizeTable, toTrainingData } from '../../src/data/dataset.ts';
import { orTable } from '../../src/data/samples/or-table.ts';

function table(columns: Record<string, number[]>): Table {
  const columnNames = Object.keys(columns);
  const values = Object.values(columns).map((column) => Float64Array.from(column));
  return { columnNames, rowCount: values[0].length, columns: values };
}

describe('roles', () => {
  test('the sample: an index, two inputs, a target', async () => {
    expect(assignRoles(await readTable(orTable.csv))).toEqual(['index', 'input', 'input', 'target']);
  });

  test.each(['observation', 'Index', 'ID', 'row', 'No', 'nr', 'NUMBER', ' # '])('%s is an index', (name) => {
    expect(assignRoles(table({ [name]: [3, 1, 2], x: [0, 0, 1], y: [1, 0, 1] }))[0]).toBe('index');
  });

  test.each([
    ['has another name', { rowing: [1, 2], x: [0, 0], y: [1, 0] }],
    ['repeats a number', { id: [1, 1], x: [0, 0], y: [1, 0] }],
    ['holds a fraction', { id: [1, 1.5], x: [0, 0], y: [1, 0] }],
    ['is not the first column', { x: [0, 0], id: [1, 2], y: [1, 0] }],
  ])('no index where it %s', (_, columns) => {
    expect(assignRoles(table(columns))).toEqual(['input', 'input', 'target']);
  });

  test('targets by name, also if they are not the last or look like the index', () => {
    const all = table({ id: [1, 2], x: [0, 0], y: [1, 0], z: [5, 6] });
    expect(assignRoles(all, ['x', 'y'])).toEqual(['index', 'target', 'target', 'input']);
    expect(assignRoles(all, ['id'])).toEqual(['target', 'input', 'input', 'input']);
    expect(assignRoles(all, [])).toEqual(['index', 'input', 'input', 'target']);
  });

  test('names from JavaScript itself', () => {
    const odd: Table = {
      columnNames: ['__proto__', 'constructor'],
      rowCount: 1,
      columns: [Float64Array.of(1), Float64Array.of(2)],
    };
    expect(assignRoles(odd, ['__proto__'])).toEqual(['target', 'input']);
    expect(() => assignRoles(odd, ['toString'])).toThrow('no column "toString"');
  });

  test.each([
    [
      { x: [1], y: [2] },
      ['Y'],
      'The table has no column "Y" to be a target. Its 2 columns: "x", "y"; choose among them.',
    ],
    [{ x: [1], y: [2] }, ['y', 'y'], 'The target "y" is given twice. Name every target once.'],
    [
      { x: [1], y: [2] },
      ['y', 'x'],
      'The table has 0 input columns: its targets are "x", "y". At least 1 is needed. Name fewer targets, or add an input column.',
    ],
    [
      { id: [1], y: [2] },
      [],
      'The table has 0 input columns: its target is "y" and "id" only numbers the rows. At least 1 is needed. Add an input column, or rename that column if it is an input.',
    ],
  ])('%j with targets %j is refused', (columns, targets, sentence) => {
    const assign = (): unknown => assignRoles(table(columns), targets);
    expect(assign).toThrow(InputError);
    expect(assign).toThrow(sentence);
  });

  test('of many known names the first ten are listed', () => {
    const many = table(Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`c${i}`, [i]])));
    expect(() => assignRoles(many, ['d'])).toThrow(
      'Its 25 columns: "c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9" and 15 more; choose',
    );
  });
});

describe('training data', () => {
  test('the sample, row by row', async () => {
    const or = await readTable(orTable.csv);
    expect(toTrainingData(or, assignRoles(or))).toEqual({
      rowCount: 4,
      inputs: Float64Array.of(0, 0, 0, 1, 1, 0, 1, 1),
      inputCount: 2,
      targets: Float64Array.of(0, 1, 1, 1),
      outputCount: 1,
    });
  });

  test('columns keep the order of the file, whatever the order of the targets', () => {
    const all = table({ a: [1, 5], b: [2, 6], c: [3, 7], d: [4, 8] });
    const data = toTrainingData(all, assignRoles(all, ['c', 'a']));
    expect([...data.inputs]).toEqual([2, 4, 6, 8]);
    expect([...data.targets]).toEqual([1, 3, 5, 7]);
    expect([data.inputCount, data.outputCount]).toEqual([2, 2]);
  });

  test('a summary shows names, roles and the first rows', async () => {
    const or = await readTable(orTable.csv);
    expect(summarizeTable(or, assignRoles(or), 2)).toEqual({
      rowCount: 4,
      columns: [
        { name: 'observation', role: 'index' },
        { name: 'input1', role: 'input' },
        { name: 'input2', role: 'input' },
        { name: 'output', role: 'target' },
      ],
      preview: [
        [1, 0, 0, 0],
        [2, 0, 1, 1],
      ],
    });
    expect(summarizeTable(or, assignRoles(or), 50).preview).toHaveLength(4);
  });
});
