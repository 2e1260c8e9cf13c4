import type { ActivationName } from './activations.ts';
import {
  call,
  cases,
  comparison,
  exponential,
  fraction,
  minus,
  negative,
  number,
  plus,
  power,
  root,
  square,
  times,
  type Formula,
} from './formula.ts';

/** An activation written out. */
export interface ActivationFormulas {
  value(x: Formula): Formula;
  /** The derivative at x, where y = f(x); of either as the table in `activations.ts` takes it. */
  derivative(x: Formula, y: Formula): Formula;
  /** Which of the two the derivative is of. */
  readonly derivativeOf: 'input' | 'output' | 'neither';
}

const zero = number(0);
const one = number(1);
const two = number(2);
const three = number(3);
const half = number(0.5);
const leak = number(0.01);
const cubic = number(0.044715);
const threshold = number(20);

function logistic(x: Formula): Formula {
  return fraction(one, plus(one, exponential(negative(x))));
}

/** √(2/π) (x + 0.044715 x³) */
function geluInner(x: Formula): Formula {
  return times(root(fraction(two, number(Math.PI, 'π'))), plus(x, times(cubic, power(x, three))));
}

function geluInnerDerivative(x: Formula): Formula {
  return times(root(fraction(two, number(Math.PI, 'π'))), plus(one, times(three, cubic, square(x))));
}

/** Every activation of `activations.ts` as people write it. */
export const activationFormulas: Readonly<Record<ActivationName, ActivationFormulas>> = {
  sigmoid: {
    value: logistic,
    derivative: (_x, y) => times(y, minus(one, y)),
    derivativeOf: 'output',
  },
  tanh: {
    value: (x) => call('tanh', x),
    derivative: (_x, y) => minus(one, square(y)),
    derivativeOf: 'output',
  },
  relu: {
    value: (x) => call('max', zero, x),
    derivative: (x) => cases([one, comparison(x, '>', zero)], [zero]),
    derivativeOf: 'input',
  },
  'leaky-relu': {
    value: (x) => cases([times(leak, x), comparison(x, '<', zero)], [x]),
    derivative: (x) => cases([one, comparison(x, '>', zero)], [leak]),
    derivativeOf: 'input',
  },
  elu: {
    value: (x) => cases([x, comparison(x, '>', zero)], [minus(exponential(x), one)]),
    derivative: (x) => cases([one, comparison(x, '>', zero)], [exponential(x)]),
    derivativeOf: 'input',
  },
  silu: {
    value: (x) => fraction(x, plus(one, exponential(negative(x)))),
    derivative: (x) => times(logistic(x), plus(one, times(x, minus(one, logistic(x))))),
    derivativeOf: 'input',
  },
  gelu: {
    value: (x) => times(half, x, plus(one, call('tanh', geluInner(x)))),
    derivative: (x) =>
      plus(
        times(half, plus(one, call('tanh', geluInner(x)))),
        times(half, x, minus(one, square(call('tanh', geluInner(x)))), geluInnerDerivative(x)),
      ),
    derivativeOf: 'input',
  },
  softplus: {
    value: (x) => cases([x, comparison(x, '>', threshold)], [call('log', plus(one, exponential(x)))]),
    derivative: (x) => cases([one, comparison(x, '>', threshold)], [logistic(x)]),
    derivativeOf: 'input',
  },
  linear: {
    value: (x) => x,
    derivative: () => one,
    derivativeOf: 'neither',
  },
};
