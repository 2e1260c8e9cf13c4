import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { initialParameters, type Backend, type Trainer, type TrainingJob } from '../../src/core/job.ts';
import { notebookJob, notebookRecord } from '../../src/core/notebook.ts';
import { describePlan, type Plan } from '../../src/core/plan.ts';
import type { RunValues } from '../../src/core/validation.ts';
import { cpuBackend } from '../../src/cpu/cpu-trainer.ts';
import { roundedRun, validateRun } from '../../src/cpu/validate-run.ts';
import { allocatedBytes } from '../../src/gpu/buffers.ts';
import { openGpu } from '../../src/gpu/device.ts';
import { gpuBackend } from '../../src/gpu/gpu-backend.ts';
import { fusedPlans } from '../../src/gpu/fused-trainer.ts';
import { unrolledPlans } from '../../src/gpu/unrolled-trainer.ts';
import { closeness, report } from '../support/close.ts';
import { analyseOneStep } from '../support/error-analysis.ts';
import { stepBatch } from '../support/step-batch.ts';
import { covering } from '../support/job-sample.ts';
import { contractJobs, droppingJob, orData, smallJob, type NamedJob } from '../support/jobs.ts';

/** One contract, held by the CPU path and by every strategy of the GPU that this adapter runs. */
const gpuPlans: readonly Plan[] = [
  { strategy: 'layered', matmul: 'simple' },
  ...unrolledPlans(await openGpu()),
  // Adapters without subgroups share rows this way; 3 divides neither rows nor parameters.
  { strategy: 'unrolled', lanes: 3, sharing: 'workgroup' },
  // The last of several tiles is rarely full; and as few rows as there can be.
  { strategy: 'fused', tile: 24 },
  ...fusedPlans(await openGpu(), notebookJob, orData),
];
const paths = [
  { name: 'cpu', backend: cpuBackend, plan: { strategy: 'reference' } as Plan },
  ...gpuPlans.map((plan) => ({ name: describePlan(plan), backend: gpuBackend, plan })),
];
const gpuPaths = paths.filter(({ backend }) => backend === gpuBackend);

const isFull = import.meta.env.HANDGRAD_FULL === '1';
const isVariation = ({ strategy }: Plan, index: number) =>
  gpuPlans.findIndex((plan) => plan.strategy === strategy) !== index;

const WORST_CASE = 'a worst case over all orders and directions of rounding, carried through every layer';
const ROUNDED_WORSE = 'the rounded reference adds one by one, or changes are far below 4 roundings';
const PROMISE = 'the bound is the notebook’s promise, for every adapter';

const withSteps = (steps: number): TrainingJob => ({ ...notebookJob, steps });

async function valuesOf(trainer: Trainer) {
  return { losses: await trainer.losses(0), parameters: await trainer.parameters() };
}

/** The float64 run of a job and the rounded one, computed once for each number of steps. */
class Reference {
  readonly #runs = new Map<number, Promise<RunValues>>();
  readonly #rounded = new Map<number, Promise<RunValues>>();

  constructor(private readonly named: NamedJob) {}

  async run(steps: number): Promise<RunValues> {
    const known = this.#runs.get(steps) ?? this.#train(steps);
    this.#runs.set(steps, known);
    return known;
  }

  /** The same, rounded. */
  async rounded(steps: number): Promise<RunValues> {
    const { job, data } = this.named;
    const known = this.#rounded.get(steps) ?? roundedRun(job, data, steps);
    this.#rounded.set(steps, known);
    return known;
  }

  async #train(steps: number): Promise<RunValues> {
    const trainer = await cpuBackend.createTrainer(this.named.job, this.named.data);
    await trainer.train(steps);
    return valuesOf(trainer);
  }
}
const withReference = (named: NamedJob) => ({ ...named, reference: new Reference(named) });

const jobs = (isFull ? contractJobs(200) : covering(contractJobs(40))).map(withReference);
/** With dropout, which only the layered path has. */
const droppingJobs = Array.from({ length: isFull ? 40 : 6 }, (_, seed) =>
  withReference(droppingJob(seed, 1000)),
);
/** Other ways of sharing rows differ in a few lines: a part of the sample is enough of them. */
const fewJobs = isFull ? jobs : jobs.slice(0, 4);

