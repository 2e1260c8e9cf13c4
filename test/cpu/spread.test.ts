import { describe, expect, it, test } from 'vitest';
import { activationNames, activations, type ActivationName } from '../../src/core/activations.ts';
import { countsIn, edgeOf } from '../../src/core/histogram.ts';
import { initialParameters } from '../../src/core/job.ts';
import { layOutNetwork } from '../../src/core/network.ts';
import { sampleRows } from '../../src/core/row-sample.ts';
import { distributionOf, flatnessOf, flatUnits, type Distribution } from '../../src/core/spread.ts';
import type { TrainingData, TrainingJob } from '../../src/core/job.ts';
import { cpuBackend } from '../../src/cpu/cpu-trainer.ts';
import { spreadOf } from '../../src/cpu/spread.ts';
import { expectClose } from '../support/close.ts';
import { orData, randomJob } from '../support/jobs.ts';
import { Random } from '../support/random.ts';

/** Sums in another order: a few units in the last place of each of at most some thousand terms. */
const SUMMED = 1e-11;

/** Pre-activations and activations of every unit, row by row and unit by unit; rows × units, layer by layer. */
function plainForward({ layers }: TrainingJob, data: TrainingData, parameters: Float64Array) {
  const network = layOutNetwork(data.inputCount, layers);
  const x = network.layers.map(({ units }) => new Float64Array(data.rowCount * units));
  const y = x.map((values) => values.slice());
  for (let row = 0; row < data.rowCount; row++) {
    let input = data.inputs.slice(row * data.inputCount, (row + 1) * data.inputCount);
    for (const [place, layer] of network.layers.entries()) {
      const { units, inputCount, weightsOffset, biasOffset, activation } = layer;
      const output = new Float64Array(units);
      for (let unit = 0; unit < units; unit++) {
        let sum = biasOffset === undefined ? 0 : parameters[biasOffset + unit];
        for (let i = 0; i < inputCount; i++) sum += input[i] * parameters[weightsOffset + i * units + unit];
        x[place][row * units + unit] = sum;
        output[unit] = activations[activation].value(sum);
        y[place][row * units + unit] = output[unit];
      }
      input = output;
    }
  }
  return { network, x, y };
}

/** Least, greatest, mean and standard deviation by plain loops. */
function expectDistribution(name: string, found: Distribution, values: readonly number[]): void {
  expect(found.count).toBe(values.length);
  expect(found.zeroCount).toBe(values.filter((value) => value === 0).length);
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2 / values.length, 0);
  const size = Math.max(...values.map(Math.abs)) || 1;
  expectClose(
    name,
    [found.least, found.greatest, found.mean, found.standardDeviation],
    [Math.min(...values), Math.max(...values), mean, Math.sqrt(variance)],
    { allowed: SUMMED * size, whyLoose: 'a bound for the longest of the sums' },
  );
}

describe('what happens inside a network', () => {
  it.each(Array.from({ length: 12 }, (_, seed) => seed))('#%i is what plain loops find', async (seed) => {
    const { job, data } = randomJob(seed, 1);
    const parameters = initialParameters(job, data);
    const spread = spreadOf(job, data, parameters);
    expect(spread.rowCount).toBe(data.rowCount);
    expect(spread.trainedRowCount).toBe(data.rowCount);
    const { network, y } = plainForward(job, data, parameters);
    const trainer = await cpuBackend.createTrainer(job, data);
    const gradients = await trainer.gradients();
    trainer.dispose();
    for (const [place, { weightsOffset, inputCount, units }] of network.layers.entries()) {
      const layer = spread.layers[place];
      const end = weightsOffset + inputCount * units;
      const ofLayer = [...gradients.subarray(weightsOffset, end)];
      expectDistribution('weights', layer.weights, [...parameters.subarray(weightsOffset, end)]);
      expectDistribution('gradients', layer.gradients, ofLayer);
      expectDistribution('activations', layer.activations, [...y[place]]);
      const length = Math.sqrt(ofLayer.reduce((sum, entry) => sum + entry ** 2, 0));
      expectClose('gradient length', [layer.gradientLength], [length], {
        allowed: SUMMED * (length || 1),
        whyLoose: 'a bound for the longest of the sums',
      });
    }
  });

  it('looks at a sample of a large table, at as many rows as asked for, and says so', () => {
    const random = new Random(1);
    const rowCount = 2000;
    const data: TrainingData = {
      rowCount,
      inputCount: 3,
      inputs: random.floats(3 * rowCount),
      outputCount: 1,
      targets: random.floats(rowCount),
    };
    const job: TrainingJob = {
      layers: [{ units: 1, activation: 'linear', bias: false }],
      loss: 'mse',
      optimizer: 'sgd',
      steps: 1,
      networks: [{ seed: 0, learningRate: 0.1, rows: { first: 500, count: 1200 } }],
    };
    const parameters = Float64Array.of(1, 0, 0);
    const spread = spreadOf(job, data, parameters, { mostRows: 40 });
    expect(spread).toMatchObject({ rowCount: 40, trainedRowCount: 1200 });
    // With these weights a row says its first input.
    const said = [...sampleRows(1200, 40)].map((row) => data.inputs[3 * (500 + row)]);
    expectDistribution('activations', spread.layers[0].activations, said);
    expect(spreadOf(job, data, parameters).rowCount).toBe(512);
  });

  it('looks at fewer rows of a large network, so that a look stays affordable', () => {
    const data: TrainingData = {
      rowCount: 400,
      inputCount: 300,
      inputs: new Float64Array(400 * 300),
      outputCount: 300,
      targets: new Float64Array(400 * 300),
    };
    const layer = { units: 300, activation: 'relu', bias: true } as const;
    const job: TrainingJob = {
      layers: [layer, layer],
      loss: 'mse',
      optimizer: 'sgd',
      steps: 1,
      networks: [{ seed: 0, learningRate: 0.1 }],
    };
    const parameters = initialParameters(job, data);
    const { rowCount } = spreadOf(job, data, parameters);
    expect(rowCount).toBeGreaterThan(1);
    expect(3 * parameters.length * rowCount).toBeLessThanOrEqual(3e7);
    expect(3 * parameters.length * (rowCount + 1)).toBeGreaterThan(0.9 * 3e7);
  });

  it('says of a network without numbers that it has none', () => {
    const job: TrainingJob = {
      layers: [{ units: 2, activation: 'relu', bias: true }],
      loss: 'mse',
      optimizer: 'sgd',
      steps: 1,
      networks: [{ seed: 0, learningRate: 0.1 }],
    };
    const data = { ...orData, outputCount: 2, targets: new Float64Array(8) };
    const [layer] = spreadOf(job, data, new Float64Array(6).fill(NaN)).layers;
    expect(layer.weights).toMatchObject({ count: 0, otherCount: 4, histogram: undefined });
    expect(layer.activations).toMatchObject({ count: 0, otherCount: 8, least: NaN, mean: NaN });
    // The slope of a ReLU is 0 where its pre-activation is not a number, but the unit is not dead.
    expect(layer.deadCount).toBe(0);
  });
});

