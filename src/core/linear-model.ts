import { InputError } from './errors.ts';
import type { TrainingData } from './job.ts';
import { descend, type Link } from './linear-descent.ts';
import { matrix, type Matrix } from './matrix.ts';
import type { Task } from './metrics.ts';
import { sampleRows } from './row-sample.ts';
import { standardize, unscaled } from './standardization.ts';
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

/** The normal matrix of as many inputs is solved in a second or two. */
export const MAX_LINEAR_INPUTS = 1024;
/** 32 MiB of rows, as float64. */
const MAX_CELLS = 2 ** 22;
/** Multiplications of a fit: about two seconds. */
const MAX_WORK = 2 ** 31;
/** Fewer would fit noise. */
const LEAST_ROWS_PER_INPUT = 8;

/**
 * Least squares has curvature 1 and so needs one step, and few more against rounding. The logistic function has at
 * most 1/4, softmax at most 1/2 (Böhning 1992, Multinomial logistic regression algorithm).
 */
const links: Record<Task, Link> = {
  regression: { tolerance: 1e-24, mostSteps: 10, curvature: 1, penalty: 0, apply: () => {} },
  binary: { tolerance: 1e-16, mostSteps: 200, curvature: 1 / 4, penalty: 1, apply: logistic },
  classification: { tolerance: 1e-16, mostSteps: 200, curvature: 1 / 2, penalty: 1, apply: softmax },
};

/**
 * Fits the linear model a network has to beat: least squares for numbers, logistic regression for 0 or 1,
 * multinomial logistic regression for classes; the latter two with the penalty ½‖weights‖² on standardized inputs
 * beside the sum of the losses, scikit-learn's default. Always the same for the same rows; where there are more than
 * can be fitted in about two seconds, a random sample of them (always the same) is.
 *
 * @param data targets as they are, 0 or 1, or one-hot; a class weight in a one-hot target is left out of account
 * @throws InputError for no rows, no inputs, or over 1,024 inputs
 */
export function fitLinearModel(data: TrainingData, task: Task): LinearModel {
  const { rowCount, inputCount, outputCount } = data;
  if (rowCount === 0 || inputCount === 0) {
    throw new InputError(
      `A linear model needs at least 1 row and 1 input; there are ${rowCount} and ${inputCount}. Leave it out.`,
    );
  }
  if (inputCount > MAX_LINEAR_INPUTS) {
    throw new InputError(
      `The linear model takes at most ${formatCount(MAX_LINEAR_INPUTS)} inputs; there are ${formatCount(inputCount)}. ` +
        'Leave it out, or leave inputs out.',
    );
  }
  const rows = sampleRows(rowCount, fittedRowCount(data, task));
  const inputs = standardize(gather(data.inputs, inputCount, rows));
  const given = gather(data.targets, outputCount, rows);
  const targets =
    task === 'regression' ? standardize(given) : unscaled(task === 'binary' ? given : oneHot(given));
  const fitted = descend(inputs.values, targets.values, links[task]);
  const weights = fitted.weights.data.slice();
  const intercepts = fitted.intercepts.data.slice();
  for (let output = 0; output < outputCount; output++) {
    const factor = targets.deviations[output];
    intercepts[output] = targets.means[output] + factor * intercepts[output];
    for (let input = 0; input < inputCount; input++) {
      const deviation = inputs.deviations[input];
      weights[output * inputCount + input] *= deviation === 0 ? 0 : factor / deviation;
    }
  }
  const { means } = inputs;
  return { task, inputCount, outputCount, weights, intercepts, means, fittedRowCount: rows.length };
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
  links[model.task].apply(outputs);
  return outputs.data;
}

function fittedRowCount({ rowCount, inputCount, outputCount }: TrainingData, task: Task): number {
  const workPerRow = (inputCount + 1) ** 2 / 2 + 2 * links[task].mostSteps * (inputCount + 1) * outputCount;
  const affordable = Math.min(MAX_WORK / workPerRow, MAX_CELLS / Math.max(inputCount, outputCount, 1));
  return Math.min(rowCount, Math.max(Math.floor(affordable), LEAST_ROWS_PER_INPUT * (inputCount + 1)));
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

/** 1 / (1 + e⁻ˣ), entry by entry. */
function logistic({ data }: Matrix): void {
  for (let i = 0; i < data.length; i++) data[i] = 1 / (1 + Math.exp(-data[i]));
}

/** eˣ / Σ eˣ, row by row, with the largest of a row taken off first so that nothing overflows. */
function softmax({ columns, data }: Matrix): void {
  for (let start = 0; start < data.length; start += columns) {
    const row = data.subarray(start, start + columns);
    let largest = -Infinity;
    for (const value of row) largest = Math.max(largest, value);
    let sum = 0;
    for (let i = 0; i < columns; i++) sum += row[i] = Math.exp(row[i] - largest);
    for (let i = 0; i < columns; i++) row[i] /= sum;
  }
}
