import { describe, expect, it } from 'vitest';
import { activationNames } from '../../src/core/activations.ts';
import { InputError, RefusalError } from '../../src/core/errors.ts';
import { gridInputs } from '../../src/core/grid.ts';
import { initialParameters, type TrainingData } from '../../src/core/job.ts';
import { layOutNetwork } from '../../src/core/network.ts';
import { notebookJob, notebookRecord } from '../../src/core/notebook.ts';
import { deviation } from '../../src/core/validation.ts';
import { Backprop } from '../../src/cpu/backprop.ts';
import { cpuBackend, createRoundedTrainer } from '../../src/cpu/cpu-trainer.ts';
import { checkGradients } from '../../src/cpu/gradient-check.ts';
import { closeness, expectClose } from '../support/close.ts';
import { randomGrid } from '../support/grids.ts';
import { layersOf, orData, randomJob, scaledParameters } from '../support/jobs.ts';
import { Random } from '../support/random.ts';

/** Forty rows of `inputCount` inputs up to `scale`, one target. */
function tableOf(random: Random, inputCount: number, scale: number): TrainingData {
  const rowCount = 40;
  const inputs = random.floats(rowCount * inputCount, scale);
  const targets = random.floats(rowCount).map(Math.abs);
  return { rowCount, inputCount, inputs, outputCount: 1, targets };
}

describe('the notebook on the CPU', () => {
  it('reproduces every recorded number within 1e-12', async () => {
    const trainer = await cpuBackend.createTrainer(notebookJob, orData);
    await trainer.train(notebookJob.steps);
    const losses = await trainer.losses(0);
    const recorded = notebookRecord.losses.map((_, i) => losses[i * 1000]);
    const whyLoose = 'the issue’s own bound; the order of a sum is all that differs';
    expectClose('losses', recorded, notebookRecord.losses, { allowed: 1e-12, whyLoose });
    expectClose('weights', await trainer.parameters(), notebookRecord.parameters, {
      allowed: 1e-12,
      whyLoose,
    });
    const predictions = await trainer.predict(orData.inputs);
    expectClose('predictions', predictions, notebookRecord.predictions, { allowed: 1e-12, whyLoose });
  });

  it('predicts by its one network alone', async () => {
    const trainer = await cpuBackend.createTrainer(notebookJob, orData);
    await expect(trainer.predict(orData.inputs, 1)).rejects.toThrow(
      'This trainer has 1 network, which is 0; it was asked for network 1. Ask for one it has.',
    );
  });

  it('has the notebook’s dE_dv and dE_dw in the first step', async () => {
    const trainer = await cpuBackend.createTrainer(notebookJob, orData);
    const before = await trainer.parameters();
    const gradients = await trainer.gradients();
    await trainer.train(1);
    const after = await trainer.parameters();
    const expected = before.map((value, i) => value - 0.05 * gradients[i]);
    expect([...after]).toEqual([...expected]);
    // The notebook's own line, written out: dE_dw = gᵀ · (0.5 (f − f₀) f (1 − f)).
    const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
    const dEdw = [0, 0, 0];
    for (let row = 0; row < 4; row++) {
      const [x1, x2] = orData.inputs.subarray(2 * row);
      const g = [0, 1, 2].map((unit) => sigmoid(x1 * before[unit] + x2 * before[3 + unit]));
      const f = sigmoid(g[0] * before[6] + g[1] * before[7] + g[2] * before[8]);
      for (let unit = 0; unit < 3; unit++)
        dEdw[unit] += g[unit] * 0.5 * (f - orData.targets[row]) * f * (1 - f);
    }
    expectClose('dE_dw', gradients.subarray(6), dEdw, { allowed: 1e-16 });
  });
});

describe('random networks', () => {
  const jobs = Array.from({ length: 40 }, (_, seed) => randomJob(seed, 5));
  it.each(jobs)('gradients agree with finite differences: $name', async ({ name, job, data }) => {
    const check = checkGradients(job, data, initialParameters(job, data));
    console.log(
      `${name}: observed / allowed ${(check.difference / check.allowed).toPrecision(3)} (${check.difference.toExponential(2)} / ${check.allowed.toExponential(2)}), ${check.parametersChecked} parameters`,
    );
    expect(check.holds).toBe(true);
    expect(check.parametersChecked).toBeGreaterThan(0);
  });
});

