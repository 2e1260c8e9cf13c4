import { describe, expect, it, test } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { drawInitialParameters } from '../../src/core/initializers.ts';
import { layOutNetwork, nameParameters } from '../../src/core/network.ts';
import type { LayerSettings } from '../../src/core/network.ts';
import { initialParametersFrom } from '../../src/exchange/initial-parameters.ts';
import { readSafetensors, writeSafetensors, type Tensor } from '../../src/exchange/safetensors.ts';
import { layersOf } from '../support/jobs.ts';
import { pythonFile, pythonTensors } from './support.ts';

const layers: LayerSettings[] = [
  { units: 3, activation: 'relu', bias: true },
  { units: 1, activation: 'linear', bias: false },
];

describe('initial parameters', () => {
  it('lie as [inputs, units], then biases', () => {
    const parameters = initialParametersFrom(readSafetensors(pythonFile('plain')), 2, layers);
    expect([...parameters]).toEqual([1, 3, 5, 2, 4, 6.5, 0.1, -0.2, 1e-300, -1.5, 0, 7]);
  });

  it('go out by name and come back to the last bit', () => {
    const settings = layersOf([5, 4, 2], 'tanh', true);
    const network = layOutNetwork(7, settings);
    const drawn = drawInitialParameters(network, 1).map((value) => value - 0.3);
    const tensors = new Map<string, Tensor>();
    for (const [name, { shape, data }] of nameParameters(network, drawn)) {
      tensors.set(name, { dtype: 'F64', shape, data: Float64Array.from(data) });
    }
    expect(initialParametersFrom(readSafetensors(writeSafetensors(tensors)), 7, settings)).toEqual(drawn);
  });
});

describe('one sentence for', () => {
  const number: Tensor = { dtype: 'F64', shape: [1], data: Float64Array.of(1) };
  const without = (name: string) => new Map([...pythonTensors].filter(([key]) => key !== name));
  const withOne = (name: string) => new Map([...pythonTensors, [name, number]]);
  const wanted =
    'a network of 2 layers has "layers.0.weight", "layers.0.bias", "layers.1.weight". Choose the same layers, or rename the tensors.';

  test.each([
    ['weights that lack', without('layers.1.weight'), 2, `The parameters lack "layers.1.weight"; ${wanted}`],
    ['biases that lack', without('layers.0.bias'), 2, `The parameters lack "layers.0.bias"; ${wanted}`],
    [
      'biases of a layer without',
      withOne('layers.1.bias'),
      2,
      'The parameters have "layers.1.bias", but the output layer has no biases. Give it biases, or leave them out of the file.',
    ],
    ['a layer too many', withOne('layers.2.weight'), 2, `The parameters have "layers.2.weight"; ${wanted}`],
    ['the name __proto__', withOne('__proto__'), 2, `The parameters have "__proto__"; ${wanted}`],
    [
      'another number of inputs',
      pythonTensors,
      4,
      '"layers.0.weight" has the shape [3, 2]; this network takes [3, 4]. Choose the same inputs and units, or another file.',
    ],
    [
      'weights that are a list',
      new Map([...pythonTensors, ['layers.1.weight', { ...number, shape: [3], data: new Float64Array(3) }]]),
      2,
      '"layers.1.weight" has the shape [3]; this network takes [1, 3]. Choose the same inputs and units, or another file.',
    ],
  ] as [string, Map<string, Tensor>, number, string][])('%s', (_what, tensors, inputCount, sentence) => {
    expect(() => initialParametersFrom(tensors, inputCount, layers)).toThrow(new InputError(sentence));
  });
});
