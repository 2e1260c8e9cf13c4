import {
  encodeInputs,
  planColumns,
  InputError,
  MOST_PREDICTED_ROWS,
  partNames,
  prepareDataset,
  previewRows,
  readTable,
  rowCountsOf,
  samples,
  summarizeColumns,
  usualOptions,
  type ColumnPlan,
  type ColumnSummary,
  type CsvFormat,
  type Dataset,
  type DatasetOptions,
  type PartName,
  type SampleId,
  type SourceTable,
  type Table,
  type Task,
} from '../index.ts';

/** Where a table comes from. */
export type TableSource = { readonly sample: SampleId } | { readonly text: string } | { readonly file: Blob };

/** A table as numbers, in numbers. */
interface PreparedTable {
  readonly task: Task;
  readonly inputCount: number;
  readonly outputCount: number;
  /** One per input, of the first ones. */
  readonly inputNames: readonly string[];
  /** One per output. */
  readonly outputNames: readonly string[];
  readonly classes: readonly string[] | undefined;
  readonly rowCounts: Readonly<Record<PartName | 'dropped', number>>;
  /** Missing input cells that something else stands in for. */
  readonly filledCellCount: number;
  /** The smallest and the largest target, scaled. */
  readonly targetRange: readonly [least: number, most: number];
}

/** What the page shows of a table: what crosses to it stays small, however large the table is. */
export interface OpenTable {
  /** Tells it from every table before. */
  readonly id: number;
  readonly rowCount: number;
  readonly format: CsvFormat;
  readonly notes: readonly string[];
  /** One per column, in the order of the file. */
  readonly plans: readonly ColumnPlan[];
  /** Of the first columns. */
  readonly summaries: readonly ColumnSummary[];
  /** The columns of the preview, by their place in the file. */
  readonly shown: readonly number[];
  /** The first rows as text, [rows][shown]; a missing cell is empty. */
  readonly preview: readonly (readonly string[])[];
  readonly options: DatasetOptions;
  /** Undefined where the table cannot be trained on as it is understood now. */
  readonly prepared: PreparedTable | undefined;
  /** Why it cannot, and what to do. */
  readonly problem: string | undefined;
}

/** The open table, and how it is understood. */
export interface TableRequest {
  /** Of the table that is meant. */
  readonly id: number;
  /** One per column. */
  readonly plans: readonly ColumnPlan[];
  readonly options: DatasetOptions;
}

/** A table as numbers, with what tells it from others. */
export interface KeptDataset {
  /** Of the same table, the same columns and options. */
  readonly key: string;
  readonly dataset: Dataset;
  /** What a model says of the table, but for its name. */
  readonly source: Omit<SourceTable, 'name'>;
  readonly predictable: PredictableRows;
}

/** The rows of the table a run's predictions are shown for, in the order of the file. */
export interface PredictableRows {
  /** Places in the table; rows that were left out are not among them. */
  readonly rows: Uint32Array;
  readonly parts: readonly PartName[];
  /** Encoded, row-major [rows, inputs]. */
  readonly inputs: Float64Array;
}

/** Columns the page shows rows of: inputs and what is no target, and targets. */
const PREVIEW_INPUTS = 16;
const PREVIEW_TARGETS = 8;
/** Inputs the page has names of. */
const MOST_NAMED_INPUTS = 1000;
/** Columns the page lists with what is in them. */
const MOST_SUMMARIES = 200;
/** How often reading reports, in milliseconds. */
const REPORT_EVERY_MS = 100;
const FIRST_REPORT_MS = 300;

/** Keeps one table, and what it last became for training. */
export class TableKeeper {
  #table: Table | undefined;
  #source: TableSource | undefined;
  #content: string | Blob | undefined;
  #reading = new AbortController();
  #tableCount = 0;
  #kept: KeptDataset | undefined;

