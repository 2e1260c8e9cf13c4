import {
  assignRoles,
  benchShapes,
  checkGradients,
  describeGpu,
  errorLine,
  logStride,
  measure,
  MOST_PREDICTED_ROWS,
  readTable,
  selfTest,
  summarizeTable,
  timeCrossover,
  timeEveryPath,
  toTrainingData,
  TrainingSession,
  type Backend,
  type BenchJobName,
  type ColumnRole,
  type CrossoverCell,
  type GpuAvailability,
  type GpuStrategy,
  type GradientCheck,
  type Measurement,
  type PathOutcome,
  type Recovery,
  type RunResult,
  type SelfTest,
  type Table,
  type TableSummary,
  type TrainingData,
  type TrainingJob,
  type Verdict,
  validateRun,
} from '../index.ts';

/** Losses at every `stride`-th step: what a chart needs, and no more. */
export interface LossCurve {
  readonly steps: readonly number[];
  readonly losses: readonly number[];
}

/** How far a run has come. */
export interface RunProgress {
  readonly stepCount: number;
  /** The points of the curve that were not yet in an earlier report. */
  readonly curve: LossCurve;
  /** Losses of the device so far, survived. */
  readonly recoveries: readonly Recovery[];
}

/** What the page shows of a run: the result, its losses thinned to a curve and to the notebook's log lines. */
export interface RunReport extends Omit<RunResult, 'losses'> {
  readonly finalLoss: number;
  readonly curve: LossCurve;
  readonly log: readonly string[];
}

/**
 * What the page shows of a table: the rows it has predictions for, and of a wide table its first columns, so
 * that what crosses to the page stays small.
 */
export interface OpenTable extends TableSummary {
  /** Of the whole table. */
  readonly inputCount: number;
  readonly outputCount: number;
  /** The smallest and the largest target. */
  readonly targetRange: readonly [least: number, most: number];
}

/** Two runs of one job, held against each other. */
export interface Comparison {
  readonly verdict: Verdict;
  /** Largest |difference| of the loss between one point of the curve and the next, at those points' steps. */
  readonly difference: LossCurve;
}

/** A curve holds about this many points: more than a screen is wide. */
const CURVE_POINTS = 2000;
/** How often a running job reports, in milliseconds. */
const REPORT_EVERY_MS = 100;
/** Columns of the table the page shows: inputs (and the index), and targets. */
const PREVIEW_INPUTS = 16;
const PREVIEW_TARGETS = 8;

interface Run {
  readonly session: TrainingSession;
  readonly job: TrainingJob;
  readonly data: TrainingData;
  /** Aborted to pause whatever is going on with the run. */
  controller: AbortController;
  isTraining: boolean;
  /** Of the steps so far; undefined while they change. */
  result: RunResult | undefined;
}

/** What the worker does for the page. It keeps the table and every run until told otherwise. */
export class TrainingService {
  #data: TrainingData | undefined;
  #reading = new AbortController();
  readonly #runs = new Map<number, Run>();
  #nextRun = 1;
  #timing = new AbortController();

  /** What WebGPU offers here, with a sentence a person can act on. */
  describeGpu(): Promise<GpuAvailability> {
    return describeGpu();
  }

  /**
   * Reads a CSV and keeps it; the table before stays if this one cannot be used. A reading that is still going on
   * is given up.
   *
   * @throws InputError; an AbortError if another table is opened meanwhile
   */
  async openTable(source: string | Blob): Promise<OpenTable> {
    this.#reading.abort();
    this.#reading = new AbortController();
    const { signal } = this.#reading;
    const table = await readTable(source, { signal });
    signal.throwIfAborted();
    const roles = assignRoles(table);
    this.#data = toTrainingData(table, roles);
    const { inputCount, outputCount, targets } = this.#data;
    const least = targets.reduce((a, b) => Math.min(a, b));
    const most = targets.reduce((a, b) => Math.max(a, b));
    return { ...summarizeFirstColumns(table, roles), inputCount, outputCount, targetRange: [least, most] };
  }

  /**
   * Makes a trainer for the kept table.
   *
   * @param strategy of the GPU; the best for the job if left out
   * @returns the run's number
   * @throws InputError, RefusalError
   */
  async openRun(backend: Backend['name'], job: TrainingJob, strategy?: GpuStrategy): Promise<number> {
    const data = this.#requireData();
    const session = await TrainingSession.open(backend, job, data, { ...(strategy && { strategy }) });
    return this.#addRun(session);
  }

