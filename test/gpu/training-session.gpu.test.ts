import { afterEach, describe, expect, it } from 'vitest';
import { DeviceLostError, RefusalError } from '../../src/core/errors.ts';
import type { TrainingJob } from '../../src/core/job.ts';
import { notebookJob } from '../../src/core/notebook.ts';
import type { Plan } from '../../src/core/plan.ts';
import { cpuBackend } from '../../src/cpu/cpu-trainer.ts';
import { allocatedBytes } from '../../src/gpu/buffers.ts';
import { trainOnce } from '../../src/train-once.ts';
import { TrainingSession } from '../../src/training-session.ts';
import { loseDevice } from '../support/device.ts';
import { layersOf, orData } from '../support/jobs.ts';

const withSteps = (steps: number): TrainingJob => ({ ...notebookJob, steps });
const plans: readonly Plan[] = [
  { strategy: 'layered', matmul: 'simple' },
  { strategy: 'unrolled', lanes: 1, sharing: 'none' },
];

afterEach(() => expect(allocatedBytes()).toBe(0));

describe.each(plans)('a run whose device is lost ($strategy)', (plan) => {
  // A second or more, even on a fast adapter: a run is kept after a tenth of a second.
  const steps = plan.strategy === 'layered' ? 10_000 : 6_000_000;

  it('goes on from its last snapshot and ends as if nothing had happened', async () => {
    const job = withSteps(steps);
    const undisturbed = await trainOnce('gpu', job, orData, { plan });
    const session = await TrainingSession.open('gpu', job, orData, { plan });
    // Whatever the adapter's speed: once the run was kept, and has gone on from there.
    const watch = setInterval(() => {
      const { step } = session.lastSnapshot;
      if (step === 0 || session.stepCount === step) return;
      clearInterval(watch);
      void loseDevice();
    }, 20);
    await session.train();
    clearInterval(watch);
    const result = await session.result();
    session.dispose();
    expect(result.steps).toBe(steps);
    expect(result.losses.length).toBe(steps);
    // Millions of losses: one comparison, not one matcher for all.
    expect(result.losses.findIndex((loss, step) => loss !== undisturbed.losses[step])).toBe(-1);
    expect(result.parameters).toEqual(undisturbed.parameters);
    expect(result.plan).toEqual(plan);
    const [recovery, ...more] = result.recoveries;
    expect(more).toEqual([]);
    console.log(JSON.stringify(recovery));
    // Kept at least once before the loss, so that less than everything was repeated.
    expect(recovery.resumedFromStep).toBeGreaterThan(0);
    expect(recovery.lostAtStep).toBeGreaterThan(recovery.resumedFromStep);
    expect(recovery.lostAtStep).toBeLessThan(steps);
  });
});

describe('a device that is lost again and again', () => {
  it('is given up after three times; the CPU goes on from the snapshot', async () => {
    const job = withSteps(200_000);
    const session = await TrainingSession.open('gpu', job, orData, {
      plan: { strategy: 'layered', matmul: 'simple' },
      onRecovery: () => setTimeout(() => void loseDevice(), 100),
    });
    setTimeout(() => void loseDevice(), 1500);
    const failure = await session.train().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DeviceLostError);
    expect(String(failure)).toMatch(/lost 4 times in this run.*at step \d.*go on from there on the CPU path/);
    expect(session.recoveries.length).toBe(3);
    const { lastSnapshot: snapshot } = session;
    const losses = await session.losses(0);
    expect(losses.length).toBe(snapshot.step);
    expect(snapshot.step).toBeGreaterThan(0);
    session.dispose();

    const short = { ...job, steps: snapshot.step + 50 };
    const continued = await TrainingSession.open('cpu', short, orData, { from: { snapshot, losses } });
    await continued.train();
    const result = await continued.result();
    const reference = await cpuBackend.createTrainer(short, orData);
    await reference.train(short.steps);
    expect(result.steps).toBe(short.steps);
    expect(result.losses.length).toBe(short.steps);
    const expected = await reference.losses(0);
    for (const step of [0, snapshot.step - 1, snapshot.step, short.steps - 1]) {
      expect(Math.abs(result.losses[step] / expected[step] - 1)).toBeLessThan(5e-7);
    }
  });
});

