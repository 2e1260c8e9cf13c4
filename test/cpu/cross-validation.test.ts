import { describe, expect, it } from 'vitest';
import {
  assess,
  crossValidate,
  foldSummary,
  inferColumns,
  jobOf,
  lossSteps,
  onThisThread,
  prepareFolds,
  suggestedSettings,
  TrainingSession,
  type AloneTrainer,
  type CrossValidation,
  type Dataset,
  type FoldMeasure,
  type JobSettings,
  type SampleId,
} from '../../src/index.ts';
import { tableOf } from '../data/support.ts';
import { openSample } from '../support/samples.ts';

async function foldsOf(id: SampleId, foldCount: number): Promise<Dataset[]> {
  const { table, plans, options } = await openSample(id);
  return prepareFolds(table, plans, options, foldCount);
}

/** Of a column with a category that comes up twice: a fold that holds both rows out has one input fewer. */
function foldsOfTwoShapes(): Dataset[] {
  const rows = Array.from({ length: 24 }, (_, i) => i);
  const table = tableOf([
    ['colour', rows.map((i) => (i < 2 ? 'rare' : ['red', 'blue'][i % 2]))],
    ['size', rows.map((i) => (i * 7) % 11)],
    ['price', rows.map((i) => 3 * ((i * 7) % 11) + (i % 2) + 0.5)],
  ]);
  const folds = (seed: number) =>
    prepareFolds(table, inferColumns(table), { scaling: 'standard', missing: 'drop', test: 0, seed }, 2);
  const seeds = Array.from({ length: 50 }, (_, seed) => seed);
  const widths = (each: readonly Dataset[]) => new Set(each.map(({ training }) => training.inputCount)).size;
  const found = seeds.map(folds).find((each) => widths(each) === 2);
  if (!found) throw new Error('no seed puts both rows into one fold');
  return found;
}

/** Holds a cross-validation against its folds trained and measured one by one, to the last bit. */
async function expectSameAsAlone(
  result: CrossValidation,
  folds: readonly Dataset[],
  settings: JobSettings,
): Promise<void> {
  const measures = [];
  for (const [fold, dataset] of folds.entries()) {
    const job = jobOf(settings, dataset.training.outputCount);
    const session = await TrainingSession.open('cpu', job, dataset.training);
    await session.train();
    const { losses, parameters } = await session.result();
    const { record, assessment, hasDiverged } = result.folds[fold];
    expect(hasDiverged).toBe(false);
    expect(record.parameters).toEqual(parameters);
    expect(record.losses.at(-1)).toBe(losses.at(-1));
    const heldOut = (await assess(session, dataset)).find(({ part }) => part === 'validation');
    if (!heldOut) throw new Error('rows are held out');
    expect(assessment).toEqual(heldOut);
    measures.push(heldOut.network);
    session.dispose();
  }
  expect(result.network).toEqual(foldSummary(measures));
}

describe('a cross-validation', () => {
  it.each(['iris', 'diabetes', 'spirals'] as const)(
    'of %s is each fold trained and measured alone, bit for bit',
    async (id) => {
      const folds = await foldsOf(id, 4);
      const settings = { ...suggestedSettings(folds[0].task, 90), steps: 30, batchSize: 16 };
      const result = await crossValidate('cpu', (outputs) => jobOf(settings, outputs), folds);
      await expectSameAsAlone(result, folds, settings);
      expect(result).toMatchObject({ isOver: true, divergedCount: 0, adapter: null });
      expect(result.linearModel?.task).toBe(folds[0].task);
      expect(result.constant?.task).toBe(folds[0].task);
      expect(structuredClone(result)).toEqual(result);
    },
  );

  it('of folds with different inputs is the same', async () => {
    const folds = foldsOfTwoShapes();
    const settings = { ...suggestedSettings('regression', 12), steps: 50 };
    await expectSameAsAlone(
      await crossValidate('cpu', (outputs) => jobOf(settings, outputs), folds),
      folds,
      settings,
    );
  });

  it('keeps some hundred losses of a long run, the last among them', async () => {
    const folds = await foldsOf('iris', 2);
    const job = jobOf({ ...suggestedSettings('classification', 60), hidden: [], steps: 3000 }, 3);
    const { folds: outcomes } = await crossValidate('cpu', () => job, folds);
    for (const { record } of outcomes) {
      expect(record.step).toBe(3000);
      expect(record.losses.length).toBeLessThan(lossSteps(job).length / 10);
    }
  });

  it.each(['iris', 'diabetes', 'spirals'] as const)(
    'of %s says where folds diverged, and has no mean then',
    async (id) => {
      const folds = await foldsOf(id, 3);
      const settings = { ...suggestedSettings(folds[0].task, 90), steps: 40 };
      const steep: JobSettings = {
        ...settings,
        optimizer: 'sgd',
        learningRate: 1e6,
        l1: 1e5,
        weightDecay: 1e5,
      };
      let begun = 0;
      // The second fold alone is trained with settings that lead nowhere.
      const pool: AloneTrainer = {
        parallel: 1,
        train(task, signal) {
          const job = ++begun === 2 ? jobOf(steep, task.data.outputCount) : task.job;
          return onThisThread.train({ ...task, job }, signal);
        },
      };
      const result = await crossValidate('cpu', (outputs) => jobOf(settings, outputs), folds, { pool });
      expect(result.folds.map(({ hasDiverged }) => hasDiverged)).toEqual([false, true, false]);
      expect(result.divergedCount).toBe(1);
      const [measure] = firstMeasures(result);
      expect(measure).toMatchObject({ mean: NaN, deviation: NaN, divergedCount: 1, undefinedCount: 0 });
      expect(measure.values.map((value) => Number.isFinite(value))).toEqual([true, false, true]);
    },
  );

  it('keeps what is finished when it is cancelled, and sums nothing up', async () => {
    const folds = await foldsOf('iris', 4);
    const cancel = new AbortController();
    let begun = 0;
    const pool: AloneTrainer = {
      parallel: 1,
      train(task, signal) {
        if (++begun === 3) cancel.abort();
        return onThisThread.train(task, signal);
      },
    };
    const job = jobOf({ ...suggestedSettings('classification', 90), steps: 30 }, 3);
    const result = await crossValidate('cpu', () => job, folds, { pool, signal: cancel.signal });
    expect(result.folds.map(({ assessment }) => assessment !== undefined)).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(result).toMatchObject({ isOver: false, network: undefined, linearModel: undefined });
  });

  it('refuses folds that hold nothing out, and none at all', async () => {
    const job = jobOf(suggestedSettings('classification', 90), 3);
    const [first, second] = await foldsOf('iris', 2);
    await expect(
      crossValidate('cpu', () => job, [first, { ...second, validation: undefined }]),
    ).rejects.toThrow('Fold 2 of 2 holds out 0 rows');
    await expect(crossValidate('cpu', () => job, [])).rejects.toThrow('There are 0 folds');
  });
});

function firstMeasures({ network }: CrossValidation): FoldMeasure[] {
  if (!network) throw new Error('all folds are over');
  if (network.task === 'regression') return [network.outputs[0].rmse];
  return [network.task === 'binary' ? network.outputs[0].accuracy : network.classes.accuracy];
}
