import {
  answerColumns,
  answersToRow,
  appendColumns,
  certify,
  datasetDigest,
  InputError,
  modelOf,
  predictTable,
  readModel,
  readTable,
  requireOneNetwork,
  TrainingSession,
  writeCertificate,
  writeModel,
  type Answer,
  type Backend,
  type Checkpoint,
  type ColumnPlan,
  type DatasetOptions,
  type ExportFormat,
  type Model,
  type Plan,
  type Table,
  type TrainingJob,
} from '../index.ts';
import { exportModel, offerCertificate, offerExports, type ExportOffer } from './model-exports.ts';
import { sheetOf, type ModelSheet } from './model-sheet.ts';
import { watchOn, type HeldRun, type RunKeeper } from './run-keeper.ts';
import type { TableKeeper } from './table-keeper.ts';

/** Which trained network: that of a run as it stands, or one opened from a file or made of a sweep. */
export type ModelSource = { readonly run: number; readonly name: string } | { readonly file: number };

/** A file of rows with what the network says of them. */
export interface PredictedTable {
  readonly rowCount: number;
  /** Of the first rows. */
  readonly answers: readonly (readonly Answer[])[];
  /** Not in the training table, and ignored. */
  readonly extraColumns: readonly string[];
  readonly filledCellCount: number;
  readonly unseenCells: readonly (readonly [column: string, count: number])[];
  readonly incompleteCount: number;
  /** The table with its predictions, as CSV. */
  readonly csv: Blob;
}

/** A run as it can be kept on the device: bytes and numbers. */
export interface KeptState {
  readonly model: Uint8Array<ArrayBuffer>;
  readonly step: number;
  readonly watch: Checkpoint['watch'];
}

/** Where and on what a run goes on. */
export interface RestoreRequest {
  readonly backend: Backend['name'];
  /** Its job, as it was; the model's if left out. */
  readonly job?: TrainingJob;
  /** The open table, and how it was understood. */
  readonly tableId: number;
  readonly plans: readonly ColumnPlan[];
  readonly options: DatasetOptions;
  readonly patience?: number;
}

/** What an opened model says of how to train on. */
export interface Continuation {
  readonly job: TrainingJob;
  readonly step: number;
  readonly plans: readonly ColumnPlan[];
  readonly options: DatasetOptions;
}

/** Rows of answers the page shows of a file. */
const SHOWN_ROWS = 8;

/** Trained networks: predicts with them, writes and reads them. */
export class ModelService {
  readonly #tables: TableKeeper;
  readonly #runs: RunKeeper;
  readonly #files = new Map<number, Model>();
  #nextFile = 1;
  /** Of each run, as long as its result is the same. */
  readonly #models = new WeakMap<HeldRun, { readonly result: unknown; readonly model: Model }>();

  constructor(tables: TableKeeper, runs: RunKeeper) {
    this.#tables = tables;
    this.#runs = runs;
  }

  /**
   * Reads a model file and keeps it.
   *
   * @returns its number
   * @throws InputError that says what is wrong with the file
   */
  async open(file: Blob): Promise<number> {
    return this.add(readModel(await file.arrayBuffer()));
  }

  /** Keeps a model as if it came from a file. @returns its number */
  add(model: Model): number {
    const id = this.#nextFile++;
    this.#files.set(id, model);
    return id;
  }

  close(id: number): void {
    this.#files.delete(id);
  }

