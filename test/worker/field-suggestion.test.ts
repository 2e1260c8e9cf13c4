import { describe, expect, it } from 'vitest';
import {
  inferColumns,
  prepareDataset,
  readTable,
  usualOptions,
  type ColumnChoices,
  type Dataset,
} from '../../src/index.ts';
import { fieldColumnsOf, type FieldColumns } from '../../src/worker/field-columns.ts';
import { openSample } from '../support/samples.ts';

async function columnsOfSample(id: Parameters<typeof openSample>[0]): Promise<FieldColumns> {
  const { table, plans, options } = await openSample(id);
  return fieldColumnsOf(prepareDataset(table, plans, options));
}

async function datasetOf(csv: string, choices: ColumnChoices): Promise<Dataset> {
  const table = await readTable(csv);
  return prepareDataset(table, inferColumns(table, choices), usualOptions(table.rowCount));
}

describe('the columns that are suggested', () => {
  it.each([
    ['iris', ['petal_length', 'petal_width']],
    ['diabetes', ['bmi', 'ltg']],
    ['spirals', ['x', 'y']],
    ['or', ['input1', 'input2']],
  ] as const)('of %s are %s', async (id, expected) => {
    expect((await columnsOfSample(id)).suggested).toEqual(expected);
  });

  it('of digits are pixels that tell them apart', async () => {
    const { suggested, columns } = await columnsOfSample('digits');
    expect(columns[0].column).not.toBe(suggested?.[0]);
    const { table, plans, options } = await openSample('digits');
    const { training } = prepareDataset(table, plans, options);
    for (const name of suggested ?? []) {
      const at = columns.findIndex(({ column }) => column === name);
      const values = new Set(training.inputs.filter((_, i) => i % training.inputCount === at));
      expect(values.size).toBeGreaterThan(10);
    }
  });

  it('are those with the largest r² of any target, whatever comes first; a constant is none', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => {
      const [a, b, noise] = [(i * 7) % 40, (i * 11) % 40, (i * i) % 13];
      return [5, noise, -a, noise * noise, b, 3 * a + 1, b * b].join(',');
    });
    const csv = ['same,noise,a,other,b,first,second', ...rows].join('\n');
    const dataset = await datasetOf(csv, { targets: ['first', 'second'] });
    expect(fieldColumnsOf(dataset)).toMatchObject({
      suggested: ['a', 'b'],
      outputs: ['first', 'second'],
    });
  });

  it('are one where only one varies, and none without a number', async () => {
    const line = (i: number) => `4,${i},${i % 2 ? 'red' : 'blue'},${i * 3}`;
    const csv = ['same,n,colour,target', ...Array.from({ length: 20 }, (_, i) => line(i))].join('\n');
    const dataset = await datasetOf(csv, { targets: ['target'] });
    expect(fieldColumnsOf(dataset).suggested).toEqual(['n', undefined]);
    const words = await datasetOf(csv, { targets: ['target'], ignore: ['same', 'n'] });
    expect(fieldColumnsOf(words).suggested).toBeUndefined();
  });

  it('are found among the first thousand of ten thousand columns, each looked up once', async () => {
    const names = Array.from({ length: 9999 }, (_, i) => `c${i}`);
    const rows = Array.from({ length: 12 }, (_, row) =>
      [...names.map((name, i) => (name === 'c700' ? row : (row * (i + 3)) % 7)), 2 * row].join(','),
    );
    const dataset = await datasetOf([[...names, 'target'].join(','), ...rows].join('\n'), {
      targets: ['target'],
    });
    const started = performance.now();
    const { suggested, held } = fieldColumnsOf(dataset);
    console.log(`columns of 10,000: ${Math.round(performance.now() - started)} ms`);
    expect(held.length).toBe(9999);
    expect(suggested).toContain('c700');
  });
});
