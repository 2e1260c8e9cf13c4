import { InputError } from './errors.ts';
import type { TrainingData } from './job.ts';
import { leastSquares } from './least-squares.ts';
import { links } from './links.ts';
import { logisticRegression } from './logistic-regression.ts';
import { matrix, type Matrix } from './matrix.ts';
import type { Task } from './metrics.ts';
import { sampleRows } from './row-sample.ts';
import { standardize } from './standardization.ts';
import { formatCount } from './wording.ts';

/** A linear model as plain data: output = link(intercept + Σ weight · (input − mean)). */
export interface LinearModel {
  readonly task: Task;
  readonly inputCount: number;
  readonly outputCount: number;
  /** Row-major [outputCount, inputCount], per unit of the input. */
  readonly weights: Float64Array;
  /** The outputs, before the link, where every input is at its mean: [outputCount]. */
  readonly intercepts: Float64Array;
  /** [inputCount] */
  readonly means: Float64Array;
  /** How many of the rows were fitted; fewer than given where all would take too long. */
  readonly fittedRowCount: number;
}

/** MNIST has 784; the normal matrix of as many takes a second. */
const MAX_INPUTS = 800;
const MAX_WEIGHTS = 16_384;
/** 16 MiB of rows, as float64. */
const MAX_CELLS = 2 ** 21;
/** Multiplications of a fit: about two seconds; the least rows and steps may take a few more. */
const MAX_WORK = 2 ** 30;
/** Fewer would fit noise. */
const LEAST_ROWS_PER_INPUT = 8;
/** Enough for nearly every table; as many rows are fitted as can be in so many. */
const USUAL_STEPS = 60;
const LEAST_STEPS = 20;
const MOST_STEPS = 200;

/**
 * Fits the linear model a network has to beat: least squares for numbers, logistic regression for 0 or 1,
 * multinomial logistic regression for classes; the latter two with the penalty 0.01 · ½‖weights‖² on standardized
 * inputs beside the sum of the losses, scikit-learn's with C = 100. Always the same for the same rows; of more rows than take
 * about two seconds, a random sample, always the same.
 *
 * @param data targets as they are, 0 or 1, or one-hot; class weights in one-hot targets are left out of account
 * @throws InputError for no rows, no inputs, over 800 inputs, or over 16,384 inputs × outputs
 */
export function fitLinearModel(data: TrainingData, task: Task): LinearModel {
  requireFitting(data);
  const { inputCount, outputCount } = data;
  const rows = sampleRows(data.rowCount, fittedRowCount(data, task));
  const inputs = standardize(gather(data.inputs, inputCount, rows));
  const targets = gather(data.targets, outputCount, rows);
  const { weights, intercepts } =
    task === 'regression'
      ? fitNumbers(inputs.values, targets)
      : fitProbabilities(inputs.values, targets, task);
  for (let at = 0; at < weights.length; at++) {
    const deviation = inputs.deviations[at % inputCount];
    weights[at] = deviation === 0 ? 0 : weights[at] / deviation;
  }
  const { means } = inputs;
  return { task, inputCount, outputCount, weights, intercepts, means, fittedRowCount: rows.length };
}

function requireFitting({ rowCount, inputCount, outputCount }: TrainingData): void {
  if (rowCount === 0 || inputCount === 0) {
    throw new InputError(
      `A linear model needs at least 1 row and 1 input; there are ${rowCount} and ${inputCount}. Leave it out.`,
    );
  }
  if (inputCount <= MAX_INPUTS && inputCount * outputCount <= MAX_WEIGHTS) return;
  const [most, mostWeights] = [MAX_INPUTS, MAX_WEIGHTS].map(formatCount);
  throw new InputError(
    `The linear model takes at most ${most} inputs and ${mostWeights} inputs × outputs; ` +
      `there are ${formatCount(inputCount)} × ${formatCount(outputCount)}. Leave it out, or leave inputs out.`,
  );
}

/** Least squares of the targets, which are standardized in place. */
function fitNumbers(inputs: Matrix, targets: Matrix): { weights: Float64Array; intercepts: Float64Array } {
  const { values, means, deviations } = standardize(targets);
  const { data: weights } = leastSquares(inputs, values);
  for (let at = 0; at < weights.length; at++) weights[at] *= deviations[Math.floor(at / inputs.columns)];
  return { weights, intercepts: means };
}

function fitProbabilities(
  inputs: Matrix,
  given: Matrix,
  task: 'binary' | 'classification',
): { weights: Float64Array; intercepts: Float64Array } {
  const targets = task === 'binary' ? given : oneHot(given);
  const affordable = Math.floor(MAX_WORK / (inputs.rows * workPerStep(inputs.columns, targets.columns)));
  const mostSteps = Math.min(Math.max(affordable, LEAST_STEPS), MOST_STEPS);
  const fitted = logisticRegression({ inputs, targets, link: links[task], mostSteps });
  return { weights: fitted.weights.data.slice(), intercepts: fitted.intercepts.data.slice() };
}

/**
 * What the model says of some rows: numbers for regression, else probabilities.
 *
 * @param inputs row-major [rows, inputCount]
 * @returns row-major [rows, outputCount]
 */
export function predictLinear(model: LinearModel, inputs: Float64Array): Float64Array {
  const { inputCount, outputCount, weights, intercepts, means } = model;
  const rowCount = inputs.length / inputCount;
  const outputs = matrix(rowCount, outputCount);
  const centred = new Float64Array(inputCount);
  for (let row = 0; row < rowCount; row++) {
    for (let input = 0; input < inputCount; input++) {
      centred[input] = inputs[row * inputCount + input] - means[input];
    }
    for (let output = 0; output < outputCount; output++) {
      let sum = intercepts[output];
      for (let input = 0; input < inputCount; input++)
        sum += weights[output * inputCount + input] * centred[input];
      outputs.data[row * outputCount + output] = sum;
    }
  }
  if (model.task !== 'regression') links[model.task].apply(outputs);
  return outputs.data;
}

function fittedRowCount({ rowCount, inputCount, outputCount }: TrainingData, task: Task): number {
  const work =
    task === 'regression' ? (inputCount + 1) ** 2 / 2 : USUAL_STEPS * workPerStep(inputCount, outputCount);
  const affordable = Math.min(MAX_WORK / work, MAX_CELLS / Math.max(inputCount, outputCount));
  return Math.min(rowCount, Math.max(Math.floor(affordable), LEAST_ROWS_PER_INPUT * (inputCount + 1)));
}

/** Multiplications of a row in a step of logistic regression; an exponential counts as ten. */
function workPerStep(inputCount: number, outputCount: number): number {
  return 2 * (inputCount + 10) * outputCount;
}

function gather(values: Float64Array, columns: number, rows: Uint32Array): Matrix {
  const gathered = matrix(rows.length, columns);
  rows.forEach((row, at) => {
    gathered.data.set(values.subarray(row * columns, (row + 1) * columns), at * columns);
  });
  return gathered;
}

/** Takes class weights away: [rows, classCount] of 0 and 1. */
function oneHot(targets: Matrix): Matrix {
  return { ...targets, data: targets.data.map((value) => (value > 0 ? 1 : 0)) };
}
