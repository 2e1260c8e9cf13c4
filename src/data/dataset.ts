import { InputError } from '../core/errors.ts';
import type { TrainingData } from '../core/job.ts';
import type { Task } from '../core/metrics.ts';
import { isMissingAt } from './column.ts';
import type { ColumnPlan } from './columns.ts';
import { encodeInputs, refuseLarge, requireEncodedCells } from './encode.ts';
import { inputNames, outputNames, unitCount, unscaled, type Encoding, type Scaling } from './encoding.ts';
import {
  fitCategories,
  fitNumbers,
  fitScaling,
  missingNames,
  scalingNames,
  valuesOf,
  type FitOptions,
} from './fit-encoding.ts';
import { MAX_COLUMNS } from './header.ts';
import { MAX_FLOAT32 } from './numbers.ts';
import { splitRows, type RowParts, type SplitOptions } from './split.ts';
import type { Table } from './table.ts';
import { readTargets, taskNames, type Targets } from './targets.ts';
import { useColumns, type UsedColumn } from './used-columns.ts';
import { countOf, formatCount, quote } from './wording.ts';

/** How rows become numbers, whatever part they are in. */
interface ExampleOptions extends FitOptions {
  /** Overrules what `inferTask` says. */
  readonly task?: Task;
  /** Rows of a rare class count for more, so that every class counts the same; of a classification only. */
  readonly classWeights?: 'balanced';
}

/** How a table becomes numbers to train on. */
export interface DatasetOptions extends ExampleOptions, SplitOptions {}

/** The rows of a table that can be learnt from, not shared out yet. */
interface Examples {
  readonly inputs: readonly UsedColumn[];
  readonly targets: Targets;
  /** Of the table, in the order of the file. */
  readonly rows: Uint32Array;
}

/** A table, ready to train on. */
export interface Dataset {
  readonly task: Task;
  readonly training: TrainingData;
  /** Undefined where none was asked for. */
  readonly validation: TrainingData | undefined;
  readonly test: TrainingData | undefined;
  /** Which rows of the table each part holds, in their order. */
  readonly rows: RowParts;
  /** One per input of the network: `age`, `colour = red`, `colour = other`, `age is missing`. */
  readonly inputNames: readonly string[];
  /** One per output of the network. */
  readonly outputNames: readonly string[];
  /** Sorted; of two in a binary task, the second is 1; undefined for numbers. */
  readonly classes: readonly string[] | undefined;
  /** One per output: value = offset + factor · encoded. */
  readonly targetScaling: readonly Scaling[];
  /** Rows left out because a target is missing, or an input where missing values are dropped. */
  readonly droppedRowCount: number;
  /** Missing input cells that something else stands in for, in all parts. */
  readonly filledCellCount: number;
  /** To encode other rows in the same way, with `encodeInputs`. */
  readonly encoding: Encoding;
}

/**
 * Makes training, validation and test data of a table.
 *
 * A row without a target is left out. Scaling, fills and categories come from the training rows alone. A
 * column of numbers is one input; of categories one per category and one for `other`, which is 0 in training.
 * Targets of a regression are scaled as inputs are. Rows stay in the order of the file.
 *
 * @param plans as `inferColumns` gives them, corrected at will; columns without a plan are left out
 * @throws InputError one sentence a person can act on: what cannot be used, why, and what to do
 */
export function prepareDataset(table: Table, plans: readonly ColumnPlan[], options: DatasetOptions): Dataset {
  const examples = readExamples(table, plans, options);
  return encodeParts(table, examples, splitRows(examples.rows, options, examples.targets.classOf), options);
}

/** @throws InputError if an option is none, or no row has what is needed */
export function readExamples(table: Table, plans: readonly ColumnPlan[], options: ExampleOptions): Examples {
  requireOptions(options);
  const used = useColumns(table, plans);
  const rows = completeRows(table, used, options);
  const targets = readTargets(used.targets, rows, options.task);
  requireWeightable(targets.task, options);
  return { inputs: used.inputs, targets, rows };
}

/**
 * Encodes every part as its training rows say.
 *
 * @throws InputError if the training rows lack what is needed, or a row cannot be encoded as they are
 */
export function encodeParts(
  table: Table,
  { inputs: used, targets, rows }: Examples,
  parts: RowParts,
  options: ExampleOptions,
): Dataset {
  const inputs = used.map((column) =>
    column.type === 'number'
      ? fitNumbers(column, parts.training, options)
      : fitCategories(column, parts.training, options),
  );
  const encoding: Encoding = {
    task: targets.task,
    inputs,
    targets: targets.columns.map(({ name }) => name),
    classes: targets.classes,
    targetScaling: fitTargets(targets, parts.training, options),
  };
  const inputCount = inputs.reduce((sum, input) => sum + unitCount(input), 0);
  requireInputCount(inputCount);
  requireEncodedCells(rows.length, inputCount);
  const weights = options.classWeights ? balancedWeights(targets, parts.training) : undefined;
  let filledCellCount = 0;
  const encode = (part: Uint32Array): TrainingData => {
    const encoded = encodeInputs(table, encoding, part);
    filledCellCount += encoded.filledCellCount;
    return {
      rowCount: part.length,
      inputs: encoded.inputs,
      inputCount,
      targets: encodeTargets(targets, encoding, part, weights),
      outputCount: encoding.targetScaling.length,
    };
  };
  const training = encode(parts.training);
  const validation = parts.validation.length > 0 ? encode(parts.validation) : undefined;
  const test = parts.test.length > 0 ? encode(parts.test) : undefined;
  return {
    task: encoding.task,
    training,
    validation,
    test,
    rows: parts,
    inputNames: inputNames(encoding),
    outputNames: outputNames(encoding),
    classes: encoding.classes,
    targetScaling: encoding.targetScaling,
    droppedRowCount: table.rowCount - rows.length,
    filledCellCount,
    encoding,
  };
}

