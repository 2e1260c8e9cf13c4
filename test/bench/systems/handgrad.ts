import { backends, type Backend, type GpuStrategy, type Trainer } from '../../../src/index.ts';
import { jobShapes, type BenchJob } from '../jobs.ts';
import type { Run, System } from './system.ts';

/** Variants: `cpu`, or the name of a strategy of the GPU path. */
export function createSystem(variant: string): System {
  const backend: Backend = variant === 'cpu' ? backends.cpu : backends.gpu;
  const strategy = variant === 'cpu' ? undefined : (variant as GpuStrategy);
  return {
    async open({ name, job, data }) {
      // As a person would train it: the planner knows how long the whole job is.
      const whole = { ...job, steps: jobShapes[name].steps };
      const { plan } = await backend.plan(whole, data, strategy);
      return runOf(await backend.createTrainer(job, data, plan), job);
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
