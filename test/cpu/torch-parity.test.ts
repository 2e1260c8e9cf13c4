import { describe, expect, test } from 'vitest';
import type { TrainingJob } from '../../src/core/job.ts';
import { lossNames, type LossName } from '../../src/core/losses.ts';
import { cpuBackend } from '../../src/cpu/cpu-trainer.ts';
import { torchCases, type TorchCase, type TorchJob } from '../support/torch-cases.ts';

/** From the same parameters, rows and batches, the trajectory is PyTorch's, in float64. */

/** Relative, over 200 steps; rounding alone moves no case by more than 1e-11 (losses) and 1e-10 (parameters). */
const MOST_DEVIATION = 1e-9;

describe('the CPU path takes the steps of PyTorch', () => {
  const trainable = torchCases.flatMap((golden) => {
    const job = jobOf(golden);
    return job ? [{ ...golden, job }] : [];
  });

  test.each(trainable)('$name', async ({ name, job, data, losses, parameters }) => {
    const trainer = await cpuBackend.createTrainer(job, data);
    await trainer.train(job.steps);
    const deviations = [
      relativeDeviation(await trainer.losses(0), losses),
      relativeDeviation(await trainer.parameters(), parameters),
    ];
    trainer.dispose();
    console.log(`${name}: ${deviations.map((deviation) => deviation.toExponential(1)).join(', ')}`);
    expect(Math.max(...deviations)).toBeLessThanOrEqual(MOST_DEVIATION);
  });
});

describe('the CPU path begins where PyTorch does', () => {
  const known = torchCases.flatMap(({ job, ...golden }) =>
    isKnownLoss(job.loss) ? [{ ...golden, job, loss: job.loss }] : [],
  );

  test.each(known)('$name', async ({ job, loss, data, initialParameters, losses }) => {
    const { layers, learningRate, batchSize: rowCount = data.rowCount } = job;
    const networks = [{ seed: 0, learningRate, initialParameters }];
    const firstBatch = {
      ...data,
      rowCount,
      inputs: data.inputs.slice(0, rowCount * data.inputCount),
      targets: data.targets.slice(0, rowCount * data.outputCount),
    };
    const trainer = await cpuBackend.createTrainer(
      { layers, loss, optimizer: 'sgd', steps: 1, networks },
      firstBatch,
    );
    await trainer.train(1);
    expect(relativeDeviation(await trainer.losses(0), losses.slice(0, 1))).toBeLessThanOrEqual(1e-13);
    trainer.dispose();
  });
});

/** The case as a job; undefined where it asks for what handgrad does not know yet. */
function jobOf({ job, initialParameters }: TorchCase): TrainingJob | undefined {
  const { layers, loss, optimizer, learningRate, steps, shuffle: _, ...rest } = job;
  if (!isKnownLoss(loss) || optimizer !== 'sgd' || Object.keys(rest).length > 0) return undefined;
  return { layers, loss, optimizer, steps, networks: [{ seed: 0, learningRate, initialParameters }] };
}

function isKnownLoss(loss: TorchJob['loss']): loss is LossName {
  return (lossNames as string[]).includes(loss);
}

/** Largest |a / b − 1|. */
function relativeDeviation(actual: Float64Array, expected: Float64Array): number {
  expect(actual.length).toBe(expected.length);
  return actual.reduce((worst, value, i) => Math.max(worst, Math.abs(value / expected[i] - 1)), 0);
}
