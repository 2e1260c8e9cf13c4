import { describe, it } from 'vitest';
import { float64, matrix } from '../../src/core/matrix.ts';
import { expectClose, OPERATION_ERROR as EPSILON } from '../support/close.ts';
import { readAll, runKernel, runnable, withDevice } from '../support/device.ts';
import { magnitudes, shapeName, shapes, WORST_CASE, type Shape } from '../support/products.ts';
import { Random } from '../support/random.ts';

/** Random input and dE/dy of a layer, and what becomes of them in float64, each with its error bound. */
function parameterGradients([rows, inputs, units]: Shape) {
  const random = new Random(rows + inputs * 100 + units * 10_000);
  const input = random.floats(rows * inputs);
  const gradient = random.floats(rows * units);
  const [a, b] = [matrix(rows, inputs, input), matrix(rows, units, gradient)];
  const [weights, bound] = [matrix(inputs, units), matrix(inputs, units)];
  float64.multiplyTransposedA(a, b, weights);
  const absolute = [a, b].map((m) => ({ ...m, data: magnitudes(m.data) }));
  float64.multiplyTransposedA(absolute[0], absolute[1], bound);
  const [biases, biasBound] = [matrix(1, units), matrix(1, units)];
  float64.sumRows(b, biases);
  float64.sumRows(absolute[1], biasBound);
  const allowedOf = (sums: Float64Array) => sums.map((sum) => (rows + 1) * EPSILON * sum);
  return {
    input,
    gradient,
    weights: { expected: weights.data, allowed: allowedOf(bound.data) },
    biases: { expected: biases.data, allowed: allowedOf(biasBound.data) },
  };
}

describe('weights-gradient.wgsl and bias-gradient.wgsl', () => {
  it.each(shapes.map((shape) => ({ shape })))('agree with float64: $shape', ({ shape }) =>
    withDevice(async (gpu, scope) => {
      const [rows, inputs, units] = shape;
      const { input, gradient, weights, biases } = parameterGradients(shape);
      const gradients = scope.storage('gradients', [2 + inputs * units + units]);
      const uploaded = scope.upload('gradient', [rows, units], gradient);
      await runKernel(gpu, scope, 'weights-gradient', {
        params: { rowCount: rows, inputCount: inputs, unitCount: units, weightsOffset: 2 },
        buffers: { input: scope.upload('input', [rows, inputs], input), gradient: uploaded, gradients },
        constants: {},
        entries: [units, inputs],
      });
      await runKernel(gpu, scope, 'bias-gradient', {
        params: { rowCount: rows, unitCount: units, biasOffset: 2 + inputs * units },
        buffers: { gradient: uploaded, gradients },
        constants: {},
        entries: [units, 1],
      });
      // Two entries before the layer's own must stay untouched.
      const expected = [0, 0, ...weights.expected, ...biases.expected];
      const allowed = [0, 0, ...weights.allowed, ...biases.allowed];
      const name = `parameter gradients ${shapeName(shape)}`;
      expectClose(name, await readAll(gpu, gradients), expected, { allowed, whyLoose: WORST_CASE });
    }),
  );
});

const parameterGradientKernels = await runnable(
  'weights-gradient-blocked',
  'weights-gradient-quads',
  'weights-gradient-tiled',
);

describe.each(parameterGradientKernels)('%s.wgsl', (kernel) => {
  const cases = shapes.flatMap((shape) => [true, false].map((hasBias) => ({ shape, hasBias })));
  it.each(cases)('agrees with float64: $shape, bias $hasBias', ({ shape, hasBias }) =>
    withDevice(async (gpu, scope) => {
      const [rows, inputs, units] = shape;
      const { input, gradient, weights, biases } = parameterGradients(shape);
      const biasOffset = 2 + inputs * units;
      const gradients = scope.storage('gradients', [biasOffset + units]);
      await runKernel(gpu, scope, kernel, {
        params: { rowCount: rows, inputCount: inputs, unitCount: units, weightsOffset: 2, biasOffset },
        buffers: {
          input: scope.upload('input', [rows, inputs], input),
          gradient: scope.upload('gradient', [rows, units], gradient),
          gradients,
        },
        constants: { hasBias: hasBias ? 1 : 0 },
        entries: [units, inputs],
      });
      // Two entries before the layer's own must stay untouched, and those of biases it does not have.
      const without = new Float64Array(units);
      const expected = [0, 0, ...weights.expected, ...(hasBias ? biases.expected : without)];
      const allowed = [0, 0, ...weights.allowed, ...(hasBias ? biases.allowed : without)];
      const name = `${kernel} ${shapeName(shape)}`;
      expectClose(name, await readAll(gpu, gradients), expected, { allowed, whyLoose: WORST_CASE });
    }),
  );
});
