import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { MAX_STEPS, validateJob } from '../../src/core/job-rules.ts';
import type { TrainingJob } from '../../src/core/job.ts';
import { notebookJob } from '../../src/core/notebook.ts';
import { layersOf, orData } from '../support/jobs.ts';

const check = (change: Partial<TrainingJob>) => () => validateJob({ ...notebookJob, ...change }, orData);
const network = (change: object) => ({ networks: [{ seed: 1, learningRate: 0.05, ...change }] });

describe('validateJob', () => {
  it('takes the notebook', () => {
    expect(check({})).not.toThrow();
    expect(check({ steps: MAX_STEPS })).not.toThrow();
    expect(check(network({ seed: 0 }))).not.toThrow();
    expect(check(network({ seed: 4294967295 }))).not.toThrow();
  });

  it.each([0, -1, 1.5, NaN, Infinity, 1e300, MAX_STEPS + 1])('refuses %f steps', (steps) => {
    expect(check({ steps })).toThrow(InputError);
    expect(check({ steps })).toThrow(`Steps must be a whole number from 1 to 33,554,432, not ${steps}.`);
  });

  it.each([0, -3, 2.5, NaN, 65_537, 1e18])('refuses %f units', (units) => {
    const layers = layersOf([units, 1], 'sigmoid');
    expect(check({ layers })).toThrow(
      `Units of hidden layer 1 must be a whole number from 1 to 65,536, not ${units}.`,
    );
  });

  it.each([0, -0.05, NaN, Infinity, 1e7, 1e-46])('refuses a learning rate of %f', (learningRate) => {
    const sentence = `The learning rate must be a number from 1e-30 to 1,000,000, not ${learningRate};`;
    expect(check(network({ learningRate }))).toThrow(sentence);
  });

  it.each([-1, 4294967296, 0.5, NaN])('refuses the seed %f', (seed) => {
    expect(check(network({ seed }))).toThrow(
      `The seed must be a whole number from 0 to 4,294,967,295, not ${seed}.`,
    );
  });

  it.each([-0.1, 1, 1.5, NaN, Infinity])('refuses a dropout of %f', (dropout) => {
    expect(check({ dropout })).toThrow(InputError);
    expect(check({ dropout })).toThrow(`Dropout must be a number from 0 to below 1, not ${dropout};`);
  });

  it('refuses a precision that does not exist', () => {
    expect(check({ precision: 'float32' })).not.toThrow();
    expect(check({ precision: 'float16' as 'float32' })).toThrow(
      'The precision must be one of compensated, float32, not "float16".',
    );
  });

  it('refuses dropout where there is no hidden layer to drop units of', () => {
    expect(check({ dropout: 0.5 })).not.toThrow();
    const layers = layersOf([1], 'sigmoid');
    expect(check({ layers, dropout: 0 })).not.toThrow();
    expect(check({ layers, dropout: 0.5 })).toThrow(
      'Dropout falls on hidden layers, and this network has none for its 0.5 to fall on. Leave dropout out',
    );
  });

  it('refuses an activation that does not exist, though every object has that property', () => {
    const layers = [{ units: 1, activation: 'constructor' as 'relu', bias: false }];
    expect(check({ layers })).toThrow('softplus, linear, not "constructor"');
  });

  it('refuses numbers that do not fit: too few, not finite, too large for float32', () => {
    const initialParameters = new Float64Array(3);
    expect(check(network({ initialParameters }))).toThrow('The initial parameters must be 9 numbers, not 3.');
    const inputs = Float64Array.of(0, 0, 0, 1, 1, 0, 1, NaN);
    expect(() => validateJob(notebookJob, { ...orData, inputs })).toThrow('number 8 is NaN');
    const targets = Float64Array.of(0, 1, 1, 1e39);
    expect(() => validateJob(notebookJob, { ...orData, targets })).toThrow('number 4 is 1e+39');
    const short = { ...orData, inputs: orData.inputs.subarray(0, 4) };
    expect(() => validateJob(notebookJob, short)).toThrow('The inputs must be 8 numbers, not 4.');
    expect(() => validateJob(notebookJob, { ...orData, rowCount: 1.5 })).toThrow(
      'The number of rows must be',
    );
    expect(check({ networks: [] })).toThrow(
      'The number of networks must be a whole number from 1 to 65,536, not 0',
    );
  });

  it('refuses an output layer that does not fit the targets, no layers, no rows', () => {
    expect(check({ layers: layersOf([3, 2], 'sigmoid') })).toThrow(
      'The output layer has 2 units but the table has 1',
    );
    expect(check({ layers: [] })).toThrow('The number of layers must be');
    expect(() => validateJob(notebookJob, { ...orData, rowCount: 0 })).toThrow('The table has no rows');
  });
});
