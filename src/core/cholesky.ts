import type { Matrix } from './matrix.ts';

/**
 * The Cholesky factor L of a symmetric positive definite matrix A = L Lᵀ (Golub and Van Loan, Matrix Computations,
 * 4.2), in place: the lower triangle of `a` becomes L, what is above stays.
 *
 * @param a [size, size]; only its lower triangle is read
 */
export function factorCholesky({ rows: size, data: a }: Matrix): void {
  for (let row = 0; row < size; row++) {
    const at = row * size;
    for (let column = 0; column <= row; column++) {
      const other = column * size;
      let sum = a[at + column];
      for (let k = 0; k < column; k++) sum -= a[at + k] * a[other + k];
      a[at + column] = column === row ? Math.sqrt(sum) : sum / a[other + column];
    }
  }
}

/**
 * Solves L Lᵀ x = b, in place: `b` becomes x.
 *
 * @param factor as `factorCholesky` leaves it, [size, size]
 * @param b [size]
 */
export function solveCholesky({ rows: size, data: factor }: Matrix, b: Float64Array): void {
  for (let row = 0; row < size; row++) {
    let sum = b[row];
    for (let k = 0; k < row; k++) sum -= factor[row * size + k] * b[k];
    b[row] = sum / factor[row * size + row];
  }
  for (let row = size - 1; row >= 0; row--) {
    // Column by column, so that the factor is read along its rows.
    b[row] /= factor[row * size + row];
    for (let k = 0; k < row; k++) b[k] -= factor[row * size + k] * b[row];
  }
}
