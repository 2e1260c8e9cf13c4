import { factorCholesky, solveCholesky } from './cholesky.ts';
import { float64, matrix, type Matrix } from './matrix.ts';

/** Added to the correlation matrix, so that inputs that depend on each other do no harm. */
const RIDGE = 1e-10;
/** Each takes most of what the ridge, and the rounding of XᵀX, left wrong. */
const REFINEMENT_COUNT = 4;

/**
 * The weights W that minimise ‖XWᵀ − T‖², by the normal equations with a tiny ridge, refined on the residual itself
 * (Björck 1996, Numerical Methods for Least Squares Problems, 2.9 on corrected seminormal equations).
 *
 * @param inputs X [rows, inputCount], of mean 0 and deviation 1
 * @param targets T [rows, outputCount], of mean 0
 * @returns [outputCount, inputCount]
 */
export function leastSquares(inputs: Matrix, targets: Matrix): Matrix {
  const { rows, columns } = inputs;
  const factor = matrix(columns, columns);
  addProducts(inputs, factor.data);
  for (let i = 0; i < factor.data.length; i += columns + 1) factor.data[i] += RIDGE * rows;
  factorCholesky(factor);
  const weights = matrix(targets.columns, columns);
  const correction = matrix(targets.columns, columns);
  const residual = matrix(rows, targets.columns);
  for (let round = 0; round <= REFINEMENT_COUNT; round++) {
    float64.multiplyTransposedB(inputs, weights, residual);
    for (let i = 0; i < residual.data.length; i++) residual.data[i] = targets.data[i] - residual.data[i];
    float64.multiplyTransposedA(residual, inputs, correction);
    for (let output = 0; output < targets.columns; output++) {
      solveCholesky(factor, correction.data.subarray(output * columns, (output + 1) * columns));
    }
    for (let i = 0; i < weights.data.length; i++) weights.data[i] += correction.data[i];
  }
  return weights;
}

/** sums += the lower triangle of XᵀX. Four rows at a time, so that each sum is read and written once for four. */
function addProducts({ rows, columns, data }: Matrix, sums: Float64Array): void {
  let row = 0;
  for (; row + 3 < rows; row += 4) {
    const start0 = row * columns;
    const start1 = start0 + columns;
    const start2 = start1 + columns;
    const start3 = start2 + columns;
    for (let i = 0; i < columns; i++) {
      const x0 = data[start0 + i];
      const x1 = data[start1 + i];
      const x2 = data[start2 + i];
      const x3 = data[start3 + i];
      for (let j = 0; j <= i; j++) {
        const sum = x0 * data[start0 + j] + x1 * data[start1 + j];
        sums[i * columns + j] += sum + x2 * data[start2 + j] + x3 * data[start3 + j];
      }
    }
  }
  for (; row < rows; row++) {
    const start = row * columns;
    for (let i = 0; i < columns; i++) {
      for (let j = 0; j <= i; j++) sums[i * columns + j] += data[start + i] * data[start + j];
    }
  }
}
