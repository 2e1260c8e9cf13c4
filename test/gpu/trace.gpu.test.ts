import { afterEach, describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import type { Trainer, TrainingData, TrainingJob } from '../../src/core/job.ts';
import type { Matrix } from '../../src/core/matrix.ts';
import { layOutNetwork } from '../../src/core/network.ts';
import { notebookJob } from '../../src/core/notebook.ts';
import { describePlan, type Plan, type Snapshot } from '../../src/core/plan.ts';
import { networkAlone, rowsOf, snapshotOf } from '../../src/core/population.ts';
import { partOf, type LayerTrace, type Trace } from '../../src/core/trace.ts';
import { cpuBackend } from '../../src/cpu/cpu-trainer.ts';
import { allocatedBytes } from '../../src/gpu/buffers.ts';
import { gpuBackend } from '../../src/gpu/gpu-backend.ts';
import { closeness, OPERATION_ERROR as EPSILON, report } from '../support/close.ts';
import { analyseOneStep, type LayerBounds } from '../support/error-analysis.ts';
import { gradients as notebookGradients } from '../cli/notebook-lines.ts';
import { orData, type NamedJob } from '../support/jobs.ts';
import { randomPopulation } from '../support/populations.ts';
import { stepBatch } from '../support/step-batch.ts';
import { updateByHand } from '../support/trace-by-hand.ts';
import { tracedJobs } from '../support/traced-jobs.ts';

/** Every matrix of a trace on the GPU, held to the reference's from the same parameters, whatever the strategy. */

const WORST_CASE = 'a worst case over all orders and directions of rounding, carried through every layer';
/** Roundings of an update at most: RMSprop and Adam have a dozen, two constants and the factor of the clipping. */
const UPDATE_ROUNDINGS = 16;

const isFull = import.meta.env.HANDGRAD_FULL === '1';

const plans: readonly Plan[] = [
  { strategy: 'layered', matmul: 'simple' },
  { strategy: 'unrolled', lanes: 1, sharing: 'none' },
  { strategy: 'fused', tile: 24 },
];

afterEach(() => expect(allocatedBytes()).toBe(0));

/** A step and where it was traced. */
interface Traced {
  readonly job: TrainingJob;
  readonly data: TrainingData;
  readonly snapshot: Snapshot;
  readonly trace: Trace;
}

/** Holds every matrix of a trace of a network alone to that of the reference, which begins with the same parameters. */
async function expectReference(name: string, { job, data, snapshot, trace }: Traced): Promise<void> {
  const cpu = await cpuBackend.createTrainer(job, data);
  cpu.restore(snapshot);
  const expected = await cpu.trace();
  const { step } = snapshot;
  expect(trace).toMatchObject({ computedBy: 'layered', step });
  expect(expected).toMatchObject({ computedBy: 'reference', step });
  expect(trace.rows).toEqual(expected.rows);
  expect(trace.learningRate).toBe(expected.learningRate);
  expect(trace.layers.length).toBe(expected.layers.length);
  const whole = await cpu.parameters();
  const bounds = analyseOneStep(job, stepBatch(job, data, step), whole, step);
  const { layers } = layOutNetwork(data.inputCount, job.layers);
  expectExact(trace.targets, expected.targets);
  for (const [index, { biases, biasesGradient, ...layer }] of trace.layers.entries()) {
    const reference = expected.layers[index];
    const hold = (quantity: keyof LayerTrace, actual: Matrix | undefined, allowed: Float64Array) =>
      expectClose(`${name}, ${quantity} of layer ${index}`, actual, reference[quantity], allowed);
    const gradients = partOf(layers[index], bounds.gradients);
    hold('weightsGradient', layer.weightsGradient, gradients.weights.data);
    hold('biasesGradient', biasesGradient, gradients.biases?.data ?? new Float64Array());
    for (const [quantity, allowed] of Object.entries(bounds.layers[index])) {
      hold(quantity as keyof LayerBounds, layer[quantity as keyof LayerBounds], allowed);
    }
    expectExact(layer.weights, reference.weights);
    expectExact(biases, reference.biases);
    // The host draws what the device draws; of the factor it rounds.
    expectClose('mask', layer.mask, reference.mask, reference.mask?.data.map((m) => EPSILON * m) ?? []);
    const before =
      bounds.layers[index - 1]?.activations ?? reference.input.data.map((x) => EPSILON * Math.abs(x));
    const masked = expected.layers[index - 1]?.mask;
    const most = masked ? 1 / (1 - (job.dropout ?? 0)) : 1;
    const allowed = before.map((error, i) => most * error + 2 * EPSILON * Math.abs(reference.input.data[i]));
    hold('input', layer.input, allowed);
  }
  expectClose(`${name}, losses of rows`, trace.rowLosses, expected.rowLosses, bounds.rowLosses);
  report(`${name}, loss`, closeness([trace.loss], [expected.loss], bounds.loss), WORST_CASE);
  expectUpdate(name, { job, data, snapshot, trace });
}

/** The update alone: from the very gradients that the kernels computed. */
function expectUpdate(name: string, { job, snapshot, trace }: Traced): void {
  const flat = (of: (layer: LayerTrace) => readonly (Matrix | undefined)[]) =>
    trace.layers.flatMap((layer) => of(layer).flatMap((part) => (part ? [...part.data] : [])));
  const gradients = flat((layer) => [layer.weightsGradient, layer.biasesGradient]);
  const updated = flat((layer) => [layer.updatedWeights, layer.updatedBiases]);
  const expected = updateByHand(job, snapshot, gradients);
  // A sum of so many squares, its root, a division.
  const clipRoundings = job.clipNorm === undefined ? 0 : gradients.length + 6;
  const clip = closeness(
    [trace.clipFactor],
    [expected.clipFactor],
    clipRoundings * EPSILON * expected.clipFactor,
  );
  report(`${name}, clip factor`, clip, WORST_CASE);
  const roundings = UPDATE_ROUNDINGS + clipRoundings;
  const allowed = expected.magnitudes.map(
    (size, i) => roundings * EPSILON * size + EPSILON ** 2 * Math.abs(expected.updated[i]),
  );
  report(`${name}, updated`, closeness(updated, expected.updated, allowed), WORST_CASE);
}

function expectExact(actual: Matrix | undefined, expected: Matrix | undefined): void {
  expectClose('what is given', actual, expected, expected?.data.map((x) => EPSILON * Math.abs(x)) ?? []);
}

function expectClose(
  name: string,
  actual: Matrix | undefined,
  expected: Matrix | undefined,
  allowed: ArrayLike<number>,
): void {
  expect(actual && [actual.rows, actual.columns], name).toEqual(
    expected && [expected.rows, expected.columns],
  );
  if (actual && expected) report(name, closeness(actual.data, expected.data, allowed), WORST_CASE);
}

/** The job without what a strategy refuses: dropout, and clipped gradients. */
async function takenBy(plan: Plan, { job, data }: NamedJob): Promise<TrainingJob> {
  const { dropout: _, ...keeping } = job;
  const { clipNorm: __, ...plain } = keeping;
  for (const each of [job, keeping]) {
    if ((await gpuBackend.refusal(each, data, plan)) === undefined) return each;
  }
  return plain;
}

/** The trace of one network of a trainer, and what it was asked of, as if the network were alone. */
async function traceOf(trainer: Trainer, { job, data }: NamedJob, network: number): Promise<Traced> {
  const { length: networkCount } = job.networks;
  const [snapshot, trace] = [await trainer.snapshot(), await trainer.trace(network)];
  const { first } = rowsOf(job.networks[network], data);
  return {
    ...networkAlone(job, data, network),
    snapshot: snapshotOf(snapshot, network, networkCount),
    trace: { ...trace, rows: trace.rows.map((row) => row - first) },
  };
}

describe.each(plans.map((plan) => ({ plan, path: describePlan(plan) })))('$path', ({ plan }) => {
  // The kernels of a trace are the same whatever the run is trained by.
  const all = isFull || plan.strategy === 'layered';
  it.each(all ? tracedJobs : tracedJobs.slice(0, 4))('traces as the reference: $name', async (named) => {
    const { name, data } = named;
    const job = await takenBy(plan, named);
    const trainer = await gpuBackend.createTrainer(job, data, plan);
    const bytes = allocatedBytes();
    try {
      // The first step; and one behind some, where the optimizer remembers something.
      for (const steps of [0, 6]) {
        await trainer.train(steps);
        const traced = await traceOf(trainer, { name, job, data }, 0);
        expect(allocatedBytes()).toBe(bytes);
        await expectReference(`${name}, step ${trainer.stepCount}`, traced);
      }
    } finally {
      trainer.dispose();
    }
  });

  it('trains on after a trace with the same bits', async () => {
    const { job, data } = plan.strategy === 'layered' ? tracedJobs[8] : tracedJobs[1];
    const asked = await gpuBackend.createTrainer(job, data, plan);
    const unasked = await gpuBackend.createTrainer(job, data, plan);
    for (const steps of [0, 7, 13]) {
      for (const each of [asked, unasked]) await each.train(steps);
      await asked.trace();
    }
    for (const each of [asked, unasked]) await each.train(job.steps);
    expect(await asked.snapshot()).toEqual(await unasked.snapshot());
    expect(await asked.losses(0)).toEqual(await unasked.losses(0));
    asked.dispose();
    unasked.dispose();
  });
});

describe('a trace on the GPU', () => {
  it('of the notebook has the dE_dv and dE_dw that it prints', async () => {
    const trainer = await gpuBackend.createTrainer(notebookJob, orData, plans[1]);
    const { layers } = await trainer.trace();
    const { gradients } = analyseOneStep(notebookJob, orData, trainer.initialParameters);
    trainer.dispose();
    const printed =
      notebookGradients
        .join(' ')
        .match(/-?\d\.\d+/g)
        ?.map(Number) ?? [];
    const found = layers.flatMap(({ weightsGradient }) => [...weightsGradient.data]);
    // It prints eight decimal places.
    const allowed = gradients.map((error) => error + 5e-9);
    report('dE_dv and dE_dw', closeness(found, printed, allowed), WORST_CASE);
  });

  it.each(plans.filter(({ strategy }) => strategy !== 'layered'))(
    'of a population is that of one network alone: $strategy',
    async (plan) => {
      const population = randomPopulation(plan.strategy === 'fused' ? 4 : 1, 5, { slices: true });
      const { job, data, name } = population;
      expect(await gpuBackend.refusal(job, data, plan)).toBeUndefined();
      const trainer = await gpuBackend.createTrainer(job, data, plan);
      const bytes = allocatedBytes();
      await trainer.train(9);
      for (const network of [0, 3, 4]) {
        const traced = await traceOf(trainer, population, network);
        await expectReference(`${name}, network ${network}`, traced);
        expect(allocatedBytes()).toBe(bytes);
      }
      await expect(trainer.trace(5)).rejects.toThrow('This trainer has 5 networks, from 0 on');
      trainer.dispose();
    },
  );

  it('may be asked for while training runs', async () => {
    const job = { ...notebookJob, steps: 4_000_000 };
    const trainer = await gpuBackend.createTrainer(job, orData, plans[1]);
    const controller = new AbortController();
    const training = trainer.train(job.steps, controller.signal);
    while (trainer.stepCount === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    const trace = await trainer.trace();
    controller.abort();
    await training;
    expect(trace.step).toBeGreaterThan(0);
    expect(trace.step).toBeLessThanOrEqual(trainer.stepCount);
    const [loss] = await trainer.losses(trace.step);
    const parameters = trace.layers.flatMap(({ weights }) => [...weights.data]);
    // Both are within it of the exact one.
    const bound = 2 * analyseOneStep(job, orData, Float64Array.from(parameters)).loss;
    report('loss', closeness([trace.loss], [loss], bound), WORST_CASE);
    trainer.dispose();
  });

  it('is refused behind the last step, and by a trainer that is disposed of', async () => {
    const trainer = await gpuBackend.createTrainer({ ...notebookJob, steps: 20 }, orData, plans[0]);
    const tracing = trainer.trace();
    trainer.dispose();
    await expect(tracing).rejects.toThrow('disposed of');
    await expect(trainer.trace()).rejects.toThrow('disposed of');
    const other = await gpuBackend.createTrainer({ ...notebookJob, steps: 20 }, orData, plans[0]);
    await other.train(20);
    await expect(other.trace()).rejects.toThrow(InputError);
    await expect(other.trace()).rejects.toThrow(
      'has taken 20 of its 20 steps: there is no next one to trace',
    );
    other.dispose();
  });
});
