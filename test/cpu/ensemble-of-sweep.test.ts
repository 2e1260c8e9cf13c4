import { describe, expect, it } from 'vitest';
import {
  ensembleOfSweep,
  ensemblePlaces,
  evaluateTable,
  inferColumns,
  membersOf,
  prepareDataset,
  readModel,
  readSweepAxis,
  readTable,
  suggestedSettings,
  trainSweep,
  usualOptions,
  writeModel,
  type SourceTable,
  type SweepResult,
  type SweepSettings,
} from '../../src/index.ts';
import { mixedTable } from '../support/models.ts';

const csv = mixedTable('class', 60);
const table = await readTable(csv);
const options = { ...usualOptions(table.rowCount), validation: 0.2 };
const columns = inferColumns(table);
const dataset = prepareDataset(table, columns, options);
const source: SourceTable = {
  name: 'mixed.csv',
  format: table.format,
  columns,
  options,
  rowCount: table.rowCount,
};

const base = { ...suggestedSettings('classification', 48), optimizer: 'sgd' as const, steps: 40 };

async function sweepOf(axes: SweepSettings['axes'], patience?: number): Promise<SweepResult> {
  const settings = { base, axes, search: { kind: 'grid' } } as const;
  return trainSweep('cpu', settings, dataset, { ...(patience !== undefined && { patience }) });
}

const seeds = readSweepAxis('seed', '1..4');
const shapes = await sweepOf([readSweepAxis('hidden', '3/5'), seeds]);

describe('the ensemble of a sweep', () => {
  it('is of the best networks, of the shape of the best one, in their order', async () => {
    const { sweep, records, ranking } = shapes;
    const [best] = ranking;
    const shapeOf = (place: number) => sweep.networks[place].settings.hidden;
    const places = ranking.filter((place) => shapeOf(place) === shapeOf(best));
    expect(places).toHaveLength(4);
    expect(ensemblePlaces(shapes)).toEqual(places);
    const model = await ensembleOfSweep(shapes, 3, dataset, source);
    expect(membersOf(model)).toEqual(places.slice(0, 3).map((place) => records[place].parameters));
    expect(model.job.networks.map(({ seed }) => seed)).toEqual(
      places.slice(0, 3).map((place) => sweep.networks[place].settings.seed),
    );
    expect(model).toMatchObject({ adapter: null, snapshot: { plan: { strategy: 'reference' } } });
    const read = readModel(writeModel(model));
    expect(evaluateTable(read, table)).toEqual(evaluateTable(model, table));
  });

  it('is of all of them where there are fewer', async () => {
    const model = await ensembleOfSweep(shapes, 10, dataset, source);
    expect(model.job.networks).toHaveLength(4);
  });

  it('leaves out what diverged, and what is not over', async () => {
    const { records, ...rest } = shapes;
    const [first, second, third, fourth] = ensemblePlaces(shapes);
    const damaged = records.map((record, place) => {
      if (place === second) return { ...record, divergedAt: 7 };
      return place === third ? { ...record, isOver: false, parameters: undefined } : record;
    });
    const model = await ensembleOfSweep({ ...rest, records: damaged }, 10, dataset, source);
    expect(membersOf(model)).toEqual([first, fourth].map((place) => records[place].parameters));
  });

  it('takes no copy of a network', async () => {
    // One name for both layers is that name twice: every seed is there two times.
    const layers = { ...base, hidden: [3, 2] };
    const axes = [readSweepAxis('activations', 'tanh/tanh,tanh'), seeds];
    const twice = await trainSweep('cpu', { base: layers, axes, search: { kind: 'grid' } }, dataset);
    expect(twice.ranking).toHaveLength(8);
    expect(twice.sweep.populations).toHaveLength(1);
    const seedOf = (place: number) => twice.sweep.networks[place].settings.seed;
    const best = [...new Set(twice.ranking.map(seedOf))];
    expect(ensemblePlaces(twice).map(seedOf)).toEqual(best);
    const model = await ensembleOfSweep(twice, 8, dataset, source);
    expect(model.job.networks.map(({ seed }) => seed)).toEqual(best);
  });

  it('holds what is kept of members that stopped early', async () => {
    const early = await sweepOf([readSweepAxis('learningRate', '0.3/0.5'), seeds], 1);
    const { records } = early;
    expect(records.some(({ step }) => step < base.steps)).toBe(true);
    const model = await ensembleOfSweep(early, 5, dataset, source);
    expect(membersOf(model)).toEqual(
      ensemblePlaces(early)
        .slice(0, 5)
        .map((place) => records[place].parameters),
    );
    expect(readModel(writeModel(model)).snapshot.parameters).toEqual(model.snapshot.parameters);
  });

  it('is refused below two networks, with what to do', async () => {
    const { records, ...rest } = shapes;
    const [first] = ensemblePlaces(shapes);
    const one = records.map((record, place) => (place === first ? record : { ...record, divergedAt: 3 }));
    const none = records.map((record) => ({ ...record, divergedAt: 3 }));
    await expect(ensembleOfSweep({ ...rest, records: one }, 10, dataset, source)).rejects.toThrow(
      /share layers and optimizer with the best one; of this sweep there is 1\. Sweep more seeds/,
    );
    expect(ensemblePlaces({ ...rest, records: none })).toEqual([]);
    await expect(ensembleOfSweep({ ...rest, records: none }, 10, dataset, source)).rejects.toThrow('are 0.');
    await expect(ensembleOfSweep(shapes, 1, dataset, source)).rejects.toThrow(
      'An ensemble takes 2 to 4,096 networks, not 1.',
    );
  });
});
