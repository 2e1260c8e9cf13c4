import { describe, it } from 'vitest';
import { activationNames, activations, type ActivationName } from '../../src/core/activations.ts';
import { lossNames, losses, meanCount, type Loss } from '../../src/core/losses.ts';
import { float64, matrix } from '../../src/core/matrix.ts';
import type { BufferScope, GpuBuffer } from '../../src/gpu/buffers.ts';
import { expectClose, OPERATION_ERROR as EPSILON } from '../support/close.ts';
import { readAll, runKernel, runnable, withDevice } from '../support/device.ts';
import { activationError, derivativeError } from '../support/activation-error.ts';
import { lossDerivativeError, lossValueError, rowOfOutputs } from '../support/loss-error.ts';
import { magnitudes, shapeName, shapes, WORST_CASE } from '../support/products.ts';
import { Random } from '../support/random.ts';

/** A buffer in front of which, and behind which, other parameters lie. */
function uploadAt(scope: BufferScope, name: string, values: Float64Array, offset: number): GpuBuffer {
  const padded = new Float64Array(offset + values.length + 3).fill(1e6);
  padded.set(values, offset);
  return scope.upload(name, [padded.length], padded);
}

const isFull = import.meta.env.HANDGRAD_FULL === '1';
/**
 * Each activation is a kernel to compile, and those for wide layers take long. They have theirs from the library of the
 * simple kernels, which are tested with all; so in the ordinary run a few stand for them, some with a derivative of ŷ and
 * some with one of y.
 */
const fewActivations = ['relu', 'tanh', 'silu', 'gelu'] as const satisfies readonly ActivationName[];
const activationsOf = (isSimple: boolean): readonly ActivationName[] =>
  isSimple || isFull ? activationNames : fewActivations;

const forwardKernels = await runnable('matmul', 'matmul-blocked', 'matmul-quads', 'matmul-tiled');

describe.each(forwardKernels)('%s.wgsl', (kernel) => {
  const isSimple = kernel === 'matmul';
  const names = activationsOf(isSimple);
  const cases = shapes.flatMap((shape, i) => {
    const activation = names[i % names.length];
    const withAndWithout = isSimple || isFull ? [true, false] : [i % 2 === 0];
    return withAndWithout.map((hasBias) => ({ shape, activation, hasBias }));
  });
  it.each(cases)(
    'agrees with float64: $shape, $activation, bias $hasBias',
    ({ shape, activation, hasBias }) =>
      withDevice(async (gpu, scope) => {
        const [rows, inputs, units] = shape;
        const random = new Random(rows * 1000 + inputs * 10 + units);
        const input = random.floats(rows * inputs);
        const weights = random.floats(inputs * units);
        const biases = random.floats(units);

        const expected = matrix(rows, units);
        float64.multiply(matrix(rows, inputs, input), matrix(inputs, units, weights), expected);
        const bound = matrix(rows, units);
        float64.multiply(
          matrix(rows, inputs, magnitudes(input)),
          matrix(inputs, units, magnitudes(weights)),
          bound,
        );
        if (hasBias) {
          float64.addRow(expected, matrix(1, units, biases));
          float64.addRow(bound, matrix(1, units, magnitudes(biases)));
        }

        const together = new Float64Array([...weights, ...biases]);
        const preActivations = scope.storage('preActivations', [rows, units]);
        const outputs = scope.storage('activations', [rows, units]);
        await runKernel(gpu, scope, kernel, {
          params: {
            rowCount: rows,
            inputCount: inputs,
            unitCount: units,
            weightsOffset: 5,
            biasOffset: 5 + weights.length,
          },
          buffers: {
            parameters: uploadAt(scope, 'parameters', together, 5),
            input: scope.upload('input', [rows, inputs], input),
            preActivations,
            activations: outputs,
          },
          constants: { activation: activationNames.indexOf(activation), hasBias: hasBias ? 1 : 0 },
          entries: [units, rows],
        });

        const x = await readAll(gpu, preActivations);
        const name = `${kernel} ${shapeName(shape)}`;
        const allowed = bound.data.map((sum) => (inputs + 1) * EPSILON * sum);
        expectClose(`${name} ŷ`, x, expected.data, { allowed, whyLoose: WORST_CASE });
        expectActivations(`${name} ${activation}`, activation, x, await readAll(gpu, outputs));
      }),
  );
});

