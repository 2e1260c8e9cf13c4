import { expect, it } from 'vitest';
import type { TrainingJob } from '../../src/core/job.ts';
import { adviceOf } from '../../src/core/spread-advice.ts';
import { distributionOf, type LayerSpread, type Spread } from '../../src/core/spread.ts';

const nothing = distributionOf(new Float64Array(1));
const job: TrainingJob = {
  layers: [],
  loss: 'mse',
  optimizer: 'sgd',
  steps: 1,
  networks: [{ seed: 0, learningRate: 0.1 }],
};

function layer(changes: Partial<LayerSpread>): LayerSpread {
  return {
    units: 16,
    activation: 'relu',
    weights: nothing,
    gradients: nothing,
    activations: nothing,
    deadCount: changes.activation === undefined || changes.activation === 'relu' ? 0 : undefined,
    saturatedCount: changes.activation === 'sigmoid' ? 0 : undefined,
    gradientLength: 1,
    ...changes,
  };
}

function spread(...layers: readonly Partial<LayerSpread>[]): Spread {
  return {
    rowCount: 4,
    trainedRowCount: 4,
    layers: [...layers, { activation: 'linear' } as const].map(layer),
  };
}

it('says nothing when all is well, nor of a few dead units', () => {
  expect(adviceOf(job, spread({}, { activation: 'sigmoid' }))).toBeUndefined();
  expect(adviceOf(job, spread({ deadCount: 3 }))).toBeUndefined();
  expect(adviceOf(job, spread({ activation: 'sigmoid', saturatedCount: 8 }))).toBeUndefined();
  expect(adviceOf(job, spread())).toBeUndefined();
});

it('counts the dead units of the layer that has most of them', () => {
  expect(adviceOf(job, spread({ deadCount: 5 }, { deadCount: 9 }))).toBe(
    '9 of 16 units of hidden layer 2 are dead: their ReLU is 0 on every row, and no gradient reaches their weights. ' +
      'A smaller learning rate, He initial weights or leaky ReLU can keep units alive.',
  );
  const one = { ...spread({ units: 2, deadCount: 1 }), rowCount: 512, trainedRowCount: 9000 };
  expect(adviceOf(job, one)).toMatch(
    /^1 of 2 units of the hidden layer is dead: its ReLU is 0 on every one of 512 rows looked at, /,
  );
  expect(adviceOf(job, spread({ deadCount: 16 }))).toMatch(/^All 16 units of the hidden layer are dead: /);
});

it('does not advise what is done already', () => {
  const drawn: TrainingJob = { ...job, networks: [{ ...job.networks[0], initializer: 'he-uniform' }] };
  expect(adviceOf(drawn, spread({ deadCount: 9 }))).toMatch(
    / A smaller learning rate or leaky ReLU can keep units alive\.$/,
  );
});

it('counts saturated units, but not those of the output', () => {
  const saturated = { activation: 'sigmoid', saturatedCount: 12 } as const;
  expect(adviceOf(job, spread(saturated))).toBe(
    '12 of 16 units of the hidden layer are saturated: their sigmoid is almost flat on nearly every row, and hardly any ' +
      'gradient passes it. A smaller learning rate, Xavier initial weights or ReLU can keep units from it.',
  );
  const output = { ...spread(), layers: [layer({}), layer(saturated)] };
  expect(adviceOf(job, output)).toBeUndefined();
});

it('dead units come before saturated ones, and these before a gradient that vanishes', () => {
  const dead = { deadCount: 9 };
  const saturated = { activation: 'sigmoid', saturatedCount: 12, gradientLength: 1e-9 } as const;
  expect(adviceOf(job, spread(saturated, dead))).toMatch(/ are dead: /);
  expect(adviceOf(job, spread(saturated))).toMatch(/ are saturated: /);
});

it('says how short a gradient is that vanishes, unless the optimizer makes up for it', () => {
  const vanishing = spread({ activation: 'sigmoid', gradientLength: 1 / 3210 }, { activation: 'sigmoid' });
  expect(adviceOf(job, vanishing)).toBe(
    'The gradient of hidden layer 1 is 3,200 times shorter than that of the output layer, so the layer hardly learns. ' +
      'ReLU, fewer layers or Adam can help.',
  );
  expect(adviceOf({ ...job, optimizer: 'adam' }, vanishing)).toBeUndefined();
  expect(adviceOf(job, spread({ gradientLength: 0.002 }))).toBeUndefined();
  expect(adviceOf(job, spread({ gradientLength: NaN }))).toBeUndefined();
  expect(adviceOf(job, spread({ gradientLength: 0 }))).toMatch(/ is 0 and that of the output layer is not, /);
});

it('says of weights that are no numbers that the network has diverged, before all else', () => {
  const weights = distributionOf(Float64Array.of(1, NaN));
  expect(adviceOf(job, spread({ deadCount: 16 }, { weights }))).toBe(
    'Weights of hidden layer 2 are not finite any more: the network has diverged. ' +
      'A smaller learning rate or clipped gradients can keep them finite.',
  );
  const output = { ...spread(), layers: [layer({}), layer({ activation: 'linear', weights })] };
  expect(adviceOf(job, output)).toMatch(/^Weights of the output layer are not finite any more: /);
});
