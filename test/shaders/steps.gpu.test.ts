import { describe, expect, it } from 'vitest';
import { batchingOf, halfBitsFor, rowsOfStep } from '../../src/core/batches.ts';
import { drawMask, dropoutOf } from '../../src/core/dropout.ts';
import type { TrainingJob } from '../../src/core/job.ts';
import { float64, matrix } from '../../src/core/matrix.ts';
import { notebookJob } from '../../src/core/notebook.ts';
import { optimizerNames, optimizers, type Optimizer } from '../../src/core/optimizers.ts';
import { isCompensated } from '../../src/core/precision.ts';
import { moveRates, ratesOf } from '../../src/core/rates.ts';
import { float32Arithmetic } from '../../src/cpu/float32-arithmetic.ts';
import { encode, createDispatch } from '../../src/gpu/kernels.ts';
import { RatesTable, updateConstants } from '../../src/gpu/rates-table.ts';
import { expectClose, OPERATION_ERROR as EPSILON } from '../support/close.ts';
import { readAll, runKernel, withDevice } from '../support/device.ts';
import { WORST_CASE } from '../support/products.ts';
import { Random } from '../support/random.ts';

describe('optimizer-step.wgsl', () => {
  it('reaches every parameter where the workgroups go on in the second dimension', () =>
    withDevice(async (gpu, scope) => {
      const count = 64 * 65_535 + 131;
      const parameters = scope.storage('parameters', [count]);
      const job: TrainingJob = { ...notebookJob, networks: [{ seed: 1, learningRate: 1 }] };
      await runKernel(gpu, scope, 'optimizer-step', {
        params: { parameterCount: count },
        buffers: {
          rates: new RatesTable(gpu, scope, job).buffer,
          gradients: scope.upload('gradients', [count], new Float64Array(count).fill(-2)),
          clipFactor: scope.storage('clipFactor', [1]),
          step: scope.storage('step', [2]),
          parameters,
          state: scope.storage('state', [1, count]),
        },
        constants: { ...updateConstants(job), clips: 0 },
        entries: [count, 1] as const,
      });
      const values = await readAll(gpu, parameters);
      expect(values.every((value) => value === 2)).toBe(true);
    }));

  const settings = { momentum: 0.7, beta1: 0.8, beta2: 0.97, l1: 0.003 };
  const cases = [1, 65, 131].flatMap((count) =>
    optimizerNames.flatMap((optimizer) => [
      { count, optimizer, weightDecay: 0, precision: 'compensated' as const },
      { count, optimizer, weightDecay: 0.02, precision: 'compensated' as const },
      { count, optimizer, weightDecay: 0.02, precision: 'float32' as const },
    ]),
  );
  it.each(cases)(
    'agrees with float64 over 200 steps: $count parameters, $precision, $optimizer, weight decay $weightDecay',
    ({ count, optimizer, weightDecay, precision }) =>
      withDevice(async (gpu, scope) => {
        const random = new Random(count);
        const steps = 200;
        const own = weightDecay > 0 ? settings : { l1: 0 };
        const job: TrainingJob = {
          ...notebookJob,
          optimizer,
          precision,
          steps,
          schedule: { kind: 'cosine', warmupSteps: 20 },
          networks: [{ seed: 1, learningRate: 0.0123, weightDecay, ...own }],
        };
        const values = random.floats(count);
        const gradients = Array.from({ length: steps }, () => random.floats(count));

        const rates = new RatesTable(gpu, scope, job);
        rates.write(0, steps);
        const { stateCount }: Optimizer = optimizers[optimizer];
        const parameters = scope.upload('parameters', [count], values);
        const state = scope.storage('state', [1 + stateCount, count]);
        const step = scope.storage('step', [2]);
        const uploaded = scope.storage('gradients', [count]);
        const dispatch = await createDispatch(gpu, scope, 'optimizer-step', {
          params: { parameterCount: count },
          buffers: {
            rates: rates.buffer,
            gradients: uploaded,
            clipFactor: scope.upload('clipFactor', [1], Float64Array.of(0.5)),
            step,
            parameters,
            state,
          },
          constants: { ...updateConstants(job), clips: 1 },
          entries: [count, 1],
        });
        for (let t = 0; t < steps; t++) {
          gpu.device.queue.writeBuffer(uploaded.buffer, 0, Float32Array.from(gradients[t]));
          gpu.device.queue.writeBuffer(step.buffer, 0, Uint32Array.of(t + 1, 0));
          const encoder = gpu.device.createCommandEncoder();
          const pass = encoder.beginComputePass();
          encode(pass, dispatch);
          pass.end();
          gpu.device.queue.submit([encoder.finish()]);
        }
        const low = await readAll(gpu, state);
        const actual = Float64Array.from(await readAll(gpu, parameters), (value, i) => value + low[i]);

        const halved = gradients.map((each) => each.map((gradient) => gradient / 2));
        const expected = follow(job, values.slice(), halved);
        const rounded = follow(job, values.slice(), halved, true);
        // 4 × what the reference deviates when it is rounded after every operation, and at least 4 roundings.
        const deviation = rounded.reduce(
          (most, value, i) => Math.max(most, Math.abs(value - expected[i])),
          0,
        );
        expect(low.subarray(0, count).some((value) => value !== 0)).toBe(precision === 'compensated');
        const name = `optimizer-step ${optimizer} ${precision}, ${count} parameters, ${steps} steps`;
        expectClose(name, actual, expected, {
          allowed: 4 * Math.max(deviation, EPSILON / 2),
          whyLoose: WORST_CASE,
        });
      }),
  );
});

