import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { notebookJob, notebookRecord } from '../../src/core/notebook.ts';
import { jobOf } from '../../src/core/job-settings.ts';
import { iris } from '../../src/data/samples/iris.ts';
import { settingsOfSample } from '../../src/data/samples/sample-settings.ts';
import { twoCircles } from '../../src/data/samples/two-circles.ts';
import { TrainingService, type RunProgress, type RunRequest } from '../../src/worker/training-service.ts';

/** A service with the notebook's table. */
async function openService(): Promise<{ service: TrainingService; request: RunRequest }> {
  const service = new TrainingService();
  const table = await service.openTable({ sample: 'or' }, {}, () => {});
  return { service, request: table };
}

describe('the training service', () => {
  it('understands the sample', async () => {
    const table = await new TrainingService().openTable({ sample: 'or' }, {}, () => {});
    expect(table.rowCount).toBe(4);
    expect(table.plans.map(({ name, role }) => [name, role])).toEqual([
      ['observation', 'index'],
      ['input1', 'input'],
      ['input2', 'input'],
      ['output', 'target'],
    ]);
    expect(table.prepared).toMatchObject({ task: 'binary', inputCount: 2, outputCount: 1 });
  });

  it('trains, reports a curve without gaps and the notebook’s log lines', async () => {
    const { service, request } = await openService();
    const id = await service.openRun('cpu', notebookJob, request);
    const progress: RunProgress[] = [];
    await service.train(id, notebookJob.steps, (report) => progress.push(report));
    const reportOfRun = await service.report(id);
    expect(progress.at(-1)?.stepCount).toBe(10_000);
    const pieces = progress.flatMap(({ curve }) => curve.steps);
    expect(pieces).toEqual(reportOfRun.curve.steps);
    expect(pieces.length).toBe(2000);
    expect(reportOfRun.log[0]).toBe('error at step     0: 1.960156e-01');
    expect(reportOfRun.log.length).toBe(10);
    expect(reportOfRun.predicted.predictions[0]).toBeCloseTo(notebookRecord.predictions[0], 12);
    expect(reportOfRun.timing.pressToFinalLossMs).toBeGreaterThan(reportOfRun.timing.trainMs);
  });

  it('pauses, steps and continues', async () => {
    const { service, request } = await openService();
    const id = await service.openRun('cpu', { ...notebookJob, steps: 2_000_000 }, request);
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
    const { service, request } = await openService();
    const job = { ...notebookJob, steps: 100 };
    const ids = [await service.openRun('cpu', job, request), await service.openRun('cpu', job, request)];
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
    const { service, request } = await openService();
    const job = { ...notebookJob, steps: 100 };
    const ids = [await service.openRun('cpu', job, request), await service.openRun('cpu', job, request)];
    await service.train(ids[0], 100, () => {});
    await service.train(ids[1], 50, () => {});
    await expect(service.compare(ids[0], ids[1])).rejects.toThrow('runs of as many steps');
    await service.train(ids[1], 50, () => {});
    expect((await service.compare(ids[0], ids[1])).verdict.holds).toBe(true);
    await expect(service.openTable({ text: 'a,b\n1\n' }, {}, () => {})).rejects.toThrow(InputError);
    const again = await service.openTable({ sample: 'or' }, {}, () => {});
    await expect(service.openRun('cpu', job, request)).rejects.toThrow('Another table was opened meanwhile');
    const other = await service.openRun('cpu', job, again);
    await service.train(other, 100, () => {});
    await expect(service.compare(ids[0], other)).rejects.toThrow('the same job');
  });

  it('reports afresh after a run has gone on, also when asked while it ran', async () => {
    const { service, request } = await openService();
    const id = await service.openRun('cpu', { ...notebookJob, steps: 300_000 }, request);
    const training = service.train(id, 300_000, () => {});
    await expect(service.train(id, 1, () => {})).rejects.toThrow('training already');
    const early = await service.report(id);
    await training;
    expect(early.steps).toBeLessThan(300_000);
    expect((await service.report(id)).steps).toBe(300_000);
  });

  it('ends a comparison and a measurement on request', async () => {
    const { service, request } = await openService();
    const job = { ...notebookJob, steps: 200_000 };
    const ids = [await service.openRun('cpu', job, request), await service.openRun('cpu', job, request)];
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
    const reading = service.openTable({ text: large }, {}, () => {});
    const [request] = await Promise.all([
      service.openTable({ sample: 'or' }, {}, () => {}),
      expect(reading).rejects.toMatchObject({ name: 'AbortError' }),
    ]);
    const id = await service.openRun('cpu', { ...notebookJob, steps: 1 }, request);
    await service.train(id, 1, () => {});
    expect((await service.report(id)).predicted.predictions.length).toBe(4);
  });

  it('measures at least five warm repetitions', async () => {
    const { service, request } = await openService();
    const id = await service.openRun('cpu', { ...notebookJob, steps: 10 }, request);
    let counted = 0;
    const { trainMs, medianMs, rangeMs } = await service.measure(id, 2, (count) => (counted = count));
    expect(trainMs.length).toBe(5);
    expect(counted).toBe(5);
    expect(medianMs).toBeGreaterThanOrEqual(rangeMs[0]);
    expect(medianMs).toBeLessThanOrEqual(rangeMs[1]);
  });

  it('goes on from where a run was kept, on the CPU', async () => {
    const { service, request } = await openService();
    const job = { ...notebookJob, steps: 300 };
    const [whole, begun] = [
      await service.openRun('cpu', job, request),
      await service.openRun('cpu', job, request),
    ];
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
    const { service, request } = await openService();
    await expect(service.openTable({ text: 'a,b\n1\n' }, {}, () => {})).rejects.toThrow(InputError);
    const id = await service.openRun('cpu', { ...notebookJob, steps: 1 }, request);
    await service.train(id, 1, () => {});
    expect((await service.report(id)).finalLoss).toBeCloseTo(notebookRecord.losses[0], 12);
  });

  it('shows what keeps a table from being trained on, and takes the correction', async () => {
    const service = new TrainingService();
    const text = `size,colour,price\n${'1,red,5\n2,blue,5\n,red,5\n'.repeat(10)}`;
    const open = await service.openTable({ text }, {}, () => {});
    expect(open.problem).toContain('The target "price" is "5" in all 30 rows');
    expect(open.prepared).toBeUndefined();
    const roles = ['input', 'target', 'ignored'] as const;
    const plans = open.plans.map((plan, position) => ({ ...plan, role: roles[position] }));
    const chosen = service.chooseColumns(open.id, plans, open.options);
    expect(chosen.problem).toBeUndefined();
    expect(chosen.prepared).toMatchObject({ task: 'binary', classes: ['blue', 'red'], filledCellCount: 10 });
    expect(chosen.prepared?.rowCounts).toEqual({ training: 24, validation: 6, test: 0, dropped: 0 });
  });

  it('opens a table without an input column, so that one can be named', async () => {
    const open = await new TrainingService().openTable({ text: 'id,y\n1,4\n2,5\n3,6\n' }, {}, () => {});
    expect(open.problem).toContain('0 input columns');
    expect(open.plans.map(({ role }) => role)).toEqual(['index', 'target']);
  });

  it('watches validation rows, ends early, and measures every part beside the baselines', async () => {
    const service = new TrainingService();
    const request = await service.openTable({ sample: 'iris' }, {}, () => {});
    const job = jobOf({ ...settingsOfSample(iris), steps: 4000 }, 3);
    const id = await service.openRun('cpu', job, { ...request, patience: 3 });
    const looks: number[] = [];
    await service.train(id, 4000, ({ validation }) => looks.push(validation?.steps.length ?? 0));
    const { validation, steps, predicted } = await service.report(id);
    expect(looks.at(-1)).toBe(validation?.steps.length);
    expect(validation).toMatchObject({ stoppedEarly: true, keepsBest: true });
    expect(steps).toBeLessThan(4000);
    expect(predicted.rows.length).toBe(150);
    expect(predicted.parts.filter((part) => part === 'test').length).toBe(30);
    // One-hot targets of setosa, the first 50 rows of the file, whichever part they are in.
    for (let row = 0; row < 50; row++)
      expect([...predicted.targets.subarray(3 * row, 3 * row + 3)]).toEqual([1, 0, 0]);
    const { parts, task, classes } = await service.assess(id, 0.5);
    expect({ task, classes }).toEqual({
      task: 'classification',
      classes: ['setosa', 'versicolor', 'virginica'],
    });
    expect(parts.map(({ part, rowCount }) => [part, rowCount])).toEqual([
      ['training', 90],
      ['validation', 30],
      ['test', 30],
    ]);
    const [{ constant }] = parts;
    expect(constant.task === 'classification' && constant.classes.accuracy).toBeCloseTo(1 / 3, 12);
  });

  it('compares runs that went back to their best parameters at those', async () => {
    const service = new TrainingService();
    const request = { ...(await service.openTable({ sample: 'iris' }, {}, () => {})), patience: 3 };
    const job = jobOf({ ...settingsOfSample(iris), steps: 4000 }, 3);
    const ids = [await service.openRun('cpu', job, request), await service.openRun('cpu', job, request)];
    for (const id of ids) await service.train(id, 4000, () => {});
    expect((await service.compare(ids[0], ids[1])).verdict).toMatchObject({ parameter: 0, holds: true });
  });

  it('moves the threshold without asking the network again', async () => {
    const service = new TrainingService();
    const request = await service.openTable({ sample: 'circles' }, {}, () => {});
    const job = jobOf({ ...settingsOfSample(twoCircles), steps: 50 }, 1);
    const id = await service.openRun('cpu', job, request);
    await service.train(id, 50, () => {});
    const sharesOfOnes: number[] = [];
    for (const threshold of [0, 0.5, 1]) {
      const [{ network, rowCount }] = (await service.assess(id, threshold)).parts;
      if (network.task !== 'binary') throw new Error(network.task);
      const [, falseOnes, , trueOnes] = network.outputs[0].confusion;
      sharesOfOnes.push((falseOnes + trueOnes) / rowCount);
    }
    expect(sharesOfOnes[0]).toBe(1);
    expect(sharesOfOnes[1]).toBeGreaterThan(0.1);
    expect(sharesOfOnes[1]).toBeLessThan(0.9);
    expect(sharesOfOnes[2]).toBe(0);
  });

  it('goes on, on the CPU, with the early stopping it began with', async () => {
    const service = new TrainingService();
    const request = { ...(await service.openTable({ sample: 'iris' }, {}, () => {})), patience: 3 };
    const job = jobOf({ ...settingsOfSample(iris), steps: 4000 }, 3);
    const begun = await service.openRun('cpu', job, request);
    await service.train(begun, 40, () => {});
    const id = await service.continueOnCpu(begun);
    await service.train(id, 4000, () => {});
    expect((await service.report(id)).validation?.stoppedEarly).toBe(true);
  });
});
