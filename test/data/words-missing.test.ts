import { describe, expect, test } from 'vitest';
import { inferColumns } from '../../src/data/columns.ts';
import { readTable } from '../../src/data/csv.ts';
import { prepareDataset } from '../../src/data/dataset.ts';
import { encodeInputs } from '../../src/data/encode.ts';
import { refusalOf } from './support.ts';

const text = 'size,kind,price\n1,a,10\nk. A.,b,20\n3,a,n/k\n5,b,40\n7,a,50\n,b,60\n';
const options = { scaling: 'none', missing: 'mean', validation: 0, test: 0, seed: 1 } as const;

describe('words among numbers', () => {
  test('are refused where nobody said what they are', async () => {
    const table = await readTable(text);
    expect(refusalOf(() => prepareDataset(table, inferColumns(table), options))).toContain(
      'count words as missing',
    );
  });

  test('count as missing cells where somebody did: of an input filled, of a target left out', async () => {
    const table = await readTable(text);
    const types = new Map([
      ['size', 'number-or-missing'],
      ['price', 'number-or-missing'],
    ] as const);
    const plans = inferColumns(table, { types });
    expect(plans[0]).toEqual({ name: 'size', type: 'number', role: 'input', words: 'missing' });
    const dataset = prepareDataset(table, plans, options);
    expect([...dataset.rows.training]).toEqual([0, 1, 3, 4, 5]);
    expect([...dataset.training.targets]).toEqual([10, 20, 40, 50, 60]);
    expect(dataset.filledCellCount).toBe(2);
    const sizes = [0, 1, 2, 3, 4].map((row) => dataset.training.inputs[row * dataset.training.inputCount]);
    // The mean of 1, 5 and 7 stands in.
    expect(sizes).toEqual([1, 13 / 3, 5, 7, 13 / 3]);
    // Rows that come later are read in the same way.
    const later = await readTable('kind,size\na,unknown\nb,2\n');
    const { inputs, filledCellCount } = encodeInputs(later, dataset.encoding);
    expect([inputs[0], inputs[dataset.training.inputCount], filledCellCount]).toEqual([13 / 3, 2, 1]);
  });

  test('leave their rows out where missing values are dropped', async () => {
    const table = await readTable(text);
    const types = new Map([
      ['size', 'number-or-missing'],
      ['price', 'number-or-missing'],
    ] as const);
    const dataset = prepareDataset(table, inferColumns(table, { types }), { ...options, missing: 'drop' });
    expect([...dataset.rows.training]).toEqual([0, 3, 4]);
  });
});
