import { describe, expect, it } from 'vitest';
import { measureOutputs } from '../../src/core/baselines.ts';
import { readTable } from '../../src/data/csv.ts';
import { inUnitsOfTable } from '../../src/data/encoding.ts';
import type { Table } from '../../src/index.ts';
import { answerColumns, answersOf, evaluateTable, predictTable } from '../../src/model-predictions.ts';
import { mixedColumns, mixedTable, trainModel, type TargetKind } from '../support/models.ts';

const NEW_ROWS = 'note,grade,colour,size,weight\nx,7,violet,25,1.5\ny,,blue,,2\nz,10.0,brown,30,-1\n';

const trained = (kind: TargetKind, options = {}) =>
  trainModel({ csv: mixedTable(kind, 60), columns: mixedColumns(kind), options });

describe('rows that came later', () => {
  it('are predicted by name, and what is odd of them is counted', async () => {
    const { model } = await trained('number');
    const predictions = predictTable(model, await readTable(NEW_ROWS));
    expect(predictions.rowCount).toBe(3);
    expect(predictions.values.every(Number.isFinite)).toBe(true);
    expect(predictions.extraColumns).toEqual(['note']);
    expect([...predictions.unseenCells]).toEqual([['colour', 2]]);
    expect(predictions.filledCellCount).toBe(2);
    expect(predictions.incompleteCount).toBe(0);
  });

  it('have no prediction where a value is missing that was never missing in training', async () => {
    const { model } = await trained('class', { missing: 'drop' });
    const predictions = predictTable(model, await readTable(NEW_ROWS));
    expect(predictions.incompleteCount).toBe(1);
    const columns = answerColumns(model, predictions);
    expect(columns.map(({ name }) => name)).toEqual([
      'predicted answer',
      'probability of answer = high',
      'probability of answer = low',
      'probability of answer = middle',
    ]);
    expect(columns.map(({ cell }) => cell(1))).toEqual(['', '', '', '']);
    expect(columns.every(({ cell }) => cell(0) !== '')).toBe(true);
  });

  it('have the second of two classes from the threshold on', async () => {
    const { model } = await trained('binary');
    const answer = (probability: number, threshold?: number) =>
      answersOf(model, Float64Array.of(probability), threshold)[0];
    expect(answer(0.5)).toEqual({
      target: 'answer',
      value: 'yes',
      probabilities: [
        { of: 'no', probability: 0.5 },
        { of: 'yes', probability: 0.5 },
      ],
    });
    expect(answer(0.49).value).toBe('no');
    expect(answer(0.49, 0.3).value).toBe('yes');
  });
});

describe('rows whose targets are known', () => {
  it.each(['number', 'numbers', 'binary', 'class', 'zero-or-one'] as const)(
    'are measured as the run itself measures them: %s',
    async (kind) => {
      const { model, table, dataset, result } = await trained(kind, { validation: 0 });
      const { measures, loss, rows } = evaluateTable(model, table);
      const { training, task } = dataset;
      const { outputCount } = training;
      const expected = measureOutputs(task, {
        targets: task === 'regression' ? numbersOf(table, outputCount) : training.targets,
        predictions: inUnitsOfTable(dataset, result.predictions),
        outputCount,
      });
      expect(rows).toEqual(dataset.rows.training);
      expect(measures).toEqual(expected);
      // One step more would begin with this loss.
      const more = await trainModel({
        csv: mixedTable(kind, 60),
        columns: mixedColumns(kind),
        options: { validation: 0 },
        settings: { steps: 21 },
      });
      expect(loss / more.result.losses[20]).toBeCloseTo(1, 12);
    },
  );

  it('are left out without a target, or of a class never seen; and counted', async () => {
    const { model } = await trained('class');
    const rows =
      'size,weight,colour,grade,answer\n25,1,red,7,high\n20,1,red,7,\n20,1,red,7,huge\n30,-1,blue,10,low\n';
    const evaluation = evaluateTable(model, await readTable(rows));
    expect([...evaluation.rows]).toEqual([0, 3]);
    expect(evaluation).toMatchObject({ missingCount: 1, unseenCount: 1 });
    const none = await readTable('size,weight,colour,grade,answer\n25,1,red,7,\n20,1,red,7,huge\n');
    expect(() => evaluateTable(model, none)).toThrow('None of the 2 rows has a target that can be compared');
  });
});

/** The last columns, row-major, as they stand in the table. */
function numbersOf({ columns, rowCount }: Table, count: number): Float64Array {
  const targets = columns.slice(-count);
  return Float64Array.from(
    { length: rowCount * count },
    (_, i) => targets[i % count].numbers?.[Math.floor(i / count)] ?? NaN,
  );
}
