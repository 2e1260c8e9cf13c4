import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { validateJob } from '../../src/core/job-rules.ts';
import { jobOf, type JobSettings } from '../../src/core/job-settings.ts';
import { layOutNetwork } from '../../src/core/network.ts';
import { optimizerNames, optimizers, type Optimizer } from '../../src/core/optimizers.ts';
import { lossSteps, networkAlone } from '../../src/core/population.ts';
import {
  expandSweep,
  requireSweepFits,
  sweepBytes,
  type Sweep,
  type SweepSearch,
} from '../../src/core/sweep.ts';
import { readSweepAxis, sweptNames, type SweptName } from '../../src/core/sweep-settings.ts';
import { orData } from '../support/jobs.ts';

const base: JobSettings = {
  hidden: [3],
  activations: ['tanh'],
  bias: true,
  loss: 'mse',
  optimizer: 'adam',
  learningRate: 0.01,
  steps: 1000,
  seed: 1,
  initializer: 'pytorch',
};

type Texts = Partial<Record<SweptName, string>>;

function axesOf(texts: Texts) {
  return Object.entries(texts).map(([name, text]) => readSweepAxis(name as SweptName, text));
}

function expand(
  texts: Texts,
  change: Partial<JobSettings> = {},
  search: SweepSearch = { kind: 'grid' },
): Sweep {
  return expandSweep({ base: { ...base, ...change }, axes: axesOf(texts), search }, 1);
}

const random = (count: number, seed = 1): SweepSearch => ({ kind: 'random', count, seed });
const valuesOf = (sweep: Sweep) => sweep.networks.map(({ values }) => values);

describe('a grid', () => {
  it('of nothing is the network itself', () => {
    const { networks, populations } = expand({});
    expect(networks).toEqual([{ settings: base, values: {} }]);
    expect(populations).toEqual([{ job: { ...jobOf(base, 1), lossStride: 4 }, networks: [0] }]);
  });

  it('is the full product, seeds fastest wherever they were said', () => {
    const sweep = expand({ seed: '1..3', learningRate: '0.001..1:log:4' });
    expect(valuesOf(sweep)).toEqual(
      [0.001, 0.01, 0.1, 1].flatMap((learningRate) => [1, 2, 3].map((seed) => ({ learningRate, seed }))),
    );
    expect(sweep.axes).toEqual([
      { name: 'learningRate', values: { kind: 'list', values: [0.001, 0.01, 0.1, 1] } },
      { name: 'seed', values: { kind: 'list', values: [1, 2, 3] } },
    ]);
    expect(sweep.populations).toHaveLength(1);
    expect(sweep.networks[7].settings).toEqual({ ...base, learningRate: 0.1, seed: 2 });
  });

  it('makes a population of each shape, activation and optimizer', () => {
    const { populations, networks } = expand({
      seed: '1..2',
      optimizer: 'sgd/adam',
      hidden: 'none/3/8,4',
      activations: 'relu/tanh',
    });
    // Without a hidden layer there is nothing for an activation to change.
    expect(populations).toHaveLength((1 + 2 + 2) * 2);
    expect(populations.map(({ networks: indices }) => indices)).toEqual(
      populations.map((_, at) => [2 * at, 2 * at + 1]),
    );
    expect(networks[0].values).toEqual({ hidden: [], optimizer: 'sgd', seed: 1 });
    const shapes = populations.map(({ job }) => job.layers.map(({ units }) => units).join(','));
    expect(new Set(shapes)).toEqual(new Set(['1', '3,1', '8,4,1']));
  });

  it('varies a setting only for the optimizers that use it', () => {
    const sweep = expand({ momentum: '0.5/0.9', optimizer: 'sgd/momentum' }, { momentum: 0.7, beta1: 0.5 });
    expect(valuesOf(sweep)).toEqual([
      { optimizer: 'sgd' },
      { optimizer: 'momentum', momentum: 0.5 },
      { optimizer: 'momentum', momentum: 0.9 },
    ]);
    expect(sweep.networks[0].settings).toEqual({ ...base, optimizer: 'sgd' });
  });

  it('keeps the initial parameters of every network', () => {
    const initialParameters = new Float64Array(13);
    const { populations } = expand({ learningRate: '0.1/0.2' }, { initialParameters });
    const [{ networks }] = populations.map(({ job }) => job);
    expect(networks).toHaveLength(2);
    for (const network of networks) expect(network.initialParameters).toEqual(initialParameters);
  });

  it.each([1, 2, 256, 257, 258, 1000, 33_554_432])('of %i steps keeps 257 losses at most', (steps) => {
    const [{ job }] = expand({ seed: '1..2' }, { steps }).populations;
    const kept = lossSteps(job);
    expect(kept.length).toBeLessThanOrEqual(257);
    expect(kept.length).toBeGreaterThan(Math.min(steps - 1, 128));
    expect([kept[0], kept.at(-1)]).toEqual([0, steps - 1]);
  });
});

