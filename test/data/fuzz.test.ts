import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { inferColumns } from '../../src/data/columns.ts';
import { readTable } from '../../src/data/csv.ts';
import { prepareDataset, type Dataset, type DatasetOptions } from '../../src/data/dataset.ts';
import { encodeInputs } from '../../src/data/encode.ts';
import { missingNames, scalingNames } from '../../src/data/fit-encoding.ts';
import { summarizeColumns } from '../../src/data/summary.ts';
import type { Table } from '../../src/data/table.ts';
import { taskNames } from '../../src/data/targets.ts';

const MAX_FLOAT32 = 3.4028234663852886e38;
const RUNS = 12_000;

/** Cells as people write them, and as they should not. */
const number = fc.constantFrom('0', '1', '2', '3', '-0.5', '1e-3', '2.25', '07', '3.4e38', '5e-324', '-0');
const word = fc.constantFrom('a', 'b', 'yes', 'no', '__proto__', 'constructor', 'é😀', '"q""q"', '\uD800');
const gap = fc.constantFrom('', 'NA', '?', 'null', ' ', 'NaN');
const odd = fc.constantFrom('1e308', '1e999', '1,5', '0,25', '"x', '"1,5"', 'x"');
const cell = fc.oneof(number, word, gap, odd);
const kind = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.array(fc.oneof({ weight: 5, arbitrary: number }, gap), { minLength: 2, maxLength: 4 }),
  },
  {
    weight: 4,
    arbitrary: fc.array(fc.oneof({ weight: 5, arbitrary: word }, gap), { minLength: 2, maxLength: 4 }),
  },
  { weight: 1, arbitrary: fc.array(cell, { minLength: 1, maxLength: 4 }) },
);
/** Columns of one kind each: few kinds of cells a column, so that many tables can be trained on. */
const table = fc
  .record({
    delimiter: fc.constantFrom(',', ';', '\t', '|'),
    lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
    header: fc.constantFrom(['a', 'b', 'c', 'd'], ['__proto__', 'a', 'a', ''], ['id', 'x', 'x', '2'], []),
    kinds: fc.array(kind, { minLength: 2, maxLength: 4 }),
    picks: fc.array(fc.array(fc.nat(3), { minLength: 4, maxLength: 4 }), { maxLength: 40 }),
  })
  .map(({ delimiter, lineEnd, header, kinds, picks }) => {
    const body = picks.map((row) => kinds.map((cells, i) => cells[row[i] % cells.length]));
    const names = header.length > 0 ? [header.slice(0, kinds.length)] : [];
    return [...names, ...body].map((row) => row.join(delimiter)).join(lineEnd);
  });
const noise = fc.array(
  fc.oneof(cell, fc.constantFrom(',', ';', '\n', '\r', '"', '|', '\t', '\0', '\uFEFF')),
  {
    maxLength: 40,
  },
);
const source = fc.oneof(
  { weight: 8, arbitrary: table },
  { weight: 1, arbitrary: noise.map((parts) => parts.join('')) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }).map((bytes) => new Blob([bytes])) },
);
const always = {
  scaling: fc.constantFrom(...scalingNames),
  missing: fc.constantFrom(...missingNames),
  validation: fc.constantFrom(0, 0, 0.2, 0.5),
  test: fc.constantFrom(0, 0, 0.1, 0.4),
  seed: fc.nat(),
};
/** Mostly what fits any table, else anything. */
const options = fc.oneof(
  { weight: 2, arbitrary: fc.record(always) },
  {
    weight: 1,
    arbitrary: fc.record({
      ...always,
      task: fc.constantFrom(...taskNames),
      missingIndicator: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ ...always, classWeights: fc.constant('balanced' as const) }) },
);

test(`${RUNS.toLocaleString('en-US')} inputs become consistent datasets or an InputError, and none hangs`, async () => {
  const outcomes = { tables: 0, datasets: 0 };
  await fc.assert(
    fc.asyncProperty(source, options, async (text, chosen) => {
      try {
        const read = await readTable(text);
        outcomes.tables++;
        const plans = inferColumns(read);
        summarizeColumns(read, plans);
        requireConsistency(read, prepareDataset(read, plans, chosen), chosen);
        outcomes.datasets++;
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        expect(error.message).toMatch(/^[A-Z0-9-][^\n]*\.$/);
        expect(error.message.length).toBeLessThan(600);
      }
    }),
    { numRuns: RUNS },
  );
  console.log(`fuzz: ${outcomes.tables} inputs were tables, ${outcomes.datasets} could be trained on`);
  expect(outcomes.datasets).toBeGreaterThan(RUNS / 10);
}, 240_000);

function requireConsistency(read: Table, dataset: Dataset, { validation, test: last }: DatasetOptions): void {
  const { rows, training, droppedRowCount, encoding } = dataset;
  const all = [...rows.training, ...rows.validation, ...rows.test];
  expect(new Set(all).size).toBe(all.length);
  expect(all.length + droppedRowCount).toBe(read.rowCount);
  expect(dataset.validation !== undefined).toBe(validation > 0);
  expect(dataset.test !== undefined).toBe(last > 0);
  const parts = [
    [training, rows.training],
    [dataset.validation, rows.validation],
    [dataset.test, rows.test],
  ] as const;
  for (const [part, rowsOfPart] of parts) {
    if (!part) continue;
    expect(part.rowCount).toBe(rowsOfPart.length);
    expect(part.inputs).toHaveLength(part.rowCount * dataset.inputNames.length);
    expect(part.targets).toHaveLength(part.rowCount * dataset.outputNames.length);
    for (const value of [...part.inputs, ...part.targets]) {
      if (!(Math.abs(value) <= MAX_FLOAT32)) throw new Error(`${value} is not within float32`);
    }
    expect(encodeInputs(read, structuredClone(encoding), rowsOfPart).inputs).toEqual(part.inputs);
  }
}