describe('the gradient check', () => {
  it('sees a wrong gradient', () => {
    const { job, data } = randomJob(3, 5);
    const parameters = initialParameters(job, data);
    const honest = checkGradients(job, data, parameters);
    expect(honest.holds).toBe(true);
    const original = Backprop.prototype.backward;
    Backprop.prototype.backward = function (loss, targets) {
      original.call(this, loss, targets);
      this.gradients[0] += 1e-5;
    };
    try {
      expect(checkGradients(job, data, parameters).holds).toBe(false);
    } finally {
      Backprop.prototype.backward = original;
    }
  });

  it.each([1, 10, 100, 1000])('takes correct gradients for correct at inputs up to %i', (scale) => {
    let heldCount = 0;
    for (let seed = 0; seed < 12; seed++) {
      for (const activation of activationNames) {
        const random = new Random(seed);
        const inputCount = random.logUniformInteger(1, 5);
        const layers = [
          ...layersOf([random.logUniformInteger(1, 8)], activation),
          ...layersOf([1], 'sigmoid'),
        ];
        const drawn = randomJob(seed, 5);
        const { data, job } = {
          job: { ...drawn.job, layers, networks: [{ seed, learningRate: 0.05 }] },
          data: tableOf(random, inputCount, scale),
        };
        const check = checkGradients(job, data, initialParameters(job, data));
        const isTooInexact = check.holds === undefined && check.allowed > 1;
        if (check.holds) heldCount++;
        expect(
          check.parametersChecked === 0 || check.holds || isTooInexact,
          `${activation}, seed ${seed}`,
        ).toBe(true);
      }
    }
    expect(heldCount).toBeGreaterThan((3 / 4) * 12 * activationNames.length);
  });

  it('sees a wrong gradient in every layer, weights and biases, of a network too large to check whole', () => {
    const layers = [...layersOf([100, 50], 'tanh'), ...layersOf([1], 'sigmoid')];
    const data = tableOf(new Random(1), 100, 1);
    const job = { ...notebookJob, layers };
    const network = layOutNetwork(100, layers);
    const parameters = scaledParameters(new Random(2), 100, layers);
    expect(checkGradients(job, data, parameters).holds).toBe(true);
    const original = Backprop.prototype.backward;
    try {
      for (const { weightsOffset, inputCount, units, biasOffset = 0 } of network.layers) {
        for (const [from, to] of [
          [weightsOffset, weightsOffset + inputCount * units],
          [biasOffset, biasOffset + units],
        ]) {
          Backprop.prototype.backward = function (loss, targets) {
            original.call(this, loss, targets);
            for (let i = from; i < to; i++) this.gradients[i] *= 1.01;
          };
          expect(checkGradients(job, data, parameters).holds, `gradients ${from} to ${to}`).toBe(false);
        }
      }
    } finally {
      Backprop.prototype.backward = original;
    }
  });

  it('says nothing where every gradient is 0', () => {
    const saturated = Float64Array.of(0, 0, 0, 0, 0, 0, 1e4, 1e4, 1e4);
    const targets = orData.targets.map(() => 0);
    const check = checkGradients(notebookJob, { ...orData, targets }, saturated);
    expect(check).toMatchObject({ holds: undefined, largestGradient: 0, parametersChecked: 9 });
  });

  it('says nothing where a difference is too inexact to tell a wrong gradient', async () => {
    // Columns in the thousands kill the ReLUs at once; what is left is a bias whose gradient is all but 0.
    const layers = [...layersOf([3], 'relu'), ...layersOf([1], 'linear')];
    const job = { ...notebookJob, layers, steps: 1000 };
    const data = {
      rowCount: 3,
      inputCount: 2,
      inputs: Float64Array.of(1000, 2000, 3000, -1000, 5, 6),
      outputCount: 1,
      targets: Float64Array.of(1, 0, 100),
    };
    const trainer = await cpuBackend.createTrainer(job, data);
    await trainer.train(1000);
    const check = checkGradients(job, data, await trainer.parameters());
    expect(check.largestGradient).toBeGreaterThan(0);
    expect(check.allowed).toBeGreaterThan(1);
    expect(check.holds).toBeUndefined();
  });

  it('leaves out parameters at the kink of a ReLU and says how many', () => {
    const layers = [{ units: 1, activation: 'relu' as const, bias: true }];
    const job = { ...notebookJob, layers };
    const data = {
      rowCount: 2,
      inputCount: 1,
      inputs: Float64Array.of(0, 1),
      outputCount: 1,
      targets: Float64Array.of(1, 1),
    };
    const check = checkGradients(job, data, Float64Array.of(0.5, 0));
    expect(check).toMatchObject({ holds: true, rowsChecked: 2, parametersAtKink: 1, parametersChecked: 1 });
  });
});

