import { InputError, readSettingsLink } from '../index.ts';
import type { TableSource, TrainingClient } from '../worker/client.ts';
import { countOf } from './format.ts';
import {
  forgetIfEmpty,
  forgetKept,
  isSomethingKept,
  KEPT_VERSION,
  readKept,
  writeKept,
  type KeptPage,
  type KeptRun,
} from './device-store.ts';
import { KeepingLock } from './keeping-lock.ts';
import type { PageState, Topic } from './page-state.ts';
import { RunRestorer } from './run-restorer.ts';
import { runKeys, type Run, type RunKey } from './run.ts';
import { settingsPart } from './routes.ts';
import { settingsFields } from './setting-fields.ts';
import { sentenceOf } from './sentences.ts';
import type { TableControl } from './table-control.ts';
import type { TrainingControl } from './training-control.ts';

/** How often a run that trains is saved, in milliseconds: what a closed tab can cost. */
const SAVE_EVERY_MS = 3000;
/** What is changed by hand is saved this long after. */
const SAVE_SOON_MS = 500;
/** A large run is saved less often: saving takes at most one part in so many of the time. */
const REST = 20;

const OTHER_TAB =
  'Another tab of this page already keeps its table and runs on this device, and one does at a time. Close it, then ' +
  'switch on Remember here.';

/**
 * Keeps the page on the device once a person has said so, and brings it back after a reload. One tab keeps at a time: it
 * holds a lock, which ends with the tab.
 */
export class KeepingControl {
  readonly #state: PageState;
  readonly #client: TrainingClient;
  readonly #tables: TableControl;
  readonly #restorer: RunRestorer;
  readonly #lock = new KeepingLock();
  /** What was saved last: of the table its number, of the runs what they were. */
  #savedTable: number | undefined;
  #savedPage = '';
  readonly #savedRuns = new Map<RunKey, Run>();
  /** Kept runs that could not be brought back: they stay kept until another takes their place. */
  #unrestored: ReadonlySet<RunKey> = new Set();
  #saving: Promise<void> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #restMs = 0;
  #lastActivity = '';

  constructor(
    state: PageState,
    client: TrainingClient,
    { tables, training }: { readonly tables: TableControl; readonly training: TrainingControl },
  ) {
    this.#state = state;
    this.#client = client;
    this.#tables = tables;
    this.#restorer = new RunRestorer(state, client, { tables, training });
    state.subscribe((topic) => this.#onChange(topic));
    const saveNow = () => void this.save();
    document.addEventListener('visibilitychange', () => document.hidden && saveNow());
    window.addEventListener('pagehide', saveNow);
  }

  /** From now on the page is kept, with its table. */
  async remember(): Promise<void> {
    const state = this.#state;
    if (!(await this.#lock.take())) {
      state.update({ notice: OTHER_TAB });
      return;
    }
    this.#startAnew();
    state.update({ keeping: 'on' });
    await this.save();
    if (state.keeping === 'on') state.update({ announcement: 'Remembered on this device.' });
  }

  /** Deletes everything that is kept on the device; the page stays as it is until it is left. */
  async forget(): Promise<void> {
    const state = this.#state;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    state.update({ keeping: 'off' });
    await this.#saving;
    try {
      await forgetKept();
      const stays =
        'Forgotten: nothing is kept on this device any more. What is on the page stays until you leave it.';
      state.update({ notice: stays, announcement: 'Forgotten.' });
    } catch (error) {
      state.update({
        error: `What is kept could not be deleted (${reasonOf(error)}). Delete this site’s data in the browser.`,
      });
    }
    this.#lock.release();
  }

  /**
   * Begins the page: with what was kept, or with what the address asks for.
   *
   * @param whenGpuKnown resolves once it is known what WebGPU offers here
   * @param openLink opens what the address asks for
   */
  async begin(
    fragment: string,
    whenGpuKnown: Promise<unknown>,
    openLink: () => Promise<void>,
  ): Promise<void> {
    const state = this.#state;
    let notice: string;
    try {
      notice = await this.#restore(fragment, whenGpuKnown);
    } catch (error) {
      notice = `What was kept on this device could not be brought back (${reasonOf(error)}).`;
      this.#lock.release();
    }
    if (!state.table) await openLink();
    const sentences = [state.notice, notice].filter(Boolean).join(' ');
    if (sentences !== '') state.update({ notice: sentences });
  }

  /** @returns a sentence on what came of it */
  async #restore(fragment: string, whenGpuKnown: Promise<unknown>): Promise<string> {
    if (!(await isSomethingKept())) return '';
    if (!(await this.#lock.take())) return OTHER_TAB;
    // Until it is all here: what is kept is then not that of the page.
    this.#state.update({ keeping: 'other' });
    const kept = await readKept();
    const link = readSettingsLink(settingsPart(fragment), settingsFields);
    const isAskedFor = link === undefined || link.sample === kept?.page.sample;
    if (!kept || !isAskedFor) {
      this.#lock.release();
      return '';
    }
    // The address has the last word on settings: a change may not have been saved any more.
    const changes = link ? Object.fromEntries(link.settings) : kept.page.changes;
    await this.#openKept(kept.page, kept.content, changes);
    await whenGpuKnown;
    const { name, path, threshold } = kept.page;
    const state = this.#state;
    const isThere = path === 'cpu' || (state.gpu !== undefined && state.gpu.kind !== 'none');
    state.update({ threshold, ...(isThere && { path }) });
    const { sentences, failed } = await this.#restorer.restore(kept.runs);
    this.#startAnew();
    this.#unrestored = new Set(failed);
    this.#savedTable = state.table?.open.id;
    state.update({ keeping: 'on' });
    const what = kept.runs.length > 0 ? `${name} and ${countOf(kept.runs.length, 'run')}` : name;
    return [`Back from this device: ${what}.`, ...sentences].join(' ');
  }

  /** @throws Error if it is not the table it was */
  async #openKept(
    { name, sample, format, plans }: KeptPage,
    content: Blob | undefined,
    changes: KeptPage['changes'],
  ): Promise<void> {
    if (!sample && !content) throw new InputError('The table is gone.');
    const problem = await this.#tables.openKept({
      name,
      ...(sample && { sample }),
      source: sample ? { sample } : { file: content ?? new Blob() },
      kept: { format, plans },
      changes,
    });
    if (problem !== undefined) throw new InputError(`${name}: ${problem}`);
  }