  /**
   * Reads a table and keeps it, with the columns guessed; the table before stays if this one cannot be read. A reading that is still going on is given up.
   *
   * @throws InputError; an AbortError if another table is opened meanwhile, or after `cancel()`
   */
  async open(
    source: TableSource,
    format: Partial<CsvFormat>,
    onProgress: (share: number) => unknown,
  ): Promise<OpenTable> {
    this.#reading.abort();
    this.#reading = new AbortController();
    const { signal } = this.#reading;
    const sample = 'sample' in source ? samples.find(({ id }) => id === source.sample) : undefined;
    const text = 'file' in source ? source.file : 'text' in source ? source.text : await sample?.load();
    if (text === undefined) throw new InputError('There is no such sample.');
    // A small table is there before anybody could look.
    let reported = performance.now() + FIRST_REPORT_MS - REPORT_EVERY_MS;
    const table = await readTable(text, {
      signal,
      format,
      onProgress: (read, all) => {
        if (performance.now() - reported < REPORT_EVERY_MS) return;
        reported = performance.now();
        onProgress(all > 0 ? read / all : 1);
      },
    });
    signal.throwIfAborted();
    const plans = planColumns(table, { targets: sample?.targets ?? [] });
    // Only now: whatever was wrong above, the table before is still there.
    this.#table = table;
    this.#source = source;
    this.#content = text;
    this.#tableCount++;
    this.#kept = undefined;
    return this.choose(this.#tableCount, plans, usualOptions(table.rowCount, sample));
  }

  /** Reads the table again in another format. @throws as `open` */
  async reopen(format: Partial<CsvFormat>, onProgress: (share: number) => unknown): Promise<OpenTable> {
    if (!this.#source) throw new Error('open() comes first');
    return this.open(this.#source, format, onProgress);
  }

  /** Gives up what is being read. */
  cancel(): void {
    this.#reading.abort();
  }

  /** Takes the columns and what is made of them in another way; what cannot be trained on is a problem, not an error. */
  choose(id: number, plans: readonly ColumnPlan[], options: DatasetOptions): OpenTable {
    const table = this.#requireTable(id);
    let prepared: PreparedTable | undefined;
    let problem: string | undefined;
    try {
      prepared = describe(this.prepare(id, plans, options).dataset);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problem = error.message;
    }
    const shown = chooseShown(plans);
    const columns = shown.map((position) => table.columns[position]);
    return {
      id,
      rowCount: table.rowCount,
      format: table.format,
      notes: table.notes,
      plans,
      summaries: summarizeColumns(table, plans.slice(0, MOST_SUMMARIES)),
      shown,
      preview: previewRows({ ...table, columns }, MOST_PREDICTED_ROWS),
      options,
      prepared,
      problem,
    };
  }

  /** The table as numbers. @throws InputError if it cannot be trained on like this */
  prepare(id: number, plans: readonly ColumnPlan[], options: DatasetOptions): KeptDataset {
    const key = JSON.stringify([id, plans, options]);
    if (this.#kept?.key === key) return this.#kept;
    // First, so that the old one can be freed while the new one is made.
    this.#kept = undefined;
    const table = this.#requireTable(id);
    const dataset = prepareDataset(table, plans, options);
    const source = { format: table.format, columns: plans, options, rowCount: table.rowCount };
    this.#kept = { key, dataset, source, predictable: predictableRows(table, dataset) };
    return this.#kept;
  }

  /** The table that is open, with the text it was read from; undefined before one is. */
  get opened(): { readonly id: number; readonly table: Table; readonly content: string | Blob } | undefined {
    const [table, content] = [this.#table, this.#content];
    return table && content !== undefined ? { id: this.#tableCount, table, content } : undefined;
  }

  #requireTable(id: number): Table {
    if (this.#table && id === this.#tableCount) return this.#table;
    throw new InputError('Another table was opened meanwhile. Try again with the one on the page.');
  }
}

function describe(dataset: Dataset): PreparedTable {
  const { task, training, inputNames, outputNames, classes, filledCellCount } = dataset;
  let [least, most] = [Infinity, -Infinity];
  for (const target of training.targets) {
    if (target < least) least = target;
    if (target > most) most = target;
  }
  return {
    task,
    inputCount: training.inputCount,
    outputCount: training.outputCount,
    inputNames: inputNames.slice(0, MOST_NAMED_INPUTS),
    outputNames,
    classes,
    rowCounts: rowCountsOf(dataset),
    filledCellCount,
    targetRange: [least, most],
  };
}

/** Of a wide table, its first columns and its first targets. */
function chooseShown(plans: readonly ColumnPlan[]): number[] {
  const positionsOf = (isTarget: boolean) =>
    plans.flatMap(({ role }, position) => ((role === 'target') === isTarget ? [position] : []));
  return [
    ...positionsOf(false).slice(0, PREVIEW_INPUTS),
    ...positionsOf(true).slice(0, PREVIEW_TARGETS),
  ].toSorted((a, b) => a - b);
}

/** The first rows of the table that a dataset has, encoded as it encodes them. */
function predictableRows(table: Table, dataset: Dataset): PredictableRows {
  const partOf = new Map<number, PartName>();
  for (const part of partNames) {
    for (const row of dataset.rows[part]) {
      if (row >= MOST_PREDICTED_ROWS) break;
      partOf.set(row, part);
    }
  }
  const rows = Uint32Array.from(partOf.keys()).toSorted();
  const { inputs } = encodeInputs(table, dataset.encoding, rows);
  return { rows, inputs, parts: Array.from(rows, (row) => partOf.get(row) ?? 'training') };
}
