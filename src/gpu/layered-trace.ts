import { batchingOf, rowsOfStep } from '../core/batches.ts';
import type { TrainingData, TrainingJob } from '../core/job.ts';
import { matrix, type Matrix } from '../core/matrix.ts';
import { layOutNetwork } from '../core/network.ts';
import type { Snapshot } from '../core/plan.ts';
import { networkAlone, rowsOf, snapshotOf } from '../core/population.ts';
import { learningRateAt } from '../core/rates.ts';
import { takeRows } from '../core/row-sample.ts';
import { partOf, type LayerTrace, type Trace } from '../core/trace.ts';
import { withinMemory, type BufferScope, type GpuBuffer } from './buffers.ts';
import type { Gpu } from './device.ts';
import { allDispatches, createDispatch, type Dispatch } from './kernels.ts';
import { createDropout } from './layered-dropout.ts';
import { activationIndex, hiddenGradient, outputGradient, type LayerBuffers } from './layered-network.ts';
import { createStepKernels, type StepKernels } from './layered-step.ts';
import { RatesTable } from './rates-table.ts';
import { readFloats } from './readback.ts';
import type { Resident } from './stepping.ts';
import { submit } from './submit.ts';

/** The step to be traced: that of a network alone. */
interface TracedStep {
  readonly job: TrainingJob;
  /** The rows of its batch. */
  readonly batch: TrainingData;
  /** What it begins with. */
  readonly snapshot: Snapshot;
}

/**
 * Takes the step behind a snapshot once more, by the simple layered kernels and in buffers of its own, and reads every
 * matrix of it: whatever the strategy of the trainer, the kernels are those a reader finds first.
 *
 * @param snapshot of all networks of the job
 * @param network which of them takes the step, as if it were alone
 */
export function traceStep(
  { gpu, job: whole, data: table }: Resident,
  snapshot: Snapshot,
  network: number,
): Promise<Trace> {
  const { length: networkCount } = whole.networks;
  // A trainer of one network has the rows it sees already.
  const { job, data } =
    networkCount === 1 ? { job: whole, data: table } : networkAlone(whole, table, network);
  const { step } = snapshot;
  const rows = rowsOfStep(batchingOf(job, data.rowCount), step, data.rowCount);
  const batch = takeRows(data, rows);
  const traced = { job, batch, snapshot: snapshotOf(snapshot, network, networkCount) };
  const { first } = rowsOf(whole.networks[network], table);
  return withinMemory(gpu, async (scope) => {
    const matrices = await recompute(gpu, scope, traced);
    scope.dispose();
    return {
      ...matrices,
      computedBy: 'layered',
      step,
      rows: rows.map((row) => first + row),
      learningRate: learningRateAt(job, step),
    };
  });
}

/** What the kernels of a step work on, uploaded for this one. */
function upload(gpu: Gpu, scope: BufferScope, { job, batch, snapshot }: TracedStep): Resident {
  const { parameters, lowParts, optimizerState, step } = snapshot;
  const { rowCount, inputCount, outputCount } = batch;
  const network = layOutNetwork(inputCount, job.layers);
  const { parameterCount } = network;
  const state = new Float64Array(lowParts.length + optimizerState.length);
  state.set(lowParts);
  state.set(optimizerState, lowParts.length);
  const rates = new RatesTable(gpu, scope, job);
  rates.write(step, 1);
  return {
    gpu,
    scope,
    network,
    rowCount,
    job,
    data: batch,
    initialParameters: parameters,
    interleavedCount: 1,
    matmul: 'simple',
    parameters: scope.upload('parameters', [parameterCount], parameters),
    state: scope.upload('state', [state.length / parameterCount, parameterCount], state),
    rates,
    batching: batchingOf({ ...job, batchSize: rowCount }, rowCount),
    inputs: scope.upload('inputs', [rowCount, inputCount], batch.inputs),
    targets: scope.upload('targets', [rowCount, outputCount], batch.targets),
    losses: scope.storage('losses', [1]),
  };
}

/** What a step multiplies on its way and does not keep, a buffer each, [rowCount, units]. */
interface FactorBuffers {
  readonly activationsGradient: GpuBuffer;
  readonly derivatives: GpuBuffer;
  readonly mask: GpuBuffer | undefined;
}

async function recompute(gpu: Gpu, scope: BufferScope, traced: TracedStep) {
  const resident = upload(gpu, scope, traced);
  const step = scope.storage('step', [2]);
  const kernels = await createStepKernels(resident, resident.rowCount, step);
  const { forward, backward, meanLoss, clip, clipFactor, optimizerStep } = kernels;
  const { factors, dispatches } = await createFactors(resident, kernels);
  const { queue } = gpu.device;
  queue.writeBuffer(step.buffer, 0, Uint32Array.of(traced.snapshot.step, 0));
  const pass = [...forward.dispatches, backward.outputGradient, ...backward.dispatches];
  submit(gpu, [...pass, ...dispatches]);
  // Masks are drawn: from here on the step is the first and only one there are a loss and rates of.
  queue.writeBuffer(step.buffer, 0, Uint32Array.of(0, 0));
  submit(gpu, clip ? [meanLoss, clip, optimizerStep] : [meanLoss, optimizerStep]);

  const [targets, rowLosses, loss, factor, layers] = await Promise.all([
    readMatrix(gpu, resident.targets),
    readMatrix(gpu, backward.rowLosses),
    readMatrix(gpu, resident.losses),
    clip && readMatrix(gpu, clipFactor),
    readLayers(resident, kernels, factors, traced.snapshot),
  ]);
  return { targets, rowLosses, loss: loss.data[0], clipFactor: factor?.data[0] ?? 1, layers };
}

