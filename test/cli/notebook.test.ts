import { beforeAll, describe, expect, test } from 'vitest';
import { notebookRecord } from '../../src/index.ts';
import { expectClose } from '../support/close.ts';
import { finalWeights, gradients, log, opening, predictions } from './notebook-lines.ts';
import { handgrad, inNotebookOrder, objectOf, type Ending, type RunObject } from './support.ts';

/** The figures to reproduce; NumPy and PyTorch agree with each other to 1e-15. */
const FLOAT64_TOLERANCE = {
  allowed: 1e-12,
  whyLoose: 'what was promised; sums in another order stay far below',
};

describe('notebook --json', () => {
  let run: RunObject;
  let ending: Ending;

  beforeAll(async () => {
    ending = await handgrad(['notebook', '--backend', 'cpu', '--json']);
    run = objectOf(ending) as RunObject;
  });

  test('reproduces losses, weights and predictions', () => {
    const losses = run.losses.map(([, loss]) => loss);
    expect(run.losses.map(([step]) => step)).toEqual(log.map((_, line) => 1000 * line));
    expectClose('losses', losses, notebookRecord.losses, FLOAT64_TOLERANCE);
    expectClose('weights', inNotebookOrder(run.parameters), notebookRecord.parameters, FLOAT64_TOLERANCE);
    expectClose('predictions', run.predictions.flat(), notebookRecord.predictions, FLOAT64_TOLERANCE);
  });

  test('says what ran, in one object and nothing else', () => {
    expect(ending.stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(ending.stderr).toBe('');
    expect(run).toMatchObject({ backend: 'cpu', strategy: 'reference', adapter: null, steps: 10_000 });
    expect(Object.keys(run.timing)).toEqual(
      expect.arrayContaining(['setupMs', 'uploadMs', 'trainMs', 'gpuMs', 'readbackMs', 'stepsPerSecond']),
    );
    expect(run.timing.gpuMs).toBeNull();
  });

  test('names weights as PyTorch does, [units, inputs]', () => {
    expect(Object.keys(run.initialParameters)).toEqual(['layers.0.weight', 'layers.1.weight']);
    const { shape, data } = run.initialParameters['layers.0.weight'];
    expect(shape).toEqual([3, 2]);
    // What the notebook's PyTorch cell prints before it trains.
    expect(data.map((weight) => weight.toExponential(4))).toEqual([
      '4.1702e-1',
      '3.0233e-1',
      '7.2032e-1',
      '1.4676e-1',
      '1.1437e-4',
      '9.2339e-2',
    ]);
  });
});

describe('notebook', () => {
  test('prints what the notebook prints, line by line, then predictions and timing', async () => {
    const { status, stdout, stderr } = await handgrad(['notebook']);
    const lines = stdout.split('\n');
    const deterministic = [...opening, ...log, ...finalWeights];
    expect(lines.slice(0, deterministic.length)).toEqual(deterministic);

    const rest = lines.slice(deterministic.length);
    expect(rest[0]).toMatch(/^10000 iterations took \d+\.\d seconds$/);
    expect(rest[1]).toBe('');
    expect(rest.slice(2, 7).map((line) => line.split(/ +/))).toEqual(predictions);
    expect(rest[8]).toMatch(/^Timing +cpu · reference$/);
    expect(rest.slice(9).join('\n')).toMatch(
      /^adapter +-\nset-up +\S+ ms\nupload +\S+ ms\ntrain +\S+ ms\nGPU time +-\nreadback +\S+ ms\n/,
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test('prints the gradients of the one step of --steps 1', async () => {
    const { stdout } = await handgrad(['notebook', '--steps', '1']);
    const lines = stdout.split('\n');
    const from = lines.indexOf(log[0]) + 1;
    expect(lines.slice(from, from + gradients.length)).toEqual(gradients);
    expect(lines[from + gradients.length]).toBe('Final weights:');
    expect(stdout).toMatch(/\n1 iterations took/);
  });

  test('repeats warm with --repeat', async () => {
    const args = ['notebook', '--steps', '50', '--repeat', '5'];
    const [text, json] = await Promise.all([handgrad(args), handgrad([...args, '--json'])]);
    expect(text.stdout).toMatch(
      /\nwarm, 5 runs\nmedian +\S+ ms\nfastest +\S+ ms\nslowest +\S+ ms\nsteps\/s +[\d,]+\n/,
    );
    const { measurement } = objectOf(json) as RunObject;
    expect(measurement?.trainMs).toHaveLength(5);
    expect(measurement?.medianMs).toBe(measurement?.trainMs.toSorted((a, b) => a - b)[2]);
  });
});