/** Jobs of which nothing can be said after so many steps; if they were many, the test would say nothing. */
const undecided = new Set<string>();
afterAll(() => expect(undecided.size).toBeLessThanOrEqual(jobs.length / 20));
/** Jobs too long to be written out, with lanes that share: a few of the largest. */
const tooLong = new Set<string>();
afterAll(() => expect(tooLong.size).toBeLessThanOrEqual(jobs.length / 50));
afterEach(() => expect(allocatedBytes()).toBe(0));

describe.each(gpuPaths)('$name: random jobs', ({ plan }) => {
  const sample = isVariation(plan, gpuPlans.indexOf(plan)) ? fewJobs : jobs;
  it.each(plan.strategy === 'layered' ? [...sample, ...droppingJobs] : sample)(
    '$name',
    async ({ name, job, data, reference }) => {
      if (plan.strategy === 'unrolled' && (await gpuBackend.refusal(job, data, plan))) {
        tooLong.add(name);
        return;
      }
      const trainer = await gpuBackend.createTrainer(job, data, plan);
      try {
        await trainer.train(1);
        const [actual, expected] = [await valuesOf(trainer), await reference.run(1)];
        const bounds = analyseOneStep(job, stepBatch(job, data), initialParameters(job, data));
        const loss = closeness(actual.losses, expected.losses, bounds.loss);
        report(`${name}, loss of step 1`, loss, WORST_CASE);
        // Of an optimizer that divides by the size of a gradient the first change has no closed bound.
        if (job.optimizer === 'sgd' && !job.networks[0].weightDecay && !job.schedule) {
          const parameters = closeness(actual.parameters, expected.parameters, bounds.parameters);
          report(`${name}, parameters after step 1`, parameters, WORST_CASE);
        }
        for (const steps of [50, 1000]) {
          await trainer.train(steps - trainer.stepCount);
          const float64 = await reference.run(steps);
          const rounded = await reference.rounded(steps);
          const gpu = await valuesOf(trainer);
          const verdict = await validateRun({ job, data, reference: float64, gpu, rounded });
          const { loss: observed, allowedLoss, parameter, allowedParameter, holds } = verdict;
          if (holds === undefined) {
            console.log(`${name}, ${steps} steps: ${verdict.reason}`);
            undecided.add(name);
            continue;
          }
          report(
            `${name}, losses of ${steps} steps`,
            { ratio: observed / allowedLoss, observed, allowed: allowedLoss },
            ROUNDED_WORSE,
          );
          report(
            `${name}, parameters after ${steps} steps`,
            { ratio: parameter / allowedParameter, observed: parameter, allowed: allowedParameter },
            ROUNDED_WORSE,
          );
        }
      } finally {
        trainer.dispose();
      }
    },
  );
});

describe.each(gpuPaths)('$name: the notebook', ({ plan }) => {
  it('has losses within 5e-7, weights and predictions within 1e-6', async () => {
    const trainer = await gpuBackend.createTrainer(notebookJob, orData, plan);
    const { steps } = await trainer.train(notebookJob.steps);
    expect(steps).toBe(10_000);
    const { losses, parameters } = await valuesOf(trainer);
    const predictions = await trainer.predict(orData.inputs);
    trainer.dispose();
    expect(losses.length).toBe(10_000);
    const recorded = notebookRecord.losses.map((loss, i) => losses[i * 1000] / loss);
    report('recorded losses', closeness(recorded, new Float64Array(10).fill(1), 5e-7), PROMISE);
    report('weights', closeness(parameters, notebookRecord.parameters, 1e-6), PROMISE);
    report('predictions', closeness(predictions, notebookRecord.predictions, 1e-6), PROMISE);

    // Every step, and not only the ten the notebook prints: held to 4 × what rounding alone does.
    const reference = new Reference({ name: 'notebook', job: notebookJob, data: orData });
    const runs = { reference: await reference.run(10_000), gpu: { losses, parameters } };
    const verdict = await validateRun({ job: notebookJob, data: orData, ...runs });
    const { loss, lossStep, allowedLoss } = verdict;
    const nearest = { ratio: loss / allowedLoss, observed: loss, allowed: allowedLoss };
    report(`all losses (worst at step ${lossStep})`, nearest);
    expect(verdict.holds).toBe(true);
  });
});

