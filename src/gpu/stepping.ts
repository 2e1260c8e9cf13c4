import type { Batching } from '../core/batches.ts';
import type { TrainingData, TrainingJob } from '../core/job.ts';
import type { Plan } from '../core/plan.ts';
import type { GpuBuffer } from './buffers.ts';
import type { Dispatch } from './kernels.ts';
import type { PassContext } from './layered-network.ts';
import type { RatesBuffer } from './rates-table.ts';

/** What every strategy works on: buffers that live as long as the trainer. */
export interface Resident extends Omit<PassContext, 'rowCount'> {
  /** Rows of the table. */
  readonly rowCount: number;
  readonly job: TrainingJob;
  /** The table on the host: a trace gathers its batch from it. */
  readonly data: TrainingData;
  /** [networks, parameterCount] */
  readonly initialParameters: Float64Array;
  /**
   * What float32 rounded away of each parameter, [parameterCount, networks], then what the optimizer remembers of it,
   * [0 … 2, parameterCount, networks]; not interleaved, the networks come first.
   */
  readonly state: GpuBuffer;
  /** Of how many networks numbers lie side by side in `parameters`, `state` and gradients. */
  readonly interleavedCount: number;
  readonly rates: RatesBuffer;
  readonly batching: Batching;
  /** [rowCount, inputCount] */
  readonly inputs: GpuBuffer;
  /** [rowCount, outputCount] */
  readonly targets: GpuBuffer;
  /** The loss of every step, [job.steps]; of several networks those that are kept, [lossCount, networks]. */
  readonly losses: GpuBuffer;
}

/** A strategy at work: how whole steps are taken on those buffers. */
export interface Stepping {
  readonly plan: Plan;
  /** Steps of the first submit, before it is known how long one takes. */
  readonly firstChunkSteps: number;
  /** More in one submit gains nothing, or holds too much memory. */
  readonly mostChunkSteps: number;
  /** The next step encoded is this one: a snapshot was restored. */
  moveTo(step: number): void;
  /** Encodes `count` whole steps, `firstStep` and those behind it: nothing created, nothing read back. */
  encodeSteps(pass: GPUComputePassEncoder, firstStep: number, count: number): void;
  /** What computes dE/dparameter of the batch of a step, [parameterCount, networks] as `parameters`, and changes nothing else. */
  gradients(
    step: number,
  ): Promise<{ readonly dispatches: readonly Dispatch[]; readonly gradients: GpuBuffer }>;
}

/** Makes a strategy's stepping; what it needs beyond `resident` it takes from the same scope. */
export type CreateStepping = (resident: Resident) => Promise<Stepping>;
