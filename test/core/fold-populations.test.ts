import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { populationsOfFolds } from '../../src/core/fold-populations.ts';
import type { TrainingData, TrainingJob } from '../../src/core/job.ts';
import { validateJob } from '../../src/core/job-rules.ts';
import { networkAlone } from '../../src/core/population.ts';
import { layersOf } from '../support/jobs.ts';
import { Random } from '../support/random.ts';

function jobFor(outputCount: number): TrainingJob {
  return {
    layers: layersOf([3, outputCount], 'tanh'),
    loss: 'mse',
    optimizer: 'adam',
    steps: 5,
    batchSize: 2,
    networks: [{ seed: 7, learningRate: 0.01, weightDecay: 0.1 }],
  };
}

interface Shape {
  readonly rowCount: number;
  readonly inputCount: number;
  readonly outputCount: number;
}

function foldOf({ rowCount, inputCount, outputCount }: Shape, seed = 1): TrainingData {
  const random = new Random(seed);
  return {
    rowCount,
    inputCount,
    inputs: random.floats(rowCount * inputCount),
    outputCount,
    targets: random.floats(rowCount * outputCount),
  };
}

describe('populations of folds', () => {
  const shape = fc.record({
    rowCount: fc.integer({ min: 2, max: 9 }),
    inputCount: fc.integer({ min: 1, max: 3 }),
    outputCount: fc.constantFrom(1, 2),
  });

  test('every fold is one network, which alone has its rows bit for bit, and the settings of the job', () => {
    fc.assert(
      fc.property(fc.array(shape, { maxLength: 8 }), (shapes) => {
        const folds = shapes.map((each, fold) => foldOf(each, fold));
        const populations = populationsOfFolds(jobFor, folds);
        const members = populations.flatMap((population) => population.folds);
        expect(members.toSorted((a, b) => a - b)).toEqual(folds.map((_, fold) => fold));
        for (const population of populations) {
          const { job, data } = population;
          expect(job.networks).toHaveLength(population.folds.length);
          validateJob(job, data);
          population.folds.forEach((fold, network) => {
            const alone = networkAlone(job, data, network);
            expect(alone.data).toEqual(folds[fold]);
            expect(alone.job).toEqual(jobFor(folds[fold].outputCount));
          });
        }
      }),
    );
  });

  test('those of one shape are one population, in the order of their first folds', () => {
    const wide = { rowCount: 4, inputCount: 3, outputCount: 1 };
    const narrow = { ...wide, inputCount: 2 };
    const folds = [wide, narrow, wide, { ...narrow, rowCount: 3 }, wide].map((each, i) => foldOf(each, i));
    const populations = populationsOfFolds(jobFor, folds);
    expect(populations.map((population) => population.folds)).toEqual([
      [0, 2, 4],
      [1, 3],
    ]);
    expect(populations.map(({ data }) => data.rowCount)).toEqual([12, 7]);
    expect(populations[1].job.networks.map(({ rows }) => rows)).toEqual([
      { first: 0, count: 4 },
      { first: 4, count: 3 },
    ]);
  });

  test('equal cells of rows and columns do not make equal shapes', () => {
    const folds = [
      foldOf({ rowCount: 6, inputCount: 2, outputCount: 1 }),
      foldOf({ rowCount: 4, inputCount: 3, outputCount: 1 }),
    ];
    expect(populationsOfFolds(jobFor, folds)).toHaveLength(2);
  });

  test('a fold of a shape of its own is a job of all its rows, not copied', () => {
    const fold = foldOf({ rowCount: 4, inputCount: 3, outputCount: 1 });
    const [{ job, data }] = populationsOfFolds(jobFor, [fold]);
    expect(data).toBe(fold);
    expect(job).toEqual(jobFor(1));
  });

  test('a slice that the job came with gives way', () => {
    const sliced = (outputCount: number): TrainingJob => {
      const job = jobFor(outputCount);
      return { ...job, networks: [{ ...job.networks[0], rows: { first: 1, count: 1 } }] };
    };
    const fold = foldOf({ rowCount: 4, inputCount: 3, outputCount: 1 });
    expect(populationsOfFolds(sliced, [fold])[0].job).toEqual(jobFor(1));
    expect(populationsOfFolds(sliced, [fold, fold])[0].job.networks.map(({ rows }) => rows?.count)).toEqual([
      4, 4,
    ]);
  });
});

describe('refusals', () => {
  const folds = [4, 3].map((rowCount) => foldOf({ rowCount, inputCount: 3, outputCount: 1 }));

  test('several networks', () => {
    const several = (outputCount: number): TrainingJob => {
      const job = jobFor(outputCount);
      return { ...job, networks: [...job.networks, ...job.networks] };
    };
    expect(() => populationsOfFolds(several, folds)).toThrow(
      new InputError('Each fold trains one network, and the job has 2. Give a job of one.'),
    );
  });

  test('a batch that is larger than a fold, though not larger than all of them', () => {
    expect(() => populationsOfFolds((count) => ({ ...jobFor(count), batchSize: 4 }), folds)).toThrow(
      new InputError('The batch size must be a whole number from 1 to 3, not 4.'),
    );
  });
});
