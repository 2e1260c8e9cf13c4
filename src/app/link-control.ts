import { readSettingsLink, samples, writeSettingsLink } from '../index.ts';
import { columnCode, plansOf } from './column-code.ts';
import { HIDE, hideText, readHide, type HideableName } from './hideable.ts';
import type { PageState } from './page-state.ts';
import { fragmentOf, routeOf, settingsPart, type Route } from './routes.ts';
import { settingsFields } from './setting-fields.ts';
import type { SweepControl } from './sweep-control.ts';
import { sweepFields, sweepOfFields, sweepToFields } from './sweep-texts.ts';
import type { TableControl } from './table-control.ts';

/** What the columns of a sample are taken for, beside the settings. */
const COLUMNS = 'columns';

/** Controls whose settings stand in the address. */
interface LinkCompanions {
  readonly tables: TableControl;
  readonly sweeps: SweepControl;
}

/** Keeps the settings in the address's fragment, and takes them from there. Opening a link never trains. */
export class LinkControl {
  readonly #state: PageState;
  readonly #tables: TableControl;
  readonly #sweeps: SweepControl;
  /** What the address last was made to say. */
  #written: string | undefined;
  /** Addresses of the pages with a name of their own, as they were while they were shown. */
  readonly #visited = new Set<string>();

  constructor(state: PageState, { tables, sweeps }: LinkCompanions) {
    this.#state = state;
    this.#tables = tables;
    this.#sweeps = sweeps;
    window.addEventListener('hashchange', () => this.#follow(location.hash));
    state.subscribe((topic) => {
      if (topic === 'change') this.#write();
    });
  }

  /** The fragment of a page with the present settings; empty where nothing differs from how the first one begins. */
  fragmentOf(route: Route, hidden: ReadonlySet<HideableName> = this.#state.hidden): string {
    const { table, changes } = this.#state;
    const settings = new Map(Object.entries(changes));
    // A person's own columns are nobody's business, not even without their names.
    const code = table?.sample && columnCode(table.open.plans, table.guessed);
    if (code !== undefined) settings.set(COLUMNS, code);
    if (route === '#sweep') {
      const { texts, drawText } = this.#sweeps;
      for (const [field, text] of sweepToFields(texts, drawText)) settings.set(field, text);
    }
    if (hidden.size > 0) settings.set(HIDE, hideText(hidden));
    const isUsual = !table || (table.sample === samples[0].id && settings.size === 0);
    return fragmentOf(route, isUsual ? '' : writeSettingsLink({ sample: table.sample, settings }));
  }

  /** The whole address, to be handed on. */
  get address(): string {
    return this.addressOf('#train');
  }

  /** The same for any page, without some of its controls. */
  addressOf(route: Route, hidden?: ReadonlySet<HideableName>): string {
    return `${location.origin}${location.pathname}${this.fragmentOf(route, hidden)}`;
  }

  /** Opens what a fragment asks for: a sample with its settings, or settings for a table of a person's own. */
  async open(fragment: string): Promise<void> {
    const state = this.#state;
    this.takeSwept(fragment);
    const unknown = this.takeHidden(fragment);
    const names = [...settingsFields, COLUMNS, HIDE, ...sweepFields];
    const link = readSettingsLink(settingsPart(fragment), names);
    const {
      [COLUMNS]: code,
      [HIDE]: _,
      ...changes
    } = Object.fromEntries([...(link?.settings ?? [])].filter(([name]) => !sweepFields.includes(name)));
    const sample = samples.find(({ id }) => id === link?.sample);
    const leftOut = [...(link?.leftOut ?? []), ...unknown.map((name) => `${HIDE}=${name}`)];
    if (sample) {
      await this.#tables.openSample(sample.id, changes, code);
      const isCode = code === undefined || plansOf(code, state.table?.guessed ?? []) !== undefined;
      if (!isCode) leftOut.push(`${COLUMNS}=${code.slice(0, 20)}`);
      this.#say(leftOut, '');
      return;
    }
    const isForOwnTable = link !== undefined && link.sample === undefined && Object.keys(changes).length > 0;
    if (link?.sample !== undefined)
      leftOut.unshift(settingsPart(fragment).slice(0, 200).replaceAll('&', ', '));
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

  /** Takes what a fragment says is to be swept. */
  takeSwept(fragment: string): void {
    const link = readSettingsLink(settingsPart(fragment), sweepFields);
    const swept = link && sweepOfFields(link.settings);
    if (swept) this.#sweeps.take(swept);
  }

  /**
   * Hides the controls that a fragment leaves out, and shows all others.
   *
   * @returns names of it that nothing has
   */
  takeHidden(fragment: string): readonly string[] {
    const link = readSettingsLink(settingsPart(fragment), [HIDE]);
    const { hidden, leftOut } = readHide(link?.settings.get(HIDE) ?? '');
    this.#state.update({ hidden });
    return leftOut;
  }

  #follow(fragment: string): void {
    const route = routeOf(fragment);
    // From page to page, by a link that says what the settings are anyway, or back to where one has been.
    const isOwn = fragment === this.fragmentOf(route) || this.#visited.has(fragment);
    if (!isOwn && fragment !== this.#written) return void this.open(fragment);
    this.#written = undefined;
    this.#write();
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
    if (!this.#state.table || this.#state.reading) return;
    const route = routeOf(location.hash);
    const fragment = this.fragmentOf(route);
    if (route !== '#train') this.#visited.add(fragment);
    // Settings that wait for a table stay in the address.
    if (this.#tables.pendingChanges || fragment === this.#written) return;
    this.#written = fragment;
    const url = fragment === '' ? location.pathname + location.search : fragment;
    if (location.hash !== fragment) history.replaceState(null, '', url);
  }
}
