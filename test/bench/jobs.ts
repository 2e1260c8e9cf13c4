import {
  benchShapes,
  drawJob,
  type BenchJobName,
  type JobShape as Shape,
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

/** A job with its numbers. */
export interface BenchJob {
  readonly name: JobName;
  /** `job.networks[0].initialParameters` is always given. */
  readonly job: TrainingJob;
  readonly data: TrainingData;
  /** [parameterCount] in the layout of `layOutNetwork`; the same as in `job`. */
  readonly initialParameters: Float64Array;
}

/** Draws the numbers of a job, for a run of `steps` steps. */
export function createJob(name: JobName, steps: number): BenchJob {
  const { job, data } = drawJob(benchShapes[name], steps);
  const initialParameters = job.networks[0].initialParameters ?? new Float64Array();
  return { name, job, data, initialParameters };
}
