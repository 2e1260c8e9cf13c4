import type { Matrix } from './matrix.ts';

/** What varies less, beside its size, is rounding: such a column is constant. */
const CONSTANT = 1e-12;

/** Columns as (value − mean) / deviation. */
export interface Standardized {
  readonly values: Matrix;
  readonly means: Float64Array;
  /** 0 for a constant column. */
  readonly deviations: Float64Array;
}

/** Standardizes the columns in place; a constant one becomes 0. */
export function standardize(values: Matrix): Standardized {
  const { rows, columns, data } = values;
  const [means, deviations] = [new Float64Array(columns), new Float64Array(columns)];
  for (let column = 0; column < columns; column++) {
    let sum = 0;
    let largest = 0;
    for (let at = column; at < data.length; at += columns) {
      sum += data[at];
      largest = Math.max(largest, Math.abs(data[at]));
    }
    const mean = sum / rows;
    let squares = 0;
    for (let at = column; at < data.length; at += columns) squares += (data[at] - mean) ** 2;
    const deviation = Math.sqrt(squares / rows);
    const isConstant = deviation <= CONSTANT * largest;
    for (let at = column; at < data.length; at += columns) {
      data[at] = isConstant ? 0 : (data[at] - mean) / deviation;
    }
    means[column] = mean;
    deviations[column] = isConstant ? 0 : deviation;
  }
  return { values, means, deviations };
}
