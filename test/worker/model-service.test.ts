import { describe, expect, it } from 'vitest';
import { jobOf, suggestedSettings } from '../../src/core/job-settings.ts';
import { readModel, writeModel } from '../../src/exchange/model-file.ts';
import { exportFormats, readCertificate, readTable, verifyCertificate } from '../../src/index.ts';
import { fileStem } from '../../src/worker/model-exports.ts';
import { unusedCategory } from '../../src/worker/model-sheet.ts';
import { TrainingService } from '../../src/worker/training-service.ts';
import { hostileTable, mixedTable, trainModel } from '../support/models.ts';

const name = 'mixed.csv';

/** A service with a table open, and what a run of it takes. */
async function openService(csv = mixedTable('class', 60)) {
  const service = new TrainingService();
  const open = await service.openTable({ text: csv }, {}, () => {});
  const { prepared } = open;
  if (!prepared) throw new Error(open.problem);
  const settings = suggestedSettings(prepared.task, prepared.rowCounts.training);
  const job = jobOf({ ...settings, hidden: [4], steps: 400, batchSize: 16 }, prepared.outputCount);
  return { service, open, job };
}

async function trainedRun(steps: number, patience?: number) {
  const page = await openService();
  const { service, open, job } = page;
  const id = await service.openRun('cpu', job, { ...open, ...(patience && { patience }) });
  await service.train(id, steps, () => {});
  return { ...page, id };
}

