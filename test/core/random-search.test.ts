import { describe, expect, it } from 'vitest';
import { suggestedSettings } from '../../src/core/job-settings.ts';
import { MAX_SEED } from '../../src/core/numpy-random.ts';
import { expandSweep, type Sweep } from '../../src/core/sweep.ts';
import { readSweepAxis, type SweptName } from '../../src/core/sweep-settings.ts';

const base = { ...suggestedSettings('regression', 4), seed: 1 };

function draw(texts: Partial<Record<SweptName, string>>, count: number, seed = 1): Sweep {
  const axes = Object.entries(texts).map(([name, text]) => readSweepAxis(name as SweptName, text));
  return expandSweep({ base, axes, search: { kind: 'random', count, seed } }, 1);
}

const valuesOf = (sweep: Sweep) => sweep.networks.map(({ values }) => values);

describe('a random search', () => {
  const swept = {
    learningRate: '0.001..1:log',
    momentum: '0.2..0.8',
    seed: '5..9',
    optimizer: 'sgd/rmsprop',
  };

  it('is the same for the same seed, another for another', () => {
    expect(draw(swept, 50, 7)).toEqual(draw(swept, 50, 7));
    expect(valuesOf(draw(swept, 50, 8))).not.toEqual(valuesOf(draw(swept, 50, 7)));
    expect(valuesOf(draw(swept, 90, 7)).slice(0, 50)).toEqual(valuesOf(draw(swept, 50, 7)));
  });

  it('draws as numpy.random.rand does, one draw for each setting of a network', () => {
    // numpy.random.seed(0); numpy.random.rand(4)
    const draws = [0.5488135039273248, 0.7151893663724195, 0.6027633760716439, 0.5448831829968969];
    const sweep = draw({ weightDecay: '0..2', seed: '0..9' }, 2, 0);
    expect(valuesOf(sweep)).toEqual([
      { weightDecay: Number((2 * draws[0]).toPrecision(12)), seed: 7 },
      { weightDecay: Number((2 * draws[2]).toPrecision(12)), seed: 5 },
    ]);
  });

  it('draws within its ranges, whole seeds, in a log range as often in each decade', () => {
    const sweep = draw(swept, 3000, 1);
    const decades = [0, 0, 0];
    for (const { learningRate = NaN, momentum = 0.5, seed = NaN } of valuesOf(sweep)) {
      expect(learningRate).toBeGreaterThanOrEqual(0.001);
      expect(learningRate).toBeLessThanOrEqual(1);
      expect(momentum).toBeGreaterThanOrEqual(0.2);
      expect(momentum).toBeLessThanOrEqual(0.8);
      expect([5, 6, 7, 8, 9]).toContain(seed);
      decades[Math.min(2, Math.floor(Math.log10(learningRate) + 3))]++;
    }
    // Five standard deviations of a binomial count.
    for (const count of decades) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(3000 * (2 / 9)));
    expect(new Set(valuesOf(sweep).map(({ seed }) => seed)).size).toBe(5);
    expect(sweep.axes.map(({ name }) => name)).toEqual(['optimizer', 'learningRate', 'momentum', 'seed']);
    expect(sweep.populations.map(({ job }) => job.optimizer).toSorted()).toEqual(['rmsprop', 'sgd']);
  });

  it('reaches both ends of whole numbers as far as there are', () => {
    const seeds = valuesOf(draw({ seed: `0..${MAX_SEED}` }, 200)).map(({ seed = NaN }) => seed);
    expect(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed <= MAX_SEED)).toBe(true);
    expect(Math.max(...seeds)).toBeGreaterThan(0.9 * MAX_SEED);
  });
});
