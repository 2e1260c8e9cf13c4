import { expect, test } from 'vitest';
import {
  apartText,
  describeDistribution,
  layerKind,
  layerTitle,
  lengthRatio,
  linkOf,
  presentSentence,
  rowsSentence,
  unitsText,
} from '../../src/app/spread-sentences.ts';
import { distributionOf, type LayerSpread } from '../../src/core/spread.ts';

const some = distributionOf(Float64Array.of(-1, 0, 0, 3));

function layer(gradientLength: number): LayerSpread {
  return {
    units: 16,
    activation: 'relu',
    weights: some,
    gradients: some,
    activations: some,
    deadCount: 0,
    saturatedCount: undefined,
    gradientLength,
  };
}

test('layers have names, and say what they are', () => {
  expect([0, 1, 2].map((place) => layerTitle(place, 3))).toEqual([
    'Hidden layer 1',
    'Hidden layer 2',
    'Output layer',
  ]);
  expect(layerTitle(0, 2)).toBe('Hidden layer');
  expect(layerTitle(0, 1)).toBe('Output layer');
  expect(layerKind(layer(1), undefined)).toBe('16 units, ReLU');
  expect(layerKind(layer(1), 'softmax')).toBe('16 units, softmax');
  expect([0, 1].map((place) => linkOf({ loss: 'cross-entropy' }, place, 2))).toEqual([undefined, 'softmax']);
  expect(linkOf({ loss: 'mse' }, 1, 2)).toBeUndefined();
});

test('what no bin holds is said apart', () => {
  expect(apartText(some, false)).toBeUndefined();
  expect(apartText(some, true)).toBe('50.0\u00a0% are 0');
  expect(apartText(distributionOf(new Float64Array(2)), true)).toBe('all are 0');
  expect(apartText(distributionOf(Float64Array.of(1, NaN, 2, Infinity)), false)).toBe(
    '50.0\u00a0% not finite',
  );
});

test('plainly where nothing is finite', () => {
  expect(apartText(distributionOf(Float64Array.of(NaN, Infinity)), true)).toBe('none is a finite number');
});

test('a picture is described by its figures at the present step', () => {
  expect(describeDistribution('Weights', some, [0, 10, 5000], 10)).toBe(
    'Weights from step 0 to 5,000. At step 10 from −1.000 to 3.000, mean 0.5000, standard deviation 1.500.',
  );
  expect(describeDistribution('Weights', distributionOf(Float64Array.of(NaN)), [3], 3)).toBe(
    'Weights at step 3. At step 3 none is a finite number.',
  );
});

test('figures stand with their shares, and a dash where there is none', () => {
  expect(unitsText(3, layer(1))).toBe('3 of 16, 18.8\u00a0%');
  expect(unitsText(undefined, layer(1))).toBe('–');
  const lost = { ...layer(1), activations: distributionOf(Float64Array.of(NaN, NaN)) };
  expect(unitsText(0, lost)).toBe('–');
  const layers = [layer(0.5), layer(2)];
  expect(layers.map((each) => lengthRatio(each, layers))).toEqual(['0.250 ×', '1.00 ×']);
  expect(lengthRatio(layer(0), [layer(0)])).toBe('–');
});

test('it is said how many rows were looked at', () => {
  const moment = { step: 0, rowCount: 4, trainedRowCount: 4, layers: [] };
  expect(rowsSentence(moment)).toBe('Computed in float64 on all 4 rows the network learns from.');
  expect(rowsSentence({ ...moment, rowCount: 512, trainedRowCount: 20_000 })).toBe(
    'Computed in float64 on 512 of the 20,000 rows the network learns from.',
  );
});

test('the line and the bars are of one moment, the last one up to the present step', () => {
  const moment = { step: 1000, rowCount: 4, trainedRowCount: 4, layers: [] };
  expect(presentSentence(1000, moment)).toBe('The line and the bars are at step 1,000.');
  expect(presentSentence(1010, moment)).toBe(
    'The line and the bars are at step 1,000, the last one looked at up to step 1,010.',
  );
  expect(presentSentence(990, moment)).toBe(
    'The line and the bars are at step 1,000, the first one looked at.',
  );
});
