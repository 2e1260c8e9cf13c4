import { factorCholesky, solveCholesky } from './cholesky.ts';
import { float64, matrix, type Matrix } from './matrix.ts';

/** Added to the correlation matrix, so that inputs that depend on each other do no harm. */
const RIDGE = 1e-10;

/** What stands between the sums of a linear model and its outputs, and how its loss is minimised. */
export interface Link {
  /** Applies the link to row-major [rows, outputCount], in place. */
  apply(outputs: Matrix): void;
  /** An upper bound of the second derivative of a row's loss by the outputs before the link. */
  readonly curvature: number;
  /** This times ½‖weights‖² is added to the sum of the losses. */
  readonly penalty: number;
  /** Steps end where the mean loss is expected to sink by less. */
  readonly tolerance: number;
  readonly mostSteps: number;
}

/** The parameters of a linear model, and views of them as matrices. */
interface Coefficients {
  readonly flat: Float64Array;
  /** [outputCount, inputCount] */
  readonly weights: Matrix;
  /** [1, outputCount] */
  readonly intercepts: Matrix;
}

function zeroCoefficients(outputCount: number, inputCount: number): Coefficients {
  const flat = new Float64Array(outputCount * (inputCount + 1));
  const weights = matrix(outputCount, inputCount, flat);
  return { flat, weights, intercepts: matrix(1, outputCount, flat, weights.data.length) };
}

/**
 * Minimises the mean loss of a linear model, plus its penalty, starting from zero: every loss whose derivative by
 * the outputs before the link is output − target. A step divides the gradient by an upper bound of the second
 * derivative, curvature · XᵀX / n, so that none overshoots; momentum (Nesterov's, restarted where it points uphill:
 * O'Donoghue and Candès 2015, Adaptive restart for accelerated gradient schemes) keeps them few.
 *
 * @param inputs X [rows, inputCount], of mean 0 and deviation 1
 * @param targets [rows, outputCount]
 * @returns weights [outputCount, inputCount] and intercepts [1, outputCount]
 */
export function descend(inputs: Matrix, targets: Matrix, link: Link): Coefficients {
  const factor = curvatureFactor(inputs, link);
  // Where the model stands, and where its momentum carries it before the next gradient is taken.
  const [point, ahead, gradient] = [1, 2, 3].map(() => zeroCoefficients(targets.columns, inputs.columns));
  let momentum = 1;
  for (let step = 0; step < link.mostSteps; step++) {
    takeGradient({ inputs, targets, link }, ahead, gradient);
    const change = divideByCurvature(gradient, factor, link.curvature);
    let decrease = 0;
    let uphill = 0;
    for (let i = 0; i < change.length; i++) {
      decrease += gradient.flat[i] * change[i];
      uphill += gradient.flat[i] * (ahead.flat[i] - change[i] - point.flat[i]);
    }
    if (uphill > 0) momentum = 1;
    const nextMomentum = (1 + Math.sqrt(1 + 4 * momentum ** 2)) / 2;
    const carried = (momentum - 1) / nextMomentum;
    momentum = nextMomentum;
    for (let i = 0; i < change.length; i++) {
      const before = point.flat[i];
      point.flat[i] = ahead.flat[i] - change[i];
      ahead.flat[i] = point.flat[i] + carried * (point.flat[i] - before);
    }
    // Written so that NaN ends it too.
    if (!(decrease > link.tolerance)) break;
  }
  return point;
}

/** gradient = the derivative of the mean loss and its penalty at `at`. */
function takeGradient(
  { inputs, targets, link }: { inputs: Matrix; targets: Matrix; link: Link },
  at: Coefficients,
  gradient: Coefficients,
): void {
  const { rows } = inputs;
  const outputs = matrix(rows, targets.columns);
  float64.multiplyTransposedB(inputs, at.weights, outputs);
  float64.addRow(outputs, at.intercepts);
  link.apply(outputs);
  for (let i = 0; i < outputs.data.length; i++) outputs.data[i] = (outputs.data[i] - targets.data[i]) / rows;
  float64.multiplyTransposedA(outputs, inputs, gradient.weights);
  float64.sumRows(outputs, gradient.intercepts);
  for (let i = 0; i < gradient.weights.data.length; i++) {
    gradient.weights.data[i] += (link.penalty / rows) * at.weights.data[i];
  }
}

/** How far a step goes: the gradient divided by the bound of the second derivative. */
function divideByCurvature(gradient: Coefficients, factor: Float64Array, curvature: number): Float64Array {
  const { rows, columns } = gradient.weights;
  const change = gradient.flat.slice();
  for (let row = 0; row < rows; row++)
    solveCholesky(factor, change.subarray(row * columns, (row + 1) * columns));
  for (let i = rows * columns; i < change.length; i++) change[i] /= curvature;
  return change;
}

/** The Cholesky factor of curvature · XᵀX / n + (ridge + penalty / n) · I, [inputCount, inputCount]. */
function curvatureFactor(inputs: Matrix, { curvature, penalty }: Link): Float64Array {
  const { rows, columns } = inputs;
  const factor = new Float64Array(columns * columns);
  addProducts(inputs, factor);
  for (let i = 0; i < factor.length; i++) factor[i] *= curvature / rows;
  for (let i = 0; i < factor.length; i += columns + 1) factor[i] += RIDGE + penalty / rows;
  factorCholesky(factor, columns);
  return factor;
}

/** sums += the lower triangle of XᵀX. Four rows at a time, so that each sum is read and written once for four. */
function addProducts({ rows, columns, data }: Matrix, sums: Float64Array): void {
  let row = 0;
  for (; row + 3 < rows; row += 4) {
    const [start0, start1, start2, start3] = [0, 1, 2, 3].map((k) => (row + k) * columns);
    for (let i = 0; i < columns; i++) {
      const [x0, x1, x2, x3] = [data[start0 + i], data[start1 + i], data[start2 + i], data[start3 + i]];
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