/** The kernels of the step again, with nothing multiplied by: dE/df and dE/dg, f′, and the masks. */
async function createFactors(
  resident: Resident,
  { forward: { layers, dropout }, backward: { layerGradients } }: StepKernels,
): Promise<{ readonly factors: readonly FactorBuffers[]; readonly dispatches: readonly Dispatch[] }> {
  const { scope, rowCount, targets, job } = resident;
  const last = layers.length - 1;
  const factors = layers.map(({ layer: { units } }, index): FactorBuffers => {
    const buffer = (name: string) => scope.storage(`layer ${index} ${name}`, [rowCount, units]);
    return {
      activationsGradient: buffer('activationsGradient'),
      derivatives: buffer('derivatives'),
      mask: dropout && index < last ? buffer('mask') : undefined,
    };
  });
  const linear = layers.map((each) => ({
    ...each,
    layer: { ...each.layer, activation: 'linear' as const },
  }));
  const gradient = (index: number) => factors[index].activationsGradient;
  const making = layers.flatMap((each, index) => [
    index === last
      ? outputGradient(resident, linear[last], job, {
          targets,
          gradient: gradient(last),
          rowLosses: scope.storage('rowLosses again', [rowCount]),
        })
      : hiddenGradient(resident, linear, index, {
          nextGradient: layerGradients[index + 1],
          gradient: gradient(index),
        }),
    activationDerivative(resident, each, factors[index].derivatives),
  ]);
  if (dropout) {
    const widest = Math.max(...layers.map(({ layer }) => layer.units));
    const ones = new Float64Array(rowCount * widest).fill(1);
    const source = scope.upload('ones', [rowCount, widest], ones);
    factors.forEach(({ mask: result }, index) => {
      if (result) making.push(createDropout(resident, dropout, index, { source, result }));
    });
  }
  return { factors, dispatches: await allDispatches(making) };
}

/** df/dy | dg/dŷ of a layer. */
function activationDerivative(
  { gpu, scope, rowCount }: Resident,
  { layer: { units, activation }, preActivations, activations }: LayerBuffers,
  derivatives: GpuBuffer,
): Promise<Dispatch> {
  return createDispatch(gpu, scope, 'activation-derivative', {
    params: { rowCount, unitCount: units },
    buffers: { preActivations, activations, derivatives },
    constants: { activation: activationIndex(activation) },
    entries: [units, rowCount],
  });
}

async function readLayers(
  { gpu, network, parameters, state }: Resident,
  { forward, backward }: StepKernels,
  factors: readonly FactorBuffers[],
  before: Snapshot,
): Promise<LayerTrace[]> {
  const { parameterCount } = network;
  const [values, lowParts, kept] = await Promise.all(
    [parameters, state, backward.gradients].map((buffer) => readFloats(gpu, buffer, 0, parameterCount)),
  );
  const started = before.parameters.map((value, i) => value + before.lowParts[i]);
  const updated = Float64Array.from(values, (value, i) => value + lowParts[i]);
  const gradients = Float64Array.from(kept);
  return Promise.all(
    forward.layers.map(async (buffers, index) => {
      const { layer } = buffers;
      const { weights: weightsGradient, biases: biasesGradient } = partOf(layer, gradients);
      const { weights: updatedWeights, biases: updatedBiases } = partOf(layer, updated);
      const preActivationsGradient = backward.layerGradients[index];
      return {
        ...(await readRows(gpu, { ...buffers, ...factors[index], preActivationsGradient })),
        ...partOf(layer, started),
        weightsGradient,
        biasesGradient,
        updatedWeights,
        updatedBiases,
      };
    }),
  );
}

/** The matrices of a layer that have a row for each row of the batch. */
async function readRows(
  gpu: Gpu,
  buffers: Pick<LayerBuffers, 'input' | 'preActivations' | 'activations'> &
    FactorBuffers & { readonly preActivationsGradient: GpuBuffer },
) {
  const { mask } = buffers;
  const [input, preActivations, activations, activationsGradient, derivatives, preActivationsGradient] =
    await Promise.all([
      readMatrix(gpu, buffers.input),
      readMatrix(gpu, buffers.preActivations),
      readMatrix(gpu, buffers.activations),
      readMatrix(gpu, buffers.activationsGradient),
      readMatrix(gpu, buffers.derivatives),
      readMatrix(gpu, buffers.preActivationsGradient),
    ]);
  return {
    input,
    preActivations,
    activations,
    mask: mask && (await readMatrix(gpu, mask)),
    activationsGradient,
    derivatives,
    preActivationsGradient,
  };
}

/** A whole buffer [rows, columns], or [rows]. */
async function readMatrix(gpu: Gpu, buffer: GpuBuffer): Promise<Matrix> {
  const [rows, columns = 1] = buffer.shape;
  const values = await readFloats(gpu, buffer, 0, rows * columns);
  return matrix(rows, columns, Float64Array.from(values));
}