/** Texts of a few settings; the numbers are within what each takes. */
const texts: fc.Arbitrary<Texts> = fc.record(
  {
    hidden: fc.constantFrom('none', '3', '3/5', 'none/4/4,2'),
    activations: fc.constantFrom('relu', 'relu/tanh/silu'),
    optimizer: fc.subarray(optimizerNames, { minLength: 1 }).map((names) => names.join('/')),
    initializer: fc.constantFrom('pytorch', 'numpy-uniform/he-normal'),
    learningRate: fc.constantFrom('0.1', '0.001..1:log:3', '0.1/0.2'),
    momentum: fc.constantFrom('0.5', '0..0.9:linear:3'),
    beta2: fc.constantFrom('0.9/0.99', '0.5'),
    weightDecay: fc.constantFrom('0/0.01', '0.1'),
    l1: fc.constantFrom('0..1:linear:2', '0.01'),
    seed: fc.constantFrom('7', '1..3', '0..4294967295:linear:3'),
  },
  { requiredKeys: [] },
);

function isUsed(name: SweptName, { hidden, optimizer }: JobSettings): boolean {
  if (name === 'activations') return hidden.length > 0;
  const { uses }: Optimizer = optimizers[optimizer];
  return !['momentum', 'beta1', 'beta2', 'epsilon'].includes(name) || uses.includes(name as 'beta1');
}

/** Undefined where a setting of the texts is one that nothing uses. */
function expandUsed(swept: Texts, search: SweepSearch): Sweep | undefined {
  try {
    return expand(swept, { activations: ['sigmoid'], beta1: 0.8 }, search);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    if (/not use it|of hidden layers/.test(error.message)) return undefined;
    // A search of more than there are is one of all there are.
    const [, available] =
      error.message.match(/hold ([\d,]+) combinations?, and a random search of 20 /) ?? [];
    if (available === undefined) throw error;
    return expandUsed(swept, random(Number(available), 3));
  }
}

describe('every sweep', () => {
  const searches = fc.constantFrom<SweepSearch[]>({ kind: 'grid' }, random(20, 3));

  it('has each network in one population, which trains it as its own settings do', () => {
    fc.assert(
      fc.property(texts, searches, (swept, search) => {
        fc.pre(search.kind === 'grid' || Object.keys(swept).length > 0);
        const sweep = expandUsed(swept, search);
        fc.pre(sweep !== undefined);
        const members = sweep.populations.flatMap(({ networks }) => networks);
        expect(members.toSorted((a, b) => a - b)).toEqual([...sweep.networks.keys()]);
        for (const { job, networks } of sweep.populations) {
          expect(() => validateJob(job, orData)).not.toThrow();
          networks.forEach((index, place) => {
            const { settings, values } = sweep.networks[index];
            const alone = networkAlone(job, orData, place).job;
            expect(alone).toEqual({ ...jobOf(settings, 1), lossStride: job.lossStride });
            expect(settings).toMatchObject(values);
            const used = Object.keys(swept).filter((name) => isUsed(name as SweptName, settings));
            expect(Object.keys(values).toSorted()).toEqual(used.toSorted());
          });
        }
        const shared = sweep.populations.map(({ job }) => JSON.stringify([job.layers, job.optimizer]));
        expect(new Set(shared).size).toBe(shared.length);
      }),
    );
  });

  it('has no network of a random search twice, and all of the grid where it draws as many', () => {
    fc.assert(
      fc.property(texts, (swept) => {
        fc.pre(Object.keys(swept).length > 0);
        const [drawn, grid] = [random(20, 3), { kind: 'grid' } as const].map((search) =>
          expandUsed(swept, search),
        );
        fc.pre(drawn !== undefined && grid !== undefined);
        const [some, all] = [drawn, grid].map((sweep) =>
          valuesOf(sweep).map((values) => JSON.stringify(values)),
        );
        expect(some).toHaveLength(Math.min(20, all.length));
        expect(new Set(some).size).toBe(some.length);
        expect(some.filter((one) => !all.includes(one))).toEqual([]);
      }),
    );
  });

  it('has no network of a grid twice, and every value somewhere', () => {
    fc.assert(
      fc.property(texts, (swept) => {
        const sweep = expandUsed(swept, { kind: 'grid' });
        fc.pre(sweep !== undefined);
        const written = valuesOf(sweep).map((values) => JSON.stringify(values));
        expect(new Set(written).size).toBe(written.length);
        for (const { name, values } of sweep.axes) {
          if (values.kind === 'range') throw new Error(`${name} is a range`);
          const found = new Set(sweep.networks.flatMap((one) => JSON.stringify(one.values[name]) ?? []));
          expect(found).toEqual(new Set(values.values.map((value) => JSON.stringify(value))));
        }
      }),
    );
  });
});

