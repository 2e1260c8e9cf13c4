import { describe, expect, it } from 'vitest';
import { cellText, type Model, type Table } from '../../src/index.ts';
import { activationNames } from '../../src/core/activations.ts';
import { writeJavaScript } from '../../src/exchange/javascript.ts';
import { answersOf, answersToRow, predictTable, type Answer } from '../../src/model-predictions.ts';
import { hostileTexts, mixedColumns, mixedTable, modelCases, trainModel } from '../support/models.ts';

/** Float64 on both sides; sums may be taken in another order. */
const TOLERANCE = 1e-12;

type Cell = string | number | null | undefined;
interface Module {
  readonly predict: (row: Record<string, Cell> | Map<string, Cell>) => Answer[];
  readonly columns: readonly { readonly column: string }[];
}

async function run(source: string): Promise<Module> {
  const base64 = Buffer.from(source, 'utf8').toString('base64');
  return (await import(/* @vite-ignore */ `data:text/javascript;base64,${base64}`)) as Module;
}

function rowOf(table: Table, row: number): Map<string, string> {
  return new Map(table.columnNames.map((name, column) => [name, cellText(table.columns[column], row)]));
}

/** The largest difference between two lists of answers, in units of the scale of their targets; labels must be equal. */
function difference(model: Model, actual: readonly Answer[], expected: readonly Answer[]): number {
  let worst = 0;
  expected.forEach((answer, i) => {
    const said = actual[i];
    expect(said.target).toBe(answer.target);
    expect(said.probabilities.map(({ of }) => of)).toEqual(answer.probabilities.map(({ of }) => of));
    answer.probabilities.forEach(({ probability, spread }, k) => {
      worst = Math.max(worst, Math.abs(said.probabilities[k].probability - probability));
      worst = Math.max(worst, distance(said.probabilities[k].spread, spread));
    });
    if (typeof answer.value === 'string') expect(said.value).toBe(answer.value);
    else {
      const { factor, offset } = model.encoding.targetScaling[i];
      const size = Math.max(1, Math.abs(factor), Math.abs(offset));
      worst = Math.max(worst, Math.abs(Number(said.value) - answer.value) / size);
      worst = Math.max(worst, distance(said.spread, answer.spread) / size);
    }
  });
  return worst;
}

/** Of two spreads; both are there or none. */
function distance(actual: number | undefined, expected: number | undefined): number {
  expect(actual === undefined).toBe(expected === undefined);
  return Math.abs((actual ?? 0) - (expected ?? 0));
}

describe('the JavaScript module', () => {
  it.each(modelCases)('predicts as the CPU path: $name', async (wanted) => {
    const { model, table } = await trainModel(wanted);
    const { predict } = await run(writeJavaScript(model));
    const predictions = predictTable(model, table);
    const { values, rowCount } = predictions;
    const outputCount = values.length / rowCount;
    let worst = 0;
    let compared = 0;
    for (let row = 0; row < rowCount; row++) {
      const expected = values.subarray(row * outputCount, (row + 1) * outputCount);
      const cells = rowOf(table, row);
      if (expected.some(Number.isNaN)) {
        expect(() => predict(cells)).toThrow('complete rows');
        continue;
      }
      compared++;
      worst = Math.max(worst, difference(model, predict(cells), answersToRow(model, predictions, row)));
    }
    expect(compared).toBeGreaterThan(10);
    console.log(`${wanted.name}: ${worst.toExponential(1)} of ${TOLERANCE}`);
    expect(worst).toBeLessThanOrEqual(TOLERANCE);
  });

  it('spells every activation', () => {
    const spelt = modelCases.flatMap(({ settings }) => settings?.activations ?? []);
    expect(activationNames.filter((name) => !spelt.includes(name))).toEqual([]);
  });

  it('takes numbers, texts, gaps and what was never seen, in objects and Maps', async () => {
    const { model } = await trainModel({ csv: mixedTable('class'), columns: mixedColumns('class') });
    const { predict } = await run(writeJavaScript(model));
    const names = ['size', 'weight', 'colour', 'grade'];
    const rows: [Cell[], string[]][] = [
      [
        [25, -1.5, 'red', 7],
        ['25', '-1.5', 'red', '7'],
      ],
      [
        ['25.0', '-1.5e0', 'red', '7.0'],
        ['25', '-1.5', 'red', '7'],
      ],
      [
        [null, 2, 'violet', undefined],
        ['', '2', 'violet', ''],
      ],
      [
        [NaN, '1,200.5', ' green ', 'n/a'],
        ['NA', '1200.5', 'green', ''],
      ],
    ];
    for (const [cells, texts] of rows) {
      const object = Object.fromEntries(names.map((name, i) => [name, cells[i]]));
      const answers = predict(object);
      expect(answers).toEqual(predict(new Map(Object.entries(object))));
      const table = { values: predictTable(model, await tableOfRow(names, texts)).values };
      expect(difference(model, answers, answersOf(model, table.values))).toBeLessThanOrEqual(TOLERANCE);
    }
    for (const row of [{ Size: 1 }, [25, 1, 'red', 7], null, undefined, 5]) {
      expect(() => predict(row as never)).toThrow('none of the columns');
    }
    expect(() => predict({ size: 'tall', weight: 1, colour: 'red', grade: 7 })).toThrow(
      'takes a number, not "tall"',
    );
  });

  it('reads texts with the decimal mark of the table', async () => {
    const lines = Array.from({ length: 12 }, (_, i) => `${i + 1}.${100 + i},5;${i},25;${i}`);
    const { model } = await trainModel({ csv: `a;b;y\n${lines.join('\n')}\n` });
    expect(model.table.format.decimal).toBe(',');
    const { predict } = await run(writeJavaScript(model));
    const expected = predict({ a: 1200, b: 0.5 });
    expect(predict({ a: '1.200', b: '0,5' })).toEqual(expected);
    expect(predict({ a: '1.200,0', b: ',5' })).toEqual(expected);
    expect(() => predict({ a: '1200.5', b: 0 })).toThrow('takes a number');
  });

  it('has names and categories as escaped text alone', async () => {
    const { model } = await trainModel(modelCases[modelCases.length - 1]);
    const source = writeJavaScript(model);
    expect(source).toMatch(/^[ -~\n]*$/);
    expect(source).not.toContain('</script');
    for (const line of source.split('\n').filter((each) => /^\s*(\/\/|\/\*)/.test(each))) {
      for (const text of hostileTexts) expect(line).not.toContain(text.trim().slice(0, 12));
    }
    const { columns } = await run(source);
    expect(columns.map(({ column }) => column)).toEqual(hostileTexts.slice(0, 3));
  });
});

async function tableOfRow(names: readonly string[], texts: readonly string[]): Promise<Table> {
  const { readTable } = await import('../../src/index.ts');
  const quoted = (cells: readonly string[]) => cells.map((cell) => `"${cell}"`).join(',');
  return readTable(`${quoted(names)}\n${quoted(texts)}\n`);
}