describe('a run that diverges', () => {
  // Linear, so that the loss grows by the same factor every step and overflows at a known one.
  const layers = layersOf([1], 'linear', false);
  const networks = [{ seed: 1, learningRate: 40 }];

  it.each(['cpu', 'gpu'] as const)('stops and names the step and the cause (%s)', async (backend) => {
    const job = { ...withSteps(2 ** 25), layers, networks };
    const reference = await cpuBackend.createTrainer({ ...job, steps: 400 }, orData);
    await reference.train(400);
    // In float32 a loss overflows where float64 passes the largest float32.
    const limit = backend === 'gpu' ? 3.4028234e38 : Infinity;
    const known = (await reference.losses(0)).findIndex((loss) => !(loss < limit));
    expect(known).toBeGreaterThan(5);

    const session = await TrainingSession.open(backend, job, orData);
    await session.train();
    const { steps, divergence, losses } = await session.result();
    const { lastSnapshot } = session;
    session.dispose();
    expect(steps).toBeLessThan(job.steps);
    expect(divergence?.step).toBe(known);
    expect(divergence?.cause).toBe('the learning rate 40 is too high for this table; lower it');
    expect(losses.subarray(0, known).every(Number.isFinite)).toBe(true);
    expect(lastSnapshot.parameters.every(Number.isFinite)).toBe(true);
    expect(lastSnapshot.step).toBeLessThanOrEqual(known);
  });

  it('blames a column that is not scaled', async () => {
    const data = { ...orData, inputs: orData.inputs.map((value) => 5000 * value) };
    const job = { ...withSteps(1000), layers, networks: [{ seed: 1, learningRate: 0.05 }] };
    const { divergence } = await trainOnce('gpu', job, data);
    expect(divergence?.cause).toBe(
      "the table's inputs reach 5,000, too much for the learning rate 0.05; " +
        'scale its columns to about -1 to 1, or lower the rate',
    );
  });
});

describe('a run that overflows at once', () => {
  it('does not blame a table that is not large', async () => {
    const layers = Array.from({ length: 30 }, () => layersOf([100], 'linear')[0]);
    const job = { ...withSteps(5), layers: [...layers, ...layersOf([1], 'linear')] };
    const { divergence } = await trainOnce('gpu', job, orData);
    expect(divergence?.step).toBe(0);
    expect(divergence?.cause).toMatch(/^the outputs overflow before anything was learnt; start from smaller/);
  });
});

describe('a strategy that is asked for', () => {
  it('is used, with its reason', async () => {
    const { plan, planned } = await trainOnce('gpu', withSteps(20), orData, { strategy: 'layered' });
    expect(plan.strategy).toBe('layered');
    expect(planned.reason).toMatch(/^layered, simple products: .* for 20 steps /);
  });

  it('is refused where it cannot run the job', async () => {
    const job = { ...notebookJob, layers: layersOf([64, 64, 1], 'sigmoid') };
    const opened = TrainingSession.open('gpu', job, orData, { strategy: 'unrolled' });
    await expect(opened).rejects.toThrow(RefusalError);
    await expect(opened).rejects.toThrow('needs more. Use the layered path, or the fused one');
  });

  it('is the fastest for the job by itself', async () => {
    const small = await trainOnce('gpu', withSteps(10_000), orData);
    expect(small.plan.strategy).toBe('unrolled');
    const layers = layersOf([200, 200, 1], 'sigmoid');
    const wide = await trainOnce('gpu', { ...withSteps(2), layers }, orData);
    expect(wide.plan.strategy).toBe('layered');
    console.log(small.planned.reason, '\n', wide.planned.reason);
  });
});
