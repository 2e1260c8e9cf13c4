import { activationNames } from '../core/activations.ts';
import type { TrainingData, TrainingJob } from '../core/job.ts';
import { lossNames } from '../core/losses.ts';
import { layOutNetwork, type Layer, type Network } from '../core/network.ts';
import { ROWS_AN_INVOCATION, type Plan } from '../core/plan.ts';
import type { GpuBuffer } from './buffers.ts';
import type { Gpu } from './device.ts';
import { ENTRY_BYTES, layOutFused, workItems } from './fused-layout.ts';
import { createDispatch, type Dispatch } from './kernels.ts';
import { ManySteps, manyStepsParams } from './many-steps.ts';
import { mostNetworks, populationRefusal } from './population.ts';
import { updateConstants } from './rates-table.ts';
import type { Resident, Stepping } from './stepping.ts';

export type FusedPlan = Extract<Plan, { strategy: 'fused' }>;

/** SwiftShader works on four at once. */
const SOFTWARE_INVOCATIONS = 4;
/**
 * Workgroup memory is asked for in powers of two from here on, so that one pipeline serves many networks. Not more:
 * SwiftShader writes out a store for every word of it, and compiles each.
 */
const LEAST_MEMORY_LENGTH = 128;
const NO_CLIPPING =
  'The fused path follows each gradient as soon as it has it, and cannot clip all of them by their common length. ' +
  'Use the layered or the unrolled path.';
/**
 * Networks of a dispatch. The kernel has as many storage buffers as every device binds, so that what networks have of
 * their own lies in its uniform `rates`: five of 4,096 entries each, which leaves 11 steps to as many different β.
 */
const MOST_NETWORKS = 256;
/** The kernel's MIXED: each hidden layer looks its own activation up. */
const MIXED = 0xffffffff;

/** Plans of this strategy for the job that the adapter can run, the most promising first. */
export function fusedPlans(gpu: Gpu, job: TrainingJob, data: TrainingData): FusedPlan[] {
  const batchSize = Math.min(job.batchSize ?? data.rowCount, data.rowCount);
  const wholeBatch = ROWS_AN_INVOCATION * Math.ceil(batchSize / ROWS_AN_INVOCATION);
  // As many rows as the largest workgroup takes at once; fewer stay nearer in the caches.
  const tiles = new Set([2048, 256].map((tile) => Math.min(tile, wholeBatch)));
  return [...tiles]
    .map((tile): FusedPlan => ({ strategy: 'fused', tile }))
    .filter((plan) => fusedRefusal(gpu, job, data, plan) === undefined);
}

/** Why this strategy cannot run the job; undefined if it can. */
export function fusedRefusal(
  gpu: Gpu,
  job: TrainingJob,
  data: TrainingData,
  { tile }: FusedPlan,
): string | undefined {
  if (job.clipNorm !== undefined) return NO_CLIPPING;
  const { length: networkCount } = job.networks;
  if (networkCount > MOST_NETWORKS) {
    return (
      `The fused path trains at most ${MOST_NETWORKS} networks at once; the job has ` +
      `${networkCount.toLocaleString('en-US')}. Use fewer at once, or the unrolled path.`
    );
  }
  const network = layOutNetwork(data.inputCount, job.layers);
  const { memoryLength, rowsLength } = layOutFused(network, tile, invocationsOf(gpu, network, tile));
  const { maxComputeWorkgroupStorageSize: mostMemory, maxStorageBufferBindingSize: mostRows } =
    gpu.device.limits;
  const inWords = (entries: number) => (ENTRY_BYTES * entries).toLocaleString('en-US');
  if (ENTRY_BYTES * memoryLength > mostMemory) {
    const widths = [network.inputCount, ...network.layers.map(({ units }) => units)].join(', ');
    return (
      `The fused path holds at most ${mostMemory.toLocaleString('en-US')} bytes of workgroup memory; ` +
      `[${widths}] needs ${inWords(memoryLength)}. Use the layered path, or narrower layers.`
    );
  }
  if (ENTRY_BYTES * networkCount * rowsLength <= mostRows) {
    return populationRefusal(gpu, job, network.parameterCount);
  }
  const [those, remedy] =
    networkCount === 1
      ? ['', 'smaller tiles']
      : [` of ${networkCount.toLocaleString('en-US')} networks`, 'smaller tiles, or fewer networks at once'];
  return (
    `This adapter binds at most ${mostRows.toLocaleString('en-US')} bytes in one buffer; ` +
    `tiles of ${tile} rows${those} need ${inWords(networkCount * rowsLength)}. Use ${remedy}.`
  );
}