/** The steepest slope there is, by looking. */
function steepest(name: ActivationName): number {
  const { value, derivative } = activations[name];
  let most = 0;
  for (let x = -10; x <= 10; x += 1e-3) most = Math.max(most, Math.abs(derivative(x, value(x))));
  return most;
}

describe('units that are flat', () => {
  test('ReLU can be dead; what levels off towards a bound, saturated; the others neither', () => {
    const kinds = activationNames.map((name) => `${name}: ${flatnessOf(name)}`);
    expect(kinds).toEqual([
      'sigmoid: saturated',
      'tanh: saturated',
      'relu: dead',
      'leaky-relu: undefined',
      'elu: saturated',
      'silu: saturated',
      'gelu: saturated',
      'softplus: saturated',
      'linear: undefined',
    ]);
  });

  it.each(activationNames)('of %s are counted as plain loops count them', (name) => {
    const random = new Random(7);
    const [rows, units] = [60, 50];
    // Each unit about a middle of its own: some on the flat side of all rows, some of nearly all, some of none.
    const middles = Array.from({ length: units }, () => random.uniform(-9, 9));
    const x = Float64Array.from(
      { length: rows * units },
      (_, i) => middles[i % units] + random.uniform(-3, 3),
    );
    const y = x.map((each) => activations[name].value(each));
    const flatBelow = 0.05 * steepest(name);
    const flatRows = middles.map((_, unit) => {
      let flat = 0;
      for (let row = 0; row < rows; row++) {
        const i = row * units + unit;
        const slope = Math.abs(activations[name].derivative(x[i], y[i]));
        if (flatnessOf(name) === 'dead' ? slope === 0 : slope < flatBelow) flat++;
      }
      return flat;
    });
    const counted = flatUnits(name, units, x, y);
    const dead = flatRows.filter((flat) => flat === rows).length;
    const saturated = flatRows.filter((flat) => flat >= 0.95 * rows).length;
    const kind = flatnessOf(name);
    expect(counted).toEqual({
      deadCount: kind === 'dead' ? dead : undefined,
      saturatedCount: kind === 'saturated' ? saturated : undefined,
    });
    if (kind) {
      expect(dead).toBeGreaterThan(0);
      expect(saturated).toBeLessThan(units);
    }
  });

  it('one row that lets a gradient pass keeps a ReLU alive, one in thirty does not keep a sigmoid from saturating', () => {
    const rows = 30;
    const x = new Float64Array(rows).fill(-20);
    x[11] = 0.1;
    const relu = x.map((each) => activations.relu.value(each));
    const sigmoid = x.map((each) => activations.sigmoid.value(each));
    expect(flatUnits('relu', 1, x, relu).deadCount).toBe(0);
    expect(flatUnits('sigmoid', 1, x, sigmoid).saturatedCount).toBe(1);
    x[11] = NaN;
    expect(flatUnits('relu', 1, x, relu).deadCount).toBe(0);
    expect(flatUnits('sigmoid', 1, x, sigmoid).saturatedCount).toBe(0);
  });
});

test('sizes are put into bins by their logarithm, without those that are 0', () => {
  const random = new Random(3);
  const values = Float64Array.from({ length: 500 }, (_, i) =>
    i % 10 === 0 ? 0 : random.pick([-1, 1]) * 10 ** random.uniform(-12, 2),
  );
  const { histogram, zeroCount } = distributionOf(values, 'sizes');
  if (!histogram) throw new Error('There is no histogram of sizes.');
  expect(zeroCount).toBe(50);
  const { bins } = histogram;
  const counted = Array.from({ length: bins.count }, (_, i) => {
    const [from, to] = [2 ** edgeOf(bins, i), 2 ** edgeOf(bins, i + 1)];
    return values.filter((value) => Math.abs(value) >= from && Math.abs(value) < to).length;
  });
  expect([...countsIn(bins, histogram)]).toEqual(counted);
  expect(counted.reduce((sum, count) => sum + count, 0)).toBe(450);
});
