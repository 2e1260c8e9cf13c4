import { describe, expect, test } from 'vitest';
import { activationNames } from '../../src/core/activations.ts';
import { readTable } from '../../src/data/csv.ts';
import { samples } from '../../src/data/samples/index.ts';
import { orTable } from '../../src/data/samples/or-table.ts';
import { loadCells } from './sample-cells.ts';

describe.each(samples)('sample $id', (sample) => {
  test('is a table without gaps', async () => {
    const { header, rows } = await loadCells(sample.id);
    expect(new Set(header).size).toBe(header.length);
    expect(rows.length).toBeGreaterThanOrEqual(4);
    expect(rows.filter((row) => row.length !== header.length)).toEqual([]);
    expect(rows.filter((row) => row.some((cell) => !/^\S+$/.test(cell)))).toEqual([]);
  });

  test('has numbers everywhere but in the species', async () => {
    const { header, rows } = await loadCells(sample.id);
    const texts = header.filter((_, column) => rows.some((row) => !/^-?\d+(\.\d+)?$/.test(row[column])));
    expect(texts).toEqual(sample.id === 'iris' ? ['species'] : []);
  });

  test('names its targets as the header does', async () => {
    const { header } = await loadCells(sample.id);
    expect(sample.targets.length).toBeGreaterThan(0);
    expect(header).toEqual(expect.arrayContaining([...sample.targets]));
    expect(header.length).toBeGreaterThan(sample.targets.length);
  });

  test('says in a sentence what it is, whence, and on what terms', () => {
    expect(sample.description).toMatch(/^[A-Z].*\.$/);
    expect(sample.source.length).toBeGreaterThan(20);
    expect(sample.licence.length).toBeGreaterThan(5);
  });

  test('suggests settings that fit it', async () => {
    const { rows } = await loadCells(sample.id);
    const { suggested } = sample;
    expect(activationNames).toContain(suggested.activation);
    expect(activationNames).toContain(suggested.outputActivation ?? 'linear');
    const trainingRows = Math.floor(rows.length * (1 - suggested.validation - suggested.test));
    expect(trainingRows).toBeGreaterThan(0);
    expect(suggested.batchSize ?? 1).toBeLessThanOrEqual(trainingRows);
    const losses = sample.task === 'regression' ? ['mse', 'mae', 'huber'] : ['bce', 'cross-entropy'];
    expect(sample.id === 'or' ? ['mse'] : losses).toContain(suggested.loss);
  });

  test('gives the same text every time', async () => {
    expect(await sample.load()).toBe(await sample.load());
  });
});

describe('samples', () => {
  test('begin with the notebook and have each its own id', () => {
    expect(samples.map(({ id }) => id)).toEqual([
      'or',
      'xor',
      'spirals',
      'circles',
      'iris',
      'diabetes',
      'digits',
    ]);
  });

  test('of numbers are read as they stand', async () => {
    for (const sample of samples.filter(({ id }) => id !== 'iris')) {
      const { header, rows } = await loadCells(sample.id);
      const table = await readTable(await sample.load());
      expect(table.columnNames).toEqual(header);
      expect(table.rowCount).toBe(rows.length);
    }
  });

  test('keep the text of the notebook at hand', async () => {
    expect(await orTable.load()).toBe(orTable.csv);
  });

  test.each([
    ['or', (a: number, b: number) => a | b],
    ['xor', (a: number, b: number) => a ^ b],
  ] as const)('%s is its truth table', async (id, operation) => {
    const { rows } = await loadCells(id);
    const truths = rows.map((row) => row.slice(-3).map(Number));
    expect(new Set(truths.map(([a, b]) => `${a}${b}`)).size).toBe(4);
    for (const [a, b, output] of truths) expect(output).toBe(operation(a, b));
  });
});
