import { expect, test } from 'vitest';
import {
  assess,
  inferColumns,
  jobOf,
  prepareDataset,
  readTable,
  samples,
  settingsOfSample,
  TrainingSession,
  usualOptions,
  type PartAssessment,
  type SampleId,
} from '../../src/index.ts';

const SEEDS = [1, 2, 3];

/** Trains a sample with its own settings, from other seeds: other splits, other initial weights. */
async function train(id: SampleId, seed: number): Promise<PartAssessment[]> {
  const sample = samples.find((each) => each.id === id);
  if (!sample) throw new Error(id);
  const table = await readTable(await sample.load());
  const plans = inferColumns(table, { targets: sample.targets });
  const dataset = prepareDataset(table, plans, { ...usualOptions(table.rowCount, sample), seed });
  const job = jobOf({ ...settingsOfSample(sample), seed }, dataset.training.outputCount);
  const session = await TrainingSession.open('cpu', job, dataset.training);
  await session.train();
  const parts = await assess(session, dataset);
  session.dispose();
  return parts;
}

function accuracyOf({ network }: PartAssessment): number {
  if (network.task === 'regression') throw new Error('no classes');
  return network.task === 'binary' ? network.outputs[0].accuracy : network.classes.accuracy;
}

/** @param part of the table: the first is training, the last the one kept apart */
async function meanAccuracy(id: SampleId, part: 0 | -1, seeds = SEEDS): Promise<number> {
  const start = performance.now();
  const found: number[] = [];
  for (const seed of seeds) {
    const assessed = (await train(id, seed)).at(part);
    if (assessed) found.push(accuracyOf(assessed));
  }
  const seconds = ((performance.now() - start) / 1000 / seeds.length).toFixed(1);
  console.log(
    `${id}: ${found.map((value) => `${(100 * value).toFixed(1)} %`).join(', ')}; ${seconds} s each`,
  );
  return found.reduce((sum, value) => sum + value, 0) / found.length;
}

test('iris: at least 95 % of the test rows, on average', async () => {
  expect(await meanAccuracy('iris', -1)).toBeGreaterThanOrEqual(0.95);
});

test('digits: at least 97 % of the test rows, on average', async () => {
  expect(await meanAccuracy('digits', -1)).toBeGreaterThanOrEqual(0.97);
});

test('spirals: at least 99 % of the rows it learnt from', async () => {
  const seeds = import.meta.env.HANDGRAD_FULL === '1' ? SEEDS : [1];
  expect(await meanAccuracy('spirals', 0, seeds)).toBeGreaterThanOrEqual(0.99);
});
