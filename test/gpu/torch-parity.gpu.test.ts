import { describe, expect, it } from 'vitest';
import { validateRun } from '../../src/cpu/validate-run.ts';
import { gpuBackend } from '../../src/gpu/gpu-backend.ts';
import { gpuStrategies, type GpuStrategy } from '../../src/core/plan.ts';
import { report } from '../support/close.ts';
import { torchCases } from '../support/torch-cases.ts';
import { torchJob } from '../support/torch-job.ts';

/** From the same parameters, rows and batches, every strategy takes the steps of PyTorch, within float32. */

const isFull = import.meta.env.HANDGRAD_FULL === '1';
/** Of the cases, in the ordinary run; a fused kernel takes a software adapter seconds to compile, each anew. */
const EVERY: Readonly<Record<GpuStrategy, number>> = { layered: 2, unrolled: 5, fused: 12 };
const ROUNDED_WORSE = 'the rounded reference adds one by one, or changes are far below 4 roundings';

/** Cases of which nothing can be said; if they were many, the test would say nothing. */
const undecided: string[] = [];

describe.each(gpuStrategies)('%s', (strategy) => {
  const cases = torchCases.filter((_, i) => isFull || i % EVERY[strategy] === 0);
  let takenCount = 0;

  it.each(cases)('$name', async (golden) => {
    const job = torchJob(golden);
    const { data, name } = golden;
    const planned = await gpuBackend.plan(job, data, strategy).catch((error: Error) => error.message);
    if (typeof planned === 'string') {
      console.log(`${name}: ${planned}`);
      expect(planned).toMatch(/[Uu]se /);
      return;
    }
    takenCount++;
    const trainer = await gpuBackend.createTrainer(job, data, planned.plan);
    await trainer.train(job.steps);
    const gpu = { losses: await trainer.losses(0), parameters: await trainer.parameters() };
    trainer.dispose();
    const { loss, parameter, allowedLoss, allowedParameter, holds, reason } = await validateRun({
      job,
      data,
      reference: golden,
      gpu,
    });
    if (holds === undefined) {
      console.log(`${name}: ${reason}`);
      undecided.push(`${strategy}, ${name}: ${reason}`);
      return;
    }
    report(
      `${name}, losses`,
      { ratio: loss / allowedLoss, observed: loss, allowed: allowedLoss },
      ROUNDED_WORSE,
    );
    report(
      `${name}, parameters`,
      { ratio: parameter / allowedParameter, observed: parameter, allowed: allowedParameter },
      ROUNDED_WORSE,
    );
  });

  it('takes most of them', () => {
    console.log(`${strategy} took ${takenCount} of ${cases.length} cases`);
    expect(takenCount).toBeGreaterThan(0.6 * cases.length);
  });
});

it('says something of nearly all of them', () => {
  console.log(undecided.join('\n'));
  expect(undecided.length).toBeLessThanOrEqual(torchCases.length / 10);
});
