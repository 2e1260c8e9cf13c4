import { RefusalError } from '../core/errors.ts';
import { validateJob } from '../core/job-rules.ts';
import type { Backend, TrainingJob } from '../core/job.ts';
import { openGpu } from './device.ts';
import { createGpuTrainer } from './gpu-trainer.ts';
import { planJob } from './planner.ts';
import { plansOf, strategyRefusal } from './strategies.ts';

/** On the GPU, by the strategy the plan names. */
export const gpuBackend: Backend = {
  name: 'gpu',

  async refusal(job, data, plan) {
    const refusal = networksRefusal(job);
    if (refusal) return refusal;
    const gpu = await openGpu();
    const plans = plan ? [plan] : plansOf(gpu, job, data);
    const refusals = plans.map((each) => strategyRefusal(gpu, job, data, each));
    return refusals.includes(undefined) ? undefined : refusals[0];
  },

  async plan(job, data, strategy) {
    validateJob(job, data);
    const refusal = networksRefusal(job);
    if (refusal) throw new RefusalError(refusal);
    return planJob(await openGpu(), job, data, strategy);
  },

  async createTrainer(job, data, plan) {
    validateJob(job, data);
    const chosen = plan ?? (await this.plan(job, data)).plan;
    const refusal = await this.refusal(job, data, chosen);
    if (refusal) throw new RefusalError(refusal);
    return createGpuTrainer(await openGpu(), job, data, chosen);
  },
};

function networksRefusal({ networks }: TrainingJob): string | undefined {
  if (networks.length === 1) return undefined;
  return `The GPU path trains 1 network at a time; the job has ${networks.length}. Run them one by one.`;
}
