import { batchingOf, rowsOfStep } from '../core/batches.ts';
import type { TrainingData, TrainingJob } from '../core/job.ts';
import { losses } from '../core/losses.ts';
import { matrix, type Arithmetic, type Matrix } from '../core/matrix.ts';
import { rowsOf } from '../core/population.ts';
import { learningRateAt } from '../core/rates.ts';
import { partOf, type LayerTrace, type Trace } from '../core/trace.ts';
import type { LayerMatrices } from './backprop.ts';
import type { Batch, ReferenceRun } from './reference-run.ts';

/** A run that stands before the step to be traced, and is over with it. */
interface TracedRun {
  readonly run: ReferenceRun;
  /** What the run computes with. */
  readonly arithmetic: Arithmetic;
  /** What its parameters lack, [parameterCount], where the arithmetic keeps it apart. */
  readonly lowParts?: Float64Array | undefined;
}

/**
 * Takes one step of a run and keeps every matrix of it, each a copy: those of `Backprop`, and the factors that it
 * multiplies without keeping them.
 *
 * @param data the rows that the network sees
 */
export function traceStep(job: TrainingJob, data: TrainingData, step: number, traced: TracedRun): Trace {
  const { run, arithmetic } = traced;
  const rows = rowsOfStep(batchingOf(job, data.rowCount), step, data.rowCount);
  const batch = run.forward(step);
  const { backprop } = batch;
  const { loss, rowLosses } = lossOf(job, batch, arithmetic);
  backprop.backward(job.loss, batch.targets);
  const before = wholeParameters(traced);
  const gradients = backprop.gradients.slice();
  const layers = backprop.layers.map((layer, index) => ({
    ...keptOf(layer),
    ...factorsOf(job, batch, arithmetic, index),
    ...partOf(run.network.layers[index], before),
    ...gradientsOf(run, gradients, index),
  }));
  const clipFactor = job.clipNorm === undefined ? 1 : arithmetic.clip(gradients.slice(), job.clipNorm);
  run.follow(step, batch);
  const after = wholeParameters(traced);
  return {
    computedBy: 'reference',
    step,
    rows: rows.map((row) => rowsOf(job.networks[0], data).first + row),
    targets: matrix(rows.length, data.outputCount, batch.targets.slice()),
    layers: layers.map((layer, index) => {
      const { weights: updatedWeights, biases: updatedBiases } = partOf(run.network.layers[index], after);
      return { ...layer, updatedWeights, updatedBiases };
    }),
    rowLosses,
    loss,
    learningRate: learningRateAt(job, step),
    clipFactor,
  };
}

/** [parameterCount], a copy */
function wholeParameters({ run, lowParts }: TracedRun): Float64Array {
  return run.parameters.map((value, i) => value + (lowParts?.[i] ?? 0));
}

/** E, and the share of every row in it. */
function lossOf(job: TrainingJob, { backprop, targets }: Batch, arithmetic: Arithmetic) {
  const { activations: f } = backprop.layers[backprop.layers.length - 1];
  const rowLosses = matrix(f.rows, 1);
  arithmetic.rowLosses(losses[job.loss], f, matrix(f.rows, f.columns, targets), rowLosses);
  return { loss: backprop.loss(job.loss, targets), rowLosses };
}

/** What `Backprop` keeps of a layer itself. */
function keptOf({ input, preActivations, activations, mask, preActivationsGradient }: LayerMatrices) {
  return {
    input: copyOf(input),
    preActivations: copyOf(preActivations),
    activations: copyOf(activations),
    mask: mask && copyOf(mask),
    preActivationsGradient: copyOf(preActivationsGradient),
  };
}

/** The two factors of dE/dŷ | dE/dy. */
function factorsOf(
  job: TrainingJob,
  { backprop: { layers }, targets }: Batch,
  arithmetic: Arithmetic,
  index: number,
): Pick<LayerTrace, 'activationsGradient' | 'derivatives'> {
  const { activation, preActivations, activations } = layers[index];
  const { rows, columns } = activations;
  const activationsGradient = matrix(rows, columns);
  if (index === layers.length - 1) {
    const f0 = matrix(rows, columns, targets);
    arithmetic.lossGradient(losses[job.loss], activations, f0, activationsGradient); // dE/df
  } else {
    const next = layers[index + 1];
    arithmetic.multiplyTransposedB(next.preActivationsGradient, next.weights, activationsGradient); // dE/dg
  }
  const derivatives = matrix(rows, columns, new Float64Array(rows * columns).fill(1));
  arithmetic.timesDerivative(activation, { x: preActivations, y: activations }, derivatives);
  return { activationsGradient, derivatives };
}

function gradientsOf({ network }: ReferenceRun, gradients: Float64Array, index: number) {
  const { weights: weightsGradient, biases: biasesGradient } = partOf(network.layers[index], gradients);
  return { weightsGradient, biasesGradient };
}

function copyOf({ rows, columns, data }: Matrix): Matrix {
  return { rows, columns, data: data.slice() };
}