  async describe(source: ModelSource): Promise<ModelSheet> {
    const model = await this.#model(source);
    return sheetOf(model, this.#tables.opened?.table);
  }

  /**
   * What the network answers to one row.
   *
   * @param cells one text per input column, empty where the value is missing
   * @param threshold from which probability on a binary output counts as 1
   * @throws InputError if a cell cannot be used
   */
  async predictRow(source: ModelSource, cells: readonly string[], threshold: number): Promise<Answer[]> {
    const model = await this.#model(source);
    const names = model.encoding.inputs.map(({ column }) => column);
    const predictions = predictTable(model, await readTable(csvOf(names, cells), ROW_OPTIONS));
    return answersToRow(model, predictions, 0, threshold);
  }

  /**
   * Predicts every row of a file, or of the open table.
   *
   * @throws InputError that names the columns the table lacks, or the cell that cannot be used
   */
  async predictFile(source: ModelSource, file: Blob | undefined): Promise<PredictedTable> {
    const model = await this.#model(source);
    const { opened } = this.#tables;
    if (!file && !opened) throw new InputError('No table is open. Open one, or choose a file of rows.');
    const content = file ?? opened?.content ?? '';
    const table: Table =
      file || !opened
        ? await readTable(content, { leastColumns: 1, usual: model.table.format })
        : opened.table;
    const predictions = predictTable(model, table);
    const { rowCount, extraColumns, filledCellCount, unseenCells, incompleteCount } = predictions;
    const answers = Array.from({ length: Math.min(rowCount, SHOWN_ROWS) }, (_, row) =>
      answersToRow(model, predictions, row),
    );
    const columns = answerColumns(model, predictions);
    const csv = await appendColumns(content, columns, { format: table.format, leastColumns: 1 });
    return {
      rowCount,
      answers,
      extraColumns,
      filledCellCount,
      unseenCells: [...unseenCells],
      incompleteCount,
      csv,
    };
  }

  /** Every format, with its size and what it reveals. */
  async offers(source: ModelSource): Promise<ExportOffer[]> {
    const model = await this.#model(source);
    if (!('run' in source)) return offerExports(model);
    const { session } = this.#runs.require(source.run);
    const problem = session.isContinued
      ? 'Only a run from its first step can be certified, and this one went on from a file or from what was kept.'
      : undefined;
    return [...offerExports(model), offerCertificate(model, problem)];
  }

  /** @throws InputError where the format cannot hold this model, or the run was stopped before its end */
  async export(source: ModelSource, format: ExportFormat): Promise<Blob> {
    if (format !== 'certificate') return exportModel(await this.#model(source), format);
    if (!('run' in source)) throw new Error('a certificate is of a run');
    const run = this.#runs.require(source.run);
    const { job, prepared, watching } = run;
    const certificate = await certify({
      job,
      dataset: prepared.dataset,
      source: { ...prepared.source, name: source.name },
      patience: watching?.validation?.patience,
      result: await this.#runs.resultOf(run),
    });
    return new Blob([await writeCertificate(certificate)], { type: 'application/json' });
  }

  /**
   * A run as it stands, to be kept; may be asked while it trains.
   *
   * @returns undefined where there is nothing to keep now: it diverged, or its best parameters are of a later step
   */
  async keep(id: number, name: string): Promise<KeptState | undefined> {
    const run = this.#runs.require(id);
    const { watch } = await run.session.checkpoint();
    const model = await this.#modelOfRun(run, name);
    const { snapshot, losses } = model;
    const keepsBest = run.watching?.validation?.patience !== undefined;
    if (keepsBest && run.isTraining && watch && watch.steps.length > 0 && !watch.bestSnapshot)
      return undefined;
    if (!losses.every(Number.isFinite) || !snapshot.parameters.every(Number.isFinite)) return undefined;
    return { model: writeModel(model), step: snapshot.step, watch };
  }

  /**
   * A run again, where it was kept: on its plan where the backend has it.
   *
   * @returns the run's number
   * @throws InputError if the table is not the one it was trained on, RefusalError if the backend cannot run it
   */
  restore({ model: bytes, watch }: KeptState, request: RestoreRequest): Promise<number> {
    return this.#goOn(readModel(bytes), watch, request);
  }

  /** How a model from a file was trained, so that the page can be set to go on with it. */
  continuationOf(file: number): Continuation {
    const model = this.#file(file);
    requireOneNetwork(model);
    const { job, snapshot, table } = model;
    return { job, step: snapshot.step, plans: table.columns, options: table.options };
  }

  /** Goes on from a model file. @throws as `restore` */
  continueFile(file: number, request: RestoreRequest): Promise<number> {
    return this.#goOn(this.#file(file), undefined, request);
  }

  /** Whether the open table is the one that a model file was trained on. */
  async isTrainedOn(file: number): Promise<boolean> {
    const { table: trained } = this.#file(file);
    const { opened } = this.#tables;
    if (!opened || opened.table.rowCount !== trained.rowCount) return false;
    const names = new Set(opened.table.columnNames);
    const used = trained.columns.filter(({ role }) => role === 'input' || role === 'target');
    if (!used.every(({ name }) => names.has(name))) return false;
    try {
      const { dataset } = this.#tables.prepare(opened.id, trained.columns, trained.options);
      return (await datasetDigest(dataset)) === trained.digest;
    } catch (error) {
      if (error instanceof InputError) return false;
      throw error;
    }
  }

  async #goOn(model: Model, watch: Checkpoint['watch'], request: RestoreRequest): Promise<number> {
    requireOneNetwork(model);
    const { backend, tableId, plans, options, patience, job = model.job } = request;
    const prepared = this.#tables.prepare(tableId, plans, options);
    const { dataset } = prepared;
    if ((await datasetDigest(dataset)) !== model.table.digest) {
      throw new InputError(
        `The open table is not the one this network was trained on (${model.table.name}). Open that one to train on.`,
      );
    }
    const snapshot = { ...model.snapshot, steps: job.steps };
    const watching = watchOn(dataset.validation, patience);
    const plan = planFor(backend, snapshot.plan);
    const session = await TrainingSession.open(backend, job, dataset.training, {
      from: { snapshot, losses: model.losses, watch },
      ...(plan && { plan }),
      ...watching,
    });
    return this.#runs.add(session, prepared, watching);
  }

  async #model(source: ModelSource): Promise<Model> {
    if ('file' in source) return this.#file(source.file);
    return this.#modelOfRun(this.#runs.require(source.run), source.name);
  }

  /** Of a run that stands still, made once. */
  async #modelOfRun(run: HeldRun, name: string): Promise<Model> {
    const known = this.#models.get(run);
    const { result } = run;
    if (known && result && known.result === result) return known.model;
    const model = await modelOf(run.session, run.prepared.dataset, { ...run.prepared.source, name });
    if (result && run.result === result) this.#models.set(run, { result, model });
    return model;
  }

  #file(id: number): Model {
    const model = this.#files.get(id);
    if (!model) throw new Error(`there is no model ${id}`);
    return model;
  }
}

/** A plan of the other backend is of no use; the backend then chooses its own. */
function planFor(backend: Backend['name'], plan: Plan): Plan | undefined {
  return (plan.strategy === 'reference') === (backend === 'cpu') ? plan : undefined;
}

const ROW_OPTIONS = {
  leastColumns: 1,
  format: { delimiter: ',', decimal: '.', hasHeader: true },
} as const;

/** How a cell without a value is written: a line of nothing but empty cells would be none. */
const MISSING = 'NA';

/** A table of one row. */
function csvOf(names: readonly string[], cells: readonly string[]): string {
  const row = cells.map((cell) => (cell.trim() === '' ? MISSING : cell));
  return [names, row]
    .map((line) => line.map((text) => `"${text.replaceAll('"', '""')}"`).join(','))
    .join('\n');
}
