import { MAX_NETWORKS, type SweptName } from '../index.ts';
import {
  callback,
  type AssessmentReport,
  type SweepCurve,
  type SweepOrder,
  type SweepReport,
  type SweepRequest,
  type SweepRow,
  type SweepSheet,
  type TrainingClient,
} from '../worker/client.ts';
import { count, countOf } from './format.ts';
import type { GpuControl } from './gpu-control.ts';
import type { ModelControl } from './model-control.ts';
import type { PageState } from './page-state.ts';
import { hasSameSource, sameTable, type Path, type ShownTable } from './run.ts';
import { saveFile } from './save-file.ts';
import { sentenceOf } from './sentences.ts';
import { orNone, readWholeNumber } from './setting-readers.ts';
import { changesBetween, textOf } from './settings.ts';
import { USUAL_TEXTS, type SweepTexts } from './sweep-texts.ts';
import type { TableControl } from './table-control.ts';

/** A sweep on the page, with the table it is of. */
interface ShownSweep {
  readonly sheet: SweepSheet;
  readonly table: ShownTable;
  readonly request: SweepRequest;
  readonly path: Path;
}

/** Controls that a sweep makes use of. */
interface SweepCompanions {
  readonly tables: TableControl;
  readonly gpu: GpuControl;
  readonly models: ModelControl;
}

/** Rows of the results that are shown at first, and that *more* adds. */
const ROWS_AT_ONCE = 25;
/** A description follows what is written so long after it, in milliseconds. */
const DESCRIBE_AFTER_MS = 250;
const RECOVERED =
  'The GPU device was lost, and another stands in for it: the networks go on from where they were last kept.';

/** Sweeps: many networks of the table on the page, each with its own settings. */
export class SweepControl {
  texts: SweepTexts = USUAL_TEXTS;
  /** How many are drawn; empty for every combination. */
  drawText = '';
  /** Of what is written; undefined while that cannot be swept, or is being looked at. */
  sheet: SweepSheet | undefined;
  problem: string | undefined;
  /** The sweep on the page; undefined before the first. */
  shown: ShownSweep | undefined;
  report: SweepReport | undefined;
  rows: readonly SweepRow[] = [];
  order: SweepOrder = { column: 'rank', isDescending: false };
  /** The losses of a network that a person chose. */
  chosen: SweepCurve | undefined;
  /** Of the best network, once some are over. */
  assessment: AssessmentReport | undefined;
  phase: 'none' | 'running' | 'paused' | 'over' = 'none';
  readonly #state: PageState;
  readonly #client: TrainingClient;
  readonly #with: SweepCompanions;
  #rowCount = ROWS_AT_ONCE;
  #isStopping = false;
  #describing: number | undefined;
  #described = '';

  constructor(state: PageState, client: TrainingClient, controls: SweepCompanions) {
    this.#state = state;
    this.#client = client;
    this.#with = controls;
  }

  /** Until the sweep is over, by the rate so far; undefined while it stands. */
  get msLeft(): number | undefined {
    const { report, phase } = this;
    if (phase !== 'running' || !report || report.stepsDone === 0) return undefined;
    return ((report.steps - report.stepsDone) * report.trainMs) / report.stepsDone;
  }

  /** Takes what a person wrote, and says soon what it comes to. */
  write(name: SweptName, text: string): void {
    const texts = { ...this.texts, [name]: text };
    if (text.trim() === '') delete texts[name];
    this.texts = texts;
    this.describe();
  }

  /** Takes what is to be swept as it was written elsewhere. */
  take({ texts, drawText }: { readonly texts: SweepTexts; readonly drawText: string }): void {
    this.texts = texts;
    this.drawText = drawText;
    this.#state.update({});
    this.describe();
  }

  writeDraw(text: string): void {
    this.drawText = text;
    this.describe();
  }

