import { describe, expect, test } from 'vitest';
import { fromBase64, toBase64 } from './base64.ts';
import { median } from '../../src/core/median.ts';
import { createJob, flopsPerStep, jobNames, jobShapes, type JobName } from './jobs.ts';
import { drawPicture } from './picture.ts';
import { pressToFinalLossMs, renderReport } from './report.ts';
import type { Cell, Results } from './results.ts';
import { relativeDeviation, relativeUpdateDeviation, roundUpTo } from './statistics.ts';
import { systemEntries } from './system-list.ts';
import { figureText, judgeResults } from './verdicts.ts';

describe('arithmetic', () => {
  test('the median is the middle, or the mean of the middle two', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 2, 100])).toBe(3);
    expect(median([7])).toBe(7);
  });

  test('deviations are relative to the reference', () => {
    expect(relativeDeviation(0.9, 1)).toBeCloseTo(0.1, 12);
    // The parameters differ by 0.1 % and their updates by half.
    expect(relativeUpdateDeviation([100, 100], [100.1, 100], [100.2, 100])).toBeCloseTo(0.5, 9);
    expect(relativeUpdateDeviation([1, 1], [NaN, 2], [2, 2])).toBeNaN();
    expect(relativeUpdateDeviation([1, 1], [2], [2, 2])).toBeNaN();
  });

  test('steps are rounded up to whole calls', () => {
    expect(roundUpTo(50, 100)).toBe(100);
    expect(roundUpTo(50, 101)).toBe(150);
  });

  test('the operations of a step are counted by hand for the notebook', () => {
    // 4 rows; 2·3 weights forward and for their gradient; 3·1 also for the gradient of the hidden layer.
    expect(flopsPerStep(jobShapes.notebook)).toBe(2 * 4 * (2 * 6 + 3 * 3));
  });

  test('what was not run cold is counted at the warm rate', () => {
    expect(pressToFinalLossMs({ cold: { steps: 100, ms: 500 } }, 0.5, 10_000)).toBe(500 + 9900 * 0.5);
    expect(pressToFinalLossMs({ cold: { steps: 50, ms: 500 } }, 0.5, 5)).toBe(500);
  });

  test('figures keep three digits, whole numbers all of them', () => {
    expect([0.00012345, 2.3456, 99.96, 1234.5].map(figureText)).toEqual(['0.000123', '2.35', '100', '1,235']);
  });
});

describe('jobs', () => {
  test.each(jobNames.filter((name) => name !== 'wide'))(
    '%s draws the same float32 numbers each time',
    (name) => {
      const [first, second] = [createJob(name, 1), createJob(name, 2)];
      expect(first.data).toEqual(second.data);
      expect(first.initialParameters).toEqual(second.initialParameters);
      for (const values of [first.initialParameters, first.data.inputs, first.data.targets]) {
        expect(values.every((value) => Math.fround(value) === value)).toBe(true);
      }
    },
  );

  test('parameters pass through base64 unchanged', () => {
    const values = Float32Array.of(1.5, -0.1, NaN, 3e38);
    expect(fromBase64(toBase64(values))).toEqual(values);
  });
});

describe('verdicts', () => {
  test('take the best of a group, and say pass, miss or why not', () => {
    const cells = [
      cell('wide', 'handgrad-layered', 900),
      cell('wide', 'jax-webgpu-1', 2600),
      cell('wide', 'jax-webgpu-10', 1710), // the best: 1.9×, below 2×
      cell('wide', 'tensorflow-webgpu', 9900),
    ];
    const verdicts = judgeResults(resultsOf(cells));
    expect(verdicts.map(({ measured, outcome }) => [measured, outcome])).toEqual([
      ['1.9×', 'miss'],
      ['11×', 'pass'],
      // 5.9 GFLOP in 0.9 s, of 6 GFLOP/s in a plain loop and of 12 written out.
      ['109 %', 'pass'],
      ['55 %', 'pass'],
    ]);
  });

  test('a bound from above holds a time over another', () => {
    const cells = [cell('notebook', 'handgrad-layered', 1.3), cell('notebook', 'handgrad-cpu', 1)];
    const [verdict] = judgeResults(resultsOf(cells)).filter(({ claim }) => claim.includes('time of'));
    expect(verdict).toMatchObject({ accepted: '≤ 1.2×', measured: '1.3×', outcome: 'miss' });
  });

  test('a cell without figures gives no verdict, and the report says why', () => {
    const reason = 'the page crashed';
    const without = { job: 'mnist', system: entryOf('jax-webgpu-1'), reason } as const;
    const results = resultsOf([cell('mnist', 'handgrad-layered', 1), without]);
    expect(judgeResults(results)[0]).toMatchObject({ measured: undefined, outcome: 'not measured' });
    expect(renderReport(results)).toContain(`- jax-js WebGPU, 1 step per jit: ${reason}`);
    expect(drawPicture(results)).toContain('no figure');
  });
});

function cell(job: JobName, id: string, ms: number): Cell {
  const figures = {
    steps: 10,
    msPerStep: [ms, ms * 2, ms / 2],
    cold: { steps: 10, ms: 100 },
    lossDeviation: 1e-7,
    updateDeviation: 1e-6,
  };
  return { job, system: entryOf(id), figures };
}

function entryOf(id: string): Cell['system'] {
  const entry = systemEntries.find((each) => each.id === id);
  if (!entry) throw new Error(`There is no system "${id}".`);
  return entry;
}

function resultsOf(cells: readonly Cell[]): Results {
  return {
    date: '2026-01-01T00:00:00.000Z',
    command: 'npm run bench',
    environment: { adapter: 'none' },
    isSoftware: true,
    ceilings: { multiplyAddGflops: 12, plainLoopGflops: 6, copyGigabytesPerSecond: 10 },
    cells,
  };
}
