import { describe, expect, it } from 'vitest';
import { activationFormulas } from '../../src/core/activation-formulas.ts';
import { activationNames, activations } from '../../src/core/activations.ts';
import {
  call,
  cases,
  comparison,
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
  power,
  square,
  sum,
  times,
  transpose,
  type Formula,
} from '../../src/core/formula.ts';
import { lossFormulas, type LossTerms } from '../../src/core/loss-formulas.ts';
import { losses, lossNames, rowStatistics } from '../../src/core/losses.ts';
import { optimizerFormulas, rateLetters } from '../../src/core/optimizer-formulas.ts';
import {
  decoupledDecay,
  optimizerNames,
  optimizers,
  type Optimizer,
  type Rates,
} from '../../src/core/optimizers.ts';
import { alignedLatex, latexOf } from '../../src/exchange/latex.ts';
import { numberOf } from '../support/formula-value.ts';
import { Random } from '../support/random.ts';

/** Of a formula against the function that computes it: both round, in another order. */
const FORMULA_TOLERANCE = 1e-12;
const DRAWS = 300;

const [a, b, x] = [identifier('a'), identifier('b'), identifier('x')];
const yhat = identifier('y', { hat: true });

describe('a formula in LaTeX', () => {
  it.each<[string, Formula]>([
    ['\\frac{1}{1 + e^{-\\hat{y}}}', fraction(number(1), plus(number(1), exponential(negative(yhat))))],
    ['a \\, \\left(1 - a\\right)', times(a, minus(number(1), a))],
    ['\\left(a + b\\right)^{2}', square(plus(a, b))],
    ['3 \\times 0.04 \\, x', times(number(3), times(number(0.04), x))],
    ['a - \\left(b + x\\right)', minus(a, plus(b, x))],
    ['a + \\left(-0.5\\right)', plus(a, number(-0.5))],
    ['\\left(-2\\right)^{3}', power(number(-2), number(3))],
    ['a \\circ \\left(b \\cdot x\\right)', hadamard(a, matrixProduct(b, x))],
    ['a \\cdot \\left(b - x\\right)', matrixProduct(a, minus(b, x))],
    ['{\\left(\\frac{\\partial a}{\\partial x}\\right)}^\\top', transpose(partial(a, x))],
    ['\\sum_{ik} a^{2}', sum('ik', square(a))],
    ['\\left(\\sum_{k} a\\right) \\, b', times(sum('k', a), b)],
    [
      'A_{12,3}^{(2)\\prime} = W',
      equation(identifier('A', { sub: '12,3', sup: '(2)', prime: true }), identifier('W')),
    ],
    [
      '\\begin{cases} x & \\text{if } x > 0 \\\\ 0 & \\text{else} \\end{cases}',
      cases([x, comparison(x, '>', number(0))], [number(0)]),
    ],
    ['\\operatorname{sign}\\left(\\lambda_{1}\\right)', call('sign', identifier('λ', { sub: '1' }))],
    ['-1.5 \\times 10^{-7}', number(-1.5e-7, '−1.5e−7')],
    ['\\mathrm{50\\% \\& \\$x\\_\\{\\}}', identifier('50% & $x_{}')],
  ])('%s', (expected, formula) => {
    expect(latexOf(formula)).toBe(expected);
  });

  it('stands line below line at the equals signs', () => {
    expect(alignedLatex([equation(a, b), { kind: 'ellipsis' }, equation(b, x)])).toBe(
      '\\begin{align*}\n  a &= b \\\\\n  & \\;\\,\\vdots \\\\\n  b &= x\n\\end{align*}',
    );
  });
});

