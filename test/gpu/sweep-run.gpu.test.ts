import { afterAll, describe, expect, it } from 'vitest';
import { lossFan, type LiveFan } from '../../src/core/loss-fan.ts';
import { lossSteps, networkAlone } from '../../src/core/population.ts';
import { ranking, type NetworkRecord } from '../../src/core/network-record.ts';
import { allocatedBytes } from '../../src/gpu/buffers.ts';
import { SweepRun } from '../../src/sweep-run.ts';
import { trainOnce } from '../../src/train-once.ts';
import type { PlannedTask, SweepTask } from '../../src/sweep-plan.ts';
import { loseDevice } from '../support/device.ts';
import { droppingJob } from '../support/jobs.ts';
import { randomPopulation } from '../support/populations.ts';

/** Two populations that train together, and two networks that cannot: dropout is for the layered path alone. */
function tasks(): SweepTask[] {
  const { job, data } = droppingJob(2, 40);
  const twice = { ...job, networks: [...job.networks, { ...job.networks[0], seed: 7 }] };
  return [
    randomPopulation(3, 20, { steps: 2000 }),
    { job: twice, data },
    randomPopulation(5, 9, { steps: 500, slices: true }),
  ];
}

/** Everything a sweep says of its networks. */
const outcomes = (run: SweepRun) => run.records.map((record) => record.copy());

async function whole(): Promise<SweepRun> {
  const run = new SweepRun('gpu', tasks());
  await run.train();
  return run;
}

const reference = await whole();

/** Trains together on one lane, however long that takes here. */
const together = (atOnce: number): PlannedTask => ({
  plan: { strategy: 'unrolled', lanes: 1, sharing: 'none' },
  atOnce,
  reason: '',
});

/** Holds a live fan to the losses that its networks have in the end: those of the first task, or of the last. */
function expectFan(live: LiveFan, records: readonly NetworkRecord[]): void {
  const [first, , last] = tasks();
  const isFirst = live.networkCounts[0] === first.job.networks.length;
  const { job } = isFirst ? first : last;
  const own = isFirst ? records.slice(0, 20) : records.slice(22);
  const expected = lossFan(lossSteps(job), own);
  for (const curve of ['steps', 'lower', 'median', 'upper', 'networkCounts'] as const) {
    expect(live[curve], curve).toEqual(expected[curve].slice(0, live.steps.length));
  }
  const least = live.steps.map((_, point) => Math.min(...own.map(({ losses }) => losses[point])));
  expect(live.least).toEqual(least);
}

afterAll(() => expect(allocatedBytes()).toBe(0));

describe('a sweep on the GPU', () => {
  it('trains every network as if it were alone', async () => {
    expect(reference.isOver).toBe(true);
    const all = tasks().flatMap(({ job, data }) =>
      job.networks.map((_, i) => ({ ...networkAlone(job, data, i), steps: lossSteps(job) })),
    );
    for (const place of [0, 7, 19, 20, 21, 22, 30]) {
      const { plan, losses, parameters } = reference.records[place];
      const { job, data, steps } = all[place];
      const alone = await trainOnce('gpu', job, data, plan && { plan });
      expect(losses, `losses of network ${place}`).toEqual(
        Float64Array.from(steps, (step) => alone.losses[step]),
      );
      expect(parameters, `parameters of network ${place}`).toEqual(alone.parameters);
    }
    expect(ranking(reference.records)).toHaveLength(31);
  });

  it('shows the losses of those that train together, up to their present step', async () => {
    const [first, alone, last] = tasks();
    const planned = [together(20), { ...together(1), plan: reference.planned[1].plan }, together(9)];
    const from = { ...new SweepRun('gpu', tasks()).checkpoint(), tasks: planned };
    const fans: LiveFan[] = [];
    const run: SweepRun = new SweepRun('gpu', [first, alone, last], {
      from,
      onProgress: () => run.liveFan && fans.push(run.liveFan),
    });
    await run.train();
    expect(run.liveFan).toBeUndefined();
    for (const fan of fans) expectFan(fan, run.records);
    for (const { job } of [first, last]) {
      expect(fans.map(({ steps }) => steps.length)).toContain(lossSteps(job).length);
    }
  });

  it('trains a network by itself that is left over', async () => {
    const { job, data } = randomPopulation(5, 3, { steps: 90 });
    expect(job.lossStride).toBeGreaterThan(1);
    const counts = new Set<number>();
    const from = { ...new SweepRun('gpu', [{ job, data }]).checkpoint(), tasks: [together(2)] };
    const run: SweepRun = new SweepRun('gpu', [{ job, data }], {
      from,
      onProgress: () => counts.add(run.liveFan?.networkCounts[0] ?? 0),
    });
    await run.train();
    expect(counts).toContain(1);
    for (const [i, { losses }] of run.records.entries()) {
      const own = networkAlone(job, data, i);
      const alone = await trainOnce('gpu', own.job, own.data, { plan: together(2).plan });
      expect(losses).toEqual(Float64Array.from(lossSteps(job), (step) => alone.losses[step]));
    }
  });

  it('is the same when it is paused, and when it goes on elsewhere', async () => {
    let run = new SweepRun('gpu', tasks());
    let pauses = 0;
    for (; !run.isOver && pauses < 100; pauses++) {
      const from = run.checkpoint();
      const pause = new AbortController();
      let looks = 0;
      const onProgress = () => {
        if (run.liveFan) expectFan(run.liveFan, reference.records);
        if (++looks > pauses) pause.abort();
      };
      run = new SweepRun('gpu', tasks(), { from, onProgress });
      await run.train(pause.signal);
    }
    expect(pauses).toBeGreaterThan(3);
    expect(outcomes(run)).toEqual(outcomes(reference));
  });

  it('survives the loss of its device in the middle', async () => {
    let losses = 0;
    const run: SweepRun = new SweepRun('gpu', tasks(), {
      onProgress: () => {
        if (run.liveFan) expectFan(run.liveFan, reference.records);
        if (losses > 1 || run.networkSteps < 100 + losses * 20 * 2000) return;
        losses++;
        void loseDevice();
      },
    });
    await run.train();
    expect(losses).toBe(2);
    expect(run.recoveryCount).toBeGreaterThan(0);
    expect(outcomes(run)).toEqual(outcomes(reference));
  });
});
