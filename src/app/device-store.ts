import { promisifyRequest, type UseStore } from 'idb-keyval';
import type { AssessmentReport, KeptState, RunReport } from '../worker/client.ts';
import type {
  ColumnPlan,
  CsvFormat,
  DatasetOptions,
  GpuStrategy,
  GradientCheck,
  Measurement,
  Recovery,
  SampleId,
  TrainingJob,
} from '../index.ts';
import type { Path, RunKey } from './run.ts';
import type { SettingsChanges } from './settings.ts';

// What is kept on the device, in IndexedDB: nothing is made there before something is saved, and nothing is left
// when it is forgotten.

/** Counts up when what is kept changes its form. */
export const KEPT_VERSION = 1;

/** The page as it was: small, and without a cell. */
export interface KeptPage {
  readonly version: typeof KEPT_VERSION;
  /** Of the table. */
  readonly name: string;
  readonly sample: SampleId | undefined;
  readonly format: CsvFormat;
  readonly plans: readonly ColumnPlan[];
  readonly changes: SettingsChanges;
  readonly path: Path;
  readonly threshold: number;
}

/** One run as it was. */
export interface KeptRun {
  readonly key: RunKey;
  readonly path: Path;
  readonly strategy: GpuStrategy | undefined;
  readonly job: TrainingJob;
  readonly plans: readonly ColumnPlan[];
  readonly options: DatasetOptions;
  readonly patience: number | undefined;
  readonly isOver: boolean;
  readonly continuedFrom: number | undefined;
  readonly resumedFrom: number | undefined;
  readonly recoveries: readonly Recovery[];
  /** Of a run that is over. */
  readonly report: RunReport | undefined;
  readonly measurement: Measurement | undefined;
  readonly gradientCheck: GradientCheck | undefined;
  readonly assessment: AssessmentReport | undefined;
  readonly state: KeptState;
}

/** All that is kept. */
export interface Kept {
  readonly page: KeptPage;
  /** The bytes of a person's own table. */
  readonly content: Blob | undefined;
  readonly runs: readonly KeptRun[];
}

/** What a save changes; what it does not name stays. */
export interface KeptChanges {
  readonly page: KeptPage;
  /** Undefined where it stays; null where there is none any more. */
  readonly content: Blob | null | undefined;
  readonly runs: readonly KeptRun[];
  /** Runs that are no longer on the page. */
  readonly gone: readonly RunKey[];
}

const DATABASE = 'handgrad';
const STORE = 'kept';
const PAGE = 'page';
const CONTENT = 'table';
const RUNS: readonly RunKey[] = ['cpu', 'kernels', 'gpu'];
const runEntry = (key: RunKey): string => `run ${key}`;

/** Opened for one transaction and closed: an open connection would stand in the way of forgetting. */
const useStore: UseStore = async (mode, callback) => {
  const request = indexedDB.open(DATABASE);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  const database = await promisifyRequest(request);
  try {
    return await callback(database.transaction(STORE, mode).objectStore(STORE));
  } finally {
    database.close();
  }
};

/** Whether something is kept here; to ask makes nothing. */
export async function isSomethingKept(): Promise<boolean> {
  // Private windows of some browsers have no storage at all.
  if (!('indexedDB' in globalThis) || !('databases' in indexedDB)) return false;
  return (await indexedDB.databases()).some(({ name }) => name === DATABASE);
}

/** What is kept; undefined where it is nothing this version can read. */
export async function readKept(): Promise<Kept | undefined> {
  const [page, content, ...runs] = await useStore('readonly', (store) =>
    Promise.all(
      [PAGE, CONTENT, ...RUNS.map(runEntry)].map((key) => promisifyRequest<unknown>(store.get(key))),
    ),
  );
  const kept = page as KeptPage | undefined;
  if (kept?.version !== KEPT_VERSION) return undefined;
  return {
    page: kept,
    content: content instanceof Blob ? content : undefined,
    runs: runs.filter((run) => run !== undefined) as KeptRun[],
  };
}

/** Saves in one transaction: all of it, or, where storage is full or refused, nothing. */
export async function writeKept({ page, content, runs, gone }: KeptChanges): Promise<void> {
  await useStore('readwrite', (store) => {
    const { transaction } = store;
    const finished = new Promise<void>((resolve, reject) => {
      transaction.addEventListener('complete', () => resolve());
      transaction.addEventListener('abort', () => reject(transaction.error ?? new Error('It was cut off.')));
    });
    try {
      store.put(page, PAGE);
      if (content) store.put(content, CONTENT);
      if (content === null) store.delete(CONTENT);
      for (const run of runs) store.put(run, runEntry(run.key));
      for (const key of gone) store.delete(runEntry(key));
    } catch (error) {
      finished.catch(() => {});
      transaction.abort();
      throw error;
    }
    return finished;
  });
}

/** Leaves nothing. */
export async function forgetKept(): Promise<void> {
  await promisifyRequest(indexedDB.deleteDatabase(DATABASE));
}

/** Leaves nothing where nothing was saved. */
export async function forgetIfEmpty(): Promise<void> {
  if (!(await isSomethingKept())) return;
  const count = await useStore('readonly', (store) => promisifyRequest(store.count()));
  if (count === 0) await forgetKept();
}
