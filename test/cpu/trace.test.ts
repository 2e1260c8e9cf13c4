import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import type { Trainer, TrainingData, TrainingJob } from '../../src/core/job.ts';
import type { Matrix } from '../../src/core/matrix.ts';
import { layOutNetwork } from '../../src/core/network.ts';
import { notebookJob } from '../../src/core/notebook.ts';
import { matricesOf, partOf, type Trace } from '../../src/core/trace.ts';
import { cpuBackend, createRoundedTrainer } from '../../src/cpu/cpu-trainer.ts';
import { gradients as notebookGradients } from '../cli/notebook-lines.ts';
import { closeness, report } from '../support/close.ts';
import { orData, type NamedJob } from '../support/jobs.ts';
import { traceByHand } from '../support/trace-by-hand.ts';
import { randomTracedJobs, tracedJobs } from '../support/traced-jobs.ts';

const PROMISE = 'what was promised; sums in another order stay far below';

/** Holds every matrix of a trace to the step recomputed entry by entry from the same snapshot. */
async function expectByHand(trainer: Trainer, { name, job, data }: NamedJob): Promise<Trace> {
  const snapshot = await trainer.snapshot();
  const trace = await trainer.trace();
  const expected = traceByHand(job, data, snapshot);
  const found: number[] = [];
  const wanted: number[] = [];
  const hold = (what: string, matrix: Matrix | undefined, rows: number[][] | undefined) => {
    expect(matrix && [matrix.rows, matrix.columns], `${name}, shape of ${what}`).toEqual(
      rows && [rows.length, rows[0].length],
    );
    if (!matrix || !rows) return;
    found.push(...matrix.data);
    wanted.push(...rows.flat());
  };
  const { layers } = layOutNetwork(data.inputCount, job.layers);
  trace.layers.forEach((layer, index) => {
    const { biases, biasesGradient, ...byHand } = expected.layers[index];
    for (const [quantity, rows] of Object.entries(byHand)) {
      hold(`${quantity} of layer ${index}`, layer[quantity as keyof typeof byHand], rows);
    }
    hold('biases', layer.biases, biases && [biases]);
    hold('biasesGradient', layer.biasesGradient, biases && [biasesGradient]);
    const updated = partOf(layers[index], Float64Array.from(expected.updated));
    found.push(...layer.updatedWeights.data, ...(layer.updatedBiases?.data ?? []));
    wanted.push(...updated.weights.data, ...(updated.biases?.data ?? []));
  });
  hold('targets', trace.targets, expected.targets);
  hold(
    'rowLosses',
    trace.rowLosses,
    expected.rowLosses.map((loss) => [loss]),
  );
  found.push(trace.loss, trace.learningRate, trace.clipFactor);
  wanted.push(expected.loss, expected.learningRate, expected.clipFactor);
  report(`${name}, step ${trace.step}, ${found.length} numbers`, closeness(found, wanted, 1e-12), PROMISE);
  expect(trace).toMatchObject({ computedBy: 'reference', step: snapshot.step });
  expect([...trace.rows]).toEqual(expected.rows);
  return trace;
}

describe('a trace of the reference', () => {
  it.each(tracedJobs)('is the step recomputed entry by entry: $name', async (named) => {
    const trainer = await cpuBackend.createTrainer(named.job, named.data);
    for (const steps of [0, 1, 6, 5]) {
      await trainer.train(steps);
      await expectByHand(trainer, named);
    }
  });

  it('has the notebook’s dE_dv and dE_dw at its first step, to every digit it prints', async () => {
    const trainer = await cpuBackend.createTrainer(notebookJob, orData);
    const { layers, loss } = await trainer.trace();
    const printed =
      notebookGradients
        .join(' ')
        .match(/-?\d\.\d+/g)
        ?.map(Number) ?? [];
    expect(printed).toHaveLength(9);
    const values = layers.flatMap(({ weightsGradient }) => [...weightsGradient.data]);
    expect(values.map((value) => Number(value.toFixed(8)))).toEqual(printed);
    await trainer.train(1);
    expect([loss]).toEqual([...(await trainer.losses(0))]);
    const updated = layers.flatMap(({ updatedWeights }) => [...updatedWeights.data]);
    expect(updated).toEqual([...(await trainer.parameters())]);
  });

  it('of the random jobs meets what a step may have', async () => {
    const has = (part: (job: TrainingJob, data: TrainingData) => unknown) =>
      randomTracedJobs.filter(({ job, data }) => part(job, data)).length;
    expect(randomTracedJobs).toHaveLength(10);
    expect(has((job) => job.dropout)).toBeGreaterThan(1);
    expect(
      has(({ batchSize = Infinity }, { rowCount }) => rowCount % batchSize > 0 && batchSize < rowCount),
    ).toBeGreaterThan(1);
    expect(has((job) => job.loss === 'cross-entropy')).toBeGreaterThan(1);
    expect(has((job) => job.networks[0].weightDecay)).toBeGreaterThan(1);
    expect(has((job) => job.layers.length > 2)).toBeGreaterThan(1);
    for (const { job, data } of randomTracedJobs.filter((each) => each.job.clipNorm !== undefined)) {
      const { clipFactor } = await (await cpuBackend.createTrainer(job, data)).trace();
      expect(clipFactor).toBeLessThan(1);
    }
  });
});

