import { afterEach, describe, expect, it } from 'vitest';
import { gridInputs, type Grid } from '../../src/core/grid.ts';
import type { Trainer } from '../../src/core/job.ts';
import type { Plan } from '../../src/core/plan.ts';
import { allocatedBytes } from '../../src/gpu/buffers.ts';
import { openGpu } from '../../src/gpu/device.ts';
import { fusedPlans } from '../../src/gpu/fused-trainer.ts';
import { gpuBackend } from '../../src/gpu/gpu-backend.ts';
import { unrolledPlans } from '../../src/gpu/unrolled-trainer.ts';
import { expectClose } from '../support/close.ts';
import { quickActivationError } from '../support/activation-error.ts';
import { analyseForward } from '../support/error-analysis.ts';
import { randomGrid } from '../support/grids.ts';
import { layersOf, orData, randomJob, scaledParameters, variedJob, type NamedJob } from '../support/jobs.ts';
import { randomPopulation } from '../support/populations.ts';
import { Random } from '../support/random.ts';

const isFull = import.meta.env.HANDGRAD_FULL === '1';
const gpu = await openGpu();
const WORST_CASE = 'a worst case over all orders and directions of rounding, carried through every layer';
const layered: Plan = { strategy: 'layered', matmul: 'simple' };
const sizes = [
  [1, 1],
  [1, 9],
  [9, 1],
  [7, 13],
  [64, 65],
] as const;

let trained: Trainer | undefined;
afterEach(() => {
  trained?.dispose();
  expect(allocatedBytes()).toBe(0);
});

async function trainerOf({ job, data }: NamedJob, plan?: Plan): Promise<Trainer> {
  trained = await gpuBackend.createTrainer(job, data, plan);
  return trained;
}

/** A trainer's answer on a grid beside the reference at the parameters the kernels use: both float32 parts' first. */
async function expectGrid(name: string, trainer: Trainer, grid: Grid, network = 0): Promise<void> {
  const { parameters } = await trainer.snapshot();
  const { parameterCount } = trainer.network;
  const own = parameters.slice(network * parameterCount, (network + 1) * parameterCount);
  const actual = await trainer.predictGrid(grid, network);
  const { value, error } = analyseForward(trainer.network, own, gridInputs(grid), quickActivationError);
  expectClose(`${name}, reference`, actual, value, { allowed: error, whyLoose: WORST_CASE });
  const predicted = await trainer.predict(gridInputs(grid), network);
  // Two spellings in float32, each within its error.
  const both = error.map((each) => 2 * each);
  expectClose(`${name}, predict`, actual, predicted, { allowed: both, whyLoose: WORST_CASE });
}

describe('predictGrid equals predict at every point', () => {
  const seeds = Array.from({ length: isFull ? 60 : 12 }, (_, seed) => seed);
  const jobs = seeds.map((seed) => (seed % 3 === 0 ? randomJob(seed, 20) : variedJob(seed, 20)));
  it.each(jobs)('$name', async (named) => {
    const trainer = await trainerOf(named, layered);
    await trainer.train(3);
    const random = new Random(named.data.rowCount);
    for (const size of sizes) {
      const grid = randomGrid(random, trainer.network.inputCount, size);
      await expectGrid(`${named.name}, ${size.join(' × ')}`, trainer, grid);
    }
  });

  // By code written for the network, and by the layers' kernels in two slices.
  it.each([
    [1, 5, 512],
    [3, 5, 512],
    [10, 5, 512],
    [1, 110, 300],
    [1, 300, 280],
  ])('%i outputs of %i units at %i² points', async (outputCount, hidden, points) => {
    const layers = layersOf([hidden, outputCount], 'tanh');
    const random = new Random(outputCount);
    const initialParameters = scaledParameters(random, 2, layers);
    const networks = [{ seed: 1, learningRate: 0.1, initialParameters }];
    const data = { ...orData, outputCount, targets: random.floats(4 * outputCount) };
    const job = { layers, loss: 'mse', optimizer: 'sgd', steps: 10, networks } as const;
    const trainer = await trainerOf({ name: 'or', job, data }, layered);
    await expectGrid(`${outputCount} outputs`, trainer, randomGrid(random, 2, [points, points]));
  });

  it.each(isFull ? [0, 1, 4, 5, 7, 8] : [1, 4])('networks of a population #%i', async (seed) => {
    const population = randomPopulation(seed, 5);
    const trainer = await trainerOf(population, { strategy: 'unrolled', lanes: 1, sharing: 'none' });
    await trainer.train(9);
    const grid = randomGrid(new Random(seed), trainer.network.inputCount, [7, 13]);
    for (const network of [0, 4]) await expectGrid(`network ${network}`, trainer, grid, network);
    const [first, last] = await Promise.all([trainer.predictGrid(grid, 0), trainer.predictGrid(grid, 4)]);
    expect(await trainer.predictGrid(grid, 0)).toEqual(first);
    expect(last).not.toEqual(first);
    await expect(trainer.predictGrid(grid, 5)).rejects.toThrow('was asked for network 5');
  });
});

