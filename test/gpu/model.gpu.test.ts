import { expect, test } from 'vitest';
import { certify } from '../../src/certify.ts';
import { readTable } from '../../src/data/csv.ts';
import { readCertificate, writeCertificate } from '../../src/exchange/certificate.ts';
import { parametersOf, type Model } from '../../src/exchange/model.ts';
import { readModel, writeModel } from '../../src/exchange/model-file.ts';
import { describeGpu } from '../../src/gpu/device.ts';
import { deviation, judge } from '../../src/core/validation.ts';
import { roundedRun } from '../../src/cpu/validate-run.ts';
import { verifyCertificate } from '../../src/verify-certificate.ts';
import { mixedColumns, mixedTable, trainModel, type ModelSettings } from '../support/models.ts';

/** A saved run goes on: on the same path bit for bit, on the other within rounding. */

const STEPS = 60;
const wanted: ModelSettings = {
  csv: mixedTable('class', 60),
  columns: mixedColumns('class'),
  settings: { hidden: [6], steps: STEPS, batchSize: 7, schedule: { kind: 'cosine' } },
};

/** Through a file, as a person takes it along. */
const reloaded = (model: Model): Model => readModel(writeModel(model));

test('saved on the GPU and reloaded, it goes on there bit for bit', async () => {
  const whole = await trainModel({ ...wanted, backend: 'gpu' });
  const { model } = await trainModel({ ...wanted, backend: 'gpu', stopAfter: 25 });
  expect(reloaded(model)).toEqual(model);
  expect(model.snapshot.lowParts.some((low) => low !== 0)).toBe(true);
  const continued = await trainModel({ ...wanted, backend: 'gpu', from: reloaded(model) });
  expect(continued.result.plan).toEqual(whole.result.plan);
  expect(continued.model.snapshot).toEqual(whole.model.snapshot);
  expect(continued.model.losses).toEqual(whole.model.losses);
});

test.each([
  ['gpu', 'cpu'],
  ['cpu', 'gpu'],
] as const)('saved on the %s, it goes on on the %s within rounding', async (first, second) => {
  const reference = await trainModel(wanted);
  const { model } = await trainModel({ ...wanted, backend: first, stopAfter: 25 });
  const { result, dataset } = await trainModel({ ...wanted, backend: second, from: reloaded(model) });
  expect(result.backend).toBe(second);
  const rounded = await roundedRun(reference.model.job, dataset.training, STEPS);
  const verdict = judge(reference.result, result, [rounded]);
  console.log(`${first} → ${second}: loss ${verdict.loss} of ${verdict.allowedLoss}`);
  expect(verdict).toMatchObject({ holds: true });
  expect(deviation(reference.result, result).loss).toBeGreaterThan(0);
});

test('a certificate of a GPU run holds on its adapter bit for bit, on the CPU within rounding', async () => {
  const { model, dataset, result } = await trainModel({ ...wanted, backend: 'gpu' });
  const { trainingRows: _, digest: __, ...source } = model.table;
  const text = await writeCertificate(await certify({ job: model.job, dataset, source, result }));
  const read = await readCertificate(text);
  expect(read.certificate.verdict).toMatchObject({ holds: true });
  const table = await readTable(wanted.csv);
  const { adapter } = await describeGpu();
  expect(await verifyCertificate(read, table, { adapter })).toMatchObject({ holds: true, isExact: true });
  const onCpu = await verifyCertificate(read, table, { adapter: null });
  expect(onCpu).toMatchObject({ holds: true, isExact: false });
  // A loss of the log that is off by 1 %, in a certificate that was sealed again.
  const { certificate } = read;
  const losses = certificate.result.losses.map(([step, loss], i): [number, number] => [
    step,
    i === 3 ? 1.01 * loss : loss,
  ]);
  const forged = {
    isSealed: true,
    certificate: { ...certificate, result: { ...certificate.result, losses } },
  };
  expect(await verifyCertificate(forged, table, { adapter: null })).toMatchObject({ holds: false });
  expect(await verifyCertificate(forged, table, { adapter })).toMatchObject({ holds: false });
});

test('what the layers of a file hold is what predicts', async () => {
  const { model, result } = await trainModel({ ...wanted, backend: 'gpu' });
  expect(parametersOf(reloaded(model))).toEqual(result.parameters);
});
