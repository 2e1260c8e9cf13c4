import type { Matrix } from './matrix.ts';

/** What turns the sums of a linear model into probabilities, and the loss that belongs to it. */
export interface Link {
  /** Applies the link to row-major [rows, outputCount], in place. */
  apply(sums: Matrix): void;
  /** The total loss of sums *before* the link; its derivative by them is probability − target. */
  loss(sums: Matrix, targets: Matrix): number;
}

/** A probability for each output, or one over all outputs of a row. */
export const links = {
  binary: { apply: logistic, loss: binaryCrossEntropy },
  classification: { apply: softmax, loss: crossEntropy },
} as const satisfies Record<string, Link>;

/** 1 / (1 + e⁻ˣ), entry by entry. */
function logistic({ data }: Matrix): void {
  for (let i = 0; i < data.length; i++) data[i] = 1 / (1 + Math.exp(-data[i]));
}

/** eˣ / Σ eˣ, row by row, with the largest of a row taken off first so that nothing overflows. */
function softmax({ columns, data }: Matrix): void {
  for (let start = 0; start < data.length; start += columns) {
    const row = data.subarray(start, start + columns);
    let largest = -Infinity;
    for (const value of row) largest = Math.max(largest, value);
    let sum = 0;
    for (let i = 0; i < columns; i++) sum += row[i] = Math.exp(row[i] - largest);
    for (let i = 0; i < columns; i++) row[i] /= sum;
  }
}

/** Σ log(1 + eˣ) − t x, in a form that does not overflow. */
function binaryCrossEntropy({ data }: Matrix, targets: Matrix): number {
  let sum = 0;
  for (let i = 0; i < data.length; i++) {
    const x = data[i];
    sum += Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))) - targets.data[i] * x;
  }
  return sum;
}

/** Σ log Σ eˣ − x of the class, row by row. */
function crossEntropy({ columns, data }: Matrix, targets: Matrix): number {
  let sum = 0;
  for (let start = 0; start < data.length; start += columns) {
    let largest = -Infinity;
    for (let i = start; i < start + columns; i++) largest = Math.max(largest, data[i]);
    let exponentials = 0;
    for (let i = start; i < start + columns; i++) {
      exponentials += Math.exp(data[i] - largest);
      sum -= targets.data[i] * (data[i] - largest);
    }
    sum += Math.log(exponentials);
  }
  return sum;
}
