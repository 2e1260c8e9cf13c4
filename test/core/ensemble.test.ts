import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { combine, outputsOfMean } from '../../src/core/ensemble.ts';
import { lossNames, losses, meanLoss, predictionsOf, type Loss } from '../../src/core/losses.ts';

const RUNS = { numRuns: 500, seed: 11 };
const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
/** Two to six members of one to five entries each. */
const members = fc
  .tuple(fc.integer({ min: 2, max: 6 }), fc.integer({ min: 1, max: 5 }))
  .chain(([memberCount, length]) =>
    fc.array(
      fc.array(number, { minLength: length, maxLength: length }).map((values) => Float64Array.from(values)),
      { minLength: memberCount, maxLength: memberCount },
    ),
  );
const sizeOf = (all: readonly Float64Array[]) =>
  Math.max(1, ...all.flatMap((each) => Array.from(each, Math.abs)));

describe('mean and spread of the members of an ensemble', () => {
  it('are those of a small case', () => {
    const { mean, spread } = combine([
      Float64Array.of(1, 5),
      Float64Array.of(2, 5),
      Float64Array.of(6, 5),
      Float64Array.of(7, 5),
    ]);
    expect([...mean]).toEqual([4, 5]);
    // √((9 + 4 + 4 + 9) / 4), and not of 3.
    expect([...spread]).toEqual([Math.sqrt(6.5), 0]);
  });

  it('lie between the members, and the order of the members is of no matter', () => {
    fc.assert(
      fc.property(members, (all) => {
        const { mean, spread } = combine(all);
        const turned = combine(all.toReversed());
        const tolerance = 1e-13 * sizeOf(all);
        mean.forEach((value, i) => {
          const [least, most] = [
            Math.min(...all.map((each) => each[i])),
            Math.max(...all.map((each) => each[i])),
          ];
          expect(value).toBeGreaterThanOrEqual(least - tolerance);
          expect(value).toBeLessThanOrEqual(most + tolerance);
          // Popoviciu 1935: at most half of the range.
          expect(spread[i]).toBeLessThanOrEqual((most - least) / 2 + tolerance);
          expect(Math.abs(turned.mean[i] - value)).toBeLessThanOrEqual(tolerance);
          expect(Math.abs(turned.spread[i] - spread[i])).toBeLessThanOrEqual(tolerance);
        });
      }),
      RUNS,
    );
  });

  it('of members twice are those of the members, and of one number that number and 0', () => {
    fc.assert(
      fc.property(members, number, (all, same) => {
        const [once, twice] = [combine(all), combine([...all, ...all])];
        const tolerance = 1e-13 * sizeOf(all);
        once.mean.forEach((value, i) => {
          expect(Math.abs(twice.mean[i] - value)).toBeLessThanOrEqual(tolerance);
          expect(Math.abs(twice.spread[i] - once.spread[i])).toBeLessThanOrEqual(tolerance);
        });
        const equal = combine(all.map(() => Float64Array.of(same)));
        // + 0 makes 0 of −0.
        expect([equal.mean[0] + 0, equal.spread[0]]).toEqual([same + 0, 0]);
      }),
      RUNS,
    );
  });

  it('keep what tells numbers far from 0 apart', () => {
    const far = 1_700_000_000;
    const { mean, spread } = combine([0, 0.25, 0.5].map((part) => Float64Array.of(far + part)));
    expect(mean[0]).toBe(far + 0.25);
    expect(spread[0]).toBeCloseTo(Math.sqrt(0.125 / 3), 12);
  });

  it('show a member that says nothing', () => {
    const { mean, spread } = combine([Float64Array.of(1, 1), Float64Array.of(NaN, 2)]);
    expect([...mean]).toEqual([NaN, 1.5]);
    expect([...spread]).toEqual([NaN, 0.5]);
  });
});

describe('what a loss takes of an ensemble', () => {
  const logits = fc.array(
    fc.array(fc.double({ min: -30, max: 30, noNaN: true }), { minLength: 6, maxLength: 6 }),
    {
      minLength: 2,
      maxLength: 5,
    },
  );

  it.each(lossNames)('predicts the mean: %s', (name) => {
    fc.assert(
      fc.property(logits, (all) => {
        const outputs = all.map((each) => Float64Array.from(each));
        const { mean } = combine(outputs.map((each) => predictionsOf(name, each, 3)));
        const predicted = predictionsOf(name, outputsOfMean(name, outputs, 3), 3);
        predicted.forEach((value, i) => expect(Math.abs(value - mean[i])).toBeLessThan(1e-12));
      }),
      { numRuns: 200, seed: 12 },
    );
  });

  it.each(lossNames.filter((name) => (losses[name] as Loss).link !== undefined))(
    'is finite where every member is sure and wrong: %s',
    (name) => {
      const sure = Float64Array.of(2000, -3000, 0);
      const targets = Float64Array.of(0, 1, 0);
      const loss = meanLoss(name, outputsOfMean(name, [sure, sure.slice()], 3), targets, 3);
      expect(loss).toBe(meanLoss(name, sure, targets, 3));
      // One that knows better halves what the others are sure of: log 2 and hardly more.
      const other = Float64Array.of(-2000, 3000, 0);
      const better = meanLoss(name, outputsOfMean(name, [sure, other], 3), targets, 3);
      expect(better).toBeLessThan(1);
      expect(better).toBeGreaterThan(0.1);
    },
  );
});
