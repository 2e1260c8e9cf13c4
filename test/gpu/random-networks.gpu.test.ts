import { afterEach, describe, expect, it } from 'vitest';
import { initialParameters, type Trainer } from '../../src/core/job.ts';
import type { MatmulVariant } from '../../src/core/plan.ts';
import { cpuBackend, createRoundedTrainer } from '../../src/cpu/cpu-trainer.ts';
import { validateRun } from '../../src/cpu/validate-run.ts';
import { allocatedBytes } from '../../src/gpu/buffers.ts';
import { openGpu } from '../../src/gpu/device.ts';
import { gpuBackend } from '../../src/gpu/gpu-backend.ts';
import { closeness, report } from '../support/close.ts';
import { analyseOneStep } from '../support/error-analysis.ts';
import { randomJob } from '../support/jobs.ts';

const count = import.meta.env.HANDGRAD_FULL ? 200 : 40;
const LONG_RUN = 50;

const WORST_CASE = 'a worst case over all orders and directions of rounding, carried through every layer';
const ROUNDED_WORSE =
  'the rounded reference adds one by one where the kernels add in a tree, or changes are far below 4 roundings';

/** What a trainer has computed so far. */
async function valuesOf(trainer: Trainer) {
  return { losses: await trainer.losses(0), parameters: await trainer.parameters() };
}

const { device } = await openGpu();
// Every job by the kernels for wide layers that all adapters run; the others differ in how they load.
const samples: readonly (readonly [MatmulVariant, number])[] = [
  ['blocked', count],
  // Slow where barriers are, on a software adapter: the kernels' own tests have every shape.
  ['tiled', count / 20],
  ...(device.features.has('subgroups') ? ([['quads', count / 8]] as const) : []),
];

describe.each(samples)(
  'random networks, %s kernels against CPU after 1 and after 50 steps',
  (matmul, size) => {
    const jobs = Array.from({ length: size }, (_, seed) => randomJob(seed, LONG_RUN));
    let gpu: Trainer | undefined;
    afterEach(() => {
      gpu?.dispose();
      expect(allocatedBytes()).toBe(0);
    });

    it.each(jobs)('$name', async ({ name, job, data }) => {
      gpu = await gpuBackend.createTrainer(job, data, { strategy: 'layered', matmul });
      const cpu = await cpuBackend.createTrainer(job, data);
      const rounded = createRoundedTrainer(job, data);

      for (const trainer of [gpu, cpu, rounded]) await trainer.train(1);
      const bounds = analyseOneStep(job, data, initialParameters(job, data));
      const [actual, expected] = [await valuesOf(gpu), await valuesOf(cpu)];
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

      for (const trainer of [gpu, cpu]) await trainer.train(LONG_RUN);
      expect(gpu.stepCount).toBe(LONG_RUN);
      const runs = { job, data, reference: await valuesOf(cpu), gpu: await valuesOf(gpu) };
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
