import {
  assess,
  benchShapes,
  checkGradients,
  comparable,
  describeGpu,
  errorLine,
  inUnitsOfTable,
  logStride,
  measure,
  measureParts,
  selfTest,
  timeCrossover,
  timeEveryPath,
  timePopulations,
  TrainingSession,
  validateRun,
  type Backend,
  type BenchJobName,
  type ColumnPlan,
  type CrossoverCell,
  type CsvFormat,
  type DatasetOptions,
  type GpuAvailability,
  type GpuStrategy,
  type GradientCheck,
  type Measurement,
  type PathOutcome,
  type Plan,
  type PopulationPoint,
  type Recovery,
  type RunResult,
  type SelfTest,
  type TrainingJob,
  type ValidationCurve,
  type Verdict,
} from '../index.ts';
import { reportAssessment, type AssessmentReport } from './assessment-report.ts';
import { createBrowserPool } from './browser-pool.ts';
import { largestDifferences, strideOf, thin, type LossCurve } from './loss-curve.ts';
import { InsideService } from './inside-service.ts';
import { reportPredictions, type PredictedRows } from './predicted-rows.ts';
import { ModelService } from './model-service.ts';
import { NotebookService } from './notebook-service.ts';
import { RunKeeper, watchOn } from './run-keeper.ts';
import { SubjectKeeper } from './subject.ts';
import { SweepService } from './sweep-service.ts';
import { TableKeeper, type OpenTable, type TableRequest, type TableSource } from './table-keeper.ts';
import { WalkService } from './walk-service.ts';

/** How far a run has come. */
export interface RunProgress {
  readonly stepCount: number;
  /** The points of the curve that were not yet in an earlier report. */
  readonly curve: LossCurve;
  /** The validation loss so far; undefined where no rows were set apart. */
  readonly validation: ValidationCurve | undefined;
  /** Losses of the device so far, survived. */
  readonly recoveries: readonly Recovery[];
}

/** What a run is to be, beside its job. */
export interface RunRequest extends TableRequest {
  /** Of the GPU; the best for the job if left out. */
  readonly strategy?: GpuStrategy;
  /** As it was, to be repeated exactly; goes before the strategy. */
  readonly plan?: Plan;
  /** Looks at the validation loss without a new lowest one before the run ends; it does not if left out. */
  readonly patience?: number;
}

/** What the page shows of a run: the result, its losses thinned to a curve and to the notebook's log lines. */
export interface RunReport extends Omit<RunResult, 'losses' | 'predictions'> {
  readonly finalLoss: number;
  readonly curve: LossCurve;
  readonly log: readonly string[];
  readonly predicted: PredictedRows;
}

/** Two runs of one job, held against each other. */
export interface Comparison {
  readonly verdict: Verdict;
  /** Largest |difference| of the loss between one point of the curve and the next, at those points' steps. */
  readonly difference: LossCurve;
}

/** How often a running job reports, in milliseconds. */
const REPORT_EVERY_MS = 100;

