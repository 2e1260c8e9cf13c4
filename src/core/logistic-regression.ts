import type { Link } from './links.ts';
import { float64, matrix, type Matrix } from './matrix.ts';

/** Steps whose change of the gradient is kept. */
const MEMORY = 10;
/** The share of the decrease its slope promises that a step has to bring. */
const SUFFICIENT_DECREASE = 1e-4;
const MOST_HALVINGS = 30;
/** Steps end where the mean loss is expected to sink by less. */
const TOLERANCE = 1e-12;
/** Of ½‖weights‖² beside the sum of the losses. scikit-learn's usual 1 keeps a line from parting the four rows of OR. */
const PENALTY = 0.01;

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

/** A linear model to be fitted. */
interface Problem {
  /** X [rows, inputCount], of mean 0 and deviation 1. */
  readonly inputs: Matrix;
  /** [rows, outputCount] */
  readonly targets: Matrix;
  readonly link: Link;
  readonly mostSteps: number;
}

/** A step taken, and what it changed of the gradient. */
interface Step {
  readonly step: Float64Array;
  readonly gradientChange: Float64Array;
  readonly product: number;
}

/**
 * Minimises the mean loss plus 0.01 · ½‖weights‖² / n, starting from zero, by L-BFGS (Nocedal and Wright, Numerical
 * Optimization, algorithms 7.4 and 7.5).
 *
 * @returns weights [outputCount, inputCount] and intercepts [1, outputCount]
 */
export function logisticRegression(problem: Problem): Coefficients {
  const { inputs, targets, mostSteps } = problem;
  let point = zeroCoefficients(targets.columns, inputs.columns);
  let { loss, gradient } = differentiate(problem, point);
  const memory: Step[] = [];
  for (let steps = 0; steps < mostSteps; steps++) {
    const direction = descentDirection(gradient, memory);
    const slope = dot(gradient.flat, direction.flat);
    // Written so that NaN ends it too.
    if (!(-slope / 2 > TOLERANCE)) break;
    const next = searchLine(problem, { point, loss, slope }, direction);
    if (!next) break;
    const step = difference(next.point.flat, point.flat);
    const gradientChange = difference(next.gradient.flat, gradient.flat);
    const product = dot(step, gradientChange);
    if (product > 0) memory.push({ step, gradientChange, product });
    if (memory.length > MEMORY) memory.shift();
    ({ point, loss, gradient } = next);
  }
  return point;
}

/** Halves the step along a direction until it brings enough; undefined where none does, which is rounding. */
function searchLine(
  problem: Problem,
  from: { point: Coefficients; loss: number; slope: number },
  direction: Coefficients,
): { point: Coefficients; loss: number; gradient: Coefficients } | undefined {
  for (let halvings = 0, length = 1; halvings <= MOST_HALVINGS; halvings++, length /= 2) {
    const point = zeroCoefficients(problem.targets.columns, problem.inputs.columns);
    for (let i = 0; i < point.flat.length; i++)
      point.flat[i] = from.point.flat[i] + length * direction.flat[i];
    const { loss, gradient } = differentiate(problem, point);
    const allowed = from.loss + SUFFICIENT_DECREASE * length * from.slope + Number.EPSILON * from.loss;
    if (loss <= allowed) return { point, loss, gradient };
  }
  return undefined;
}

/** The two loops of L-BFGS: minus the gradient, divided by the second derivative as far as the steps so far tell. */
function descentDirection(gradient: Coefficients, memory: readonly Step[]): Coefficients {
  const direction = zeroCoefficients(gradient.weights.rows, gradient.weights.columns);
  direction.flat.set(gradient.flat);
  const shares = memory.map(() => 0);
  for (let k = memory.length - 1; k >= 0; k--) {
    shares[k] = dot(memory[k].step, direction.flat) / memory[k].product;
    addScaled(direction.flat, -shares[k], memory[k].gradientChange);
  }
  const last = memory.at(-1);
  const scale = last ? last.product / dot(last.gradientChange, last.gradientChange) : 1;
  for (let i = 0; i < direction.flat.length; i++) direction.flat[i] *= scale;
  memory.forEach(({ step, gradientChange, product }, k) => {
    addScaled(direction.flat, shares[k] - dot(gradientChange, direction.flat) / product, step);
  });
  for (let i = 0; i < direction.flat.length; i++) direction.flat[i] *= -1;
  return direction;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function addScaled(to: Float64Array, factor: number, values: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i] += factor * values[i];
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value - b[i]);
}

/** The mean loss with its penalty, and its derivative. */
function differentiate(
  { inputs, targets, link }: Problem,
  at: Coefficients,
): { loss: number; gradient: Coefficients } {
  const { rows, columns } = inputs;
  const outputs = matrix(rows, targets.columns);
  float64.multiplyTransposedB(inputs, at.weights, outputs);
  float64.addRow(outputs, at.intercepts);
  const { data: weights } = at.weights;
  const loss = (link.loss(outputs, targets) + (PENALTY * dot(weights, weights)) / 2) / rows;
  link.apply(outputs);
  for (let i = 0; i < outputs.data.length; i++) outputs.data[i] = (outputs.data[i] - targets.data[i]) / rows;
  const gradient = zeroCoefficients(targets.columns, columns);
  float64.multiplyTransposedA(outputs, inputs, gradient.weights);
  float64.sumRows(outputs, gradient.intercepts);
  addScaled(gradient.weights.data, PENALTY / rows, weights);
  return { loss, gradient };
}
