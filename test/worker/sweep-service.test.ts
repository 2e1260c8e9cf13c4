import { afterAll, describe, expect, it, vi } from 'vitest';
import { onThisThread, readModel, readTable, predictTable, suggestedSettings } from '../../src/index.ts';
import type { SweepRequest } from '../../src/worker/sweep-service.ts';
import { TrainingService } from '../../src/worker/training-service.ts';
import { mixedTable } from '../support/models.ts';

// What only browsers have: workers of workers, and a count of cores before Node 21.
vi.mock('../../src/worker/browser-pool.ts', () => ({
  createBrowserPool: () => ({ ...onThisThread, dispose: () => {} }),
}));
vi.stubGlobal('navigator', { hardwareConcurrency: 1 });
afterAll(() => vi.unstubAllGlobals());

const csv = mixedTable('class', 60);

async function sweptService(seeds: string) {
  const service = new TrainingService();
  const { id, plans, options, prepared } = await service.openTable({ text: csv }, {}, () => {});
  if (!prepared) throw new Error('the table can be trained on');
  const base = { ...suggestedSettings(prepared.task, prepared.rowCounts.training), steps: 30 };
  service.sweeps.open({
    id,
    plans,
    options,
    base,
    texts: { seed: seeds, hidden: '3/5' },
    drawCount: undefined,
    backend: 'cpu',
  });
  await service.sweeps.train(() => {});
  return service;
}

describe('a sweep of the worker', () => {
  it('opens as one model, which predicts, is described and handed on as any other', async () => {
    const { sweeps, models } = await sweptService('1..4');
    expect(sweeps.report()).toMatchObject({ overCount: 8, ensembleCount: 4 });
    const file = await sweeps.openEnsemble(3, 'mixed.csv');
    const sheet = await models.describe({ file });
    expect(sheet).toMatchObject({ tableName: 'mixed.csv', memberCount: 3, backend: 'cpu', steps: 30 });
    const cells = sheet.fields.map(({ start }) => start);
    const [answer] = await models.predictRow({ file }, cells, 0.5);
    expect(answer.probabilities.every(({ spread }) => spread !== undefined && spread > 0)).toBe(true);
    const { answers, csv: written } = await models.predictFile({ file }, undefined);
    expect(answers[0][0]).toEqual(answer);
    expect(await written.text()).toContain('spread of probability of answer = high');
    expect(await models.isTrainedOn(file)).toBe(true);
    const offers = await models.offers({ file });
    expect(offers.map(({ problem }) => problem)).toEqual(offers.map(() => undefined));
    for (const { purpose } of offers) expect(purpose).not.toMatch(/train/);
    const saved = readModel(await (await models.export({ file }, 'model')).arrayBuffer());
    const { values, spreads } = predictTable(saved, await readTable(csv));
    const probabilities = answer.probabilities.map(({ probability }) => probability);
    expect([...values.subarray(0, 3)]).toEqual(probabilities);
    expect([...(spreads?.subarray(0, 3) ?? [])]).toEqual(answer.probabilities.map(({ spread }) => spread));
    // Opened again, it is another.
    expect(await sweeps.openEnsemble(2, 'mixed.csv')).not.toBe(file);
  });

  it('of one network a shape is no ensemble', async () => {
    const { sweeps } = await sweptService('1');
    expect(sweeps.report().ensembleCount).toBe(1);
    await expect(sweeps.openEnsemble(10, 'mixed.csv')).rejects.toThrow(
      'An ensemble takes 2 or more networks',
    );
  });

  it('reports the steps that were taken, and one best network, where networks end early', async () => {
    const service = new TrainingService();
    const { id, plans, options, prepared } = await service.openTable({ text: csv }, {}, () => {});
    if (!prepared) throw new Error('the table can be trained on');
    const { sweeps } = service;
    const base = { ...suggestedSettings(prepared.task, prepared.rowCounts.training), steps: 400 };
    const texts = { seed: '1..5', learningRate: '0.1/0.5' };
    const withValidation = { ...options, validation: 0.3 };
    sweeps.open({ id, plans, options: withValidation, base, texts, backend: 'cpu', patience: 1 });
    await sweeps.train(() => {});
    const report = sweeps.report();
    const rows = sweeps.rows({ column: 'rank', isDescending: false }, 10);
    expect(report.stepsDone).toBe(report.steps);
    expect(report.stepsTaken).toBe(rows.reduce((sum, { steps }) => sum + steps, 0));
    expect(report.stepsTaken).toBeLessThan(report.steps);
    // The table of results, the groups and the fan agree on it.
    const [first] = rows;
    const bestLosses = report.groups.map(({ bestLoss = Infinity }) => bestLoss);
    expect(report.groups.map(({ best }) => best)).toContain(first.place);
    expect(Math.min(...bestLosses)).toBe(first.validationLoss);
    expect(report.best?.place).toBe(first.place);
    expect(report.fan.networkCounts).toEqual(report.fan.steps.map(() => 10));
  });

  it('keeps the sweep it holds where the next one cannot be trained', async () => {
    const service = new TrainingService();
    const open = await service.openTable({ text: mixedTable('class', 60) }, {}, () => {});
    const { prepared } = open;
    if (!prepared) throw new Error(open.problem);
    const base = suggestedSettings(prepared.task, prepared.rowCounts.training);
    const request: SweepRequest = { ...open, base, texts: { seed: '1..3' }, backend: 'cpu' };
    service.sweeps.open(request);
    const tooMuch = { ...request, base: { ...base, batchSize: 61 }, texts: { seed: '1..5' } };
    expect(() => service.sweeps.open(tooMuch)).toThrow('The batch size must be a whole number');
    expect(service.sweeps.report().networkCount).toBe(3);
    expect(service.sweeps.open({ ...request, texts: { seed: '1..5' } }).networkCount).toBe(5);
    expect(service.sweeps.report().networkCount).toBe(5);
  });
});
