import { RefusalError } from '../core/errors.ts';
import { validateJob } from '../core/job-rules.ts';
import type { Backend } from '../core/job.ts';
import { sliceOfAlone } from '../core/population.ts';
import { openGpu } from './device.ts';
import { createGpuTrainer } from './gpu-trainer.ts';
import { planJob } from './planner.ts';
import { networksAtOnce, plansOf, strategyRefusal } from './strategies.ts';

/** On the GPU, by the strategy the plan names. */
export const gpuBackend: Backend = {
  name: 'gpu',

  async refusal(job, data, plan) {
    const gpu = await openGpu();
    const plans = plan ? [plan] : plansOf(gpu, job, data);
    const refusals = plans.map((each) => strategyRefusal(gpu, job, data, each));
    return refusals.includes(undefined) ? undefined : refusals[0];
  },

  async plan(job, data, strategy) {
    validateJob(job, data);
    return planJob(await openGpu(), job, data, strategy);
  },

  async networksAtOnce(job, data, plan) {
    return networksAtOnce(await openGpu(), job, data, plan);
  },

  async createTrainer(job, data, plan) {
    validateJob(job, data);
    const chosen = plan ?? (await this.plan(job, data)).plan;
    const refusal = await this.refusal(job, data, chosen);
    if (refusal) throw new RefusalError(refusal);
    return createGpuTrainer(await openGpu(), job, sliceOfAlone(job, data), chosen);
  },
};
