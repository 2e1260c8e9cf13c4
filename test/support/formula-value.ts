import type { Formula } from '../../src/core/formula.ts';
import { matrix, type Matrix } from '../../src/core/matrix.ts';
import { latexOf } from '../../src/exchange/latex.ts';

/** What letters and derivatives are, by how LaTeX writes them. */
export type Values = ReadonlyMap<string, Matrix | number>;

const functions: Readonly<Record<string, (...values: readonly number[]) => number>> = {
  log: Math.log,
  max: Math.max,
  min: Math.min,
  sign: Math.sign,
  tanh: Math.tanh,
};

const joins = {
  '+': (a: number, b: number) => a + b,
  '−': (a: number, b: number) => a - b,
  times: (a: number, b: number) => a * b,
  '×': (a: number, b: number) => a * b,
  '∘': (a: number, b: number) => a * b,
  '<': (a: number, b: number) => Number(a < b),
  '>': (a: number, b: number) => Number(a > b),
  '≥': (a: number, b: number) => Number(a >= b),
} as const;

/** Computes a formula of numbers. */
export function numberOf(formula: Formula, values: Values = new Map()): number {
  const { rows, columns, data } = valueOf(formula, values);
  if (rows !== 1 || columns !== 1) throw new Error(`${latexOf(formula)} is ${rows} × ${columns}`);
  return data[0];
}

/** Computes a formula of matrices, plainly; a number counts as a matrix of one entry, and fits every other. */
export function valueOf(formula: Formula, values: Values): Matrix {
  const of = (part: Formula) => valueOf(part, values);
  switch (formula.kind) {
    case 'identifier':
      return formula.name === 'e' && !formula.sub ? scalar(Math.E) : named(formula, values);
    case 'partial':
      return named(formula, values);
    case 'number':
      return scalar(formula.value);
    case 'negative':
      return entrywise((x) => -x, of(formula.of));
    case 'fraction':
      return entrywise((a, b) => a / b, of(formula.numerator), of(formula.denominator));
    case 'power':
      return entrywise(raised, of(formula.base), of(formula.exponent));
    case 'root':
      return entrywise(Math.sqrt, of(formula.of));
    case 'call':
      return entrywise(functions[formula.name], ...formula.of.map(of));
    case 'sum':
      return summed(of(formula.of), formula.index);
    case 'fenced':
      if (formula.fence === '‖‖') return scalar(Math.hypot(...of(formula.of).data));
      return formula.fence === '||' ? entrywise(Math.abs, of(formula.of)) : of(formula.of);
    case 'transpose':
      return transposed(of(formula.of));
    case 'operation':
      return joined(formula, values);
    case 'cases': {
      // The conditions first: of what does not hold, nothing is taken.
      const parts = formula.cases.map(({ value, condition }) => [
        condition ? of(condition) : scalar(1),
        of(value),
      ]);
      return entrywise(
        (...all) => {
          for (let i = 0; i < all.length; i += 2) if (all[i] !== 0) return all[i + 1];
          return NaN;
        },
        ...parts.flat(),
      );
    }
    case 'ellipsis':
      throw new Error('an ellipsis has no value');
  }
}

function raised(base: number, exponent: number): number {
  return base === Math.E ? Math.exp(exponent) : base ** exponent;
}

function joined({ operator, terms }: Extract<Formula, { kind: 'operation' }>, values: Values): Matrix {
  const [first, ...others] = terms.map((term) => valueOf(term, values));
  if (operator === '=') throw new Error('an equation has two sides');
  if (operator === '·') return others.reduce(multiplied, first);
  return others.reduce((a, b) => entrywise(joins[operator], a, b), first);
}

function named(formula: Formula, values: Values): Matrix {
  const value = values.get(latexOf(formula));
  if (value === undefined) throw new Error(`nothing is known of ${latexOf(formula)}`);
  return typeof value === 'number' ? scalar(value) : value;
}

function scalar(value: number): Matrix {
  return matrix(1, 1, Float64Array.of(value));
}

/** What has one row, or one column, counts for all of them. */
function entrywise(f: (...values: readonly number[]) => number, ...parts: readonly Matrix[]): Matrix {
  const out = matrix(
    Math.max(...parts.map(({ rows }) => rows)),
    Math.max(...parts.map(({ columns }) => columns)),
  );
  for (const { rows, columns } of parts)
    if (![1, out.rows].includes(rows) || ![1, out.columns].includes(columns))
      throw new Error(`${rows} × ${columns} does not fit ${out.rows} × ${out.columns}`);
  for (let row = 0; row < out.rows; row++)
    for (let column = 0; column < out.columns; column++)
      out.data[row * out.columns + column] = f(
        ...parts.map(
          ({ rows, columns, data }) => data[(rows === 1 ? 0 : row * columns) + (columns === 1 ? 0 : column)],
        ),
      );
  return out;
}

function multiplied(a: Matrix, b: Matrix): Matrix {
  if (a.columns !== b.rows) throw new Error(`${a.rows} × ${a.columns} · ${b.rows} × ${b.columns}`);
  const out = matrix(a.rows, b.columns);
  for (let row = 0; row < a.rows; row++)
    for (let column = 0; column < b.columns; column++)
      for (let k = 0; k < a.columns; k++)
        out.data[row * b.columns + column] += a.data[row * a.columns + k] * b.data[k * b.columns + column];
  return out;
}

function transposed({ rows, columns, data }: Matrix): Matrix {
  const out = matrix(columns, rows);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      out.data[column * rows + row] = data[row * columns + column];
  return out;
}

/** Over i, the rows, or over another letter, the columns. */
function summed({ rows, columns, data }: Matrix, index: string): Matrix {
  const out = index === 'i' ? matrix(1, columns) : matrix(rows, 1);
  data.forEach((value, at) => {
    out.data[index === 'i' ? at % columns : Math.floor(at / columns)] += value;
  });
  return out;
}
