import type { TrainingJob } from '../core/job.ts';
import { optimizers, type Optimizer, type Rates } from '../core/optimizers.ts';
import { isCompensated } from '../core/precision.ts';
import { moveRates, ratesOf, ratesVary } from '../core/rates.ts';
import type { BufferScope, GpuBuffer } from './buffers.ts';
import type { Gpu } from './device.ts';

/** Entries of the kernels' uniform `rates`: two for the run, then one a step. 64 KiB, which every device binds. */
const ENTRIES = 4096;
const OF_THE_RUN = 2;
/** Steps whose rates fit: more in one submit only where all of them have the same. */
export const MOST_VARYING_STEPS = ENTRIES - OF_THE_RUN;

/** What is the same for every parameter in a step, where the kernels find it; made on the host, in float64. */
export class RatesTable {
  readonly buffer: GpuBuffer;
  /** Whether a step has rates of its own. */
  readonly varies: boolean;
  readonly #gpu: Gpu;
  readonly #job: TrainingJob;
  readonly #rates: Rates;

  constructor(gpu: Gpu, scope: BufferScope, job: TrainingJob) {
    this.#gpu = gpu;
    this.#job = job;
    this.#rates = ratesOf(job);
    this.varies = ratesVary(job);
    const { momentum, firstRate, secondRate, epsilon, weightDecay, l1 } = this.#rates;
    const values = new Float32Array(4 * ENTRIES);
    values.set([momentum, firstRate, secondRate, epsilon, weightDecay, l1]);
    values.set(this.#ofStep(0), 4 * OF_THE_RUN);
    this.buffer = scope.uniform('rates', values.buffer);
  }

  /** Puts the rates of `count` steps in place, for the submits from now on. */
  write(firstStep: number, count: number): void {
    if (!this.varies) return;
    const values = new Float32Array(4 * count);
    for (let i = 0; i < count; i++) values.set(this.#ofStep(firstStep + i), 4 * i);
    this.#gpu.device.queue.writeBuffer(this.buffer.buffer, 16 * OF_THE_RUN, values);
  }

  #ofStep(step: number): [number, number, number] {
    moveRates(this.#rates, this.#job, step);
    const { learningRate, firstCorrection, secondCorrection } = this.#rates;
    return [learningRate, firstCorrection, secondCorrection];
  }
}

/** What the kernels that update are specialized to. */
export function updateConstants(job: TrainingJob) {
  const { stateCount }: Optimizer = optimizers[job.optimizer];
  const { weightDecay, l1 } = ratesOf(job);
  return {
    optimizer: Object.keys(optimizers).indexOf(job.optimizer),
    stateCount,
    penalizes: weightDecay > 0 || l1 > 0 ? 1 : 0,
    ratesVary: ratesVary(job) ? 1 : 0,
    compensates: isCompensated(job) ? 1 : 0,
  };
}
