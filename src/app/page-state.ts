import {
  notebookJob,
  type GpuAvailability,
  type GpuStrategy,
  type SelfTest,
  type GradientCheck,
  type Measurement,
  type Recovery,
  type TrainingJob,
} from '../index.ts';
import type { Comparison, LossCurve, OpenTable, RunReport } from '../worker/client.ts';
import {
  notebookSettings,
  readSettings,
  sameJob,
  type SettingsErrors,
  type SettingsField,
  type SettingsText,
} from './settings.ts';

export type Path = 'cpu' | 'gpu';
export const paths: readonly Path[] = ['cpu', 'gpu'];

/** The runs a page can hold: one a path, and beside what the GPU path chose its kernels one by one. */
export type RunKey = 'cpu' | 'kernels' | 'gpu';
export type GpuKey = Exclude<RunKey, 'cpu'>;
/** In the order they are shown. */
const runKeys: readonly RunKey[] = ['cpu', 'kernels', 'gpu'];
export const gpuKeys: readonly GpuKey[] = ['kernels', 'gpu'];

/** What the worker is doing for the page. */
export type Activity =
  'idle' | 'opening' | 'running' | 'paused' | 'ending' | 'comparing' | 'checking' | 'measuring' | 'testing';

/** One run as the page knows it; replaced, never changed, except for its growing curve. */
export interface Run {
  readonly key: RunKey;
  readonly path: Path;
  /** Asked for; undefined where the planner chooses, and on the CPU. */
  readonly strategy: GpuStrategy | undefined;
  readonly job: TrainingJob;
  /** The worker's number for it; undefined until its trainer is made. */
  readonly id: number | undefined;
  readonly stepCount: number;
  readonly curve: LossCurve;
  /** Losses of the device that the run survived. */
  readonly recoveries: readonly Recovery[];
  /** Finished, stopped for good, or given up. */
  readonly isOver: boolean;
  /** Its device was lost and no other could be had: its curve stays, and the CPU can go on. */
  readonly isLost: boolean;
  /** The step at which the CPU took over from a run whose device was lost. */
  readonly continuedFrom: number | undefined;
  /** What came of it, or came of it up to the pause. */
  readonly report: RunReport | undefined;
  readonly measurement: Measurement | undefined;
  readonly gradientCheck: GradientCheck | undefined;
  /** Milliseconds to the end at the present pace; undefined while it is not known. */
  readonly msLeft: number | undefined;
}

/** A table with where it came from. */
export interface ShownTable {
  readonly name: string;
  /** The built-in sample, as the notebook has it. */
  readonly isSample: boolean;
  readonly table: OpenTable;
}

/** `progress` comes ten times a second while something runs; everything else is a `change`. */
export type Topic = 'change' | 'progress';

interface Fields {
  table: ShownTable | undefined;
  /** The name of a table that is being read. */
  readingTable: string | undefined;
  settingsText: SettingsText;
  settingsErrors: SettingsErrors;
  /** Train was pressed and this setting was in the way: it wants to be seen. */
  faultySetting: SettingsField | undefined;
  /** The job of the last settings that were valid. */
  job: TrainingJob;
  gpu: GpuAvailability | undefined;
  /** The adapter is, or was before it was lost, a software one. */
  isSoftware: boolean;
  path: Path;
  activity: Activity;
  /** More about the activity: `repetition 3 of 5`. */
  activityNote: string;
  /** Runs are or will be held against float64: their difference gets its place. */
  isComparing: boolean;
  runs: Readonly<Partial<Record<RunKey, Run>>>;
  /** Of each GPU run that was held against float64. */
  comparisons: Readonly<Partial<Record<GpuKey, Comparison>>>;
  /** What the adapter's results are worth; or why that could not be found out. */
  selfTest: SelfTest | { readonly problem: string } | undefined;
  /** One sentence on what went wrong. */
  error: string | undefined;
  /** One sentence on what happened, and went well. */
  notice: string | undefined;
  /** The worker is gone: nothing can be trained. */
  isBroken: boolean;
  /** Read out by screen readers: start, end, errors. */
  announcement: string;
}

