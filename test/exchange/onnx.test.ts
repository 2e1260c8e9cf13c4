import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { activationNames } from '../../src/core/activations.ts';
import {
  answersOf,
  InputError,
  memberCountOf,
  predictTable,
  readTable,
  writeOnnx,
  type Model,
  type Table,
} from '../../src/index.ts';
import { cellText } from '../../src/data/column.ts';
import { closeness, report, type Closeness } from '../support/close.ts';
import {
  hostileTable,
  hostileTexts,
  mixedColumns,
  mixedTable,
  modelCases,
  trainModel,
} from '../support/models.ts';
import { decodeOnnx, runOnnx, type OnnxAnswers, type Row } from '../support/onnx.ts';

/** Of a probability, or of a number beside the factor of its target: float32 through a few layers. */
const TOLERANCE = 2e-6;
const WHY_LOOSE = 'one tolerance for all cases; the worst comes to a quarter of it';
/** How a cell without a value may be written. */
const missingCells = ['', 'NA', 'n/A', 'NaN', 'Null', '?'];

function rowsOf({ columnNames, columns, rowCount }: Table): Row[] {
  return Array.from(
    { length: rowCount },
    (_, row) => new Map(columnNames.map((name, i) => [name, cellText(columns[i], row)])),
  );
}

function readRows(rows: readonly Row[]): Promise<Table> {
  const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const lines = [[...rows[0].keys()], ...rows.map((row) => [...row.values()])];
  const csv = lines.map((line) => line.map(cell).join(',')).join('\n');
  return readTable(csv, { format: { delimiter: ',', decimal: '.', hasHeader: true } });
}

/** Rows that make a file show what it does: in another order, and for every column with a gap and an unseen category. */
function probesOf({ encoding }: Model, rows: readonly Row[]): Row[] {
  const probes = rows.toReversed();
  encoding.inputs.forEach(({ column, type }, i) => {
    const cells = type === 'number' ? missingCells : [...missingCells, 'never seen'];
    cells.forEach((cell, k) => probes.push(new Map([...rows[(5 * i + k) % rows.length], [column, cell]])));
  });
  return probes;
}

/** The first output: predictions or probabilities. */
function numbersOf(answers: OnnxAnswers): Float64Array {
  const [{ data }] = answers.values();
  if (!(data instanceof Float64Array)) throw new Error('The first output holds no numbers.');
  return data;
}

/** Of an ensemble. */
function spreadsOf(answers: OnnxAnswers): Float64Array {
  const data = answers.get('spread')?.data ?? [];
  return Float64Array.from(data, Number);
}

/** How far the numbers of a file are from the model's own. */
async function closenessTo(model: Model, file: Uint8Array, rows: readonly Row[]): Promise<Closeness> {
  const { values: predicted, spreads } = predictTable(model, await readRows(rows));
  const { targetScaling } = model.encoding;
  const answers = await runOnnx(file, model.encoding, rows);
  expect([...answers.values()][0].shape).toEqual([rows.length, targetScaling.length]);
  expect(answers.has('spread')).toBe(memberCountOf(model) > 1);
  expect(answers.get('spread')?.shape).toEqual(spreads && [rows.length, targetScaling.length]);
  const values = Float64Array.of(...predicted, ...(spreads ?? []));
  const given = Float64Array.of(...numbersOf(answers), ...spreadsOf(answers));
  expect(Array.from(given, Number.isNaN)).toEqual(Array.from(values, Number.isNaN));
  expectLabels(model, predicted, answers);
  const allowed = given.map((_, i) => {
    return TOLERANCE * Math.max(1, Math.abs(targetScaling[i % targetScaling.length].factor));
  });
  const withoutGaps = (all: Float64Array) => all.map((value) => (Number.isNaN(value) ? 0 : value));
  return closeness(withoutGaps(given), withoutGaps(values), allowed);
}

/** The labels are what `answersOf` says, wherever rounding cannot have a say in it. */
function expectLabels(model: Model, values: Float64Array, answers: OnnxAnswers): void {
  const { classes, targetScaling } = model.encoding;
  expect(answers.has('label')).toBe(classes !== undefined && !answers.has('prediction'));
  const label = answers.get('label');
  if (!label) return;
  const count = targetScaling.length;
  expect(label.shape).toEqual([values.length / count]);
  label.data.forEach((given, row) => {
    const ofRow = values.subarray(row * count, (row + 1) * count);
    const [most, next] = count === 1 ? [ofRow[0], 0.5] : ofRow.toSorted().toReversed();
    if (Math.abs(most - next) <= 2 * TOLERANCE) return;
    expect(given).toBe(answersOf(model, ofRow)[0].value);
  });
}