describe('what is refused', () => {
  const tooMany = 'Use fewer values, or a random search.';
  const refusals: [what: string, attempt: () => unknown, ...said: (string | RegExp)[]][] = [
    [
      'a billion combinations',
      () => expand({ learningRate: '0.001..1:log:10', l1: '0..1:linear:100', seed: '1..1000000' }),
      'The values come to 1,000,000,000 networks (learning rate 10 × L1 factor 100 × seed 1,000,000); a sweep trains at ' +
        `most 65,536. ${tooMany}`,
    ],
    [
      'too many where not all is varied everywhere',
      () => expand({ optimizer: 'sgd/momentum', momentum: '0.5/0.9', seed: '1..30000' }),
      'come to 90,000 networks (optimizer 2, momentum 2, seed 30,000); a sweep trains at most 65,536.',
    ],
    [
      'too many shapes',
      () => expand({ hidden: Array.from({ length: 70 }, (_, i) => i + 1).join('/'), seed: '0..4294967295' }),
      'come to 300,647,710,720 networks (hidden layers 70 × seed 4,294,967,296)',
    ],
    [
      'a range without a count',
      () => expand({ learningRate: '0.001..1:log' }),
      'The learning rate 0.001..1:log has no count: a grid takes so many values of a range. Write 0.001..1:log:8, or',
    ],
    [
      'a setting twice',
      () =>
        expandSweep(
          { base, axes: [...axesOf({ l1: '0/1' }), ...axesOf({ l1: '2/3' })], search: random(5) },
          1,
        ),
      'The L1 factor is swept twice. Put all its values into one list.',
    ],
    [
      'no values',
      () =>
        expandSweep(
          { base, axes: [{ name: 'seed', values: { kind: 'list', values: [] } }], search: { kind: 'grid' } },
          1,
        ),
      'The seed is swept over 0 values. Give it 1 or more, or do not sweep it.',
    ],
    [
      'what one optimizer does not use',
      () => expand({ momentum: '0.5/0.9' }),
      'The momentum is swept, and adam does not use it. Leave it out, or choose an optimizer that does: momentum, ' +
        'nesterov, rmsprop.',
    ],
    [
      'what several optimizers do not use, in a random search as well',
      () => expand({ beta1: '0.5..0.9', optimizer: 'sgd/nesterov' }, {}, random(3)),
      'The beta1 is swept, and sgd, nesterov do not use it. Leave it out, or choose an optimizer that does: adam, adamw.',
    ],
    [
      'an activation of no layer',
      () => expand({ activations: 'relu/tanh' }, { hidden: [] }),
      'there are 0 of them. Add one, or leave it out.',
    ],
    [
      'shapes beside initial parameters',
      () => expand({ hidden: '3/4' }, { initialParameters: new Float64Array(13) }),
      'The hidden layers cannot be swept where the initial parameters are given',
    ],
    [
      'activations for another number of layers',
      () => expand({ hidden: '3/3,3', activations: 'relu,tanh' }),
      'There is 1 hidden layer and 2 activations; give one for all layers, or one for each.',
    ],
    [
      'a random search of nothing',
      () => expand({}, {}, random(10)),
      'A random search of 10 networks has 0 settings to draw. Give a setting several values',
    ],
    [
      'a random search of more than there are',
      () => expand({ optimizer: 'sgd/momentum', momentum: '0.5/0.9', seed: '1..3' }, {}, random(100)),
      'The values hold 9 combinations, and a random search of 100 draws none twice. Ask for at most 9, or for every ' +
        'combination (on the command line without --random).',
    ],
    [
      'a random search of a range so narrow that its numbers run out',
      () => expand({ learningRate: '0.1..0.100000000005' }, {}, random(100)),
      /The values hold \d combinations, and a random search of 100 draws none twice/,
    ],
    ...[0, -1, 2.5, NaN, 65_537].map((count): [string, () => unknown, string] => [
      `a random search of ${count}`,
      () => expand({ seed: '1..9' }, {}, random(count)),
      `A random search draws a whole number of networks from 1 to 65,536, not ${count}. 1000 is a usual start.`,
    ]),
    ...[-1, 0.5, 2 ** 32].map((seed): [string, () => unknown, string] => [
      `a random search seeded by ${seed}`,
      () => expand({ seed: '1..9' }, {}, random(5, seed)),
      `must be a whole number from 0 to 4,294,967,295, not ${seed}.`,
    ]),
  ];

  test.each(refusals)('%s', (_what, attempt, ...said) => {
    expect(attempt).toThrow(InputError);
    for (const words of said) expect(attempt).toThrow(words);
  });

  it('but not the most there may be', () => {
    expect(expand({ seed: '1..65536' }).networks).toHaveLength(65_536);
    const drawn = valuesOf(expand({ seed: '1..65536' }, {}, random(65_536)));
    expect(new Set(drawn.map(({ seed }) => seed)).size).toBe(65_536);
  });
});