describe('predictGrid while a network trains', () => {
  const named = variedJob(5, 3000);
  const plans: Plan[] = [
    layered,
    ...unrolledPlans(gpu).slice(0, 1),
    ...fusedPlans(gpu, named.job, named.data).slice(0, 1),
  ];
  it.each(plans)('does not change its training, $strategy', async (plan) => {
    const steps = plan.strategy === 'layered' ? 300 : 3000;
    const alone = await trainerOf(named, plan);
    await alone.train(steps);
    const [expected, losses] = [await alone.snapshot(), await alone.losses(0)];
    alone.dispose();

    const trainer = await trainerOf(named, plan);
    const grid = randomGrid(new Random(1), trainer.network.inputCount, [64, 32]);
    // Compiles, so that the next ones are asked while it trains.
    const before = await trainer.predictGrid(grid);
    let isTraining = true;
    const training = trainer.train(steps).finally(() => (isTraining = false));
    const seen: Float32Array[] = [];
    while (isTraining)
      seen.push(...(await Promise.all([trainer.predictGrid(grid), trainer.predictGrid(grid)])));
    await training;
    expect(await trainer.snapshot()).toEqual(expected);
    expect(await trainer.losses(0)).toEqual(losses);
    await expectGrid(plan.strategy, trainer, grid);
    // Every grid on its way has what it works on to itself: both of a pair are whole.
    expect(seen.every((values) => values.length === 64 * 32 * trainer.network.outputCount)).toBe(true);
    expect(await trainer.predictGrid(grid)).not.toEqual(before);
  });

  it('ends with the trainer', async () => {
    const trainer = await trainerOf(named, layered);
    const grid = randomGrid(new Random(1), trainer.network.inputCount, [64, 32]);
    await trainer.predictGrid(grid);
    const another = randomGrid(new Random(2), trainer.network.inputCount, [63, 32]);
    const asked = [trainer.predictGrid(grid), trainer.predictGrid(another)];
    trainer.dispose();
    await Promise.allSettled(asked);
    await expect(trainer.predictGrid(grid)).rejects.toThrow('disposed');
  });

  it('keeps no more buffers than two grids need', async () => {
    const trainer = await trainerOf(named, layered);
    const random = new Random(3);
    const bytesAfter = async (columns: number) => {
      const grid = randomGrid(random, trainer.network.inputCount, [columns, columns]);
      await Promise.all(Array.from({ length: 4 }, () => trainer.predictGrid(grid)));
      return allocatedBytes();
    };
    const first = await bytesAfter(32);
    for (const columns of [16, 8, 9]) await bytesAfter(columns);
    expect(await bytesAfter(32)).toBe(first);
  });
});
