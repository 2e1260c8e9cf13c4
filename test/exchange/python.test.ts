import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Papa from 'papaparse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { safeCell } from '../../src/data/csv-append.ts';
import {
  answerColumns,
  memberCountOf,
  predictTable,
  readTable,
  writeNumpy,
  writePytorch,
  type Model,
} from '../../src/index.ts';
import { trainModel, type ModelSettings } from '../support/models.ts';
import { alteredTable, pythonCases } from '../support/python-cases.ts';
import { hasPython, printedLosses, runScripts, type PythonEnding } from '../support/python.ts';

/** How far a script may be from handgrad, relative to a loss, or to 1 and the factor of a target. */
const TOLERANCE = 1e-6;
const MORE_STEPS = 50;
const isFull = import.meta.env.HANDGRAD_FULL === '1';

const kinds = [
  { packageName: 'torch', write: writePytorch, place: 0 },
  { packageName: 'numpy', write: writeNumpy, place: 1 },
] as const;

/** A case as handgrad has it. */
interface Expected {
  readonly model: Model;
  readonly csv: string;
  readonly altered: string;
  /** Of the steps behind the model's; an ensemble is not trained on. */
  readonly losses: Float64Array;
}

async function expectedOf(wanted: ModelSettings): Promise<Expected> {
  const { model } = await trainModel(wanted);
  const { csv } = wanted;
  const altered = alteredTable(csv);
  if (memberCountOf(model) > 1) return { model, csv, altered, losses: new Float64Array(0) };
  const steps = Math.max(model.job.steps, model.snapshot.step + MORE_STEPS);
  const longer = { ...wanted, settings: { ...wanted.settings, steps }, from: model };
  const { result } = await trainModel({ ...longer, stopAfter: MORE_STEPS });
  const losses = result.losses.slice(model.snapshot.step);
  return { model, csv, altered, losses };
}

/** The largest deviation of a script's answers to a table; its texts must be the same. */
async function predictionDeviation({ model }: Expected, csv: string, stdout: string): Promise<number> {
  const table = await readTable(csv, { format: model.table.format });
  const columns = answerColumns(model, predictTable(model, table));
  const { delimiter, decimal } = model.table.format;
  const [header, ...rows] = Papa.parse<string[]>(stdout.trimEnd(), { delimiter }).data;
  expect(header).toEqual(columns.map(({ name }) => safeCell(name, decimal)));
  expect(rows.length).toBe(table.rowCount);
  const factor = Math.max(1, ...model.encoding.targetScaling.map((scaling) => Math.abs(scaling.factor)));
  let worst = 0;
  rows.forEach((cells, row) => {
    columns.forEach(({ cell }, column) => {
      const expected = cell(row);
      if (typeof expected === 'string') expect(cells[column]).toBe(safeCell(expected, decimal));
      else worst = Math.max(worst, Math.abs(Number(cells[column].replace(decimal, '.')) - expected) / factor);
    });
  });
  return worst;
}

function lossDeviation({ model, losses }: Expected, stdout: string): number {
  const printed = printedLosses(stdout);
  expect([...printed.keys()]).toEqual(Array.from(losses, (_, i) => model.snapshot.step + i));
  return Math.max(...Array.from(printed.values(), (loss, i) => Math.abs(loss / losses[i] - 1)));
}

describe.each(kinds)('a script for $packageName', ({ packageName, write, place }) => {
  const isHere = hasPython(packageName);
  // By default each case is a script for one of the two: they share whatever is about tables.
  const cases = isFull ? pythonCases : pythonCases.filter((_, i) => i % kinds.length === place);
  const folder = mkdtempSync(join(tmpdir(), 'handgrad-python-'));
  const expected: Expected[] = [];
  const endings: PythonEnding[] = [];
  const worst = { prediction: 0, loss: 0 };

  beforeAll(async () => {
    if (!isHere) return;
    for (const wanted of cases) expected.push(await expectedOf(wanted));
    const tasks = expected.flatMap(({ model, csv, altered }, i) => {
      const [script, table, other] = ['model.py', 'table.csv', 'other.csv'].map((name) =>
        join(folder, `${i}-${name}`),
      );
      writeFileSync(script, write(model));
      writeFileSync(table, csv);
      writeFileSync(other, altered);
      return [
        { script, arguments: ['predict', table] },
        { script, arguments: ['predict', other] },
        { script, arguments: ['train', table, '--steps', String(MORE_STEPS)] },
      ];
    });
    endings.push(...(await runScripts(tasks)));
  }, 300_000);

  afterAll(() => {
    rmSync(folder, { recursive: true });
    if (!isHere) return;
    const [prediction, loss] = [worst.prediction, worst.loss].map((value) => value.toExponential(1));
    console.log(`${packageName}: predictions within ${prediction}, losses within ${loss} of handgrad’s`);
  });

  const name = isHere ? '$name' : `$name (skipped: python3 has no ${packageName})`;
  it.skipIf(!isHere).each(cases.map((wanted, i) => ({ name: wanted.name, i })))(name, async ({ i }) => {
    const [ofTable, ofOther, training] = endings.slice(3 * i, 3 * i + 3);
    const isEnsemble = memberCountOf(expected[i].model) > 1;
    for (const { status, stderr } of [ofTable, ofOther, ...(isEnsemble ? [] : [training])])
      expect({ status, stderr }).toMatchObject({ status: 0 });
    for (const [csv, { stdout }] of [
      [expected[i].csv, ofTable],
      [expected[i].altered, ofOther],
    ] as const) {
      const deviation = await predictionDeviation(expected[i], csv, stdout);
      worst.prediction = Math.max(worst.prediction, deviation);
      expect(deviation).toBeLessThan(TOLERANCE);
    }
    if (isEnsemble) {
      expect(training).toMatchObject({ status: 1, stdout: '' });
      expect(training.stderr).toMatch(/^An ensemble predicts and is not trained on; [^\n]*\n?$/);
      return;
    }
    const deviation = lossDeviation(expected[i], training.stdout);
    worst.loss = Math.max(worst.loss, deviation);
    expect(deviation).toBeLessThan(TOLERANCE);
  });
});
