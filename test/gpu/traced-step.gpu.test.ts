import { afterEach, expect, test } from 'vitest';
import { notebookJob } from '../../src/core/notebook.ts';
import type { Plan } from '../../src/core/plan.ts';
import { matricesOf } from '../../src/core/trace.ts';
import { allocatedBytes } from '../../src/gpu/buffers.ts';
import { RunReplay, untrained } from '../../src/run-replay.ts';
import { traceStepOf } from '../../src/traced-step.ts';
import { TrainingSession } from '../../src/training-session.ts';
import { orData } from '../support/jobs.ts';

afterEach(() => expect(allocatedBytes()).toBe(0));

const plans: readonly Plan[] = [
  { strategy: 'reference' },
  { strategy: 'layered', matmul: 'blocked' },
  { strategy: 'unrolled', lanes: 1, sharing: 'none' },
];

test.each(plans)('both columns of a step begin with the same parameters: %o', async (plan) => {
  const backend = plan.strategy === 'reference' ? 'cpu' : 'gpu';
  const session = await TrainingSession.open(backend, notebookJob, orData, { plan });
  await session.train(3000);
  const replay = new RunReplay(session);
  for (const step of [1234, 0, 2999]) {
    const { reference, gpu, adapter, refusal } = await traceStepOf(session, replay, step);
    expect([reference.step, gpu?.step, refusal]).toEqual([step, step, undefined]);
    expect([reference.computedBy, gpu?.computedBy]).toEqual(['reference', 'layered']);
    expect(adapter?.vendor).toBe('google');
    const own = await replay.lookAt(step, (trainer) => trainer.parameters());
    const [hidden, output] = reference.layers;
    expect([...hidden.weights.data, ...output.weights.data]).toEqual([...own]);
    const both = gpu && matricesOf(gpu);
    matricesOf(reference).forEach(({ quantity, matrix }, i) => {
      expect(both?.[i].quantity).toBe(quantity);
      // All of them at once, coarsely: what each may deviate is held in the tests of the trace itself.
      matrix.data.forEach((value, k) => expect(both?.[i].matrix.data[k]).toBeCloseTo(value, 5));
    });
    // What the step is said to lead to is where the run was one step later.
    const next = await replay.lookAt(step + 1, (trainer) => trainer.parameters());
    if (backend === 'cpu') {
      const after = [...reference.layers[0].updatedWeights.data, ...reference.layers[1].updatedWeights.data];
      expect(after).toEqual([...next]);
    }
  }
  replay.dispose();
  session.dispose();
});

test('the step of a network before its first one is traced as well', async () => {
  const run = untrained(notebookJob, orData);
  const replay = new RunReplay(run);
  const { reference, gpu } = await traceStepOf(run, replay, 0);
  expect(reference.loss).toBeCloseTo(0.1960156, 7);
  expect(gpu?.loss).toBeCloseTo(0.1960156, 6);
  replay.dispose();
});

test('the last step is over: there is none to trace', async () => {
  const run = untrained({ ...notebookJob, steps: 5 }, orData);
  await expect(traceStepOf(run, new RunReplay(run), 5)).rejects.toThrow(/5/u);
});

test('a batch too large to keep every matrix of is refused with what it needs', async () => {
  const rowCount = 100_000;
  const data = {
    ...orData,
    rowCount,
    inputs: Float64Array.from({ length: 2 * rowCount }, (_, i) => i % 2),
    targets: Float64Array.from({ length: rowCount }, (_, i) => i % 2),
  };
  const layers = [{ units: 30, activation: 'tanh', bias: true } as const, ...notebookJob.layers.slice(1)];
  const run = untrained({ ...notebookJob, layers }, data);
  await expect(traceStepOf(run, new RunReplay(run), 0)).rejects.toThrow(
    /at most 64 MiB of matrices; batches of 100,000 rows and 120 parameters need 120 MiB\. Use smaller batches/,
  );
  const small = untrained({ ...notebookJob, layers, batchSize: 100 }, data);
  const replay = new RunReplay(small);
  expect((await traceStepOf(small, replay, 0)).reference.rows.length).toBe(100);
  replay.dispose();
});
