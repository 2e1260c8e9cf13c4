import {
  lossesOfTask,
  notebookJob,
  orTable,
  samples,
  settingsOfSample,
  suggestedSettings,
  taskNames,
  taskOfLoss,
  usualOptions,
  type ColumnPlan,
  type DatasetOptions,
  type GpuAvailability,
  type GpuStrategy,
  type Plan,
  type SelfTest,
  type Task,
  type TrainingJob,
} from '../index.ts';
import type { Comparison } from '../worker/client.ts';
import type { HideableName } from './hideable.ts';
import type { OpenedModel } from './opened-model.ts';
import { runKeys, type GpuKey, type Path, type Run, type RunKey, type ShownTable } from './run.ts';
import type { SettingsField, SettingsText } from './setting-fields.ts';
import {
  isNotebookJob,
  readSettings,
  sameJob,
  textOf,
  withChanges,
  type ReadSettings,
  type SettingsChanges,
  type SettingsErrors,
} from './settings.ts';

/** What the worker is doing for the page. */
export type Activity =
  | 'idle'
  | 'opening'
  | 'running'
  | 'paused'
  | 'ending'
  | 'comparing'
  | 'checking'
  | 'measuring'
  | 'testing'
  | 'sweeping';

/** What is being read. */
interface Reading {
  readonly name: string;
  /** Of its bytes, 0 … 1; undefined until some have come. */
  readonly share: number | undefined;
}

/** `progress` comes ten times a second while something runs; everything else is a `change`. */
export type Topic = 'change' | 'progress';

interface Fields {
  table: ShownTable | undefined;
  /** The table that is being read. */
  reading: Reading | undefined;
  /** The columns, or what is made of them, were changed; the table is not ready yet. */
  isPreparing: boolean;
  /** What the table begins with. */
  base: SettingsText;
  /** What a person changed of that. */
  changes: SettingsChanges;
  settingsErrors: SettingsErrors;
  /** Train was pressed and this setting was in the way: it wants to be seen. */
  faultySetting: SettingsField | undefined;
  /** The job of the last settings that were valid. */
  job: TrainingJob;
  /** What the last valid settings make of the rows. */
  options: DatasetOptions;
  /** Looks at the validation loss without a new lowest one before a run ends; it does not if undefined. */
  patience: number | undefined;
  /** Asked for; undefined where the planner chooses. */
  strategy: GpuStrategy | undefined;
  /** A network of a sweep that was opened: as long as the job is its own, this plan repeats it to the last bit. */
  opened: { readonly job: TrainingJob; readonly plan: Plan } | undefined;
  /** From which probability on a binary output counts as 1. */
  threshold: number;
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
  /** A trained network that was opened from a file. */
  model: OpenedModel | undefined;
  /** Whether the page is kept on the device: `other` where something else is, which is not shown. */
  keeping: 'off' | 'on' | 'other';
  /** Controls that the address hides. */
  hidden: ReadonlySet<HideableName>;
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
  declare readonly reading: Fields['reading'];
  declare readonly isPreparing: boolean;
  declare readonly base: SettingsText;
  declare readonly changes: SettingsChanges;
  declare readonly settingsErrors: SettingsErrors;
  declare readonly faultySetting: Fields['faultySetting'];
  declare readonly job: TrainingJob;
  declare readonly options: DatasetOptions;
  declare readonly patience: Fields['patience'];
  declare readonly strategy: Fields['strategy'];
  declare readonly opened: Fields['opened'];
  declare readonly threshold: number;
  declare readonly gpu: Fields['gpu'];
  declare readonly isSoftware: boolean;
  declare readonly path: Path;
  declare readonly activity: Activity;
  declare readonly activityNote: string;
  declare readonly isComparing: boolean;
  declare readonly runs: Fields['runs'];
  declare readonly comparisons: Fields['comparisons'];
  declare readonly selfTest: Fields['selfTest'];
  declare readonly model: Fields['model'];
  declare readonly keeping: Fields['keeping'];
  declare readonly hidden: Fields['hidden'];
  declare readonly error: string | undefined;
  declare readonly notice: string | undefined;
  declare readonly isBroken: boolean;
  declare readonly announcement: string;
  /** Resolves when the table is as the columns and settings say. */
  whenPrepared: Promise<unknown> = Promise.resolve();
  readonly #listeners = new Set<(topic: Topic) => void>();

