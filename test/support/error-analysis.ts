import { activations, type ActivationName } from '../../src/core/activations.ts';
import { drawMask, dropoutOf } from '../../src/core/dropout.ts';
import { losses, meanCount, type Loss } from '../../src/core/losses.ts';
import type { TrainingData, TrainingJob } from '../../src/core/job.ts';
import { matrix } from '../../src/core/matrix.ts';
import { layOutNetwork, type Layer, type Network } from '../../src/core/network.ts';
import { activationError, derivativeError } from './activation-error.ts';
import { OPERATION_ERROR as EPSILON, ROUNDING_ERROR } from './close.ts';
import { lossDerivativeError, lossValueError, rowOfOutputs } from './loss-error.ts';

/**
 * Bounds of what float32 can lose in one value, from what was lost before it (running error analysis: Higham,
 * Accuracy and Stability of Numerical Algorithms, 2002, §3.3). Second-order terms are kept where an error meets
 * an error; a dot product of n terms in any order loses at most n roundings of its sum of magnitudes.
 */

/** A value known to within `error`. */
interface Bounded {
  readonly value: Float64Array;
  readonly error: Float64Array;
}

/** Bounds of a layer's matrices in a step. */
export interface LayerBounds {
  readonly preActivations: Float64Array;
  readonly activations: Float64Array;
  activationsGradient: Float64Array;
  derivatives: Float64Array;
  preActivationsGradient: Float64Array;
}

/** Bounds of everything in one step of the layered kernels. */
export interface StepBounds {
  readonly layers: readonly LayerBounds[];
  readonly rowLosses: Float64Array;
  readonly loss: number;
  /** Of dE/dparameter, neither clipped nor decayed. */
  readonly gradients: Float64Array;
  /** After the update, where that is SGD's. */
  readonly parameters: Float64Array;
}