/** Held against f of the very ŷ the kernel computed, so that only the activation is judged. */
function expectActivations(name: string, activation: ActivationName, x: Float32Array, y: Float32Array) {
  const expected = Float64Array.from(x, (value) => activations[activation].value(value));
  const allowed = Float64Array.from(x, (value) => activationError(activation, value) + 1e-45);
  expectClose(name, y, expected, { allowed, whyLoose: WORST_CASE });
}

describe('output-gradient.wgsl', () => {
  const cases = shapes.flatMap(([rows, , outputs], i) =>
    lossNames.map((loss) => ({
      rows,
      outputs,
      loss,
      activation: activationNames[i % activationNames.length],
    })),
  );
  it.each(cases)('agrees with float64: $rows × $outputs, $loss on $activation', (testCase) =>
    withDevice(async (gpu, scope) => {
      const { rows, outputs, loss, activation } = testCase;
      const count = rows * outputs;
      const random = new Random(rows * 1000 + outputs);
      const x = random.floats(count, 3);
      const f = x.map((value) => Math.fround(activations[activation].value(value)));
      const lossEntry: Loss = losses[loss];
      const targets = lossEntry.link ? random.floats(count).map(Math.abs) : random.floats(count);
      const divisor = meanCount(lossEntry, rows, outputs);
      const gradient = scope.storage('gradient', [rows, outputs]);
      const rowLosses = scope.storage('rowLosses', [rows]);
      await runKernel(gpu, scope, 'output-gradient', {
        params: { rowCount: rows, outputCount: outputs, scale: 1 / divisor },
        buffers: {
          targets: scope.upload('targets', [rows, outputs], targets),
          preActivations: scope.upload('preActivations', [rows, outputs], x),
          activations: scope.upload('activations', [rows, outputs], f),
          gradient,
          rowLosses,
        },
        constants: { loss: lossNames.indexOf(loss), activation: activationNames.indexOf(activation) },
        entries: [rows, 1],
      });
      const name = `output-gradient ${rows} × ${outputs} ${activation}`;
      const at = Array.from({ length: rows }, (_, row) => {
        const of = (values: Float64Array) => values.subarray(row * outputs, (row + 1) * outputs);
        return rowOfOutputs(loss, of(f), of(targets), new Float64Array(outputs));
      });
      const sumOver = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
      const rowLoss = at.map((row) =>
        sumOver(row.map((each) => lossEntry.value(each.output, each.target, each.row))),
      );
      const allowedLoss = at.map(
        (row, i) =>
          sumOver(row.map((each) => lossValueError(loss, each))) +
          (outputs + 2) * EPSILON * rowLoss[i] +
          1e-45,
      );
      expectClose(`${name} row losses`, await readAll(gpu, rowLosses), rowLoss, {
        allowed: allowedLoss,
        whyLoose: WORST_CASE,
      });

      const expected = new Float64Array(count);
      const allowed = new Float64Array(count);
      at.flat().forEach((each, i) => {
        const lossGradient = lossEntry.derivative(each.output, each.target, each.row) / divisor;
        const derivative = activations[activation].derivative(x[i], f[i]);
        expected[i] = lossGradient * derivative;
        const own = (lossDerivativeError(loss, each) / divisor) * Math.abs(derivative);
        const roundings = 6 * EPSILON * Math.abs(expected[i]);
        allowed[i] =
          own + Math.abs(lossGradient) * derivativeError(activation, x[i], 0, 0) + roundings + 1e-45;
      });
      expectClose(`${name} dE/dy`, await readAll(gpu, gradient), expected, { allowed, whyLoose: WORST_CASE });
    }),
  );
});

