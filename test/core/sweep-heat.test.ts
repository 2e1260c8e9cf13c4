import { expect, it } from 'vitest';
import { suggestedSettings } from '../../src/core/job-settings.ts';
import type { NetworkRecord } from '../../src/core/network-record.ts';
import { sweepHeat } from '../../src/core/sweep-heat.ts';
import { readSweepAxis, type SweptName } from '../../src/core/sweep-settings.ts';
import { expandSweep, type SweepSearch } from '../../src/core/sweep.ts';

function sweepOf(texts: Partial<Record<SweptName, string>>, search: SweepSearch = { kind: 'grid' }) {
  const axes = Object.entries(texts).map(([name, text]) => readSweepAxis(name as SweptName, text));
  return expandSweep({ base: suggestedSettings('regression', 100), axes, search }, 1);
}

function recordWith(loss: number, rest: Partial<NetworkRecord> = {}): NetworkRecord {
  return {
    step: 1,
    losses: Float64Array.of(loss),
    isOver: true,
    parameters: undefined,
    divergedAt: undefined,
    validationLoss: undefined,
    plan: undefined,
    ...rest,
  };
}

it('takes the networks of two values together, whatever else differs', () => {
  const sweep = sweepOf({
    optimizer: 'sgd/momentum',
    learningRate: '0.1/0.01',
    momentum: '0/0.9',
    seed: '1..3',
  });
  const records = sweep.networks.map((_, place) => recordWith(place));
  const heat = sweepHeat(sweep, records, { columnName: 'learningRate', rowName: 'optimizer' }, 10);
  expect(heat.columns).toEqual(['0.1', '0.01']);
  expect(heat.rows).toEqual(['sgd', 'momentum']);
  // sgd has no momentum: 3 networks a learning rate, where the other has 6.
  expect(
    heat.cells.map(({ row, column, median, overCount, failedCount }) => [
      row,
      column,
      median,
      overCount,
      failedCount,
    ]),
  ).toEqual([
    [0, 0, 1, 3, 0],
    [0, 1, 4, 3, 0],
    [1, 0, 8.5, 6, 2],
    [1, 1, 14.5, 6, 6],
  ]);
  const ofMomentum = sweepHeat(sweep, records, { columnName: 'momentum', rowName: 'optimizer' }, 10);
  expect(ofMomentum.cells.map(({ row }) => row)).toEqual([1, 1]);
});

it('counts those that are over, and takes no median of those that diverged', () => {
  const sweep = sweepOf({ learningRate: '0.1/0.01', l1: '0/0.001' });
  const records = [
    recordWith(1),
    recordWith(1, { isOver: false }),
    recordWith(Number.NaN, { divergedAt: 0 }),
    recordWith(3),
  ];
  const { cells } = sweepHeat(sweep, records, { columnName: 'l1', rowName: 'learningRate' }, 2);
  expect(cells).toEqual([
    { row: 0, column: 0, median: 1, overCount: 1, failedCount: 0 },
    { row: 0, column: 1, median: undefined, overCount: 0, failedCount: 0 },
    { row: 1, column: 0, median: undefined, overCount: 1, failedCount: 1 },
    { row: 1, column: 1, median: 3, overCount: 1, failedCount: 1 },
  ]);
});

it('has the median of the validation loss where there is one', () => {
  const sweep = sweepOf({ learningRate: '0.1', l1: '0/0.001', seed: '1..3' });
  const records = sweep.networks.map((_, place) => recordWith(place, { validationLoss: 20 - place ** 2 }));
  const { cells } = sweepHeat(sweep, records, { columnName: 'l1', rowName: 'learningRate' }, 10);
  expect(cells.map(({ median }) => median)).toEqual([0, 1].map((l1) => medianAt(l1)));

  function medianAt(column: number): number {
    const places = sweep.networks.flatMap(({ values }, place) =>
      (values.l1 === 0) === (column === 0) ? [place] : [],
    );
    return 20 - places.toSorted((a, b) => a - b)[1] ** 2;
  }
});

it('shows a range that was drawn from in six parts', () => {
  const sweep = sweepOf(
    { learningRate: '0.000001..1:log', l1: '0..0.6' },
    { kind: 'random', count: 200, seed: 1 },
  );
  const records = sweep.networks.map(() => recordWith(1));
  const { columns, rows, cells } = sweepHeat(
    sweep,
    records,
    { columnName: 'learningRate', rowName: 'l1' },
    2,
  );
  expect(columns.slice(0, 2)).toEqual(['0.000001–0.00001', '0.00001–0.0001']);
  expect(rows.slice(4)).toEqual(['0.4–0.5', '0.5–0.6']);
  expect(cells.reduce((sum, { overCount }) => sum + overCount, 0)).toBe(200);
  for (const { column, row, overCount } of cells) {
    const own = sweep.networks.filter(({ values: { learningRate = 0, l1 = 0 } }) => {
      const exponent = Math.floor(Math.log10(learningRate)) + 6;
      return exponent === column && Math.floor(l1 / 0.1) === row;
    });
    expect(overCount).toBe(own.length);
  }
});

it('tells the parts of a narrow range apart', () => {
  const sweep = sweepOf({ learningRate: '0.1..0.103', l1: '0/1' }, { kind: 'random', count: 9, seed: 1 });
  const records = sweep.networks.map(() => recordWith(1));
  const { columns } = sweepHeat(sweep, records, { columnName: 'learningRate', rowName: 'l1' }, 2);
  expect(columns).toEqual([
    '0.1–0.1005',
    '0.1005–0.101',
    '0.101–0.1015',
    '0.1015–0.102',
    '0.102–0.1025',
    '0.1025–0.103',
  ]);
});

it('shows a long list in parts, each with the networks of all its values', () => {
  const sweep = sweepOf({ learningRate: '0.01..1:linear:100', l1: '0/1' });
  const records = sweep.networks.map((_, place) => recordWith(place));
  const { columns, cells } = sweepHeat(sweep, records, { columnName: 'learningRate', rowName: 'l1' }, 2);
  expect(columns).toHaveLength(25);
  expect([columns[0], columns[24]]).toEqual(['0.01–0.04', '0.97–1']);
  expect(cells).toHaveLength(50);
  // L1 varies fastest: the networks of 0.01 … 0.04 without it are 0, 2, 4 and 6.
  expect(cells[0]).toEqual({ row: 0, column: 0, median: 3, overCount: 4, failedCount: 3 });
});
