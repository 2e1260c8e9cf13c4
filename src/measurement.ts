import { backends } from './backends.ts';
import type { Backend, TrainingData, TrainingJob } from './core/job.ts';
import { median } from './core/median.ts';
import type { Plan } from './core/plan.ts';

/** Warm repetitions of one run. */
export interface Measurement {
  /** Training wall time of each repetition, in the order they ran. */
  readonly trainMs: readonly number[];
  readonly medianMs: number;
  /** Fastest and slowest. */
  readonly rangeMs: readonly [number, number];
  readonly stepsPerSecond: number;
}

/** Fewer repetitions give no median worth the name. */
export const LEAST_REPETITIONS = 5;

/** How to repeat a run. */
export interface MeasureOptions {
  /** At least 5, which is also the default. */
  readonly repetitions?: number;
  /** Called after each with the count so far; 0 after the warm-up. */
  readonly onRepetition?: (count: number) => unknown;
  readonly signal?: AbortSignal;
  /** As it stands in the result that is to be measured; chosen for the job if left out. */
  readonly plan?: Plan;
}

/**
 * Trains the whole job over and over on a warm backend: one run to warm up, not counted, then the repetitions.
 *
 * @throws the signal's reason once it is aborted
 */
export async function measure(
  backend: Backend['name'],
  { job, data }: { readonly job: TrainingJob; readonly data: TrainingData },
  { repetitions = LEAST_REPETITIONS, onRepetition, signal, plan }: MeasureOptions = {},
): Promise<Measurement> {
  const trainMs: number[] = [];
  for (let repetition = 0; repetition <= Math.max(repetitions, LEAST_REPETITIONS); repetition++) {
    const trainer = await backends[backend].createTrainer(job, data, plan);
    try {
      const timing = await trainer.train(job.steps, signal);
      signal?.throwIfAborted();
      if (repetition > 0) trainMs.push(timing.trainMs);
    } finally {
      trainer.dispose();
    }
    onRepetition?.(repetition);
  }
  const medianMs = median(trainMs);
  return {
    trainMs,
    medianMs,
    rangeMs: [Math.min(...trainMs), Math.max(...trainMs)],
    stepsPerSecond: job.steps / (medianMs / 1000),
  };
}
