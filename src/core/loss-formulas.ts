import {
  call,
  cases,
  comparison,
  exponential,
  fenced,
  fraction,
  minus,
  negative,
  number,
  plus,
  square,
  times,
  type Formula,
} from './formula.ts';
import type { LossName } from './losses.ts';

/** What a loss sees of one output. */
export interface LossTerms {
  /** An output: a logit where the loss has a link. */
  readonly output: Formula;
  readonly target: Formula;
  /** Softmax alone: Σ of e to the power of each logit of the row. */
  readonly exponentialSum: Formula;
  /** Softmax alone: Σ of the targets of the row. */
  readonly targetSum: Formula;
  /** The probability where it has a letter of its own; written out where it has none. */
  readonly probability?: Formula | undefined;
}

/** A loss written out. */
export interface LossFormulas {
  /** The share of one output in the loss of its row. */
  value(terms: LossTerms): Formula;
  /** dE/df of one output, before the division by N. */
  derivative(terms: LossTerms): Formula;
  /** What the logit says, where the loss has a link. */
  probability?(terms: LossTerms): Formula;
}

const one = number(1);
const two = number(2);
const half = number(0.5);

function sigmoidOf({ output }: LossTerms): Formula {
  return fraction(one, plus(one, exponential(negative(output))));
}

function softmaxOf({ output, exponentialSum }: LossTerms): Formula {
  return fraction(exponential(output), exponentialSum);
}

function absolute(of: Formula): Formula {
  return fenced(of, '||');
}

/** Every loss of `losses.ts` as people write it. */
export const lossFormulas: Readonly<Record<LossName, LossFormulas>> = {
  mse: {
    value: ({ output, target }) => square(minus(output, target)),
    derivative: ({ output, target }) => times(two, minus(output, target)),
  },
  mae: {
    value: ({ output, target }) => absolute(minus(output, target)),
    derivative: ({ output, target }) => call('sign', minus(output, target)),
  },
  huber: {
    value: ({ output, target }) => {
      const distance = absolute(minus(output, target));
      return cases(
        [times(half, square(minus(output, target))), comparison(distance, '<', one)],
        [minus(distance, half)],
      );
    },
    derivative: ({ output, target }) => {
      const difference = minus(output, target);
      return cases([difference, comparison(absolute(difference), '<', one)], [call('sign', difference)]);
    },
  },
  // The stable form, as it is computed.
  bce: {
    value: ({ output, target }) =>
      plus(
        minus(call('max', output, number(0)), times(output, target)),
        call('log', plus(one, exponential(negative(absolute(output))))),
      ),
    derivative: (terms) => minus(terms.probability ?? sigmoidOf(terms), terms.target),
    probability: sigmoidOf,
  },
  'cross-entropy': {
    value: (terms) => negative(times(terms.target, call('log', terms.probability ?? softmaxOf(terms)))),
    derivative: (terms) => minus(times(terms.probability ?? softmaxOf(terms), terms.targetSum), terms.target),
    probability: softmaxOf,
  },
};
