import { describe, expect, it } from 'vitest';
import {
  constantLoss,
  jobOf,
  onThisThread,
  readSweepAxis,
  suggestedSettings,
  trainOnce,
} from '../../src/index.ts';
import { lossOn, TrainingSession, trainSweep, type SweepSettings } from '../../src/index.ts';
import { irisDataset } from '../support/samples.ts';

const base = { ...suggestedSettings('classification', 100), steps: 40 };
const settings: SweepSettings = {
  base,
  axes: [
    readSweepAxis('hidden', '3/5'),
    readSweepAxis('learningRate', '0.01/0.1'),
    readSweepAxis('seed', '1..3'),
  ],
  search: { kind: 'grid' },
};

describe('a sweep in one call', () => {
  it('is each of its networks trained alone and judged on the rows kept apart', async () => {
    const dataset = await irisDataset();
    const { training, validation } = dataset;
    const result = await trainSweep('cpu', settings, dataset);
    const { sweep, records, ranking, lossSteps } = result;
    for (const [place, network] of sweep.networks.entries()) {
      const session = await TrainingSession.open('cpu', jobOf(network.settings, 3), training);
      await session.train();
      const { losses, parameters } = await session.result();
      expect(records[place].losses).toEqual(Float64Array.from(lossSteps, (step) => losses[step]));
      expect(records[place].parameters).toEqual(parameters);
      if (!validation) throw new Error('rows are kept apart');
      expect(records[place].validationLoss).toBe(await lossOn(session, validation));
      session.dispose();
    }
    expect(result).toMatchObject({ backend: 'cpu', adapter: null, isOver: true, rankedBy: 'validationLoss' });
    const ranked = ranking.map((place) => records[place].validationLoss ?? NaN);
    expect(ranked).toEqual(ranked.toSorted((a, b) => a - b));
    expect(result.groups.map(({ networkCount }) => networkCount)).toEqual([3, 3, 3, 3]);
    expect(result.constantLoss).toBe(constantLoss('cross-entropy', training));
    expect(structuredClone(result)).toEqual(result);
  });

  it('ranks by the final loss where no rows are kept apart', async () => {
    const dataset = { ...(await irisDataset()), validation: undefined };
    const result = await trainSweep('cpu', settings, dataset);
    expect(result.rankedBy).toBe('finalLoss');
    const final = result.ranking.map((place) => result.records[place].losses.at(-1) ?? NaN);
    expect(final).toEqual(final.toSorted((a, b) => a - b));
  });

  it('stops networks early where it is asked to', async () => {
    const dataset = await irisDataset();
    const { training, validation } = dataset;
    if (!validation) throw new Error('rows are kept apart');
    const long = {
      ...settings,
      base: { ...base, steps: 600, learningRate: 0.1 },
      axes: settings.axes.slice(2),
    };
    const { records, sweep } = await trainSweep('cpu', long, dataset, { patience: 1 });
    expect(records.some(({ step }) => step < 600)).toBe(true);
    for (const [place, { step, parameters }] of records.entries()) {
      const job = jobOf(sweep.networks[place].settings, 3);
      const alone = await trainOnce('cpu', job, training, { validation: { data: validation, patience: 1 } });
      expect({ step, parameters }).toEqual({ step: alone.steps, parameters: alone.parameters });
    }
  });

  it('tells how far it is, and what it comes to before it begins', async () => {
    const told: number[][] = [];
    const networkCounts: number[] = [];
    await trainSweep('cpu', settings, await irisDataset(), {
      onExpanded: ({ networks }) => networkCounts.push(networks.length),
      onProgress: (...progress) => told.push(progress),
    });
    expect(networkCounts).toEqual([12]);
    expect(told.at(-1)).toEqual([12, 12, 12 * base.steps]);
  });

  it('keeps what is finished when it is cancelled', async () => {
    const cancel = new AbortController();
    let begun = 0;
    const pool: typeof onThisThread = {
      parallel: 1,
      train(task, signal) {
        if (++begun === 5) cancel.abort();
        return onThisThread.train(task, signal);
      },
    };
    const dataset = await irisDataset();
    const whole = await trainSweep('cpu', settings, dataset);
    const { isOver, records, ranking, groups } = await trainSweep('cpu', settings, dataset, {
      pool,
      signal: cancel.signal,
    });
    expect(isOver).toBe(false);
    const finished = records.flatMap(({ isOver: isDone }, place) => (isDone ? [place] : []));
    expect(finished).toEqual([0, 1, 2, 3]);
    for (const place of finished) expect(records[place]).toEqual(whole.records[place]);
    expect(ranking.toSorted((a, b) => a - b)).toEqual(finished);
    expect(groups.map(({ overCount }) => overCount)).toEqual([3, 1, 0, 0]);
  });

  it('refuses what would not fit before anything is trained', async () => {
    const axes = [readSweepAxis('seed', '1..60000')];
    const wide = { ...settings, base: { ...base, hidden: [2000] }, axes };
    const pool: typeof onThisThread = { parallel: 1, train: () => Promise.reject(new Error('trained')) };
    await expect(trainSweep('cpu', wide, await irisDataset(), { pool })).rejects.toThrow(
      /The 60,000 networks of this sweep would keep [\d,]+ MiB of losses/,
    );
  });
});
