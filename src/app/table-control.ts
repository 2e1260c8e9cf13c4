import { orTable } from '../index.ts';
import type { TrainingClient } from '../worker/client.ts';
import { countOf } from './format.ts';
import type { PageState } from './page-state.ts';
import { readSettings } from './settings.ts';
import { sentenceOf } from './sentences.ts';
import type { TrainingControl } from './training-control.ts';

/** Opens tables; the one before stays until the next one is understood. */
export class TableControl {
  readonly #state: PageState;
  readonly #client: TrainingClient;
  readonly #training: TrainingControl;
  #opening: Promise<unknown> = Promise.resolve();

  constructor(state: PageState, client: TrainingClient, training: TrainingControl) {
    this.#state = state;
    this.#client = client;
    this.#training = training;
  }

  /** The notebook's table. */
  openSample(): Promise<void> {
    return this.#openOrSay(orTable.csv, `${orTable.name} sample`, true);
  }

  openFile(file: File): Promise<void> {
    return this.#openOrSay(file, file.name, false);
  }

  /** @returns what is wrong with the text, as a sentence; undefined if it is a table and was opened */
  openText(text: string): Promise<string | undefined> {
    return this.#enqueue(text, 'Pasted table', false);
  }

  async #openOrSay(source: string | Blob, name: string, isSample: boolean): Promise<void> {
    const problem = await this.#enqueue(source, name, isSample);
    if (problem === undefined) return;
    const { table } = this.#state;
    const stays = table ? ` The table on the page (${table.name}) stays.` : '';
    this.#state.update({ error: `${name}: ${problem}${stays}` });
  }

  /** One after the other: the last one a person chose is the one that stays. */
  #enqueue(source: string | Blob, name: string, isSample: boolean): Promise<string | undefined> {
    const opened = this.#opening.then(() => this.#open(source, name, isSample));
    this.#opening = opened;
    return opened;
  }

  async #open(source: string | Blob, name: string, isSample: boolean): Promise<string | undefined> {
    const state = this.#state;
    state.update({ readingTable: name, error: undefined });
    try {
      const table = await this.#client.openTable(source);
      await this.#training.reset();
      // The notebook had no biases; a table of one's own is better off with them, until told otherwise.
      const isOther = state.table !== undefined && state.table.isSample !== isSample;
      const settingsText = isOther ? { ...state.settingsText, bias: !isSample } : state.settingsText;
      const { job } = readSettings(settingsText, table.outputCount);
      const announcement = `Table opened: ${countOf(table.rowCount, 'row')}.`;
      state.update({
        table: { name, isSample, table },
        settingsText,
        ...(job ? { job } : {}),
        readingTable: undefined,
        // The sample that comes with the page is no news.
        announcement: state.table ? announcement : '',
      });
      return undefined;
    } catch (error) {
      state.update({ readingTable: undefined });
      return sentenceOf(error);
    }
  }
}