describe('the models of the worker', () => {
  it('predict a row as the run predicts it', async () => {
    const { service, id, open } = await trainedRun(400);
    const { predicted } = await service.report(id);
    const source = { run: id, name };
    const sheet = await service.models.describe(source);
    expect(sheet).toMatchObject({
      tableName: name,
      step: 400,
      steps: 400,
      backend: 'cpu',
      task: 'classification',
    });
    expect(sheet.fields.map(({ column, kind }) => [column, kind])).toEqual([
      ['size', 'number'],
      ['weight', 'number'],
      ['colour', 'category'],
      ['grade', 'number'],
    ]);
    const [answer] = await service.models.predictRow(
      source,
      sheet.fields.map(({ start }) => start),
      0.5,
    );
    const classes = open.prepared?.classes ?? [];
    answer.probabilities.forEach(({ of, probability }, i) => {
      expect(of).toBe(classes[i]);
      expect(probability).toBeCloseTo(predicted.predictions[i], 12);
    });
    const colour = sheet.fields[2];
    if (colour.kind !== 'category') throw new Error('colour is a category');
    expect(colour.other).toBe('other');
    // Every value may be missing, all of them too.
    for (const cells of [
      ['', '', '', ''],
      ['25', '1', colour.other, '7'],
    ]) {
      const [{ probabilities }] = await service.models.predictRow(source, cells, 0.5);
      expect(probabilities.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 12);
    }
    await expect(service.models.predictRow(source, ['x', '1', 'red', '7'], 0.5)).rejects.toThrow('"x"');
  });

  it('predict files by column name, and say what they ignored', async () => {
    const { service, id } = await trainedRun(100);
    const source = { run: id, name };
    const rows = new Blob(['grade,colour,extra,weight,size\n7,pink,1,0.5,25\n,red,2,1,\n']);
    const predicted = await service.models.predictFile(source, rows);
    expect(predicted).toMatchObject({
      rowCount: 2,
      extraColumns: ['extra'],
      filledCellCount: 2,
      unseenCells: [['colour', 1]],
      incompleteCount: 0,
    });
    const lines = (await predicted.csv.text()).trim().split('\n');
    expect(lines[0]).toMatch(/^grade,colour,extra,weight,size,predicted answer,probability of answer = high/);
    expect(lines[1]).toMatch(/^7,pink,1,0\.5,25,(high|middle|low),0\.\d+/);
    await expect(service.models.predictFile(source, new Blob(['size\n1\n']))).rejects.toThrow(
      'lacks the columns "weight", "colour", "grade"',
    );
    expect((await service.models.predictFile(source, undefined)).rowCount).toBe(60);
  });

  it('predict whatever columns and categories are called, and a row of one missing value', async () => {
    for (const csv of [hostileTable(), `x,y\n${'1,2\n3,5\n,4\n'.repeat(10)}`]) {
      const { service, open, job } = await openService(csv);
      const id = await service.openRun('cpu', job, open);
      await service.train(id, 20, () => {});
      const source = { run: id, name };
      const { fields } = await service.models.describe(source);
      const [first] = await service.models.predictRow(
        source,
        fields.map(({ start }) => start),
        0.5,
      );
      const { answers } = await service.models.predictFile(source, undefined);
      expect(first).toEqual(answers[0][0]);
      if (fields.length > 1) continue;
      const [missing] = await service.models.predictRow(source, [''], 0.5);
      expect(missing).toEqual(answers[2][0]);
    }
  });

  it('a run that was kept goes on to the same losses, also one that watches for its end', async () => {
    for (const patience of [undefined, 30]) {
      const whole = await trainedRun(400, patience);
      const expected = await whole.service.report(whole.id);
      const half = await trainedRun(123, patience);
      const kept = await half.service.models.keep(half.id, name);
      if (!kept) throw new Error('it is kept');
      const { service, open, job } = await openService();
      const { id: tableId, plans, options } = open;
      const id = await service.models.restore(structuredClone(kept), {
        backend: 'cpu',
        job,
        tableId,
        plans,
        options,
        ...(patience && { patience }),
      });
      expect((await service.report(id)).steps).toBe(123);
      await service.train(id, 400, () => {});
      const report = await service.report(id);
      expect(report.parameters).toEqual(expected.parameters);
      expect(report.finalLoss).toBe(expected.finalLoss);
      expect(report.log).toEqual(expected.log);
      expect(report.validation).toEqual(expected.validation);
    }
  });

  it('a run goes on only with its table', async () => {
    const { service, id } = await trainedRun(10);
    const kept = await service.models.keep(id, name);
    if (!kept) throw new Error('it is kept');
    const other = await service.openTable({ text: mixedTable('class', 60, 2) }, {}, () => {});
    const { id: tableId, plans, options } = other;
    await expect(service.models.restore(kept, { backend: 'cpu', tableId, plans, options })).rejects.toThrow(
      'not the one this network was trained on (mixed.csv)',
    );
  });

  it('a file of a model predicts, and knows its table', async () => {
    const { service, id } = await trainedRun(50);
    const [offer] = await service.models.offers({ run: id, name });
    const file = await service.models.export({ run: id, name }, 'model');
    expect(offer).toMatchObject({
      format: 'model',
      byteCount: file.size,
      fileName: 'mixed.handgrad.safetensors',
    });
    expect(readModel(await file.arrayBuffer()).snapshot.step).toBe(50);
    const opened = await service.models.open(file);
    expect(await service.models.isTrainedOn(opened)).toBe(true);
    expect(await service.models.predictFile({ file: opened }, undefined)).toMatchObject({ rowCount: 60 });
    await service.openTable({ sample: 'iris' }, {}, () => {});
    expect(await service.models.isTrainedOn(opened)).toBe(false);
    await expect(service.models.open(file.slice(0, 300))).rejects.toThrow();
    // A run that was stopped is no whole one, and one that went on did not begin at its first step.
    await expect(service.models.export({ run: id, name }, 'certificate')).rejects.toThrow(
      'has 50 of 400 steps',
    );
  });

  it('a file of an ensemble predicts with spreads, and is not gone on with', async () => {
    const csv = mixedTable('class', 60);
    const { model } = await trainModel({ csv, memberCount: 3 });
    const { service, open } = await openService(csv);
    const opened = await service.models.open(new Blob([writeModel(model)]));
    const sheet = await service.models.describe({ file: opened });
    expect(sheet).toMatchObject({ memberCount: 3 });
    const cells = sheet.fields.map(({ start }) => start);
    const [answer] = await service.models.predictRow({ file: opened }, cells, 0.5);
    expect(answer.probabilities.every(({ spread = 0 }) => spread > 0)).toBe(true);
    const { answers } = await service.models.predictFile({ file: opened }, undefined);
    expect(answers[0]).toEqual([answer]);
    const said = 'an ensemble of 3 networks, which predicts and is not trained on';
    expect(() => service.models.continuationOf(opened)).toThrow(said);
    const { id: tableId, plans, options } = open;
    const request = { backend: 'cpu', tableId, plans, options } as const;
    await expect(service.models.continueFile(opened, request)).rejects.toThrow(said);
  });

  it('a run is written in every way, under a name of its own, and certified', async () => {
    const { service, id } = await trainedRun(400);
    const source = { run: id, name };
    const offers = await service.models.offers(source);
    expect(offers.map(({ format }) => format).toSorted()).toEqual([...exportFormats].toSorted());
    expect(new Set(offers.map(({ fileName }) => fileName)).size).toBe(offers.length);
    for (const { format, byteCount } of offers.slice(0, -1)) {
      expect((await service.models.export(source, format)).size).toBe(byteCount);
    }
    const text = await (await service.models.export(source, 'certificate')).text();
    const table = await readTable(mixedTable('class', 60));
    const verified = await verifyCertificate(await readCertificate(text), table, { adapter: null });
    expect(verified).toMatchObject({ holds: true, isExact: true });
  });

  it('a diverged run is not kept', async () => {
    const { service, open, job } = await openService(mixedTable('number', 60));
    const networks = [{ ...job.networks[0], learningRate: 1000 }];
    const id = await service.openRun('cpu', { ...job, optimizer: 'sgd', networks }, open);
    await service.train(id, 400, () => {});
    expect(await service.models.keep(id, name)).toBeUndefined();
  });
});

describe('file names', () => {
  it('come from the name of the table, in safe characters', () => {
    expect(fileStem('pets of 2026.csv')).toBe('pets-of-2026');
    expect(fileStem('../../etc/passwd')).toBe('etc-passwd');
    expect(fileStem('Größe 🙂.tsv')).toBe('Größe');
    expect(fileStem('model.handgrad.safetensors')).toBe('model');
    expect(fileStem('CON.csv')).toBe('model');
    expect(fileStem('…')).toBe('model');
    expect(fileStem('a'.repeat(300))).toHaveLength(60);
  });
});

it('a category that is none can always be named', () => {
  expect(unusedCategory(['red', 'other', 'other other'])).toBe('other other other');
});
