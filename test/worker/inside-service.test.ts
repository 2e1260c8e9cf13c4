import { expect, test } from 'vitest';
import { forward, jobOf, layOutNetwork, notebookJob, settingsOfSample } from '../../src/index.ts';
import { iris } from '../../src/data/samples/iris.ts';
import { TrainingService } from '../../src/worker/training-service.ts';

const rowCount = 12;
const isMoving = false;

async function openOr() {
  const service = new TrainingService();
  const { id, plans, options } = await service.openTable({ sample: 'or' }, {}, () => {});
  return { service, table: { id, plans, options } };
}

test('a network is looked at before its first step', async () => {
  const { service, table } = await openOr();
  const frame = await service.inside.look({
    subject: { job: notebookJob, table },
    step: undefined,
    rowCount,
    isMoving,
    row: 3,
  });
  expect([frame.step, frame.firstStep, frame.lastStep]).toEqual([0, 0, 0]);
  // numpy.random.seed(1); numpy.random.rand(2, 3)
  expect(frame.parameters?.[0]).toBe(0.417022004702574);
  expect(frame.predicted.predictions.length).toBe(4);
  expect(frame.activations?.map(({ length }) => length)).toEqual([2, 3, 1]);
  expect([...(frame.activations?.[0] ?? [])]).toEqual([1, 1]);
  expect(frame.activations?.[2][0]).toBe(frame.predicted.predictions[3]);
});

test('every step of a run is what training that far comes to', async () => {
  const { service, table } = await openOr();
  const whole = await service.openRun('cpu', notebookJob, table);
  await service.train(whole, 10_000, () => {});
  const subject = { run: whole };
  for (const step of [10_000, 0, 1234, 1, 9999, undefined]) {
    const other = await service.openRun('cpu', notebookJob, table);
    await service.train(other, step ?? 10_000, () => {});
    const { parameters } = await service.report(other);
    const frame = await service.inside.look({ subject, step, rowCount, isMoving, row: 1 });
    expect(frame.parameters).toEqual(parameters);
    expect([frame.step, frame.lastStep]).toEqual([step ?? 10_000, 10_000]);
    const network = layOutNetwork(2, notebookJob.layers);
    const outputs = forward(network, parameters, Float64Array.of(0, 0, 0, 1, 1, 0, 1, 1));
    expect(frame.predicted.predictions).toEqual(outputs);
    service.closeRun(other);
  }
});

test('parameters of a person’s own answer in the place of the run’s, which stays as it is', async () => {
  const { service, table } = await openOr();
  const run = await service.openRun('cpu', notebookJob, table);
  await service.train(run, 100, () => {});
  const before = await service.report(run);
  const parameters = before.parameters.map(() => 0);
  const request = { subject: { run }, step: 100, rowCount, isMoving };
  const frame = await service.inside.look({ ...request, parameters });
  expect([...frame.predicted.predictions]).toEqual([0.5, 0.5, 0.5, 0.5]);
  expect((await service.inside.look(request)).parameters).toEqual(before.parameters);
  await service.train(run, 100, () => {});
  const straight = await service.openRun('cpu', notebookJob, table);
  await service.train(straight, 200, () => {});
  expect((await service.report(run)).parameters).toEqual((await service.report(straight)).parameters);
});

test('a look that another one follows is given up', async () => {
  const service = new TrainingService();
  const { id, plans, options } = await service.openTable({ sample: 'iris' }, {}, () => {});
  const job = jobOf({ ...settingsOfSample(iris), steps: 20_000 }, 3);
  const run = await service.openRun('cpu', job, { id, plans, options });
  await service.train(run, 6000, () => {});
  const looks = [5999, 10].map((step) => service.inside.look({ subject: { run }, step, rowCount, isMoving }));
  const [first, second] = await Promise.allSettled(looks);
  expect(first).toMatchObject({ status: 'rejected', reason: { name: 'AbortError' } });
  expect(second).toMatchObject({ status: 'fulfilled', value: { step: 10 } });
  service.inside.close();
});
