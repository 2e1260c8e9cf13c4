// Formulas as trees: `src/exchange/latex.ts` and the page's MathML write them, and a test computes them.

/** How two or more terms are joined. Nothing stands between the factors of `times`, `·` is the matrix product. */
type Operator = '+' | '−' | 'times' | '×' | '·' | '∘' | '=' | '<' | '>' | '≥';

/** A letter with what stands on, below and above it. */
export interface Identifier {
  readonly kind: 'identifier';
  readonly name: string;
  readonly hat?: true;
  /** What it becomes, beside what it was: w′. */
  readonly prime?: true;
  readonly sub?: string;
  readonly sup?: string;
}

/** One of several values, the first whose condition holds; the last has none. */
interface Case {
  readonly value: Formula;
  readonly condition: Formula | undefined;
}

/** What is around a formula: brackets, or the signs of an absolute value or a length. */
type Fence = '()' | '||' | '‖‖';

/** A formula. Its builders below put brackets where they are needed; whoever writes one adds none. */
export type Formula =
  | Identifier
  | { readonly kind: 'number'; readonly value: number; readonly text: string }
  | { readonly kind: 'operation'; readonly operator: Operator; readonly terms: readonly Formula[] }
  | { readonly kind: 'negative'; readonly of: Formula }
  | { readonly kind: 'fraction'; readonly numerator: Formula; readonly denominator: Formula }
  | { readonly kind: 'power'; readonly base: Formula; readonly exponent: Formula }
  | { readonly kind: 'root'; readonly of: Formula }
  | { readonly kind: 'call'; readonly name: string; readonly of: readonly Formula[] }
  | { readonly kind: 'sum'; readonly index: string; readonly of: Formula }
  | { readonly kind: 'fenced'; readonly fence: Fence; readonly of: Formula }
  | { readonly kind: 'transpose'; readonly of: Formula }
  | { readonly kind: 'partial'; readonly of: Formula; readonly by: Formula }
  | { readonly kind: 'cases'; readonly cases: readonly Case[] }
  | { readonly kind: 'ellipsis' };

/** How tightly a formula holds together; an operand that holds less than its place asks for gets brackets. */
const RELATION = 0;
const SUM = 1;
const NEGATIVE = 2;
const PRODUCT = 3;
const QUOTIENT = 4;
const ATOM = 5;

const strengths: Readonly<Record<Operator, number>> = {
  '=': RELATION,
  '<': RELATION,
  '>': RELATION,
  '≥': RELATION,
  '+': SUM,
  '−': SUM,
  times: PRODUCT,
  '×': PRODUCT,
  '·': PRODUCT,
  '∘': PRODUCT,
};

function strengthOf(formula: Formula): number {
  switch (formula.kind) {
    case 'operation':
      return strengths[formula.operator];
    case 'cases':
      return RELATION;
    case 'sum':
      return SUM;
    case 'negative':
      return NEGATIVE;
    case 'number':
      return formula.text.startsWith('−') ? NEGATIVE : ATOM;
    case 'fraction':
    case 'power':
    case 'transpose':
    case 'partial':
      return QUOTIENT;
    case 'identifier':
      // A power of A⁽¹⁾ would stand where its layer does.
      return formula.sup === undefined && !formula.prime ? ATOM : QUOTIENT;
    case 'root':
    case 'call':
    case 'fenced':
    case 'ellipsis':
      return ATOM;
  }
}

/** In brackets, unless it holds together that well. */
function held(formula: Formula, least: number): Formula {
  return strengthOf(formula) >= least ? formula : fenced(formula);
}

export function identifier(name: string, marks: Omit<Identifier, 'kind' | 'name'> = {}): Identifier {
  return { kind: 'identifier', name, ...marks };
}

/** @param text as it is written, with a proper minus; as JavaScript writes it if left out */
export function number(value: number, text = String(value).replaceAll('-', '−')): Formula {
  return { kind: 'number', value, text };
}

export const ellipsis: Formula = { kind: 'ellipsis' };

