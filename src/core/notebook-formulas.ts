import {
  call,
  equation,
  exponential,
  fraction,
  hadamard,
  identifier,
  matrixProduct,
  minus,
  negative,
  number,
  partial,
  plus,
  square,
  sum,
  times,
  transpose,
  type Formula,
} from './formula.ts';

const letter = (name: string, sub?: string) => identifier(name, sub === undefined ? {} : { sub });
const [x, v, g, y, w, f, error, rows, rate, h, bias] = [
  'x',
  'v',
  'g',
  'y',
  'w',
  'f',
  'E',
  'N',
  'η',
  'h',
  'b',
].map((name) => letter(name));
const yhat = identifier('y', { hat: true });
const target = letter('f', '0');

const sigmoidOf = (of: Formula) => fraction(number(1), plus(number(1), exponential(negative(of))));
const updated = (name: string, gradient: Formula) =>
  equation(identifier(name, { prime: true }), minus(letter(name), times(rate, gradient)));

/** The formulas of the notebook's story, in its letters. */
export const notebookFormulas = {
  perceptron: equation(
    y,
    plus(times(letter('x', '1'), letter('w', '1')), times(letter('x', '2'), letter('w', '2')), bias),
  ),
  hidden: equation(yhat, matrixProduct(x, v)),
  hiddenEntry: equation(
    identifier('y', { hat: true, sub: '11' }),
    plus(times(letter('x', '11'), letter('v', '11')), times(letter('x', '12'), letter('v', '21'))),
  ),
  hiddenActivation: equation(g, sigmoidOf(yhat)),
  output: equation(y, matrixProduct(g, w)),
  outputActivation: equation(f, sigmoidOf(y)),
  nested: call('f', call('y', call('g', call('ŷ', x)))),
  error: equation(error, fraction(sum('i', square(minus(letter('f', 'i'), letter('f', '0,i')))), rows)),
  /** dE/dw */
  phaseOne: equation(partial(error, w), times(partial(error, f), partial(f, y), partial(y, w))),
  errorByOutput: equation(partial(error, f), times(fraction(number(2), rows), minus(f, target))),
  outputByPreActivation: equation(partial(f, y), times(f, minus(number(1), f))),
  weightsOfOutput: equation(partial(error, w), matrixProduct(transpose(g), partial(error, y))),
  /** dE/dv */
  phaseTwo: equation(partial(error, v), times(partial(error, g), partial(g, yhat), partial(yhat, v))),
  errorByHidden: equation(partial(error, g), matrixProduct(partial(error, y), transpose(w))),
  hiddenGradient: equation(partial(error, yhat), hadamard(partial(error, g), partial(g, yhat))),
  weightsOfHidden: equation(partial(error, v), matrixProduct(transpose(x), partial(error, yhat))),
  centralDifference: fraction(minus(call('E', plus(v, h)), call('E', minus(v, h))), times(number(2), h)),
  updateOfOutput: updated('w', partial(error, w)),
  updateOfHidden: updated('v', partial(error, v)),
} as const satisfies Record<string, Formula>;
