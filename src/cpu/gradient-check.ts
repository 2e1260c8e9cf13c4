import { activations } from '../core/activations.ts';
import type { TrainingData, TrainingJob } from '../core/job.ts';
import { layOutNetwork, type Network } from '../core/network.ts';
import { Backprop } from './backprop.ts';

/** Balances truncation (∝ h²) against rounding (∝ ε/h) of a central difference: about the cube root of ε. */
const RELATIVE_STEP = 2 ** -17;
/** Enough to catch a wrong formula in any layer; each costs two forward passes. */
const MOST_PARAMETERS = 200;
const MOST_ROWS = 256;

/** How the gradients written by hand compare with central differences of the loss. */
export interface GradientCheck {
  /** Largest |difference| divided by the largest gradient. */
  readonly difference: number;
  readonly allowed: number;
  readonly holds: boolean;
  readonly parametersChecked: number;
  readonly rowsChecked: number;
  /** Rows left out because a pre-activation lies too near the kink of a ReLU for a difference to mean anything. */
  readonly rowsNearKink: number;
}

/**
 * Checks backpropagation on this very table: dE/dparameter ≈ (E(p + h) − E(p − h)) / 2h, in float64.
 *
 * @param parameters [parameterCount], where to check
 */
export function checkGradients(
  job: TrainingJob,
  data: TrainingData,
  parameters: Float64Array,
): GradientCheck {
  const network = layOutNetwork(data.inputCount, job.layers);
  const candidates = firstRows(data, MOST_ROWS);
  const checked = leaveOutRowsNearKink(network, parameters, candidates);
  const { inputs, targets } = checked;
  const rowsNearKink = candidates.rowCount - checked.rowCount;

  const backprop = new Backprop(network, parameters.slice(), inputs);
  const lossWith = (index: number, value: number): number => {
    const before = backprop.parameters[index];
    backprop.parameters[index] = value;
    backprop.forward();
    const loss = backprop.loss(job.loss, targets);
    backprop.parameters[index] = before;
    return loss;
  };

  backprop.forward();
  const loss = backprop.loss(job.loss, targets);
  backprop.backward(job.loss, targets);
  const gradients = backprop.gradients.slice();

  const stride = Math.max(1, Math.ceil(parameters.length / MOST_PARAMETERS));
  let largestDifference = 0;
  let largestGradient = 0;
  let largestStep = 0;
  let parametersChecked = 0;
  for (let i = 0; i < parameters.length && checked.rowCount > 0; i += stride) {
    const h = RELATIVE_STEP * Math.max(1, Math.abs(parameters[i]));
    const central = (lossWith(i, parameters[i] + h) - lossWith(i, parameters[i] - h)) / (2 * h);
    const difference = Math.abs(central - gradients[i]);
    if (!(difference <= largestDifference))
      largestDifference = Number.isNaN(difference) ? Infinity : difference;
    largestGradient = Math.max(largestGradient, Math.abs(gradients[i]));
    largestStep = Math.max(largestStep, h);
    parametersChecked++;
  }

  // Truncation: h²/6 · E‴, with E‴ taken as at most 100 × the largest gradient. Rounding: a sum of n terms loses
  // about √n ε of itself (Higham 2002, §2.8), each term a few ε before that; the difference divides it by h.
  const scale = largestGradient || 1;
  const terms = checked.rowCount * network.outputCount;
  const rounding = ((16 + Math.sqrt(terms)) * Number.EPSILON * loss) / RELATIVE_STEP / scale;
  const allowed = (100 / 6) * largestStep ** 2 + rounding;
  const difference = largestDifference / scale;
  const holds = parametersChecked > 0 && difference <= allowed;
  return { difference, allowed, holds, parametersChecked, rowsChecked: checked.rowCount, rowsNearKink };
}

function firstRows(data: TrainingData, most: number): TrainingData {
  const rowCount = Math.min(data.rowCount, most);
  return {
    ...data,
    rowCount,
    inputs: data.inputs.subarray(0, rowCount * data.inputCount),
    targets: data.targets.subarray(0, rowCount * data.outputCount),
  };
}

/** A step of h moves a pre-activation by about h · input: within that of 0, the two sides of a ReLU mix. */
function leaveOutRowsNearKink(network: Network, parameters: Float64Array, data: TrainingData): TrainingData {
  const backprop = new Backprop(network, parameters, data.inputs);
  backprop.forward();
  const kept: number[] = [];
  for (let row = 0; row < data.rowCount; row++) {
    const nearKink = backprop.layers.some(({ activation, preActivations, input }) => {
      if (activation !== activations.relu) return false;
      const { columns } = preActivations;
      const reach = input.data.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
      const own = preActivations.data.subarray(row * columns, (row + 1) * columns);
      const margin = 4 * RELATIVE_STEP * reach * input.columns;
      return own.some((x) => Math.abs(x) < margin);
    });
    if (!nearKink) kept.push(row);
  }
  const pick = (values: Float64Array, columns: number) =>
    Float64Array.from(kept.flatMap((row) => Array.from(values.subarray(row * columns, (row + 1) * columns))));
  return {
    ...data,
    rowCount: kept.length,
    inputs: pick(data.inputs, data.inputCount),
    targets: pick(data.targets, data.outputCount),
  };
}
