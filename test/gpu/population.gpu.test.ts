import { jobOf, suggestedSettings } from '../../src/core/job-settings.ts';
import { populationsOfFolds } from '../../src/core/fold-populations.ts';
import { readTable } from '../../src/data/csv.ts';
import { inferColumns } from '../../src/data/columns.ts';
import { prepareFolds } from '../../src/data/folds.ts';
import { samples } from '../../src/data/samples/index.ts';
import { afterAll, describe, expect, it } from 'vitest';
import type { Trainer } from '../../src/core/job.ts';
import { networkAlone, snapshotOf } from '../../src/core/population.ts';
import { describePlan, type Plan } from '../../src/core/plan.ts';
import { allocatedBytes } from '../../src/gpu/buffers.ts';
import { openGpu } from '../../src/gpu/device.ts';
import { fusedPlans } from '../../src/gpu/fused-trainer.ts';
import { gpuBackend } from '../../src/gpu/gpu-backend.ts';
import { stepsKernel } from '../../src/gpu/unrolled-shader.ts';
import { unrolledPlans } from '../../src/gpu/unrolled-trainer.ts';
import { layOutNetwork } from '../../src/core/network.ts';
import { atStride, column, randomPopulation } from '../support/populations.ts';
import { type NamedJob } from '../support/jobs.ts';

/** A network of a population is the network trained alone, by the same plan, to the last bit. */

const isFull = import.meta.env.HANDGRAD_FULL === '1';
const oneLane: Plan = { strategy: 'unrolled', lanes: 1, sharing: 'none' };
const gpu = await openGpu();
const plans: Plan[] = [
  oneLane,
  // Adapters without subgroups share rows this way; 3 divides neither rows nor parameters.
  { strategy: 'unrolled', lanes: 3, sharing: 'workgroup' },
  ...unrolledPlans(gpu).filter(({ lanes }) => lanes > 1),
];
// The last of several tiles is rarely full.
const smallTiles: Plan = { strategy: 'fused', tile: 24 };

async function train({ job, data }: Pick<NamedJob, 'job' | 'data'>, plan: Plan): Promise<Trainer> {
  const trainer = await gpuBackend.createTrainer(job, data, plan);
  await trainer.train(job.steps);
  return trainer;
}

/** A row that does not count adds 0 to a sum of nothing but −0. */
function withoutSignOfZero(value: number): number {
  return value + 0;
}

/** Compares the networks at some places of a population with the same networks alone. */
async function expectAlone(population: NamedJob, plan: Plan, sampled: readonly number[]): Promise<void> {
  const { job, data } = population;
  const { length: networkCount } = job.networks;
  const together = await train(population, plan);
  const [losses, snapshot, gradients] = [
    await together.losses(0),
    await together.snapshot(),
    await together.gradients(),
  ];
  const parameterCount = gradients.length / networkCount;
  for (const network of sampled) {
    const alone = await train(networkAlone(job, data, network), plan);
    const kept = atStride(job, await alone.losses(0));
    expect(column(losses, network, networkCount), `losses of network ${network}`).toEqual(kept);
    expect(snapshotOf(snapshot, network, networkCount), `network ${network}`).toEqual(await alone.snapshot());
    expect(
      gradients.slice(network * parameterCount, (network + 1) * parameterCount).map(withoutSignOfZero),
      `gradients of network ${network}`,
    ).toEqual((await alone.gradients()).map(withoutSignOfZero));
    const inputs = data.inputs.subarray(0, 3 * data.inputCount);
    expect(await together.predict(inputs, network)).toEqual(await alone.predict(inputs));
    alone.dispose();
  }
  together.dispose();
}

afterAll(() => expect(allocatedBytes()).toBe(0));

describe('a network of a population is the network alone', () => {
  const seeds = Array.from({ length: isFull ? 60 : 4 }, (_, i) => i);
  const cases = seeds.flatMap((seed) => {
    // By default each job is compiled for one plan, and its networks see either all rows or their own.
    const some = isFull ? plans : [plans[seed % plans.length]];
    const slicings = isFull ? [false, true] : [seed % 2 === 1];
    return some.flatMap((plan) =>
      slicings.map((slices) => {
        const population = randomPopulation(seed, 5, { slices });
        return { ...population, plan, name: `${describePlan(plan)}: ${population.name}` };
      }),
    );
  });
  it.each(cases)('$name', async ({ plan, ...population }) => {
    await expectAlone(population, plan, isFull ? [0, 1, 2, 3, 4] : [1, 4]);
  });

  // By default several tiles and slices of the rows stand for all.
  const fusedSeeds = isFull ? seeds : [4];
  const fusedCases = fusedSeeds
    .map((seed) => randomPopulation(seed, 5, { slices: seed % 3 < 2 }))
    .filter(({ job }) => job.clipNorm === undefined);
  it.each(fusedCases)('fused: $name', async (population) => {
    for (const plan of [smallTiles, ...fusedPlans(gpu, population.job, population.data)]) {
      await expectAlone(population, plan, isFull ? [0, 1, 2, 3, 4] : [0, 3]);
    }
  });

  const counts = isFull ? [1, 2, 63, 64, 65, 1000, 4096] : [4096];
  it.each([
    ...counts.map((networkCount) => ({ networkCount, plan: oneLane })),
    ...(isFull ? [2, 65, 256] : []).map((networkCount) => ({ networkCount, plan: smallTiles })),
  ])('among $networkCount, $plan.strategy', async ({ networkCount, plan }) => {
    const population = randomPopulation(8, networkCount, { slices: networkCount % 2 === 0 });
    const sampled = new Set(
      isFull ? [0, 1, 62, 63, 64, networkCount >> 1, networkCount - 1] : [64, networkCount - 1],
    );
    await expectAlone(
      population,
      plan,
      [...sampled].filter((index) => index < networkCount),
    );
  });
});