/** The parameters after a step for each gradient, [parameterCount]. */
function follow(
  job: TrainingJob,
  parameters: Float64Array,
  gradients: readonly Float64Array[],
  isRounded = false,
): Float64Array {
  const { arithmetic, lowParts } = isRounded
    ? float32Arithmetic(parameters, isCompensated(job))
    : { arithmetic: float64, lowParts: new Float64Array(parameters.length) };
  const rates = ratesOf(job);
  const state = { first: new Float64Array(parameters.length), second: new Float64Array(parameters.length) };
  gradients.forEach((each, t) => {
    moveRates(rates, job, t);
    arithmetic.update(optimizers[job.optimizer], rates, { parameters, gradients: each, ...state });
  });
  return parameters.map((value, i) => value + lowParts[i]);
}

describe('clip-factor.wgsl', () => {
  it.each([1, 2, 255, 256, 257, 1009])(
    'is 1 for short gradients and shortens long ones: %i of them',
    (count) =>
      withDevice(async (gpu, scope) => {
        const gradients = new Random(count).floats(count);
        const length = Math.hypot(...gradients);
        for (const mostNorm of [2 * length, length / 3].map(Math.fround)) {
          const clipFactor = scope.storage('clipFactor', [1]);
          await runKernel(gpu, scope, 'clip-factor', {
            params: { parameterCount: count, mostNorm },
            buffers: { gradients: scope.upload('gradients', [count], gradients), clipFactor },
            constants: {},
            entries: [1, 1],
          });
          const clipped = gradients.slice();
          float64.clip(clipped, mostNorm);
          const expected = clipped[0] / gradients[0];
          const allowed = (count + 8) * EPSILON * expected;
          const name = `clip-factor of ${count}`;
          expectClose(name, await readAll(gpu, clipFactor), [expected], { allowed, whyLoose: WORST_CASE });
          expect(expected === 1).toBe(mostNorm > length);
        }
      }),
  );
});

describe('gather-batch.wgsl', () => {
  const cases = [
    { rows: 1, inputs: 1, outputs: 1, batchSize: 1 },
    { rows: 10, inputs: 3, outputs: 2, batchSize: 4 },
    { rows: 131, inputs: 13, outputs: 1, batchSize: 65 },
    { rows: 257, inputs: 1, outputs: 9, batchSize: 7 },
  ].flatMap((each) => [true, false].map((shuffle) => ({ ...each, shuffle })));

  it.each(cases)(
    'takes the rows of every step: $rows × $inputs, batches of $batchSize, shuffled $shuffle',
    (each) =>
      withDevice(async (gpu, scope) => {
        const { rows, inputs, outputs, batchSize, shuffle } = each;
        const random = new Random(rows);
        const [table, goals] = [random.floats(rows * inputs), random.floats(rows * outputs)];
        const job = { ...notebookJob, batchSize, shuffle, networks: [{ seed: 77, learningRate: 0.1 }] };
        const batching = batchingOf(job, rows);
        const seen: number[] = [];
        for (const step of [...Array(batching.batchCount).keys(), 3 * batching.batchCount + 1]) {
          const expectedRows = rowsOfStep(batching, step, rows);
          const batchRowCount = expectedRows.length;
          const batchInputs = scope.storage('batchInputs', [batchRowCount, inputs]);
          const batchTargets = scope.storage('batchTargets', [batchRowCount, outputs]);
          const counter = scope.storage('step', [2]);
          gpu.device.queue.writeBuffer(counter.buffer, 0, Uint32Array.of(step, 0));
          await runKernel(gpu, scope, 'gather-batch', {
            params: {
              rowCount: rows,
              inputCount: inputs,
              outputCount: outputs,
              batchSize,
              batchCount: batching.batchCount,
              batchRowCount,
              seed: 77,
              halfBits: halfBitsFor(rows),
            },
            buffers: {
              inputs: scope.upload('inputs', [rows, inputs], table),
              targets: scope.upload('targets', [rows, outputs], goals),
              step: counter,
              batchInputs,
              batchTargets,
            },
            constants: { shuffles: batching.shuffles ? 1 : 0 },
            entries: [inputs + outputs, batchRowCount],
          });
          const of = (values: Float64Array, width: number) =>
            [...expectedRows].flatMap((row) => [...values.subarray(row * width, (row + 1) * width)]);
          expect([...(await readAll(gpu, batchInputs))]).toEqual(of(table, inputs));
          expect([...(await readAll(gpu, batchTargets))]).toEqual(of(goals, outputs));
          if (step < batching.batchCount) seen.push(...expectedRows);
        }
        // Every row once an epoch; in file order, or in one of its own.
        const inOrder = Array.from({ length: rows }, (_, row) => row);
        expect(seen.toSorted((a, b) => a - b)).toEqual(inOrder);
        if (batching.batchCount > 1) expect(seen.join() === inOrder.join()).toBe(!shuffle);
      }),
  );
});