/** @param step whose masks are drawn, where the job drops units */
export function analyseOneStep(
  job: TrainingJob,
  data: TrainingData,
  parameters: Float64Array,
  step = 0,
): StepBounds {
  const network = layOutNetwork(data.inputCount, job.layers);
  const rows = data.rowCount;

  // Forward
  let input: Bounded = {
    value: data.inputs,
    error: data.inputs.map((value) => ROUNDING_ERROR * Math.abs(value)),
  };
  const inputs: Bounded[] = [];
  const pre: Bounded[] = [];
  const act: Bounded[] = [];
  const masks: (Float64Array | undefined)[] = [];
  for (const layer of network.layers) {
    const { x, y } = forwardLayer(layer, parameters, { input, rows, errorOf: activationError });
    inputs.push(input);
    pre.push(x);
    act.push(y);
    masks.push(maskOf(job, { step, layer: masks.length }, rows));
    input = masked(y, masks[masks.length - 1]);
  }

  // Loss and its gradient
  const { outputCount } = network;
  const count = rows * outputCount;
  const output = act[act.length - 1];
  let lossSum = 0;
  let lossError = 0;
  const last = network.layers[network.layers.length - 1];
  const lossEntry: Loss = losses[job.loss];
  const divisor = meanCount(lossEntry, rows, outputCount);
  const layers = pre.map(({ error }, index): LayerBounds => {
    const none = new Float64Array(error.length);
    const name = network.layers[index].activation;
    const derivatives = Float64Array.from(
      none,
      (_, i) => derivativeWithError(name, pre[index], act[index], i)[1],
    );
    const later = { activationsGradient: none.slice(), derivatives, preActivationsGradient: none };
    return { preActivations: error, activations: act[index].error, ...later };
  });
  const ofOutputs = layers[layers.length - 1];
  const rowLosses = new Float64Array(rows);
  let gradient = bounded(count);
  for (let first = 0; first < count; first += outputCount) {
    const of = (values: Float64Array) => values.subarray(first, first + outputCount);
    const [sumBefore, errorBefore] = [lossSum, lossError];
    rowOfOutputs(job.loss, of(output.value), of(data.targets), of(output.error)).forEach((at, k) => {
      const i = first + k;
      lossSum += lossEntry.value(at.output, at.target, at.row);
      lossError += lossValueError(job.loss, at);
      // scale · loss′ · f′: each factor with its error, three roundings
      const lossGradient: [number, number] = [
        lossEntry.derivative(at.output, at.target, at.row) / divisor,
        lossDerivativeError(job.loss, at) / divisor,
      ];
      ofOutputs.activationsGradient[i] =
        lossGradient[1] + 3 * EPSILON * (Math.abs(lossGradient[0]) + lossGradient[1]);
      const slope = derivativeWithError(last.activation, pre[pre.length - 1], output, i);
      [gradient.value[i], gradient.error[i]] = times(lossGradient, slope, 4);
    });
    const ofRow = lossError - errorBefore;
    rowLosses[first / outputCount] = ofRow + (outputCount + 1) * EPSILON * (lossSum - sumBefore + ofRow);
  }
  const loss = (lossError + (count + 2) * EPSILON * (lossSum + lossError)) / divisor;

  // Backward
  const allowed = new Float64Array(parameters.length);
  const gradients = new Float64Array(parameters.length);
  const learningRate = job.networks[0].learningRate;
  for (let l = network.layers.length - 1; l >= 0; l--) {
    const { units, inputCount, weightsOffset, biasOffset } = network.layers[l];
    const a = inputs[l];
    layers[l].preActivationsGradient = gradient.error;
    const settle = (index: number, sum: number, magnitude: number, carried: number) => {
      const error = carried + (rows + 1) * EPSILON * (magnitude + carried);
      gradients[index] = error;
      // change = learningRate · gradient: two roundings; then the low part is rounded once
      allowed[index] =
        learningRate * (error + 4 * EPSILON * (Math.abs(sum) + error)) +
        EPSILON ** 2 * Math.abs(parameters[index]);
    };
    for (let unit = 0; unit < units; unit++) {
      for (let k = 0; k < inputCount; k++) {
        let [sum, magnitude, carried] = [0, 0, 0];
        for (let row = 0; row < rows; row++) {
          const [value, error] = times(
            [a.value[row * inputCount + k], a.error[row * inputCount + k]],
            [gradient.value[row * units + unit], gradient.error[row * units + unit]],
            0,
          );
          sum += value;
          magnitude += Math.abs(value);
          carried += error;
        }
        settle(weightsOffset + k * units + unit, sum, magnitude, carried);
      }
      if (biasOffset === undefined) continue;
      let [sum, magnitude, carried] = [0, 0, 0];
      for (let row = 0; row < rows; row++) {
        sum += gradient.value[row * units + unit];
        magnitude += Math.abs(gradient.value[row * units + unit]);
        carried += gradient.error[row * units + unit];
      }
      settle(biasOffset + unit, sum, magnitude, carried);
    }
    if (l === 0) break;

    const hidden = network.layers[l - 1];
    const hiddenGradient = bounded(rows * hidden.units);
    for (let row = 0; row < rows; row++) {
      for (let unit = 0; unit < hidden.units; unit++) {
        let [sum, magnitude, carried] = [0, 0, 0];
        for (let k = 0; k < units; k++) {
          const weight = parameters[weightsOffset + unit * units + k];
          const [value, error] = times(
            [gradient.value[row * units + k], gradient.error[row * units + k]],
            [weight, weightError(weight)],
            0,
          );
          sum += value;
          magnitude += Math.abs(value);
          carried += error;
        }
        const i = row * hidden.units + unit;
        const error = carried + (units + 1) * EPSILON * (magnitude + carried);
        layers[l - 1].activationsGradient[i] = error;
        const derivative = derivativeWithError(hidden.activation, pre[l - 1], act[l - 1], i);
        [hiddenGradient.value[i], hiddenGradient.error[i]] = times([sum, error], derivative, 1);
      }
    }
    gradient = masked(hiddenGradient, masks[l - 1]);
  }
  return { layers, rowLosses, loss, gradients, parameters: allowed };
}

