import {
  benchShapes,
  drawJob,
  type BenchJobName,
  type JobShape as Shape,
  type NetworkRange,
} from '../../src/core/bench-jobs.ts';
import type { TrainingData, TrainingJob } from '../../src/core/job.ts';

export { flopsPerStep } from '../../src/core/bench-jobs.ts';

/** A job of the benchmark, with how much of it is run. */
export interface JobShape extends Shape {
  /** Steps of the whole job, and the most of one repetition. */
  readonly steps: number;
  /** Steps after which loss and parameters are held against the float64 reference. */
  readonly checkSteps: number;
  /** Printed as a share of the adapter's multiply-add ceiling. */
  readonly isLarge: boolean;
}

export const jobShapes: Readonly<Record<BenchJobName, JobShape>> = {
  notebook: { ...benchShapes.notebook, steps: 10_000, checkSteps: 100, isLarge: false },
  iris: { ...benchShapes.iris, steps: 5000, checkSteps: 50, isLarge: false },
  spirals: { ...benchShapes.spirals, steps: 1000, checkSteps: 50, isLarge: false },
  digits: { ...benchShapes.digits, steps: 500, checkSteps: 20, isLarge: true },
  mnist: { ...benchShapes.mnist, steps: 50, checkSteps: 5, isLarge: true },
  wide: { ...benchShapes.wide, steps: 5, checkSteps: 2, isLarge: true },
};

export type JobName = BenchJobName;
export const jobNames = Object.keys(jobShapes) as JobName[];

/** Many networks on the rows of a job, each with a seed of its own and one of four learning rates. */
export interface PopulationShape extends JobShape {
  readonly of: JobName;
  readonly networkCount: number;
  /** Of the losses that handgrad keeps on the GPU. */
  readonly lossStride: number;
  /** Networks that a core is timed with: one after the other they all take the same. */
  readonly sampleCount: number;
}

const { notebook, iris } = jobShapes;
export const populationShapes = {
  'notebook-population': {
    ...notebook,
    of: 'notebook',
    networkCount: 1024,
    lossStride: 100,
    sampleCount: 32,
  },
  'iris-population': { ...iris, of: 'iris', networkCount: 256, lossStride: 50, sampleCount: 8 },
} as const satisfies Record<string, PopulationShape>;

export type PopulationName = keyof typeof populationShapes;
export const populationNames = Object.keys(populationShapes) as PopulationName[];

/** Of a network alone, or of a population. */
export type AnyJobName = JobName | PopulationName;

export function isPopulation(name: AnyJobName): name is PopulationName {
  return name in populationShapes;
}

export function shapeOf(name: AnyJobName): JobShape {
  return isPopulation(name) ? populationShapes[name] : jobShapes[name];
}

/** A job with its numbers. */
export interface BenchJob {
  readonly name: AnyJobName;
  /** `initialParameters` of its networks are always given. */
  readonly job: TrainingJob;
  readonly data: TrainingData;
  /** [networkCount, parameterCount] in the layout of `layOutNetwork`; the same as in `job`. */
  readonly initialParameters: Float64Array;
}

/** Draws the numbers of a job, for a run of `steps` steps: of the first network, or of some of a population. */
export function createJob(name: AnyJobName, steps: number, range?: NetworkRange): BenchJob {
  const shape = benchShapes[isPopulation(name) ? populationShapes[name].of : name];
  const { job, data } = drawJob(shape, steps, range);
  const initialParameters = Float64Array.from(
    job.networks.flatMap((network) => Array.from(network.initialParameters ?? [])),
  );
  const population = isPopulation(name) ? { lossStride: populationShapes[name].lossStride } : {};
  return { name, job: { ...job, ...population }, data, initialParameters };
}
