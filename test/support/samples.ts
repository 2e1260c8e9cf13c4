import {
  inferColumns,
  prepareDataset,
  readTable,
  samples,
  usualOptions,
  type ColumnPlan,
  type Dataset,
  type DatasetOptions,
  type SampleId,
  type Table,
} from '../../src/index.ts';

/** A table that comes with handgrad, as it is usually taken. */
export async function openSample(id: SampleId): Promise<{
  readonly table: Table;
  readonly plans: readonly ColumnPlan[];
  readonly options: DatasetOptions;
}> {
  const sample = samples.find((each) => each.id === id);
  if (!sample) throw new Error(`no sample ${id}`);
  const table = await readTable(await sample.load());
  const plans = inferColumns(table, { targets: sample.targets });
  return { table, plans, options: usualOptions(table.rowCount, sample) };
}

export async function irisDataset(): Promise<Dataset> {
  const { table, plans, options } = await openSample('iris');
  return prepareDataset(table, plans, options);
}