/** How many rows each part has, and how many were left out. */
export function rowCountsOf({ training, validation, test, droppedRowCount }: Dataset) {
  return {
    training: training.rowCount,
    validation: validation?.rowCount ?? 0,
    test: test?.rowCount ?? 0,
    dropped: droppedRowCount,
  };
}

/** The rows that have every target and, where missing values are not filled, every input. */
function completeRows(
  table: Table,
  used: { readonly inputs: readonly UsedColumn[]; readonly targets: readonly UsedColumn[] },
  { missing }: FitOptions,
): Uint32Array {
  const { rowCount } = table;
  const empty = used.targets.find(({ column }) => column.missingCount === rowCount);
  if (empty) {
    throw new InputError(
      `The target ${quote(empty.name)} has no value in any of the ${countOf(rowCount, 'row')}. Choose another target.`,
    );
  }
  const isDropped = new Uint8Array(rowCount);
  const needed = missing === 'drop' ? [...used.inputs, ...used.targets] : used.targets;
  for (const { column } of needed) {
    if (column.missingCount === 0) continue;
    for (let row = 0; row < rowCount; row++) if (isMissingAt(column, row)) isDropped[row] = 1;
  }
  const rows = new Uint32Array(rowCount).map((_, row) => row).filter((row) => isDropped[row] === 0);
  if (rows.length > 0) return rows;
  const worst = needed.reduce((most, one) =>
    one.column.missingCount > most.column.missingCount ? one : most,
  );
  throw new InputError(
    `None of the ${countOf(rowCount, 'row')} is complete; ${quote(worst.name)} has no value in ` +
      `${formatCount(worst.column.missingCount)} of them. Ignore that column, or fill missing inputs.`,
  );
}

function fitTargets(targets: Targets, rows: Uint32Array, { scaling }: FitOptions): Scaling[] {
  const { task, columns, classes } = targets;
  if (task === 'classification') return (classes ?? []).map(() => unscaled);
  if (task === 'binary') return columns.map(() => unscaled);
  return columns.map(({ column }) => fitScaling(valuesOf(column, rows), scaling));
}

/** Row-major [rows, outputs]: classes one-hot, or 0 and 1; numbers scaled. */
function encodeTargets(
  targets: Targets,
  { targetScaling }: Encoding,
  rows: Uint32Array,
  weights: Float64Array | undefined,
): Float64Array {
  const stride = targetScaling.length;
  const encoded = new Float64Array(rows.length * stride);
  const { task, columns, classOf } = targets;
  if (classOf) {
    rows.forEach((row, i) => {
      const place = classOf[row];
      if (task === 'classification') encoded[i * stride + place] = weights?.[place] ?? 1;
      else encoded[i] = place;
    });
    return encoded;
  }
  columns.forEach(({ name, column }, output) => {
    const { offset, factor } = targetScaling[output];
    rows.forEach((row, i) => {
      const value = column.numbers?.[row] ?? NaN;
      const scaled = (value - offset) / factor;
      if (!(Math.abs(scaled) <= MAX_FLOAT32)) refuseLarge({ name, row, value, encoded: scaled });
      encoded[i * stride + output] = scaled;
    });
  });
  return encoded;
}

/** n / (C · n_c) for each of C classes, of n training rows n_c of which are of the class. */
function balancedWeights({ classes = [], classOf }: Targets, rows: Uint32Array): Float64Array {
  const counts = new Float64Array(classes.length);
  for (const row of rows) if (classOf) counts[classOf[row]]++;
  return counts.map((count) => rows.length / (classes.length * count));
}

function requireWeightable(task: Task, { classWeights }: ExampleOptions): void {
  if (!classWeights || task === 'classification') return;
  throw new InputError(
    `Class weights are for a classification, and the task is ${task}. ` +
      (task === 'binary' ? 'Choose the task classification.' : 'Leave them out.'),
  );
}

function requireInputCount(count: number): void {
  if (count <= MAX_COLUMNS) return;
  throw new InputError(
    `The columns make ${formatCount(count)} inputs, one per number and per category; at most ` +
      `${formatCount(MAX_COLUMNS)} are accepted. Ignore columns with many categories.`,
  );
}

function requireOptions({ task, scaling, missing, missingIndicator, classWeights }: ExampleOptions): void {
  const choices: [name: string, value: string | undefined, accepted: readonly string[]][] = [
    ['The task', task, taskNames],
    ['The scaling', scaling, scalingNames],
    ['What is made of missing values', missing, missingNames],
    ['The class weights', classWeights, ['balanced']],
  ];
  for (const [name, value, accepted] of choices) {
    if (value === undefined || accepted.includes(value)) continue;
    throw new InputError(`${name} must be one of ${accepted.join(', ')}, not ${quote(value)}.`);
  }
  if (!missingIndicator || missing !== 'drop') return;
  throw new InputError(
    'An indicator of missing values needs rows that have some, and missing is "drop". Fill them (mean, median, ' +
      'most-frequent), or leave the indicator out.',
  );
}
