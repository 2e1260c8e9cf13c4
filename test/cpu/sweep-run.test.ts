import { describe, expect, it, vi } from 'vitest';
import { backends } from '../../src/backends.ts';
import { DeviceLostError } from '../../src/core/errors.ts';
import { finalLoss, rankedLoss, ranking } from '../../src/core/network-record.ts';
import { networkAlone } from '../../src/core/population.ts';
import { SweepRun } from '../../src/sweep-run.ts';
import { wavesOf, type SweepTask } from '../../src/sweep-plan.ts';
import { onThisThread, type AloneTrainer } from '../../src/train-alone.ts';
import { TrainingSession } from '../../src/training-session.ts';
import { trainOnce } from '../../src/train-once.ts';
import { atStride, randomPopulation } from '../support/populations.ts';

const tasks = (): SweepTask[] => [
  randomPopulation(3, 6, { steps: 300 }),
  randomPopulation(5, 4, { steps: 300, slices: true }),
];

/** Several at once on one thread: what a pool of workers does, without the workers. */
const several: AloneTrainer = { parallel: 3, train: onThisThread.train };

describe('a sweep on the CPU', () => {
  it('trains every network as if it were alone', async () => {
    const run = new SweepRun('cpu', tasks(), { pool: several });
    await run.train();
    let place = 0;
    for (const { job, data } of tasks()) {
      for (let i = 0; i < job.networks.length; i++, place++) {
        const { job: own, data: rows } = networkAlone(job, data, i);
        const alone = await trainOnce('cpu', own, rows);
        expect(run.records[place].losses).toEqual(atStride(job, alone.losses));
        expect(run.records[place].parameters).toEqual(alone.parameters);
      }
    }
    expect(run.networkSteps).toBe(3000);
  });

  it('is the same when it is paused, and when it goes on elsewhere', async () => {
    const whole = new SweepRun('cpu', tasks());
    await whole.train();
    let run = new SweepRun('cpu', tasks());
    for (let pauses = 0; !run.isOver; pauses++) {
      expect(pauses).toBeLessThan(20);
      const pause = new AbortController();
      // At once, so that networks stand in the middle; and behind a network, so that it comes to an end.
      const pool: AloneTrainer = {
        parallel: 2,
        train(task, signal) {
          if (pauses % 2 === 0) setTimeout(() => pause.abort());
          return onThisThread.train(task, signal);
        },
      };
      run = new SweepRun('cpu', tasks(), { from: run.checkpoint(), pool, onProgress: () => pause.abort() });
      await run.train(pause.signal);
    }
    const outcomes = (each: SweepRun) => each.records.map((record) => record.copy());
    expect(outcomes(run)).toEqual(outcomes(whole));
  });

  it('judges networks on rows set apart, and ranks those that diverged last', async () => {
    const { job, data } = randomPopulation(4, 3, { steps: 50 });
    const networks = job.networks.map((network, i) =>
      i === 1 ? { ...network, learningRate: 1e6, l1: 1e5, weightDecay: 1e5 } : network,
    );
    const run = new SweepRun('cpu', [{ job: { ...job, networks }, data, validation: () => data }]);
    await run.train();
    const [first, diverged, last] = run.records;
    expect(diverged.divergedAt).toBeDefined();
    expect(finalLoss(diverged)).toBeNaN();
    expect(diverged.validationLoss).toBeUndefined();
    for (const record of [first, last]) expect(rankedLoss(record)).toBe(record.validationLoss);
    const order = ranking(run.records);
    expect(order[2]).toBe(1);
    expect(rankedLoss(run.records[order[0]])).toBeLessThanOrEqual(rankedLoss(run.records[order[1]]));
  });

  it('ends with the failure of a network, and stops the others', async () => {
    let running = 0;
    const pool: AloneTrainer = {
      parallel: 2,
      async train(task, signal) {
        running++;
        if (task.job.networks[0].seed === run.tasks[0].job.networks[1].seed) throw new Error('no memory');
        return onThisThread.train(task, signal);
      },
    };
    const run: SweepRun = new SweepRun('cpu', tasks(), { pool });
    await expect(run.train()).rejects.toThrow('no memory');
    expect(running).toBeLessThanOrEqual(3);
  });

  it('plans again where the device of a try is lost, but not for ever', async () => {
    const plan = vi.spyOn(backends.cpu, 'plan');
    plan.mockRejectedValueOnce(new DeviceLostError('lost'));
    const run = new SweepRun('cpu', tasks());
    await run.train();
    expect(run.isOver).toBe(true);
    expect(run.recoveryCount).toBe(1);
    plan.mockRejectedValue(new DeviceLostError('lost'));
    await expect(new SweepRun('cpu', tasks()).train()).rejects.toThrow('lost');
    plan.mockRestore();
  });

  it('goes on where the device of a network is lost before it trains, and counts it', async () => {
    const open = vi.spyOn(TrainingSession, 'open');
    for (let i = 0; i < 3; i++) open.mockRejectedValueOnce(new DeviceLostError('lost'));
    const run = new SweepRun('cpu', tasks());
    await run.train();
    expect(run.recoveryCount).toBe(3);
    expect(run.isOver).toBe(true);
    open.mockRejectedValue(new DeviceLostError('lost'));
    await expect(new SweepRun('cpu', tasks()).train()).rejects.toThrow('lost');
    open.mockRestore();
  });

  it('refuses what was kept of another sweep', () => {
    const { job, data } = randomPopulation(3, 6, { steps: 300 });
    const from = new SweepRun('cpu', [{ job, data }]).checkpoint();
    expect(() => new SweepRun('cpu', tasks(), { from })).toThrow(
      'What was kept is of 6 networks in 0 tasks or more; this sweep has 10 in 2. Go on with the tasks it was kept of.',
    );
    const more = {
      ...from,
      tasks: [1, 2].map(() => ({ plan: { strategy: 'reference' } as const, atOnce: 1, reason: '' })),
    };
    expect(() => new SweepRun('cpu', [{ job, data }], { from: more })).toThrow('6 networks in 2 tasks');
  });
});

describe('the networks that train together', () => {
  const plan = { strategy: 'unrolled', lanes: 1, sharing: 'none' } as const;

  it.each([
    [31, 6, [5, 5, 5, 5, 5, 6]],
    [7, 3, [2, 2, 3]],
    [6, 3, [3, 3]],
    [5, 8, [5]],
    [5, 1, []],
  ])('%i of which %i fit at once', (networkCount, atOnce, counts) => {
    const task = randomPopulation(3, networkCount);
    const waves = wavesOf(task, { plan, atOnce, reason: '' });
    expect(waves.map(({ count }) => count)).toEqual(counts);
    let next = 0;
    for (const { first, count } of waves) {
      expect(first).toBe(next);
      next += count;
    }
  });
});