describe('the trainer', () => {
  const job = { ...notebookJob, steps: 3_000_000 };

  it('lets the event loop run, stops on request and goes on from there', async () => {
    const trainer = await cpuBackend.createTrainer(job, orData);
    const controller = new AbortController();
    let turns = 0;
    const timer = setInterval(() => turns++, 5);
    setTimeout(() => controller.abort(), 200);
    const { steps, gpuMs } = await trainer.train(job.steps, controller.signal);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(2);
    expect(steps).toBeGreaterThan(0);
    expect(steps).toBeLessThan(job.steps);
    expect(gpuMs).toBeNull();
    const losses = await trainer.losses(0);
    expect(losses.length).toBe(steps);
    await trainer.train(1);
    expect(trainer.stepCount).toBe(steps + 1);
    expect((await trainer.losses(steps)).length).toBe(1);
  });

  it('never goes past the job', async () => {
    const trainer = await cpuBackend.createTrainer({ ...notebookJob, steps: 10 }, orData);
    expect((await trainer.train(7)).steps).toBe(7);
    expect((await trainer.train(7)).steps).toBe(3);
    expect((await trainer.train(7)).steps).toBe(0);
  });

  it('computes the same bits however the run is cut into calls', async () => {
    const whole = await cpuBackend.createTrainer({ ...notebookJob, steps: 50 }, orData);
    const pieces = await cpuBackend.createTrainer({ ...notebookJob, steps: 50 }, orData);
    await whole.train(50);
    for (const steps of [1, 2, 30, 99]) await pieces.train(steps);
    expect(await pieces.losses(0)).toEqual(await whole.losses(0));
    expect(await pieces.parameters()).toEqual(await whole.parameters());
  });

  it('predicts every point of a grid as any row, all by one network, while it trains', async () => {
    const { job: longer, data } = randomJob(6, 400);
    const trainer = await cpuBackend.createTrainer(longer, data);
    // More points than it takes between two pauses.
    const grid = randomGrid(new Random(1), data.inputCount, [301, 40]);
    const early = Float32Array.from(await trainer.predict(gridInputs(grid)));
    const [predicted] = await Promise.all([trainer.predictGrid(grid), trainer.train(400)]);
    expect(predicted).toEqual(early);
    const late = await trainer.predictGrid(grid);
    expect(late).toEqual(Float32Array.from(await trainer.predict(gridInputs(grid))));
    expect(late).not.toEqual(early);
    const alone = await cpuBackend.createTrainer(longer, data);
    await alone.train(400);
    expect(await trainer.snapshot()).toEqual(await alone.snapshot());
    await expect(trainer.predictGrid(grid, 1)).rejects.toThrow('has 1 network');
    await expect(trainer.predictGrid({ ...grid, columns: 0 })).rejects.toThrow('this one has 0');
  });

  it('starts from the parameters it is given, and leaves them as they are', async () => {
    const { job: given, data } = randomJob(5, 10);
    const initial = initialParameters(given, data);
    const trainer = await cpuBackend.createTrainer(given, data);
    expect(await trainer.parameters()).toEqual(initial);
    await trainer.train(10);
    expect(initialParameters(given, data)).toEqual(initial);
    expect(await trainer.parameters()).not.toEqual(initial);
  });

  it('refuses more than one network, what does not fit its memory, and nonsense', async () => {
    const two = { ...notebookJob, networks: [...notebookJob.networks, ...notebookJob.networks] };
    await expect(cpuBackend.createTrainer(two, orData)).rejects.toThrow(RefusalError);
    const wide = {
      ...notebookJob,
      layers: [40_000, 40_000, 1].map((units) => ({ units, activation: 'relu' as const, bias: false })),
    };
    await expect(cpuBackend.createTrainer(wide, orData)).rejects.toThrow(
      /at most 1,024 MiB; 1,600,120,000 parameters/,
    );
    await expect(cpuBackend.createTrainer({ ...notebookJob, steps: 0 }, orData)).rejects.toThrow(InputError);
  });
});

describe('the rounded reference', () => {
  it('deviates from float64 as float32 does: more than nothing, less than 1e-6 on the notebook', async () => {
    const exact = await cpuBackend.createTrainer(notebookJob, orData);
    const rounded = createRoundedTrainer(notebookJob, orData);
    for (const trainer of [exact, rounded]) await trainer.train(notebookJob.steps);
    const found = deviation(
      { losses: await exact.losses(0), parameters: await exact.parameters() },
      { losses: await rounded.losses(0), parameters: await rounded.parameters() },
    );
    console.log(
      `rounding alone: loss ${found.loss.toExponential(2)}, parameters ${found.parameter.toExponential(2)}`,
    );
    expect(found.loss).toBeGreaterThan(1e-8);
    expect(found.loss).toBeLessThan(1e-6);
    expect(found.parameter).toBeGreaterThan(1e-8);
    expect(found.parameter).toBeLessThan(1e-6);
  });

  it('loses more where nothing is compensated, as plain float32 does', async () => {
    const errorOf = async (precision: 'compensated' | 'float32') => {
      const rounded = createRoundedTrainer({ ...notebookJob, precision }, orData);
      await rounded.train(notebookJob.steps);
      return closeness(await rounded.parameters(), notebookRecord.parameters, 1).observed;
    };
    const [compensated, plain] = [await errorOf('compensated'), await errorOf('float32')];
    console.log(`weights: compensated ${compensated.toExponential(1)}, float32 ${plain.toExponential(1)}`);
    expect(compensated).toBeLessThan(5e-7);
    expect(plain).toBeGreaterThan(1e-6);
    expect(plain).toBeLessThan(1e-5);
  });

  it('lays its parameters out as the network does', () => {
    const network = layOutNetwork(2, notebookJob.layers);
    expect(createRoundedTrainer(notebookJob, orData).network).toEqual(network);
  });
});
