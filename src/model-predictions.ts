import { measureOutputs, type Measures } from './core/baselines.ts';
import { InputError } from './core/errors.ts';
import { losses, meanLoss } from './core/losses.ts';
import { predictedBinary, predictedClasses } from './core/metrics.ts';
import { readActualTargets, type ActualTargets } from './data/actual-targets.ts';
import type { AddedColumn } from './data/csv-append.ts';
import { encodableRows, encodeInputs, type EncodedInputs } from './data/encode.ts';
import { inUnitsOfTable, type Encoding } from './data/encoding.ts';
import type { Table } from './data/table.ts';
import { membersOf, networkOf, type Model } from './exchange/model.ts';
import { predictedBy, type PredictingNetworks } from './predicted-by.ts';

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
  /**
   * Of an ensemble, whose `values` are the means of its members: their standard deviations (of all n, divided by n), in
   * the same units and places. Undefined where one network predicts.
   */
  readonly spreads: Float64Array | undefined;
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
  readonly probabilities: readonly AnswerProbability[];
  /** Where an ensemble predicts a number: how far its members are apart, in its unit (their standard deviation). */
  readonly spread?: number;
}

export interface AnswerProbability {
  readonly of: string;
  readonly probability: number;
  /** Of an ensemble: the standard deviation of its members' probabilities. */
  readonly spread?: number;
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
  const { predictions, spreads } = predictedBy(ofModel(model), inputs);
  const { rowCount } = table;
  const inPlace = (predicted: Float64Array) => inPlaces(encoding, predicted, rows, rowCount);
  return {
    ...notes,
    rowCount,
    values: inPlace(inUnitsOfTable(encoding, predictions)),
    spreads: spreads && inPlace(spreadsInUnits(encoding, spreads)),
    incompleteCount: rowCount - rows.length,
    extraColumns: extraColumnsOf(model, table),
  };
}

function ofModel(model: Model): PredictingNetworks {
  return { network: networkOf(model), loss: model.job.loss, members: membersOf(model) };
}

/** Puts what was predicted of some rows where they stand in a table: NaN elsewhere. */
function inPlaces(
  { targetScaling }: Encoding,
  predicted: Float64Array,
  rows: Uint32Array,
  rowCount: number,
): Float64Array {
  const outputCount = targetScaling.length;
  const values = new Float64Array(rowCount * outputCount).fill(NaN);
  rows.forEach((row, i) => {
    values.set(predicted.subarray(i * outputCount, (i + 1) * outputCount), row * outputCount);
  });
  return values;
}

/** A distance has no offset. */
function spreadsInUnits({ targetScaling }: Encoding, spreads: Float64Array): Float64Array {
  return spreads.map((spread, i) => spread * Math.abs(targetScaling[i % targetScaling.length].factor));
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
  const { outputs, predictions: predicted } = predictedBy(ofModel(model), inputs);
  const predictions = inUnitsOfTable(encoding, predicted);
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
 * @param spreads [outputCount], in the same units, where an ensemble predicts
 */
export function answersOf(
  { encoding, job }: Pick<Model, 'encoding' | 'job'>,
  values: Float64Array,
  threshold = 0.5,
  spreads?: Float64Array,
): Answer[] {
  const { task, targets, classes } = encoding;
  const isProbability = 'link' in losses[job.loss];
  const spreadOf = (output: number) => spreads && { spread: spreads[output] };
  if (values.some(Number.isNaN)) return targets.map((target) => ({ target, value: '', probabilities: [] }));
  if (task === 'classification' && classes) {
    const [likeliest] = predictedClasses(values, values.length);
    const probabilities = classes.map((of, i) => ({ of, probability: values[i], ...spreadOf(i) }));
    return [{ target: targets[0], value: classes[likeliest], probabilities }];
  }
  return targets.map((target, output) => {
    const value = values[output];
    const spread = spreadOf(output);
    // A 0 or 1 that is learnt as a number is one.
    if (task === 'regression' || !isProbability) return { target, value, probabilities: [], ...spread };
    const [is] = predictedBinary(Float64Array.of(value), threshold);
    const [no, yes] = classes ?? ['0', '1'];
    const ofYes = { of: yes, probability: value, ...spread };
    const probabilities = classes ? [{ of: no, probability: 1 - value, ...spread }, ofYes] : [ofYes];
    return { target, value: is === 1 ? yes : no, probabilities };
  });
}

/** The answers to one row of a table that was predicted. */
export function answersToRow(
  model: Pick<Model, 'encoding' | 'job'>,
  { values, spreads }: Pick<ModelPredictions, 'values' | 'spreads'>,
  row: number,
  threshold?: number,
): Answer[] {
  const outputCount = model.encoding.targetScaling.length;
  const ofRow = (all: Float64Array) => all.subarray(row * outputCount, (row + 1) * outputCount);
  return answersOf(model, ofRow(values), threshold, spreads && ofRow(spreads));
}

/**
 * The answers to every row as columns of a table: `predicted species`, `probability of species = setosa`, …; of an
 * ensemble with the spreads behind them: `spread of predicted price`, `spread of probability of species = setosa`, …
 */
export function answerColumns(
  model: Pick<Model, 'encoding' | 'job'>,
  predictions: Pick<ModelPredictions, 'values' | 'spreads' | 'rowCount'>,
): AddedColumn[] {
  const { rowCount, spreads } = predictions;
  // One row at a time: all answers of a million rows would take gigabytes.
  let last: { readonly row: number; readonly answers: readonly Answer[] } = { row: -1, answers: [] };
  const answersTo = (row: number): readonly Answer[] => {
    if (row !== last.row) last = { row, answers: answersToRow(model, predictions, row) };
    return last.answers;
  };
  let whole = 0;
  while (whole < rowCount - 1 && answersTo(whole)[0].value === '') whole++;
  return answersTo(whole).flatMap(({ target, probabilities }, index): AddedColumn[] => {
    const cells = [
      {
        name: `predicted ${target}`,
        cell: (row: number) => answersTo(row)[index].value,
        spread: (row: number) => answersTo(row)[index].spread,
      },
      ...probabilities.map(({ of }, which) => ({
        name: `probability of ${target} = ${of}`,
        cell: (row: number) => answersTo(row)[index].probabilities[which]?.probability ?? '',
        spread: (row: number) => answersTo(row)[index].probabilities[which]?.spread,
      })),
    ];
    // How far members are apart is said of numbers, not of a class.
    const spread = (probabilities.length > 0 ? cells.slice(1) : cells).map(({ name, spread: of }) => ({
      name: `spread of ${name}`,
      cell: (row: number) => of(row) ?? '',
    }));
    return [...cells, ...(spreads ? spread : [])];
  });
}
