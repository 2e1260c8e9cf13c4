import type { Activation } from './activations.ts';
import { eachEntry, meanCount, NO_ROW, type Loss } from './losses.ts';
import { decoupledDecay, penaltyGradient, type Optimizer, type Rates } from './optimizers.ts';

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
  /** out = a · b, entry by entry; out may be one of them */
  multiplyEntries(a: Matrix, b: Matrix, out: Matrix): void;
  /** The loss, a mean over rows and outputs, or over rows. */
  meanLoss(loss: Loss, prediction: Matrix, target: Matrix): number;
  /** out [n, 1] = the loss of each row, summed over its outputs */
  rowLosses(loss: Loss, prediction: Matrix, target: Matrix, out: Matrix): void;
  /** out = dE/df of the mean loss, entry by entry */
  lossGradient(loss: Loss, prediction: Matrix, target: Matrix, out: Matrix): void;
  /** gradients *= most / ‖gradients‖ where their length is more than that; returns the factor, 1 where it is not */
  clip(gradients: Float64Array, most: number): number;
  /** parameters += the optimizer's change, entry by entry */
  update(optimizer: Optimizer, rates: Rates, values: UpdatedValues): void;
}

/** What an update reads and writes, [parameterCount] each; the optimizer's two where it remembers anything. */
interface UpdatedValues {
  readonly parameters: Float64Array;
  readonly gradients: Float64Array;
  readonly first: Float64Array;
  readonly second: Float64Array;
}

/** PyTorch's: keeps a gradient of length 0 from dividing by it. */
export const CLIP_EPSILON = 1e-6;

/** A matrix, or its transpose: entry (row, k) is `data[row * rowStride + k * stride]`. */
interface Strided {
  readonly data: Float64Array;
  readonly rowStride: number;
  readonly stride: number;
}

/**
 * out = a · b, row by row: out[row, :] is the sum of a[row, k] · b[k, :] over k. Four rows of `b` at a time, so that
 * what is summed up is read and written once for four; every entry still adds in the order k = 0, 1, 2, …
 */
function product({ data: a, rowStride, stride }: Strided, b: Matrix, out: Matrix): void {
  const { data: x, rows: count, columns } = b;
  const y = out.data;
  y.fill(0);
  for (let row = 0; row < out.rows; row++) {
    const start = row * columns;
    let i = row * rowStride;
    let k = 0;
    for (; k + 3 < count; k += 4) {
      const factor0 = a[i];
      const factor1 = a[i + stride];
      const factor2 = a[i + 2 * stride];
      const factor3 = a[i + 3 * stride];
      i += 4 * stride;
      for (let column = 0, at = k * columns; column < columns; column++, at++) {
        const sum = y[start + column] + factor0 * x[at] + factor1 * x[at + columns];
        y[start + column] = sum + factor2 * x[at + 2 * columns] + factor3 * x[at + 3 * columns];
      }
    }
    for (; k < count; k++) {
      const factor = a[i];
      i += stride;
      for (let column = 0, at = k * columns; column < columns; column++, at++) {
        y[start + column] += factor * x[at];
      }
    }
  }
}

/** Plain loops in float64: the specification every kernel is held to. */
export const float64: Arithmetic = {
  multiply(a, b, out) {
    product({ data: a.data, rowStride: a.columns, stride: 1 }, b, out);
  },

  multiplyTransposedA(a, b, out) {
    product({ data: a.data, rowStride: 1, stride: a.columns }, b, out);
  },

  multiplyTransposedB(a, b, out) {
    const { data: x, columns: length } = a;
    const { data: y } = b;
    for (let row = 0; row < out.rows; row++) {
      const first = row * length;
      let column = 0;
      // Four sums at a time do not wait for one another; each adds in the order of the plain loop below.
      for (; column + 3 < out.columns; column += 4) {
        let sum0 = 0;
        let sum1 = 0;
        let sum2 = 0;
        let sum3 = 0;
        for (let k = 0, i = column * length; k < length; k++, i++) {
          const factor = x[first + k];
          sum0 += factor * y[i];
          sum1 += factor * y[i + length];
          sum2 += factor * y[i + 2 * length];
          sum3 += factor * y[i + 3 * length];
        }
        const at = row * out.columns + column;
        out.data[at] = sum0;
        out.data[at + 1] = sum1;
        out.data[at + 2] = sum2;
        out.data[at + 3] = sum3;
      }
      for (; column < out.columns; column++) {
        let sum = 0;
        for (let k = 0; k < length; k++) sum += x[first + k] * y[column * length + k];
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

  multiplyEntries(a, b, out) {
    for (let i = 0; i < out.data.length; i++) out.data[i] = a.data[i] * b.data[i];
  },

  meanLoss(loss, { data: outputs, rows, columns }, { data: targets }) {
    let sum = 0;
    if (loss.link === 'softmax') {
      eachEntry(loss, { outputs, targets, outputCount: columns }, (i, row) => {
        sum += loss.value(outputs[i], targets[i], row);
      });
    } else {
      // The same, for losses that need nothing of their row: small networks spend much of a step here.
      for (let i = 0; i < outputs.length; i++) sum += loss.value(outputs[i], targets[i], NO_ROW);
    }
    return sum / meanCount(loss, rows, columns);
  },

  rowLosses(loss, { data: outputs, columns }, { data: targets }, { data: out }) {
    out.fill(0);
    eachEntry(loss, { outputs, targets, outputCount: columns }, (i, row) => {
      out[Math.floor(i / columns)] += loss.value(outputs[i], targets[i], row);
    });
  },

  lossGradient(loss, { data: outputs, rows, columns }, { data: targets }, out) {
    const count = meanCount(loss, rows, columns);
    if (loss.link === 'softmax') {
      eachEntry(loss, { outputs, targets, outputCount: columns }, (i, row) => {
        out.data[i] = loss.derivative(outputs[i], targets[i], row) / count;
      });
      return;
    }
    for (let i = 0; i < outputs.length; i++) {
      out.data[i] = loss.derivative(outputs[i], targets[i], NO_ROW) / count;
    }
  },

  clip(gradients, most) {
    const length = Math.sqrt(gradients.reduce((sum, gradient) => sum + gradient * gradient, 0));
    const factor = most / (length + CLIP_EPSILON);
    if (!(factor < 1)) return 1;
    for (let i = 0; i < gradients.length; i++) gradients[i] *= factor;
    return factor;
  },

  update(optimizer, rates, { parameters, gradients, first, second }) {
    const { stateCount } = optimizer;
    const penalizes = rates.weightDecay !== 0 || rates.l1 !== 0;
    const state = { first: 0, second: 0 };
    if (stateCount === 0 && !penalizes) {
      // The same, for plain SGD: small networks spend much of a step here.
      for (let i = 0; i < parameters.length; i++)
        parameters[i] += optimizer.change(gradients[i], state, rates);
      return;
    }
    for (let i = 0; i < parameters.length; i++) {
      if (stateCount > 0) state.first = first[i];
      if (stateCount > 1) state.second = second[i];
      const parameter = parameters[i];
      const penalty = penalizes ? penaltyGradient(optimizer, parameter, rates) : 0;
      const decay = penalizes ? decoupledDecay(optimizer, parameter, rates) : 0;
      parameters[i] = parameter + (optimizer.change(gradients[i] + penalty, state, rates) + decay);
      if (stateCount > 0) first[i] = state.first;
      if (stateCount > 1) second[i] = state.second;
    }
  },
};
