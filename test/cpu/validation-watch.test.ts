import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import type { TrainingData, TrainingJob } from '../../src/core/job.ts';
import { meanLoss } from '../../src/core/losses.ts';
import { TrainingSession } from '../../src/training-session.ts';
import type { ValidationCurve } from '../../src/validation-watch.ts';
import { Random } from '../support/random.ts';

/** A few noisy rows that a wide network learns by heart, and others from the same line. */
const noisy = (seed: number, rowCount: number): TrainingData => {
  const random = new Random(seed);
  const inputs = random.floats(rowCount * 2);
  const targets = Float64Array.from(
    { length: rowCount },
    (_, row) => inputs[2 * row] + random.uniform(-1, 1),
  );
  return { rowCount, inputCount: 2, inputs, outputCount: 1, targets };
};
const training = noisy(1, 12);
const validation = noisy(2, 40);
const job: TrainingJob = {
  layers: [
    { units: 24, activation: 'tanh', bias: true },
    { units: 1, activation: 'linear', bias: true },
  ],
  loss: 'mse',
  optimizer: 'adam',
  steps: 3000,
  networks: [{ seed: 3, learningRate: 0.02, initializer: 'pytorch' }],
};

describe('a run watched on validation rows', () => {
  it('has their loss about a hundred times, as the network has it then', async () => {
    const session = await TrainingSession.open('cpu', job, training, { validation: { data: validation } });
    await session.train(1500);
    const { steps, losses } = session.validation ?? { steps: [], losses: [] };
    expect(steps.length).toBe(50);
    expect(steps.slice(-2)).toEqual([1470, 1500]);
    const outputs = await session.outputs(validation.inputs);
    expect(losses[49]).toBe(meanLoss('mse', outputs, validation.targets, 1));
    await session.train();
    const result = await session.result();
    expect(result.steps).toBe(3000);
    expect(result.validation).toMatchObject({ keepsBest: false, stoppedEarly: false });
    session.dispose();
  });

  it('trains to the same parameters as one that is not', async () => {
    const alone = await TrainingSession.open('cpu', job, training);
    const watched = await TrainingSession.open('cpu', job, training, {
      validation: { data: validation, every: 7 },
    });
    await Promise.all([alone.train(500), watched.train(500)]);
    expect((await watched.result()).parameters).toEqual((await alone.result()).parameters);
  });
});

describe('early stopping', () => {
  it('ends at the same step however the run was paused and stepped', async () => {
    const stopsOf = async (stretches: readonly number[]) => {
      const session = await TrainingSession.open('cpu', job, training, {
        validation: { data: validation, every: 20, patience: 5 },
      });
      for (const steps of stretches) await session.train(steps);
      await session.train();
      const { steps, parameters, validation: curve } = await session.result();
      session.dispose();
      return { steps, parameters, curve };
    };
    expect(await stopsOf([1, 1, 1, 7, 1, 13, 20, 1])).toEqual(await stopsOf([]));
  });

  it('that a person cut short keeps the parameters of its last step', async () => {
    const session = await TrainingSession.open('cpu', job, training, {
      validation: { data: validation, every: 20, patience: 500 },
    });
    await session.train(1500);
    const alone = await TrainingSession.open('cpu', job, training);
    await alone.train(1500);
    const result = await session.result();
    expect(result.validation).toMatchObject({ keepsBest: false, stoppedEarly: false });
    expect(result.parameters).toEqual((await alone.result()).parameters);
  });

  it('ends the run once the loss no longer falls, with the best parameters and every loss', async () => {
    const session = await TrainingSession.open('cpu', job, training, {
      validation: { data: validation, every: 20, patience: 5 },
    });
    await session.train();
    const result = await session.result();
    const { steps, losses, bestStep, stoppedEarly } = result.validation as ValidationCurve;
    expect(stoppedEarly).toBe(true);
    expect(result.steps).toBeLessThan(job.steps);
    expect(session.stepCount).toBe(result.steps);
    expect(result.losses.length).toBe(result.steps);
    const best = Math.min(...losses);
    expect(bestStep).toBe(steps[losses.indexOf(best)]);
    expect(result.steps).toBe((bestStep ?? 0) + 5 * 20);
    const outputs = await session.outputs(validation.inputs);
    expect(meanLoss('mse', outputs, validation.targets, 1)).toBe(best);
    // Over is over.
    await session.train();
    expect(session.stepCount).toBe(result.steps);
    session.dispose();
  });

  it('goes back to the best parameters at the end of a run, too', async () => {
    const session = await TrainingSession.open('cpu', { ...job, steps: 400 }, training, {
      validation: { data: validation, every: 20, patience: 1000 },
    });
    await session.train();
    const { validation: curve } = await session.result();
    const outputs = await session.outputs(validation.inputs);
    expect(curve).toMatchObject({ stoppedEarly: false, keepsBest: true });
    expect(meanLoss('mse', outputs, validation.targets, 1)).toBe(Math.min(...(curve?.losses ?? [])));
  });

  it('refuses rows of another width and a patience of nothing', async () => {
    const narrow = { ...validation, inputCount: 1, inputs: validation.inputs.subarray(0, 40) };
    const open = (options: object) =>
      TrainingSession.open('cpu', job, training, { validation: { data: validation, ...options } });
    await expect(open({ data: narrow })).rejects.toThrow(InputError);
    await expect(open({ patience: 0 })).rejects.toThrow('a whole number from 1, not 0');
  });
});
