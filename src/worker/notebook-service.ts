import {
  backends,
  comparable,
  errorLine,
  logStride,
  TrainingSession,
  validateRun,
  type Backend,
  type Divergence,
  type Plan,
  type RunResult,
  type Trace,
  type TrainingData,
  type TrainingJob,
  type Verdict,
} from '../index.ts';
import { strideOf, thin, type LossCurve } from './loss-curve.ts';

/** What the notebook would have printed so far, and the points of the curve that are new. */
export interface NotebookProgress {
  readonly stepCount: number;
  readonly lines: readonly string[];
  readonly curve: LossCurve;
}

/** What came of training the notebook's network. */
export interface NotebookReport {
  readonly backend: Backend['name'];
  readonly plan: Plan;
  /** Steps finished; fewer than the job's where it was stopped or diverged. */
  readonly steps: number;
  /** As the notebook prints them. */
  readonly lines: readonly string[];
  /** Of the steps of these lines. */
  readonly losses: readonly number[];
  readonly curve: LossCurve;
  /** [parameterCount] */
  readonly parameters: Float64Array;
  /** [rows] */
  readonly predictions: Float64Array;
  /** dE/dparameter of the first step, [parameterCount] */
  readonly gradients: Float64Array;
  readonly divergence: Divergence | undefined;
  readonly trainMs: number;
}

/** How often a running job reports, in milliseconds. */
const REPORT_EVERY_MS = 100;

/** Trains the notebook's network for its page: a table of four rows that stands nowhere else. */
export class NotebookService {
  #controller = new AbortController();
  readonly #results = new Map<Backend['name'], { readonly key: string; readonly result: RunResult }>();

  /** Every matrix of the first step, in float64. @throws InputError */
  async trace(job: TrainingJob, data: TrainingData): Promise<Trace> {
    const trainer = await backends.cpu.createTrainer(job, data);
    try {
      return await trainer.trace();
    } finally {
      trainer.dispose();
    }
  }

  /**
   * Trains on one path to the end, or until `stop`.
   *
   * @param onProgress called about ten times a second
   * @throws InputError, RefusalError
   */
  async train(
    backend: Backend['name'],
    job: TrainingJob,
    data: TrainingData,
    onProgress: (progress: NotebookProgress) => unknown,
  ): Promise<NotebookReport> {
    const controller = (this.#controller = new AbortController());
    this.#results.delete(backend);
    const session = await TrainingSession.open(backend, job, data);
    try {
      const gradients = await session.gradients();
      await trainReporting(session, onProgress, controller.signal);
      const result = await session.result();
      this.#results.set(backend, { key: keyOf(job, data), result });
      return reportOf(job, result, gradients);
    } finally {
      session.dispose();
    }
  }

  /**
   * Holds the last GPU run against the last CPU run.
   *
   * @returns undefined where they are not of one job and as many steps
   */
  async compare(job: TrainingJob, data: TrainingData): Promise<Verdict | undefined> {
    const [cpu, gpu] = [this.#results.get('cpu'), this.#results.get('gpu')];
    const key = keyOf(job, data);
    if (cpu?.key !== key || gpu?.key !== key || cpu.result.steps !== gpu.result.steps) return undefined;
    const { signal } = (this.#controller = new AbortController());
    const [reference, other] = [comparable(cpu.result), comparable(gpu.result)];
    return validateRun({ job, data, reference, gpu: other }, signal);
  }

  /** Ends what is going on: training with what it has come to, a comparison with an AbortError. */
  stop(): void {
    this.#controller.abort();
  }
}

async function trainReporting(
  session: TrainingSession,
  onProgress: (progress: NotebookProgress) => unknown,
  signal: AbortSignal,
): Promise<void> {
  const { steps } = session.job;
  let reportedSteps = 0;
  let reporting: Promise<void> = Promise.resolve();
  const report = async () => {
    const losses = await session.losses(reportedSteps);
    const from = reportedSteps;
    reportedSteps += losses.length;
    const lines = linesOf(losses, from, logStride(steps));
    onProgress({ stepCount: reportedSteps, lines, curve: thin(losses, from, strideOf(steps)) });
  };
  // One report at a time: the next begins where the last one ended.
  const timer = setInterval(() => {
    reporting = reporting.then(report);
    // Awaited below; until then a failure (a lost device) must not count as unhandled.
    reporting.catch(() => {});
  }, REPORT_EVERY_MS);
  try {
    await session.train(steps, signal);
  } finally {
    clearInterval(timer);
    await reporting;
  }
}

function reportOf(job: TrainingJob, result: RunResult, gradients: Float64Array): NotebookReport {
  const { backend, plan, steps, parameters, predictions, divergence, timing } = result;
  // What follows a divergence is of no use to anybody.
  const losses = divergence ? result.losses.subarray(0, divergence.step + 1) : result.losses;
  const stride = logStride(job.steps);
  return {
    backend,
    plan,
    steps,
    lines: linesOf(losses, 0, stride),
    losses: thin(losses, 0, stride).losses,
    curve: thin(losses, 0, strideOf(divergence ? losses.length : job.steps)),
    parameters,
    predictions,
    gradients,
    divergence,
    trainMs: timing.trainMs,
  };
}

function linesOf(losses: Float64Array, fromStep: number, stride: number): string[] {
  const { steps, losses: logged } = thin(losses, fromStep, stride);
  return steps.map((step, index) => errorLine(step, logged[index]));
}

/** Two runs of one key are of one job on one table. */
function keyOf(job: TrainingJob, { inputs, targets }: TrainingData): string {
  const initial = job.networks.map(({ initialParameters }) => Array.from(initialParameters ?? []));
  return JSON.stringify([job, initial, Array.from(inputs), Array.from(targets)]);
}
