import { afterAll, describe, expect, it } from 'vitest';
import { lossSteps, networkAlone } from '../../src/core/population.ts';
import { ranking } from '../../src/core/network-record.ts';
import { allocatedBytes } from '../../src/gpu/buffers.ts';
import { SweepRun } from '../../src/sweep-run.ts';
import { trainOnce } from '../../src/train-once.ts';
import type { SweepTask } from '../../src/sweep-plan.ts';
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

  it('is the same when it is paused, and when it goes on elsewhere', async () => {
    let run = new SweepRun('gpu', tasks());
    let pauses = 0;
    for (; !run.isOver && pauses < 100; pauses++) {
      const from = run.checkpoint();
      const pause = new AbortController();
      let looks = 0;
      const onProgress = () => ++looks > pauses && pause.abort();
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
