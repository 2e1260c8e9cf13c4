import { batchingOf, rowsOfStep } from '../../src/core/batches.ts';
import { activations } from '../../src/core/activations.ts';
import type { TrainingData, TrainingJob } from '../../src/core/job.ts';
import { losses } from '../../src/core/losses.ts';
import { float64, matrix, type Matrix } from '../../src/core/matrix.ts';
import type { Layer } from '../../src/core/network.ts';
import { moveRates, ratesOf, ratesVary } from '../../src/core/rates.ts';
import type { LayerTrace, Trace } from '../../src/core/trace.ts';
import { ReferenceRun } from '../../src/cpu/reference-run.ts';

/** A trace, with what an optimizer remembered before its step: [parameterCount] each where it does. */
export interface TracedStep {
  readonly trace: Trace;
  readonly first: Float64Array;
  readonly second: Float64Array;
  readonly run: ReferenceRun;
}

/** Trains a job up to a step and keeps every matrix of that step. */
export function tracedStep(
  job: TrainingJob,
  data: TrainingData,
  step: number,
  start: Float64Array,
): TracedStep {
  const run = new ReferenceRun(job, data, start.slice());
  for (let before = 0; before < step; before++) run.step(before);
  const [first, second] = [run.states.first.slice(), run.states.second.slice()];
  const batch = run.forward(step);
  const { backprop, targets } = batch;
  backprop.backward(job.loss, targets);
  const before = run.parameters.slice();
  const gradients = backprop.gradients.slice();
  const outputs = backprop.layers[backprop.layers.length - 1].activations;
  const f0 = matrix(outputs.rows, outputs.columns, targets.slice());
  const layers = backprop.layers.map((layer, index): Omit<LayerTrace, 'updatedWeights' | 'updatedBiases'> => {
    const { rows, columns } = layer.activations;
    const activationsGradient = matrix(rows, columns);
    const next = backprop.layers[index + 1];
    if (next) float64.multiplyTransposedB(next.preActivationsGradient, next.weights, activationsGradient);
    else float64.lossGradient(losses[job.loss], outputs, f0, activationsGradient);
    const { derivative } = activations[job.layers[index].activation];
    const derivatives = matrix(rows, columns);
    layer.preActivations.data.forEach((x, i) => {
      derivatives.data[i] = derivative(x, layer.activations.data[i]);
    });
    const place = run.network.layers[index];
    return {
      input: copyOf(layer.input),
      ...parametersOf(place, before),
      preActivations: copyOf(layer.preActivations),
      activations: copyOf(layer.activations),
      mask: layer.mask && copyOf(layer.mask),
      activationsGradient,
      derivatives,
      preActivationsGradient: copyOf(layer.preActivationsGradient),
      weightsGradient: parametersOf(place, gradients).weights,
      biasesGradient: parametersOf(place, gradients).biases,
    };
  });
  const loss = backprop.loss(job.loss, targets);
  const rowLosses = matrix(outputs.rows, 1);
  for (let row = 0; row < outputs.rows; row++) {
    const at = row * outputs.columns;
    const part = (values: Float64Array) => matrix(1, outputs.columns, values, at);
    const isMean = !('isPerRow' in losses[job.loss]);
    const mean = float64.meanLoss(losses[job.loss], part(outputs.data), part(targets));
    rowLosses.data[row] = mean * (isMean ? outputs.columns : 1);
  }
  run.follow(step, batch);
  const rates = ratesOf(job);
  if (ratesVary(job)) moveRates(rates, job, step);
  const clipFactor = factorBetween(gradients, job.clipNorm);
  const trace: Trace = {
    computedBy: 'reference',
    step,
    rows: rowsOfStep(batchingOf(job, data.rowCount), step, data.rowCount),
    targets: f0,
    layers: layers.map((layer, index) => {
      const { weights, biases } = parametersOf(run.network.layers[index], run.parameters);
      return { ...layer, updatedWeights: weights, updatedBiases: biases };
    }),
    rowLosses,
    loss,
    learningRate: rates.learningRate,
    clipFactor,
  };
  return { trace, first, second, run };
}

function factorBetween(gradients: Float64Array, most: number | undefined): number {
  if (most === undefined) return 1;
  const clipped = gradients.slice();
  float64.clip(clipped, most);
  const at = gradients.findIndex((gradient) => gradient !== 0);
  return at < 0 ? 1 : clipped[at] / gradients[at];
}

function parametersOf({ inputCount, units, weightsOffset, biasOffset }: Layer, flat: Float64Array) {
  return {
    weights: copyOf(matrix(inputCount, units, flat, weightsOffset)),
    biases: biasOffset === undefined ? undefined : copyOf(matrix(1, units, flat, biasOffset)),
  };
}

function copyOf({ rows, columns, data }: Matrix): Matrix {
  return { rows, columns, data: data.slice() };
}
