import { describe, expect, test } from 'vitest';
import { activationNames } from '../../src/core/activations.ts';
import { lossNames } from '../../src/core/losses.ts';
import { optimizerNames } from '../../src/core/optimizers.ts';
import { scheduleNames } from '../../src/core/schedules.ts';
import { cpuBackend } from '../../src/cpu/cpu-trainer.ts';
import { torchCases } from '../support/torch-cases.ts';
import { torchJob } from '../support/torch-job.ts';

/** From the same parameters, rows and batches, the trajectory is PyTorch's, in float64. */

/** Relative, over 200 steps; rounding alone moves no case by more than 1e-11 (losses) and 1e-10 (parameters). */
const MOST_DEVIATION = 1e-9;

describe('the CPU path takes the steps of PyTorch', () => {
  test.each(torchCases)('$name', async (golden) => {
    const job = torchJob(golden);
    const trainer = await cpuBackend.createTrainer(job, golden.data);
    await trainer.train(job.steps);
    const deviations = [
      relativeDeviation(await trainer.losses(0), golden.losses),
      relativeDeviation(await trainer.parameters(), golden.parameters),
    ];
    trainer.dispose();
    console.log(`${golden.name}: ${deviations.map((deviation) => deviation.toExponential(1)).join(', ')}`);
    expect(Math.max(...deviations)).toBeLessThanOrEqual(MOST_DEVIATION);
  });
});

test('every activation, loss, optimizer and schedule is among the golden cases', () => {
  const jobs = torchCases.map(torchJob);
  const missing = (names: readonly string[], used: readonly (string | undefined)[]) =>
    names.filter((name) => !used.includes(name));
  const activations = jobs.flatMap(({ layers }) => layers.map(({ activation }) => activation));
  expect(missing(activationNames, activations)).toEqual([]);
  expect(
    missing(
      lossNames,
      jobs.map(({ loss }) => loss),
    ),
  ).toEqual([]);
  expect(
    missing(
      optimizerNames,
      jobs.map(({ optimizer }) => optimizer),
    ),
  ).toEqual([]);
  expect(
    missing(
      scheduleNames,
      jobs.map(({ schedule }) => schedule?.kind),
    ).filter((kind) => kind !== 'constant'),
  ).toEqual([]);
});

/** Largest |a / b − 1|. */
function relativeDeviation(actual: Float64Array, expected: Float64Array): number {
  expect(actual.length).toBe(expected.length);
  return actual.reduce((worst, value, i) => Math.max(worst, Math.abs(value / expected[i] - 1)), 0);
}