  /** @param clockMs the resolution of the page's clock */
  constructor(readonly clockMs: number) {
    const options = usualOptions(4, orTable);
    const start: Fields = {
      table: undefined,
      reading: undefined,
      isPreparing: false,
      base: textOf(settingsOfSample(orTable), options),
      changes: {},
      settingsErrors: new Map(),
      faultySetting: undefined,
      job: notebookJob,
      options,
      patience: undefined,
      strategy: undefined,
      opened: undefined,
      threshold: 0.5,
      gpu: undefined,
      isSoftware: false,
      path: 'cpu',
      activity: 'idle',
      activityNote: '',
      isComparing: false,
      runs: {},
      comparisons: {},
      selfTest: undefined,
      model: undefined,
      keeping: 'off',
      hidden: new Set(),
      error: undefined,
      notice: undefined,
      isBroken: false,
      announcement: '',
    };
    Object.assign(this, start);
  }

  update(changes: Partial<Fields>, topic: Topic = 'change'): void {
    const { error: _, ...others } = changes;
    // What a worker that is gone said of it stays: nothing that is done afterwards puts it right.
    Object.assign(this, this.isBroken ? others : changes);
    for (const listener of this.#listeners) listener(topic);
  }

  /** @returns a function that ends the subscription */
  subscribe(listener: (topic: Topic) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes settings as a person wrote them; a job comes of them only if all are valid. */
  changeSetting(change: SettingsChanges): void {
    const changes = Object.fromEntries(
      Object.entries({ ...this.changes, ...change }).filter(
        ([field, value]) => value !== this.base[field as SettingsField],
      ),
    ) as SettingsChanges;
    this.update({ changes, ...this.#read(this.base, changes, this.table) });
  }

  /** Shows a table; `changes` are those of its settings that stay. */
  showTable(table: ShownTable, changes: SettingsChanges): void {
    const base = this.beginningOf(table);
    this.update({ table, base, changes, ...this.#read(base, changes, table) });
  }

  /** What the fields say. */
  get settingsText(): SettingsText {
    return withChanges(this.base, this.changes);
  }

  get task(): Task {
    return taskOf(this.table, this.settingsText);
  }

  /** What a table's settings begin with: what its sample suggests, or what mostly learns something at once. */
  beginningOf({ sample: id, open, guessed }: ShownTable): SettingsText {
    const sample = samples.find((each) => each.id === id);
    const suggested = sample && settingsOfSample(sample);
    const { task: ofSample, ...rest } = usualOptions(open.rowCount, sample);
    // What the sample says of its target does not hold for another.
    const isOfSample = targetsOf(open.plans) === targetsOf(guessed);
    const options = { ...rest, ...(ofSample && isOfSample && { task: ofSample }) };
    const { task, rowCounts } = open.prepared ?? {};
    const isFitting = suggested && (task === undefined || lossesOfTask[task].includes(suggested.loss));
    const trainingRowCount = rowCounts?.training ?? open.rowCount;
    const job = isFitting ? suggested : suggestedSettings(task ?? 'regression', trainingRowCount);
    const { batchSize = Infinity, ...others } = job;
    // Of another split there may be fewer rows than a batch was to have.
    return textOf(batchSize > trainingRowCount ? others : job, options);
  }

  /** What the settings come to for a table. */
  readSettings(table: ShownTable | undefined, base: SettingsText, changes: SettingsChanges): ReadSettings {
    const prepared = table?.open.prepared;
    const text = withChanges(base, changes);
    return readSettings(text, {
      task: taskOf(table, text),
      outputCount: prepared?.outputCount ?? 1,
      trainingRowCount: prepared?.rowCounts.training ?? table?.open.rowCount ?? 1,
      options: table?.open.options ?? this.options,
    });
  }

  #read(base: SettingsText, changes: SettingsChanges, table: ShownTable | undefined): Partial<Fields> {
    const { errors, options, job, patience, strategy } = this.readSettings(table, base, changes);
    if (!job) return { settingsErrors: errors, options };
    // The same job stays the same object: its run is still the one of the settings.
    return {
      settingsErrors: errors,
      options,
      patience,
      strategy,
      job: sameJob(job, this.job) ? this.job : job,
    };
  }

  /** The plan a run of a job is to have; empty where the planner chooses. */
  planFor(key: RunKey, job: TrainingJob): { readonly plan?: Plan } {
    return key === 'gpu' && this.opened?.job === job ? { plan: this.opened.plan } : {};
  }

  updateRun(key: RunKey, changes: Partial<Run>, topic: Topic = 'change'): void {
    const run = this.runs[key];
    if (run) this.update({ runs: { ...this.runs, [key]: { ...run, ...changes } } }, topic);
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
    return this.isTraining || ['comparing', 'measuring', 'sweeping'].includes(this.activity);
  }

  get hasRuns(): boolean {
    return Object.keys(this.runs).length > 0;
  }

  /** The settings are no longer those of the runs on the page. */
  get isStale(): boolean {
    return this.shownRuns.some(
      (run) =>
        !this.isOfSettings(run) ||
        run.patience !== this.patience ||
        (run.key === 'gpu' && run.strategy !== this.strategy),
    );
  }

  /** A run's job and table are the present ones. */
  isOfSettings({ job, table }: Run): boolean {
    return (
      sameJob(job, this.job) && table.key === this.table?.key && sameOptions(table.open.options, this.options)
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

  /** A run of the present path and settings that is over: a new one would take its place. */
  get standingRun(): Run | undefined {
    const run = this.runs[this.path];
    const isSameWay =
      run?.patience === this.patience && (this.path === 'cpu' || run?.strategy === this.strategy);
    return run?.isOver && isSameWay && this.isOfSettings(run) ? run : undefined;
  }

  get shownRuns(): Run[] {
    return runKeys.flatMap((key) => this.runs[key] ?? []);
  }

  /** The runs on the page are those the notebook recorded. */
  get isNotebook(): boolean {
    const [run] = this.shownRuns;
    const { sample, open } = run?.table ?? this.table ?? {};
    const isWhole = open?.prepared?.rowCounts.training === open?.rowCount && open?.options.scaling === 'none';
    return sample === 'or' && isWhole && isNotebookJob(run?.job ?? this.job);
  }

  /** How the page calls a path here. */
  label(path: Path): string {
    if (path === 'cpu') return 'CPU';
    return this.isSoftware ? 'WebGPU (software)' : 'GPU';
  }
}

/** What is to be learnt; of a table that cannot be trained on as it is, what its settings are for. */
function taskOf(table: ShownTable | undefined, { task, loss }: SettingsText): Task {
  const chosen = taskNames.find((name) => name === task);
  return table?.open.prepared?.task ?? chosen ?? taskOfLoss(loss) ?? 'regression';
}

/** The target columns, as one text. */
function targetsOf(plans: readonly ColumnPlan[]): string {
  return JSON.stringify(plans.filter(({ role }) => role === 'target').map(({ name }) => name));
}

/** Whether two ways to make numbers of a table are the same, whatever their order. */
export function sameOptions(a: DatasetOptions, b: DatasetOptions): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]) as Set<keyof DatasetOptions>;
  return [...names].every((name) => a[name] === b[name]);
}
