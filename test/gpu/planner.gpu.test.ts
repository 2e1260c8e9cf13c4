import { afterEach, describe, expect, it } from 'vitest';
import type { JobShape } from '../../src/core/bench-jobs.ts';
import { drawJob } from '../../src/core/bench-jobs.ts';
import { describePlan } from '../../src/core/plan.ts';
import { allocatedBytes } from '../../src/gpu/buffers.ts';
import { openGpu } from '../../src/gpu/device.ts';
import { gpuBackend } from '../../src/gpu/gpu-backend.ts';
import { loseDevice } from '../support/device.ts';

afterEach(() => expect(allocatedBytes()).toBe(0));

const shape = (widths: number[], rowCount: number): JobShape => ({
  widths,
  rowCount,
  bias: true,
  learningRate: 0.1,
});

describe('the planner', () => {
  it('minimises compiling plus steps: a short run of a small network is not written out', async () => {
    const short = drawJob(shape([5, 7, 2], 19), 3);
    const long = drawJob(shape([5, 7, 2], 19), 200_000);
    const [few, many] = [
      await gpuBackend.plan(short.job, short.data),
      await gpuBackend.plan(long.job, long.data),
    ];
    expect(few.plan).toEqual({ strategy: 'layered', matmul: 'simple' });
    expect(many.plan.strategy).toBe('unrolled');
    for (const { plan, estimates } of [few, many]) {
      expect(estimates[0].plan).toEqual(plan);
      for (const { compileMs, stepMs, totalMs } of estimates) {
        expect(Number.isFinite(totalMs) && compileMs >= 0 && stepMs > 0).toBe(true);
      }
      expect(new Set(estimates.map((estimate) => estimate.plan.strategy)).size).toBe(3);
    }
  });

  // More than any adapter is expected to have room for beside the first.
  it.each([
    { strategy: 'unrolled', most: 16_384 },
    { strategy: 'fused', most: 256 },
  ] as const)('counts the networks of a population: $strategy', async ({ strategy, most }) => {
    // Of one step, which is never worth a try.
    const { job, data } = drawJob(shape([4, 3, 2], 21), 1);
    const { plan: chosen } = await gpuBackend.plan(job, data, strategy);
    const stepMsOf = async (networkCount: number) => {
      const networks = Array.from({ length: networkCount }, (_, seed) => ({ seed, learningRate: 0.1 }));
      const { estimates } = await gpuBackend.plan({ ...job, networks }, data, strategy);
      return estimates.find(({ plan }) => describePlan(plan) === describePlan(chosen))?.stepMs ?? NaN;
    };
    const [one, half, all] = [await stepMsOf(1), await stepMsOf(most / 2), await stepMsOf(most)];
    expect(all).toBeGreaterThan(one);
    expect(all).toBeCloseTo(2 * half, 9);
    // Never worse than one after the other.
    expect(all).toBeLessThanOrEqual(most * one);
  });

  it('says the strategy, the figures and the next best', async () => {
    const { job, data } = drawJob(shape([4, 6, 1], 33), 100_000);
    const { plan, reason } = await gpuBackend.plan(job, data);
    expect(reason.startsWith(`${describePlan(plan)}: `)).toBe(true);
    expect(reason).toMatch(/ for 100,000 steps \(.* a step\); next (layered|fused), .*: .*\.$/);
  });

  it('knows what has run here: measured, compiled, and not left for a small promise', async () => {
    const { job, data } = drawJob(shape([3, 4, 1], 17), 5000);
    const first = await gpuBackend.plan(job, data);
    expect(first.estimates[0].isMeasured).toBe(false);
    const trainer = await gpuBackend.createTrainer(job, data, first.plan);
    await trainer.train(5000);
    trainer.dispose();
    const second = await gpuBackend.plan(job, data);
    expect(second.plan).toEqual(first.plan);
    expect(second.estimates[0]).toMatchObject({ isMeasured: true, compileMs: 0 });
  });

  it('tries the kernels of a long run out and takes what was measured', async () => {
    const { job, data } = drawJob(shape([40, 130, 3], 65), 60_000);
    const { plan, estimates } = await gpuBackend.plan(job, data);
    const tried = estimates.filter(({ isMeasured }) => isMeasured);
    console.log(estimates.map((e) => `${describePlan(e.plan)} ${e.isMeasured} ${e.stepMs}`).join('\n'));
    expect(tried.length).toBeGreaterThan(1);
    expect(plan).toEqual(tried.toSorted((a, b) => a.totalMs - b.totalMs)[0].plan);
  });

  it('does not take the submit of a single step for the rate of a step', async () => {
    const { job, data } = drawJob(shape([2, 5, 1], 7), 20_000);
    const { plan } = await gpuBackend.plan(job, data, 'unrolled');
    const trainer = await gpuBackend.createTrainer(job, data, plan);
    for (let i = 0; i < 3; i++) await trainer.train(1);
    const { estimates } = await gpuBackend.plan(job, data, 'unrolled');
    trainer.dispose();
    const known = estimates.find((estimate) => describePlan(estimate.plan) === describePlan(plan));
    // Thousands of times what a step takes if the submit counts.
    expect(known?.isMeasured && known.stepMs > 0.1).toBe(false);
  });

  it('leaves a plan out that fails when it is tried', async () => {
    const { job, data } = drawJob(shape([40, 131, 3], 65), 60_000);
    await loseDevice();
    const { device } = await openGpu();
    const real = device.createComputePipelineAsync.bind(device);
    device.createComputePipelineAsync = (pipeline) =>
      pipeline.label?.includes('blocked') ? Promise.reject(new Error('no such kernel here')) : real(pipeline);
    try {
      const { plan, estimates } = await gpuBackend.plan(job, data, 'layered');
      expect(plan.strategy).toBe('layered');
      const kernels = estimates.map((estimate) => describePlan(estimate.plan));
      expect(kernels).toContain('layered, simple products');
      expect(kernels).not.toContain('layered, blocked products');
    } finally {
      device.createComputePipelineAsync = real;
    }
  });

  it('refuses a strategy that cannot run the job, and a job that none can', async () => {
    const { job, data } = drawJob(shape([64, 300, 10], 8), 10);
    await expect(gpuBackend.plan(job, data, 'unrolled')).rejects.toThrow(
      'Use the layered path, or the fused one',
    );
    await expect(gpuBackend.plan(job, data, 'fused')).rejects.toThrow(
      /workgroup memory; \[64, 300, 10\] .*needs [\d,]+\. Use .*the layered path, or narrower layers/,
    );
    const layered = await gpuBackend.plan(job, data, 'layered');
    expect(layered.plan.strategy).toBe('layered');
  });
});
