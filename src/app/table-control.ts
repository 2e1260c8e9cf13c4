import { samples, type ColumnPlan, type CsvFormat, type DatasetOptions, type SampleId } from '../index.ts';
import { callback, type OpenTable, type TableSource, type TrainingClient } from '../worker/client.ts';
import { plansOf } from './column-code.ts';
import { countOf } from './format.ts';
import { sameOptions, type PageState } from './page-state.ts';
import type { ShownTable } from './run.ts';
import { fields, type SettingsField, type SettingsText } from './setting-fields.ts';
import type { SettingsChanges } from './settings.ts';
import { sentenceOf } from './sentences.ts';
import type { TrainingControl } from './training-control.ts';

/** A table that is to be opened. */
interface Opening {
  readonly name: string;
  readonly sample?: SampleId;
  readonly source: TableSource;
  /** Settings that are not as the table begins with. */
  readonly changes?: SettingsChanges;
  readonly columns?: string;
  /** Of a table that was kept: how it was read, and what its columns were taken for. */
  readonly kept?: { readonly format: CsvFormat; readonly plans: readonly ColumnPlan[] };
}

/** The same, with the way to read it. */
type Reopening = Opening & { readonly read: () => Promise<OpenTable> };

/** Opens tables, and takes what a person says of their columns; the table before stays until the next is understood. */
export class TableControl {
  readonly #state: PageState;
  readonly #client: TrainingClient;
  readonly #training: TrainingControl;
  #opening: Promise<unknown> = Promise.resolve();
  #keyCount = 0;
  /** The table is to be prepared anew, and that has not begun. */
  #isQueued = false;
  /** Settings of a link, for the next table of a person's own. */
  pendingChanges: SettingsChanges | undefined;

  constructor(state: PageState, client: TrainingClient, training: TrainingControl) {
    this.#state = state;
    this.#client = client;
    this.#training = training;
    state.subscribe((topic) => {
      if (topic === 'change') this.#prepareIfChanged();
    });
  }

