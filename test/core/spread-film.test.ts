import { expect, it } from 'vitest';
import { MOST_MOMENTS, SpreadFilm } from '../../src/core/spread-film.ts';

const none = { rowCount: 1, trainedRowCount: 1, layers: [] };

function filmOf(steps: readonly number[]): SpreadFilm {
  const film = new SpreadFilm();
  for (const step of steps) film.add({ ...none, step });
  return film;
}

function stepsOf({ moments }: SpreadFilm): number[] {
  return moments.map(({ step }) => step);
}

it.each([1, 64, 65, 100, 1000, 12_345])(
  'keeps the first of %i moments, the last, and at most 64',
  (count) => {
    const steps = stepsOf(filmOf(Array.from({ length: count }, (_, i) => 10 * i)));
    expect(steps[0]).toBe(0);
    expect(steps.at(-1)).toBe(10 * (count - 1));
    expect(steps.length).toBeLessThanOrEqual(MOST_MOMENTS);
    expect(steps.length).toBeGreaterThan(Math.min(count, MOST_MOMENTS) / 2 - 1);
    // Evenly: no gap between two of those that stay is more than twice another.
    const gaps = steps.slice(1, -1).map((step, i) => step - steps[i]);
    if (gaps.length > 0) expect(Math.max(...gaps)).toBeLessThanOrEqual(2 * Math.min(...gaps));
  },
);

it('keeps all moments of a short run', () => {
  expect(stepsOf(filmOf([0, 1, 5, 6, 100]))).toEqual([0, 1, 5, 6, 100]);
});

it('a run that went back goes on from there', () => {
  expect(stepsOf(filmOf([0, 10, 20, 30, 15]))).toEqual([0, 10, 15]);
  expect(stepsOf(filmOf([0, 10, 20, 20]))).toEqual([0, 10, 20]);
  expect(stepsOf(filmOf([5, 10, 0]))).toEqual([0]);
});
