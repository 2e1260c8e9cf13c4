import { describe, expect, it } from 'vitest';
import { DeviceLostError, InputError, RefusalError } from '../../src/core/errors.ts';
import type { TrainingJob } from '../../src/core/job.ts';
import { notebookJob, notebookRecord } from '../../src/core/notebook.ts';
import type { Plan } from '../../src/core/plan.ts';
import { allocatedBytes } from '../../src/gpu/buffers.ts';
import { openGpu } from '../../src/gpu/device.ts';
import { gpuBackend } from '../../src/gpu/gpu-backend.ts';
import { layersOf, orData } from '../support/jobs.ts';

const withSteps = (steps: number): TrainingJob => ({ ...notebookJob, steps });

describe('what it does not take', () => {
  it('more networks than one by the layered path, or than a dispatch holds', async () => {
    const several = (count: number) => ({
      ...notebookJob,
      networks: Array.from({ length: count }, () => notebookJob.networks[0]),
    });
    const layered = gpuBackend.createTrainer(several(2), orData, { strategy: 'layered', matmul: 'simple' });
    await expect(layered).rejects.toThrow(RefusalError);
    await expect(layered).rejects.toThrow('1 network at a time; the job has 2');
    const oneLane = { strategy: 'unrolled', lanes: 1, sharing: 'none' } as const;
    const tooMany = gpuBackend.createTrainer({ ...several(65_536), lossStride: 10_000 }, orData, oneLane);
    await expect(tooMany).rejects.toThrow(RefusalError);
    await expect(tooMany).rejects.toThrow('at most 65,535 networks');
  });

  it('a network beyond the adapter’s limits: the number, the limit and what to change', async () => {
    const { device } = await openGpu();
    const limit = device.limits.maxStorageBufferBindingSize;
    const units = 65_536;
    const inputs = Math.floor(limit / 4 / units) + 1;
    const job = { ...notebookJob, layers: [{ units, activation: 'relu' as const, bias: false }] };
    const data = {
      rowCount: 1,
      inputCount: inputs,
      inputs: new Float64Array(inputs).fill(1),
      outputCount: units,
      targets: new Float64Array(units).fill(1),
    };
    const created = gpuBackend.createTrainer(job, data);
    await expect(created).rejects.toThrow(RefusalError);
    await expect(created).rejects.toThrow((4 * inputs * units).toLocaleString('en-US'));
    await expect(created).rejects.toThrow(/narrower layers/);
    expect(allocatedBytes()).toBe(0);
  });

  it('more inputs than fit a dispatch', async () => {
    const inputCount = 524_281;
    const inputs = new Float64Array(inputCount).fill(1);
    const data = { rowCount: 1, inputCount, inputs, outputCount: 1, targets: Float64Array.of(1) };
    const layers = [{ units: 1, activation: 'linear' as const, bias: false }];
    const created = gpuBackend.createTrainer({ ...notebookJob, layers }, data);
    await expect(created).rejects.toThrow('at most 524,280 inputs; this job has 524,281');
  });

  it('more rows than fit a dispatch', async () => {
    const rowCount = 524_281;
    const data = {
      rowCount,
      inputCount: 1,
      inputs: new Float64Array(rowCount).fill(1),
      outputCount: 1,
      targets: new Float64Array(rowCount).fill(1),
    };
    await expect(gpuBackend.createTrainer(notebookJob, data)).rejects.toThrow(
      'at most 524,280 rows in a batch',
    );
  });

  it('a plan of the CPU', async () => {
    const created = gpuBackend.createTrainer(notebookJob, orData, { strategy: 'reference' });
    await expect(created).rejects.toThrow('does not know the strategy reference');
  });

  it('a network too long to be written out: its size and what to use', async () => {
    const job = { ...notebookJob, layers: layersOf([64, 64, 1], 'sigmoid') };
    const created = gpuBackend.createTrainer(job, orData, {
      strategy: 'unrolled',
      lanes: 1,
      sharing: 'none',
    });
    await expect(created).rejects.toThrow(RefusalError);
    await expect(created).rejects.toThrow(/\[2, 64, 64, 1\] with 4,417 parameters needs more.*layered/);
  });

  it('a plan for subgroups of another size, or more lanes than there are', async () => {
    const plan = (lanes: number, sharing: 'subgroup' | 'workgroup') =>
      gpuBackend.createTrainer(notebookJob, orData, { strategy: 'unrolled', lanes, sharing });
    await expect(plan(7, 'subgroup')).rejects.toThrow('a subgroup of 7; this adapter has');
    await expect(plan(100_000, 'workgroup')).rejects.toThrow(/at most \d+ lanes, not 100000/);
    expect(allocatedBytes()).toBe(0);
  });

  it('a network beyond the workgroup’s memory: what it needs, what there is and what to use', async () => {
    const limit = (await openGpu()).device.limits.maxComputeWorkgroupStorageSize;
    const job = { ...notebookJob, layers: layersOf([256, 64, 1], 'sigmoid') };
    const created = gpuBackend.createTrainer(job, orData, { strategy: 'fused', tile: 8 });
    await expect(created).rejects.toThrow(RefusalError);
    await expect(created).rejects.toThrow(
      `at most ${limit.toLocaleString('en-US')} bytes of workgroup memory; [2, 256, 64, 1] needs`,
    );
    await expect(created).rejects.toThrow(/needs [\d,]+\. Use the layered path, or narrower layers\./);
  });

  it('a plan for tiles the kernel does not know', async () => {
    const plan = (tile: number) => gpuBackend.createTrainer(notebookJob, orData, { strategy: 'fused', tile });
    await expect(plan(12)).rejects.toThrow('in tiles of 8, 16, 24, …; the plan asks for 12');
    await expect(plan(0)).rejects.toThrow('asks for 0');
    expect(allocatedBytes()).toBe(0);
  });

  it.each([
    { plan: { strategy: 'unrolled', lanes: 4, sharing: 'none' }, fault: '4 by none' },
    { plan: { strategy: 'unrolled', lanes: 2.5, sharing: 'workgroup' }, fault: '2.5 by workgroup' },
    { plan: { strategy: 'unrolled', lanes: 0, sharing: 'none' }, fault: '0 by none' },
    { plan: { strategy: 'unrolled', lanes: 2, sharing: 'mail' }, fault: '2 by mail' },
    { plan: { strategy: 'layered', matmul: 'fast' }, fault: 'blocked, quads, tiled, not fast' },
    { plan: { strategy: 'layered' }, fault: 'not undefined' },
    { plan: { strategy: 'telepathy' }, fault: 'unrolled, fused, not telepathy' },
  ])('a plan that nobody made: $plan', async ({ plan, fault }) => {
    const created = gpuBackend.createTrainer(notebookJob, orData, plan as Plan);
    await expect(created).rejects.toThrow(RefusalError);
    await expect(created).rejects.toThrow(fault);
    expect(allocatedBytes()).toBe(0);
  });

  it('nonsense settings, before anything is allocated', async () => {
    await expect(gpuBackend.createTrainer(withSteps(0), orData)).rejects.toThrow(InputError);
    expect(allocatedBytes()).toBe(0);
  });
});

