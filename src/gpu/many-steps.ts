import type { Plan } from '../core/plan.ts';
import type { GpuBuffer } from './buffers.ts';
import { encode, setParams, type Dispatch } from './kernels.ts';
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
    const { network, rowCount, job } = resident;
    this.firstChunkSteps = Math.ceil(FIRST_CHUNK_MULTIPLICATIONS / (network.parameterCount * rowCount));
    this.mostChunkSteps = job.steps;
  }

  /** One dispatch, however many steps. */
  encodeSteps(pass: GPUComputePassEncoder, firstStep: number, count: number): void {
    setParams(this.resident.gpu, this.kernels.steps, manyStepsParams(this.resident, firstStep, count));
    encode(pass, this.kernels.steps);
  }

  /** Nothing to do: every dispatch is told its first step. */
  moveTo(): void {}

  async gradients() {
    this.#gradients ??= this.kernels.createGradients().catch((error: unknown) => {
      this.#gradients = undefined;
      throw error;
    });
    const { dispatch, gradients } = await this.#gradients;
    return { dispatches: [dispatch], gradients };
  }
}

/** `Params` of such a kernel; it takes of them what it declares. */
export function manyStepsParams({ job, network, rowCount }: Resident, firstStep: number, stepCount: number) {
  const { learningRate } = job.networks[0];
  return { firstStep, stepCount, rowCount, learningRate, scale: 1 / (rowCount * network.outputCount) };
}