/** Everything the page shows. Components read it and are told when it changes; only the controls change it. */
export class PageState implements Readonly<Fields> {
  declare readonly table: Fields['table'];
  declare readonly readingTable: Fields['readingTable'];
  declare readonly settingsText: SettingsText;
  declare readonly settingsErrors: SettingsErrors;
  declare readonly faultySetting: Fields['faultySetting'];
  declare readonly job: TrainingJob;
  declare readonly gpu: Fields['gpu'];
  declare readonly isSoftware: boolean;
  declare readonly path: Path;
  declare readonly activity: Activity;
  declare readonly activityNote: string;
  declare readonly isComparing: boolean;
  declare readonly runs: Fields['runs'];
  declare readonly comparisons: Fields['comparisons'];
  declare readonly selfTest: Fields['selfTest'];
  declare readonly error: string | undefined;
  declare readonly notice: string | undefined;
  declare readonly isBroken: boolean;
  declare readonly announcement: string;
  readonly #listeners = new Set<(topic: Topic) => void>();

  /** @param clockMs the resolution of the page's clock */
  constructor(readonly clockMs: number) {
    const start: Fields = {
      table: undefined,
      readingTable: undefined,
      settingsText: notebookSettings,
      settingsErrors: new Map(),
      faultySetting: undefined,
      job: notebookJob,
      gpu: undefined,
      isSoftware: false,
      path: 'cpu',
      activity: 'idle',
      activityNote: '',
      isComparing: false,
      runs: {},
      comparisons: {},
      selfTest: undefined,
      error: undefined,
      notice: undefined,
      isBroken: false,
      announcement: '',
    };
    Object.assign(this, start);
  }

  update(changes: Partial<Fields>, topic: Topic = 'change'): void {
    Object.assign(this, changes);
    for (const listener of this.#listeners) listener(topic);
  }

  /** @returns a function that ends the subscription */
  subscribe(listener: (topic: Topic) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes a setting as a person wrote it; a job comes of it only if all of them are valid. */
  changeSetting(change: Partial<SettingsText>): void {
    const settingsText = { ...this.settingsText, ...change };
    const { job, errors } = readSettings(settingsText, this.outputCount);
    // The same job stays the same object: its run is still the one of the settings.
    const isSame = job && sameJob(job, this.job);
    if (job) this.update({ settingsText, job: isSame ? this.job : job, settingsErrors: new Map() });
    else this.update({ settingsText, settingsErrors: errors });
  }

  updateRun(key: RunKey, changes: Partial<Run>, topic: Topic = 'change'): void {
    const run = this.runs[key];
    if (run) this.update({ runs: { ...this.runs, [key]: { ...run, ...changes } } }, topic);
  }

  /** Asked for; undefined where the planner chooses. */
  get strategy(): GpuStrategy | undefined {
    const { strategy } = this.settingsText;
    return strategy === 'auto' ? undefined : strategy;
  }

  get outputCount(): number {
    return this.table?.table.outputCount ?? 1;
  }

  /** No run is open and nothing is on its way. */
  get isIdle(): boolean {
    return this.activity === 'idle';
  }

  /** A run is training or paused: the settings are its own. */
  get isTraining(): boolean {
    return ['opening', 'running', 'paused', 'ending'].includes(this.activity);
  }

  /** Something goes on that *Stop* ends. */
  get canStop(): boolean {
    return this.isTraining || this.activity === 'comparing' || this.activity === 'measuring';
  }

  get hasRuns(): boolean {
    return Object.keys(this.runs).length > 0;
  }

  /** The settings are no longer those of the runs on the page. */
  get isStale(): boolean {
    return this.shownRuns.some(
      ({ key, job, strategy }) => !sameJob(job, this.job) || (key === 'gpu' && strategy !== this.strategy),
    );
  }

  /** The run that trains now, or the last one that did. */
  get currentRun(): Run | undefined {
    return this.shownRuns.find((run) => !run.isOver) ?? this.runs[this.path] ?? this.shownRuns[0];
  }

  /** The run whose device is gone, until something has been made of it. */
  get lostRun(): Run | undefined {
    const isContinued = this.runs.cpu?.continuedFrom !== undefined;
    return isContinued ? undefined : this.shownRuns.find(({ isLost }) => isLost);
  }

  get shownRuns(): Run[] {
    return runKeys.flatMap((key) => this.runs[key] ?? []);
  }

  /** The runs on the page are those the notebook recorded. */
  get isNotebook(): boolean {
    const job = this.shownRuns[0]?.job ?? this.job;
    return this.table?.isSample === true && sameJob(job, notebookJob);
  }

  /** How the page calls a path here. */
  label(path: Path): string {
    if (path === 'cpu') return 'CPU';
    return this.isSoftware ? 'WebGPU (software)' : 'GPU';
  }
}
