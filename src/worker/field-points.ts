import type { Dataset, PartName } from '../index.ts';
import { partsOf, valuesOfColumn, type FieldRequest } from './field-columns.ts';

/** Rows of the table as points of a field, in the units of the table. */
export interface FieldPoints {
  readonly x: Float64Array;
  /** Of a curve the same as `value`. */
  readonly y: Float64Array;
  /** Which of `parts` each point is of. */
  readonly partOf: Uint8Array;
  readonly parts: readonly PartName[];
  /** What is so: the place of its class, or the number. */
  readonly value: Float64Array;
  /** Rows there are, those that are not drawn included. */
  readonly rowCount: number;
}

/** At most `most` rows, evenly taken from all parts in the order of the file. */
export function pointsOf(dataset: Dataset, { across, up, output }: FieldRequest, most: number): FieldPoints {
  const parts = partsOf(dataset);
  const { outputCount } = dataset.training;
  const xs = valuesOfColumn(dataset, across);
  const values = Float64Array.from(
    parts.flatMap(({ data }) =>
      Array.from({ length: data.rowCount }, (_, row) =>
        actualOf(dataset, data.targets.subarray(row * outputCount, (row + 1) * outputCount), output),
      ),
    ),
  );
  const ys = up === undefined ? values : valuesOfColumn(dataset, up);
  const partOf = Uint8Array.from(parts.flatMap(({ data }, part) => Array<number>(data.rowCount).fill(part)));
  const { length: rowCount } = xs;
  const stride = Math.max(1, rowCount / most);
  const taken = Array.from({ length: Math.min(rowCount, most) }, (_, i) => Math.floor(i * stride));
  return {
    x: Float64Array.from(taken, (row) => xs[row]),
    y: Float64Array.from(taken, (row) => ys[row]),
    partOf: Uint8Array.from(taken, (row) => partOf[row]),
    parts: parts.map(({ part }) => part),
    value: Float64Array.from(taken, (row) => values[row]),
    rowCount,
  };
}

/** The place of the class, weighted or not; the number in the units of the table. */
function actualOf({ classes, targetScaling }: Dataset, targets: Float64Array, output: number): number {
  if (classes && targets.length > 1) return targets.findIndex((value) => value > 0);
  const { offset, factor } = targetScaling[output];
  return offset + factor * targets[output];
}