describe('what a sweep keeps', () => {
  it('are losses at the stride and the parameters of every network', () => {
    const sweep = expand({ hidden: '3/5', seed: '1..10' });
    const bytes = sweepBytes(sweep, 2);
    const parametersOf = (units: number) =>
      layOutNetwork(2, jobOf({ ...base, hidden: [units] }, 1).layers).parameterCount;
    expect(bytes.parametersBytes).toBe(10 * 8 * (parametersOf(3) + parametersOf(5)));
    expect(bytes.lossesBytes).toBe(20 * 8 * lossSteps(sweep.populations[0].job).length);
    expect(() => requireSweepFits(sweep, 2)).not.toThrow();
  });

  it('is refused above 1 GiB, with the numbers', () => {
    const sweep = expand({ seed: '1..4096' }, { hidden: [300] });
    // 4,096 networks of 100 · 300 + 300 + 300 + 1 parameters and 251 losses.
    expect(sweepBytes(sweep, 100)).toEqual({
      lossesBytes: 4096 * 251 * 8,
      parametersBytes: 4096 * 30_601 * 8,
    });
    expect(() => requireSweepFits(sweep, 2)).not.toThrow();
    expect(() => requireSweepFits(sweep, 100)).not.toThrow();
    expect(() => requireSweepFits(sweep, 200)).toThrow(InputError);
    expect(() => requireSweepFits(sweep, 200)).toThrow(
      'The 4,096 networks of this sweep would keep 8 MiB of losses and 1,894 MiB of parameters; at most 1,024 MiB are ' +
        'kept together. Use fewer values, a random search of fewer networks, or narrower layers.',
    );
  });
});

test('every swept setting is one that a job takes', () => {
  const samples: Record<SweptName, string> = {
    hidden: '4/5',
    activations: 'relu/silu',
    optimizer: 'sgd/adamw',
    initializer: 'he-uniform/pytorch',
    learningRate: '0.1/0.2',
    momentum: '0.1/0.2',
    beta1: '0.1/0.2',
    beta2: '0.1/0.2',
    epsilon: '0.1/0.2',
    weightDecay: '0.1/0.2',
    l1: '0.1/0.2',
    seed: '8/9',
  };
  for (const name of sweptNames) {
    const optimizer = name === 'momentum' ? 'rmsprop' : 'adam';
    const { networks } = expand({ [name]: samples[name] }, { optimizer });
    const [first, second] = networks.map(({ settings }) => JSON.stringify(jobOf(settings, 1)));
    expect(networks).toHaveLength(2);
    expect(first, name).not.toBe(second);
  }
});
