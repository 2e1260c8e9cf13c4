import { readSettingsLink, samples, writeSettingsLink } from '../index.ts';
import { columnCode, plansOf } from './column-code.ts';
import type { PageState } from './page-state.ts';
import { settingsFields } from './setting-fields.ts';
import type { TableControl } from './table-control.ts';

/** What the columns of a sample are taken for, beside the settings. */
const COLUMNS = 'columns';
/** Fragments that are pages of their own. */
const ROUTES = ['#bench', '#sweep'];

/** Keeps the settings in the address's fragment, and takes them from there. Opening a link never trains. */
export class LinkControl {
  readonly #state: PageState;
  readonly #tables: TableControl;
  /** What the address last was made to say. */
  #written: string | undefined;

  constructor(state: PageState, tables: TableControl) {
    this.#state = state;
    this.#tables = tables;
    window.addEventListener('hashchange', () => {
      if (location.hash !== this.#written) void this.open(location.hash);
    });
    state.subscribe((topic) => {
      if (topic === 'change') this.#write();
    });
  }

  /** The fragment of the present settings; empty where nothing differs from how the page begins. */
  get fragment(): string {
    const { table, changes } = this.#state;
    const settings = new Map(Object.entries(changes));
    // A person's own columns are nobody's business, not even without their names.
    const code = table?.sample && columnCode(table.open.plans, table.guessed);
    if (code !== undefined) settings.set(COLUMNS, code);
    if (!table || (table.sample === samples[0].id && settings.size === 0)) return '';
    return `#${writeSettingsLink({ sample: table.sample, settings })}`;
  }

  /** The whole address, to be handed on. */
  get address(): string {
    return `${location.origin}${location.pathname}${this.fragment}`;
  }

  /** Opens what a fragment asks for: a sample with its settings, or settings for a table of a person's own. */
  async open(fragment: string): Promise<void> {
    const state = this.#state;
    const link = readSettingsLink(fragment, [...settingsFields, COLUMNS]);
    const { [COLUMNS]: code, ...changes } = Object.fromEntries(link?.settings ?? []);
    const sample = samples.find(({ id }) => id === link?.sample);
    const leftOut = [...(link?.leftOut ?? [])];
    if (sample) {
      await this.#tables.openSample(sample.id, changes, code);
      const isCode = code === undefined || plansOf(code, state.table?.guessed ?? []) !== undefined;
      if (!isCode) leftOut.push(`${COLUMNS}=${code.slice(0, 20)}`);
      this.#say(leftOut, '');
      return;
    }
    const isForOwnTable = link !== undefined && link.sample === undefined && Object.keys(changes).length > 0;
    if (link?.sample !== undefined) leftOut.unshift(fragment.slice(1, 200).replaceAll('&', ', '));
    if (!state.table) {
      if (isForOwnTable) this.#tables.pendingChanges = changes;
      await this.#tables.openSample(samples[0].id);
    } else if (isForOwnTable && state.table.sample !== undefined) {
      this.#tables.pendingChanges = changes;
    } else if (isForOwnTable) {
      this.#tables.takeSettings(changes);
    }
    const isPending = this.#tables.pendingChanges !== undefined;
    this.#say(
      leftOut,
      // After a reload of one's own page nobody followed a link.
      isPending
        ? 'The settings are kept in the address; the table is not: open yours, and it takes them.'
        : '',
    );
  }

  #say(leftOut: readonly string[], first: string): void {
    const sentences = [
      first,
      leftOut.length > 0 ? `Left out of the link, because it is no setting here: ${leftOut.join(', ')}.` : '',
      this.#state.notice ?? '',
    ].filter(Boolean);
    if (sentences.length > 0) this.#state.update({ notice: sentences.join(' ') });
  }

  /** The address says what the settings are; the history of the browser stays as it is. */
  #write(): void {
    const { fragment } = this;
    if (!this.#state.table || this.#state.reading || ROUTES.includes(location.hash)) return;
    // Settings that wait for a table stay in the address.
    if (this.#tables.pendingChanges || fragment === this.#written) return;
    this.#written = fragment;
    const url = fragment === '' ? location.pathname + location.search : fragment;
    if (location.hash !== fragment) history.replaceState(null, '', url);
  }
}