  /**
   * Makes a run on the CPU that goes on from where another was last kept: what is left of a run whose device is gone.
   *
   * @returns the new run's number; the other stays until it is closed
   */
  async continueOnCpu(id: number): Promise<number> {
    const { session } = this.#requireRun(id);
    const { lastSnapshot: snapshot, job, data } = session;
    const losses = await session.losses(0);
    return this.#addRun(await TrainingSession.open('cpu', job, data, { from: { snapshot, losses } }));
  }

  #addRun(session: TrainingSession): number {
    const { job, data } = session;
    const id = this.#nextRun++;
    const controller = new AbortController();
    this.#runs.set(id, { session, job, data, controller, isTraining: false, result: undefined });
    return id;
  }

  /**
   * Trains a run `steps` further, or until `pause`.
   *
   * @param onProgress called about ten times a second, and at the end
   */
  async train(id: number, steps: number, onProgress: (progress: RunProgress) => unknown): Promise<void> {
    const run = this.#requireRun(id);
    if (run.isTraining) throw new Error(`run ${id} is training already`);
    run.isTraining = true;
    run.controller = new AbortController();
    run.result = undefined;
    const { session } = run;
    const stride = curveStride(session.job.steps);
    let reportedSteps = session.stepCount;
    let reporting: Promise<void> = Promise.resolve();
    const report = async () => {
      const losses = await session.losses(reportedSteps);
      const from = reportedSteps;
      reportedSteps += losses.length;
      const recoveries = [...session.recoveries];
      onProgress({ stepCount: reportedSteps, curve: thin(losses, from, stride), recoveries });
    };
    // One report at a time: the next begins where the last one ended.
    const timer = setInterval(() => {
      reporting = reporting.then(report);
      // Awaited below; until then a failure (a lost device) must not count as unhandled.
      reporting.catch(() => {});
    }, REPORT_EVERY_MS);
    try {
      await session.train(steps, run.controller.signal);
    } finally {
      clearInterval(timer);
      run.isTraining = false;
      await reporting;
    }
    await report();
  }

  /** Lets what is going on with a run end: `train` within two chunks; `compare` and `measure` with an AbortError. */
  pause(id: number): void {
    this.#requireRun(id).controller.abort();
  }

  /** What came of a run, or came of it so far. */
  async report(id: number): Promise<RunReport> {
    const run = this.#requireRun(id);
    const { losses: all, ...rest } = await this.#resultOf(run);
    const { steps } = run.job;
    // What follows a divergence is of no use to anybody; what came before it may be a few steps only.
    const { divergence } = rest;
    const losses = divergence ? all.subarray(0, divergence.step + 1) : all;
    const log: string[] = [];
    for (let step = 0; step < losses.length; step += logStride(steps))
      log.push(errorLine(step, losses[step]));
    const curve = thin(losses, 0, curveStride(divergence ? losses.length : steps));
    return { ...rest, finalLoss: losses[losses.length - 1], curve, log };
  }

  /**
   * Holds a run against a float64 run of the same job, table and number of steps.
   *
   * @throws AbortError after `pause(referenceId)`
   */
  async compare(referenceId: number, id: number): Promise<Comparison> {
    const [referenceRun, run] = [this.#requireRun(referenceId), this.#requireRun(id)];
    const [reference, result] = [await this.#resultOf(referenceRun), await this.#resultOf(run)];
    const { job, data } = referenceRun;
    const isSameJob = data === run.data && JSON.stringify(job) === JSON.stringify(run.job);
    if (reference.backend !== 'cpu' || !isSameJob || reference.steps !== result.steps) {
      throw new Error('compare() takes a CPU run and another run of the same job, table and number of steps');
    }
    const { signal } = (referenceRun.controller = new AbortController());
    return {
      verdict: await validateRun({ job, data, reference, gpu: result }, signal),
      difference: largestDifferences(reference.losses, result.losses, curveStride(job.steps)),
    };
  }

  /** The gradients written by hand against central differences, on the run's table, at its present parameters. */
  async checkGradients(id: number): Promise<GradientCheck> {
    const run = this.#requireRun(id);
    const { parameters } = await this.#resultOf(run);
    return checkGradients(run.job, run.data, parameters);
  }

  /**
   * Repeats a run's job warm.
   *
   * @throws AbortError after `pause(id)`
   */
  measure(id: number, repetitions: number, onRepetition: (count: number) => unknown): Promise<Measurement> {
    const run = this.#requireRun(id);
    run.controller = new AbortController();
    const { signal } = run.controller;
    const { plan } = run.session.planned;
    return measure(run.session.backend, run, { repetitions, onRepetition, signal, plan });
  }

  /**
   * Times a job of the benchmark on every path of this machine.
   *
   * @throws AbortError after `stopTiming()`
   */
  async timeJob(name: BenchJobName, onOutcome: (outcome: PathOutcome) => unknown): Promise<void> {
    this.#timing = new AbortController();
    await timeEveryPath(benchShapes[name], onOutcome, this.#timing.signal);
  }

  /**
   * Times CPU against GPU over hidden width and rows.
   *
   * @throws AbortError after `stopTiming()`
   */
  async timeCrossover(onCell: (cell: CrossoverCell) => unknown): Promise<void> {
    this.#timing = new AbortController();
    await timeCrossover(onCell, this.#timing.signal);
  }

  stopTiming(): void {
    this.#timing.abort();
  }

  /**
   * What this adapter's results are worth: compensation, eˣ, and every strategy against float64.
   *
   * @throws RefusalError where there is no GPU
   */
  selfTest(): Promise<SelfTest> {
    return selfTest();
  }

  /** Frees a run and forgets it; what is going on with it ends. */
  closeRun(id: number): void {
    const run = this.#runs.get(id);
    run?.controller.abort();
    run?.session.dispose();
    this.#runs.delete(id);
  }

  /** Kept until the run goes on. */
  async #resultOf(run: Run): Promise<RunResult> {
    if (run.result) return run.result;
    const result = await run.session.result();
    if (!run.isTraining) run.result = result;
    return result;
  }

  #requireRun(id: number): Run {
    const run = this.#runs.get(id);
    if (!run) throw new Error(`there is no run ${id}`);
    return run;
  }

  #requireData(): TrainingData {
    if (!this.#data) throw new Error('openTable() comes first');
    return this.#data;
  }
}

function summarizeFirstColumns(table: Table, roles: readonly ColumnRole[]): TableSummary {
  const columnsOf = (wanted: (role: ColumnRole) => boolean) =>
    roles.flatMap((role, column) => (wanted(role) ? [column] : []));
  const shown = [
    ...columnsOf((role) => role !== 'target').slice(0, PREVIEW_INPUTS),
    ...columnsOf((role) => role === 'target').slice(0, PREVIEW_TARGETS),
  ].toSorted((a, b) => a - b);
  const part: Table = {
    ...table,
    columnNames: shown.map((column) => table.columnNames[column]),
    columns: shown.map((column) => table.columns[column]),
  };
  return summarizeTable(
    part,
    shown.map((column) => roles[column]),
    MOST_PREDICTED_ROWS,
  );
}

function curveStride(steps: number): number {
  return Math.max(1, Math.ceil(steps / CURVE_POINTS));
}

/** Every `stride`-th loss, and the last. @param fromStep the step of `losses[0]` */
function thin(losses: Float64Array, fromStep: number, stride: number): LossCurve {
  const curve = { steps: [] as number[], losses: [] as number[] };
  const first = Math.ceil(fromStep / stride) * stride - fromStep;
  for (let i = first; i < losses.length; i += stride) {
    curve.steps.push(fromStep + i);
    curve.losses.push(losses[i]);
  }
  return curve;
}

function largestDifferences(a: Float64Array, b: Float64Array, stride: number): LossCurve {
  const curve = { steps: [] as number[], losses: [] as number[] };
  const steps = Math.min(a.length, b.length);
  for (let start = 0; start < steps; start += stride) {
    let largest = 0;
    for (let step = start; step < Math.min(start + stride, steps); step++) {
      largest = Math.max(largest, Math.abs(a[step] - b[step]));
    }
    curve.steps.push(start);
    curve.losses.push(largest);
  }
  return curve;
}
