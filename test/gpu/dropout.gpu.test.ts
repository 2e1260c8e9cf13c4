import { afterEach, describe, expect, it } from 'vitest';
import { RefusalError } from '../../src/core/errors.ts';
import type { TrainingJob } from '../../src/core/job.ts';
import { layOutNetwork } from '../../src/core/network.ts';
import { notebookJob } from '../../src/core/notebook.ts';
import { describePlan, type Plan } from '../../src/core/plan.ts';
import { cpuBackend } from '../../src/cpu/cpu-trainer.ts';
import { validateRun } from '../../src/cpu/validate-run.ts';
import { allocatedBytes } from '../../src/gpu/buffers.ts';
import { openGpu } from '../../src/gpu/device.ts';
import { gpuBackend } from '../../src/gpu/gpu-backend.ts';
import { matmulVariants } from '../../src/gpu/matmul-variants.ts';
import { unrolledPlans } from '../../src/gpu/unrolled-trainer.ts';
import { closeness, report } from '../support/close.ts';
import { droppingJob, layersOf, orData, randomJob } from '../support/jobs.ts';

/** Dropout on the GPU: the layered path has it, by every kernel for products, and the others say that they do not. */

afterEach(() => expect(allocatedBytes()).toBe(0));

const gpu = await openGpu();
const STEPS = 50;
const ROUNDED_WORSE = 'the rounded reference adds one by one, or changes are far below 4 roundings';
const COARSE = 'coarse on purpose: the kernels’ own tests are the sharp ones';

/** Two wide hidden layers, so that every kernel for products has blocks to fill, and batches of two lengths. */
function wideJob(): { job: TrainingJob; data: ReturnType<typeof randomJob>['data'] } {
  const { data, job } = randomJob(24, STEPS);
  const layers = [...layersOf([131, 67], 'tanh'), ...layersOf([data.outputCount], 'linear')];
  const networks = [{ seed: 24, learningRate: 0.5, initializer: 'pytorch' as const }];
  return { job: { ...job, layers, networks, batchSize: Math.ceil(data.rowCount / 2), dropout: 0.4 }, data };
}

describe.each(matmulVariants(gpu, layOutNetwork(1, wideJob().job.layers)))(
  'dropout by %s kernels',
  (matmul) => {
    const plan: Plan = { strategy: 'layered', matmul };

    it('takes the steps of the CPU path, from the same masks', async () => {
      const { job, data } = wideJob();
      const trainer = await gpuBackend.createTrainer(job, data, plan);
      const cpu = await cpuBackend.createTrainer(job, data);
      for (const each of [trainer, cpu]) await each.train(STEPS);
      const [run, reference] = await Promise.all(
        [trainer, cpu].map(async (each) => ({
          losses: await each.losses(0),
          parameters: await each.parameters(),
        })),
      );
      trainer.dispose();
      const verdict = await validateRun({ job, data, reference, gpu: run });
      const { loss, allowedLoss, parameter, allowedParameter, holds } = verdict;
      report('losses', { ratio: loss / allowedLoss, observed: loss, allowed: allowedLoss }, ROUNDED_WORSE);
      const parameters = {
        ratio: parameter / allowedParameter,
        observed: parameter,
        allowed: allowedParameter,
      };
      report('parameters', parameters, ROUNDED_WORSE);
      expect(holds).toBe(true);
    });

    it('has gradients of the next step’s masks, and predictions of every unit', async () => {
      const { job, data } = wideJob();
      const trainer = await gpuBackend.createTrainer(job, data, plan);
      const cpu = await cpuBackend.createTrainer(job, data);
      for (const each of [trainer, cpu]) await each.train(3);
      const expected = await cpu.gradients();
      const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      report('gradients', closeness(await trainer.gradients(), expected, 1e-5 * largest), COARSE);
      const predictions = await trainer.predict(data.inputs);
      report('predictions', closeness(predictions, await cpu.predict(data.inputs), 1e-5), COARSE);
      trainer.dispose();
    });
  },
);

describe('a run with dropout', () => {
  const plan: Plan = { strategy: 'layered', matmul: 'simple' };
  const jobs = [0, 4, 6].map((seed) => droppingJob(seed, STEPS));

  it.each(jobs)(
    'goes on from a snapshot, and however it is cut, with the same bits: $name',
    async (named) => {
      const { job, data } = named;
      const whole = await gpuBackend.createTrainer(job, data, plan);
      await whole.train(17);
      const snapshot = await whole.snapshot();
      await whole.train(STEPS);
      const [losses, parameters] = [await whole.losses(0), await whole.parameters()];
      const other = await gpuBackend.createTrainer(job, data, plan);
      other.restore(snapshot);
      for (const steps of [1, 2, STEPS]) await other.train(steps);
      expect(await other.parameters()).toEqual(parameters);
      expect(await other.losses(17)).toEqual(losses.subarray(17));
      whole.dispose();
      other.dispose();
    },
  );

  it('is refused where many steps are one dispatch, and planned kernel by kernel', async () => {
    // So small and long that these would be chosen.
    const job = { ...notebookJob, dropout: 0.25, steps: 100_000 };
    for (const refused of [...unrolledPlans(gpu), { strategy: 'fused', tile: 8 } as const]) {
      const sentence = `The ${refused.strategy} path keeps every unit; the job asks for dropout 0.25. Use the layered path.`;
      expect(await gpuBackend.refusal(job, orData, refused), describePlan(refused)).toBe(sentence);
      await expect(gpuBackend.createTrainer(job, orData, refused)).rejects.toThrow(RefusalError);
      await expect(gpuBackend.plan(job, orData, refused.strategy)).rejects.toThrow(sentence);
      expect(await gpuBackend.refusal({ ...job, dropout: 0 }, orData, refused)).toBeUndefined();
    }
    const { plan: planned, estimates } = await gpuBackend.plan(job, orData);
    expect(planned.strategy).toBe('layered');
    expect(new Set(estimates.map((each) => each.plan.strategy))).toEqual(new Set(['layered']));
  });
});
