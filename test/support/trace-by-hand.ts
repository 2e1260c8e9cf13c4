import { activations, type Activation } from '../../src/core/activations.ts';
import { batchingOf, rowsOfStep } from '../../src/core/batches.ts';
import { drawMask, dropoutOf } from '../../src/core/dropout.ts';
import type { TrainingData, TrainingJob } from '../../src/core/job.ts';
import { losses, type Loss } from '../../src/core/losses.ts';
import { layOutNetwork, type Layer } from '../../src/core/network.ts';
import { optimizers, type Optimizer } from '../../src/core/optimizers.ts';
import type { Snapshot } from '../../src/core/plan.ts';
import { moveRates, ratesOf } from '../../src/core/rates.ts';

/** The rows of a table. */
type Rows = number[][];

/** One layer's matrices by their names in `LayerTrace`; the update is apart. */
export interface LayerByHand {
  readonly input: Rows;
  readonly weights: Rows;
  readonly biases: number[] | undefined;
  readonly preActivations: Rows;
  readonly activations: Rows;
  readonly mask: Rows | undefined;
  activationsGradient: Rows;
  readonly derivatives: Rows;
  preActivationsGradient: Rows;
  weightsGradient: Rows;
  biasesGradient: number[];
}

/**
 * One step of a run recomputed entry by entry, from the formulas alone: nothing of what the reference computes with is
 * used but the tables of scalar functions.
 */
export function traceByHand(job: TrainingJob, data: TrainingData, { step, ...from }: Snapshot) {
  const parameters = Array.from(from.parameters, (value, i) => value + from.lowParts[i]);
  const rows = [...rowsOfStep(batchingOf(job, data.rowCount), step, data.rowCount)];
  const of = (values: Float64Array, width: number) =>
    rows.map((row) => [...values.subarray(row * width, (row + 1) * width)]);
  const targets = of(data.targets, data.outputCount);
  const { layers: shapes } = layOutNetwork(data.inputCount, job.layers);

  const layers: LayerByHand[] = [];
  let input = of(data.inputs, data.inputCount);
  for (const [index, shape] of shapes.entries()) {
    const mask = index < shapes.length - 1 ? maskOf(job, step, index, rows.length) : undefined;
    const layer = forward(shape, parameters, input, mask);
    layers.push(layer);
    input = mask ? product(layer.activations, mask) : layer.activations;
  }

  const { outputCount } = data;
  const rowLosses = lossOfRows(job, layers[layers.length - 1].activations, targets);
  const divisor = job.loss === 'cross-entropy' ? rows.length : rows.length * outputCount;
  const loss = rowLosses.reduce((sum, value) => sum + value, 0) / divisor;

  for (let index = layers.length - 1; index >= 0; index--) {
    const layer = layers[index];
    const next = layers.at(index + 1);
    layer.activationsGradient =
      index < layers.length - 1 && next
        ? next.preActivationsGradient.map((gradient) =>
            next.weights.map((weights) => sumOf(weights, (weight, k) => gradient[k] * weight)),
          )
        : gradientOfLoss(job, layer.activations, targets, divisor);
    const slope = product(layer.activationsGradient, layer.derivatives);
    layer.preActivationsGradient = layer.mask ? product(slope, layer.mask) : slope;
    const column = (unit: number) => layer.preActivationsGradient.map((row) => row[unit]);
    const { units } = shapes[index];
    layer.weightsGradient = Array.from({ length: shapes[index].inputCount }, (_, k) =>
      Array.from({ length: units }, (__, unit) =>
        sumOf(column(unit), (value, row) => value * layer.input[row][k]),
      ),
    );
    layer.biasesGradient = Array.from({ length: units }, (_, unit) => sumOf(column(unit), (value) => value));
  }

  const gradients = layers.flatMap(({ weightsGradient, biases, biasesGradient }) => [
    ...weightsGradient.flat(),
    ...(biases ? biasesGradient : []),
  ]);
  const length = Math.hypot(...gradients);
  const clipFactor = job.clipNorm === undefined ? 1 : Math.min(1, job.clipNorm / (length + 1e-6));
  const updated = update(job, step, { parameters, gradients, clipFactor, state: from.optimizerState });
  return { rows, targets, layers, rowLosses, loss, clipFactor, gradients, ...updated };
}

