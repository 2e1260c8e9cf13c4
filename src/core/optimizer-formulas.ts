import {
  fraction,
  identifier,
  minus,
  number,
  plus,
  power,
  root,
  square,
  times,
  type Formula,
} from './formula.ts';
import type { OptimizerName } from './optimizers.ts';

/** The rates of a step: letters, or numbers. */
export interface RateFormulas {
  readonly learningRate: Formula;
  readonly momentum: Formula;
  readonly beta1: Formula;
  readonly beta2: Formula;
  readonly epsilon: Formula;
  readonly weightDecay: Formula;
  readonly l1: Formula;
  /** 1, 2, …: the updates up to this one. */
  readonly updateCount: Formula;
}

/** What a step makes of one parameter, or of a matrix of them, entry by entry. */
export interface UpdateTerms {
  readonly parameter: Formula;
  /** Clipped and with its penalties. */
  readonly gradient: Formula;
  /** What the optimizer remembers from the step before. */
  readonly first: Formula;
  readonly second: Formula;
  /** The same after this step. */
  readonly newFirst: Formula;
  readonly newSecond: Formula;
  readonly rates: RateFormulas;
}

/** An optimizer written out. */
export interface OptimizerFormulas {
  /** What `second` becomes, which comes first. */
  second?(terms: UpdateTerms): Formula;
  /** What `first` becomes. */
  first?(terms: UpdateTerms): Formula;
  /** What the parameter becomes. */
  updated(terms: UpdateTerms): Formula;
}

const one = number(1);

/** The letters of the rates, as Kingma & Ba and the PyTorch pages have them. */
export const rateLetters: RateFormulas = {
  learningRate: identifier('η'),
  momentum: identifier('μ'),
  beta1: identifier('β', { sub: '1' }),
  beta2: identifier('β', { sub: '2' }),
  epsilon: identifier('ε'),
  weightDecay: identifier('λ'),
  l1: identifier('λ', { sub: '1' }),
  updateCount: identifier('t'),
};

/** r′ = β₂ r + (1 − β₂) d² */
function meanOfSquares({ second, gradient, rates: { beta2 } }: UpdateTerms): Formula {
  return plus(times(beta2, second), times(minus(one, beta2), square(gradient)));
}

/** s′ = μ s + d */
function momentumSum({ first, gradient, rates: { momentum } }: UpdateTerms): Formula {
  return plus(times(momentum, first), gradient);
}

function adamUpdate({ parameter, newFirst, newSecond, rates }: UpdateTerms): Formula {
  const corrected = (mean: Formula, beta: Formula) =>
    fraction(mean, minus(one, power(beta, rates.updateCount)));
  const direction = fraction(
    corrected(newFirst, rates.beta1),
    plus(root(corrected(newSecond, rates.beta2)), rates.epsilon),
  );
  return minus(parameter, times(rates.learningRate, direction));
}

const adam: OptimizerFormulas = {
  second: meanOfSquares,
  first: ({ first, gradient, rates: { beta1 } }) =>
    plus(times(beta1, first), times(minus(one, beta1), gradient)),
  updated: adamUpdate,
};

/** Every optimizer of `optimizers.ts` as people write it. */
export const optimizerFormulas: Readonly<Record<OptimizerName, OptimizerFormulas>> = {
  sgd: {
    updated: ({ parameter, gradient, rates }) => minus(parameter, times(rates.learningRate, gradient)),
  },
  momentum: {
    first: momentumSum,
    updated: ({ parameter, newFirst, rates }) => minus(parameter, times(rates.learningRate, newFirst)),
  },
  nesterov: {
    first: momentumSum,
    updated: ({ parameter, gradient, newFirst, rates: { learningRate, momentum } }) =>
      minus(parameter, times(learningRate, plus(gradient, times(momentum, newFirst)))),
  },
  rmsprop: {
    second: meanOfSquares,
    first: ({ first, gradient, newSecond, rates: { momentum, epsilon } }) =>
      plus(times(momentum, first), fraction(gradient, plus(root(newSecond), epsilon))),
    updated: ({ parameter, newFirst, rates }) => minus(parameter, times(rates.learningRate, newFirst)),
  },
  adam,
  adamw: {
    ...adam,
    // The decay acts on the parameter itself.
    updated: (terms) =>
      minus(adamUpdate(terms), times(terms.rates.learningRate, terms.rates.weightDecay, terms.parameter)),
  },
};
