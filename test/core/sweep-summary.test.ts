import { describe, expect, it } from 'vitest';
import { readTable } from '../../src/data/csv.ts';
import { cellText } from '../../src/data/column.ts';
import { suggestedSettings } from '../../src/core/job-settings.ts';
import type { NetworkRecord } from '../../src/core/network-record.ts';
import { quantile } from '../../src/core/quantile.ts';
import { sweepCsv } from '../../src/core/sweep-csv.ts';
import { readSweepAxis } from '../../src/core/sweep-settings.ts';
import { hasFailed, sweepGroups } from '../../src/core/sweep-summary.ts';
import { expandSweep } from '../../src/core/sweep.ts';

const CONSTANT_LOSS = 1;

const sweep = expandSweep(
  {
    base: suggestedSettings('regression', 10),
    axes: [
      readSweepAxis('hidden', '2/16,8'),
      readSweepAxis('optimizer', 'sgd/momentum'),
      readSweepAxis('momentum', '0.5/0.9'),
      readSweepAxis('seed', '1..5'),
    ],
    search: { kind: 'grid' },
  },
  1,
);

function record(loss: number, { isOver = true, divergedAt }: Partial<NetworkRecord> = {}): NetworkRecord {
  return {
    step: 100,
    losses: Float64Array.of(2, loss),
    isOver,
    parameters: undefined,
    divergedAt,
    validationLoss: undefined,
    plan: { strategy: 'reference' },
  };
}

describe('a sweep summed up', () => {
  const losses = sweep.networks.map((_, place) => ((place * 7) % 11) / 8);
  const records = losses.map((loss) => record(loss));
  const groups = sweepGroups(sweep.networks, records, CONSTANT_LOSS);

  it('has a group for each combination but the seed, without what changes nothing', () => {
    expect(groups.map(({ values }) => values)).toEqual(
      [[2], [16, 8]].flatMap((hidden) => [
        { hidden, optimizer: 'sgd' },
        { hidden, optimizer: 'momentum', momentum: 0.5 },
        { hidden, optimizer: 'momentum', momentum: 0.9 },
      ]),
    );
    expect(groups.map(({ networkCount }) => networkCount)).toEqual(Array(6).fill(5));
  });

  it('has quartiles of the final losses, the best network, and how many failed', () => {
    groups.forEach((group, i) => {
      const own = losses.slice(5 * i, 5 * i + 5);
      const sorted = own.toSorted((a, b) => a - b);
      expect(group).toMatchObject({
        overCount: 5,
        lower: quantile(sorted, 0.25),
        median: sorted[2],
        upper: quantile(sorted, 0.75),
        best: 5 * i + own.indexOf(sorted[0]),
        bestLoss: sorted[0],
        failedCount: own.filter((loss) => loss >= CONSTANT_LOSS).length,
        divergedCount: 0,
      });
    });
    expect(groups.some(({ failedCount }) => failedCount > 0)).toBe(true);
  });

  it('leaves out those that diverged or are on their way, wherever they stand', () => {
    const some = [
      record(0.3),
      record(5, { divergedAt: 40 }),
      record(0.1, { isOver: false }),
      record(1),
      record(0.5),
    ];
    const [first, second] = sweepGroups(sweep.networks, some.concat(records.slice(5)), CONSTANT_LOSS);
    expect(first).toMatchObject({ networkCount: 5, overCount: 4, divergedCount: 1, failedCount: 2 });
    expect(first).toMatchObject({ lower: 0.4, median: 0.5, upper: 0.75, best: 0 });
    expect(second).toEqual(groups[1]);
    expect(some.map((each) => hasFailed(each, CONSTANT_LOSS))).toEqual([false, true, false, true, false]);
  });

  it('goes by the validation loss where there is one, as the ranking does; what fails by the training loss', () => {
    const validated = records.map((each, place) => ({ ...each, validationLoss: (place * 3) % 13 }));
    sweepGroups(sweep.networks, validated, CONSTANT_LOSS).forEach((group, i) => {
      const own = validated.slice(5 * i, 5 * i + 5).map(({ validationLoss }) => validationLoss);
      const sorted = own.toSorted((a, b) => a - b);
      expect(group).toMatchObject({
        lower: sorted[1],
        median: sorted[2],
        upper: sorted[3],
        best: 5 * i + own.indexOf(sorted[0]),
        bestLoss: sorted[0],
        failedCount: groups[i].failedCount,
      });
    });
  });

  it('says nothing where nothing is left', () => {
    const none = sweep.networks.map(() => record(5, { divergedAt: 3 }));
    const [group] = sweepGroups(sweep.networks, none, CONSTANT_LOSS);
    expect(group).toMatchObject({ divergedCount: 5, failedCount: 5, median: undefined, best: undefined });
    const [waiting] = sweepGroups(
      sweep.networks,
      none.map((each) => ({ ...each, isOver: false })),
      CONSTANT_LOSS,
    );
    expect(waiting).toMatchObject({ overCount: 0, failedCount: 0, divergedCount: 0, best: undefined });
  });

  it('is written as CSV, the best first, those that diverged behind, the rest last', async () => {
    const some = [
      record(0.9, { isOver: false }),
      record(5, { divergedAt: 40 }),
      ...records.slice(2).map((each) => ({ ...each, validationLoss: 0.25 + each.losses[1] })),
    ];
    const table = await readTable(sweepCsv(sweep, some, CONSTANT_LOSS));
    const column = (name: string) => {
      const found = table.columns[table.columnNames.indexOf(name)];
      return Array.from({ length: table.rowCount }, (_, row) => cellText(found, row));
    };
    expect(table.columnNames.slice(0, 6)).toEqual([
      'rank',
      'network',
      'hidden layers',
      'optimizer',
      'momentum',
      'seed',
    ]);
    const places = column('network').map((text) => Number(text) - 1);
    expect(places.slice(-2)).toEqual([1, 0]);
    expect(column('rank').slice(-2)).toEqual([String(sweep.networks.length - 1), '']);
    expect(column('final loss').slice(-2)).toEqual(['', '']);
    const ranked = column('validation loss').slice(0, -2).map(Number);
    expect(ranked).toEqual(ranked.toSorted((a, b) => a - b));
    expect(ranked).toEqual(places.slice(0, -2).map((place) => some[place].validationLoss));
    expect(new Set(column('hidden layers'))).toEqual(new Set(['2', '16,8']));
    expect(new Set(column('momentum'))).toEqual(new Set(['', '0.5', '0.9']));
  });
});
