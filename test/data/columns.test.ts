import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { inferColumns, type ColumnPlan, type ColumnRole } from '../../src/data/columns.ts';
import { readTable } from '../../src/data/csv.ts';
import { orTable } from '../../src/data/samples/or-table.ts';
import { previewRows, summarizeColumns } from '../../src/data/summary.ts';
import type { Table } from '../../src/data/table.ts';
import { refusalOf, tableOf } from './support.ts';

function table(columns: Record<string, (number | string | null)[]>): Table {
  return tableOf(Object.entries(columns));
}

function rolesOf(of: Table, targets: readonly string[] = []): ColumnRole[] {
  return inferColumns(of, { targets }).map(({ role }) => role);
}

describe('roles', () => {
  test('the sample: an index, two inputs, a target', async () => {
    expect(rolesOf(await readTable(orTable.csv))).toEqual(['index', 'input', 'input', 'target']);
  });

  test.each(['observation', 'Index', 'ID', 'row', 'No', 'nr', 'NUMBER', ' # '])('%s is an index', (name) => {
    expect(rolesOf(table({ [name]: [3, 1, 2], x: [0, 0, 1], y: [1, 0, 1] }))[0]).toBe('index');
  });

  test.each([
    ['has another name', { rowing: [1, 2], x: [0, 0], y: [1, 0] }],
    ['repeats a number', { id: [1, 1], x: [0, 0], y: [1, 0] }],
    ['holds a fraction', { id: [1, 1.5], x: [0, 0], y: [1, 0] }],
    ['is not the first column', { x: [0, 0], id: [1, 2], y: [1, 0] }],
  ])('no index where it %s', (_, columns) => {
    expect(rolesOf(table(columns))).toEqual(['input', 'input', 'target']);
  });

  test('targets by name, also if they are not the last or look like the index', () => {
    const all = table({ id: [1, 2], x: [0, 0], y: [1, 0], z: [5, 6] });
    expect(rolesOf(all, ['x', 'y'])).toEqual(['index', 'target', 'target', 'input']);
    expect(rolesOf(all, ['id'])).toEqual(['target', 'input', 'input', 'input']);
    expect(rolesOf(all, [])).toEqual(['index', 'input', 'input', 'target']);
  });

  test('names from JavaScript itself', () => {
    const odd = tableOf([
      ['__proto__', [1]],
      ['constructor', [2]],
    ]);
    expect(rolesOf(odd, ['__proto__'])).toEqual(['target', 'input']);
    expect(() => rolesOf(odd, ['toString'])).toThrow('no column "toString"');
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
      'The table has 0 input columns: its target is "y" and "id" only numbers or names the rows. At least 1 is needed. Add an input column, or make one of these an input.',
    ],
  ])('%j with targets %j is refused', (columns, targets, sentence) => {
    const assign = (): unknown => rolesOf(table(columns), targets);
    expect(assign).toThrow(InputError);
    expect(assign).toThrow(sentence);
  });

  test('of many known names the first ten are listed', () => {
    const many = table(Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`c${i}`, [i]])));
    expect(() => rolesOf(many, ['d'])).toThrow(
      'Its 25 columns: "c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9" and 15 more; choose',
    );
  });
});

function typesAndRoles(plans: readonly ColumnPlan[]): string[] {
  return plans.map(({ type, role }) => `${type} ${role}`);
}

