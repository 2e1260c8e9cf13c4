import { describe, expect, it } from 'vitest';
import { drawMask, dropoutOf } from '../../src/core/dropout.ts';
import { initialParameters, type TrainingData, type TrainingJob } from '../../src/core/job.ts';
import { matrix } from '../../src/core/matrix.ts';
import { deviation } from '../../src/core/validation.ts';
import { cpuBackend, createRoundedTrainer } from '../../src/cpu/cpu-trainer.ts';
import { checkGradients } from '../../src/cpu/gradient-check.ts';
import { validateRun } from '../../src/cpu/validate-run.ts';
import { expectClose } from '../support/close.ts';
import { droppingJob, layersOf, orData } from '../support/jobs.ts';

/** Two linear layers without biases: small enough to be written out. */
const linearJob: TrainingJob = {
  layers: layersOf([3, 1], 'linear', false),
  loss: 'mse',
  optimizer: 'sgd',
  dropout: 0.4,
  steps: 10,
  networks: [
    {
      seed: 5,
      learningRate: 0.05,
      initialParameters: Float64Array.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 7, 8, 9),
    },
  ],
};

async function trained(job: TrainingJob, data: TrainingData, steps: number) {
  const trainer = await cpuBackend.createTrainer(job, data);
  await trainer.train(steps);
  return { trainer, losses: await trainer.losses(0), parameters: await trainer.parameters() };
}

describe('dropout on the CPU', () => {
  const jobs = Array.from({ length: 12 }, (_, seed) => droppingJob(seed, 50));

  it.each(jobs)('gradients agree with finite differences: $name', ({ name, job, data }) => {
    const check = checkGradients(job, data, initialParameters(job, data));
    console.log(`${name}: observed / allowed ${(check.difference / check.allowed).toPrecision(3)}`);
    expect(check.holds).toBe(true);
  });

  it('has the loss and the gradients of the units it keeps, written out', async () => {
    const dropout = dropoutOf(linearJob);
    if (!dropout) throw new Error('nothing is dropped');
    const [v, w] = [
      [0.1, 0.2, 0.3, 0.4, 0.5, 0.6],
      [7, 8, 9],
    ];
    const trainer = await cpuBackend.createTrainer(linearJob, orData);
    const mask = matrix(4, 3);
    drawMask(dropout, { step: 0, layer: 0 }, mask);
    expect(mask.data.some((factor) => factor === 0)).toBe(true);
    let loss = 0;
    const gradients = new Float64Array(9);
    for (let row = 0; row < 4; row++) {
      const [x1, x2] = orData.inputs.subarray(2 * row);
      const factors = mask.data.subarray(3 * row);
      const kept = [0, 1, 2].map((unit) => (x1 * v[unit] + x2 * v[3 + unit]) * factors[unit]);
      const error = kept.reduce((sum, value, unit) => sum + value * w[unit], 0) - orData.targets[row];
      loss += error ** 2 / 4;
      for (let unit = 0; unit < 3; unit++) {
        gradients[unit] += 0.5 * error * w[unit] * factors[unit] * x1;
        gradients[3 + unit] += 0.5 * error * w[unit] * factors[unit] * x2;
        gradients[6 + unit] += 0.5 * error * kept[unit];
      }
    }
    const found = await trainer.gradients();
    await trainer.train(1);
    expectClose('gradients', found, gradients, { allowed: 1e-13 });
    expectClose('loss', await trainer.losses(0), [loss], { allowed: 1e-13 });
  });

  it('drops other units each step, and none when it predicts', async () => {
    const still = { ...linearJob, networks: [{ ...linearJob.networks[0], learningRate: 1e-30 }] };
    const { trainer, losses } = await trained(still, orData, 10);
    expect(new Set(losses).size).toBeGreaterThan(5);
    // x₁ · (0.1 · 7 + 0.2 · 8 + 0.3 · 9) + x₂ · (0.4 · 7 + 0.5 · 8 + 0.6 · 9)
    const everyUnit = [0, 12.2, 5, 17.2];
    expectClose('predictions', await trainer.predict(orData.inputs), everyUnit, { allowed: 1e-13 });
  });

  it('has the gradients that the next step follows', async () => {
    const { trainer, parameters } = await trained(linearJob, orData, 4);
    const gradients = await trainer.gradients();
    await trainer.train(1);
    expect(await trainer.parameters()).toEqual(parameters.map((value, i) => value - 0.05 * gradients[i]));
  });

  it('of 0 is a run without it, to the last bit', async () => {
    const { job, data } = jobs[3];
    const { dropout: _, ...without } = job;
    const [zero, none] = [await trained({ ...job, dropout: 0 }, data, 50), await trained(without, data, 50)];
    expect(zero.parameters).toEqual(none.parameters);
    expect(zero.losses).toEqual(none.losses);
    expect((await trained(job, data, 50)).parameters).not.toEqual(none.parameters);
  });

  it.each(jobs.slice(0, 4))('goes on from a snapshot with the same bits: $name', async ({ job, data }) => {
    const whole = await trained(job, data, 50);
    const { trainer: first } = await trained(job, data, 23);
    const other = await cpuBackend.createTrainer(job, data);
    other.restore(await first.snapshot());
    await other.train(27);
    expect(await other.parameters()).toEqual(whole.parameters);
    expect(await other.losses(23)).toEqual(whole.losses.subarray(23));
  });

  it.each(jobs.slice(0, 4))('is within rounding in the rounded reference: $name', async ({ job, data }) => {
    const reference = await trained(job, data, 50);
    const rounded = createRoundedTrainer(job, data);
    await rounded.train(50);
    const gpu = { losses: await rounded.losses(0), parameters: await rounded.parameters() };
    const found = deviation(reference, gpu);
    expect(found.loss).toBeGreaterThan(0);
    expect(found.loss).toBeLessThan(1e-4);
    expect((await validateRun({ job, data, reference, gpu })).holds).not.toBe(false);
  });

  it('needs memory for its masks', async () => {
    const wide = {
      ...linearJob,
      layers: layersOf([4000, 1], 'linear', false),
      networks: [{ seed: 1, learningRate: 1 }],
    };
    const rowCount = 10_000;
    const data = {
      ...orData,
      rowCount,
      inputs: new Float64Array(2 * rowCount),
      targets: new Float64Array(rowCount),
    };
    const { dropout: _, ...without } = wide;
    expect(await cpuBackend.refusal(without, data)).toBeUndefined();
    expect(await cpuBackend.refusal(wide, data)).toMatch(/at most 1,024 MiB/);
  });
});
