import { measureOutputs, type Measures } from './core/baselines.ts';
import { InputError } from './core/errors.ts';
import { losses, meanLoss, predictionsOf } from './core/losses.ts';
import { predictedBinary, predictedClasses } from './core/metrics.ts';
import { forward } from './cpu/forward.ts';
import { readActualTargets, type ActualTargets } from './data/actual-targets.ts';
import type { AddedColumn } from './data/csv-append.ts';
import { encodableRows, encodeInputs, type EncodedInputs } from './data/encode.ts';
import { inUnitsOfTable } from './data/encoding.ts';
import type { Table } from './data/table.ts';
import { networkOf, parametersOf, type Model } from './exchange/model.ts';

/** What was odd of the rows of a table. */
export interface RowNotes extends Omit<EncodedInputs, 'inputs'> {
  /** Rows without a prediction: they lack a value, and the network was trained on complete rows only. */
  readonly incompleteCount: number;
  /** Columns of the table that the training table did not have; they were ignored. */
  readonly extraColumns: readonly string[];
}

/** What a model says of the rows of a table. */
export interface ModelPredictions extends RowNotes {
  readonly rowCount: number;
  /** In the units of the training table, probabilities of classes: row-major [rowCount, outputCount]; NaN where none is. */
  readonly values: Float64Array;
}

/** How a model does on rows whose targets are known. */
export interface ModelEvaluation extends RowNotes, Omit<ActualTargets, 'targets'> {
  /** The mean loss of those rows, as training counts it, without class weights. */
  readonly loss: number;
  readonly measures: Measures;
}

/** What a network answers to one row: a class, or a number. */
export interface Answer {
  /** Of which target. */
  readonly target: string;
  readonly value: string | number;
  /** One per class, or of the 1 of a target of 0 and 1; empty where the network predicts numbers. */
  readonly probabilities: readonly { readonly of: string; readonly probability: number }[];
}

/**
 * Predicts the rows of a table, in float64.
 *
 * @param table has the input columns by name, in any order; it need not have the target
 * @throws InputError that names the columns it lacks, or the cell that cannot be used
 */
export function predictTable(model: Model, table: Table): ModelPredictions {
  const { encoding } = model;
  const rows = encodableRows(table, encoding);
  const { inputs, ...notes } = encodeInputs(table, encoding, rows);
  const predicted = inUnitsOfTable(encoding, probabilitiesOf(model, outputsOf(model, inputs)));
  const outputCount = encoding.targetScaling.length;
  const values = new Float64Array(table.rowCount * outputCount).fill(NaN);
  rows.forEach((row, i) => {
    values.set(predicted.subarray(i * outputCount, (i + 1) * outputCount), row * outputCount);
  });
  return {
    ...notes,
    rowCount: table.rowCount,
    values,
    incompleteCount: table.rowCount - rows.length,
    extraColumns: extraColumnsOf(model, table),
  };
}

/** Of the output layer: row-major [rows, outputCount] for row-major [rows, inputCount]. */
function outputsOf(model: Model, inputs: Float64Array): Float64Array {
  return forward(networkOf(model), parametersOf(model), inputs);
}

function probabilitiesOf({ encoding, job }: Model, outputs: Float64Array): Float64Array {
  return predictionsOf(job.loss, outputs, encoding.targetScaling.length);
}

/**
 * Measures a model on the rows of a table that have a target.
 *
 * @param threshold from which probability on a binary output counts as 1
 * @throws InputError as `predictTable`, or if there is nothing to hold the predictions against
 */
