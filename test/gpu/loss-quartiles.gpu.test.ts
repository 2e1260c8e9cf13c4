import { afterAll, describe, expect, it } from 'vitest';
import { lossQuartiles } from '../../src/core/loss-quartiles.ts';
import type { Plan } from '../../src/core/plan.ts';
import { networkAlone } from '../../src/core/population.ts';
import { cpuBackend } from '../../src/cpu/cpu-trainer.ts';
import { allocatedBytes } from '../../src/gpu/buffers.ts';
import { gpuBackend } from '../../src/gpu/gpu-backend.ts';
import { randomPopulation } from '../support/populations.ts';

const isFull = import.meta.env.HANDGRAD_FULL === '1';
const oneLane: Plan = { strategy: 'unrolled', lanes: 1, sharing: 'none' };
const fused: Plan = { strategy: 'fused', tile: 24 };

/** A population of which some diverge: their losses are soon no numbers. */
function divergingPopulation(networkCount: number, steps: number) {
  const { job, data } = randomPopulation(4, networkCount, { steps });
  const networks = job.networks.map((network, i) =>
    i % 5 === 1 ? { ...network, learningRate: 1e6, weightDecay: 1e5, l1: 1e5 } : network,
  );
  return { job: { ...job, networks }, data };
}

afterAll(() => expect(allocatedBytes()).toBe(0));

describe('the quartiles of a trainer’s losses', () => {
  // Few networks, whose losses the host sorts, and many.
  it.each([
    { networkCount: 2, plan: oneLane },
    { networkCount: 63, plan: oneLane },
    { networkCount: 64, plan: oneLane },
    { networkCount: 131, plan: oneLane },
    ...(isFull ? [{ networkCount: 65, plan: fused }] : []),
  ])('are those of $networkCount networks, $plan.strategy', async ({ networkCount, plan }) => {
    const { job, data } = divergingPopulation(networkCount, 60);
    const trainer = await gpuBackend.createTrainer(job, data, plan);
    expect(await trainer.lossQuartiles(0)).toEqual(new Float64Array());
    await trainer.train(23);
    const early = await trainer.lossQuartiles(0);
    expect(early).toEqual(lossQuartiles(await trainer.losses(0), networkCount));
    // Asked for while it trains, and two of them at once.
    const training = trainer.train(60);
    const [whole, late] = await Promise.all([trainer.lossQuartiles(0), trainer.lossQuartiles(23)]);
    expect(whole.subarray(0, early.length)).toEqual(early);
    expect(whole.subarray(early.length)).toEqual(late.subarray(0, whole.length - early.length));
    await training;
    const losses = await trainer.losses(23);
    expect(losses.every(Number.isFinite)).toBe(false);
    expect(await trainer.lossQuartiles(23)).toEqual(lossQuartiles(losses, networkCount));
    trainer.dispose();
    await expect(trainer.lossQuartiles(0)).rejects.toThrow('disposed');
  });

  it('are whole where one submit does not hold them', async () => {
    const { job, data } = randomPopulation(3, 300, { steps: 1200 });
    const trainer = await gpuBackend.createTrainer({ ...job, lossStride: 1 }, data, oneLane);
    await trainer.train(1200);
    expect(await trainer.lossQuartiles(1)).toEqual(lossQuartiles(await trainer.losses(1), 300));
    trainer.dispose();
  });

  it.each([gpuBackend, cpuBackend])('of one network are its loss, $name', async (backend) => {
    const { job, data } = randomPopulation(3, 2, { steps: 9 });
    const alone = networkAlone(job, data, 1);
    const trainer = await backend.createTrainer(alone.job, alone.data);
    await trainer.train(9);
    const losses = [...(await trainer.losses(2))];
    expect(await trainer.lossQuartiles(2)).toEqual(
      Float64Array.from(losses.flatMap((loss) => [loss, loss, loss, loss])),
    );
    trainer.dispose();
  });
});
