import { dropoutOf } from '../core/dropout.ts';
import type { TrainingData, TrainingJob } from '../core/job.ts';
import { losses } from '../core/losses.ts';
import { layOutNetwork, type Network } from '../core/network.ts';
import { Backprop } from './backprop.ts';

/** Balances truncation (∝ h²) against rounding (∝ ε/h) of a central difference: about the cube root of ε. */
const RELATIVE_STEP = 2 ** -17;
/** Enough to catch a wrong formula; shared among the weights and the biases of every layer. */
const MOST_PARAMETERS = 200;
const MOST_ROWS = 256;
/** Multiply-adds the check may cost, about half a second: large networks are checked on fewer rows. */
const MOST_OPERATIONS = 5e8;
/** A difference that may be off by as much as the largest gradient cannot condemn any. */
const MOST_ALLOWED = 1;
/** Forward passes a parameter costs: at ± h and at ± 2h. */
const PASSES = 4;

/** How the gradients written by hand compare with central differences of the loss. */
export interface GradientCheck {
  /** Largest |difference| divided by the largest gradient. */
  readonly difference: number;
  /** What a central difference may itself be off by there, divided by the same. */
  readonly allowed: number;
  /**
   * Undefined where there is nothing to check (every gradient is 0, or every parameter lies at a kink), or where
   * differences are too inexact to tell.
   */
  readonly holds: boolean | undefined;
  readonly largestGradient: number;
  readonly parametersChecked: number;
  readonly rowsChecked: number;
  /** Parameters left out because the difference reaches over a kink, where it means nothing. */
  readonly parametersAtKink: number;
}

/**
 * Checks backpropagation on this very table: dE/dp ≈ D(h) = (E(p + h) − E(p − h)) / 2h, in float64.
 *
 * D(h) is off by c·h² for an unknown c, so D(2h) is off by 4c·h²: a third of their difference estimates the
 * truncation of D(h) itself (Richardson), and a wrong gradient moves neither. With dropout, every E is that of the units
 * the first step keeps of these rows.
 *
 * @param parameters [parameterCount], where to check
 */
export function checkGradients(
  job: TrainingJob,
  data: TrainingData,
  parameters: Float64Array,
): GradientCheck {
  const network = layOutNetwork(data.inputCount, job.layers);
  const sample = sampleParameters(network);
  const rows = firstRows(data, MOST_OPERATIONS / (PASSES * sample.length * network.parameterCount));
  const backprop = forwardOf(job, network, parameters.slice(), rows.inputs);
  const loss = backprop.loss(job.loss, rows.targets);
  backprop.backward(job.loss, rows.targets);
  const gradients = backprop.gradients.slice();
  const sides = sidesOfKinks(backprop, job, rows);

  /** E with one parameter moved, or undefined if a unit crosses its kink on the way. */
  const lossWith = (index: number, change: number): number | undefined => {
    backprop.parameters[index] = parameters[index] + change;
    backprop.forward();
    backprop.parameters[index] = parameters[index];
    return sameSides(sides, sidesOfKinks(backprop, job, rows))
      ? backprop.loss(job.loss, rows.targets)
      : undefined;
  };

  const largestGradient = gradients.reduce((most, gradient) => Math.max(most, Math.abs(gradient)), 0);
  const scale = largestGradient || 1;
  // A sum of n terms loses about √n ε of itself (Higham 2002, §2.8), each term a few ε before that.
  const lossError = (16 + Math.sqrt(rows.rowCount * network.outputCount)) * Number.EPSILON * loss;
  let worst = { ratio: 0, difference: 0, allowed: 0 };
  let parametersAtKink = 0;
  for (const { index, reach } of sample) {
    const h = (RELATIVE_STEP * Math.max(1, Math.abs(parameters[index]))) / reach(backprop);
    const [near, far] = [centralDifference(lossWith, index, h), centralDifference(lossWith, index, 2 * h)];
    if (near === undefined || far === undefined) {
      parametersAtKink++;
      continue;
    }
    const difference = Math.abs(near - gradients[index]);
    // Twice the estimate: its own next order, h⁴, is small but not nothing.
    const allowed = (2 / 3) * Math.abs(far - near) + (2 * lossError) / h;
    const ratio = difference / allowed;
    // Written so that NaN is the worst there is.
    if (!(ratio <= worst.ratio))
      worst = { ratio: Number.isNaN(ratio) ? Infinity : ratio, difference, allowed };
  }
  const parametersChecked = sample.length - parametersAtKink;
  // A difference where every gradient is 0 would still be a fault.
  const isNothing = parametersChecked === 0 || (largestGradient === 0 && worst.ratio <= 1);
  const isTooInexact = worst.ratio <= 1 && worst.allowed > MOST_ALLOWED * scale;
  return {
    difference: worst.difference / scale,
    allowed: worst.allowed / scale,
    holds: isNothing || isTooInexact ? undefined : worst.ratio <= 1,
    largestGradient,
    parametersChecked,
    rowsChecked: rows.rowCount,
    parametersAtKink,
  };
}

