import { activations, type Activation } from '../core/activations.ts';
import { eachEntry, meanCount, type Loss, type RowStatistics } from '../core/losses.ts';
import { CLIP_EPSILON, type Arithmetic } from '../core/matrix.ts';
import {
  decoupledDecay,
  optimizers,
  penaltyGradient,
  type Optimizer,
  type OptimizerState,
  type Rates,
} from '../core/optimizers.ts';

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
const roundedArithmetic: Omit<Arithmetic, 'update'> = {
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

  multiplyEntries(a, b, out) {
    for (let i = 0; i < out.data.length; i++) out.data[i] = round(a.data[i] * round(b.data[i]));
  },

  meanLoss(loss, { data: outputs, rows, columns }, { data: targets }) {
    let sum = 0;
    eachEntry(loss, { outputs, targets, outputCount: columns }, (i, row) => {
      sum = round(sum + round(loss.value(outputs[i], targets[i], roundedRow(row))));
    });
    return round(sum / meanCount(loss, rows, columns));
  },

  rowLosses(loss, { data: outputs, columns }, { data: targets }, { data: out }) {
    out.fill(0);
    eachEntry(loss, { outputs, targets, outputCount: columns }, (i, row) => {
      const at = Math.floor(i / columns);
      out[at] = round(out[at] + round(loss.value(outputs[i], targets[i], roundedRow(row))));
    });
  },

  lossGradient(loss, { data: outputs, rows, columns }, { data: targets }, out) {
    const count = meanCount(loss, rows, columns);
    let sums: RowStatistics | undefined;
    eachEntry(loss, { outputs, targets, outputCount: columns }, (i, row) => {
      if (i % columns === 0) sums = roundedStatistics(loss, row, outputs.subarray(i, i + columns));
      out.data[i] = round(roundedDerivative(loss, outputs[i], targets[i], sums ?? row) / count);
    });
  },

  clip(gradients, most) {
    const squares = gradients.reduce((sum, gradient) => round(sum + round(gradient * gradient)), 0);
    const factor = round(round(most) / round(round(Math.sqrt(squares)) + CLIP_EPSILON));
    if (!(factor < 1)) return 1;
    for (let i = 0; i < gradients.length; i++) gradients[i] = round(gradients[i] * factor);
    return factor;
  },
};

function roundedRow({ largest, logSum, targetSum }: RowStatistics): RowStatistics {
  return { largest, logSum: round(logSum), targetSum: round(targetSum) };
}

/** Of a row of logits: each exponential is one of a rounded difference, and their sum one of rounded terms. */
function roundedStatistics(loss: Loss, row: RowStatistics, logits: Float64Array): RowStatistics {
  if (loss.link !== 'softmax') return roundedRow(row);
  const { largest, targetSum } = row;
  const at = logits.indexOf(largest);
  let rest = 0;
  logits.forEach((logit, k) => {
    if (k !== at) rest = round(rest + round(Math.exp(round(logit - largest))));
  });
  return { largest, logSum: round(Math.log1p(rest)), targetSum: round(targetSum) };
}

/** A loss's derivative with a rounding after each of its operations: a probability is an exponential of a difference. */
function roundedDerivative(loss: Loss, output: number, target: number, row: RowStatistics): number {
  if (loss.link === 'softmax') {
    const probability = round(Math.exp(round(round(output - row.largest) - row.logSum)));
    return round(round(probability * row.targetSum) - target);
  }
  if (loss.link === 'sigmoid') return round(roundedValue(activations.sigmoid, output) - target);
  return round(loss.derivative(output, target, row));
}

/** An optimizer's change with a rounding after each of its operations. */
function roundedChange(optimizer: Optimizer, gradient: number, state: OptimizerState, rates: Rates): number {
  const towards = (mean: number, value: number, rate: number) =>
    round(mean + round(rate * round(value - mean)));
  const { learningRate, momentum } = rates;
  if (optimizer === optimizers.sgd) return round(-learningRate * gradient);
  if (optimizer === optimizers.momentum || optimizer === optimizers.nesterov) {
    state.first = round(round(momentum * state.first) + gradient);
    if (optimizer === optimizers.momentum) return round(-learningRate * state.first);
    return round(-learningRate * round(gradient + round(momentum * state.first)));
  }
  const { firstRate, secondRate, epsilon, firstCorrection, secondCorrection } = rates;
  state.second = towards(state.second, round(gradient * gradient), secondRate);
  const root = round(Math.sqrt(state.second));
  if (optimizer === optimizers.rmsprop) {
    state.first = round(round(momentum * state.first) + round(gradient / round(root + epsilon)));
    return round(-learningRate * state.first);
  }
  state.first = towards(state.first, gradient, firstRate);
  const numerator = round(round(-learningRate * firstCorrection) * state.first);
  return round(numerator / round(round(root * secondCorrection) + epsilon));
}

function roundedRates(rates: Rates): Rates {
  const rounded = { ...rates };
  for (const key of Object.keys(rounded) as (keyof Rates)[])
    Object.assign(rounded, { [key]: round(rates[key]) });
  return rounded;
}

/**
 * The reference rounded to float32 after every operation, parameters compensated or not, as on the GPU: what it
 * deviates from float64 is what rounding alone does to a job, and every tolerance is derived from it.
 *
 * @param parameters [parameterCount], rounded in place; what rounding takes from them is kept in the
 *   low parts, so an arithmetic belongs to one network
 * @param compensates whether it is; zeros stay there otherwise
 */
export function float32Arithmetic(
  parameters: Float64Array,
  compensates: boolean,
): {
  readonly arithmetic: Arithmetic;
  /** [parameterCount]: parameter + low part is what the pair stands for. */
  readonly lowParts: Float64Array;
} {
  const lowParts = parameters.map((value) => (compensates ? round(value - round(value)) : 0));
  parameters.forEach((value, i) => (parameters[i] = round(value)));
  const arithmetic: Arithmetic = {
    ...roundedArithmetic,

    update(optimizer, exactRates, { parameters: values, gradients, first, second }) {
      const rates = roundedRates(exactRates);
      const state = { first: 0, second: 0 };
      for (let i = 0; i < values.length; i++) {
        const value = values[i];
        if (optimizer.stateCount > 0) state.first = first[i];
        if (optimizer.stateCount > 1) state.second = second[i];
        const penalty = round(penaltyGradient(optimizer, value, rates));
        const gradient = round(gradients[i] + penalty);
        const decay = round(decoupledDecay(optimizer, value, rates));
        const change = round(roundedChange(optimizer, gradient, state, rates) + decay);
        if (optimizer.stateCount > 0) first[i] = state.first;
        if (optimizer.stateCount > 1) second[i] = state.second;
        const y = round(change + lowParts[i]);
        // Two-sum (Knuth): sum + low is exactly value + y.
        const sum = round(value + y);
        const part = round(sum - value);
        if (compensates) lowParts[i] = round(round(value - round(sum - part)) + round(y - part));
        values[i] = sum;
      }
    },
  };
  return { arithmetic, lowParts };
}
