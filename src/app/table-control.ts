import { samples, type ColumnPlan, type CsvFormat, type SampleId } from '../index.ts';
import { callback, type OpenTable, type TableSource, type TrainingClient } from '../worker/client.ts';
import { countOf } from './format.ts';
import { sameOptions, type PageState } from './page-state.ts';
import type { ShownTable } from './run.ts';
import type { SettingsField } from './setting-fields.ts';
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
}

/** Opens tables, and takes what a person says of their columns; the table before stays until the next is understood. */
export class TableControl {
  readonly #state: PageState;
  readonly #client: TrainingClient;
  readonly #training: TrainingControl;
  #opening: Promise<unknown> = Promise.resolve();
  #keyCount = 0;
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

  openSample(id: SampleId, changes: SettingsChanges = {}): Promise<void> {
    const { name } = samples.find((sample) => sample.id === id) ?? samples[0];
    return this.#openOrSay({ name: `${name} sample`, sample: id, source: { sample: id }, changes });
  }

  openFile(file: File): Promise<void> {
    return this.#openOrSay({ name: file.name, source: { file }, ...this.#takePending() });
  }

  /** @returns what is wrong with the text, as a sentence; undefined if it is a table and was opened */
  openText(text: string): Promise<string | undefined> {
    return this.#enqueue({ name: 'Pasted table', source: { text }, ...this.#takePending() });
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
    const { table } = this.#state;
    if (!table) return Promise.resolve(undefined);
    const { name, sample } = table;
    const read = () => this.#client.reopenTable(format, callback(this.#onProgress(name)));
    return this.#show({ name, ...(sample && { sample }), read, changes: this.#state.changes });
  }

  /** Takes the columns as a person says. @returns why the table cannot be trained on like this, as a sentence */
  async changeColumns(plans: readonly ColumnPlan[]): Promise<string | undefined> {
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
  #enqueue(opening: Opening): Promise<string | undefined> {
    this.cancelReading();
    const { name, source } = opening;
    const read = () => this.#client.openTable(source, {}, callback(this.#onProgress(name)));
    const opened = this.#opening.then(() => this.#show({ ...opening, read }));
    this.#opening = opened;
    return opened;
  }

  async #show({
    name,
    sample,
    read,
    changes = {},
  }: Omit<Opening, 'source'> & { readonly read: () => Promise<OpenTable> }): Promise<string | undefined> {
    const state = this.#state;
    state.update({ reading: { name, share: undefined }, error: undefined });
    try {
      const open = await read();
      await this.#training.reset();
      const table = { name, sample, open, key: String(++this.#keyCount), guessed: open.plans };
      const [isFirst, stays] = [!state.table, withoutFaulty(state, table, changes)];
      state.showTable(table, stays);
      // The sample that comes with the page is no news.
      const announcement = isFirst ? '' : `Table opened: ${countOf(open.rowCount, 'row')}.`;
      state.update({ reading: undefined, threshold: 0.5, announcement });
      this.#tellLeftOut(changes, stays);
      return undefined;
    } catch (error) {
      state.update({ reading: undefined });
      if (!(error instanceof Error && error.name === 'AbortError')) return sentenceOf(error);
      const { table } = state;
      if (table)
        state.update({
          notice: `${name} was not read to its end. The table on the page (${table.name}) stays.`,
        });
      return undefined;
    }
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
    const names = left.map(([field, value]) => `${field} “${value}”`).join(', ');
    this.#state.update({ notice: `Left out, because this table cannot use it: ${names}.` });
  }

  /** A setting of the rows was changed: the table becomes numbers in another way. */
  #prepareIfChanged(): void {
    const { table, options, reading, isPreparing, settingsErrors } = this.#state;
    if (!table || reading || isPreparing || settingsErrors.size > 0) return;
    if (sameOptions(options, table.open.options)) return;
    void this.#prepare(table.open.plans);
  }

  #prepare(plans: readonly ColumnPlan[]): Promise<void> {
    const prepared = this.#state.whenPrepared.then(() => this.#chooseColumns(plans));
    this.#state.whenPrepared = prepared;
    return prepared;
  }

  async #chooseColumns(plans: readonly ColumnPlan[]): Promise<void> {
    const state = this.#state;
    const { table, changes } = state;
    if (!table) return;
    // Another target may begin with another task.
    const planned = { ...table, open: { ...table.open, plans } };
    const { options } = state.readSettings(planned, state.beginningOf(planned), changes);
    state.update({ isPreparing: true });
    try {
      const open = await this.#client.chooseColumns(plans, options);
      // Another table was opened meanwhile.
      if (state.table !== table) return;
      const isSame = JSON.stringify(plans) === JSON.stringify(table.open.plans);
      const key = isSame ? table.key : String(++this.#keyCount);
      const next = { ...table, key, open };
      state.showTable(next, withoutFaulty(state, next, state.changes));
    } catch (error) {
      // Not asked for again, as long as nobody changes it.
      state.update({ error: sentenceOf(error), options: table.open.options });
    } finally {
      state.update({ isPreparing: false });
    }
  }
}

/** The changes that a table can use: a loss may no longer fit the target, a batch be larger than the table. */
function withoutFaulty(state: PageState, table: ShownTable, changes: SettingsChanges): SettingsChanges {
  let left = changes;
  // One faulty setting can make others look faulty; none is asked more than once.
  for (const _ of Object.keys(changes)) {
    const { errors } = state.readSettings(table, state.beginningOf(table), left);
    const faulty = [...errors.keys()].filter((field) => field in left);
    if (faulty.length === 0) break;
    left = Object.fromEntries(
      Object.entries(left).filter(([field]) => !faulty.includes(field as SettingsField)),
    );
  }
  return left;
}