/** What the worker does for the page. It keeps the table and every run until told otherwise. */
export class TrainingService {
  readonly #tables = new TableKeeper();
  readonly #runs = new RunKeeper();
  /** Trained networks: to be used, handed on, kept and gone on with. */
  readonly models = new ModelService(this.#tables, this.#runs);
  /** Many networks at once. */
  readonly sweeps = new SweepService(this.#tables, this.models);
  readonly #subjects = new SubjectKeeper(this.#tables, this.#runs);
  /** What is inside a network. */
  readonly inside = new InsideService(this.#subjects);
  /** Its steps, one by one. */
  readonly walks = new WalkService(this.#subjects);
  /** The notebook's network, on a table of its own. */
  readonly notebook = new NotebookService();
  #timing = new AbortController();

  /** What WebGPU offers here, with a sentence a person can act on. */
  describeGpu(): Promise<GpuAvailability> {
    return describeGpu();
  }

  /**
   * Reads a table and keeps it; the table before stays if this one cannot be read. A reading that is still going on is
   * given up.
   *
   * @param onProgress called about ten times a second with the share that is read
   * @throws InputError; an AbortError if another table is opened meanwhile, or after `cancelReading`
   */
  openTable(
    source: TableSource,
    format: Partial<CsvFormat>,
    onProgress: (share: number) => unknown,
  ): Promise<OpenTable> {
    return this.#tables.open(source, format, onProgress);
  }

  /** Reads the kept table again, written in another way. @throws as `openTable` */
  reopenTable(format: Partial<CsvFormat>, onProgress: (share: number) => unknown): Promise<OpenTable> {
    return this.#tables.reopen(format, onProgress);
  }

  cancelReading(): void {
    this.#tables.cancel();
  }

  /**
   * Takes the columns of the kept table, and what is made of them, in another way.
   *
   * @throws InputError if another table was opened meanwhile
   */
  chooseColumns(id: number, plans: readonly ColumnPlan[], options: DatasetOptions): OpenTable {
    return this.#tables.choose(id, plans, options);
  }

  /**
   * Makes a trainer for the kept table.
   *
   * @returns the run's number
   * @throws InputError, RefusalError
   */
  async openRun(backend: Backend['name'], job: TrainingJob, request: RunRequest): Promise<number> {
    const { id, plans, options, strategy, plan, patience } = request;
    const prepared = this.#tables.prepare(id, plans, options);
    const { training, validation } = prepared.dataset;
    const watching = watchOn(validation, patience);
    const session = await TrainingSession.open(backend, job, training, {
      ...(strategy && { strategy }),
      ...(plan && { plan }),
      ...watching,
    });
    return this.#runs.add(session, prepared, watching);
  }

  /**
   * Makes a run on the CPU that goes on from where another was last kept: what is left of a run whose device is gone.
   *
   * @returns the new run's number; the other stays until it is closed
   */
  async continueOnCpu(id: number): Promise<number> {
    const { session, prepared, watching } = this.#runs.require(id);
    const { lastSnapshot: snapshot, job, data } = session;
    const losses = await session.losses(0);
    const from = { snapshot, losses };
    const continued = await TrainingSession.open('cpu', job, data, { from, ...watching });
    return this.#runs.add(continued, prepared, watching);
  }

  /**
   * Trains a run `steps` further, or until `pause`.
   *
   * @param onProgress called about ten times a second, and at the end
   */
  async train(id: number, steps: number, onProgress: (progress: RunProgress) => unknown): Promise<void> {
    const run = this.#runs.require(id);
    if (run.isTraining) throw new Error(`run ${id} is training already`);
    run.isTraining = true;
    run.controller = new AbortController();
    run.result = undefined;
    run.assessed = undefined;
    const { session } = run;
    const stride = strideOf(session.job.steps);
    let reportedSteps = session.stepCount;
    let reporting: Promise<void> = Promise.resolve();
    const report = async () => {
      const losses = await session.losses(reportedSteps);
      const from = reportedSteps;
      reportedSteps += losses.length;
      const { validation } = session;
      const recoveries = [...session.recoveries];
      onProgress({ stepCount: reportedSteps, curve: thin(losses, from, stride), validation, recoveries });
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
    this.#runs.require(id).controller.abort();
  }

  /** What came of a run, or came of it so far. */
  async report(id: number): Promise<RunReport> {
    const run = this.#runs.require(id);
    const { losses: all, predictions: _, ...rest } = await this.#runs.resultOf(run);
    const { steps } = run.job;
    // What follows a divergence is of no use to anybody; what came before it may be a few steps only.
    const { divergence } = rest;
    const losses = divergence ? all.subarray(0, divergence.step + 1) : all;
    const log: string[] = [];
    for (let step = 0; step < losses.length; step += logStride(steps))
      log.push(errorLine(step, losses[step]));
    const curve = thin(losses, 0, strideOf(divergence ? losses.length : steps));
    const { dataset, predictable } = run.prepared;
    const encoded = await run.session.predict(predictable.inputs);
    const predicted = reportPredictions(predictable, dataset, inUnitsOfTable(dataset, encoded));
    return { ...rest, finalLoss: losses[losses.length - 1], curve, log, predicted };
  }

  /**
   * How well a run does on every part of its table, beside a linear model and a constant.
   *
   * @param threshold from which probability on a binary output counts as 1
   * @throws InputError where the run predicts no numbers
   */
  async assess(id: number, threshold: number): Promise<AssessmentReport> {
    const run = this.#runs.require(id);
    const { session } = run;
    const { dataset } = run.prepared;
    const assessed = run.assessed
      ? measureParts(dataset, run.assessed, threshold)
      : await assess(session, dataset, threshold);
    if (!run.isTraining) run.assessed = assessed;
    return reportAssessment(dataset, assessed, threshold);
  }

  /**
   * Holds a run against a float64 run of the same job, table and number of steps.
   *
   * @throws AbortError after `pause(referenceId)`
   */
  async compare(referenceId: number, id: number): Promise<Comparison> {
    const [referenceRun, run] = [this.#runs.require(referenceId), this.#runs.require(id)];
    const [reference, result] = [await this.#runs.resultOf(referenceRun), await this.#runs.resultOf(run)];
    const { job, prepared } = referenceRun;
    const isSameJob = prepared.key === run.prepared.key && JSON.stringify(job) === JSON.stringify(run.job);
    if (reference.backend !== 'cpu' || !isSameJob) {
      throw new Error('compare() takes a CPU run and another run of the same job and table');
    }
    const { signal } = (referenceRun.controller = new AbortController());
    const [of64, of32] = [comparable(reference), comparable(result)];
    if (of64.losses.length !== of32.losses.length) throw new Error('compare() takes runs of as many steps');
    return {
      verdict: await validateRun(
        { job, data: prepared.dataset.training, reference: of64, gpu: of32 },
        signal,
      ),
      difference: largestDifferences(reference.losses, result.losses, strideOf(job.steps)),
    };
  }

  /** The gradients written by hand against central differences, on the run's table, at its present parameters. */
  async checkGradients(id: number): Promise<GradientCheck> {
    const run = this.#runs.require(id);
    const { parameters } = await this.#runs.resultOf(run);
    return checkGradients(run.job, run.prepared.dataset.training, parameters);
  }

  /**
   * Repeats a run's job warm.
   *
   * @throws AbortError after `pause(id)`
   */
  measure(id: number, repetitions: number, onRepetition: (count: number) => unknown): Promise<Measurement> {
    const run = this.#runs.require(id);
    run.controller = new AbortController();
    const { signal } = run.controller;
    const { plan } = run.session.planned;
    const { job, prepared } = run;
    return measure(
      run.session.backend,
      { job, data: prepared.dataset.training },
      { repetitions, onRepetition, signal, plan },
    );
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

  /**
   * Times populations of growing size: on the CPU on all cores, on the GPU together.
   *
   * @throws AbortError after `stopTiming()`
   */
  async timePopulations(onPoint: (point: PopulationPoint) => unknown): Promise<void> {
    this.#timing = new AbortController();
    const pool = createBrowserPool();
    try {
      await timePopulations({ pool }, onPoint, this.#timing.signal);
    } finally {
      pool.dispose();
    }
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
    this.#subjects.closeRun(id);
    this.#runs.close(id);
  }
}
