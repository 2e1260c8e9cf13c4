import { backends, networkAlone, type GpuStrategy, type Plan, type Trainer } from '../../../src/index.ts';
import { shapeOf, type BenchJob } from '../jobs.ts';
import type { Run, System } from './system.ts';

/** A network an invocation. */
const populationPlan: Plan = { strategy: 'unrolled', lanes: 1, sharing: 'none' };

/** Variants: `cpu`; `population`, all networks at once on the GPU; or the name of a strategy of the GPU path. */
export function createSystem(variant: string): System {
  return {
    open: async (benchJob) => runOf(await createTrainers(variant, benchJob), benchJob.job.steps),
  };
}

async function createTrainers(variant: string, { name, job, data }: BenchJob): Promise<Trainer[]> {
  if (variant === 'population') return [await backends.gpu.createTrainer(job, data, populationPlan)];
  if (variant === 'cpu') {
    const alone = job.networks.map((_, network) => networkAlone(job, data, network));
    return Promise.all(alone.map((each) => backends.cpu.createTrainer(each.job, each.data)));
  }
  // As a person would train it: the planner knows how long the whole job is.
  const whole = { ...job, steps: shapeOf(name).steps };
  const { plan } = await backends.gpu.plan(whole, data, variant as GpuStrategy);
  return [await backends.gpu.createTrainer(job, data, plan)];
}

/** One trainer after the other. */
function runOf(trainers: readonly Trainer[], steps: number): Run {
  return {
    async train() {
      const losses: number[] = [];
      for (const trainer of trainers) {
        await trainer.train(steps);
        losses.push(...(await trainer.losses(steps - 1)));
      }
      return losses;
    },
    async parameters() {
      const parts = await Promise.all(trainers.map((trainer) => trainer.parameters()));
      const { length } = parts[0];
      const all = new Float32Array(parts.length * length);
      parts.forEach((part, i) => all.set(part, i * length));
      return all;
    },
    dispose: () => trainers.forEach((trainer) => trainer.dispose()),
  };
}