describe('types and roles of any table', () => {
  const rows = Array.from({ length: 30 }, (_, row) => row);

  test('numbers, categories, identifiers, empty columns', () => {
    const mixed = table({
      id: rows,
      size: rows.map((row) => (row % 5 === 0 ? null : row / 2)),
      colour: rows.map((row) => ['red', 'green'][row % 2]),
      name: rows.map((row) => `number ${row}`),
      nothing: rows.map(() => null),
      code: rows.map((row) => (row % 3 === 0 ? `A${row}` : row)),
      flag: rows.map((row) => row % 2),
      label: rows.map((row) => ['yes', 'no'][row % 2]),
    });
    expect(typesAndRoles(inferColumns(mixed))).toEqual([
      'number index',
      'number input',
      'category input',
      'category index',
      'number ignored',
      'category input',
      'number input',
      'category target',
    ]);
  });

  test('a word among many numbers does not make a category', () => {
    const withWord = table({ x: rows.map((row) => (row === 7 ? 'seven' : row)), y: rows });
    expect(typesAndRoles(inferColumns(withWord))).toEqual(['number input', 'number target']);
  });

  test('texts that all differ are no identifier in a table of 20 rows', () => {
    const few = rows.slice(0, 20);
    const short = table({ name: few.map((row) => `n${row}`), y: few });
    expect(inferColumns(short)[0].role).toBe('input');
  });

  test('an unnamed first column of distinct whole numbers is the index', async () => {
    expect(rolesOf(await readTable(',x,y\n0,5,1\n1,6,0\n'))).toEqual(['index', 'input', 'target']);
    expect(rolesOf(await readTable('0,5,1\n1,6,0\n'))).toEqual(['input', 'input', 'target']);
  });

  test('choices overrule what is inferred', () => {
    const all = table({ a: [1, 2], b: [3, 4], c: ['x', 'y'], d: [5, 6] });
    const plans = inferColumns(all, { ignore: ['d', 'a'], types: new Map([['b', 'category']]) });
    expect(typesAndRoles(plans)).toEqual([
      'number ignored',
      'category input',
      'category target',
      'number ignored',
    ]);
    expect(inferColumns(all, { targets: ['a'] })[3].role).toBe('input');
  });

  test.each([
    [
      { targets: ['a'], ignore: ['a'] },
      'The column "a" is named as a target and to be ignored. Name it once.',
    ],
    [
      { ignore: ['z'] },
      'The table has no column "z" to be ignored. Its 3 columns: "a", "b", "c"; choose among them.',
    ],
    [
      { types: new Map([['z', 'number' as const]]) },
      'The table has no column "z" to be given a type. Its 3 columns: "a", "b", "c"; choose among them.',
    ],
    [{ ignore: ['a', 'a'] }, 'The column "a" to be ignored is given twice. Name every column once.'],
    [
      { ignore: ['a', 'b'] },
      'The table has 0 input columns: its target is "c" and "a", "b" are ignored. At least 1 is needed. Add an input column, or make one of these an input.',
    ],
    [
      { ignore: ['a', 'b', 'c'] },
      'The table has 3 columns and all are ignored. Leave at least an input and a target.',
    ],
  ])('choices %j are refused', (choices, sentence) => {
    const all = table({ a: [1, 2], b: [3, 4], c: [5, 6] });
    expect(refusalOf(() => inferColumns(all, choices))).toBe(sentence);
  });

  test('more different texts than are kept make an index that shows its first values', async () => {
    const lines = Array.from({ length: 100_001 }, (_, row) => `text number ${row},${row % 2},${row}`);
    const long = await readTable(`name,x,y\n${lines.join('\n')}`);
    const [summary] = summarizeColumns(long, inferColumns(long));
    expect(summary).toMatchObject({ role: 'index', hasMoreTexts: true, textCount: 100_001 });
    expect(summary.firstValues).toEqual([0, 1, 2, 3, 4].map((row) => `text number ${row}`));
    const preview = previewRows(long, 200);
    expect(preview[0][0]).toBe('text number 0');
    expect(preview[199]).toEqual(['…', '1', '199']);
  });
});

test('a summary says what is in every column', () => {
  const all = table({ x: [1, null, 4, 1], colour: ['red', '?', 'blue', 'red'], y: [0, 1, 1, 0] });
  expect(summarizeColumns(all, inferColumns(all))).toEqual([
    {
      name: 'x',
      type: 'number',
      role: 'input',
      missingCount: 1,
      textCount: 0,
      distinctCount: undefined,
      hasMoreTexts: false,
      numbers: { least: 1, most: 4, mean: 2 },
      firstValues: ['1', '4', '1'],
    },
    {
      name: 'colour',
      type: 'category',
      role: 'input',
      missingCount: 1,
      textCount: 3,
      distinctCount: 2,
      hasMoreTexts: false,
      numbers: undefined,
      firstValues: ['red', 'blue'],
    },
    expect.objectContaining({ name: 'y', role: 'target', numbers: { least: 0, most: 1, mean: 0.5 } }),
  ]);
  expect(previewRows(all, 2)).toEqual([
    ['1', 'red', '0'],
    ['', '', '1'],
  ]);
});
