import { expect, test } from 'vitest';
import type { Snapshot } from '../../src/core/plan.ts';
import { SnapshotHistory } from '../../src/core/snapshot-history.ts';

function at(step: number, parameterCount = 3): Snapshot {
  const of = () => new Float64Array(parameterCount).fill(step);
  return {
    plan: { strategy: 'reference' },
    step,
    steps: 1e6,
    parameters: of(),
    lowParts: of(),
    optimizerState: of(),
  };
}

test('a long run keeps few snapshots, about evenly far apart, the first and the last among them', () => {
  const history = new SnapshotHistory(at(0));
  for (let step = 100; step <= 200_000; step += 100) history.add(at(step));
  const { steps } = history;
  expect(steps.length).toBe(128);
  expect(steps[0]).toBe(0);
  expect(steps.at(-1)).toBe(200_000);
  expect(history.last.step).toBe(200_000);
  const gaps = steps.slice(1).map((step, i) => step - steps[i]);
  expect(Math.max(...gaps)).toBeLessThanOrEqual(4 * (200_000 / 127));
});

test('snapshots of a large network are fewer: what all of them take is bounded', () => {
  const parameterCount = 2 ** 17;
  const history = new SnapshotHistory(at(0, parameterCount));
  for (let step = 1; step <= 40; step++) history.add(at(step, parameterCount));
  const bytes = history.steps.length * 3 * 8 * parameterCount;
  expect(bytes).toBeLessThanOrEqual(2 ** 25);
  expect(history.steps[0]).toBe(0);
  expect(history.steps.at(-1)).toBe(40);
});

test('of a network of any size the first and the last stay', () => {
  const history = new SnapshotHistory(at(0, 2 ** 21));
  history.add(at(1, 2 ** 21));
  history.add(at(2, 2 ** 21));
  expect(history.steps).toEqual([0, 2]);
});

test('what was kept of later steps goes when the run goes back', () => {
  const history = new SnapshotHistory(at(0));
  for (const step of [10, 20, 30, 15]) history.add(at(step));
  expect(history.steps).toEqual([0, 10, 15]);
  history.add(at(0));
  expect(history.steps).toEqual([0]);
  expect(history.last.step).toBe(0);
});

test('the one before a step is found, and one between others finds its place', () => {
  const history = new SnapshotHistory(at(5));
  history.add(at(10));
  history.add(at(20));
  history.insert(at(15));
  // There already, before the first, behind the last.
  for (const step of [15, 3, 5, 25]) history.insert(at(step));
  expect(history.steps).toEqual([5, 10, 15, 20]);
  expect(history.before(14).step).toBe(10);
  expect(history.before(15).step).toBe(15);
  expect(history.before(99).step).toBe(20);
  expect(history.before(0).step).toBe(5);
});
