import type { TrainingData, TrainingJob } from '../core/job.ts';
import { layOutNetwork, type Network } from '../core/network.ts';
import type { MatmulVariant, Plan } from '../core/plan.ts';
import type { GpuBuffer } from './buffers.ts';
import type { Gpu } from './device.ts';
import { canRun } from './matmul-variants.ts';
import type { Resident, Stepping } from './stepping.ts';
import { encode, MAX_GRID_ROWS, type Dispatch } from './kernels.ts';
import {
  createBackwardPass,
  createForwardPass,
  createMeanLoss,
  createOptimizerStep,
  type BackwardPass,
  type ForwardPass,
} from './layered-network.ts';

/** Steps of the first submit: one, for a step of a large network may take a second. */
const FIRST_CHUNK_STEPS = 1;
/** Encoding more than this many steps into one command buffer gains nothing and holds memory. */
const MOST_CHUNK_STEPS = 500;

export type LayeredPlan = Extract<Plan, { strategy: 'layered' }>;

/** Why this strategy cannot run the job; undefined if it can. */
export function layeredRefusal(
  gpu: Gpu,
  job: TrainingJob,
  data: TrainingData,
  matmul?: MatmulVariant,
): string | undefined {
  if (matmul !== undefined && !canRun(gpu, matmul)) {
    return `The plan's kernels (${matmul}) need subgroups, which this adapter does not have. Plan anew for it.`;
  }
  for (const [what, count] of [
    ['rows', data.rowCount],
    ['inputs', data.inputCount],
  ] as const) {
    if (count <= MAX_GRID_ROWS) continue;
    const most = `${MAX_GRID_ROWS.toLocaleString('en-US')} ${what}`;
    const given = count.toLocaleString('en-US');
    return `The GPU path takes at most ${most}; the table has ${given}. Use fewer, or the CPU path.`;
  }
  const { size, what, remedy } = largestBuffer(layOutNetwork(data.inputCount, job.layers), job, data);
  const limit = gpu.device.limits.maxStorageBufferBindingSize;
  if (size <= limit) return undefined;
  return (
    `This adapter binds at most ${limit.toLocaleString('en-US')} bytes in one buffer; ` +
    `${what} need ${size.toLocaleString('en-US')}. Use ${remedy}, or the CPU path.`
  );
}

function largestBuffer(network: Network, job: TrainingJob, data: TrainingData) {
  const widest = Math.max(network.inputCount, ...network.layers.map(({ units }) => units));
  const sizes = [
    {
      what: `${network.parameterCount.toLocaleString('en-US')} parameters`,
      size: 4 * network.parameterCount,
      remedy: 'narrower layers',
    },
    {
      what: `${data.rowCount.toLocaleString('en-US')} rows of a layer ${widest.toLocaleString('en-US')} wide`,
      size: 4 * data.rowCount * widest,
      remedy: 'fewer rows or narrower layers',
    },
    {
      what: `the losses of ${job.steps.toLocaleString('en-US')} steps`,
      size: 4 * job.steps,
      remedy: 'fewer steps',
    },
  ];
  return sizes.reduce((largest, entry) => (entry.size > largest.size ? entry : largest));
}

/** Every kernel of a step. */
interface StepKernels {
  readonly forward: ForwardPass;
  readonly backward: BackwardPass;
  readonly meanLoss: Dispatch;
  readonly optimizerStep: Dispatch;
}

/** Kernel by kernel on the GPU: any size, and what a reader should read first. */
export class LayeredStepping implements Stepping {
  readonly firstChunkSteps = FIRST_CHUNK_STEPS;
  readonly mostChunkSteps = MOST_CHUNK_STEPS;

  private constructor(
    readonly plan: LayeredPlan,
    private readonly gpu: Gpu,
    private readonly kernels: StepKernels,
    private readonly step: GpuBuffer,
  ) {}

  static async create(resident: Resident, plan: LayeredPlan): Promise<LayeredStepping> {
    const { gpu, scope, job, inputs, targets, losses, lowParts } = resident;
    const step = scope.storage('step', [1]);
    const forward = await createForwardPass(resident, inputs);
    const backward = await createBackwardPass(resident, forward, targets, job);
    const meanLoss = await createMeanLoss(resident, backward.rowLosses, losses, step);
    const optimizerStep = await createOptimizerStep(resident, backward.gradients, lowParts, job);
    return new LayeredStepping(plan, gpu, { forward, backward, meanLoss, optimizerStep }, step);
  }

  /** The step loop: `count` whole steps, nothing created, nothing read back. The device counts them. */
  encodeSteps(pass: GPUComputePassEncoder, _firstStep: number, count: number): void {
    for (let step = 0; step < count; step++) this.#encodeStep(pass);
  }

  /** One step: forward, loss, backward, update. */
  #encodeStep(pass: GPUComputePassEncoder): void {
    const { forward, backward, meanLoss, optimizerStep } = this.kernels;
    for (const layer of forward.dispatches) encode(pass, layer); // ŷ = x · v, g = f(ŷ), …
    encode(pass, backward.outputGradient); // dE/dy
    encode(pass, meanLoss); // E
    for (const gradient of backward.dispatches) encode(pass, gradient); // dE/dw, dE/dŷ, dE/dv
    encode(pass, optimizerStep); // w −= learning rate · dE/dw
  }

  moveTo(step: number): void {
    this.gpu.device.queue.writeBuffer(this.step.buffer, 0, Uint32Array.of(step));
  }

  async gradients() {
    const { forward, backward } = this.kernels;
    const { outputGradient, dispatches, gradients } = backward;
    return { dispatches: [...forward.dispatches, outputGradient, ...dispatches], gradients };
  }
}
