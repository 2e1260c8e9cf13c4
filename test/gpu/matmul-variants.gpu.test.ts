import { expect, it } from 'vitest';
import type { MatmulVariant } from '../../src/core/plan.ts';
import { cpuBackend } from '../../src/cpu/cpu-trainer.ts';
import { openGpu } from '../../src/gpu/device.ts';
import { gpuBackend } from '../../src/gpu/gpu-backend.ts';
import { closeness, report } from '../support/close.ts';
import { randomJob } from '../support/jobs.ts';

const COARSE = 'coarse on purpose: the kernels’ own tests are the sharp ones';
/** Several layers; one wide enough for every kernel. */
const seeds = [0, 3, 13, 37];
const matmuls: readonly MatmulVariant[] = ['simple', 'blocked', 'quads', 'tiled'];

it.each(matmuls)('gradients of whole networks with kernels "%s" equal the reference', async (matmul) => {
  const { device } = await openGpu();
  const plan = { strategy: 'layered', matmul } as const;
  for (const seed of seeds) {
    const { name, job, data } = randomJob(seed, 1);
    const created = gpuBackend.createTrainer(job, data, plan);
    if (matmul === 'quads' && !device.features.has('subgroups')) {
      await expect(created).rejects.toThrow('need subgroups, which this adapter does not have');
      continue;
    }
    const trainer = await created;
    const expected = await (await cpuBackend.createTrainer(job, data)).gradients();
    const largest = expected.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
    report(`${name}, ${matmul}`, closeness(await trainer.gradients(), expected, 1e-5 * largest), COARSE);
    trainer.dispose();
  }
});