  /** Saves what changed since the last time; one save after the other. */
  save(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#saving = this.#saving.then(() => this.#save());
    return this.#saving;
  }

  async #save(): Promise<void> {
    const state = this.#state;
    const { table } = state;
    if (state.keeping !== 'on' || !table || state.reading) return;
    const start = performance.now();
    try {
      const page = this.#page();
      const text = JSON.stringify(page);
      const shown = state.shownRuns.filter(({ id, stepCount }) => id !== undefined && stepCount > 0);
      const changed = shown.filter((run) => this.#savedRuns.get(run.key) !== run);
      const runs: KeptRun[] = [];
      for (const run of changed) {
        const kept = await this.#keptRun(run);
        if (kept) runs.push(kept);
      }
      const isGone = (key: RunKey) => !this.#unrestored.has(key) && !shown.some((run) => run.key === key);
      const gone = runKeys.filter(isGone);
      const isOfOldTable = this.#savedTable !== table.open.id;
      const isSame = !isOfOldTable && text === this.#savedPage && runs.length === 0;
      if (isSame && gone.every((key) => !this.#savedRuns.has(key))) return;
      // Forgotten meanwhile, or another table opened: that is saved next.
      if ((state.keeping as string) !== 'on' || state.table?.open.id !== table.open.id) return;
      await writeKept({ page, content: isOfOldTable ? contentOf(table.source) : undefined, runs, gone });
      this.#savedTable = table.open.id;
      this.#savedPage = text;
      for (const run of changed) this.#savedRuns.set(run.key, run);
      for (const key of gone) this.#savedRuns.delete(key);
    } catch (error) {
      await this.#giveUp(error);
    } finally {
      this.#restMs = REST * (performance.now() - start);
    }
  }

  #page(): KeptPage {
    const { table, changes, path, threshold } = this.#state;
    if (!table) throw new Error('a page without a table is not kept');
    const { name, sample, open } = table;
    const { format, plans } = open;
    return { version: KEPT_VERSION, name, sample, format, plans, changes, path, threshold };
  }

  /** Undefined where there is nothing of it to keep. */
  async #keptRun(run: Run): Promise<KeptRun | undefined> {
    const { id, table, report } = run;
    if (id === undefined) return undefined;
    const state = await this.#client.models.keep(id, table.name);
    if (!state) return undefined;
    // One whose device was lost can go on elsewhere.
    const isOver = run.isOver && !run.isLost;
    return {
      key: run.key,
      path: run.path,
      strategy: run.strategy,
      job: run.job,
      plans: table.open.plans,
      options: table.open.options,
      patience: run.patience,
      isOver,
      continuedFrom: run.continuedFrom,
      resumedFrom: run.resumedFrom,
      recoveries: run.recoveries,
      report: isOver ? report : undefined,
      measurement: run.measurement,
      gradientCheck: run.gradientCheck,
      assessment: run.assessment,
      state,
    };
  }

  /** What is on the page goes on; it is only not kept. */
  async #giveUp(error: unknown): Promise<void> {
    const isFull = error instanceof Error && error.name === 'QuotaExceededError';
    const why = isFull ? 'its storage for this site is full' : reasonOf(error);
    const notice = `This browser does not keep the page on this device: ${why}. Everything goes on, but a reload loses it.`;
    // Where nothing could be saved nothing is left; what was saved before stays as it was.
    try {
      await forgetIfEmpty();
    } catch {
      // Storage that takes nothing holds nothing.
    }
    this.#state.update({ keeping: 'off', notice });
    this.#lock.release();
  }

  #startAnew(): void {
    this.#savedTable = undefined;
    this.#savedPage = '';
    this.#savedRuns.clear();
    this.#unrestored = new Set();
  }

  #onChange(topic: Topic): void {
    const { keeping, activity } = this.#state;
    const hasSettled = activity !== this.#lastActivity && (activity === 'idle' || activity === 'paused');
    this.#lastActivity = activity;
    if (keeping !== 'on') return;
    if (hasSettled) void this.save();
    else {
      const wait = Math.max(topic === 'progress' ? SAVE_EVERY_MS : SAVE_SOON_MS, this.#restMs);
      this.#timer ??= setTimeout(() => void this.save(), wait);
    }
  }
}

/** The bytes of a person's own table; a sample comes with the page. */
function contentOf(source: TableSource): Blob | null {
  if ('sample' in source) return null;
  return 'file' in source ? source.file : new Blob([source.text]);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isForPeople = ['InputError', 'RefusalError'].includes(error.name);
  return isForPeople
    ? sentenceOf(error).replace(/\.$/, '')
    : `${error.name}${error.message ? `: ${error.message.replace(/\.$/, '')}` : ''}`;
}
