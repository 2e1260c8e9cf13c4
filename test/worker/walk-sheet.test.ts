import { describe, expect, it } from 'vitest';
import { matricesOf, type TracedQuantity } from '../../src/core/trace.ts';
import type { Trace } from '../../src/index.ts';
import { walkSheet, type WalkSheet } from '../../src/worker/walk-sheet.ts';
import { orData, variedJob } from '../support/jobs.ts';
import { notebookJob } from '../../src/core/notebook.ts';
import { traceAfter } from '../support/trace-after.ts';

const adapter = { vendor: 'google', architecture: 'swiftshader', description: '', isFallback: true };

/** A trace with one entry of one matrix moved. */
function moved(trace: Trace, quantity: TracedQuantity, at: number, by: number): Trace {
  const copy = structuredClone(trace);
  const found = matricesOf(copy).find((each) => each.quantity === quantity);
  if (found) found.matrix.data[at] += by;
  return copy;
}

const matrixOf = ({ matrices }: WalkSheet, quantity: TracedQuantity, layer: number) =>
  matrices.find((each) => each.quantity === quantity && each.layer === layer);

describe('the sheet of a step', () => {
  it('has every matrix of the notebook’s whole, with the rates and counts of its formulas', async () => {
    const { trace } = await traceAfter(notebookJob, orData, 3);
    const network = { job: notebookJob, inputCount: 2, stepCount: 10_000, networkLabel: 'CPU' };
    const traced = { reference: trace, gpu: undefined, adapter: null, refusal: 'There is no GPU.' };
    const sheet = walkSheet(traced, network, { firstRow: 0, firstUnits: [] });
    expect(sheet).toMatchObject({
      step: 3,
      rowCount: 4,
      shownRows: Uint32Array.of(0, 1, 2, 3),
      windows: { firstRow: 0, firstUnits: [0, 0, 0] },
      adapter: undefined,
      refusal: 'There is no GPU.',
      rates: { learningRate: 0.05, updateCount: 4 },
      lossCount: 4,
    });
    expect(sheet.matrices.map(({ quantity, layer }) => [quantity, layer])).toEqual(
      matricesOf(trace).map(({ quantity, layer }) => [quantity, layer]),
    );
    expect(matrixOf(sheet, 'preActivations', 0)).toEqual({
      quantity: 'preActivations',
      layer: 0,
      rows: 4,
      columns: 3,
      shownRows: { first: 0, count: 4 },
      shownColumns: { first: 0, count: 3 },
      float64: trace.layers[0].preActivations.data,
      gpu: undefined,
      greatest: undefined,
    });
  });

  it('cuts the same part out of every matrix, and looks at the whole for the greatest difference', async () => {
    const { job, data } = variedJob(8, 50);
    expect([data.rowCount, data.inputCount, job.layers[0].units]).toEqual([58, 4, 9]);
    const { trace } = await traceAfter(job, data, 1);
    const gpu = moved(trace, 'preActivations', 5, 0.25);
    const network = { job, inputCount: 4, stepCount: 2, networkLabel: 'GPU' };
    const windows = { firstRow: 1000, firstUnits: [0, 8] };
    const sheet = walkSheet({ reference: trace, gpu, adapter, refusal: undefined }, network, windows);
    // Nothing begins behind the last window.
    expect(sheet.windows).toEqual({ firstRow: 56, firstUnits: [0, 8, 0, 0, 0] });
    expect([...sheet.shownRows]).toEqual([56, 57]);
    expect(sheet.adapter).toBe('google · swiftshader');
    const { preActivations, weights } = trace.layers[0];
    expect(matrixOf(sheet, 'preActivations', 0)).toMatchObject({
      shownRows: { first: 56, count: 2 },
      shownColumns: { first: 8, count: 1 },
      float64: Float64Array.of(preActivations.data[56 * 9 + 8], preActivations.data[57 * 9 + 8]),
      greatest: { difference: expect.closeTo(0.25, 12), row: 0, column: 5 },
    });
    expect(matrixOf(sheet, 'weights', 0)).toMatchObject({
      shownRows: { first: 0, count: 4 },
      shownColumns: { first: 8, count: 1 },
      gpu: Float64Array.from({ length: 4 }, (_, row) => weights.data[row * 9 + 8]),
      greatest: { difference: 0, row: 0, column: 0 },
    });
  });

  it('takes what is no number on one side alone for the greatest difference, and on both for none', async () => {
    const { trace } = await traceAfter(notebookJob, orData, 0);
    const network = { job: notebookJob, inputCount: 2, stepCount: 1, networkLabel: 'GPU' };
    const broken = moved(trace, 'activations', 7, NaN);
    const sheetOf = (reference: Trace, gpu: Trace) =>
      walkSheet({ reference, gpu, adapter, refusal: undefined }, network, { firstRow: 0, firstUnits: [] });
    expect(matrixOf(sheetOf(trace, broken), 'activations', 0)?.greatest).toEqual({
      difference: NaN,
      row: 2,
      column: 1,
    });
    expect(matrixOf(sheetOf(broken, broken), 'activations', 0)?.greatest?.difference).toBe(0);
  });
});
