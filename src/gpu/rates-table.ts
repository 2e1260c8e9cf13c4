import type { TrainingJob } from '../core/job.ts';
import { optimizers, type Optimizer, type Rates } from '../core/optimizers.ts';
import { isCompensated } from '../core/precision.ts';
import { correctRates, ratesOf, ratesVary } from '../core/rates.ts';
import { scheduleFactor } from '../core/schedules.ts';
import type { BufferScope, GpuBuffer } from './buffers.ts';
import type { Gpu } from './device.ts';

/** Entries of the kernels' uniform `rates`: two for the run, then one a step. 64 KiB, which every device binds. */
export const ENTRIES = 4096;
const OF_THE_RUN = 2;

/** Where the kernels find what is the same for every parameter in a step. */
export interface RatesBuffer {
  readonly buffer: GpuBuffer;
  /** Steps whose rates fit: more in one submit only where all of them have the same. */
  readonly mostSteps: number;
  /** How many entries of the buffer a step has: networks with the same corrections share one. */
  readonly distinctCount: number;
  /** Puts the rates of `count` steps in place, for the submits from now on. */
  write(firstStep: number, count: number): void;
}

/** Of a network alone; made on the host, in float64. */
export class RatesTable implements RatesBuffer {
  readonly buffer: GpuBuffer;
  readonly mostSteps: number;
  readonly distinctCount = 1;
  readonly #gpu: Gpu;
  readonly #job: TrainingJob;
  readonly #rates: Rates;

  constructor(gpu: Gpu, scope: BufferScope, job: TrainingJob) {
    this.#gpu = gpu;
    this.#job = job;
    this.#rates = ratesOf(job);
    this.mostSteps = ratesVary(job) ? ENTRIES - OF_THE_RUN : Infinity;
    const { settings, penalties } = runEntries(this.#rates);
    const values = new Float32Array(4 * ENTRIES);
    values.set([...settings, ...penalties]);
    values.set(stepEntry(this.#rates, job, 0), 4 * OF_THE_RUN);
    this.buffer = scope.uniform('rates', values.buffer);
  }

  write(firstStep: number, count: number): void {
    if (this.mostSteps === Infinity) return;
    const values = new Float32Array(4 * count);
    for (let i = 0; i < count; i++) values.set(stepEntry(this.#rates, this.#job, firstStep + i), 4 * i);
    this.#gpu.device.queue.writeBuffer(this.buffer.buffer, 16 * OF_THE_RUN, values);
  }
}

/** What holds for a whole run, as `ratesFrom` in shaders/lib/optimizers.wgsl takes it. */
export function runEntries(rates: Rates) {
  const { momentum, firstRate, secondRate, epsilon, weightDecay, l1, learningRate } = rates;
  return {
    settings: [momentum, firstRate, secondRate, epsilon],
    penalties: [weightDecay, l1, learningRate, 0],
  };
}

/** What a step has of its own: the factor of its learning rate, and the corrections of what the optimizer remembers. */
export function stepEntry(rates: Rates, job: TrainingJob, step: number): [number, number, number] {
  correctRates(rates, job, step);
  return [scheduleFactor(job.schedule, step, job.steps), rates.firstCorrection, rates.secondCorrection];
}

/** What the kernels that update are specialized to. */
export function updateConstants(job: TrainingJob) {
  const { stateCount }: Optimizer = optimizers[job.optimizer];
  const penalizes = job.networks.some((network) => {
    const { weightDecay, l1 } = ratesOf(job, network);
    return weightDecay > 0 || l1 > 0;
  });
  return {
    optimizer: Object.keys(optimizers).indexOf(job.optimizer),
    stateCount,
    penalizes: penalizes ? 1 : 0,
    ratesVary: ratesVary(job) ? 1 : 0,
    compensates: isCompensated(job) ? 1 : 0,
  };
}
