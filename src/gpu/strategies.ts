import type { TrainingData, TrainingJob } from '../core/job.ts';
import type { Plan } from '../core/plan.ts';
import type { Gpu } from './device.ts';
import { LayeredStepping, layeredRefusal } from './layered-trainer.ts';
import type { CreateStepping } from './stepping.ts';
import { unrolledPlans, unrolledRefusal, UnrolledStepping } from './unrolled-trainer.ts';

/** Every plan worth considering on this adapter. */
export function plansOf(gpu: Gpu): Plan[] {
  return [{ strategy: 'layered' }, ...unrolledPlans(gpu)];
}

/** Why a plan cannot run the job, with the number and what to do; undefined if it can. */
export function strategyRefusal(
  gpu: Gpu,
  job: TrainingJob,
  data: TrainingData,
  plan: Plan,
): string | undefined {
  if (plan.strategy === 'reference') {
    return 'The GPU path does not know the strategy reference, which is float64 on the CPU. Use the CPU path.';
  }
  // What the layered kernels cannot hold, they cannot predict with either.
  const refusal = layeredRefusal(gpu, job, data);
  return refusal ?? (plan.strategy === 'unrolled' ? unrolledRefusal(gpu, job, data, plan) : undefined);
}

/** How the steps of a plan are taken. */
export function createStepping(plan: Plan): CreateStepping {
  if (plan.strategy === 'unrolled') return (resident) => UnrolledStepping.create(resident, plan);
  return (resident) => LayeredStepping.create(resident);
}