describe.each(paths)('$name: a run', ({ backend, plan }) => {
  it('has the same bits however it is cut into calls', async () => {
    const whole = await create(backend, withSteps(333), plan);
    await whole.train(333);
    const pieces = await create(backend, withSteps(333), plan);
    for (const steps of [1, 2, 30, 200, 1000]) await pieces.train(steps);
    expect(pieces.stepCount).toBe(333);
    expect(await valuesOf(pieces)).toEqual(await valuesOf(whole));
    whole.dispose();
    pieces.dispose();
  });

  it('goes on from a snapshot, in another trainer and in its own, with the same bits', async () => {
    const whole = await create(backend, withSteps(300), plan);
    await whole.train(120);
    const snapshot = await whole.snapshot();
    expect(snapshot).toMatchObject({ plan, step: 120, steps: 300 });
    await whole.train(180);
    const values = await valuesOf(whole);

    const other = await create(backend, withSteps(300), plan);
    other.restore(snapshot);
    expect(other.stepCount).toBe(120);
    await other.train(180);
    expect(await other.parameters()).toEqual(values.parameters);
    expect(await other.losses(120)).toEqual(values.losses.subarray(120));

    whole.restore(snapshot);
    await whole.train(180);
    expect(await valuesOf(whole)).toEqual(values);
    whole.dispose();
    other.dispose();
  });

  it('takes a snapshot of every other path, but not of another network', async () => {
    const trainer = await create(backend, withSteps(300), plan);
    for (const { backend: otherBackend, plan: otherPlan } of paths) {
      const other = await create(otherBackend, withSteps(300), otherPlan);
      await other.train(100);
      trainer.restore(await other.snapshot());
      expect(closeness(await trainer.parameters(), await other.parameters(), 1e-14).ratio).toBeLessThan(1);
      other.dispose();
    }
    const snapshot = await trainer.snapshot();
    const longer = { ...snapshot, parameters: new Float64Array(10), lowParts: new Float64Array(10) };
    expect(() => trainer.restore(longer)).toThrow(InputError);
    expect(() => trainer.restore(longer)).toThrow('holds 10 parameters; this network has 9');
    for (const step of [301, -1, 1.5, NaN]) {
      const refused = () => trainer.restore({ ...snapshot, step });
      expect(refused).toThrow(InputError);
      expect(refused).toThrow(`stands at step ${step}; this job has steps 0 to 300`);
    }
    const lowParts = new Float64Array(8);
    expect(() => trainer.restore({ ...snapshot, lowParts })).toThrow('holds 8 low parts; this network has 9');
    const odd = snapshot.parameters.slice().fill(NaN, 4, 5);
    expect(() => trainer.restore({ ...snapshot, parameters: odd })).toThrow(
      'Parameter 4 of the snapshot is NaN',
    );
    trainer.dispose();
  });

  it('gives out losses so far, stops within one chunk and goes on from there', async () => {
    const steps = 4_000_000;
    const trainer = await create(backend, withSteps(steps), plan);
    const controller = new AbortController();
    const training = trainer.train(steps, controller.signal);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const early = await trainer.losses(0);
    controller.abort();
    const stopped = trainer.stepCount;
    const { steps: done } = await training;
    expect(early.length).toBeGreaterThan(0);
    expect(early.every((loss) => loss > 0)).toBe(true);
    expect(done).toBe(trainer.stepCount);
    // Nothing was submitted after the abort; the CPU ends the stretch it is in.
    if (backend === gpuBackend) expect(done).toBe(stopped);
    expect(done).toBeLessThan(steps);
    await trainer.train(10);
    expect(trainer.stepCount).toBe(done + 10);
    expect((await trainer.losses(0)).subarray(0, early.length)).toEqual(early);
    trainer.dispose();
  });

  it('has gradients and predictions of the present parameters, and asking changes nothing', async () => {
    const { job, data } = smallJob(10, 1000);
    const trainer = await backend.createTrainer(job, data, plan);
    const reference = await cpuBackend.createTrainer(job, data);
    const gradients = await reference.gradients();
    const largest = gradients.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
    const coarse = 'coarse on purpose: the kernels’ own tests are the sharp ones';
    report('gradients', closeness(await trainer.gradients(), gradients, 1e-5 * largest), coarse);
    expect(await trainer.gradients()).toEqual(await trainer.gradients());
    // Other rows than those it trains on; more than it predicts at once.
    const repeats = Math.ceil(70_000 / data.rowCount);
    const many = new Float64Array(data.inputs.length * repeats);
    for (let i = 0; i < repeats; i++) many.set(data.inputs, i * data.inputs.length);
    const predictions = await trainer.predict(many);
    expect(predictions.length).toBe(data.rowCount * repeats * data.outputCount);
    const tail = predictions.subarray(-data.rowCount * data.outputCount);
    report('the last of many rows', closeness(tail, await reference.predict(data.inputs), 1e-5), coarse);
    expect(trainer.stepCount).toBe(0);
    expect(await trainer.parameters()).toEqual(trainer.initialParameters);
    await trainer.train(20);
    expect((await trainer.losses(0)).length).toBe(20);
    trainer.dispose();
  });

  it('traces the step that comes next, and goes on with the same bits', async () => {
    const trainer = await create(backend, withSteps(30), plan);
    const unasked = await create(backend, withSteps(30), plan);
    for (const each of [trainer, unasked]) await each.train(12);
    const trace = await trainer.trace();
    expect(trace).toMatchObject({ computedBy: backend === gpuBackend ? 'layered' : 'reference', step: 12 });
    for (const each of [trainer, unasked]) await each.train(1);
    const coarse = 'coarse on purpose: the trace’s own tests are the sharp ones';
    const updated = trace.layers.flatMap(({ updatedWeights }) => [...updatedWeights.data]);
    report('updated', closeness(updated, await trainer.parameters(), 1e-6), coarse);
    report('loss', closeness([trace.loss], await trainer.losses(12), 1e-6), coarse);
    for (const each of [trainer, unasked]) await each.train(17);
    expect(await valuesOf(trainer)).toEqual(await valuesOf(unasked));
    await expect(trainer.trace()).rejects.toThrow('there is no next one to trace');
    trainer.dispose();
    unasked.dispose();
  });

  it('takes whole steps only', async () => {
    const trainer = await create(backend, withSteps(500), plan);
    for (const steps of [1.5, -1, NaN]) {
      const refused = trainer.train(steps);
      await expect(refused).rejects.toThrow(InputError);
      await expect(refused).rejects.toThrow(`a whole number of steps, 0 or more; it was asked for ${steps}`);
    }
    expect((await trainer.train(0)).steps).toBe(0);
    expect(trainer.stepCount).toBe(0);
    trainer.dispose();
  });

  it('counts its chunks, and has GPU time where the adapter has timestamps', async () => {
    const trainer = await create(backend, withSteps(500), plan);
    const { gpuMs, chunkMs } = await trainer.train(500);
    trainer.dispose();
    expect(chunkMs.reduce((sum, chunks) => sum + chunks, 0)).toBeGreaterThan(0);
    const hasClock = backend === gpuBackend && (await openGpu()).device.features.has('timestamp-query');
    if (hasClock) expect(gpuMs).toBeGreaterThan(0);
    else expect(gpuMs).toBeNull();
  });
});

