import { describe, expect, test } from 'vitest';
import { fields, groups, settingsFields, type SettingsText } from '../../src/app/setting-fields.ts';
import { isNotebookJob, readSettings, sameJob, textOf, withChanges } from '../../src/app/settings.ts';
import {
  jobOf,
  notebookJob,
  samples,
  settingsOfSample,
  suggestedSettings,
  usualOptions,
  type JobSettings,
} from '../../src/index.ts';

const options = usualOptions(100);
const context = { task: 'regression', outputCount: 1, trainingRowCount: 80, options } as const;
const base = textOf(suggestedSettings('regression', 80), options);

function read(changes: Partial<SettingsText>, of: Partial<typeof context> | object = {}) {
  return readSettings(withChanges(base, changes), { ...context, ...of });
}

function errorsOf(changes: Partial<SettingsText>, of: object = {}): [string, string][] {
  return [...read(changes, of).errors];
}

describe('settings as text', () => {
  test('every sample’s settings come back as they were', () => {
    for (const sample of samples) {
      const settings = settingsOfSample(sample);
      const ofSample = usualOptions(200, sample);
      const task =
        settings.loss === 'cross-entropy'
          ? 'classification'
          : settings.loss === 'bce'
            ? 'binary'
            : (sample.task ?? 'binary');
      const outputCount = task === 'classification' ? 3 : 1;
      const found = readSettings(textOf(settings, ofSample), {
        task,
        outputCount,
        trainingRowCount: 2000,
        options: ofSample,
      });
      expect([...found.errors]).toEqual([]);
      expect(found.job && sameJob(found.job, jobOf(settings, outputCount))).toBe(true);
      expect(found.options).toEqual(ofSample);
    }
  });

  test('the notebook’s job is recognised however it is spelt', () => {
    const [or] = samples;
    expect(isNotebookJob(jobOf(settingsOfSample(or), 1))).toBe(true);
    expect(isNotebookJob({ ...notebookJob, steps: 9_999 })).toBe(false);
    expect(isNotebookJob(jobOf({ ...settingsOfSample(or), initializer: 'pytorch' }, 1))).toBe(false);
  });

  test('everything that can be set gets into the job', () => {
    const {
      job,
      patience,
      strategy,
      options: rows,
      errors,
    } = read({
      hidden: '16, 8',
      activation: 'each',
      activations: 'relu, gelu',
      outputActivation: 'softplus',
      bias: 'no',
      dropout: '0.2',
      precision: 'float32',
      init: 'he-normal',
      loss: 'huber',
      optimizer: 'adamw',
      learningRate: '3e-3',
      beta1: '0.8',
      beta2: '0.95',
      epsilon: '1e-6',
      weightDecay: '0.1',
      l1: '0.001',
      clip: '2',
      schedule: 'step',
      scheduleEvery: '50',
      scheduleGamma: '0.7',
      warmupSteps: '10',
      batchSize: '32',
      shuffle: 'no',
      steps: '1,234',
      seed: '9',
      earlyStopping: '7',
      strategy: 'layered',
      scale: 'min-max',
      missing: 'mean',
      missingIndicator: 'yes',
      validation: '0.25',
      test: '0.1',
    });
    expect([...errors]).toEqual([]);
    expect(job).toEqual({
      layers: [
        { units: 16, activation: 'relu', bias: false },
        { units: 8, activation: 'gelu', bias: false },
        { units: 1, activation: 'softplus', bias: false },
      ],
      loss: 'huber',
      optimizer: 'adamw',
      steps: 1234,
      batchSize: 32,
      shuffle: false,
      clipNorm: 2,
      dropout: 0.2,
      precision: 'float32',
      schedule: { kind: 'step', every: 50, gamma: 0.7, warmupSteps: 10 },
      networks: [
        {
          seed: 9,
          learningRate: 0.003,
          initializer: 'he-normal',
          beta1: 0.8,
          beta2: 0.95,
          epsilon: 1e-6,
          weightDecay: 0.1,
          l1: 0.001,
        },
      ],
    });
    expect([patience, strategy]).toEqual([7, 'layered']);
    expect(rows).toEqual({
      scaling: 'min-max',
      missing: 'mean',
      missingIndicator: true,
      validation: 0.25,
      test: 0.1,
      seed: 9,
    });
  });

  test('another optimizer or loss brings what belongs to it, unless it was set', () => {
    expect(read({ optimizer: 'sgd' }).job?.networks[0].learningRate).toBe(0.05);
    expect(read({ optimizer: 'sgd', learningRate: '0.3' }).job?.networks[0].learningRate).toBe(0.3);
    // Settings of another optimizer do not linger.
    expect(read({ optimizer: 'sgd', beta1: '0.5' }).job?.networks[0].beta1).toBeUndefined();
    const binary = { task: 'binary' } as const;
    const output = (changes: Partial<SettingsText>) => read(changes, binary).job?.layers.at(-1)?.activation;
    expect(output({ loss: 'bce' })).toBe('linear');
    expect(output({ loss: 'mse' })).toBe('sigmoid');
    expect(read({ loss: 'mae' }).job?.layers.at(-1)?.activation).toBe('linear');
  });

  test.each<[Partial<SettingsText>, string, RegExp]>([
    [{ momentum: '1', optimizer: 'momentum' }, 'momentum', /from 0 to below 1, not “1”/],
    [{ dropout: '1' }, 'dropout', /from 0 to below 1, not “1”/],
    [{ dropout: '0.5', hidden: 'none' }, 'dropout', /there are none/],
    [{ clip: '0' }, 'clip', /above 0, not “0”/],
    [{ batchSize: '81' }, 'batchSize', /from 1 to 80, not “81”/],
    [{ validation: '1' }, 'validation', /below 1/],
    [{ validation: '0.6', test: '0.5' }, 'test', /leave some to train on/],
    [{ earlyStopping: '3', validation: '' }, 'earlyStopping', /no validation rows/],
    [{ loss: 'bce' }, 'loss', /not for a regression target; choose mse, mae, huber/],
    [{ activation: 'each', activations: 'tanh, relu' }, 'activations', /is 1 hidden layer and 2 activations/],
    [{ activation: 'each', activations: 'tan' }, 'activations', /not “tan”/],
    [{ schedule: 'exponential', scheduleGamma: '1.5' }, 'scheduleGamma', /at most 1, not “1\.5”/],
    [{ optimizer: 'lion' }, 'optimizer', /one of sgd, momentum/],
    [{ steps: '<b>' }, 'steps', /not “<b>”/],
  ])('%o is one sentence at its field', (changes, field, sentence) => {
    const errors = errorsOf(changes);
    expect(errors.map(([name]) => name)).toEqual([field]);
    expect(errors[0][1]).toMatch(sentence);
    expect(read(changes).job).toBeUndefined();
  });

  test('a share that cannot be read leaves the rows as they are', () => {
    expect(read({ validation: 'x' }).options).toEqual(options);
  });

  test('every setting has a place on the page and a look', () => {
    expect(Object.values(groups).flat().toSorted()).toEqual(settingsFields.toSorted());
    for (const field of settingsFields) expect(fields[field].explanation).toMatch(/\.$/);
  });
});

test('initial settings of a job survive the text', () => {
  const settings: JobSettings = {
    ...suggestedSettings('classification', 5000),
    activations: ['relu'],
    hidden: [],
  };
  const text = textOf(settings, options);
  const { job } = readSettings(text, {
    ...context,
    task: 'classification',
    outputCount: 4,
    trainingRowCount: 5000,
  });
  expect(job).toEqual(jobOf(settings, 4));
});
