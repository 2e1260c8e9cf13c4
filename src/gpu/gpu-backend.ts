import { RefusalError } from '../core/errors.ts';
import { validateJob, type Backend, type TrainingData, type TrainingJob } from '../core/job.ts';
import type { Plan } from '../core/plan.ts';
import { openGpu, type Gpu } from './device.ts';
import { FusedStepping, fusedRefusal } from './fused-trainer.ts';
import { createGpuTrainer } from './gpu-trainer.ts';
import { LayeredStepping, layeredRefusal } from './layered-trainer.ts';
import type { CreateStepping } from './stepping.ts';
import { UnrolledStepping, unrolledRefusal } from './unrolled-trainer.ts';

/** On the GPU, by the strategy the plan names. */
export const gpuBackend: Backend = {
  name: 'gpu',

  async refusal(job, data, plan) {
    if (plan?.strategy === 'reference') {
      return 'The GPU path does not know the strategy reference, which is float64 on the CPU. Use the CPU path.';
    }
    if (job.networks.length !== 1) {
      return `The GPU path trains 1 network at a time; the job has ${job.networks.length}. Run them one by one.`;
    }
    const gpu = await openGpu();
    return layeredRefusal(gpu, job, data) ?? (plan && strategyRefusal(gpu, job, data, plan));
  },

  async createTrainer(job, data, plan) {
    validateJob(job, data);
    const gpu = await openGpu();
    const refusal = await this.refusal(job, data, plan);
    if (refusal) throw new RefusalError(refusal);
    return createGpuTrainer(gpu, job, data, steppingOf(plan ?? { strategy: 'layered' }));
  },
};

function strategyRefusal(gpu: Gpu, job: TrainingJob, data: TrainingData, plan: Plan): string | undefined {
  if (plan.strategy === 'unrolled') return unrolledRefusal(gpu, job, data, plan);
  return plan.strategy === 'fused' ? fusedRefusal(gpu, job, data, plan) : undefined;
}

function steppingOf(plan: Plan): CreateStepping {
  if (plan.strategy === 'unrolled') return (resident) => UnrolledStepping.create(resident, plan);
  if (plan.strategy === 'fused') return (resident) => FusedStepping.create(resident, plan);
  return (resident) => LayeredStepping.create(resident);
}
