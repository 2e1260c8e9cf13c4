import type { TrainingJob } from './job.ts';
import type { RateFormulas } from './optimizer-formulas.ts';
import { learningRateAt, ratesOf } from './rates.ts';

/** A rate by the name it has in formulas. */
export type RateName = keyof RateFormulas;

/** What the letters of an update stand for at step t (0, 1, …) of a job. */
export function rateValuesAt(job: TrainingJob, t: number): Readonly<Record<RateName, number>> {
  const { momentum, firstRate, secondRate, epsilon, weightDecay, l1 } = ratesOf(job);
  return {
    learningRate: learningRateAt(job, t),
    momentum,
    beta1: 1 - firstRate,
    beta2: 1 - secondRate,
    epsilon,
    weightDecay,
    l1,
    updateCount: t + 1,
  };
}