  /** Looks at what is written, unless it did already. */
  describe(): void {
    const key = JSON.stringify([this.texts, this.drawText, this.#state.settingsText, this.#state.table?.key]);
    if (key === this.#described || !this.#state.table) return;
    this.#described = key;
    clearTimeout(this.#describing);
    this.#describing = window.setTimeout(() => void this.#describe(key), DESCRIBE_AFTER_MS);
  }

  /** Sweep, Pause or Continue: whatever the one button says. */
  press(): void {
    if (this.phase === 'running') void this.#client.sweeps.pause();
    else if (this.phase === 'paused') this.#start(() => this.#train());
    else this.#start(() => this.#sweep());
  }

  /** Ends a sweep; what is finished stays. */
  stop(): void {
    if (this.phase === 'paused') this.phase = 'over';
    if (this.phase !== 'running') return this.#state.update({});
    this.#isStopping = true;
    void this.#client.sweeps.pause();
  }

  async sortBy(order: SweepOrder): Promise<void> {
    this.order = order;
    await this.#showRows();
  }

  async more(): Promise<void> {
    this.#rowCount += ROWS_AT_ONCE * 4;
    await this.#showRows();
  }

  async choose(place: number): Promise<void> {
    this.chosen = await this.#client.sweeps.curve(place);
    this.#state.update({});
  }

  async chooseHeat(columnName: SweptName, rowName: SweptName): Promise<void> {
    this.report = await this.#client.sweeps.chooseHeat(columnName, rowName);
    this.#state.update({});
  }

  /** Counts as 1 from another probability on. */
  async setThreshold(threshold: number): Promise<void> {
    this.#state.update({ threshold });
    this.assessment = await this.#client.sweeps.assessBest(threshold);
    this.#state.update({});
  }

  async saveCsv(): Promise<void> {
    const csv = await this.#client.sweeps.csv();
    saveFile(new Blob([csv], { type: 'text/csv' }), 'sweep.csv');
  }

  /**
   * A network's settings on the Train page, where the same path and plan repeat it.
   *
   * @returns whether they are there; if they are of another table the page says so
   */
  async open(place: number): Promise<boolean> {
    const { shown } = this;
    if (!shown) return false;
    if (!sameTable(shown.table, this.#state.table)) {
      this.#state.update({ notice: otherTableSentence(shown.table, this.#state.table) });
      return false;
    }
    const { settings, plan } = await this.#client.sweeps.networkAt(place);
    const { strategy } = plan ?? {};
    const { settingsText, base } = this.#state;
    const { patience } = shown.request;
    const text = {
      ...textOf(settings, shown.request.options),
      earlyStopping: patience === undefined ? '' : String(patience),
      strategy: strategy && strategy !== 'reference' ? strategy : settingsText.strategy,
    };
    this.#with.tables.takeSettings(changesBetween(base, text));
    const { job } = this.#state;
    this.#state.update({
      path: shown.path,
      opened: shown.path === 'gpu' && plan ? { job, plan } : undefined,
      notice: `These are the settings of network ${count(place + 1)} of the sweep. Train repeats it.`,
    });
    return true;
  }

  /** The best networks as one model, opened as one from a file. @returns whether it is; if not the page says why */
  async openEnsemble(memberCount: number): Promise<boolean> {
    const { shown } = this;
    if (!shown) return false;
    const { name } = shown.table;
    try {
      await this.#with.models.take(`ensemble of ${count(memberCount)}.handgrad.safetensors`, () =>
        this.#client.sweeps.openEnsemble(memberCount, name),
      );
      return true;
    } catch (error) {
      this.#state.update({ error: sentenceOf(error) });
      return false;
    }
  }

  async #describe(key: string): Promise<void> {
    try {
      await this.#state.whenPrepared;
      const request = this.#request();
      const sheet = await this.#client.sweeps.describe(request);
      if (key !== this.#described) return;
      this.sheet = sheet;
      this.problem = undefined;
    } catch (error) {
      if (key !== this.#described) return;
      this.sheet = undefined;
      this.problem = sentenceOf(error);
    }
    this.#state.update({});
  }

  /** @throws Error with a sentence for what cannot be read */
  #request(): SweepRequest {
    const state = this.#state;
    const { table } = state;
    if (!table) throw new Error('There is no table yet.');
    const [faulty] = state.settingsErrors.values();
    if (faulty !== undefined) throw new Error(`${faulty} It is one of the settings on the Train page.`);
    if (table.open.problem !== undefined) throw new Error(table.open.problem);
    const { settings, options, patience, strategy } = state.readSettings(table, state.base, state.changes);
    const drawCount = orNone(this.drawText, (text) =>
      readWholeNumber('The networks that are drawn', text, 1, MAX_NETWORKS),
    );
    if (drawCount instanceof Error) throw drawCount;
    return {
      id: table.open.id,
      plans: table.open.plans,
      options,
      base: settings,
      texts: this.texts,
      drawCount,
      backend: state.path,
      strategy: state.path === 'gpu' ? strategy : undefined,
      patience,
    };
  }

  async #sweep(): Promise<void> {
    const state = this.#state;
    await state.whenPrepared;
    const request = this.#request();
    const { table, path } = state;
    if (!table) return;
    const sheet = await this.#client.sweeps.open(request);
    this.shown = { sheet, table, request, path };
    this.report = undefined;
    this.chosen = undefined;
    this.assessment = undefined;
    this.rows = [];
    this.#rowCount = ROWS_AT_ONCE;
    const networks = countOf(sheet.networkCount, 'network');
    state.update({ announcement: `A sweep of ${networks} starts on the ${state.label(path)}.` });
    await this.#train();
  }

  async #train(): Promise<void> {
    const state = this.#state;
    this.phase = 'running';
    this.#isStopping = false;
    state.update({});
    const show = (report: SweepReport) => {
      if (this.phase !== 'running') return;
      const isRecovered = report.recoveryCount > (this.report?.recoveryCount ?? 0);
      this.report = report;
      state.update({}, 'progress');
      if (isRecovered) state.update({ notice: RECOVERED });
    };
    try {
      await this.#client.sweeps.train(callback(show));
    } finally {
      this.phase = 'over';
      this.report = await this.#client.sweeps.report();
      const isPaused = this.report.overCount < this.report.networkCount && !this.#isStopping;
      this.phase = isPaused ? 'paused' : 'over';
      await this.#showRows();
    }
    const { overCount, networkCount } = this.report;
    const word = this.phase === 'over' ? 'The sweep is over' : 'The sweep is paused';
    state.update({ announcement: `${word}: ${count(overCount)} of ${countOf(networkCount, 'network')}.` });
  }

  async #showRows(): Promise<void> {
    if (!this.shown) return;
    const { sweeps } = this.#client;
    this.rows = await sweeps.rows(this.order, this.#rowCount);
    this.assessment = await sweeps.assessBest(this.#state.threshold);
    this.#state.update({});
  }

  /** The worker does one thing at a time. */
  #start(work: () => Promise<void>): void {
    const state = this.#state;
    if (!state.isIdle || state.isBroken || !state.table) return;
    state.update({ activity: 'sweeping', error: undefined, notice: undefined });
    void work()
      .catch(async (error: unknown) => {
        state.update({ error: sentenceOf(error) });
        if (error instanceof Error && error.name === 'DeviceLostError') await this.#with.gpu.findAgain();
      })
      .finally(() => state.update({ activity: 'idle' }));
  }
}

/** Why a network is not opened beside another table. */
function otherTableSentence(own: ShownTable, present: ShownTable | undefined): string {
  const trained = `This network was trained on ${own.name}`;
  return present && hasSameSource(own, present)
    ? `${trained} with other columns than it has on the page now; choose those first.`
    : `${trained}, which is no longer on the page; open that table first.`;
}
