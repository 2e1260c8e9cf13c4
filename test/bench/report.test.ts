import { describe, expect, test } from 'vitest';
import { fromBase64, toBase64 } from './base64.ts';
import { median } from '../../src/core/median.ts';
import { joinAnswers } from './hosts.ts';
import { createJob, flopsPerStep, jobNames, jobShapes, populationNames, populationShapes } from './jobs.ts';
import type { AnyJobName, JobName, PopulationName } from './jobs.ts';
import { drawPicture } from './picture.ts';
import { judgePopulations, pressToFinalLossesMs, renderPopulationReport } from './population-report.ts';
import { Reference } from './reference.ts';
import { pressToFinalLossMs, renderReport } from './report.ts';
import { replacePart } from './report-parts.ts';
import type { Cell, Circumstances, Figures, PopulationResults, Results } from './results.ts';
import { largestDeviation, relativeDeviation, relativeUpdateDeviation } from './statistics.ts';
import { roundUpTo, spread } from './statistics.ts';
import { populationEntries, scalingEntries, systemEntries } from './system-list.ts';
import { figureText, judgeResults } from './verdicts.ts';

const circumstances: Circumstances = {
  date: '2026-01-01T00:00:00.000Z',
  command: 'npm run bench',
  environment: { adapter: 'none' },
  isSoftware: true,
};

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

  test('of several networks the worst counts, each held against its own moves', () => {
    expect(largestDeviation([1.1, 2, 3], [1, 2, 4])).toBeCloseTo(0.25, 12);
    expect(largestDeviation([1], [1, 2])).toBeNaN();
    expect(largestDeviation([NaN, 2], [1, 2])).toBeNaN();
    // The first network moves by 100 and is off by 1, the second by 1 and off by 0.5.
    const deviation = relativeUpdateDeviation([0, 0], [101, 1.5], [100, 1], 2);
    expect(deviation).toBeCloseTo(0.5, 12);
    expect(relativeUpdateDeviation([0, 0], [101, NaN], [100, 1], 2)).toBeNaN();
  });

  test('some of many are evenly spread, the first and the last among them', () => {
    expect(spread(3, 4)).toEqual([0, 1, 2]);
    expect(spread(100, 4)).toEqual([0, 33, 66, 99]);
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

  test.each(populationNames)(
    '%s begins with the network of the job alone, and draws each by its number',
    (name) => {
      const { of, lossStride } = populationShapes[name];
      const [alone, some, last] = [
        createJob(of, 7),
        createJob(name, 7, { first: 0, count: 6 }),
        createJob(name, 7, { first: 5, count: 1 }),
      ];
      const { length } = alone.initialParameters;
      expect(some.data).toEqual(alone.data);
      expect(some.job.lossStride).toBe(lossStride);
      expect(some.job.networks[0]).toEqual(alone.job.networks[0]);
      expect(some.job.networks[5]).toEqual(last.job.networks[0]);
      expect(some.initialParameters.subarray(0, length)).toEqual(alone.initialParameters);
      expect(some.initialParameters.subarray(5 * length)).toEqual(last.initialParameters);
      const draws = some.job.networks.map(({ initialParameters }) => String(initialParameters));
      expect(new Set(draws).size).toBe(6);
      expect(new Set(some.job.networks.map(({ learningRate }) => learningRate)).size).toBe(4);
    },
  );

  test('the reference of a population is that of each of its networks', async () => {
    const reference = new Reference('notebook-population');
    const [losses, alone] = [await reference.lossesAfter(3, [4, 0]), new Reference('notebook')];
    expect(losses).toHaveLength(2);
    expect(losses[1]).toEqual((await alone.lossesAfter(3, [0]))[0]);
    expect(losses[0]).not.toEqual(losses[1]);
    const parameters = (await reference.parametersAfter(3, [4, 0])) as Float64Array;
    expect(parameters.slice(9)).toEqual(await alone.parametersAfter(3, [0]));
    expect(reference.initialParameters([0])).toEqual(alone.initialParameters([0]));
  });

  test('of hosts that train at once the slowest counts, and their networks stand one behind the other', () => {
    const answerOf = (trainMs: number, loss: number) => ({
      openMs: 10 - trainMs,
      trainMs,
      losses: [loss],
      parameters: toBase64(Float32Array.of(loss, -loss)),
    });
    const joined = joinAnswers([answerOf(3, 0.5), answerOf(2, 0.25)]);
    expect(joined).toMatchObject({ openMs: 8, trainMs: 3, losses: [0.5, 0.25] });
    expect(fromBase64(joined.parameters ?? '')).toEqual(Float32Array.of(0.5, -0.5, 0.25, -0.25));
    expect(joinAnswers([answerOf(3, 0.5), { problem: 'no memory' }])).toEqual({ problem: 'no memory' });
  });

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

describe('populations', () => {
  const [gpu, oneCore, allCores] = ['handgrad-gpu', 'handgrad-cpu-one', 'handgrad-cpu-all'];
  const cells = [
    population('notebook-population', gpu, { networkCount: 1024, ms: 0.1 }), // 10,240,000 a second
    population('notebook-population', oneCore, { networkCount: 32, ms: 0.016 }), // 2,000,000
    population('notebook-population', allCores, { networkCount: 64, ms: 0.0128 }), // 5,000,000
    population('notebook-population', 'jax-vmap-1', { networkCount: 1024, ms: 10 }),
    population('notebook-population', 'jax-vmap-10', { networkCount: 1024, ms: 2.56 }), // the best: 400,000
    population('iris-population', gpu, { networkCount: 256, ms: 2 }), // 128,000
    population('iris-population', allCores, { networkCount: 16, ms: 0.125 }), // 128,000
  ];
  const scaling = [1, 4096].map((networkCount) =>
    population('notebook-population', `handgrad-gpu-${networkCount}`, { networkCount, ms: 0.5 }),
  );
  const results: PopulationResults = { ...circumstances, cells, scaling };

  test('are judged by network-steps per second, however many networks a system trains', () => {
    expect(judgePopulations(results).map(({ measured, outcome }) => [measured, outcome])).toEqual([
      ['25.6×', 'miss'],
      ['5.12×', 'pass'],
      ['2.05×', 'miss'],
      [undefined, 'not measured'],
      // Faster is asked for, not as fast.
      ['1×', 'miss'],
    ]);
    expect(judgePopulations(results)[0].claim).toContain('faster than jax-js WebGPU, vmap, 10 steps per jit');
    const notebook = cells.filter(({ job }) => job === 'notebook-population');
    expect(judgePopulations({ ...results, cells: notebook })).toHaveLength(3);
  });

  test('the report gives rates, the whole population cold, and more networks', () => {
    const report = renderPopulationReport(results);
    const row = (label: string) => report.split('\n').find((line) => line.startsWith(`| ${label} `)) ?? '';
    expect(
      row('handgrad CPU, one core')
        .split('|')
        .map((text) => text.trim()),
    ).toEqual([
      '',
      'handgrad CPU, one core',
      '2,000,000',
      '1,000,000 – 4,000,000',
      '32',
      '3 × 10',
      '5,220 ms',
      '5.12×',
      '1.0e-7',
      '',
    ]);
    expect(report).toMatch(/\| +4,096 \| +0.5 \| +8,190,000 \| +819 \|/);
    expect(renderPopulationReport({ ...results, scaling: [] })).not.toContain('More networks');
  });

  test('a system without figures is listed with the reason', () => {
    const without = { job: 'notebook-population', system: entryOf(gpu), reason: 'no adapter' } as const;
    expect(renderPopulationReport({ ...results, cells: [without] })).toContain('- handgrad GPU: no adapter');
  });

  test('what was not run cold is counted at the warm rate, for all networks', () => {
    const { figures } = cells[1];
    // 10,240,000 network-steps, of which 320 were run in those 100 ms; the rest at 2,000,000 a second.
    const expected = 100 + (10_240_000 - 320) / 2000;
    expect(pressToFinalLossesMs('notebook-population', figures as Figures)).toBeCloseTo(expected, 6);
  });

  test('each part of results.md is replaced by its own run', () => {
    const [networks, populations] = [renderReport(resultsOf([])), renderPopulationReport(results)];
    const both = replacePart(replacePart('', 'networks', networks), 'populations', populations);
    expect(both).toBe(`${networks}\n${populations}`);
    expect(replacePart(replacePart('', 'populations', populations), 'networks', networks)).toBe(both);
    expect(replacePart(both, 'networks', '# Benchmark\n\nnew\n')).toBe(
      `# Benchmark\n\nnew\n\n${populations}`,
    );
    expect(replacePart(both, 'populations', '# Populations\n\nnew\n')).toBe(
      `${networks}\n# Populations\n\nnew\n`,
    );
  });
});

function cell(job: JobName, id: string, ms: number): Cell {
  return cellOf(job, id, { networkCount: 1, ms });
}

function population(
  job: PopulationName,
  id: string,
  times: { networkCount: number; ms: number },
): Cell<PopulationName> {
  return cellOf(job, id, times);
}

function cellOf<Job extends AnyJobName>(
  job: Job,
  id: string,
  { networkCount, ms }: { networkCount: number; ms: number },
): Cell<Job> {
  const figures = {
    networkCount,
    steps: 10,
    msPerStep: [ms, ms * 2, ms / 2],
    cold: { steps: 10, ms: 100 },
    lossDeviation: 1e-7,
    updateDeviation: 1e-6,
  };
  return { job, system: entryOf(id), figures };
}

function entryOf(id: string): Cell['system'] {
  const entries = [...systemEntries, ...populationEntries, ...scalingEntries];
  const entry = entries.find((each) => each.id === id);
  if (!entry) throw new Error(`There is no system "${id}".`);
  return entry;
}

function resultsOf(cells: readonly Cell[]): Results {
  const ceilings = { multiplyAddGflops: 12, plainLoopGflops: 6, copyGigabytesPerSecond: 10 };
  return { ...circumstances, ceilings, cells };
}
