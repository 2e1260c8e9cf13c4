import { activations, type ActivationName } from '../../src/core/activations.ts';
import {
  DIVISION_ERROR,
  EXPONENTIAL_ERROR,
  OPERATION_ERROR as EPSILON,
  QUICK_TANH_ERROR,
  ROUNDING_ERROR,
} from './close.ts';

/** What float32 may lose in y = f(x) for an exact x: the operations of `shaders/lib/activations.wgsl`. */
export function activationError(name: ActivationName, x: number): number {
  const y = activations[name].value(x);
  switch (name) {
    case 'sigmoid':
      // eˣ, one addition, one division; the error of eˣ reaches y multiplied by 1 − y. Below −87 the kernel
      // clamps x, where y is smaller than 2e-38.
      return y * ((1 - y) * EXPONENTIAL_ERROR + EPSILON + DIVISION_ERROR) + 2e-38;
    case 'tanh': {
      // The series below 0.25: five roundings and a remainder of 9e-9. Above it (1 − e) / (1 + e), whose
      // subtraction turns the error of e absolute.
      if (Math.abs(x) < 0.25) return Math.abs(x) * (6 * EPSILON + 9e-9);
      return 2 * Math.exp(-2 * Math.abs(x)) * EXPONENTIAL_ERROR + 2 * EPSILON + DIVISION_ERROR;
    }
    case 'relu':
    case 'linear':
      return 0;
    case 'leaky-relu':
      // One product, by 0.01 as float32 has it.
      return x < 0 ? Math.abs(y) * (EPSILON + ROUNDING_ERROR) : 0;
    case 'elu':
      // A series with a remainder of 1.4e-8 and the last two of its sums; below −0.5 an exponential less 1.
      if (x > 0) return 0;
      if (x > -0.5) return Math.abs(y) * (4 * EPSILON + 1.4e-8);
      return Math.exp(x) * EXPONENTIAL_ERROR + EPSILON + 2e-38;
    case 'silu':
      return Math.abs(x) * activationError('sigmoid', x) + EPSILON * Math.abs(y);
    case 'gelu': {
      const inner = geluInner(x);
      // In float64 the twin’s 1 + tanh(u) cancels, to within 2⁻⁵².
      return Math.abs(x) * (sigmoidOfInner(inner, innerError(inner)) + 2 ** -52) + EPSILON * Math.abs(y);
    }
    case 'softplus':
      // The logarithm of 1 + e: e with its error, a division, two sums and a remainder of 1e-9; then one sum more.
      if (x > 20) return 2.1e-9;
      return (
        Math.log1p(Math.exp(-Math.abs(x))) * (EXPONENTIAL_ERROR + DIVISION_ERROR + 5 * EPSILON + 1e-9) +
        EPSILON * y +
        2e-38
      );
  }
}

/** The same of the activations for pictures: `shaders/lib/quick-activations.wgsl`, where there is one. */
export function quickActivationError(name: ActivationName, x: number): number {
  const error = activationError(name, x);
  return name === 'tanh' ? Math.max(error, QUICK_TANH_ERROR * Math.abs(Math.tanh(x))) : error;
}

function geluInner(x: number): number {
  return Math.sqrt(8 / Math.PI) * (x + 0.044715 * x ** 3);
}

/** Two constants of float32, five operations. */
function innerError(inner: number): number {
  return Math.abs(inner) * (5 * EPSILON + 2 * ROUNDING_ERROR);
}

/** What sigmoid(u) may be off by for a u known to within `error`. */
function sigmoidOfInner(u: number, error: number): number {
  const nearest = Math.max(0, Math.abs(u) - error);
  return error * slopeOf(nearest) + activationError('sigmoid', u);
}

/** sigmoid′ */
function slopeOf(x: number): number {
  const e = Math.exp(-Math.abs(x));
  return e / (1 + e) ** 2;
}

/** e / (1 + e)² of the kernels: an exponential, a division, a sum that counts twice, a product. */
const SLOPE_ERROR = 3 * EXPONENTIAL_ERROR + DIVISION_ERROR + 3 * EPSILON;

/** What float32 may lose in f′(x), given y = f(x) known to within `yError` and x to within `xError`. */
export function derivativeError(name: ActivationName, x: number, xError: number, yError: number): number {
  const y = activations[name].value(x);
  switch (name) {
    case 'sigmoid':
      return (
        (Math.abs(1 - 2 * y) + yError) * yError + 3 * EPSILON * Math.abs(y * (1 - y)) + EPSILON * y * yError
      );
    case 'tanh':
      return (2 * Math.abs(y) + yError) * yError + 2 * EPSILON;
    case 'relu':
    case 'leaky-relu':
      // Within its error of the kink x may lie on either side; and 0.01 is rounded.
      return (Math.abs(x) < xError ? 1 : 0) + (name === 'relu' ? 0 : 0.01 * ROUNDING_ERROR);
    case 'linear':
      return 0;
    // |f″| is at most 1 for all of these.
    case 'elu':
      return xError + (x > xError ? 0 : Math.exp(Math.min(0, x)) * EXPONENTIAL_ERROR + 2e-38);
    case 'silu':
      return (
        xError + activationError('sigmoid', x) + Math.abs(x) * slopeOf(x) * SLOPE_ERROR + 3 * EPSILON + 1e-33
      );
    case 'gelu': {
      const inner = geluInner(x);
      const slope = Math.sqrt(8 / Math.PI) * (1 + 0.134145 * x * x);
      const change = innerError(inner);
      // sigmoid″ is at most sigmoid′.
      const nearest = slopeOf(Math.max(0, Math.abs(inner) - change));
      return (
        xError +
        sigmoidOfInner(inner, change) +
        Math.abs(x) * slope * nearest * (SLOPE_ERROR + change + 6 * EPSILON) +
        3 * EPSILON +
        1e-25
      );
    }
    case 'softplus':
      return x > 20 ? 2.1e-9 : xError + activationError('sigmoid', x);
  }
}
