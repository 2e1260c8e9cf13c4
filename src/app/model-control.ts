import {
  InputError,
  looksLikeCertificate,
  looksLikeSafetensors,
  type Answer,
  type ExportFormat,
} from '../index.ts';
import type {
  ExportOffer,
  ModelSheet,
  ModelSource,
  PredictedTable,
  TrainingClient,
} from '../worker/client.ts';
import { count } from './format.ts';
import { textOfJob } from './job-text.ts';
import type { PageState } from './page-state.ts';
import { freshRun } from './run.ts';
import { saveFile } from './save-file.ts';
import { sentenceOf } from './sentences.ts';
import { sameJob } from './settings.ts';
import type { TableControl } from './table-control.ts';
import type { TrainingControl } from './training-control.ts';

/** Enough to know a model or a certificate by. */
const FIRST_BYTES = 200;
const CERTIFICATE = 'This is a certificate; handgrad verify repeats it, on the command line.';

/** Trained networks: opened, used, handed on, trained further. */
export class ModelControl {
  readonly #state: PageState;
  readonly #client: TrainingClient;
  readonly #tables: TableControl;
  readonly #training: TrainingControl;
  /** The table the opened model was last held against. */
  #heldAgainst: number | undefined;

  constructor(
    state: PageState,
    client: TrainingClient,
    { tables, training }: { readonly tables: TableControl; readonly training: TrainingControl },
  ) {
    this.#state = state;
    this.#client = client;
    this.#tables = tables;
    this.#training = training;
    state.subscribe((topic) => {
      const { model, table } = state;
      if (topic === 'change' && model && table && table.open.id !== this.#heldAgainst)
        void this.#holdAgainst();
    });
  }

  /** Opens a file that a person chose or dropped: a model if it begins as one, a table otherwise. */
  async openFile(file: File): Promise<void> {
    const kind = await kindOf(file);
    if (kind === 'model') await this.open(file);
    else if (kind === 'certificate') this.#state.update({ error: `${file.name}: ${CERTIFICATE}` });
    else await this.#tables.openFile(file);
  }

  /** Opens a model; what was opened before stays if this one cannot be read. */
  async open(file: File): Promise<void> {
    if (this.#state.isBroken) return;
    try {
      await this.take(file.name, () => this.#client.models.open(file));
    } catch (error) {
      this.#state.update({ error: `${file.name}: ${sentenceOf(error)}` });
    }
  }

  /**
   * Takes a model that the worker reads or makes in the place of the one before, which stays if that fails.
   *
   * @param make gives its number
   * @throws what `make` throws
   */
  async take(fileName: string, make: () => Promise<number>): Promise<void> {
    const id = await make();
    const sheet = await this.#client.models.describe({ file: id });
    this.close();
    this.#state.update({
      model: { id, fileName, sheet, isTrainedOnTable: undefined },
      error: undefined,
      notice: `Model opened: ${fileName}. It predicts ${sheet.targets.join(', ')}.`,
    });
  }

  close(): void {
    const { model } = this.#state;
    if (!model) return;
    void this.#client.models.close(model.id);
    this.#heldAgainst = undefined;
    this.#state.update({ model: undefined });
  }

  /** Trains the opened model further on the path that is chosen. @param more steps beyond where it stands */
  continue(more: number): void {
    const state = this.#state;
    const { model, path } = state;
    if (!model || !state.isIdle) return;
    this.#training.takeUp(async () => {
      const { job: before, step, plans, options } = await this.#client.models.continuationOf(model.id);
      const table = await this.#tables.understoodAs(plans, options);
      const job = { ...before, steps: step + more };
      const request = { backend: path, job, tableId: table.open.id, plans, options };
      const id = await this.#client.models.continueFile(model.id, request);
      // Only now: if it cannot go on, what was on the page is still there.
      for (const run of state.shownRuns) if (run.id !== undefined) void this.#client.closeRun(run.id);
      state.update({ runs: {}, comparisons: {}, isComparing: false });
      this.#tables.takeTable(table, textOfJob(job, options));
      // From here on the network is the run's; the file would only show an older one beside it.
      this.close();
      const report = await this.#client.report(id);
      state.update({ announcement: `Training goes on from step ${count(step)}.` });
      return {
        ...freshRun(path),
        id,
        // The settings are the run's own, unless they cannot say all of it.
        job: sameJob(job, state.job) ? state.job : job,
        table: state.table ?? table,
        patience: undefined,
        stepCount: report.steps,
        curve: report.curve,
        validation: report.validation,
        resumedFrom: report.steps,
      };
    }, Infinity);
  }

  describe(source: ModelSource): Promise<ModelSheet> {
    return this.#client.models.describe(source);
  }

  /** @throws InputError if a cell cannot be used */
  predictRow(source: ModelSource, cells: readonly string[]): Promise<Answer[]> {
    return this.#client.models.predictRow(source, cells, this.#state.threshold);
  }

  /** Predicts the rows of a file, or of the table on the page. @throws InputError that says what is wrong with it */
  async predictFile(source: ModelSource, file: File | undefined): Promise<PredictedTable> {
    const kind = file && (await kindOf(file));
    if (kind === 'certificate') throw new InputError(CERTIFICATE);
    if (kind === 'model') {
      throw new InputError(
        'This is a model and not a table of rows. Open it by dropping it beside this panel.',
      );
    }
    return this.#client.models.predictFile(source, file);
  }

  offers(source: ModelSource): Promise<ExportOffer[]> {
    return this.#client.models.offers(source);
  }

  /** Hands a model to the browser as a file. */
  async save(source: ModelSource, format: ExportFormat, fileName: string): Promise<void> {
    const state = this.#state;
    try {
      saveFile(await this.#client.models.export(source, format), fileName);
      state.update({ announcement: `Saved as ${fileName}.` });
    } catch (error) {
      state.update({ error: `${fileName}: ${sentenceOf(error)}` });
    }
  }

  /** Whether the opened model was trained on the table that is now on the page. */
  async #holdAgainst(): Promise<void> {
    const state = this.#state;
    const { model, table } = state;
    if (!model || !table) return;
    this.#heldAgainst = table.open.id;
    state.update({ model: { ...model, isTrainedOnTable: undefined } });
    try {
      const isTrainedOnTable = await this.#client.models.isTrainedOn(model.id);
      const { model: present } = state;
      if (present?.id === model.id) state.update({ model: { ...present, isTrainedOnTable } });
    } catch (error) {
      state.update({ error: sentenceOf(error) });
    }
  }
}

/** By its first bytes; a model by its name, too, so that what is wrong with it is said of a model. */
async function kindOf(file: File): Promise<'model' | 'certificate' | 'table'> {
  if (/\.safetensors$/i.test(file.name)) return 'model';
  try {
    const bytes = new Uint8Array(await file.slice(0, FIRST_BYTES).arrayBuffer());
    if (looksLikeSafetensors(bytes)) return 'model';
    return looksLikeCertificate(new TextDecoder().decode(bytes)) ? 'certificate' : 'table';
  } catch {
    // It cannot be read; whoever reads it as a table says so.
    return 'table';
  }
}