describe('formulas say what the tables compute', () => {
  const random = new Random(7);
  const near = (name: string, actual: number, expected: number) =>
    expect(Math.abs(actual - expected) / Math.max(1, Math.abs(expected)), name).toBeLessThanOrEqual(
      FORMULA_TOLERANCE,
    );

  it.each(activationNames)('activation %s', (name) => {
    const { value, derivative, derivativeOf } = activationFormulas[name];
    for (let draw = 0; draw < DRAWS; draw++) {
      const at = random.uniform(-25, 25);
      const y = activations[name].value(at);
      near(`f(${at})`, numberOf(value(number(at))), y);
      near(`f′(${at})`, numberOf(derivative(number(at), number(y))), activations[name].derivative(at, y));
    }
    const known = new Set(
      ['input', 'output'].filter((each) => mentions(derivative(a, b), each === 'input' ? a : b)),
    );
    expect([...known]).toEqual(derivativeOf === 'neither' ? [] : [derivativeOf]);
  });

  it.each(lossNames)('loss %s', (name) => {
    const { value, derivative, probability } = lossFormulas[name];
    for (let draw = 0; draw < DRAWS; draw++) {
      const outputs = Float64Array.from({ length: 3 }, () => random.uniform(-4, 4));
      const targets = Float64Array.from({ length: 3 }, () => random.uniform(0, 1));
      const row = rowStatistics(outputs, targets);
      for (let k = 0; k < 3; k++) {
        const terms: LossTerms = {
          output: number(outputs[k]),
          target: number(targets[k]),
          exponentialSum: plus(...[...outputs].map((each) => exponential(number(each)))),
          targetSum: plus(...[...targets].map((each) => number(each))),
        };
        near('value', numberOf(value(terms)), losses[name].value(outputs[k], targets[k], row));
        near('derivative', numberOf(derivative(terms)), losses[name].derivative(outputs[k], targets[k], row));
        if (!probability) continue;
        const lettered = { ...terms, probability: number(numberOf(probability(terms))) };
        near('by p', numberOf(derivative(lettered)), numberOf(derivative(terms)));
      }
    }
    expect(probability !== undefined).toBe('link' in losses[name]);
  });

  it.each(optimizerNames)('optimizer %s', (name) => {
    const optimizer: Optimizer = optimizers[name];
    const written = optimizerFormulas[name];
    for (let draw = 0; draw < DRAWS; draw++) {
      const [parameter, gradient, first] = random.floats(3);
      const second = random.uniform(0, 1);
      const [beta1, beta2] = [random.uniform(0.5, 0.95), random.uniform(0.9, 0.999)];
      const updateCount = random.logUniformInteger(1, 1000);
      const rates: Rates = {
        learningRate: random.uniform(0.001, 0.1),
        momentum: random.uniform(0, 0.9),
        firstRate: 1 - beta1,
        secondRate: 1 - beta2,
        epsilon: 1e-8,
        weightDecay: random.uniform(0, 0.1),
        l1: 0,
        firstCorrection: 1 / (1 - beta1 ** updateCount),
        secondCorrection: 1 / Math.sqrt(1 - beta2 ** updateCount),
      };
      const letters = { ...rateLetters, s: identifier('s'), r: identifier('r') };
      const values = new Map<string, number>();
      const given = { ...rates, beta1, beta2, updateCount, s: first, r: second };
      for (const [rate, letter] of Object.entries(letters))
        values.set(latexOf(letter), given[rate as keyof typeof given]);
      const terms = {
        parameter: number(parameter),
        gradient: number(gradient),
        first: letters.s,
        second: letters.r,
        newFirst: identifier('s', { prime: true }),
        newSecond: identifier('r', { prime: true }),
        rates: rateLetters,
      };
      const state = { first, second };
      const change = optimizer.change(gradient, state, rates);
      for (const which of ['second', 'first'] as const) {
        const formula = written[which]?.(terms);
        expect(formula !== undefined, which).toBe(
          which === 'first' ? optimizer.stateCount > 0 : optimizer.stateCount > 1,
        );
        if (!formula) continue;
        const value = numberOf(formula, values);
        near(which, value, state[which]);
        values.set(latexOf(which === 'first' ? terms.newFirst : terms.newSecond), value);
      }
      const updated = parameter + (change + decoupledDecay(optimizer, parameter, rates));
      near('updated', numberOf(written.updated(terms), values), updated);
    }
  });
});

function mentions(formula: Formula, letter: Formula): boolean {
  return latexOf(formula).match(new RegExp(`\\b${latexOf(letter)}\\b(?!l)`)) !== null;
}