  /** @param columns what its columns are taken for, as `columnCode` writes it; as guessed if left out */
  openSample(id: SampleId, changes: SettingsChanges = {}, columns?: string): Promise<void> {
    const { name } = samples.find((sample) => sample.id === id) ?? samples[0];
    return this.#openOrSay({
      name: `${name} sample`,
      sample: id,
      source: { sample: id },
      changes,
      ...(columns !== undefined && { columns }),
    });
  }

  /** Takes settings for the table on the page; those it cannot use are named. */
  takeSettings(changes: SettingsChanges): void {
    const { table } = this.#state;
    if (!table) return;
    const taken = withoutFaulty(this.#state, table, changes);
    this.#state.showTable(table, taken);
    this.#tellLeftOut(changes, taken);
  }

  openFile(file: File): Promise<void> {
    return this.#openOrSay({ name: file.name, source: { file }, ...this.#takePending() });
  }

  /** @returns what is wrong with the text, as a sentence; undefined if it is a table and was opened */
  openText(text: string): Promise<string | undefined> {
    return this.#enqueue({ name: 'Pasted table', source: { text }, ...this.#takePending() });
  }

  /** Opens a table as it was kept. @returns what is wrong, as a sentence; undefined if it is there */
  openKept(opening: Opening): Promise<string | undefined> {
    return this.#enqueue(opening);
  }

  /**
   * The table on the page, understood in another way: of which a run was, that was kept or handed on.
   *
   * @throws InputError if another table was opened meanwhile
   */
  async understoodAs(plans: readonly ColumnPlan[], options: DatasetOptions): Promise<ShownTable> {
    const { table } = this.#state;
    if (!table) throw new Error('understoodAs() needs a table');
    const hasSamePlans = JSON.stringify(plans) === JSON.stringify(table.open.plans);
    if (hasSamePlans && sameOptions(options, table.open.options)) return table;
    const open = await this.#client.chooseColumns(table.open.id, plans, options);
    return { ...table, key: hasSamePlans ? table.key : String(++this.#keyCount), open };
  }

  /** Shows the table so understood, with the settings that somebody trained with. */
  takeTable(table: ShownTable, text: SettingsText): void {
    const base = this.#state.beginningOf(table);
    const changes: SettingsChanges = Object.fromEntries(
      Object.entries(text).filter(([field, value]) => value !== base[field as SettingsField]),
    );
    this.#state.showTable(table, withoutFaulty(this.#state, table, changes));
  }

  cancelReading(): void {
    void this.#client.cancelReading();
  }

  /**
   * Reads the table again, written in another way, and takes its columns as they then look.
   *
   * @returns what is wrong, as a sentence; undefined if it was read
   */
  changeFormat(format: Partial<CsvFormat>): Promise<string | undefined> {
    const { table, changes } = this.#state;
    if (!table) return Promise.resolve(undefined);
    const { name, sample, source } = table;
    const read = () => this.#client.reopenTable(format, callback(this.#onProgress(name)));
    return this.#enqueue({ name, ...(sample && { sample }), source, read, changes });
  }

  /**
   * Takes the columns of a table as a person says.
   *
   * @param key of the table that was on the page when they said so
   * @returns why it cannot be trained on like this, as a sentence
   */
  async changeColumns(key: string, plans: readonly ColumnPlan[]): Promise<string | undefined> {
    if (this.#state.table?.key !== key) return 'Another table was opened meanwhile. Open Columns again.';
    await this.#prepare(plans);
    return this.#state.table?.open.problem;
  }

  async #openOrSay(opening: Opening): Promise<void> {
    const problem = await this.#enqueue(opening);
    if (problem === undefined) return;
    const { table } = this.#state;
    const stays = table ? ` The table on the page (${table.name}) stays.` : '';
    this.#state.update({ error: `${opening.name}: ${problem}${stays}` });
  }

  /** One after the other: the last one a person chose is the one that stays. */
  #enqueue(opening: Opening | Reopening): Promise<string | undefined> {
    this.cancelReading();
    const read =
      'read' in opening
        ? opening.read
        : () =>
            this.#client.openTable(
              opening.source,
              opening.kept?.format ?? {},
              callback(this.#onProgress(opening.name)),
            );
    const opened = this.#opening.then(() => this.#show({ ...opening, read }));
    this.#opening = opened;
    return opened;
  }

  async #show(opening: Reopening): Promise<string | undefined> {
    const state = this.#state;
    const { name, changes = {} } = opening;
    // Nobody would answer.
    if (state.isBroken) return undefined;
    state.update({ reading: { name, share: undefined }, error: undefined });
    try {
      const open = await opening.read();
      await this.#training.reset();
      const table = await this.#asAskedFor(opening, open);
      const [isFirst, taken] = [!state.table, withoutFaulty(state, table, changes)];
      state.showTable(table, taken);
      // The sample that comes with the page is no news.
      const announcement = isFirst ? '' : `Table opened: ${countOf(open.rowCount, 'row')}.`;
      state.update({ reading: undefined, threshold: 0.5, announcement });
      this.#tellLeftOut(changes, taken);
      return undefined;
    } catch (error) {
      state.update({ reading: undefined });
      if (!(error instanceof Error && error.name === 'AbortError')) return sentenceOf(error);
      const { table } = state;
      const notice = `${name} was not read to its end. The table on the page (${table?.name}) stays.`;
      if (table) state.update({ notice });
      return undefined;
    }
  }

  /** The table with the columns and the rows that come with it, before its other settings are looked at. */
  async #asAskedFor(
    { name, sample, source, columns, kept, changes = {} }: Reopening,
    open: OpenTable,
  ): Promise<ShownTable> {
    const state = this.#state;
    const guessed = open.plans;
    const table = { name, sample, source, open, key: String(++this.#keyCount), guessed };
    const chosen = columns === undefined ? kept?.plans : plansOf(columns, guessed);
    const plans = chosen ?? guessed;
    const planned = { ...table, open: { ...open, plans } };
    const { options } = state.readSettings(planned, state.beginningOf(planned), changes);
    if (plans === guessed && sameOptions(options, open.options)) return table;
    return { ...table, open: await this.#client.chooseColumns(open.id, plans, options) };
  }

  #onProgress(name: string): (share: number) => void {
    return (share) => {
      if (this.#state.reading) this.#state.update({ reading: { name, share } });
    };
  }

  #takePending(): { readonly changes?: SettingsChanges } {
    const changes = this.pendingChanges;
    this.pendingChanges = undefined;
    return changes ? { changes } : {};
  }

  #tellLeftOut(wanted: SettingsChanges, taken: SettingsChanges): void {
    const left = Object.entries(wanted).filter(([field]) => !(field in taken));
    if (left.length === 0) return;
    const names = left
      .map(([field, value]) => `${fields[field as SettingsField].label} “${value}”`)
      .join(', ');
    this.#state.update({ notice: `Left out, because this table cannot use it: ${names}.` });
  }

  /** A setting of the rows was changed: the table becomes numbers in another way. */
  #prepareIfChanged(): void {
    const { table, options, reading } = this.#state;
    if (!table || reading || this.#isQueued || sameOptions(options, table.open.options)) return;
    void this.#prepare();
  }

  /** @param plans as they are when it is begun, if left out */
  #prepare(plans?: readonly ColumnPlan[]): Promise<void> {
    this.#isQueued = true;
    const prepared = this.#state.whenPrepared.then(() => this.#chooseColumns(plans));
    this.#state.whenPrepared = prepared;
    return prepared;
  }

  async #chooseColumns(chosen?: readonly ColumnPlan[]): Promise<void> {
    const state = this.#state;
    // What is changed from now on takes another preparation.
    this.#isQueued = false;
    const { table } = state;
    if (!table) return;
    const plans = chosen ?? table.open.plans;
    // Another target may begin with another task.
    const planned = { ...table, open: { ...table.open, plans } };
    const { options } = state.readSettings(planned, state.beginningOf(planned), state.changes);
    const hasSamePlans = JSON.stringify(plans) === JSON.stringify(table.open.plans);
    if (hasSamePlans && sameOptions(options, table.open.options)) return;
    state.update({ isPreparing: true });
    try {
      const open = await this.#client.chooseColumns(table.open.id, plans, options);
      // Another table was opened meanwhile.
      if (state.table !== table) return;
      const key = hasSamePlans ? table.key : String(++this.#keyCount);
      const next = { ...table, key, open };
      const { changes } = state;
      // What was written stays, with its sentence; what is no longer among the choices cannot.
      const taken = withoutFaulty(state, next, changes, (field) => fields[field].kind === 'choice');
      state.showTable(next, taken);
      this.#tellLeftOut(changes, taken);
    } catch (error) {
      // Not asked for again, as long as nobody changes it.
      state.update({ error: sentenceOf(error), options: table.open.options });
    } finally {
      state.update({ isPreparing: false });
    }
  }
}

/** The changes that a table can use: a loss may not fit the target, a batch be larger than the table. */
function withoutFaulty(
  state: PageState,
  table: ShownTable,
  changes: SettingsChanges,
  isToGo: (field: SettingsField) => boolean = () => true,
): SettingsChanges {
  let left = changes;
  // One faulty setting can make others look faulty; none is asked more than once.
  for (const _ of Object.keys(changes)) {
    const { errors } = state.readSettings(table, state.beginningOf(table), left);
    const faulty = [...errors.keys()]
      .map((field) => (field === 'activations' && !(field in left) ? 'activation' : field))
      .filter((field) => field in left && isToGo(field));
    if (faulty.length === 0) break;
    left = Object.fromEntries(
      Object.entries(left).filter(([field]) => !faulty.includes(field as SettingsField)),
    );
  }
  return left;
}
