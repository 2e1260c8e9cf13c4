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

  it('keeps the table it had when the next one cannot be used', async () => {
    const service = await openService();
    await expect(service.openTable('a,b\n1,x\n')).rejects.toThrow(InputError);
    const id = await service.openRun('cpu', { ...notebookJob, steps: 1 });
    await service.train(id, 1, () => {});
    expect((await service.report(id)).finalLoss).toBeCloseTo(notebookRecord.losses[0], 12);
  });
});