describe.each([
  { name: 'the reference', create: cpuBackend.createTrainer.bind(cpuBackend) },
  {
    name: 'the rounded reference',
    create: async (job: TrainingJob, data: TrainingData) => createRoundedTrainer(job, data),
  },
])('$name traced', ({ create }) => {
  it.each(tracedJobs)(
    'trains on as if nobody had asked, and takes the step it showed: $name',
    async ({ job, data }) => {
      const asked = await create(job, data);
      const unasked = await create(job, data);
      for (const steps of [0, 3, 4]) {
        for (const each of [asked, unasked]) await each.train(steps);
        const trace = await asked.trace();
        expect(await asked.snapshot()).toEqual(await unasked.snapshot());
        for (const each of [asked, unasked]) await each.train(1);
        const updated = trace.layers.flatMap(({ updatedWeights, updatedBiases }) => [
          ...updatedWeights.data,
          ...(updatedBiases?.data ?? []),
        ]);
        expect(updated).toEqual([...(await asked.parameters())]);
        expect(trace.loss).toBe((await asked.losses(trace.step))[0]);
      }
      await Promise.all([asked, unasked].map((each) => each.train(20)));
      expect(await asked.snapshot()).toEqual(await unasked.snapshot());
      expect(await asked.losses(0)).toEqual(await unasked.losses(0));
    },
  );
});

describe('a trainer on the CPU', () => {
  it('refuses to trace a network it lacks, and a step behind the last', async () => {
    const trainer = await cpuBackend.createTrainer({ ...notebookJob, steps: 1200 }, orData);
    await expect(trainer.trace(1)).rejects.toThrow('it was asked for network 1. Ask for one it has.');
    await trainer.train(1200);
    await expect(trainer.trace()).rejects.toThrow(InputError);
    await expect(trainer.trace()).rejects.toThrow(
      'This run has taken 1,200 of its 1,200 steps: there is no next one to trace. ' +
        'Go back to a snapshot of an earlier step, or train a longer run.',
    );
    trainer.dispose();
    await expect(trainer.trace()).rejects.toThrow('disposed of');
  });

  it('counts the rows of a batch as they lie in the table, whatever part of it the network sees', async () => {
    const rows = { first: 1, count: 2 };
    const job = { ...notebookJob, networks: [{ ...notebookJob.networks[0], rows }] };
    const trace = await (await cpuBackend.createTrainer(job, orData)).trace();
    expect([...trace.rows]).toEqual([1, 2]);
    expect([...trace.layers[0].input.data]).toEqual([0, 1, 1, 0]);
  });
});

it('the matrices of a trace stand in the order they are computed', async () => {
  const [{ job, data }] = tracedJobs;
  const trace = await (await cpuBackend.createTrainer(job, data)).trace();
  expect(matricesOf(trace).map(({ quantity, layer }) => `${layer} ${quantity}`)).toEqual([
    '0 input',
    '0 weights',
    '0 preActivations',
    '0 activations',
    '1 weights',
    '1 preActivations',
    '1 activations',
    '1 targets',
    '1 rowLosses',
    '1 loss',
    '1 activationsGradient',
    '1 derivatives',
    '1 preActivationsGradient',
    '1 weightsGradient',
    '0 activationsGradient',
    '0 derivatives',
    '0 preActivationsGradient',
    '0 weightsGradient',
    '1 updatedWeights',
    '0 updatedWeights',
  ]);
});
