import { RefusalError } from '../core/errors.ts';
import { validateJob, type Backend } from '../core/job.ts';
import { openGpu } from './device.ts';
import { createGpuTrainer } from './gpu-trainer.ts';
import { planJob } from './planner.ts';
import { plansOf, strategyRefusal } from './strategies.ts';

/** On the GPU, by the strategy the plan names. */
export const gpuBackend: Backend = {
  name: 'gpu',

  async refusal(job, data, plan) {
    if (job.networks.length !== 1) {
      return `The GPU path trains 1 network at a time; the job has ${job.networks.length}. Run them one by one.`;
    }
    const gpu = await openGpu();
    const plans = plan ? [plan] : plansOf(gpu, job, data);
    const refusals = plans.map((each) => strategyRefusal(gpu, job, data, each));
    return refusals.includes(undefined) ? undefined : refusals[0];
  },

  async plan(job, data, strategy) {
    validateJob(job, data);
    const gpu = await openGpu();
    const refusal = await this.refusal(job, data);
    if (refusal) throw new RefusalError(refusal);
    return planJob(gpu, job, data, strategy);
  },

  async createTrainer(job, data, plan) {
    validateJob(job, data);
    const gpu = await openGpu();
    const refusal = await this.refusal(job, data, plan);
    if (refusal) throw new RefusalError(refusal);
    const chosen = plan ?? (await planJob(gpu, job, data, undefined)).plan;
    return createGpuTrainer(gpu, job, data, chosen);
  },
};