/** The rows through the network, without the units that the first step drops. */
function forwardOf(job: TrainingJob, network: Network, parameters: Float64Array, inputs: Float64Array) {
  const backprop = new Backprop(network, parameters, inputs, { dropout: dropoutOf(job) });
  backprop.drawMasks(0);
  backprop.forward();
  return backprop;
}

function centralDifference(
  lossWith: (index: number, change: number) => number | undefined,
  index: number,
  h: number,
): number | undefined {
  const [above, below] = [lossWith(index, h), lossWith(index, -h)];
  return above === undefined || below === undefined ? undefined : (above - below) / (2 * h);
}

interface SampledParameter {
  readonly index: number;
  /** By how much a change of the parameter is multiplied on its way into a pre-activation; at least 1. */
  readonly reach: (backprop: Backprop) => number;
}

/** Evenly spread over the weights of every layer and over its biases, the first and the last of each included. */
function sampleParameters(network: Network): SampledParameter[] {
  const blocks = network.layers.flatMap(({ weightsOffset, inputCount, units, biasOffset }, layer) => {
    const reach = (backprop: Backprop) =>
      backprop.layers[layer].input.data.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    const weights = { offset: weightsOffset, length: inputCount * units, reach };
    return biasOffset === undefined
      ? [weights]
      : [weights, { offset: biasOffset, length: units, reach: () => 1 }];
  });
  const share = Math.max(2, Math.floor(MOST_PARAMETERS / blocks.length));
  return blocks.flatMap(({ offset, length, reach }) => {
    const count = Math.min(share, length);
    return Array.from({ length: count }, (_, i) => ({
      index: offset + (count === 1 ? 0 : Math.round((i * (length - 1)) / (count - 1))),
      reach,
    }));
  });
}

function firstRows(data: TrainingData, affordable: number): TrainingData {
  const rowCount = Math.min(data.rowCount, MOST_ROWS, Math.max(1, Math.floor(affordable)));
  return {
    ...data,
    rowCount,
    inputs: data.inputs.subarray(0, rowCount * data.inputCount),
    targets: data.targets.subarray(0, rowCount * data.outputCount),
  };
}

/** On which side of its kink every unit with one is, and every output if the loss has one, for every row. */
function sidesOfKinks(
  { layers, outputs }: Backprop,
  { loss }: TrainingJob,
  rows: TrainingData,
): Uint8Array[] {
  const units = layers
    .filter(({ activation }) => activation.hasKink)
    .map(({ preActivations }) => Uint8Array.from(preActivations.data, (x) => (x > 0 ? 1 : 0)));
  if (!('hasKink' in losses[loss])) return units;
  return [...units, Uint8Array.from(outputs, (f, i) => Math.sign(f - rows.targets[i]) + 1)];
}

function sameSides(a: Uint8Array[], b: Uint8Array[]): boolean {
  return a.every((sides, layer) => sides.every((side, i) => side === b[layer][i]));
}
