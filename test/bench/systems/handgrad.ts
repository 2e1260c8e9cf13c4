import { backends, type Trainer } from '../../../src/index.ts';
import type { TrainingData, TrainingJob } from '../../../src/core/job.ts';
import type { BenchJob } from '../jobs.ts';
import type { Run, System } from './system.ts';

/** What the benchmark asks of a backend. A backend that knows one strategy only takes no plan. */
interface PlannedBackend {
  refusal(job: TrainingJob, data: TrainingData, plan?: { strategy: string }): Promise<string | undefined>;
  createTrainer(job: TrainingJob, data: TrainingData, plan?: { strategy: string }): Promise<Trainer>;
}

/** Variants: `cpu`, or the name of a strategy of the GPU path. */
export function createSystem(variant: string): System {
  const backend: PlannedBackend = variant === 'cpu' ? backends.cpu : backends.gpu;
  const plan = variant === 'cpu' ? undefined : { strategy: variant };
  return {
    async open({ job, data }) {
      const refusal = await backend.refusal(job, data, plan);
      if (refusal) throw new Error(refusal);
      const trainer = await backend.createTrainer(job, data, plan);
      const made = trainer.plan.strategy;
      if (!plan || made === plan.strategy) return runOf(trainer, job);
      trainer.dispose();
      throw new Error(`The GPU path made a ${made} trainer where ${plan.strategy} was asked for.`);
    },
  };
}

function runOf(trainer: Trainer, job: BenchJob['job']): Run {
  return {
    async train() {
      await trainer.train(job.steps);
      const [last] = await trainer.losses(job.steps - 1);
      return last;
    },
    parameters: async () => Float32Array.from(await trainer.parameters()),
    dispose: () => trainer.dispose(),
  };
}
