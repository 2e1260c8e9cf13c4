import type { Dataset, PartName } from '../index.ts';
import { choosesClass, partsOf, requireOutput, valuesOfColumn, type FieldRequest } from './field-columns.ts';

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

/**
 * At most `most` rows, evenly taken from all parts in the order of the file.
 *
 * @throws InputError if there is no such target
 */
export function pointsOf(dataset: Dataset, { across, up, output }: FieldRequest, most: number): FieldPoints {
  requireOutput(dataset, output);
  const parts = partsOf(dataset);
  const rowCount = parts.reduce((sum, { data }) => sum + data.rowCount, 0);
  const xs = valuesOfColumn(dataset, across);
  const ys = up === undefined ? undefined : valuesOfColumn(dataset, up);
  const length = Math.min(rowCount, most);
  const points = {
    x: new Float64Array(length),
    y: new Float64Array(length),
    value: new Float64Array(length),
    partOf: new Uint8Array(length),
  };
  let [part, firstOfPart] = [0, 0];
  for (let i = 0; i < length; i++) {
    const row = Math.floor((i * rowCount) / length);
    while (row >= firstOfPart + parts[part].data.rowCount) firstOfPart += parts[part++].data.rowCount;
    const { targets, outputCount } = parts[part].data;
    const first = (row - firstOfPart) * outputCount;
    points.value[i] = actualOf(dataset, targets.subarray(first, first + outputCount), output);
    points.x[i] = xs[row];
    points.y[i] = ys ? ys[row] : points.value[i];
    points.partOf[i] = part;
  }
  return { ...points, parts: parts.map((each) => each.part), rowCount };
}

/** The place of the class, weighted or not; the number in the units of the table. */
function actualOf(dataset: Dataset, targets: Float64Array, output: number): number {
  if (choosesClass(dataset)) return targets.findIndex((value) => value > 0);
  const { offset, factor } = dataset.targetScaling[output];
  return offset + factor * targets[output];
}
