import { batchingOf, rowsOfStep } from '../../src/core/batches.ts';
import type { TrainingData, TrainingJob } from '../../src/core/job.ts';

/** The rows of a job's first step, or of another, as a table. */
export function stepBatch(job: TrainingJob, data: TrainingData, step = 0): TrainingData {
  const rows = rowsOfStep(batchingOf(job, data.rowCount), step, data.rowCount);
  const of = (values: Float64Array, width: number) =>
    Float64Array.from([...rows].flatMap((row) => [...values.subarray(row * width, (row + 1) * width)]));
  const { inputs, inputCount, targets, outputCount } = data;
  return {
    ...data,
    rowCount: rows.length,
    inputs: of(inputs, inputCount),
    targets: of(targets, outputCount),
  };
}
