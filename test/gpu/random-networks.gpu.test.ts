import { afterEach, describe, expect, it } from 'vitest';
import { initialParameters, type Trainer, type TrainingData, type TrainingJob } from '../../src/core/job.ts';
import type { MatmulVariant, Plan } from '../../src/core/plan.ts';
import { cpuBackend, createRoundedTrainer } from '../../src/cpu/cpu-trainer.ts';
import { validateRun } from '../../src/cpu/validate-run.ts';
import { allocatedBytes } from '../../src/gpu/buffers.ts';
import { openGpu } from '../../src/gpu/device.ts';
import { fusedPlans } from '../../src/gpu/fused-trainer.ts';
import { gpuBackend } from '../../src/gpu/gpu-backend.ts';
import { closeness, report } from '../support/close.ts';
import { analyseOneStep } from '../support/error-analysis.ts';
import { covering } from '../support/job-sample.ts';
import { randomJob, type NamedJob } from '../support/jobs.ts';

const isFull = import.meta.env.HANDGRAD_FULL === '1';
const LONG_RUN = 50;
const allJobs = Array.from({ length: isFull ? 200 : 40 }, (_, seed) => randomJob(seed, LONG_RUN));
const wideJobs = isFull ? allJobs : covering(allJobs);

const WORST_CASE = 'a worst case over all orders and directions of rounding, carried through every layer';
const ROUNDED_WORSE =
  'the rounded reference adds one by one where the kernels add in a tree, or changes are far below 4 roundings';

/** What a trainer has computed so far. */
async function valuesOf(trainer: Trainer) {
  return { losses: await trainer.losses(0), parameters: await trainer.parameters() };
}

const gpu = await openGpu();
/** Which plan each of how many jobs is trained by; none where the job is too large for it. */
interface Sample {
  readonly kernels: string;
  readonly jobs: readonly NamedJob[];
  readonly planOf: (job: TrainingJob, data: TrainingData) => Plan | undefined;
}
const layered = (matmul: MatmulVariant, jobs: readonly NamedJob[]): Sample => ({
  kernels: matmul,
  jobs,
  planOf: () => ({ strategy: 'layered', matmul }),
});
// Every job by the kernels for wide layers that all adapters run; the others differ in how they load.
const samples: readonly Sample[] = [
  layered('blocked', wideJobs),
  // Slow where barriers are, on a software adapter: the kernels' own tests have every shape.
  layered('tiled', isFull ? allJobs.slice(0, 10) : [allJobs[1]]),
  ...(gpu.device.features.has('subgroups') ? [layered('quads', allJobs.slice(0, isFull ? 10 : 2))] : []),
  {
    kernels: 'fused',
    jobs: allJobs.slice(0, isFull ? 10 : 2),
    planOf: (job, data) => fusedPlans(gpu, job, data)[0],
  },
];

describe.each(samples)(
  'random networks, $kernels kernels against CPU, 1 and 50 steps',
  ({ jobs: sample, planOf }) => {
    const jobs = sample.flatMap((each) => {
      const plan = planOf(each.job, each.data);
      return plan ? [{ ...each, plan }] : [];
    });
    let trained: Trainer | undefined;
    afterEach(() => {
      trained?.dispose();
      expect(allocatedBytes()).toBe(0);
    });

    it.each(jobs)('$name', async ({ name, job, data, plan }) => {
      const trainer = await gpuBackend.createTrainer(job, data, plan);
      trained = trainer;
      const cpu = await cpuBackend.createTrainer(job, data);
      const rounded = createRoundedTrainer(job, data);

      for (const each of [trainer, cpu, rounded]) await each.train(1);
      const bounds = analyseOneStep(job, data, initialParameters(job, data));
      const [actual, expected] = [await valuesOf(trainer), await valuesOf(cpu)];
      const loss = closeness(actual.losses, expected.losses, bounds.loss);
      report(`${name}, loss of 1 step`, loss, WORST_CASE);
      const parameters = closeness(actual.parameters, expected.parameters, bounds.parameters);
      report(`${name}, parameters after 1 step`, parameters, WORST_CASE);

      // The longer run's tolerance comes from the rounded reference, which is held to the analysis too.
      const float32 = await valuesOf(rounded);
      const roundedLoss = closeness(float32.losses, expected.losses, bounds.loss);
      report(`${name}, rounded loss of 1 step`, roundedLoss, WORST_CASE);
      const roundedParameters = closeness(float32.parameters, expected.parameters, bounds.parameters);
      report(`${name}, rounded parameters after 1 step`, roundedParameters, WORST_CASE);

      for (const each of [trainer, cpu]) await each.train(LONG_RUN);
      expect(trainer.stepCount).toBe(LONG_RUN);
      const runs = { job, data, reference: await valuesOf(cpu), gpu: await valuesOf(trainer) };
      const verdict = await validateRun(runs);
      const { loss: observedLoss, allowedLoss, parameter, allowedParameter } = verdict;
      report(
        `${name}, losses of ${LONG_RUN} steps`,
        { ratio: observedLoss / allowedLoss, observed: observedLoss, allowed: allowedLoss },
        ROUNDED_WORSE,
      );
      report(
        `${name}, parameters after ${LONG_RUN} steps`,
        { ratio: parameter / allowedParameter, observed: parameter, allowed: allowedParameter },
        ROUNDED_WORSE,
      );
    });
  },
);
