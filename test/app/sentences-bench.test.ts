import { describe, expect, it } from 'vitest';
import { populationPairs, populationSentence } from '../../src/app/sentences-bench.ts';
import type { PopulationPoint } from '../../src/index.ts';

const counts = [1, 4, 16, 64];

/** Rates of the CPU and of the GPU, from one network to sixty-four. */
function pointsOf(cpu: readonly number[], gpu: readonly (number | string)[]): PopulationPoint[] {
  const point = (backend: 'cpu' | 'gpu', rate: number | string, networkCount: number): PopulationPoint =>
    typeof rate === 'string'
      ? { backend, networkCount, refusal: rate }
      : {
          backend,
          networkCount,
          networksPerSecond: rate,
          rangeNetworksPerSecond: [rate, rate],
          repetitions: 5,
          timedCount: networkCount,
          atOnce: backend === 'cpu' ? Math.min(2, networkCount) : networkCount,
        };
  return counts.flatMap((networkCount, i) => [
    ...(cpu[i] === undefined ? [] : [point('cpu', cpu[i], networkCount)]),
    ...(gpu[i] === undefined ? [] : [point('gpu', gpu[i], networkCount)]),
  ]);
}

describe('what the population picture says', () => {
  it.each([
    [
      'the GPU ahead from some number on',
      pointsOf([1000, 2000, 2000, 2000], [500, 1500, 6000, 41_234]),
      'One network of 1,000 steps: the CPU is 2.0 × faster. From 16 networks at once on, the GPU is ahead; ' +
        'at 64 it trains 41,000 networks a second, 20.6 × the CPU on 2 cores.',
    ],
    [
      'the GPU ahead throughout',
      pointsOf([1000, 2000, 2000, 2000], [1500, 6000, 24_000, 20_000]),
      'One network of 1,000 steps: the GPU is 1.5 × faster. It stays ahead up to 64 at once; ' +
        'at 16 it trains 24,000 networks a second, 12.0 × the CPU on 2 cores.',
    ],
    [
      'the CPU ahead throughout',
      pointsOf([1000, 2000, 2000, 2000], [10, 40, 160, 500]),
      'One network of 1,000 steps: the CPU is 100 × faster. The GPU is not ahead at any number up to 64: ' +
        'at best, at 64, it trains 500 networks a second, 0.25 × the CPU on 2 cores.',
    ],
    [
      'the GPU ahead in the middle only',
      pointsOf([1000, 2000, 2000, 2000], [500, 3000, 4000, 1000]),
      'One network of 1,000 steps: the CPU is 2.0 × faster. The GPU is ahead only with 4 and 16 at once; ' +
        'at 16 it trains 4,000 networks a second, 2.0 × the CPU on 2 cores.',
    ],
    [
      'as fast as each other with one network',
      pointsOf([1000, 2000], [1010, 5000]),
      'One network of 1,000 steps: the CPU and the GPU are as fast as each other. ' +
        'From 4 networks at once on, the GPU is ahead; at 4 it trains 5,000 networks a second, 2.5 × the CPU on 2 cores.',
    ],
    [
      'one pair so far',
      pointsOf([1000, 2000], [500]),
      'One network of 1,000 steps: the CPU is 2.0 × faster.',
    ],
    ['nothing that can be compared', pointsOf([1000], []), ''],
    ['nothing timed', [], ''],
    [
      'no GPU',
      pointsOf([1000, 1900, 1800], ['There is no WebGPU here.', 'There is no WebGPU here.']),
      'Timed on the CPU alone, up to 1,900 networks a second on 2 cores. There is no WebGPU here.',
    ],
  ])('%s', (_, points, sentence) => {
    expect(populationSentence(points, 'GPU').replaceAll('\u00a0', ' ')).toBe(sentence);
  });

  it('names a software adapter as it is named elsewhere', () => {
    const points = pointsOf([1000, 2000], [500, 6000]);
    expect(populationSentence(points, 'WebGPU (software)')).toContain(
      'on, the WebGPU (software) path is ahead',
    );
  });

  it('leaves out a number that the GPU refuses', () => {
    const points = pointsOf([1000, 2000, 2000], [500, 'too many', 6000]);
    expect(populationPairs(points).map(({ networkCount }) => networkCount)).toEqual([1, 16]);
    expect(populationSentence(points, 'GPU')).toContain('From 16 networks at once on, the GPU is ahead');
  });
});