describe.each(gpuPaths)('$name: a run that diverges', ({ plan }) => {
  it('shows it: NaN is not turned into a number', async () => {
    // Hidden units at +∞ and −∞, the output a sigmoid of their sum: NaN from the first step on.
    const layers = [
      { units: 2, activation: 'linear' as const, bias: false },
      { units: 1, activation: 'sigmoid' as const, bias: false },
    ];
    const given = Float64Array.of(3, -3, 3, -3, 1, 1);
    const networks = [{ seed: 1, learningRate: 0.05, initialParameters: given }];
    const data = { ...orData, inputs: orData.inputs.map((value) => value * 3e38) };
    const job = { ...withSteps(3), layers, networks };
    const trainer = await create(gpuBackend, job, plan, data);
    await trainer.train(3);
    const { losses, parameters } = await valuesOf(trainer);
    trainer.dispose();
    expect([...losses]).toEqual([NaN, NaN, NaN]);
    expect([...parameters].every(Number.isNaN)).toBe(true);
  });
});

describe.each(paths)('$name: a trainer that is disposed of', ({ backend, plan }) => {
  it('ends a running train, frees everything and answers nothing more', async () => {
    const steps = 4_000_000;
    const trainer = await create(backend, withSteps(steps), plan);
    const training = trainer.train(steps);
    setTimeout(() => trainer.dispose(), 30);
    expect((await training).steps).toBeLessThan(steps);
    expect(allocatedBytes()).toBe(0);
    for (const asked of [trainer.losses(0), trainer.predict(orData.inputs), trainer.train(1)]) {
      await expect(asked).rejects.toThrow('disposed of');
    }
  });
});

function create(backend: Backend, job: TrainingJob, plan: Plan, data = orData): Promise<Trainer> {
  return backend.createTrainer(job, data, plan);
}
