import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { notebookJob, notebookRecord } from '../../src/core/notebook.ts';
import { orTable } from '../../src/data/samples/or-table.ts';
import { TrainingService, type RunProgress } from '../../src/worker/training-service.ts';

/** A service with the notebook's table. */
async function openService(): Promise<TrainingService> {
  const service = new TrainingService();
  await service.openTable(orTable.csv);
  return service;
}

describe('the training service', () => {
  it('understands the sample', async () => {
    const summary = await new TrainingService().openTable(orTable.csv);
    expect(summary.rowCount).toBe(4);
    expect(summary.columns).toEqual([
      { name: 'observation', role: 'index' },
      { name: 'input1', role: 'input' },
      { name: 'input2', role: 'input' },
      { name: 'output', role: 'target' },
    ]);
  });

  it('trains, reports a curve without gaps and the notebook’s log lines', async () => {
    const service = await openService();
    const id = await service.openRun('cpu', notebookJob);
    const progress: RunProgress[] = [];
    await service.train(id, notebookJob.steps, (report) => progress.push(report));
    const reportOfRun = await service.report(id);
    expect(progress.at(-1)?.stepCount).toBe(10_000);
    const pieces = progress.flatMap(({ curve }) => curve.steps);
    expect(pieces).toEqual(reportOfRun.curve.steps);
    expect(pieces.length).toBe(2000);
    expect(reportOfRun.log[0]).toBe('error at step     0: 1.960156e-01');
    expect(reportOfRun.log.length).toBe(10);
    expect(reportOfRun.predictions[0]).toBeCloseTo(notebookRecord.predictions[0], 12);
    expect(reportOfRun.timing.pressToFinalLossMs).toBeGreaterThan(reportOfRun.timing.trainMs);
  });

  it('pauses, steps and continues', async () => {
    const service = await openService();
    const id = await service.openRun('cpu', { ...notebookJob, steps: 2_000_000 });
    const steps: number[] = [];
    const training = service.train(id, 2_000_000, ({ stepCount }) => {
      steps.push(stepCount);
      service.pause(id);
    });
    await training;
    const paused = steps.at(-1) ?? 0;
    expect(paused).toBeGreaterThan(0);
    expect(paused).toBeLessThan(2_000_000);
    await service.train(id, 1, ({ stepCount }) => steps.push(stepCount));
    expect(steps.at(-1)).toBe(paused + 1);
    expect((await service.report(id)).steps).toBe(paused + 1);
    service.closeRun(id);
  });

  it('holds two runs against each other and checks gradients', async () => {
    const service = await openService();
    const job = { ...notebookJob, steps: 100 };
    const ids = [await service.openRun('cpu', job), await service.openRun('cpu', job)];
    for (const id of ids) {
      await service.train(id, 100, () => {});
      await service.report(id);
    }
    const { verdict, difference } = await service.compare(ids[0], ids[1]);
    expect(verdict).toMatchObject({ loss: 0, parameter: 0, holds: true });
    expect(difference.losses.every((value) => value === 0)).toBe(true);
    expect(await service.checkGradients(ids[0])).toMatchObject({ holds: true, parametersChecked: 9 });
  });

  it('compares only runs that can be compared', async () => {
    const service = await openService();
    const job = { ...notebookJob, steps: 100 };
    const ids = [await service.openRun('cpu', job), await service.openRun('cpu', job)];
    await service.train(ids[0], 100, () => {});
    await service.train(ids[1], 50, () => {});
    await expect(service.compare(ids[0], ids[1])).rejects.toThrow('the same job, table and number of steps');
    await service.train(ids[1], 50, () => {});
    expect((await service.compare(ids[0], ids[1])).verdict.holds).toBe(true);
    await service.openTable(orTable.csv);
    const other = await service.openRun('cpu', job);
    await service.train(other, 100, () => {});
    await expect(service.compare(ids[0], other)).rejects.toThrow('the same job');
  });

  it('reports afresh after a run has gone on, also when asked while it ran', async () => {
    const service = await openService();
    const id = await service.openRun('cpu', { ...notebookJob, steps: 300_000 });
    const training = service.train(id, 300_000, () => {});
    await expect(service.train(id, 1, () => {})).rejects.toThrow('training already');
    const early = await service.report(id);
    await training;
    expect(early.steps).toBeLessThan(300_000);
    expect((await service.report(id)).steps).toBe(300_000);
  });

  it('ends a comparison and a measurement on request', async () => {
    const service = await openService();
    const job = { ...notebookJob, steps: 200_000 };
    const ids = [await service.openRun('cpu', job), await service.openRun('cpu', job)];
    for (const id of ids) await service.train(id, job.steps, () => {});
    const comparing = service.compare(ids[0], ids[1]);
    setTimeout(() => service.pause(ids[0]), 30);
    await expect(comparing).rejects.toMatchObject({ name: 'AbortError' });
    const measuring = service.measure(ids[0], 5, () => {});
    setTimeout(() => service.pause(ids[0]), 30);
    await expect(measuring).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('gives up a reading when another table is opened meanwhile', async () => {
    const service = new TrainingService();
    const large = `a,b\n${'1,2\n'.repeat(200_000)}`;
    const reading = service.openTable(large);
    await Promise.all([
      expect(reading).rejects.toMatchObject({ name: 'AbortError' }),
      service.openTable(orTable.csv),
    ]);
    const id = await service.openRun('cpu', { ...notebookJob, steps: 1 });
    await service.train(id, 1, () => {});
    expect((await service.report(id)).predictions.length).toBe(4);
  });

  it('measures at least five warm repetitions', async () => {
    const service = await openService();
    const id = await service.openRun('cpu', { ...notebookJob, steps: 10 });
    let counted = 0;
    const { trainMs, medianMs, rangeMs } = await service.measure(id, 2, (count) => (counted = count));
    expect(trainMs.length).toBe(5);
    expect(counted).toBe(5);
    expect(medianMs).toBeGreaterThanOrEqual(rangeMs[0]);
    expect(medianMs).toBeLessThanOrEqual(rangeMs[1]);
  });

  it('goes on from where a run was kept, on the CPU', async () => {
    const service = await openService();
    const job = { ...notebookJob, steps: 300 };
    const [whole, begun] = [await service.openRun('cpu', job), await service.openRun('cpu', job)];
    await service.train(whole, 300, () => {});
    await service.train(begun, 120, () => {});
    const continued = await service.continueOnCpu(begun);
    expect((await service.report(continued)).curve.steps).toHaveLength(120);
    await service.train(continued, 300, ({ recoveries }) => expect(recoveries).toEqual([]));
    const [expected, report] = [await service.report(whole), await service.report(continued)];
    expect(report.steps).toBe(300);
    expect(report.curve).toEqual(expected.curve);
    expect(report.parameters).toEqual(expected.parameters);
    // Of the steps it trained itself.
    const { stepsPerSecond, trainMs } = report.timing;
    expect(stepsPerSecond).toBeCloseTo(180 / (trainMs / 1000), 6);
  });

  it('tests an adapter only where there is one', async () => {
    const testing = new TrainingService().selfTest();
    await expect(testing).rejects.toMatchObject({ name: 'RefusalError' });
    await expect(testing).rejects.toThrow('There is no WebGPU here. Use the CPU path');
  });

  it('keeps the table it had when the next one cannot be used', async () => {
    const service = await openService();
    await expect(service.openTable('a,b\n1,x\n')).rejects.toThrow(InputError);
    const id = await service.openRun('cpu', { ...notebookJob, steps: 1 });
    await service.train(id, 1, () => {});
    expect((await service.report(id)).finalLoss).toBeCloseTo(notebookRecord.losses[0], 12);
  });
});
