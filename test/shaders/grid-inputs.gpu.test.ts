import { describe, expect, it } from 'vitest';
import { axisValue, gridInputs, pointCount } from '../../src/core/grid.ts';
import { randomGrid } from '../support/grids.ts';
import { readAll, runKernel, withDevice } from '../support/device.ts';
import { Random } from '../support/random.ts';

describe('grid-inputs.wgsl', () => {
  const sizes = [
    [1, 1],
    [1, 5],
    [6, 1],
    [7, 13],
    [64, 33],
  ] as const;
  const cases = sizes.flatMap(([columns, rows]) =>
    [1, 2, 11].map((inputCount) => ({ columns, rows, inputCount })),
  );
  it.each(cases)('makes the points of $columns × $rows over $inputCount inputs', (testCase) =>
    withDevice(async (gpu, scope) => {
      const { columns, inputCount } = testCase;
      const random = new Random(columns * 100 + inputCount);
      const grid = randomGrid(random, inputCount, [columns, testCase.rows]);
      const { rows, across, down, at } = grid;
      const axes = [
        ...at.map((value, k) => (k === across.input || k === down?.input ? 0 : value)),
        ...at.map((_, k) => Number(k === across.input)),
        ...at.map((_, k) => Number(k === down?.input)),
        ...Array.from({ length: rows }, (_, i) => (down ? axisValue(down, i, rows) : 1e6)),
        ...Array.from({ length: columns }, (_, i) => axisValue(across, i, columns)),
      ];
      // The slice in front of these points belongs to somebody else, and so do the entries behind them.
      const firstPoint = Math.floor(pointCount(grid) / 3);
      const count = pointCount(grid) - firstPoint;
      const inputs = scope.storage('inputs', [count + 1, inputCount]);
      await runKernel(gpu, scope, 'grid-inputs', {
        params: {
          firstPoint,
          pointCount: count,
          inputCount,
          columnCount: columns,
          rowCount: rows,
        },
        buffers: { axes: scope.upload('axes', [axes.length], Float64Array.from(axes)), inputs },
        constants: {},
        entries: [inputCount, count],
      });
      const expected = new Float32Array((count + 1) * inputCount);
      expected.set(gridInputs(grid, firstPoint));
      expect(await readAll(gpu, inputs)).toEqual(expected);
    }),
  );
});
