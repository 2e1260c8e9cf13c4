import { activationNames } from '../core/activations.ts';
import type { TrainingData, TrainingJob } from '../core/job.ts';
import { lossNames } from '../core/losses.ts';
import { layOutNetwork, type Layer } from '../core/network.ts';
import { optimizerNames } from '../core/optimizers.ts';
import type { Plan } from '../core/plan.ts';
import type { GpuBuffer } from './buffers.ts';
import type { Gpu } from './device.ts';
import { BYTES_AN_ENTRY, layOutFused, type FusedLayout } from './fused-layout.ts';
import { createDispatch, encode, setParams, type Dispatch } from './kernels.ts';
import type { Resident, Stepping } from './stepping.ts';

export type FusedPlan = Extract<Plan, { strategy: 'fused' }>;

/** An invocation takes this many rows at once. */
const ROWS_AN_INVOCATION = 8;
/** The kernel's MIXED: each hidden layer looks its own activation up. */
const MIXED = 0xffffffff;
/** The first submit holds about this many multiplications: a few milliseconds on the slowest adapter. */
const FIRST_CHUNK_MULTIPLICATIONS = 200_000;
/** One dispatch may hold any number of steps; the counter of a run does not go further. */
const MOST_CHUNK_STEPS = 2 ** 25;

/** Plans of this strategy for the job that the adapter can run, the most promising first; none where it has none. */
export function fusedPlans(gpu: Gpu, job: TrainingJob, data: TrainingData): FusedPlan[] {
  const planOf = (tile: number): FusedPlan => ({ strategy: 'fused', tile });
  const fits = (tile: number) => fusedRefusal(gpu, job, data, planOf(tile)) === undefined;
  const wholeTable = ROWS_AN_INVOCATION * Math.ceil(data.rowCount / ROWS_AN_INVOCATION);
  if (fits(wholeTable)) return [planOf(wholeTable)];
  // Subgroups of four or more invocations: multiples of 32 rows keep them full.
  const tiles = [128, 64, 32, 16, 8].filter((tile) => tile < wholeTable && fits(tile));
  return tiles.slice(0, 2).map(planOf);
}

/** Why this strategy cannot run the job; undefined if it can. */
export function fusedRefusal(
  gpu: Gpu,
  job: TrainingJob,
  data: TrainingData,
  { tile }: FusedPlan,
): string | undefined {
  if (!Number.isInteger(tile / ROWS_AN_INVOCATION) || tile <= 0) {
    return `The fused path takes rows in tiles of 8, 16, 24, …; the plan asks for ${tile}. Plan anew.`;
  }
  const network = layOutNetwork(data.inputCount, job.layers);
  const { memoryLength } = layOutFused(network, tile, mostInvocations(gpu));
  const mostBytes = gpu.device.limits.maxComputeWorkgroupStorageSize;
  if (BYTES_AN_ENTRY * memoryLength <= mostBytes) return undefined;
  const [held, needed] = [mostBytes, BYTES_AN_ENTRY * memoryLength].map((n) => n.toLocaleString('en-US'));
  const widths = [network.inputCount, ...network.layers.map(({ units }) => units)].join(', ');
  const smallest = tile > ROWS_AN_INVOCATION ? 'smaller tiles, ' : '';
  return (
    `The fused path holds at most ${held} bytes of workgroup memory; [${widths}] with tiles of ${tile} rows ` +
    `needs ${needed}. Use ${smallest}the layered path, or narrower layers.`
  );
}

/** Weights and rows in the memory of one workgroup: thousands of steps in one dispatch. */
export class FusedStepping implements Stepping {
  readonly firstChunkSteps: number;
  readonly mostChunkSteps = MOST_CHUNK_STEPS;
  #gradients: Promise<Dispatch> | undefined;

  private constructor(
    readonly plan: FusedPlan,
    private readonly resident: Resident,
    private readonly kernel: FusedKernel,
    private readonly steps: Dispatch,
  ) {
    const { network, rowCount } = resident;
    this.firstChunkSteps = Math.ceil(FIRST_CHUNK_MULTIPLICATIONS / (network.parameterCount * rowCount));
  }

  static async create(resident: Resident, plan: FusedPlan): Promise<FusedStepping> {
    const { gpu, scope, network } = resident;
    const layout = layOutFused(network, plan.tile, mostInvocations(gpu));
    const layers = scope.storage('layers', [
      network.layers.length,
      layout.table.length / network.layers.length,
    ]);
    gpu.device.queue.writeBuffer(layers.buffer, 0, layout.table);
    const gradients = scope.storage('gradients', [network.parameterCount]);
    const kernel = { layout, layers, gradients };
    return new FusedStepping(plan, resident, kernel, await dispatchFused(resident, kernel, true));
  }

  /** One dispatch, however many steps. */
  encodeSteps(pass: GPUComputePassEncoder, firstStep: number, count: number): void {
    setParams(this.resident.gpu, this.steps, paramsOf(this.resident, firstStep, count));
    encode(pass, this.steps);
  }

  /** Nothing to do: every dispatch is told its first step. */
  moveTo(): void {}

  async gradients() {
    this.#gradients ??= dispatchFused(this.resident, this.kernel, false);
    return { dispatches: [await this.#gradients], gradients: this.kernel.gradients };
  }
}

/** What the kernel works on beside the trainer's own buffers. */
interface FusedKernel {
  readonly layout: FusedLayout;
  readonly layers: GpuBuffer;
  /** [parameterCount] */
  readonly gradients: GpuBuffer;
}

function dispatchFused(resident: Resident, kernel: FusedKernel, updates: boolean): Promise<Dispatch> {
  const { gpu, scope, network, job, inputs, targets, parameters, lowParts, losses } = resident;
  const { layers, gradients, layout } = kernel;
  const hidden = new Set(network.layers.slice(0, -1).map(activationIndex));
  const [hiddenActivation] = hidden.size > 1 ? [MIXED] : hidden;
  const outputActivation = activationIndex(network.layers[network.layers.length - 1]);
  return createDispatch(gpu, scope, 'fused-training', {
    params: paramsOf(resident, 0, 1),
    buffers: { inputs, targets, layers, parameters, lowParts, gradients, losses },
    constants: {
      invocationCount: layout.invocationCount,
      memoryLength: layout.memoryLength,
      tileQuads: layout.tileQuads,
      layerCount: network.layers.length,
      hiddenActivation: hiddenActivation ?? outputActivation,
      outputActivation,
      loss: lossNames.indexOf(job.loss),
      optimizer: optimizerNames.indexOf(job.optimizer),
      updates: updates ? 1 : 0,
    },
    entries: [1, 1],
  });
}

function paramsOf({ job, network, rowCount }: Resident, firstStep: number, stepCount: number) {
  const { learningRate } = job.networks[0];
  return { firstStep, stepCount, rowCount, learningRate, scale: 1 / (rowCount * network.outputCount) };
}

function mostInvocations({ device }: Gpu): number {
  return device.limits.maxComputeInvocationsPerWorkgroup;
}

function activationIndex({ activation }: Layer): number {
  return activationNames.indexOf(activation);
}
