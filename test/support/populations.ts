import type { NetworkSettings, TrainingJob } from '../../src/core/job.ts';
import { lossSteps } from '../../src/core/population.ts';
import { scaledParameters, variedJob, type NamedJob } from './jobs.ts';
import { Random } from './random.ts';

/** What the networks of a population differ in. */
export interface Differences {
  /** Rows of their own; all see all of them otherwise. */
  readonly slices?: boolean;
}

/**
 * A random job for several networks: each with its own seed, learning rate, decay and settings of the optimizer; every
 * third draws its parameters from its seed. The same seed gives the same population everywhere.
 */
export function randomPopulation(
  seed: number,
  networkCount: number,
  { steps = 60, slices = false }: Differences & { readonly steps?: number } = {},
): NamedJob {
  const { name, job, data } = variedJob(seed, steps);
  const random = new Random(seed + 1);
  const [base] = job.networks;
  const networks = Array.from({ length: networkCount }, (_, i): NetworkSettings => {
    const settings: NetworkSettings = {
      seed: Math.floor(random.uniform(0, 2 ** 32)),
      learningRate: base.learningRate * random.uniform(0.3, 1.5),
      momentum: random.uniform(0, 0.9),
      // A few of each: networks with the same β share their corrections.
      beta1: random.pick([0.8, 0.9]),
      beta2: random.pick([0.99, 0.999]),
      weightDecay: i % 4 === 0 ? 0 : random.uniform(0, 0.02),
      l1: i % 5 === 0 ? random.uniform(0, 0.001) : 0,
      ...(slices && { rows: someRows(random, data.rowCount) }),
    };
    if (i % 3 === 0) return { ...settings, initializer: 'pytorch' };
    return { ...settings, initialParameters: scaledParameters(random, data.inputCount, job.layers) };
  });
  const lossStride = Math.ceil(random.uniform(0, 9));
  const population: TrainingJob = { ...job, lossStride, networks };
  return { name: `${networkCount} × ${name}`, job: population, data };
}

function someRows(random: Random, rowCount: number) {
  const count = random.logUniformInteger(1, rowCount);
  return { first: Math.floor(random.uniform(0, rowCount - count + 1)), count };
}

/** The losses a population keeps of one network, out of all of its losses. */
export function atStride(job: TrainingJob, losses: Float64Array): Float64Array {
  if (job.networks.length === 1) return losses;
  return Float64Array.from(lossSteps(job), (step) => losses[step]);
}

/** Every n-th number, from the first on: one network's out of [losses, networks]. */
export function column(values: Float64Array, index: number, width: number): Float64Array {
  return Float64Array.from({ length: values.length / width }, (_, i) => values[i * width + index]);
}
