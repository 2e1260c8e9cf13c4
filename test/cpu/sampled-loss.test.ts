import { expect, test } from 'vitest';
import { cpuBackend } from '../../src/cpu/cpu-trainer.ts';
import { sampledLoss } from '../../src/cpu/sampled-loss.ts';
import { variedJob } from '../support/jobs.ts';

test.each(Array.from({ length: 20 }, (_, seed) => seed))(
  'all rows give the loss of a full batch: %i',
  async (seed) => {
    const { job, data } = variedJob(seed, 20);
    const whole = { ...job, batchSize: data.rowCount };
    const trainer = await cpuBackend.createTrainer(whole, data);
    await trainer.train(7);
    const parameters = await trainer.parameters();
    await trainer.train(1);
    const [loss] = await trainer.losses(7);
    const sampled = sampledLoss(whole, data, parameters, Infinity);
    expect(sampled.rowCount).toBe(data.rowCount);
    expect(Math.abs(sampled.loss - loss)).toBeLessThanOrEqual(1e-12 * Math.abs(loss));
  },
);

test('some rows are every so many of all, and no less than one', async () => {
  const drawn = Array.from({ length: 20 }, (_, seed) => variedJob(seed, 20));
  const { job, data } = drawn.find((each) => each.data.rowCount > 8) ?? drawn[0];
  const { parameterCount } = (await cpuBackend.createTrainer(job, data)).network;
  const parameters = Float64Array.from({ length: parameterCount }, (_, i) => Math.sin(i));
  const third = Math.floor(data.rowCount / 3);
  const rows = Array.from({ length: third }, (_, i) => Math.floor((i * data.rowCount) / third));
  const at = (values: Float64Array, columns: number) =>
    Float64Array.from(rows.flatMap((row) => [...values.subarray(row * columns, (row + 1) * columns)]));
  const taken = {
    ...data,
    rowCount: third,
    inputs: at(data.inputs, data.inputCount),
    targets: at(data.targets, data.outputCount),
  };
  const sampled = sampledLoss(job, data, parameters, third * parameterCount);
  expect(sampled).toEqual({ ...sampledLoss(job, taken, parameters, Infinity), rowCount: third });
  expect(sampledLoss(job, data, parameters, 0).rowCount).toBe(1);
});
