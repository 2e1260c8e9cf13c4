import { expect, test } from 'vitest';
import { answerRows } from '../../src/app/answer-rows.ts';
import { inferColumns, readTable } from '../../src/index.ts';
import type { OpenTable, PredictedRows } from '../../src/worker/client.ts';
import { TrainingService } from '../../src/worker/training-service.ts';
import { mixedColumns, mixedTable, type TargetKind } from '../support/models.ts';

async function opened(kind: TargetKind): Promise<OpenTable> {
  const file = new File([mixedTable(kind)], 'table.csv');
  const service = new TrainingService();
  const table = await service.openTable({ file }, {}, () => {});
  const read = await readTable(mixedTable(kind));
  return service.chooseColumns(table.id, inferColumns(read, mixedColumns(kind)), table.options);
}

/** Of rows 3, 20 and 40 as they stand in the file. */
function predicted(predictions: readonly number[], targets: readonly number[]): PredictedRows {
  return {
    rows: Uint32Array.of(2, 19, 39),
    parts: ['training', 'validation', 'training'],
    predictions: Float64Array.from(predictions),
    targets: Float64Array.from(targets),
  };
}

test('a class and its probability stand apart, with the row and its part', async () => {
  const open = await opened('class');
  expect(open.prepared?.classes).toEqual(['high', 'low', 'middle']);
  const targets = [0, 1, 0, 0, 0, 1, 1, 0, 0];
  const said = predicted([0.2, 0.7, 0.1, 0.5, 0.3, 0.2, Number.NaN, Number.NaN, Number.NaN], targets);
  const { rows, header, inputCount } = answerRows(open, said);
  expect(rows.map(({ number }) => number)).toEqual([3, 20, 40]);
  expect(rows.map(({ predicted: text, probability, isOff }) => [text, probability, isOff])).toEqual([
    ['low', '0.7000', false],
    ['high', '0.5000', true],
    ['not a number', undefined, undefined],
  ]);
  expect(rows[0].cells[2]).toBe(open.preview[2][2]);
  expect(header).toEqual(['size', 'weight', 'colour', 'grade']);
  expect(inputCount).toBe(4);
  const { validation = 0, test: held = 0 } = open.prepared?.rowCounts ?? {};
  expect(rows[1].part).toBe(validation + held > 0 ? 'validation' : undefined);
});

test('of two words one with its probability, of 0 and 1 the number', async () => {
  const said = predicted([0.9, 0.2, 0.4], [1, 0, 1]);
  const words = answerRows(await opened('binary'), said).rows;
  expect(words.map((row) => [row.predicted, row.probability, row.isOff])).toEqual([
    ['yes', '0.9000', false],
    ['no', '0.8000', false],
    ['no', '0.6000', true],
  ]);
  const numbers = answerRows(await opened('zero-or-one'), said).rows;
  expect(numbers.map((row) => [row.predicted, row.probability, row.isOff])).toEqual([
    ['0.9000', undefined, false],
    ['0.2000', undefined, false],
    ['0.4000', undefined, true],
  ]);
});

test('a row the page has no text of has dashes', async () => {
  const open = await opened('number');
  const short = { ...open, preview: open.preview.slice(0, 3) };
  const { rows } = answerRows(short, predicted([1000, 900, 800], [1, 2, 3]));
  expect(rows[2]).toMatchObject({
    number: 40,
    cells: ['–', '–', '–', '–'],
    actual: '–',
    predicted: '800.00',
  });
});
