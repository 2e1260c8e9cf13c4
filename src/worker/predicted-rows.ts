import { inUnitsOfTable, type Dataset, type PartName } from '../index.ts';
import type { PredictableRows } from './table-keeper.ts';

/** What a run predicts for the first rows of the table. */
export interface PredictedRows {
  /** Places in the table, in the order of the file; rows that were left out are not among them. */
  readonly rows: Uint32Array;
  readonly parts: readonly PartName[];
  /** In the units of the table, probabilities of classes: row-major [rows, outputs]. */
  readonly predictions: Float64Array;
  /** In the same units; of classes 1 for the actual one (or its weight): row-major [rows, outputs]. */
  readonly targets: Float64Array;
}

/** @param predictions in the units of the table, row-major [rows, outputs] */
export function reportPredictions(
  { rows, parts }: PredictableRows,
  dataset: Dataset,
  predictions: Float64Array,
): PredictedRows {
  const { outputCount } = dataset.training;
  const encoded = new Float64Array(predictions.length);
  const next = { training: 0, validation: 0, test: 0 };
  // The parts hold their rows in the order of the file, too.
  parts.forEach((part, i) => {
    const at = next[part]++ * outputCount;
    encoded.set(dataset[part]?.targets.subarray(at, at + outputCount) ?? [], i * outputCount);
  });
  return { rows, parts, predictions, targets: inUnitsOfTable(dataset, encoded) };
}