describe('dropout.wgsl', () => {
  const MOST = 2 ** 32 - 1;
  const random = new Random(17);
  const whole = (most: number) => Math.floor(random.uniform(0, most + 1));
  const drawn = [
    { rows: 1, units: 1 },
    { rows: 7, units: 3 },
    { rows: 8, units: 8 },
    { rows: 9, units: 130 },
    { rows: 257, units: 65 },
    { rows: 1009, units: 2 },
  ].flatMap(({ rows, units }) =>
    [0.01, 0.3, 0.5, 0.97].map((rate) => {
      const [seed, step, layer] = [whole(MOST), whole(2 ** 25 - 1), whole(62)];
      return { rows, units, rate, seed, step, layer };
    }),
  );
  const extremes = [
    { rows: 65, units: 33, rate: 0.5, seed: 0, step: 0, layer: 0 },
    { rows: 65, units: 33, rate: 0.5, seed: MOST, step: 2 ** 25 - 1, layer: 62 },
    // Nothing is dropped, and all of it.
    { rows: 65, units: 33, rate: 1e-12, seed: 1, step: 1, layer: 1 },
    { rows: 65, units: 33, rate: 1 - 1e-12, seed: 1, step: 1, layer: 1 },
  ];

  it.each([...drawn, ...extremes])(
    'drops what its twin drops: $rows × $units at $rate, seed $seed, step $step, layer $layer',
    ({ rows, units, rate, seed, step, layer }) =>
      withDevice(async (gpu, scope) => {
        const dropout = dropoutOf({
          ...notebookJob,
          dropout: rate,
          networks: [{ seed, learningRate: 0.1 }],
        });
        if (!dropout) throw new Error('nothing is dropped');
        const mask = matrix(rows, units);
        drawMask(dropout, { step, layer }, mask);
        const source = new Random(rows).floats(rows * units);
        const counter = scope.storage('step', [2]);
        gpu.device.queue.writeBuffer(counter.buffer, 0, Uint32Array.of(step, 0));
        const result = scope.storage('result', [rows, units]);
        await runKernel(gpu, scope, 'dropout', {
          params: { rowCount: rows, unitCount: units, layer, ...dropout },
          buffers: { step: counter, source: scope.upload('source', [rows, units], source), result },
          constants: {},
          entries: [units, rows],
        });
        const expected = source.map((value, i) => value * mask.data[i]);
        // The factor is rounded, and then the product; of a dropped unit nothing may be left.
        const allowed = expected.map((value) => (EPSILON + EPSILON / 2) * Math.abs(value));
        const whyLoose = 'near a power of two a rounding is half as much, and some are none at all';
        expectClose('dropout', await readAll(gpu, result), expected, { allowed, whyLoose });
      }),
  );

  it('shows that a value is NaN even where it is dropped', () =>
    withDevice(async (gpu, scope) => {
      const result = scope.storage('result', [1, 1]);
      await runKernel(gpu, scope, 'dropout', {
        params: { rowCount: 1, unitCount: 1, seed: 1, layer: 0, threshold: MOST, factor: 1 },
        buffers: {
          step: scope.storage('step', [2]),
          source: scope.upload('source', [1, 1], Float64Array.of(NaN)),
          result,
        },
        constants: {},
        entries: [1, 1],
      });
      expect([...(await readAll(gpu, result))]).toEqual([NaN]);
    }));
});
