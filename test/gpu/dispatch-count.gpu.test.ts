import { expect, it, vi } from 'vitest';
import { openGpu } from '../../src/gpu/device.ts';
import { layeredDispatches } from '../../src/gpu/dispatch-count.ts';
import { gpuBackend } from '../../src/gpu/gpu-backend.ts';
import { notebookJob } from '../../src/core/notebook.ts';
import { orData, smallJob } from '../support/jobs.ts';

/** Dispatches encoded while `work` runs. */
async function countDispatches(work: () => Promise<unknown>): Promise<number> {
  const { device } = await openGpu();
  const pass = device.createCommandEncoder().beginComputePass();
  const dispatch = vi.spyOn(Object.getPrototypeOf(pass) as GPUComputePassEncoder, 'dispatchWorkgroups');
  try {
    await work();
    return dispatch.mock.calls.length;
  } finally {
    dispatch.mockRestore();
  }
}

// The page says how many dispatches a run took: it must not say a number that was true once.
it.each(['simple', 'blocked'] as const)('a step by %s kernels takes as many as said', async (matmul) => {
  const jobs = [
    { job: notebookJob, data: orData },
    ...[1, 2, 3, 4].map((seed) => smallJob(seed, 100)),
    { job: { ...notebookJob, dropout: 0.5 }, data: orData },
  ];
  for (const { job, data } of jobs) {
    const trainer = await gpuBackend.createTrainer(job, data, { strategy: 'layered', matmul });
    const dispatches = await countDispatches(() => trainer.train(3));
    trainer.dispose();
    expect(dispatches).toBe(3 * layeredDispatches(job, matmul));
  }
});