/** What the output layer says of `inputs` [rows, inputCount], and what float32 may lose in it: [rows, outputCount] each. */
export function analyseForward(
  network: Network,
  parameters: Float64Array,
  inputs: Float64Array,
  errorOf = activationError,
): Bounded {
  const rows = inputs.length / network.inputCount;
  let values: Bounded = { value: inputs, error: inputs.map((value) => ROUNDING_ERROR * Math.abs(value)) };
  for (const layer of network.layers)
    values = forwardLayer(layer, parameters, { input: values, rows, errorOf }).y;
  return values;
}

/** Pre-activations and activations of a layer, from what it reads. */
function forwardLayer(
  { units, inputCount, weightsOffset, biasOffset, activation }: Layer,
  parameters: Float64Array,
  { input, rows, errorOf }: { input: Bounded; rows: number; errorOf: typeof activationError },
): { readonly x: Bounded; readonly y: Bounded } {
  const x = bounded(rows * units);
  const y = bounded(rows * units);
  for (let row = 0; row < rows; row++) {
    for (let unit = 0; unit < units; unit++) {
      const i = row * units + unit;
      let sum = biasOffset === undefined ? 0 : parameters[biasOffset + unit];
      let magnitude = Math.abs(sum);
      let carried = weightError(sum);
      for (let k = 0; k < inputCount; k++) {
        const weight = parameters[weightsOffset + k * units + unit];
        const a = input.value[row * inputCount + k];
        const aError = input.error[row * inputCount + k];
        sum += a * weight;
        magnitude += Math.abs(a * weight);
        carried += aError * Math.abs(weight) + (Math.abs(a) + aError) * weightError(weight);
      }
      x.value[i] = sum;
      x.error[i] = carried + (inputCount + 2) * EPSILON * (magnitude + carried);
      y.value[i] = activations[activation].value(sum);
      y.error[i] = x.error[i] * steepest(activation, sum, x.error[i]) + errorOf(activation, sum);
    }
  }
  return { x, y };
}

function weightError(value: number): number {
  return ROUNDING_ERROR * Math.abs(value);
}

/** What a step multiplies a layer's activations by, [rows, units]; undefined where it keeps all of them. */
function maskOf(
  job: TrainingJob,
  { step, layer }: { readonly step: number; readonly layer: number },
  rows: number,
): Float64Array | undefined {
  const dropout = dropoutOf(job);
  if (!dropout || layer === job.layers.length - 1) return undefined;
  const mask = matrix(rows, job.layers[layer].units);
  drawMask(dropout, { step, layer }, mask);
  return mask.data;
}

/** Each value times its factor of the mask, which the host rounds, in one operation. */
function masked({ value, error }: Bounded, mask: Float64Array | undefined): Bounded {
  if (!mask) return { value, error };
  const products = mask.map((factor, i) => factor * value[i]);
  const errors = mask.map(
    (factor, i) => factor * (error[i] + (EPSILON + ROUNDING_ERROR) * (Math.abs(value[i]) + error[i])),
  );
  return { value: products, error: errors };
}

function bounded(length: number): Bounded {
  return { value: new Float64Array(length), error: new Float64Array(length) };
}

/** |f′| at its largest within `xError` of x, as far as the second derivative (at most 1) can raise it. */
function steepest(name: ActivationName, x: number, xError: number): number {
  if (name === 'relu') return x > -xError ? 1 : 0;
  if (name === 'leaky-relu') return x > -xError ? 1 : 0.01;
  const { value, derivative } = activations[name];
  return Math.abs(derivative(x, value(x))) + (name === 'linear' ? 0 : xError);
}

function derivativeWithError(name: ActivationName, x: Bounded, y: Bounded, i: number): [number, number] {
  const value = activations[name].derivative(x.value[i], y.value[i]);
  return [value, derivativeError(name, x.value[i], x.error[i], y.error[i])];
}

/** The product of two values known to within their errors, and `roundings` of it. */
function times(
  [a, aError]: [number, number],
  [b, bError]: [number, number],
  roundings: number,
): [number, number] {
  const error = aError * Math.abs(b) + (Math.abs(a) + aError) * bError;
  return [a * b, error + roundings * EPSILON * (Math.abs(a * b) + error)];
}