it('a fold of a cross-validation, with its own encoded rows, is the fold alone', async () => {
  const iris = samples.find(({ id }) => id === 'iris');
  const table = await readTable((await iris?.load()) ?? '');
  const columns = inferColumns(table, { targets: ['species'] });
  const folds = prepareFolds(table, columns, { scaling: 'standard', missing: 'median', test: 0, seed: 1 }, 7);
  const jobFor = (outputCount: number) =>
    jobOf(
      { ...suggestedSettings('classification', 120), hidden: [5], steps: 40, batchSize: 50 },
      outputCount,
    );
  const [{ job, data }, ...others] = populationsOfFolds(
    jobFor,
    folds.map(({ training }) => training),
  );
  expect(others).toEqual([]);
  // 150 rows in 7 folds: not all of them have as many.
  expect(new Set(job.networks.map(({ rows }) => rows?.count)).size).toBeGreaterThan(1);
  await expectAlone(
    { name: 'folds', job: { ...job, lossStride: 7 }, data },
    oneLane,
    isFull ? [0, 1, 2, 3, 4, 5, 6] : [2, 6],
  );
});

describe('a population', () => {
  it('of the fused path has as many networks as its uniform holds, and rows that fit one buffer', async () => {
    const many = randomPopulation(8, 257);
    expect(await gpuBackend.refusal(many.job, many.data, smallTiles)).toBe(
      'The fused path trains at most 256 networks at once; the job has 257. Use fewer at once, or the unrolled path.',
    );
    const { job, data } = randomPopulation(8, 256);
    expect(await gpuBackend.refusal(job, data, smallTiles)).toBeUndefined();
    const large: Plan = {
      strategy: 'fused',
      tile: 8 * Math.ceil(gpu.device.limits.maxStorageBufferBindingSize / 2 ** 13),
    };
    expect(await gpuBackend.refusal(job, data, large)).toMatch(
      /^This adapter binds at most [\d,]+ bytes in one buffer; tiles of \d+ rows of 256 networks need [\d,]+\. Use smaller tiles, or fewer networks at once\.$/,
    );
    expect(await gpuBackend.refusal(networkAlone(job, data, 0).job, data, large)).toBeUndefined();
  });

  it.each(isFull ? [256] : [])(
    'of the fused path trains a few steps at a time where each of %i networks has another β',
    async (networkCount) => {
      const { job, data } = randomPopulation(7, networkCount);
      expect(job.optimizer).toBe('adam');
      const networks = job.networks.map((each, i) => ({ ...each, beta1: 0.8 + i / 2000 }));
      await expectAlone({ name: '', job: { ...job, networks }, data }, smallTiles, [3, networkCount - 1]);
    },
  );

  it('predicts by the networks it has', async () => {
    const { job, data } = randomPopulation(3, 5, { steps: 1 });
    const trainer = await gpuBackend.createTrainer(job, data, oneLane);
    for (const network of [5, -1, 1.5]) {
      await expect(trainer.predict(data.inputs, network)).rejects.toThrow(
        `This trainer has 5 networks, from 0 on; it was asked for network ${network}. Ask for one it has.`,
      );
    }
    trainer.dispose();
  });

  it('of one network runs the very code of a network alone', () => {
    const { job, data } = randomPopulation(3, 1, { slices: true });
    const alone = networkAlone(job, data, 0);
    const shapeOf = (each: typeof alone) => ({
      network: layOutNetwork(data.inputCount, job.layers),
      job: each.job,
      rowCount: alone.data.rowCount,
      lanes: 1,
      sharing: 'none' as const,
    });
    expect(stepsKernel(shapeOf({ job, data })).source).toBe(stepsKernel(shapeOf(alone)).source);
  });

  it.each([oneLane, smallTiles])(
    'goes on from a snapshot, whatever a chunk holds: $strategy',
    async (plan) => {
      const population = randomPopulation(5, 7);
      const { job, data } = population;
      const whole = await train(population, plan);
      const half = await gpuBackend.createTrainer(job, data, plan);
      await half.train(17);
      const snapshot = await half.snapshot();
      const rest = await gpuBackend.createTrainer(job, data, plan);
      rest.restore(snapshot);
      while (rest.stepCount < job.steps) await rest.train(11);
      expect(await rest.snapshot()).toEqual(await whole.snapshot());
      const first = await half.losses(0);
      const behind = await rest.losses(17);
      expect(Float64Array.of(...first, ...behind)).toEqual(await whole.losses(0));
      for (const trainer of [whole, half, rest]) trainer.dispose();
    },
  );
});
