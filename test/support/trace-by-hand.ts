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
export function traceByHand(job: TrainingJob, data: TrainingData, snapshot: Snapshot) {
  const { step, lowParts } = snapshot;
  const parameters = Array.from(snapshot.parameters, (value, i) => value + lowParts[i]);
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
  const update = updateByHand(job, snapshot, gradients);
  return { rows, targets, layers, rowLosses, loss, ...update };
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

/** The update of every parameter alone, from gradients [parameterCount] that are neither clipped nor decayed. */
export function updateByHand(
  job: TrainingJob,
  { step, parameters: high, lowParts, optimizerState: state }: Snapshot,
  gradients: readonly number[],
) {
  const clipFactor =
    job.clipNorm === undefined ? 1 : Math.min(1, job.clipNorm / (Math.hypot(...gradients) + 1e-6));
  const { change }: Optimizer = optimizers[job.optimizer];
  const rates = ratesOf(job);
  moveRates(rates, job, step);
  const { learningRate, weightDecay, l1, secondRate } = rates;
  const isDecayedApart = job.optimizer === 'adamw';
  /** What each change would be if all its terms had one sign: rounding is a share of it. */
  const magnitudes: number[] = [];
  const updated = gradients.map((raw, i) => {
    const parameter = high[i] + lowParts[i];
    const [first, second] = [state[i] ?? 0, state[gradients.length + i] ?? 0];
    const penalty = (isDecayedApart ? 0 : weightDecay * parameter) + l1 * Math.sign(parameter);
    const decay = isDecayedApart ? learningRate * weightDecay * parameter : 0;
    const gradient = clipFactor * raw + penalty;
    const size = Math.abs(clipFactor * raw) + Math.abs(penalty);
    // The mean of the squares stays that of the gradient itself: it is divided by.
    const squares = second - (secondRate / (1 - secondRate)) * (size ** 2 - gradient ** 2);
    const largest = change(size, { first: Math.abs(first), second: squares }, rates);
    magnitudes.push(Math.abs(largest) + Math.abs(decay));
    return parameter + change(gradient, { first, second }, rates) - decay;
  });
  return { clipFactor, updated, magnitudes, learningRate };
}

function product(a: Rows, b: Rows): Rows {
  return a.map((row, i) => row.map((value, k) => value * b[i][k]));
}

function sumOf(values: readonly number[], term: (value: number, index: number) => number): number {
  return values.reduce((sum, value, index) => sum + term(value, index), 0);
}
