import { describe, expect, it } from 'vitest';
import { errorLine, notebookJob, notebookRecord, type TrainingData } from '../../src/index.ts';
import { NotebookService, type NotebookProgress } from '../../src/worker/notebook-service.ts';

const data: TrainingData = {
  rowCount: 4,
  inputCount: 2,
  outputCount: 1,
  inputs: Float64Array.of(0, 0, 0, 1, 1, 0, 1, 1),
  targets: Float64Array.of(0, 1, 1, 1),
};

describe('the notebook in the worker', () => {
  it('trains, and prints what the notebook prints', async () => {
    const told: NotebookProgress[] = [];
    const report = await new NotebookService().train('cpu', notebookJob, data, (progress) =>
      told.push(progress),
    );
    expect(report.lines).toEqual(notebookRecord.losses.map((loss, index) => errorLine(index * 1000, loss)));
    expect(report).toMatchObject({ backend: 'cpu', steps: 10_000, divergence: undefined });
    const figures = [...report.losses, ...report.parameters, ...report.predictions, ...report.gradients];
    const recorded = [
      ...notebookRecord.losses,
      ...notebookRecord.parameters,
      ...notebookRecord.predictions,
      ...notebookRecord.gradients,
    ];
    figures.forEach((value, i) => expect(Math.abs(value - recorded[i])).toBeLessThan(1e-12));
    expect(report.curve.steps.slice(0, 2)).toEqual([0, 5]);
    // What was told on the way is the beginning of the same.
    const lines = told.flatMap((progress) => progress.lines);
    expect(lines).toEqual(report.lines.slice(0, lines.length));
  });

  it('stops where it stands, and says how far it came', async () => {
    const service = new NotebookService();
    const job = { ...notebookJob, steps: 30_000_000 };
    const report = await service.train('cpu', job, data, () => service.stop());
    expect(report.steps).toBeGreaterThan(0);
    expect(report.steps).toBeLessThan(job.steps);
  });

  it('says where a run diverged', async () => {
    const layers = notebookJob.layers.map((layer) => ({ ...layer, activation: 'linear' as const }));
    const job = { ...notebookJob, layers, networks: [{ seed: 1, learningRate: 100 }] };
    const report = await new NotebookService().train('cpu', job, data, () => {});
    expect(report.divergence?.step).toBeGreaterThan(0);
    expect(report.divergence?.cause).toContain('learning rate 100');
    expect(report.losses).toHaveLength(1);
  });

  it('compares nothing where there is no GPU run of the same job', async () => {
    const service = new NotebookService();
    expect(await service.compare(notebookJob, data)).toBeUndefined();
    await service.train('cpu', { ...notebookJob, steps: 10 }, data, () => {});
    expect(await service.compare({ ...notebookJob, steps: 10 }, data)).toBeUndefined();
  });

  it('traces the first step without training', async () => {
    const { layers, loss, step } = await new NotebookService().trace(notebookJob, data);
    expect(step).toBe(0);
    expect(loss).toBeCloseTo(notebookRecord.losses[0], 14);
    const gradients = layers.flatMap(({ weightsGradient }) => [...weightsGradient.data]);
    gradients.forEach((value, i) => expect(value).toBeCloseTo(notebookRecord.gradients[i], 14));
  });
});
