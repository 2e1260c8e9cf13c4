import type { PartName } from '../index.ts';
import { reportPredictions, type PredictedRows } from './predicted-rows.ts';
import type { KeptDataset } from './table-keeper.ts';

/** Some rows of the table, evenly taken, in the order of the file. */
export interface ShownRows {
  /** Places in the table. */
  readonly rows: Uint32Array;
  readonly parts: readonly PartName[];
  /** Encoded, row-major [rows, inputCount]. */
  readonly inputs: Float64Array;
  /** In the units of the table; of classes 1 for the actual one: row-major [rows, outputCount]. */
  readonly targets: Float64Array;
}

/** Of each table: pictures follow one another many times a second. */
const known = new WeakMap<KeptDataset, ShownRows>();

/** At most so many of the rows that predictions are shown for. */
export function shownRowsOf(prepared: KeptDataset, most: number): ShownRows {
  const before = known.get(prepared);
  const { rows, parts, inputs } = prepared.predictable;
  const count = Math.min(most, rows.length);
  if (before?.rows.length === count) return before;
  const { dataset } = prepared;
  const { inputCount, outputCount } = dataset.training;
  const zeros = new Float64Array(rows.length * outputCount);
  const { targets } = reportPredictions(prepared.predictable, dataset, zeros);
  const places = Array.from({ length: count }, (_, i) => Math.floor((i * rows.length) / count));
  const taken = (values: Float64Array, columns: number) =>
    Float64Array.from(
      places.flatMap((place) => [...values.subarray(place * columns, (place + 1) * columns)]),
    );
  const shown = {
    rows: Uint32Array.from(places, (place) => rows[place]),
    parts: places.map((place) => parts[place]),
    inputs: taken(inputs, inputCount),
    targets: taken(targets, outputCount),
  };
  known.set(prepared, shown);
  return shown;
}

/** @param predictions in the units of the table, row-major [rows, outputCount] */
export function predictedRows({ rows, parts, targets }: ShownRows, predictions: Float64Array): PredictedRows {
  return { rows, parts, predictions, targets };
}
