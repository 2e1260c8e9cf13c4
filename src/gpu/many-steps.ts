import { halfBitsFor } from '../core/batches.ts';
import { losses, meanCount } from '../core/losses.ts';
import type { Plan } from '../core/plan.ts';
import type { GpuBuffer } from './buffers.ts';
import { encode, setParams, type Dispatch } from './kernels.ts';
import type { manyNetworks } from './steps-params.ts';
import type { Resident, Stepping } from './stepping.ts';

/** The first submit holds about this many multiplications: a few milliseconds on the slowest adapter. */
const FIRST_CHUNK_MULTIPLICATIONS = 200_000;

/** A kernel that takes any number of steps in one dispatch, and the same kernel for one step's gradients alone. */
interface ManyStepsKernels {
  readonly steps: Dispatch;
  /** Asked for once, and only when somebody wants gradients: it compiles as long as `steps` did. */
  createGradients(): Promise<{ readonly dispatch: Dispatch; readonly gradients: GpuBuffer }>;
}

/** The stepping of every strategy whose kernel loops over the steps itself. */
export class ManySteps implements Stepping {
  readonly firstChunkSteps: number;
  /** A dispatch may hold as many steps as a run. */
  readonly mostChunkSteps: number;
  #gradients: ReturnType<ManyStepsKernels['createGradients']> | undefined;

  constructor(
    readonly plan: Plan,
    private readonly resident: Resident,
    private readonly kernels: ManyStepsKernels,
  ) {
    const { network, batching, job, rates } = resident;
    const { parameterCount } = network;
    this.firstChunkSteps = Math.ceil(
      FIRST_CHUNK_MULTIPLICATIONS / (job.networks.length * parameterCount * batching.batchSize),
    );
    this.mostChunkSteps = Math.min(job.steps, rates.mostSteps);
  }

  /** One dispatch, however many steps. */
  encodeSteps(pass: GPUComputePassEncoder, firstStep: number, count: number): void {
    setParams(this.resident.gpu, this.kernels.steps, manyStepsParams(this.resident, firstStep, count));
    encode(pass, this.kernels.steps);
  }

  /** Nothing to do: every dispatch is told its first step. */
  moveTo(): void {}

  async gradients(step: number) {
    this.#gradients ??= this.kernels.createGradients().catch((error: unknown) => {
      this.#gradients = undefined;
      throw error;
    });
    const { dispatch, gradients } = await this.#gradients;
    setParams(this.resident.gpu, dispatch, manyStepsParams(this.resident, step, 1));
    return { dispatches: [dispatch], gradients };
  }
}

/** `Params` of such a kernel. */
export function manyStepsParams(
  { job, network, rowCount, batching, rates }: Resident,
  firstStep: number,
  stepCount: number,
): Record<keyof typeof manyNetworks, number> {
  const { batchSize, batchCount, lastBatchSize, seed } = batching;
  const { parameterCount, outputCount } = network;
  const scaleOf = (rows: number) => 1 / meanCount(losses[job.loss], rows, outputCount);
  return {
    firstStep,
    stepCount,
    rowCount,
    parameterCount,
    scale: scaleOf(batchSize),
    lastScale: scaleOf(lastBatchSize),
    batchSize,
    batchCount,
    lastBatchSize,
    seed,
    halfBits: halfBitsFor(rowCount),
    // Of populations alone.
    networkCount: job.networks.length,
    distinctRates: rates.distinctCount,
    lossStride: job.lossStride ?? 1,
    lastStep: job.steps - 1,
  };
}
