import { describe, it } from 'vitest';
import { activationNames, activations } from '../../src/core/activations.ts';
import { float64, matrix } from '../../src/core/matrix.ts';
import { expectClose } from '../support/close.ts';
import { readAll, runKernel, withDevice } from '../support/device.ts';
import { derivativeError } from '../support/activation-error.ts';
import { WORST_CASE } from '../support/products.ts';
import { Random } from '../support/random.ts';

/** Rows and units that no workgroup divides, and a single one of each. */
const shapes = [
  [1, 1],
  [1, 130],
  [97, 1],
  [65, 9],
] as const;

describe('activation-derivative.wgsl', () => {
  const cases = shapes.flatMap(([rows, units]) =>
    activationNames.map((activation) => ({ rows, units, activation })),
  );
  it.each(cases)('agrees with float64: $rows × $units, $activation', ({ rows, units, activation }) =>
    withDevice(async (gpu, scope) => {
      const f = activations[activation];
      const count = rows * units;
      const x = new Random(1000 * rows + units).floats(count, 4);
      const y = x.map((value) => Math.fround(f.value(value)));
      const derivatives = scope.storage('derivatives', [rows, units]);
      await runKernel(gpu, scope, 'activation-derivative', {
        params: { rowCount: rows, unitCount: units },
        buffers: {
          preActivations: scope.upload('preActivations', [rows, units], x),
          activations: scope.upload('activations', [rows, units], y),
          derivatives,
        },
        constants: { activation: activationNames.indexOf(activation) },
        entries: [units, rows],
      });
      const expected = matrix(rows, units, new Float64Array(count).fill(1));
      const exact = matrix(rows, units);
      float64.activate(f, matrix(rows, units, x), exact);
      float64.timesDerivative(f, { x: matrix(rows, units, x), y: exact }, expected);
      const allowed = x.map(
        (value, i) => derivativeError(activation, value, 0, Math.abs(y[i] - exact.data[i])) + 1e-45,
      );
      const name = `activation-derivative ${rows} × ${units} ${activation}`;
      expectClose(name, await readAll(gpu, derivatives), expected.data, { allowed, whyLoose: WORST_CASE });
    }),
  );
});
