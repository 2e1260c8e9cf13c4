import { batchSizeAt } from '../core/batches.ts';
import type { TrainingData, TrainingJob } from '../core/job.ts';
import { layOutNetwork, type Network } from '../core/network.ts';
import type { MatmulVariant, Plan } from '../core/plan.ts';
import type { GpuBuffer } from './buffers.ts';
import type { Gpu } from './device.ts';
import { canRun } from './matmul-variants.ts';
import type { Resident, Stepping } from './stepping.ts';
import { encode, MAX_GRID_ROWS } from './kernels.ts';
import { createStepKernels, type StepKernels } from './layered-step.ts';

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
  const batchSize = Math.min(job.batchSize ?? data.rowCount, data.rowCount);
  for (const [what, count] of [
    ['rows in a batch', batchSize],
    ['inputs', data.inputCount],
  ] as const) {
    if (count <= MAX_GRID_ROWS) continue;
    const most = `${MAX_GRID_ROWS.toLocaleString('en-US')} ${what}`;
    const given = count.toLocaleString('en-US');
    return `The GPU path takes at most ${most}; this job has ${given}. Use fewer, or the CPU path.`;
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
  const batchSize = Math.min(job.batchSize ?? data.rowCount, data.rowCount);
  const widest = Math.max(...network.layers.map(({ units }) => units));
  const columns = Math.max(network.inputCount, network.outputCount);
  const sizes = [
    {
      what: `${network.parameterCount.toLocaleString('en-US')} parameters`,
      size: 4 * network.parameterCount,
      remedy: 'narrower layers',
    },
    {
      what: `${batchSize.toLocaleString('en-US')} rows of a layer ${widest.toLocaleString('en-US')} wide`,
      size: 4 * batchSize * widest,
      remedy: 'smaller batches or narrower layers',
    },
    {
      what: `${data.rowCount.toLocaleString('en-US')} rows of ${columns.toLocaleString('en-US')} columns`,
      size: 4 * data.rowCount * columns,
      remedy: 'fewer rows or columns',
    },
    {
      what: `the losses of ${job.steps.toLocaleString('en-US')} steps`,
      size: 4 * job.steps,
      remedy: 'fewer steps',
    },
  ];
  return sizes.reduce((largest, entry) => (entry.size > largest.size ? entry : largest));
}

/** Kernel by kernel on the GPU: any size, and what a reader should read first. */
export class LayeredStepping implements Stepping {
  readonly firstChunkSteps = FIRST_CHUNK_STEPS;
  readonly mostChunkSteps = MOST_CHUNK_STEPS;

  private constructor(
    readonly plan: LayeredPlan,
    private readonly resident: Resident,
    /** By the rows of a batch. */
    private readonly kernels: ReadonlyMap<number, StepKernels>,
    /** [2]: the next step, and the first one of this submit. */
    private readonly step: GpuBuffer,
  ) {}

  static async create(resident: Resident, plan: LayeredPlan): Promise<LayeredStepping> {
    const { batchSize, lastBatchSize } = resident.batching;
    const step = resident.scope.storage('step', [2]);
    const kernels = new Map<number, StepKernels>();
    for (const rows of new Set([batchSize, lastBatchSize])) {
      kernels.set(rows, await createStepKernels(resident, rows, step));
    }
    return new LayeredStepping(plan, resident, kernels, step);
  }

  /** The step loop: `count` whole steps, nothing created, nothing read back. The device counts them. */
  encodeSteps(pass: GPUComputePassEncoder, firstStep: number, count: number): void {
    this.#write(4, firstStep);
    for (let step = firstStep; step < firstStep + count; step++)
      this.#encodeStep(pass, this.#kernelsOf(step));
  }

  /** One step: the rows, forward, loss, backward, update. */
  #encodeStep(pass: GPUComputePassEncoder, kernels: StepKernels): void {
    const { gather, forward, backward, meanLoss, clip, optimizerStep } = kernels;
    if (gather) encode(pass, gather); // x
    for (const layer of forward.dispatches) encode(pass, layer); // ŷ = x · v, g = f(ŷ), …
    encode(pass, backward.outputGradient); // dE/dy
    for (const gradient of backward.dispatches) encode(pass, gradient); // dE/dw, dE/dŷ, dE/dv
    encode(pass, meanLoss); // E; counts the step, so behind all that draws by it
    if (clip) encode(pass, clip);
    encode(pass, optimizerStep); // w −= learning rate · dE/dw
  }

  moveTo(step: number): void {
    this.#write(0, step);
  }

  async gradients(step: number) {
    const { gather, forward, backward } = this.#kernelsOf(step);
    const { outputGradient, dispatches, gradients } = backward;
    const first = gather ? [gather] : [];
    return { dispatches: [...first, ...forward.dispatches, outputGradient, ...dispatches], gradients };
  }

  #kernelsOf(step: number): StepKernels {
    const kernels = this.kernels.get(batchSizeAt(this.resident.batching, step));
    if (!kernels) throw new Error(`no kernels were made for step ${step}`);
    return kernels;
  }

  #write(offset: number, step: number): void {
    this.resident.gpu.device.queue.writeBuffer(this.step.buffer, offset, Uint32Array.of(step));
  }
}