describe('an ONNX file', () => {
  it.each(modelCases)('predicts as the model does: $name', async (wanted) => {
    const { model, table } = await trainModel(wanted);
    const rows = rowsOf(table);
    const file = writeOnnx(model);
    report(wanted.name, await closenessTo(model, file, [...rows, ...probesOf(model, rows)]), WHY_LOOSE);
    expect(writeOnnx(model)).toEqual(file);
  });

  it('gives a probability for each of several targets of 0 and 1', async () => {
    const lines = Array.from({ length: 30 }, (_, i) => `${(i * 7) % 11},${i % 2},${i % 3 === 0 ? 1 : 0}`);
    const { model, table } = await trainModel({
      csv: `x,even,third\n${lines.join('\n')}\n`,
      columns: { targets: ['even', 'third'] },
    });
    const rows = rowsOf(table);
    report('two of 0 and 1', await closenessTo(model, writeOnnx(model), rows), WHY_LOOSE);
    const answers = await runOnnx(writeOnnx(model), model.encoding, rows);
    expect([...answers.keys()]).toEqual(['probability']);
  });

  it('takes no more nodes for more columns of numbers', async () => {
    const names = Array.from({ length: 200 }, (_, i) => `x${i}`);
    const lines = Array.from({ length: 20 }, (_, row) => [
      ...names.map((_name, i) => (row * i) % 7),
      row % 3,
    ]);
    const csv = `${[...names, 'y'].join()}\n${lines.join('\n')}\n`;
    const { model, table } = await trainModel({ csv, columns: { types: new Map([['x50', 'category']]) } });
    const file = writeOnnx(model);
    report('two hundred columns', await closenessTo(model, file, rowsOf(table)), WHY_LOOSE);
    expect(decodeOnnx(file).graph?.node?.length).toBeLessThan(40);
  });

  it('has every activation', () => {
    const exported = modelCases.flatMap(({ settings }) => settings?.activations ?? []);
    expect(activationNames.filter((name) => !exported.includes(name))).toEqual([]);
  });

  it('predicts rows that training did not come near', async () => {
    for (const activation of activationNames) {
      const settings = { activations: [activation], hidden: [4, 3], learningRate: 0.05, steps: 200 };
      const { model, table } = await trainModel({
        csv: mixedTable('number'),
        columns: mixedColumns('number'),
        settings,
      });
      const far = [-3000, -40, 100, 4000].map(
        (size) => new Map([...rowsOf(table)[0], ['size', String(size)]]),
      );
      const { values } = predictTable(model, await readRows(far));
      const { factor } = model.encoding.targetScaling[0];
      // Relative where a prediction is far away too.
      const allowed = values.map((value) => TOLERANCE * Math.max(Math.abs(value), factor));
      const answers = await runOnnx(writeOnnx(model), model.encoding, far);
      report(`${activation}, far away`, closeness(numbersOf(answers), values, allowed), WHY_LOOSE);
    }
  });

  it('shows a parameter that is off by a thousandth', async () => {
    const { model, table } = await trainModel({ csv: mixedTable('number'), columns: mixedColumns('number') });
    const rows = rowsOf(table);
    const { snapshot } = model;
    const { parameters } = snapshot;
    // Of the units: one of a number, of a category, of a gap, and the last bias.
    for (const place of [0, 10, 20, parameters.length - 1]) {
      const faulty = {
        ...model,
        snapshot: { ...snapshot, parameters: parameters.with(place, parameters[place] + 1e-3) },
      };
      const { ratio } = await closenessTo(model, writeOnnx(faulty), rows);
      expect(ratio).toBeGreaterThan(2);
    }
  });

  it('has no prediction for a row with a gap that nothing stands in for', async () => {
    const { model, table } = await trainModel({
      csv: mixedTable('class'),
      columns: mixedColumns('class'),
      options: { missing: 'drop' },
      settings: { activations: ['relu'] },
    });
    const [whole] = rowsOf(table).filter((row) => [...row.values()].every((cell) => cell !== ''));
    const rows = ['size', 'weight', 'colour', 'grade'].map((name) => new Map([...whole, [name, '']]));
    const answers = await runOnnx(writeOnnx(model), model.encoding, [...rows, whole]);
    const probabilities = numbersOf(answers);
    expect([...probabilities.subarray(0, 12)]).toEqual(Array(12).fill(NaN));
    expect(Array.from(probabilities.subarray(12), Number.isFinite)).toEqual([true, true, true]);
    expect(answers.get('label')?.data.slice(0, 4)).toEqual(['', '', '', '']);
    expect(model.encoding.classes).toContain(answers.get('label')?.data[4]);
  });

  it('keeps what tells large numbers apart', async () => {
    const first = 1_700_000_000;
    const lines = Array.from({ length: 40 }, (_, i) => `${first + (i % 10)}.${i % 4},${(i * 7) % 10}`);
    const { model, table } = await trainModel({ csv: `time,y\n${lines.join('\n')}\n` });
    const rows = rowsOf(table);
    const allOfOne = rows.map((row) => new Map([...row, ['time', String(Math.fround(first))]]));
    const file = writeOnnx(model);
    report('times', await closenessTo(model, file, rows), WHY_LOOSE);
    const [apart, together] = await Promise.all(
      [rows, allOfOne].map((some) => runOnnx(file, model.encoding, some)),
    );
    expect(new Set(numbersOf(apart)).size).toBeGreaterThan(15);
    expect(new Set(numbersOf(together)).size).toBe(1);
  });

  it('has the texts of a table where they are data, and nowhere else', async () => {
    const { model } = await trainModel({ csv: hostileTable() });
    const { graph, metadataProps, docString, opsetImport, irVersion, ...rest } = decodeOnnx(writeOnnx(model));
    const metadata = new Map(metadataProps.map(({ key, value }) => [key, value]));
    const [first, second, third, fourth] = hostileTexts;
    const categories = hostileTexts.map((text) => text.trim()).toSorted();
    expect([metadata.get('input_0'), metadata.get('input_1'), metadata.get('input_2')]).toEqual([
      first,
      second,
      third,
    ]);
    expect(metadata.get('target_0')).toBe(fourth);
    const manifest = JSON.parse(metadata.get('handgrad') ?? '') as Record<string, unknown>;
    expect(manifest).toMatchObject({
      format: 'handgrad onnx',
      version: 1,
      task: 'classification',
      inputs: [
        { name: 'input_0', column: first, type: 'number' },
        { name: 'input_1', column: second, type: 'category', categories },
        { name: 'input_2', column: third, type: 'category', categories },
      ],
      targets: [fourth],
      classes: model.encoding.classes,
    });
    const nodes = graph?.node ?? [];
    const named = [
      ...nodes,
      ...(graph?.input ?? []),
      ...(graph?.output ?? []),
      ...(graph?.initializer ?? []),
    ];
    const names = named
      .map(({ name }) => name ?? '')
      .concat(nodes.flatMap((node) => [...(node.input ?? []), ...(node.output ?? [])]));
    expect(names.filter((name) => !/^[a-z][a-z0-9_]*$/.test(name))).toEqual([]);
    expect(hostileTexts.filter((text) => docString.includes(text))).toEqual([]);
    expect(rest).toMatchObject({ producerName: 'handgrad', producerVersion: '0.1.0' });
    expect(Number(irVersion)).toBe(8);
    expect(opsetImport.map(({ domain, version }) => [domain, Number(version)])).toEqual([
      ['', 17],
      ['ai.onnx.ml', 3],
    ]);
  });

  it('says what is missing in every way a table may write it', async () => {
    const { model } = await trainModel({ csv: mixedTable('class'), columns: mixedColumns('class') });
    const { graph } = decodeOnnx(writeOnnx(model));
    const encoder = graph?.node?.find(({ name }) => name === 'input_2_place');
    const keys = encoder?.attribute?.find(({ name }) => name === 'keys_strings')?.strings ?? [];
    const texts = keys.map((key) => new TextDecoder().decode(key));
    expect(new Set(texts).size).toBe(texts.length);
    // Of na and n/a 4 each, of nan 8, of null 16, and the two that have no letters.
    expect(texts).toHaveLength(3 + 4 + 4 + 8 + 16 + 2);
    expect(texts).toEqual(expect.arrayContaining([...missingCells, 'nA', 'N/A', 'naN', 'NULL', 'nuLl']));
  });

  it('is not written of a run that diverged', async () => {
    const { model } = await trainModel({ csv: mixedTable('number'), columns: mixedColumns('number') });
    for (const value of [NaN, Infinity, 1e39]) {
      const snapshot = { ...model.snapshot, parameters: model.snapshot.parameters.with(2, value) };
      expect(() => writeOnnx({ ...model, snapshot })).toThrow(InputError);
      expect(() => writeOnnx({ ...model, snapshot })).toThrow(`Parameter 3 is ${value};`);
    }
  });
});

const hasPython = spawnSync('python3', ['-c', 'import onnx']).status === 0;
const unchecked = hasPython ? '' : ' (skipped: python3 with the package onnx is not here)';

/** Prints what the checker has against each file. */
const CHECK = `
import sys, onnx
for path in sys.argv[1:]:
    try:
        onnx.checker.check_model(onnx.load(path), full_check=True)
        print('accepted')
    except Exception as error:
        print(repr(error))
`;

describe('the checker of ONNX', () => {
  it.skipIf(!hasPython)(`accepts the files${unchecked}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'handgrad-onnx-'));
    try {
      const paths: string[] = [];
      for (const wanted of modelCases) {
        const path = join(folder, `${paths.length}.onnx`);
        writeFileSync(path, writeOnnx((await trainModel(wanted)).model));
        paths.push(path);
      }
      const { stdout, stderr } = spawnSync('python3', ['-c', CHECK, ...paths], { encoding: 'utf8' });
      expect(stderr).toBe('');
      expect(stdout.trim().split('\n')).toEqual(modelCases.map(() => 'accepted'));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
