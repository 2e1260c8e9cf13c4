import type { Activation } from './activations.ts';
import type { Loss } from './losses.ts';
import type { Optimizer } from './optimizers.ts';

/** A row-major matrix; entry (row, column) is `data[row * columns + column]`. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

/**
 * Views `data` (or fresh zeros) as a matrix [rows, columns]. The view shares memory with `data`.
 */
export function matrix(rows: number, columns: number, data?: Float64Array, offset = 0): Matrix {
  const length = rows * columns;
  return { rows, columns, data: data?.subarray(offset, offset + length) ?? new Float64Array(length) };
}

/**
 * The matrix operations a network needs. `float64` is the reference; `src/cpu/float32-arithmetic.ts`
 * is the same rounded after every operation, to know how far rounding alone carries a job.
 */
export interface Arithmetic {
  /** out [n, m] = a [n, k] · b [k, m] */
  multiply(a: Matrix, b: Matrix, out: Matrix): void;
  /** out [k, m] = aᵀ · b for a [n, k], b [n, m] */
  multiplyTransposedA(a: Matrix, b: Matrix, out: Matrix): void;
  /** out [n, k] = a · bᵀ for a [n, m], b [k, m] */
  multiplyTransposedB(a: Matrix, b: Matrix, out: Matrix): void;
  /** m [n, k] += row [1, k], on every row */
  addRow(m: Matrix, row: Matrix): void;
  /** out [1, k] = the sum of the rows of m [n, k] */
  sumRows(m: Matrix, out: Matrix): void;
  /** out = f(x), entry by entry */
  activate(f: Activation, x: Matrix, out: Matrix): void;
  /** gradient *= f′(x), entry by entry; y = f(x) */
  timesDerivative(f: Activation, { x, y }: { x: Matrix; y: Matrix }, gradient: Matrix): void;
  /** The loss, a mean over rows and outputs. */
  meanLoss(loss: Loss, prediction: Matrix, target: Matrix): number;
  /** out = dE/df of the mean loss, entry by entry */
  lossGradient(loss: Loss, prediction: Matrix, target: Matrix, out: Matrix): void;
  /** parameters += the optimizer's change, entry by entry */
  update(optimizer: Optimizer, learningRate: number, parameters: Float64Array, gradients: Float64Array): void;
}

/** Plain loops in float64: the specification every kernel is held to. */
export const float64: Arithmetic = {
  multiply(a, b, out) {
    for (let row = 0; row < out.rows; row++) {
      for (let column = 0; column < out.columns; column++) {
        let sum = 0;
        for (let k = 0; k < a.columns; k++) {
          sum += a.data[row * a.columns + k] * b.data[k * b.columns + column];
        }
        out.data[row * out.columns + column] = sum;
      }
    }
  },

  multiplyTransposedA(a, b, out) {
    for (let row = 0; row < out.rows; row++) {
      for (let column = 0; column < out.columns; column++) {
        let sum = 0;
        for (let k = 0; k < a.rows; k++) {
          sum += a.data[k * a.columns + row] * b.data[k * b.columns + column];
        }
        out.data[row * out.columns + column] = sum;
      }
    }
  },

  multiplyTransposedB(a, b, out) {
    for (let row = 0; row < out.rows; row++) {
      for (let column = 0; column < out.columns; column++) {
        let sum = 0;
        for (let k = 0; k < a.columns; k++) {
          sum += a.data[row * a.columns + k] * b.data[column * b.columns + k];
        }
        out.data[row * out.columns + column] = sum;
      }
    }
  },

  addRow(m, row) {
    for (let i = 0; i < m.data.length; i += m.columns) {
      for (let k = 0; k < m.columns; k++) m.data[i + k] += row.data[k];
    }
  },

  sumRows(m, out) {
    out.data.fill(0);
    for (let i = 0; i < m.data.length; i += m.columns) {
      for (let k = 0; k < m.columns; k++) out.data[k] += m.data[i + k];
    }
  },

  activate(f, x, out) {
    for (let i = 0; i < x.data.length; i++) out.data[i] = f.value(x.data[i]);
  },

  timesDerivative(f, { x, y }, gradient) {
    for (let i = 0; i < x.data.length; i++) gradient.data[i] *= f.derivative(x.data[i], y.data[i]);
  },

  meanLoss(loss, prediction, target) {
    let sum = 0;
    for (let i = 0; i < prediction.data.length; i++) sum += loss.value(prediction.data[i], target.data[i]);
    return sum / prediction.data.length;
  },

  lossGradient(loss, prediction, target, out) {
    const count = prediction.data.length;
    for (let i = 0; i < count; i++) {
      out.data[i] = loss.derivative(prediction.data[i], target.data[i]) / count;
    }
  },

  update(optimizer, learningRate, parameters, gradients) {
    for (let i = 0; i < parameters.length; i++) {
      parameters[i] += optimizer.change(gradients[i], learningRate);
    }
  },
};
