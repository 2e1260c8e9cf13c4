import { describe, expect, test } from 'vitest';
import { activationNames } from '../../src/core/activations.ts';
import { lossNames } from '../../src/core/losses.ts';
import { layOutNetwork } from '../../src/core/network.ts';
import { optimizerNames } from '../../src/core/optimizers.ts';
import {
  torchCases,
  torchLosses,
  torchOptimizers,
  torchSchedules,
  type TorchCase,
  type TorchJob,
} from './torch-cases.ts';

const FEWEST_CASES = 40;
const STEPS = 200;
/** Losses averaged at either end of a run, so that no single batch decides. */
const END_STEPS = 20;

const regressionLosses = ['mse', 'mae', 'huber'] as const;
const jobs = torchCases.map(({ job }) => job);

describe('the golden values of PyTorch', () => {
  test(`are of ${FEWEST_CASES} cases or more, each with a name of its own`, () => {
    expect(torchCases.length).toBeGreaterThanOrEqual(FEWEST_CASES);
    expect(new Set(torchCases.map(({ name }) => name)).size).toBe(torchCases.length);
  });

  test('know every loss and optimizer handgrad knows', () => {
    expect(torchLosses).toEqual(expect.arrayContaining(lossNames));
    expect(torchOptimizers).toEqual(expect.arrayContaining(optimizerNames));
  });

  test.each(torchCases)('fit their network: $name', ({ job, data, ...golden }) => {
    const { parameterCount, outputCount } = layOutNetwork(data.inputCount, job.layers);
    expect(job.steps).toBe(STEPS);
    expect(golden.losses).toHaveLength(STEPS);
    expect(golden.initialParameters).toHaveLength(parameterCount);
    expect(golden.parameters).toHaveLength(parameterCount);
    expect(outputCount).toBe(data.outputCount);
    expect(data.inputs).toHaveLength(data.rowCount * data.inputCount);
    expect(data.targets).toHaveLength(data.rowCount * data.outputCount);
    for (const numbers of [data.inputs, data.targets, ...Object.values(golden)]) {
      if (typeof numbers !== 'string') expect(numbers.every(Number.isFinite)).toBe(true);
    }
    expect(golden.parameters).not.toEqual(golden.initialParameters);
  });

  test('have losses that fall, nearly all', () => {
    const fallen = torchCases.filter(
      ({ losses }) => mean(losses.slice(-END_STEPS)) < mean(losses.slice(0, END_STEPS)),
    );
    expect(fallen.length).toBeGreaterThanOrEqual(0.95 * torchCases.length);
  });

  test.each(torchCases.filter(({ job }) => job.loss === 'cross-entropy'))(
    'are one-hot: $name',
    ({ data }) => {
      const rows = Array.from({ length: data.rowCount }, (_, row) =>
        data.targets.slice(row * data.outputCount, (row + 1) * data.outputCount),
      );
      const classes = rows.map((row) => row.indexOf(1));
      rows.forEach((row) =>
        expect(row.toSorted()).toEqual(Float64Array.from(row, (_, i) => (i === row.length - 1 ? 1 : 0))),
      );
      expect(new Set(classes).size).toBe(data.outputCount);
    },
  );
});

describe('the golden values of PyTorch have', () => {
  test.each(activationNames)('%s in a hidden layer', (activation) => {
    expect(
      jobs.filter(({ layers }) => layers.slice(0, -1).some((layer) => layer.activation === activation)),
    ).not.toEqual([]);
  });

  test.each(activationNames.flatMap((activation) => regressionLosses.map((loss) => [activation, loss])))(
    '%s at the output with %s',
    (activation, loss) => {
      expect(jobs.filter((job) => outputOf(job).activation === activation && job.loss === loss)).not.toEqual(
        [],
      );
    },
  );

  test.each(torchLosses.flatMap((loss) => torchOptimizers.map((optimizer) => [loss, optimizer])))(
    '%s under %s',
    (loss, optimizer) => {
      expect(jobs.filter((job) => job.loss === loss && job.optimizer === optimizer)).not.toEqual([]);
    },
  );

  test.each(torchOptimizers)('%s on all rows, in batches and with weight decay', (optimizer) => {
    const its = jobs.filter((job) => job.optimizer === optimizer);
    expect(its.filter(({ batchSize }) => batchSize === undefined)).not.toEqual([]);
    expect(its.filter(({ batchSize }) => batchSize !== undefined)).not.toEqual([]);
    expect(its.filter(({ weightDecay }) => weightDecay !== undefined && weightDecay > 0)).not.toEqual([]);
  });

  test.each(torchSchedules)('the schedule %s', (kind) => {
    expect(jobs.filter(({ schedule }) => schedule?.kind === kind)).not.toEqual([]);
  });

  const features: [string, (golden: TorchCase) => boolean][] = [
    ['one output under bce', ({ job, data }) => job.loss === 'bce' && data.outputCount === 1],
    ['several outputs under bce', ({ job, data }) => job.loss === 'bce' && data.outputCount > 1],
    ['batches of one row', ({ job }) => job.batchSize === 1],
    ['batches that divide the rows', ({ job, data }) => remainder(job, data.rowCount) === 0],
    ['a last batch of one row', ({ job, data }) => remainder(job, data.rowCount) === 1],
    ['a shorter last batch', ({ job, data }) => remainder(job, data.rowCount) > 1],
    ['a warm-up', ({ job }) => job.schedule?.warmupSteps !== undefined],
    ['dropout', ({ job }) => job.dropout !== undefined],
    ['dropout of several layers', ({ job }) => job.dropout !== undefined && job.layers.length > 2],
    ['clipping', ({ job }) => job.clipNorm !== undefined],
    ['RMSprop with momentum', ({ job }) => job.optimizer === 'rmsprop' && job.momentum !== undefined],
    ['no hidden layer', ({ job }) => job.layers.length === 1],
    ['three hidden layers', ({ job }) => job.layers.length === 4],
    ['no biases', ({ job }) => job.layers.every(({ bias }) => !bias)],
    ['biases in some layers', ({ job }) => new Set(job.layers.map(({ bias }) => bias)).size === 2],
    ['inputs beyond 40', ({ data }) => Math.max(...data.inputs) > 40],
  ];
  test.each(features)('%s', (_feature, has) => {
    expect(torchCases.filter(has)).not.toEqual([]);
  });
});

function outputOf({ layers }: TorchJob): TorchJob['layers'][number] {
  return layers[layers.length - 1];
}

/** Rows of the last batch where it is shorter than the others, else 0; NaN without batches. */
function remainder({ batchSize }: TorchJob, rowCount: number): number {
  return batchSize === undefined ? NaN : rowCount % batchSize;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
