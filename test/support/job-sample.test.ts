import { describe, expect, test } from 'vitest';
import { activationNames } from '../../src/core/activations.ts';
import { optimizerNames } from '../../src/core/optimizers.ts';
import { scheduleNames } from '../../src/core/schedules.ts';
import { covering, traitsOf } from './job-sample.ts';
import { contractJobs, randomJob } from './jobs.ts';

/** What the sample of `npm test` leaves out must be more of the same. */
describe('the jobs of the contract', () => {
  const jobs = contractJobs(40);
  const sample = covering(jobs);
  const traits = sample.flatMap(traitsOf);

  test('are fewer in the sample, and reach as far', () => {
    expect(sample.length).toBeLessThan(jobs.length / 2);
    expect(new Set(traits)).toEqual(new Set(jobs.flatMap(traitsOf)));
  });

  test('have every activation, optimizer, schedule and loss, and batches of every kind', () => {
    expect(traits).toEqual(
      expect.arrayContaining([
        ...activationNames.map((name) => `hidden ${name}`),
        ...optimizerNames.map((name) => `optimizer ${name}`),
        ...scheduleNames.map((name) => `schedule ${name}`),
        // mae: its own tests and those beside PyTorch have it.
        ...['mse', 'huber', 'bce', 'cross-entropy'].map((name) => `loss ${name}`),
        'all rows',
        'batches, the last short',
        'batches, the last whole',
        'shuffled',
        'in order',
      ]),
    );
  });

  test('are the same in every run', () => {
    expect(covering(contractJobs(40))).toEqual(sample);
  });
});

test('of random networks the sample has every activation and depth', () => {
  const jobs = Array.from({ length: 40 }, (_, seed) => randomJob(seed, 50));
  const sample = covering(jobs);
  expect(sample.length).toBeLessThan(jobs.length / 2);
  expect(new Set(sample.flatMap(traitsOf))).toEqual(new Set(jobs.flatMap(traitsOf)));
});
