import type {
  ColumnPlan,
  GpuStrategy,
  GradientCheck,
  Measurement,
  Recovery,
  SampleId,
  TrainingJob,
  ValidationCurve,
} from '../index.ts';
import type { AssessmentReport, LossCurve, OpenTable, RunReport, TableSource } from '../worker/client.ts';

export type Path = 'cpu' | 'gpu';
export const paths: readonly Path[] = ['cpu', 'gpu'];

/** The runs a page can hold: one a path, and beside what the GPU path chose its kernels one by one. */
export type RunKey = 'cpu' | 'kernels' | 'gpu';
export type GpuKey = Exclude<RunKey, 'cpu'>;
/** In the order they are shown. */
export const runKeys: readonly RunKey[] = ['cpu', 'kernels', 'gpu'];
export const gpuKeys: readonly GpuKey[] = ['kernels', 'gpu'];

/** A table with where it came from. */
export interface ShownTable {
  /** What a person calls it. */
  readonly name: string;
  /** Undefined for a person's own. */
  readonly sample: SampleId | undefined;
  /** Of this table and what its columns are taken for. */
  readonly key: string;
  readonly open: OpenTable;
  /** What it was read from. */
  readonly source: TableSource;
  /** What its columns were taken for when it was opened. */
  readonly guessed: readonly ColumnPlan[];
}

/** Whether two tables were read from the same, as far as names and sizes tell. */
export function hasSameSource(a: ShownTable, b: ShownTable): boolean {
  const isLike = a.sample === b.sample && a.name === b.name && a.open.rowCount === b.open.rowCount;
  return a.open.id === b.open.id || isLike;
}

/** Whether their columns are taken for the same, too. */
export function sameTable(a: ShownTable, b: ShownTable | undefined): boolean {
  if (!b || a.key === b.key) return b !== undefined;
  return hasSameSource(a, b) && JSON.stringify(a.open.plans) === JSON.stringify(b.open.plans);
}

/** One run as the page knows it; replaced, never changed, except for its growing curve. */
export interface Run {
  readonly key: RunKey;
  readonly path: Path;
  /** Asked for; undefined where the planner chooses, and on the CPU. */
  readonly strategy: GpuStrategy | undefined;
  readonly job: TrainingJob;
  /** As it was when the run began. */
  readonly table: ShownTable;
  readonly patience: number | undefined;
  /** The worker's number for it; undefined until its trainer is made. */
  readonly id: number | undefined;
  readonly stepCount: number;
  readonly curve: LossCurve;
  /** The validation loss so far; undefined where no rows were set apart. */
  readonly validation: ValidationCurve | undefined;
  /** Losses of the device that the run survived. */
  readonly recoveries: readonly Recovery[];
  /** Finished, stopped for good, or given up. */
  readonly isOver: boolean;
  /** Its device was lost and no other could be had: its curve stays, and the CPU can go on. */
  readonly isLost: boolean;
  /** The step at which the CPU took over from a run whose device was lost. */
  readonly continuedFrom: number | undefined;
  /** The step at which this page took it up, from a file or after a reload: its timing begins there. */
  readonly resumedFrom: number | undefined;
  /** What came of it, or came of it up to the pause. */
  readonly report: RunReport | undefined;
  readonly measurement: Measurement | undefined;
  readonly gradientCheck: GradientCheck | undefined;
  /** How well it does on every part of the table. */
  readonly assessment: AssessmentReport | undefined;
  /** Milliseconds to the end at the present pace; undefined while it is not known. */
  readonly msLeft: number | undefined;
}

/** A run with its number in the worker. */
export type HeldRun = Run & { readonly id: number };

/** All of its steps were trained, or as many as the validation loss allowed, and to numbers. */
export function isWhole(run: Run | undefined): run is Run {
  if (!run) return false;
  const isEnded = run.stepCount === run.job.steps || run.report?.validation?.stoppedEarly === true;
  return isEnded && Number.isFinite(run.report?.finalLoss);
}

/** It was stopped before its end, and its trainer is still there. */
export function canGoOn({ isOver, isLost, id, stepCount, job, report }: Run): boolean {
  const isStopped = isOver && !isLost && id !== undefined && stepCount < job.steps;
  return isStopped && report !== undefined && !report.divergence && !report.validation?.stoppedEarly;
}

/** A run before its first step. */
export function freshRun(key: RunKey): Omit<Run, 'job' | 'table' | 'patience'> {
  return {
    key,
    path: key === 'cpu' ? 'cpu' : 'gpu',
    strategy: undefined,
    id: undefined,
    stepCount: 0,
    curve: { steps: [], losses: [] },
    validation: undefined,
    recoveries: [],
    isOver: false,
    isLost: false,
    continuedFrom: undefined,
    resumedFrom: undefined,
    report: undefined,
    measurement: undefined,
    gradientCheck: undefined,
    assessment: undefined,
    msLeft: undefined,
  };
}

export function extended(a: Run['curve'], b: Run['curve']): Run['curve'] {
  return { steps: a.steps.concat(b.steps), losses: a.losses.concat(b.losses) };
}