describe('mean-loss.wgsl', () => {
  it.each([1, 2, 63, 64, 65, 127, 1009])('sums %i rows and moves the step on', (rows) =>
    withDevice(async (gpu, scope) => {
      const values = new Random(rows).floats(rows).map(Math.abs);
      const stepLosses = scope.storage('losses', [4]);
      const settings = {
        params: { rowCount: rows, scale: 1 / (rows * 3) },
        buffers: {
          rowLosses: scope.upload('rowLosses', [rows], values),
          losses: stepLosses,
          step: scope.storage('step', [2]),
        },
        constants: {},
        entries: [1, 1] as const,
      };
      for (let step = 0; step < 3; step++) await runKernel(gpu, scope, 'mean-loss', settings);
      const mean = values.reduce((sum, value) => sum + value, 0) / (rows * 3);
      const expected = [mean, mean, mean, 0];
      const allowed = (rows + 2) * EPSILON * mean;
      expectClose(`mean-loss of ${rows} rows`, await readAll(gpu, stepLosses), expected, {
        allowed,
        whyLoose: WORST_CASE,
      });
    }),
  );
});

const hiddenGradientKernels = await runnable(
  'hidden-gradient',
  'hidden-gradient-blocked',
  'hidden-gradient-quads',
  'hidden-gradient-tiled',
);

describe.each(hiddenGradientKernels)('%s.wgsl', (kernel) => {
  const names = activationsOf(kernel === 'hidden-gradient');
  const cases = shapes.map((shape, i) => ({ shape, activation: names[i % names.length] }));
  it.each(cases)('agrees with float64: $shape, $activation', ({ shape, activation }) =>
    withDevice(async (gpu, scope) => {
      const [rows, units, nextUnits] = shape;
      const random = new Random(rows * 100 + units * 10 + nextUnits);
      const nextGradient = random.floats(rows * nextUnits);
      const weights = random.floats(units * nextUnits);
      const x = random.floats(rows * units, 2);
      const y = x.map((value) => Math.fround(activations[activation].value(value)));

      const dEdg = matrix(rows, units);
      const bound = matrix(rows, units);
      const [a, b] = [matrix(rows, nextUnits, nextGradient), matrix(units, nextUnits, weights)];
      float64.multiplyTransposedB(a, b, dEdg);
      const absolute = [a, b].map((m) => ({ ...m, data: magnitudes(m.data) }));
      float64.multiplyTransposedB(absolute[0], absolute[1], bound);
      const derivatives = x.map((value, i) => activations[activation].derivative(value, y[i]));
      const allowed = x.map((value, i) => {
        const sumError = (nextUnits + 1) * EPSILON * bound.data[i];
        const ownError = derivativeError(activation, value, 0, 0) + EPSILON * Math.abs(derivatives[i]);
        return sumError * Math.abs(derivatives[i]) + (Math.abs(dEdg.data[i]) + sumError) * ownError + 1e-45;
      });

      const gradient = scope.storage('gradient', [rows, units]);
      await runKernel(gpu, scope, kernel, {
        params: { rowCount: rows, unitCount: units, nextUnitCount: nextUnits, nextWeightsOffset: 7 },
        buffers: {
          parameters: uploadAt(scope, 'parameters', weights, 7),
          nextGradient: scope.upload('nextGradient', [rows, nextUnits], nextGradient),
          preActivations: scope.upload('preActivations', [rows, units], x),
          activations: scope.upload('activations', [rows, units], y),
          gradient,
        },
        constants: { activation: activationNames.indexOf(activation) },
        entries: [units, rows],
      });
      const expected = dEdg.data.map((value, i) => value * derivatives[i]);
      expectClose(`${kernel} ${shapeName(shape)} ${activation}`, await readAll(gpu, gradient), expected, {
        allowed,
        whyLoose: WORST_CASE,
      });
    }),
  );
});
