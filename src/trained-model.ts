import { digestOf } from './exchange/digest.ts';
import { madeBy } from './exchange/made-by.ts';
import type { Model, TrainedTable } from './exchange/model.ts';
import type { Dataset } from './data/dataset.ts';
import type { TrainingSession } from './training-session.ts';

/** Of the table a session trains on, what its dataset does not know. */
export type SourceTable = Pick<TrainedTable, 'name' | 'format' | 'columns' | 'options' | 'rowCount'>;

/** Asked for at every save, and as slow as the table is large. */
const digests = new WeakMap<Dataset, Promise<string>>();

/** What tells the rows of a dataset from all others (`digestOf`), computed once. @throws RefusalError over plain http */
export function datasetDigest(dataset: Dataset): Promise<string> {
  const known = digests.get(dataset) ?? digestOf(dataset);
  digests.set(dataset, known);
  return known;
}

/** What a model says of the table it was trained on. @throws RefusalError as `datasetDigest` */
export async function aboutTable(
  dataset: Dataset,
  table: SourceTable,
): Promise<Pick<Model, 'madeBy' | 'encoding' | 'table'>> {
  const digest = await datasetDigest(dataset);
  return {
    madeBy,
    encoding: dataset.encoding,
    table: { ...table, trainingRows: dataset.rows.training, digest },
  };
}

/**
 * A run as it stands, to be kept, handed on, used elsewhere and gone on with (`SessionOptions.from`); may be asked
 * while it trains.
 *
 * @param dataset what the session trains on
 * @throws RefusalError where digests cannot be made: on a page that came over plain http
 */
export async function modelOf(
  session: TrainingSession,
  dataset: Dataset,
  table: SourceTable,
): Promise<Model> {
  const about = await aboutTable(dataset, table);
  const { snapshot, losses } = await session.checkpoint();
  return {
    ...about,
    job: session.job,
    adapter: session.adapter,
    snapshot,
    losses,
  };
}
