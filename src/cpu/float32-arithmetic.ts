import { activations, type Activation } from '../core/activations.ts';
import type { Arithmetic } from '../core/matrix.ts';

const round = Math.fround;

/** 2 · √(2/π) */
const TWICE_ROOT = round(Math.sqrt(8 / Math.PI));
const GELU_CUBIC = round(0.044715);

function roundedSigmoid(x: number): number {
  return round(1 / round(1 + round(Math.exp(-x))));
}

/** An activation with a rounding after each of its operations; the short ones have only one. */
function roundedValue(f: Activation, x: number): number {
  if (f === activations.sigmoid) return roundedSigmoid(x);
  if (f === activations.silu) return round(x * roundedSigmoid(x));
  if (f === activations.gelu) {
    const square = round(x * x);
    const inner = round(round(TWICE_ROOT * x) * round(1 + round(GELU_CUBIC * square)));
    return round(x * roundedSigmoid(inner));
  }
  if (f === activations.softplus) {
    return round(Math.max(x, 0) + round(Math.log1p(round(Math.exp(-Math.abs(x))))));
  }
  if (f === activations.tanh && Math.abs(x) >= 0.25) {
    const e = round(Math.exp(-2 * Math.abs(x)));
    return Math.sign(x) * round(round(1 - e) / round(1 + e));
  }
  return round(f.value(x));
}

/** `float64` of `src/core/matrix.ts`, rounded after every operation. */
const rounded: Omit<Arithmetic, 'update'> = {
  multiply(a, b, out) {
    for (let row = 0; row < out.rows; row++) {
      for (let column = 0; column < out.columns; column++) {
        let sum = 0;
        for (let k = 0; k < a.columns; k++) {
          const product = round(a.data[row * a.columns + k] * b.data[k * b.columns + column]);
          sum = round(sum + product);
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
          const product = round(a.data[k * a.columns + row] * b.data[k * b.columns + column]);
          sum = round(sum + product);
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
          const product = round(a.data[row * a.columns + k] * b.data[column * b.columns + k]);
          sum = round(sum + product);
        }
        out.data[row * out.columns + column] = sum;
      }
    }
  },

  addRow(m, row) {
    for (let i = 0; i < m.data.length; i += m.columns) {
      for (let k = 0; k < m.columns; k++) m.data[i + k] = round(m.data[i + k] + row.data[k]);
    }
  },

  sumRows(m, out) {
    out.data.fill(0);
    for (let i = 0; i < m.data.length; i += m.columns) {
      for (let k = 0; k < m.columns; k++) out.data[k] = round(out.data[k] + m.data[i + k]);
    }
  },

  activate(f, x, out) {
    for (let i = 0; i < x.data.length; i++) out.data[i] = roundedValue(f, x.data[i]);
  },

  timesDerivative(f, { x, y }, gradient) {
    for (let i = 0; i < x.data.length; i++) {
      gradient.data[i] = round(gradient.data[i] * round(f.derivative(x.data[i], y.data[i])));
    }
  },

  meanLoss(loss, prediction, target) {
    let sum = 0;
    for (let i = 0; i < prediction.data.length; i++) {
      sum = round(sum + round(loss.value(prediction.data[i], target.data[i])));
    }
    return round(sum / prediction.data.length);
  },

  lossGradient(loss, prediction, target, out) {
    const count = prediction.data.length;
    for (let i = 0; i < count; i++) {
      out.data[i] = round(round(loss.derivative(prediction.data[i], target.data[i])) / count);
    }
  },
};

/**
 * The reference rounded to float32 after every operation, parameters compensated as on the GPU: what it
 * deviates from float64 is what rounding alone does to a job, and every tolerance is derived from it.
 *
 * @param parameters [parameterCount], rounded in place; what rounding takes from them is kept in the
 *   low parts, so an arithmetic belongs to one network
 */
export function float32Arithmetic(parameters: Float64Array): {
  readonly arithmetic: Arithmetic;
  /** [parameterCount]: parameter + low part is what the pair stands for. */
  readonly lowParts: Float64Array;
} {
  const lowParts = parameters.map((value) => round(value - round(value)));
  parameters.forEach((value, i) => (parameters[i] = round(value)));
  const arithmetic: Arithmetic = {
    ...rounded,

    update(optimizer, learningRate, values, gradients) {
      for (let i = 0; i < values.length; i++) {
        const change = round(optimizer.change(gradients[i], round(learningRate)));
        const y = round(change + lowParts[i]);
        const value = values[i];
        // Two-sum (Knuth): sum + low is exactly value + y.
        const sum = round(value + y);
        const part = round(sum - value);
        lowParts[i] = round(round(value - round(sum - part)) + round(y - part));
        values[i] = sum;
      }
    },
  };
  return { arithmetic, lowParts };
}
