import type { TrainingJob } from '../core/job.ts';
import type { Plan } from '../core/plan.ts';
import type { Gpu } from './device.ts';

/** Shapes of jobs remembered a device; beyond it, the one unused for longest goes. */
const MOST_RATES = 200;
const ratesByDevice = new WeakMap<GPUDevice, Map<string, number>>();

/** What was measured of a plan on a job of the same shape, on the same device. */
export interface StepRate {
  /** Milliseconds a step; undefined where no such job has run yet. */
  readonly stepMs: number | undefined;
  record(stepMs: number): void;
}

/** What tells one job's speed from another's. */
interface Shape {
  readonly gpu: Gpu;
  readonly job: TrainingJob;
  readonly rowCount: number;
  readonly network: { readonly inputCount: number };
}

/** The rate at which `plan` takes the steps of such a job, measured whenever one trains. */
export function stepRates({ gpu, job, rowCount, network }: Shape, plan: Plan): StepRate {
  let rates = ratesByDevice.get(gpu.device);
  if (!rates) ratesByDevice.set(gpu.device, (rates = new Map()));
  const { layers, loss, optimizer, dropout = 0, networks } = job;
  const { inputCount } = network;
  const shape = [layers, loss, optimizer, dropout > 0, inputCount, rowCount, networks.length];
  const key = JSON.stringify([plan, ...shape]);
  return {
    stepMs: rates.get(key),
    record(stepMs) {
      // The best of late: what else the machine does only ever adds time. It may grow, by a tenth a submit.
      const best = Math.min(stepMs, 1.1 * (rates.get(key) ?? Infinity));
      rates.delete(key);
      rates.set(key, best);
      if (rates.size > MOST_RATES) rates.delete([...rates.keys()][0]);
    },
  };
}