function forward(
  { inputCount, units, weightsOffset, biasOffset, activation }: Layer,
  parameters: readonly number[],
  input: Rows,
  mask: Rows | undefined,
): LayerByHand {
  const { value, derivative }: Activation = activations[activation];
  const weights = Array.from({ length: inputCount }, (_, k) =>
    parameters.slice(weightsOffset + k * units, weightsOffset + (k + 1) * units),
  );
  const biases = biasOffset === undefined ? undefined : parameters.slice(biasOffset, biasOffset + units);
  const preActivations = input.map((x) =>
    Array.from(
      { length: units },
      (_, unit) => sumOf(x, (entry, k) => entry * weights[k][unit]) + (biases?.[unit] ?? 0),
    ),
  );
  const activated = preActivations.map((row) => row.map((entry) => value(entry)));
  return {
    input,
    weights,
    biases,
    preActivations,
    activations: activated,
    mask,
    derivatives: preActivations.map((row, i) =>
      row.map((entry, unit) => derivative(entry, activated[i][unit])),
    ),
    activationsGradient: [],
    preActivationsGradient: [],
    weightsGradient: [],
    biasesGradient: [],
  };
}

function maskOf(job: TrainingJob, step: number, layer: number, rowCount: number): Rows | undefined {
  const dropout = dropoutOf(job);
  if (!dropout) return undefined;
  const { units } = job.layers[layer];
  const data = new Float64Array(rowCount * units);
  drawMask(dropout, { step, layer }, { rows: rowCount, columns: units, data });
  return Array.from({ length: rowCount }, (_, row) => [...data.subarray(row * units, (row + 1) * units)]);
}

/** What a softmax knows of a row, the plain way: tests have no logits that overflow. */
function statistics(outputs: readonly number[], targets: readonly number[]) {
  return {
    largest: 0,
    logSum: Math.log(sumOf(outputs, (logit) => Math.exp(logit))),
    targetSum: sumOf(targets, (value) => value),
  };
}

function lossOfRows(job: TrainingJob, outputs: Rows, targets: Rows): number[] {
  const { value }: Loss = losses[job.loss];
  return outputs.map((f, row) => {
    const known = statistics(f, targets[row]);
    return sumOf(f, (output, k) => value(output, targets[row][k], known));
  });
}

function gradientOfLoss(job: TrainingJob, outputs: Rows, targets: Rows, divisor: number): Rows {
  const { derivative }: Loss = losses[job.loss];
  return outputs.map((f, row) => {
    const known = statistics(f, targets[row]);
    return f.map((output, k) => derivative(output, targets[row][k], known) / divisor);
  });
}

/** What an update begins with, an entry a parameter; of the state, one or two. */
interface Before {
  readonly parameters: readonly number[];
  readonly gradients: readonly number[];
  readonly clipFactor: number;
  readonly state: Float64Array;
}

function update(job: TrainingJob, step: number, { parameters, gradients, clipFactor, state }: Before) {
  const optimizer: Optimizer = optimizers[job.optimizer];
  const rates = ratesOf(job);
  moveRates(rates, job, step);
  const { learningRate, weightDecay, l1 } = rates;
  const isApart = job.optimizer === 'adamw';
  /** The same with every term's size instead of the term: what rounding is measured by. */
  const magnitudes: number[] = [];
  const after = parameters.map((parameter, i) => {
    const remembered = () => ({ first: state[i] ?? 0, second: state[parameters.length + i] ?? 0 });
    const penalty = (isApart ? 0 : weightDecay * parameter) + l1 * Math.sign(parameter);
    const decay = isApart ? learningRate * weightDecay * parameter : 0;
    const gradient = clipFactor * gradients[i];
    const size = { first: Math.abs(remembered().first), second: remembered().second };
    const largest = optimizer.change(Math.abs(gradient) + Math.abs(penalty), size, rates);
    magnitudes.push(Math.abs(largest) + Math.abs(decay));
    return parameter + optimizer.change(gradient + penalty, remembered(), rates) - decay;
  });
  return { updated: after, magnitudes, learningRate };
}

function product(a: Rows, b: Rows): Rows {
  return a.map((row, i) => row.map((value, k) => value * b[i][k]));
}

function sumOf(values: readonly number[], term: (value: number, index: number) => number): number {
  return values.reduce((sum, value, index) => sum + term(value, index), 0);
}