export function evaluateTable(model: Model, table: Table, threshold?: number): ModelEvaluation {
  const { encoding, job } = model;
  const actual = readActualTargets(table, encoding, model.table.columns);
  const outputCount = encoding.targetScaling.length;
  const encodable = new Set(encodableRows(table, encoding));
  const rows = actual.rows.filter((row) => encodable.has(row));
  if (rows.length === 0) {
    throw new InputError(
      'No row has a target and every value the network needs: it was trained on complete rows only. Give it such rows.',
    );
  }
  const targets = actual.targets.filter((_, i) => encodable.has(actual.rows[Math.floor(i / outputCount)]));
  const { inputs, ...notes } = encodeInputs(table, encoding, rows);
  const outputs = outputsOf(model, inputs);
  const predictions = inUnitsOfTable(encoding, probabilitiesOf(model, outputs));
  const encoded = targets.map((value, i) => {
    const { offset, factor } = encoding.targetScaling[i % outputCount];
    return (value - offset) / factor;
  });
  return {
    ...notes,
    rows,
    missingCount: actual.missingCount,
    unseenCount: actual.unseenCount,
    incompleteCount: actual.rows.length - rows.length,
    extraColumns: extraColumnsOf(model, table),
    loss: meanLoss(job.loss, outputs, encoded, outputCount),
    measures: measureOutputs(encoding.task, { targets, predictions, outputCount }, threshold),
  };
}

/** Columns that the training table did not have. */
function extraColumnsOf(model: Model, { columnNames }: Table): string[] {
  const known = new Set(model.table.columns.map(({ name }) => name));
  return columnNames.filter((name) => !known.has(name));
}

/**
 * What one row's values mean, one answer a target: empty where there is no prediction.
 *
 * @param values [outputCount], in the units of the table
 */
export function answersOf(
  { encoding, job }: Pick<Model, 'encoding' | 'job'>,
  values: Float64Array,
  threshold = 0.5,
): Answer[] {
  const { task, targets, classes } = encoding;
  const isProbability = 'link' in losses[job.loss];
  if (values.some(Number.isNaN)) return targets.map((target) => ({ target, value: '', probabilities: [] }));
  if (task === 'classification' && classes) {
    const [likeliest] = predictedClasses(values, values.length);
    const probabilities = classes.map((of, i) => ({ of, probability: values[i] }));
    return [{ target: targets[0], value: classes[likeliest], probabilities }];
  }
  return targets.map((target, output) => {
    const value = values[output];
    // A 0 or 1 that is learnt as a number is one.
    if (task === 'regression' || !isProbability) return { target, value, probabilities: [] };
    const [is] = predictedBinary(Float64Array.of(value), threshold);
    const [no, yes] = classes ?? ['0', '1'];
    const probabilities = classes
      ? [
          { of: no, probability: 1 - value },
          { of: yes, probability: value },
        ]
      : [{ of: yes, probability: value }];
    return { target, value: is === 1 ? yes : no, probabilities };
  });
}

/** The answers to every row as columns of a table: `predicted species`, `probability of species = setosa`, … */
export function answerColumns(
  model: Pick<Model, 'encoding' | 'job'>,
  { values, rowCount }: Pick<ModelPredictions, 'values' | 'rowCount'>,
): AddedColumn[] {
  const outputCount = model.encoding.targetScaling.length;
  // One row at a time: all answers of a million rows would take gigabytes.
  let last: { readonly row: number; readonly answers: readonly Answer[] } = { row: -1, answers: [] };
  const answersTo = (row: number): readonly Answer[] => {
    if (row !== last.row) {
      const ofRow = values.subarray(row * outputCount, (row + 1) * outputCount);
      last = { row, answers: answersOf(model, ofRow) };
    }
    return last.answers;
  };
  let whole = 0;
  while (whole < rowCount - 1 && answersTo(whole)[0].value === '') whole++;
  return answersTo(whole).flatMap(({ target, probabilities }, index) => [
    { name: `predicted ${target}`, cell: (row: number) => answersTo(row)[index].value },
    ...probabilities.map(({ of }, which) => ({
      name: `probability of ${target} = ${of}`,
      cell: (row: number) => answersTo(row)[index].probabilities[which]?.probability ?? '',
    })),
  ]);
}
