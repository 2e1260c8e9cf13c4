import { describe, expect, it } from 'vitest';
import { drawMask, dropoutOf } from '../../src/core/dropout.ts';
import { matrix } from '../../src/core/matrix.ts';
import { notebookJob } from '../../src/core/notebook.ts';
import { closeness, report } from '../support/close.ts';

/** Of a mean of n independent draws, in standard deviations: beyond it by chance once in 1.7 million. */
const MOST_DEVIATIONS = 5;
const [ROWS, UNITS] = [300, 200];

interface Drawn {
  readonly seed?: number;
  readonly step?: number;
  readonly layer?: number;
}

const dropoutWith = (dropout: number, seed = 1) =>
  dropoutOf({ ...notebookJob, dropout, networks: [{ seed, learningRate: 0.05 }] });

/** 1 where a unit is kept, [ROWS, UNITS]. */
function keptUnits(rate: number, { seed = 1, step = 0, layer = 0 }: Drawn = {}): Uint8Array {
  const dropout = dropoutWith(rate, seed);
  if (!dropout) throw new Error('nothing is dropped');
  const mask = matrix(ROWS, UNITS);
  drawMask(dropout, { step, layer }, mask);
  expect([...new Set(mask.data)].toSorted((a, b) => a - b)).toEqual([0, 1 / (1 - rate)]);
  return Uint8Array.from(mask.data, (factor) => (factor === 0 ? 0 : 1));
}

describe('a dropout mask', () => {
  it('is none where nothing is dropped', () => {
    expect(dropoutOf(notebookJob)).toBeUndefined();
    expect(dropoutWith(0)).toBeUndefined();
  });

  it('holds a threshold of 32 bits, however near 1 the rate is', () => {
    expect(dropoutWith(0.5)).toEqual({ seed: 1, threshold: 2 ** 31, factor: 2 });
    expect(dropoutWith(1 - 1e-12)).toMatchObject({ threshold: 2 ** 32 - 1 });
    expect(dropoutWith(1e-12)).toMatchObject({ threshold: 0 });
  });

  it('is the same whenever it is drawn, and the same for fewer rows or units', () => {
    const [all, again] = [keptUnits(0.3), keptUnits(0.3)];
    expect(again).toEqual(all);
    const dropout = dropoutWith(0.3);
    const corner = matrix(7, 5);
    if (dropout) drawMask(dropout, { step: 0, layer: 0 }, corner);
    corner.data.forEach((factor, i) =>
      expect(factor > 0).toBe(all[Math.floor(i / 5) * UNITS + (i % 5)] === 1),
    );
  });

  it.each([0.05, 0.2, 0.5, 0.8, 0.99])('keeps the share it should: %f dropped', (rate) => {
    const shareOf = (kept: Uint8Array) => kept.reduce((sum, one) => sum + one, 0) / kept.length;
    const places = [{}, { step: 1 }, { layer: 1 }, { seed: 0 }, { seed: 4294967295, step: 33554431 }];
    const shares = places.map((place) => shareOf(keptUnits(rate, place)));
    const allowed = MOST_DEVIATIONS * Math.sqrt((rate * (1 - rate)) / (ROWS * UNITS));
    report(`share kept at ${rate}`, closeness(shares, Array(places.length).fill(1 - rate), allowed));
  });

  it('keeps every unit and every row as often as another', () => {
    const rate = 0.4;
    const kept = keptUnits(rate);
    const rowShares = Array.from(
      { length: ROWS },
      (_, row) => kept.subarray(row * UNITS, (row + 1) * UNITS).reduce((sum, one) => sum + one, 0) / UNITS,
    );
    const unitShares = Array.from(
      { length: UNITS },
      (_, unit) => kept.filter((_one, i) => i % UNITS === unit).reduce((sum, one) => sum + one, 0) / ROWS,
    );
    const allowed = (count: number) => MOST_DEVIATIONS * Math.sqrt((rate * (1 - rate)) / count);
    report('share of a row', closeness(rowShares, Array(ROWS).fill(1 - rate), allowed(UNITS)));
    report('share of a unit', closeness(unitShares, Array(UNITS).fill(1 - rate), allowed(ROWS)));
  });

  it.each([
    ['step', { step: 1 }],
    ['step far away', { step: 1_000_000 }],
    ['layer', { layer: 1 }],
    ['seed', { seed: 2 }],
    ['seed and step, exchanged', { seed: 0, step: 1 }],
  ] as const)('tells nothing of that of another %s', (_what, place) => {
    expectUncorrelated(keptUnits(0.5), keptUnits(0.5, place));
  });

  it.each([
    ['unit', 1],
    ['row', UNITS],
    ['row and unit', UNITS + 1],
  ])('tells nothing of the next %s', (_what, distance) => {
    const kept = keptUnits(0.5);
    expectUncorrelated(kept.subarray(distance), kept.subarray(0, -distance));
  });
});

/** The correlation of n independent pairs is one of n draws: its standard deviation is 1/√n. */
function expectUncorrelated(a: Uint8Array, b: Uint8Array): void {
  const signOf = (kept: number) => 2 * kept - 1;
  const correlation = a.reduce((sum, one, i) => sum + signOf(one) * signOf(b[i]), 0) / a.length;
  report('correlation', closeness([correlation], [0], MOST_DEVIATIONS / Math.sqrt(a.length)), BY_CHANCE);
}

const BY_CHANCE = 'a correlation lies anywhere below its bound';