/** a + b + … */
export function plus(...terms: readonly Formula[]): Formula {
  if (terms.length === 1) return terms[0];
  const isWeak = (term: Formula) => strengthOf(term) === NEGATIVE || strengthOf(term) < SUM;
  return {
    kind: 'operation',
    operator: '+',
    terms: terms.map((term, i) => (i > 0 && isWeak(term) ? fenced(term) : term)),
  };
}

/** a − b */
export function minus(a: Formula, b: Formula): Formula {
  return { kind: 'operation', operator: '−', terms: [held(a, SUM), held(b, PRODUCT)] };
}

export function negative(of: Formula): Formula {
  return { kind: 'negative', of: of.kind === 'sum' ? of : held(of, PRODUCT) };
}

/** a b c, with a sign between them where a number would follow, as in 3 × 0.04. */
export function times(...factors: readonly Formula[]): Formula {
  const needsSign = factors.some(
    (factor, i) => i > 0 && (startsWithNumber(factor) || (isNumeric(factors[i - 1]) && isNumeric(factor))),
  );
  return product(needsSign ? '×' : 'times', factors);
}

/** a ∘ b: entry by entry. */
export function hadamard(...factors: readonly Formula[]): Formula {
  return product('∘', factors);
}

/** a · b: the matrix product. */
export function matrixProduct(a: Formula, b: Formula): Formula {
  return product('·', [a, b]);
}

function product(operator: Operator, factors: readonly Formula[]): Formula {
  if (factors.length === 1) return factors[0];
  const isScalar = (each: Operator) => each === 'times' || each === '×';
  const terms = factors.map((factor, i) => {
    // One kind of product within another would read as the same.
    const reads =
      factor.kind !== 'operation' ||
      factor.operator === operator ||
      (isScalar(factor.operator) && (i === 0 || isScalar(operator)));
    return reads ? held(factor, PRODUCT) : fenced(factor);
  });
  return { kind: 'operation', operator, terms };
}

function startsWithNumber(formula: Formula): boolean {
  if (formula.kind === 'operation' && strengths[formula.operator] === PRODUCT)
    return startsWithNumber(formula.terms[0]);
  if (formula.kind === 'power') return startsWithNumber(formula.base);
  return formula.kind === 'number' && strengthOf(formula) === ATOM;
}

/** Two of these side by side could be taken for one number. */
function isNumeric({ kind }: Formula): boolean {
  return kind === 'number' || kind === 'fraction';
}

export function fraction(numerator: Formula, denominator: Formula): Formula {
  return { kind: 'fraction', numerator, denominator };
}

export function power(base: Formula, exponent: Formula): Formula {
  return { kind: 'power', base: held(base, ATOM), exponent };
}

export function square(base: Formula): Formula {
  return power(base, number(2));
}

/** e to the power of x. */
export function exponential(x: Formula): Formula {
  return power(identifier('e'), x);
}

export function root(of: Formula): Formula {
  return { kind: 'root', of };
}

/** tanh(x), max(0, x): a function by its name. */
export function call(name: string, ...of: readonly Formula[]): Formula {
  return { kind: 'call', name, of };
}

/** Σ of a formula over an index. */
export function sum(index: string, of: Formula): Formula {
  return { kind: 'sum', index, of: held(of, NEGATIVE) };
}

export function fenced(of: Formula, fence: Fence = '()'): Formula {
  return { kind: 'fenced', fence, of };
}

export function transpose(of: Formula): Formula {
  return { kind: 'transpose', of: held(of, of.kind === 'identifier' ? QUOTIENT : ATOM) };
}

/** ∂of/∂by */
export function partial(of: Formula, by: Formula): Formula {
  return { kind: 'partial', of, by };
}

/** @param values with their conditions, the last without */
export function cases(
  ...values: readonly (readonly [value: Formula, condition?: Formula | undefined])[]
): Formula {
  return { kind: 'cases', cases: values.map(([value, condition]) => ({ value, condition })) };
}

/** a = b */
export function equation(a: Formula, b: Formula): Formula {
  return { kind: 'operation', operator: '=', terms: [a, b] };
}

/** a < b, a > b or a ≥ b */
export function comparison(a: Formula, operator: '<' | '>' | '≥', b: Formula): Formula {
  return { kind: 'operation', operator, terms: [held(a, SUM), held(b, SUM)] };
}