/** How many networks of a job one dispatch can train. */
export function mostFusedNetworks(
  gpu: Gpu,
  job: TrainingJob,
  data: TrainingData,
  { tile }: FusedPlan,
): number {
  const network = layOutNetwork(data.inputCount, job.layers);
  const { rowsLength } = layOutFused(network, tile, invocationsOf(gpu, network, tile));
  const withRows = Math.floor(gpu.device.limits.maxStorageBufferBindingSize / (ENTRY_BYTES * rowsLength));
  return Math.min(MOST_NETWORKS, withRows, mostNetworks(gpu, job, network.parameterCount));
}

/** The weights of each network in the memory of its workgroup: thousands of steps in one dispatch. */
export async function createFusedStepping(resident: Resident, plan: FusedPlan): Promise<Stepping> {
  const { gpu, scope, network, job } = resident;
  const { length: networkCount } = job.networks;
  const invocationCount = invocationsOf(gpu, network, plan.tile);
  const { table, memoryLength, rowsLength } = layOutFused(network, plan.tile, invocationCount);
  const shape = scope.storage('shape', [table.length]);
  gpu.device.queue.writeBuffer(shape.buffer, 0, table);
  const gradients = scope.storage('gradients', [networkCount, network.parameterCount]);
  const rows = scope.storage('rows', [networkCount, rowsLength, 4]);
  const kernel = { invocationCount, memoryLength, shape, gradients, rows };
  return new ManySteps(plan, resident, {
    steps: await dispatchFused(resident, kernel, true),
    createGradients: async () => ({ dispatch: await dispatchFused(resident, kernel, false), gradients }),
  });
}

/** What the kernel works on beside the trainer's own buffers. */
interface FusedKernel {
  readonly invocationCount: number;
  readonly memoryLength: number;
  readonly shape: GpuBuffer;
  /** [networks, parameterCount] */
  readonly gradients: GpuBuffer;
  /** What a tile's rows have in each unit, four rows an entry: [networks, rowsLength, 4]. */
  readonly rows: GpuBuffer;
}

function dispatchFused(resident: Resident, kernel: FusedKernel, updates: boolean): Promise<Dispatch> {
  const { gpu, scope, network, job, batching, inputs, targets, parameters, state, losses } = resident;
  const { invocationCount, memoryLength, shape, gradients, rows } = kernel;
  const mostMemory = gpu.device.limits.maxComputeWorkgroupStorageSize / ENTRY_BYTES;
  const hidden = new Set(network.layers.slice(0, -1).map(activationIndex));
  const [hiddenActivation] = hidden.size > 1 ? [MIXED] : hidden;
  const outputActivation = activationIndex(network.layers[network.layers.length - 1]);
  return createDispatch(gpu, scope, 'fused-training', {
    params: manyStepsParams(resident, 0, 1),
    buffers: {
      rates: resident.rates.buffer,
      inputs,
      targets,
      shape,
      parameters,
      state,
      gradients,
      losses,
      rows,
    },
    constants: {
      invocationCount,
      memoryLength: Math.min(
        mostMemory,
        Math.max(LEAST_MEMORY_LENGTH, 2 ** Math.ceil(Math.log2(memoryLength))),
      ),
      hiddenActivation: hiddenActivation ?? outputActivation,
      outputActivation,
      loss: lossNames.indexOf(job.loss),
      ...updateConstants(job),
      isBatched: batching.batchCount > 1 ? 1 : 0,
      shuffles: batching.shuffles ? 1 : 0,
      updates: updates ? 1 : 0,
      isPopulation: job.networks.length > 1 ? 1 : 0,
    },
    entries: [job.networks.length, 1],
  });
}

/** It changes the order in which losses are added up, so it follows from plan, network and adapter. */
function invocationsOf({ device, adapter }: Gpu, network: Network, tile: number): number {
  // In software a workgroup is one thread: it gains nothing from more, and a barrier takes longer.
  if (adapter.isFallback) return SOFTWARE_INVOCATIONS;
  return Math.min(workItems(network, tile), device.limits.maxComputeInvocationsPerWorkgroup);
}

function activationIndex({ activation }: Layer): number {
  return activationNames.indexOf(activation);
}
