import { describe, expect, it } from 'vitest';
import { drawInitialParameters } from '../../src/core/initializers.ts';
import { layOutNetwork, nameParameters } from '../../src/core/network.ts';
import { NumpyRandom } from '../../src/core/numpy-random.ts';
import { notebookJob } from '../../src/core/notebook.ts';
import { layersOf } from '../support/jobs.ts';

describe('numpy.random, draw for draw', () => {
  // numpy.random.seed(s); numpy.random.rand(3) — NumPy 1.24
  it.each([
    [0, [0.5488135039273248, 0.7151893663724195, 0.6027633760716439]],
    [1, [0.417022004702574, 0.7203244934421581, 0.00011437481734488664]],
    [42, [0.3745401188473625, 0.9507143064099162, 0.7319939418114051]],
    [4294967295, [0.0976320289940138, 0.9123828453026218, 0.78903530185164]],
  ])('seed %i', (seed, expected) => {
    const random = new NumpyRandom(seed);
    expect(expected.map(() => random.rand())).toEqual(expected);
  });

  it('goes on past the 624 words of its state', () => {
    const random = new NumpyRandom(1);
    let last = 0;
    for (let i = 0; i < 1000; i++) last = random.rand();
    // numpy.random.seed(1); numpy.random.rand(1000)[-1]
    expect(last).toBe(0.7744772660150796);
  });
});

describe('layOutNetwork', () => {
  it('places weights, then biases, layer by layer', () => {
    const network = layOutNetwork(2, [
      { units: 3, activation: 'sigmoid', bias: true },
      { units: 1, activation: 'linear', bias: false },
    ]);
    expect(network).toMatchObject({ inputCount: 2, outputCount: 1, parameterCount: 12 });
    expect(
      network.layers.map(({ inputCount, weightsOffset, biasOffset }) => ({
        inputCount,
        weightsOffset,
        biasOffset,
      })),
    ).toEqual([
      { inputCount: 2, weightsOffset: 0, biasOffset: 6 },
      { inputCount: 3, weightsOffset: 9, biasOffset: undefined },
    ]);
  });
});

describe('initial parameters', () => {
  it('are the notebook’s nine weights to the last bit', () => {
    const parameters = drawInitialParameters(layOutNetwork(2, notebookJob.layers), 1);
    // numpy.random.seed(1); rand(2, 3); rand(3, 1)
    expect([...parameters]).toEqual([
      0.417022004702574, 0.7203244934421581, 0.00011437481734488664, 0.30233257263183977, 0.14675589081711304,
      0.0923385947687978, 0.1862602113776709, 0.34556072704304774, 0.39676747423066994,
    ]);
  });

  it('keep biases at 0, without a draw', () => {
    const withBias = drawInitialParameters(layOutNetwork(2, layersOf([3, 1], 'tanh', true)), 1);
    const without = drawInitialParameters(layOutNetwork(2, layersOf([3, 1], 'tanh', false)), 1);
    expect([...withBias.subarray(0, 6)]).toEqual([...without.subarray(0, 6)]);
    expect([...withBias.subarray(6, 9)]).toEqual([0, 0, 0]);
    expect([...withBias.subarray(9, 12)]).toEqual([...without.subarray(6, 9)]);
    expect(withBias[12]).toBe(0);
  });
});

describe('nameParameters', () => {
  it('transposes weights to [units, inputs], as PyTorch keeps them', () => {
    const network = layOutNetwork(2, [{ units: 3, activation: 'relu', bias: true }]);
    const named = nameParameters(network, Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9));
    expect(Object.fromEntries(named)).toEqual({
      'layers.0.weight': { shape: [3, 2], data: [1, 4, 2, 5, 3, 6] },
      'layers.0.bias': { shape: [3], data: [7, 8, 9] },
    });
  });
});
