import type { TrainingJob } from '../../src/core/job.ts';
import type { TorchCase } from './torch-cases.ts';

/** A golden case as a job. */
export function torchJob({ job, initialParameters }: TorchCase): TrainingJob {
  const { layers, loss, optimizer, steps, batchSize, shuffle, schedule, clipNorm, dropout, ...settings } =
    job;
  return {
    layers,
    loss,
    optimizer,
    steps,
    shuffle,
    ...(batchSize !== undefined && { batchSize }),
    ...(schedule && { schedule }),
    ...(clipNorm !== undefined && { clipNorm }),
    ...(dropout !== undefined && { dropout }),
    networks: [{ seed: 0, initialParameters, ...settings }],
  };
}
