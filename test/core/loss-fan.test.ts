import { expect, it } from 'vitest';
import { lossFan, standingFan } from '../../src/core/loss-fan.ts';
import { GrowingRecord } from '../../src/core/network-record.ts';
import { lossSteps } from '../../src/core/population.ts';

const steps = lossSteps({ steps: 21, lossStride: 5 });

function recordOf(losses: readonly number[], divergedAt?: number): GrowingRecord {
  const record = new GrowingRecord(steps.length);
  record.putLosses(0, Float64Array.from(losses));
  record.divergedAt = divergedAt;
  return record;
}

it('has the quartiles of the networks that have come so far', () => {
  const records = [
    recordOf([9, 5, 4, 3, 2]),
    recordOf([8, 3, 2]),
    recordOf([10, 4, 3, 2, 1]),
    recordOf([7, 6, 5, 4, 3]),
    recordOf([11, 7, 6, 5]),
  ];
  expect(lossFan(steps, records)).toEqual({
    steps: [0, 5, 10, 15, 20],
    lower: [8, 4, 3, 2.75, 1.5],
    median: [9, 5, 4, 3.5, 2],
    upper: [10, 6, 5, 4.25, 2.5],
    networkCounts: [5, 5, 5, 4, 3],
  });
  // What was sorted is not what the records hold.
  expect([...records[0].losses]).toEqual([9, 5, 4, 3, 2]);
});

it('counts a network that diverged as infinite, wherever its losses end', () => {
  const records = [
    recordOf([1, 1, 1, 1, 1]),
    recordOf([2, 2, 2, 2, 2]),
    recordOf([3, Number.NaN], 5),
    recordOf([4, 4, Infinity, Number.NaN, Number.NaN], 10),
  ];
  expect(lossFan(steps, records)).toEqual({
    steps: [0, 5, 10, 15, 20],
    lower: [1.75, 1.75, 1.75, 1.75, 1.75],
    median: [2.5, 3, Infinity, Infinity, Infinity],
    upper: [3.25, Infinity, Infinity, Infinity, Infinity],
    networkCounts: [4, 4, 4, 4, 4],
  });
});

it('counts a network that ended early on with its last loss', () => {
  const early = recordOf([3, 1]);
  early.isOver = true;
  const fan = lossFan(steps, [early, recordOf([5, 3, 3, 3, 3])]);
  expect(fan).toMatchObject({ median: [4, 2, 2, 2, 2], networkCounts: [2, 2, 2, 2, 2] });
});

it('takes every n-th point, and the last', () => {
  const records = [recordOf([5, 4, 3, 2, 1])];
  expect(lossFan(steps, records, 3).steps).toEqual([0, 15, 20]);
  expect(lossFan(steps, records, 2).steps).toEqual([0, 10, 20]);
  expect(lossFan(steps, [recordOf([5])], 3).steps).toEqual([0]);
  expect(lossFan(steps, [], 3).steps).toEqual([]);
});

it('is of the networks that are over, though others have begun', () => {
  const over = [recordOf([9, 5, 4, 3, 2]), recordOf([8, 3, 2, 1, 0]), recordOf([7, Number.NaN], 5)];
  for (const record of over) record.isOver = true;
  const begun = [recordOf([1, 1, 1]), recordOf([2])];
  expect(standingFan(steps, [begun[0], over[0], over[1], begun[1], over[2]])).toEqual(lossFan(steps, over));
});

it('is of those that have begun while none is over, as far as all of them have come', () => {
  const fan = standingFan(steps, [recordOf([]), recordOf([4, 3, 2, 1]), recordOf([6, 5])]);
  expect(fan).toMatchObject({ steps: [0, 5], median: [5, 4], networkCounts: [2, 2] });
  expect(standingFan(steps, [recordOf([])]).steps).toEqual([]);
});
