import { describe, expect, it } from 'vitest';
import type { PopulationPoint } from '../../src/population-times.ts';
import { POPULATION_STEPS, timePopulations } from '../../src/population-times.ts';
import { onThisThread, type AloneTask, type AloneTrainer } from '../../src/train-alone.ts';

const never = new AbortController().signal;

/** Three threads that are one, and remember what they were given. */
class RecordingPool implements AloneTrainer {
  readonly parallel = 3;
  readonly tasks: AloneTask[] = [];
  mostAtOnce = 0;
  #atOnce = 0;

  async train(task: AloneTask, signal: AbortSignal) {
    this.tasks.push(task);
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#atOnce);
    try {
      return await onThisThread.train(task, signal);
    } finally {
      this.#atOnce--;
    }
  }
}

async function timed(counts: readonly number[], pool = new RecordingPool()) {
  const points: PopulationPoint[] = [];
  await timePopulations({ pool, counts }, (point) => points.push(point), never);
  return { points, pool };
}

describe('populations are timed', () => {
  it('size by size on the CPU, and on the GPU or with the reason why not', async () => {
    const { points, pool } = await timed([1, 4]);
    expect(points.map(({ backend, networkCount }) => [backend, networkCount])).toEqual([
      ['cpu', 1],
      ['gpu', 1],
      ['cpu', 4],
      ['gpu', 4],
    ]);
    for (const point of points) {
      if (point.backend === 'gpu') {
        expect(point).toMatchObject({ refusal: expect.stringContaining('WebGPU') });
        continue;
      }
      if ('refusal' in point) throw new Error(point.refusal);
      const { networksPerSecond, rangeNetworksPerSecond: range } = point;
      expect(range[0]).toBeGreaterThan(0);
      expect(networksPerSecond).toBeGreaterThanOrEqual(range[0]);
      expect(networksPerSecond).toBeLessThanOrEqual(range[1]);
    }
    expect(points[0]).toMatchObject({ timedCount: 1, atOnce: 1 });
    expect(points[2]).toMatchObject({ timedCount: 4, atOnce: 3 });
    expect(pool.mostAtOnce).toBe(3);
  });

  it('with parameters of each network’s own, and the same rows and steps for all', async () => {
    const { tasks } = (await timed([4])).pool;
    const starts = new Set(tasks.map(({ job }) => String(job.networks[0].initialParameters)));
    expect(starts.size).toBe(4);
    expect(new Set(tasks.map(({ data }) => data)).size).toBe(1);
    for (const { job } of tasks) expect([job.steps, job.networks.length]).toEqual([POPULATION_STEPS, 1]);
  });

  it('on a sample of many networks on the CPU', async () => {
    const { points, pool } = await timed([1024]);
    const [cpu] = points;
    if ('refusal' in cpu) throw new Error(cpu.refusal);
    expect(cpu.networkCount).toBe(1024);
    expect(cpu.timedCount).toBeLessThan(1024);
    expect(new Set(pool.tasks.map(({ job }) => job.networks[0].seed)).size).toBe(cpu.timedCount);
  });

  it('until they are stopped', async () => {
    const stop = new AbortController();
    const points: PopulationPoint[] = [];
    const onPoint = (point: PopulationPoint) => {
      points.push(point);
      stop.abort();
    };
    const timing = timePopulations({ pool: new RecordingPool(), counts: [1, 4] }, onPoint, stop.signal);
    await expect(timing).rejects.toMatchObject({ name: 'AbortError' });
    expect(points).toHaveLength(1);

    const late = new AbortController();
    const pool = new RecordingPool();
    const train = pool.train.bind(pool);
    pool.train = (task, signal) => {
      if (pool.tasks.length === 20) late.abort();
      return train(task, signal);
    };
    const cut = timePopulations({ pool, counts: [4] }, () => {}, late.signal);
    await expect(cut).rejects.toMatchObject({ name: 'AbortError' });
  });
});
