import { expect, test } from 'vitest';
import { textOfJob } from '../../src/app/job-text.ts';
import { readSettings, sameJob } from '../../src/app/settings.ts';
import { jobOf, suggestedSettings, usualOptions, type JobSettings, type Task } from '../../src/index.ts';

const cases: readonly (readonly [Task, Partial<JobSettings>])[] = [
  ['regression', {}],
  ['regression', { hidden: [], loss: 'huber', outputActivation: 'softplus' }],
  ['regression', { hidden: [4, 3], activations: ['relu', 'tanh'], dropout: 0.25, clipNorm: 2, l1: 0.001 }],
  ['binary', { loss: 'mse', outputActivation: 'sigmoid', optimizer: 'sgd', learningRate: 0.5, bias: false }],
  ['classification', { batchSize: 8, shuffle: false, schedule: { kind: 'cosine', warmupSteps: 5 } }],
  ['classification', { optimizer: 'adamw', weightDecay: 0.1, beta1: 0.8, precision: 'float32', seed: 9 }],
];

test('the settings of a job come back to the same job', () => {
  for (const [task, settings] of cases) {
    const job = jobOf({ ...suggestedSettings(task, 100), ...settings }, task === 'classification' ? 3 : 1);
    const options = { ...usualOptions(100), seed: job.networks[0].seed };
    const read = readSettings(textOfJob(job, options), {
      task,
      outputCount: task === 'classification' ? 3 : 1,
      trainingRowCount: 80,
      options,
    });
    expect([...read.errors]).toEqual([]);
    expect(read.job && sameJob(read.job, job), JSON.stringify([job, read.job])).toBe(true);
  }
});
