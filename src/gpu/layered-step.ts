import { halfBitsFor } from '../core/batches.ts';
import { losses, meanCount } from '../core/losses.ts';
import type { GpuBuffer } from './buffers.ts';
import { createDispatch, type Dispatch } from './kernels.ts';
import { stepDropout } from './layered-dropout.ts';
import {
  createBackwardPass,
  createForwardPass,
  type BackwardPass,
  type ForwardPass,
} from './layered-network.ts';
import { updateConstants } from './rates-table.ts';
import type { Resident } from './stepping.ts';

/** Every kernel of a step whose batch has a given number of rows. */
export interface StepKernels {
  /** `gather-batch.wgsl`; undefined where the batch is the whole table. */
  readonly gather: Dispatch | undefined;
  readonly forward: ForwardPass;
  readonly backward: BackwardPass;
  readonly meanLoss: Dispatch;
  /** `clip-factor.wgsl`; undefined where gradients may be of any length. */
  readonly clip: Dispatch | undefined;
  /** What it writes, [1]. */
  readonly clipFactor: GpuBuffer;
  readonly optimizerStep: Dispatch;
}

/** Makes the kernels for batches of `rowCount` rows; `step` counts them on the device. */
export async function createStepKernels(
  resident: Resident,
  rowCount: number,
  step: GpuBuffer,
): Promise<StepKernels> {
  const { gpu, scope, network, job, losses: kept } = resident;
  const context = { ...resident, rowCount };
  const { inputs, targets, gather } = await gatherBatch(resident, rowCount, step);
  const forward = await createForwardPass(context, inputs, stepDropout(job, step));
  const backward = await createBackwardPass(context, forward, targets, job);
  const meanLoss = await createDispatch(gpu, scope, 'mean-loss', {
    params: { rowCount, scale: 1 / meanCount(losses[job.loss], rowCount, network.outputCount) },
    buffers: { rowLosses: backward.rowLosses, losses: kept, step },
    constants: {},
    entries: [1, 1],
  });
  return {
    gather,
    forward,
    backward,
    meanLoss,
    ...(await followGradients(resident, backward.gradients, step)),
  };
}

/** The rows of a step; the table itself where a batch is all of it. */
async function gatherBatch(resident: Resident, batchRowCount: number, step: GpuBuffer) {
  const { gpu, scope, rowCount, inputs, targets, network, batching } = resident;
  const { batchCount, batchSize, seed, shuffles } = batching;
  if (batchCount === 1) return { inputs, targets, gather: undefined };
  const { inputCount, outputCount } = network;
  const batchInputs = scope.storage('batchInputs', [batchRowCount, inputCount]);
  const batchTargets = scope.storage('batchTargets', [batchRowCount, outputCount]);
  const halfBits = halfBitsFor(rowCount);
  const counts = { rowCount, inputCount, outputCount, batchSize, batchCount, batchRowCount };
  const gather = await createDispatch(gpu, scope, 'gather-batch', {
    params: { ...counts, seed, halfBits },
    buffers: { inputs, targets, step, batchInputs, batchTargets },
    constants: { shuffles: shuffles ? 1 : 0 },
    entries: [inputCount + outputCount, batchRowCount],
  });
  return { inputs: batchInputs, targets: batchTargets, gather };
}

/** The update of every parameter, and before it the length of all gradients together. */
async function followGradients(
  { gpu, scope, network, job, parameters, state, rates }: Resident,
  gradients: GpuBuffer,
  step: GpuBuffer,
): Promise<Pick<StepKernels, 'clip' | 'clipFactor' | 'optimizerStep'>> {
  const { parameterCount } = network;
  const clipFactor = scope.storage('clipFactor', [1]);
  const clip =
    job.clipNorm === undefined
      ? undefined
      : await createDispatch(gpu, scope, 'clip-factor', {
          params: { parameterCount, mostNorm: job.clipNorm },
          buffers: { gradients, clipFactor },
          constants: {},
          entries: [1, 1],
        });
  const optimizerStep = await createDispatch(gpu, scope, 'optimizer-step', {
    params: { parameterCount },
    buffers: { rates: rates.buffer, gradients, clipFactor, step, parameters, state },
    constants: { ...updateConstants(job), clips: clip ? 1 : 0 },
    entries: [parameterCount, 1],
  });
  return { clip, clipFactor, optimizerStep };
}