describe('a lost device', () => {
  it.each([0, 2, 8])(
    'while a trainer is made, %i ms in: a typed error, and nothing stays allocated',
    async (ms) => {
      const { device } = await openGpu();
      const created = gpuBackend.createTrainer(withSteps(10_000), orData, {
        strategy: 'layered',
        matmul: 'simple',
      });
      setTimeout(() => device.destroy(), ms);
      const trainer = await created.catch((error: unknown) => error);
      if (trainer instanceof Error) expect(trainer).toBeInstanceOf(DeviceLostError);
      else (trainer as { dispose(): void }).dispose();
      expect(allocatedBytes()).toBe(0);
      await device.lost;
    },
  );

  it('ends the running training with a typed error; the next trainer gets a new device', async () => {
    const trainer = await gpuBackend.createTrainer(withSteps(10_000), orData, {
      strategy: 'layered',
      matmul: 'simple',
    });
    const training = trainer.train(10_000);
    const { device } = await openGpu();
    setTimeout(() => device.destroy(), 30);
    await expect(training).rejects.toThrow(DeviceLostError);
    await expect(trainer.losses(0)).rejects.toThrow(DeviceLostError);
    trainer.dispose();

    const next = await gpuBackend.createTrainer(withSteps(10), orData);
    await next.train(10);
    expect((await next.losses(0))[0]).toBeCloseTo(notebookRecord.losses[0], 6);
    next.dispose();
    expect(allocatedBytes()).toBe(0);
  });
});
