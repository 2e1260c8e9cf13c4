import { predictionsOf, type Dataset, type Grid, type LossName } from '../index.ts';
import {
  axisOf,
  choosesClass,
  gridOf,
  partsOf,
  requireOutput,
  type FieldColumn,
  type FieldRequest,
} from './field-columns.ts';
import { classLevels, likeliest, NO_CLASS, scaleLevels } from './field-levels.ts';
import { refined } from './field-refining.ts';

/** A field as it is painted: with as many points as a smooth line needs, those between the others in proportion. */
interface FieldPicture {
  readonly columns: number;
  readonly rows: number;
  /** Row-major [rows, columns]: see `field-levels.ts`. */
  readonly levels: Uint16Array;
}

/** What a network answers all over the plane of two columns, or along one. */
export interface Field {
  /** One number all over; the likeliest class all over; curves along one column. */
  readonly kind: 'scale' | 'classes' | 'curve';
  readonly columns: number;
  /** From the top line to the bottom; 1 of curves. */
  readonly rows: number;
  readonly x: FieldColumn;
  readonly y: FieldColumn | undefined;
  /** What the numbers are of: the target, or of probabilities the classes. */
  readonly names: readonly string[];
  /** Of classes, their texts; undefined where numbers are predicted. */
  readonly classes: readonly string[] | undefined;
  /**
   * In the units of the table, or probabilities: [rows, columns]; of classes the probability of the likeliest; of curves
   * [columns, names.length].
   */
  readonly values: Float32Array;
  /** Of kind classes: the likeliest, or NO_CLASS where no probability is a number, [rows, columns]. */
  readonly classOf: Uint16Array;
  /** What to paint; 0 by 0 of curves. */
  readonly picture: FieldPicture;
  /** Of the scale or of the curves: that of the actual values, or 0 to 1. */
  readonly range: { readonly least: number; readonly most: number };
  /** The least and the largest of `values` that are numbers; undefined where none is. */
  readonly extent: { readonly least: number; readonly most: number } | undefined;
  /** Of kind classes: on which share of the plane each is the likeliest, [names.length]; the rest has no number. */
  readonly classShares: readonly number[];
  /** Whether the middle of the range is where the answer turns. */
  readonly decides: boolean;
}

/** Whoever answers at every point: a trainer, a restored one, a float64 forward pass. */
export interface FieldPredictor {
  /** What the output layer says, row-major [rows · columns, outputCount]. */
  predictGrid(grid: Grid): Promise<Float32Array>;
  readonly loss: LossName;
}

/**
 * Asks a network all over the plane of two columns, or along one, the other inputs held.
 *
 * @throws InputError if a held cell cannot be used, or there is no such target
 */
export async function fieldOf(
  { predictGrid, loss }: FieldPredictor,
  dataset: Dataset,
  request: FieldRequest,
): Promise<Field> {
  requireOutput(dataset, request.output);
  const grid = gridOf(dataset, request);
  const outputs = await predictGrid(grid);
  const { outputCount } = dataset.training;
  const predictions = predictionsOf(loss, new Float64Array(outputs), outputCount);
  const { classes, targets } = dataset.encoding;
  const decides = dataset.task !== 'regression';
  const range = decides ? { least: 0, most: 1 } : rangeOfTarget(dataset, request.output);
  const common = {
    columns: grid.columns,
    rows: grid.rows,
    x: axisOf(dataset, request.across),
    y: request.up === undefined ? undefined : axisOf(dataset, request.up),
    classes,
    range,
    decides,
    classOf: new Uint16Array(),
    picture: { columns: 0, rows: 0, levels: new Uint16Array() },
    extent: undefined,
    classShares: [],
  };
  if (classes && choosesClass(dataset)) {
    const values = new Float32Array(predictions);
    if (!common.y) return { ...common, kind: 'curve', names: classes, values, extent: extentOf(values) };
    const found = likeliest(predictions, outputCount);
    const plane = refined({
      values: predictions,
      columns: grid.columns,
      rows: grid.rows,
      width: outputCount,
    });
    const painted = plane.values === predictions ? found : likeliest(plane.values, outputCount);
    return {
      ...common,
      ...found,
      kind: 'classes',
      names: classes,
      classShares: sharesOf(found.classOf, outputCount),
      picture: { columns: plane.columns, rows: plane.rows, levels: classLevels(painted, plane.columns) },
    };
  }
  const inUnits = valuesOfOutput(dataset, predictions, request.output);
  const values = new Float32Array(inUnits);
  const names = [classes ? `${targets[0]} = ${classes[1]}` : targets[request.output]];
  const scale = { ...common, names, values, extent: extentOf(values) };
  if (!common.y) return { ...scale, kind: 'curve' };
  const plane = refined({ values: inUnits, columns: grid.columns, rows: grid.rows, width: 1 });
  const levels = scaleLevels(plane.values, plane.columns, range);
  return { ...scale, kind: 'scale', picture: { columns: plane.columns, rows: plane.rows, levels } };
}

/** On which share of the points each class is the likeliest. */
function sharesOf(classOf: Uint16Array, classCount: number): number[] {
  const counts = Array<number>(classCount).fill(0);
  for (const place of classOf) if (place !== NO_CLASS) counts[place]++;
  return counts.map((count) => count / classOf.length);
}

/** One output at every point, in the units of the table. */
function valuesOfOutput(
  { targetScaling, training }: Dataset,
  predictions: Float64Array,
  output: number,
): Float64Array {
  const { offset, factor } = targetScaling[output];
  const { outputCount } = training;
  const values = new Float64Array(predictions.length / outputCount);
  for (let i = 0; i < values.length; i++) values[i] = offset + factor * predictions[i * outputCount + output];
  return values;
}

function extentOf(values: Float32Array): Field['extent'] {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    // Of NaN neither is true.
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return least <= most && Number.isFinite(most - least) ? { least, most } : undefined;
}

/** The arrays of a field that can be handed over instead of copied. */
export function fieldBuffers({ values, classOf, picture }: Field): ArrayBuffer[] {
  return [values, classOf, picture.levels].map(({ buffer }) => buffer as ArrayBuffer);
}

/** By output: a field that moves asks at every frame. */
const ranges = new WeakMap<Dataset, Map<number, Field['range']>>();

/** From the least actual value to the largest, in the units of the table. */
function rangeOfTarget(dataset: Dataset, output: number): Field['range'] {
  const known = ranges.get(dataset) ?? new Map<number, Field['range']>();
  ranges.set(dataset, known);
  const before = known.get(output);
  if (before) return before;
  const { offset, factor } = dataset.targetScaling[output];
  let [least, most] = [Infinity, -Infinity];
  for (const { data } of partsOf(dataset)) {
    for (let i = output; i < data.targets.length; i += data.outputCount) {
      const value = offset + factor * data.targets[i];
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
  }
  const range = { least, most };
  known.set(output, range);
  return range;
}
