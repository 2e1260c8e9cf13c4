import { afterAll, describe, expect, it, vi } from 'vitest';
import type { TrainingJob } from '../../src/core/job.ts';
import { divergedStep } from '../../src/core/network-record.ts';
import { networkAlone } from '../../src/core/population.ts';
import type { Plan } from '../../src/core/plan.ts';
import { allocatedBytes } from '../../src/gpu/buffers.ts';
import { gpuBackend } from '../../src/gpu/gpu-backend.ts';
import { planTask } from '../../src/sweep-plan.ts';
import type { PlannedTask, SweepCheckpoint } from '../../src/sweep-plan.ts';
import { SweepRun } from '../../src/sweep-run.ts';
import { loseDevice } from '../support/device.ts';
import { droppingJob } from '../support/jobs.ts';
import { randomPopulation } from '../support/populations.ts';

const oneLane: Plan = { strategy: 'unrolled', lanes: 1, sharing: 'none' };

/** So that the test decides how many networks train together. */
function plannedFor(run: SweepRun, atOnce: number): SweepCheckpoint {
  const planned: PlannedTask = { plan: oneLane, atOnce, reason: 'the test says so' };
  return { ...run.checkpoint(), tasks: run.tasks.map(() => planned) };
}

afterAll(() => expect(allocatedBytes()).toBe(0));

it('goes on from what was kept while networks that train together were judged', async () => {
  const { job, data } = randomPopulation(3, 6, { steps: 40 });
  let kept: SweepCheckpoint | undefined;
  const validation = (network: number) => {
    if (network === 4) kept ??= run.checkpoint();
    return data;
  };
  const tasks = [{ job, data, validation }];
  const from = plannedFor(new SweepRun('gpu', tasks), 3);
  const run: SweepRun = new SweepRun('gpu', tasks, { from });
  await run.train();
  if (!kept) throw new Error('nothing was kept');
  const rest = new SweepRun('gpu', tasks, { from: kept });
  expect(rest.overCount).toBe(3);
  await rest.train();
  expect(rest.isOver).toBe(true);
  expect(rest.records.map((record) => record.copy())).toEqual(run.records.map((record) => record.copy()));
});

it('trains a network that is left over as the others, where two fit at once', async () => {
  const { job, data } = randomPopulation(3, 3, { steps: 300 });
  const tasks = [{ job: { ...job, lossStride: 7 }, data }];
  const run = new SweepRun('gpu', tasks, { from: plannedFor(new SweepRun('gpu', tasks), 2) });
  const whole = new SweepRun('gpu', tasks, { from: plannedFor(new SweepRun('gpu', tasks), 3) });
  await run.train();
  await whole.train();
  expect(run.isOver).toBe(true);
  expect(run.records.map((record) => record.copy())).toEqual(whole.records.map((record) => record.copy()));
});

it('finds where a network exploded by the rows it sees, not by those of others', async () => {
  // At a learning rate of 1 an error is −3 times itself behind each step: 3⁹ squared passes a million times the first.
  const rows = [1, 1, 1, 1, 1e4, 1e4, 1e4, 1e4];
  const data = {
    rowCount: 8,
    inputCount: 1,
    inputs: Float64Array.from(rows, () => 1),
    outputCount: 1,
    targets: Float64Array.from(rows),
  };
  const network = { seed: 1, learningRate: 1, initialParameters: Float64Array.of(0, 0) };
  const job: TrainingJob = {
    layers: [{ units: 1, activation: 'linear', bias: true }],
    loss: 'mse',
    optimizer: 'sgd',
    steps: 10,
    networks: [0, 4].map((first) => ({ ...network, rows: { first, count: 4 } })),
  };
  const tasks = [{ job, data }];
  const run = new SweepRun('gpu', tasks, { from: plannedFor(new SweepRun('gpu', tasks), 2) });
  await run.train();
  run.records.forEach(({ losses, divergedAt }, i) => {
    const alone = networkAlone(job, data, i);
    expect(divergedAt, `network ${i}`).toBe(divergedStep(alone.job, alone.data, losses));
  });
  expect(run.records[0].divergedAt).toBe(7);
});

it('trains together what could stop early but has no rows to be looked at', async () => {
  const { job, data } = randomPopulation(8, 20, { steps: 100 });
  const run = new SweepRun('gpu', [{ job, data }], { patience: 3, strategy: 'unrolled' });
  await run.train();
  expect(run.planned[0].reason).not.toContain('stop early');
  expect(run.planned[0].atOnce).toBe(20);
});

it('counts the losses of its device that networks alone survived', async () => {
  const { job, data } = droppingJob(2, 3000);
  const run = new SweepRun('gpu', [{ job, data }]);
  const training = run.train();
  // While its first trainer is made, or trains.
  while (run.planned.length === 0 || allocatedBytes() === 0)
    await new Promise((resolve) => setTimeout(resolve));
  await loseDevice();
  await training;
  expect(run.isOver).toBe(true);
  expect(run.recoveryCount).toBe(1);
});

describe('networks of large tables', () => {
  const rowCount = 100_000;
  const data = {
    rowCount,
    inputCount: 1,
    inputs: new Float64Array(rowCount),
    outputCount: 1,
    targets: new Float64Array(rowCount),
  };
  const network = { seed: 1, learningRate: 0.1 };
  const job: TrainingJob = {
    layers: [{ units: 1, activation: 'linear', bias: true }],
    loss: 'mse',
    optimizer: 'sgd',
    steps: 100,
    networks: Array.from({ length: 20_000 }, () => network),
  };
  const slices = job.networks.map((each, i) => ({ ...each, rows: { first: i, count: rowCount / 10 } }));

  it('are trained together by the rows each of them sees', async () => {
    const [whole, sliced] = [
      await gpuBackend.networksAtOnce(job, data, oneLane),
      await gpuBackend.networksAtOnce({ ...job, networks: slices }, data, oneLane),
    ];
    expect(whole).toBeLessThan(job.networks.length / 10);
    expect(Math.floor(sliced / 10)).toBe(whole);
  });

  it('are planned on as many as are trained together', async () => {
    const plan = vi.spyOn(gpuBackend, 'plan');
    const few = { ...data, rowCount: rowCount / 10 };
    const wide = { ...job, layers: [{ units: 60, activation: 'tanh', bias: true }, ...job.layers] } as const;
    const rows = {
      ...few,
      inputs: few.inputs.subarray(0, few.rowCount),
      targets: few.targets.subarray(0, few.rowCount),
    };
    await planTask('gpu', { job: wide, data: rows }, { strategy: 'unrolled' });
    const most = await gpuBackend.networksAtOnce(wide, rows, oneLane);
    for (const [planned] of plan.mock.calls) expect(planned.networks.length).toBeLessThanOrEqual(most);
    plan.mockRestore();
  });
});
