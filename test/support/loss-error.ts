import {
  losses,
  rowStatistics,
  type Loss,
  type LossName,
  type RowStatistics,
} from '../../src/core/losses.ts';
import { DIVISION_ERROR, EXPONENTIAL_ERROR, OPERATION_ERROR as EPSILON, ROUNDING_ERROR } from './close.ts';

/** An output with its target, and what is known to be off. */
export interface OutputError {
  readonly output: number;
  readonly target: number;
  /** Of the output. */
  readonly error: number;
  readonly row: RowStatistics;
  /** Of the row's logarithm, for a softmax. */
  readonly rowError: RowError;
}

/** What float32 may lose in the statistics of a row. */
interface RowError {
  readonly largest: number;
  readonly logSum: number;
}

const NO_ROW_ERROR: RowError = { largest: 0, logSum: 0 };

/** The outputs of one row as a loss sees them. */
export function rowOfOutputs(
  name: LossName,
  outputs: Float64Array,
  targets: Float64Array,
  errors: Float64Array,
): OutputError[] {
  const { link }: Loss = losses[name];
  const row = rowStatistics(outputs, targets);
  const rowError = link === 'softmax' ? errorOfRow(outputs, errors, row) : NO_ROW_ERROR;
  return Array.from(outputs, (output, k) => ({
    output,
    target: targets[k],
    error: errors[k],
    row,
    rowError,
  }));
}

/** Each exponential has the error of its argument beside its own; the logarithm of 1 + their sum a few roundings. */
function errorOfRow(
  outputs: Float64Array,
  errors: Float64Array,
  { largest, logSum }: RowStatistics,
): RowError {
  const largestError = Math.max(...errors);
  let [sum, sumError] = [0, 0];
  outputs.forEach((z, k) => {
    const difference = largest - z;
    const argument = errors[k] + largestError + EPSILON * difference;
    sum += Math.exp(-difference);
    sumError += Math.exp(-difference) * (argument * (1 + argument) + EXPONENTIAL_ERROR);
  });
  const added = sumError + (outputs.length + 1) * EPSILON * (sum + sumError);
  return {
    largest: largestError,
    logSum: added / sum + logSum * (DIVISION_ERROR + 6 * EPSILON + 1e-9) + 2e-38,
  };
}

/** What float32 may lose in the loss of one output. */
export function lossValueError(name: LossName, at: OutputError): number {
  const { output, target, error, row, rowError } = at;
  const distance = Math.abs(output - target);
  const targetError = ROUNDING_ERROR * Math.abs(target);
  const differenceError = error + targetError + EPSILON * (distance + error);
  switch (name) {
    case 'mse':
      return (2 * distance + differenceError) * differenceError + EPSILON * distance ** 2;
    case 'mae':
      return differenceError;
    case 'huber':
      // The slope is at most 1, on either side of the border; a square or a difference is rounded.
      return differenceError + EPSILON * Math.min(distance ** 2, distance);
    case 'bce': {
      // |dE/dz| is at most 1; a product, a logarithm and two sums.
      const logarithm = Math.log1p(Math.exp(-Math.abs(output)));
      const terms = Math.abs(output) * (1 + target) + logarithm;
      const own = logarithm * (EXPONENTIAL_ERROR + DIVISION_ERROR + 5 * EPSILON + 1e-9);
      return error + targetError * Math.abs(output) + own + 3 * EPSILON * terms;
    }
    case 'cross-entropy': {
      const logarithm = row.largest - output + row.logSum;
      const argument = error + rowError.largest + rowError.logSum;
      return Math.abs(target) * (argument + 4 * EPSILON * (logarithm + argument));
    }
  }
}

/** The same of its derivative. */
export function lossDerivativeError(name: LossName, at: OutputError): number {
  const { output, target, error, row, rowError } = at;
  const difference = Math.abs(output - target);
  const targetError = ROUNDING_ERROR * Math.abs(target);
  const differenceError = error + targetError + EPSILON * (difference + error);
  switch (name) {
    case 'mse':
      return 2 * differenceError;
    case 'mae':
      // Within its error of the target the sign may be either.
      return difference < differenceError ? 2 : 0;
    case 'huber':
      return differenceError;
    case 'bce': {
      const p = 1 / (1 + Math.exp(-output));
      const terms = (1 - target) * p + target * (1 - p);
      // sigmoid′ is at most 1/4.
      return error / 4 + targetError + terms * (EXPONENTIAL_ERROR + 2 * DIVISION_ERROR + 5 * EPSILON);
    }
    case 'cross-entropy': {
      const logarithm = output - row.largest - row.logSum;
      const own = error + rowError.largest + rowError.logSum;
      const argument = own + 2 * EPSILON * (Math.abs(logarithm) + own);
      const p = Math.exp(logarithm);
      // At the class that is meant the kernel takes eᵘ − 1, whose series leaves 1.4e-8 of it.
      const meant = target > 0.5 * row.targetSum;
      const power = meant
        ? Math.max(1 - p, p) * (4 * EPSILON + 1.4e-8 + EXPONENTIAL_ERROR)
        : p * EXPONENTIAL_ERROR;
      const size = row.targetSum * (meant ? 1 - p : p) + target;
      return row.targetSum * (p * argument * (1 + argument) + power) + 3 * EPSILON * size + 2e-38;
    }
  }
}
