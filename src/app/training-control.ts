import { LEAST_REPETITIONS, type TrainingJob } from '../index.ts';
import { callback, type RunProgress, type TrainingClient } from '../worker/client.ts';
import { count, significant } from './format.ts';
import type { PageState, Path, Run } from './page-state.ts';
import { sentenceOf, comparisonSentence } from './sentences.ts';
import { sameJob } from './settings.ts';

/** Runs are held against each other, without being asked, where that takes less than about this long. */
const UNASKED_MS = 1500;

/** What a pause waits for: how many more steps to train; 0 ends the run. */
type Resume = (steps: number) => void;

/** Trains: one run at a time, each from openRun to its report, with pauses between. */
export class TrainingControl {
  readonly #state: PageState;
  readonly #client: TrainingClient;
  #flow: Promise<void> = Promise.resolve();
  #resume: Resume | undefined;
  #isStopping = false;
  /** The run that is compared or measured, while it is. */
  #busyWith: number | undefined;

  constructor(state: PageState, client: TrainingClient) {
    this.#state = state;
    this.#client = client;
  }

  /** Asks what WebGPU offers here; a GPU in hardware is the default path, unless a run has begun. */
  async findGpu(): Promise<void> {
    const state = this.#state;
    try {
      const gpu = await this.#client.describeGpu();
      state.update(gpu.kind === 'hardware' && !state.hasRuns ? { gpu, path: 'gpu' } : { gpu });
    } catch (error) {
      const sentence = `WebGPU does not answer here (${sentenceOf(error)}). Use the CPU path.`;
      state.update({ gpu: { kind: 'none', adapter: null, sentence } });
    }
  }

  /** Train, Pause or Continue: whatever the one button says. */
  press(): void {
    const { activity, job } = this.#state;
    if (activity === 'running') this.pause();
    else if (activity === 'paused') this.#resume?.(Infinity);
    else this.#start(() => this.#trainOne(job, Infinity));
  }

  step(): void {
    const { activity, job } = this.#state;
    if (activity === 'paused') this.#resume?.(1);
    else this.#start(() => this.#trainOne(job, 1));
  }

  pause(): void {
    const id = this.#state.currentRun?.id;
    if (this.#state.activity === 'running' && id !== undefined) void this.#client.pause(id);
  }

  /** Ends the run, what it has come to stays; or ends a comparison or a measurement. */
  stop(): void {
    if (this.#busyWith !== undefined) void this.#client.pause(this.#busyWith);
    if (!this.#state.isTraining) return;
    this.#isStopping = true;
    this.#resume?.(0);
    this.pause();
  }

  /** Ends what runs and clears the page of runs. */
  async reset(): Promise<void> {
    this.stop();
    await this.#flow;
    for (const { id } of this.#state.shownRuns) if (id !== undefined) void this.#client.closeRun(id);
    this.#state.update({
      runs: {},
      comparison: undefined,
      isComparing: false,
      activity: 'idle',
      error: undefined,
    });
  }

  /** Both paths, one after the other, and then one held against the other. */
  compare(): void {
    const { job, gpu } = this.#state;
    if (!gpu || gpu.kind === 'none') return;
    this.#start(async () => {
      this.#state.update({ isComparing: true, comparison: undefined });
      const reference = await this.#run('cpu', job, Infinity);
      if (reference?.stepCount !== job.steps) return;
      const run = await this.#run('gpu', job, Infinity);
      if (run?.stepCount === job.steps) await this.#judge();
    });
  }

  /** Repeats every finished run warm. */
  measure(): void {
    this.#start(async () => {
      for (const { path, id } of this.#state.shownRuns) {
        if (id === undefined) continue;
        const say = (repetitions: number) => {
          const which = `${Math.min(repetitions + 1, LEAST_REPETITIONS)} of ${LEAST_REPETITIONS}`;
          const activityNote = `${this.#state.label(path)}: repetition ${which}`;
          this.#state.update({ activityNote });
        };
        this.#state.update({ activity: 'measuring', activityNote: `${this.#state.label(path)}: warming up` });
        this.#busyWith = id;
        const measurement = await this.#client.measure(id, LEAST_REPETITIONS, callback(say));
        this.#state.updateRun(path, { measurement });
      }
      this.#state.update({ announcement: 'Measured.' });
    });
  }

  checkGradients(): void {
    const run = this.#state.shownRuns[0];
    if (run) this.#start(() => this.#checkGradients(run));
  }

  /** Holds the two runs on the page against each other, where they were not already. */
  judge(): void {
    this.#start(() => this.#judge());
  }

  /** Runs something that keeps the worker busy; ignored while something else does. */
  #start(work: () => Promise<void>): void {
    const state = this.#state;
    if (!state.isIdle || !state.table || state.isBroken) return;
    const [faultySetting] = state.settingsErrors.keys();
    if (faultySetting !== undefined) {
      state.update({ faultySetting });
      return;
    }
    this.#isStopping = false;
    state.update({ activity: 'opening', activityNote: '', error: undefined });
    this.#flow = work()
      .catch((error: unknown) => {
        const wasStopped = error instanceof Error && error.name === 'AbortError';
        if (!wasStopped) state.update({ error: sentenceOf(error) });
      })
      .finally(() => {
        this.#busyWith = undefined;
        const isComparing = state.comparison !== undefined;
        state.update({ activity: 'idle', activityNote: '', isComparing });
      });
  }

  async #trainOne(job: TrainingJob, steps: number): Promise<void> {
    this.#state.update({ isComparing: false });
    const run = await this.#run(this.#state.path, job, steps);
    if (!run?.report || run.stepCount < job.steps || !Number.isFinite(run.report.finalLoss)) return;
    const { cpu, gpu } = this.#state.runs;
    const isComparable = cpu?.stepCount === job.steps && gpu?.stepCount === job.steps;
    // The rounded reference takes about four times as long as the reference.
    if (isComparable && 4 * (cpu.report?.timing.trainMs ?? Infinity) < UNASKED_MS) await this.#judge();
    else await this.#checkGradients(run);
  }

  /** @returns the run when it is over; undefined if it failed or was stopped before its first step */
  async #run(path: Path, job: TrainingJob, firstSteps: number): Promise<Run | undefined> {
    const state = this.#state;
    this.#makeRoom(path, job);
    state.update({ activity: 'opening', announcement: `Training starts on the ${state.label(path)}.` });
    try {
      const id = await this.#client.openRun(path, job);
      state.updateRun(path, { id });
      for (let steps = firstSteps; steps > 0 && !this.#isStopping;) {
        await this.#train(path, id, steps);
        if ((state.runs[path]?.stepCount ?? 0) >= job.steps || this.#isStopping) break;
        state.update({ activity: 'paused' });
        steps = await new Promise<number>((resolve) => (this.#resume = resolve));
        this.#resume = undefined;
      }
      return this.#end(path);
    } catch (error) {
      this.#forget(path);
      throw error;
    }
  }

  async #train(path: Path, id: number, steps: number): Promise<void> {
    const state = this.#state;
    const run = state.runs[path];
    if (!run) return;
    state.update({ activity: 'running' });
    const start = performance.now();
    const firstStep = run.stepCount;
    let isReported = false;
    const onProgress = ({ stepCount, curve }: RunProgress) => {
      const shown = state.runs[path];
      if (isReported || !shown) return;
      const msPerStep = (performance.now() - start) / (stepCount - firstStep);
      const msLeft = stepCount > firstStep ? (run.job.steps - stepCount) * msPerStep : undefined;
      state.updateRun(path, { stepCount, curve: extended(shown.curve, curve), msLeft }, 'progress');
    };
    const most = Math.min(steps, run.job.steps - firstStep);
    await this.#client.train(id, most, callback(onProgress));
    state.update({ activity: 'ending' });
    const report = await this.#client.report(id);
    isReported = true;
    state.updateRun(path, { report, stepCount: report.steps, curve: report.curve, msLeft: undefined });
  }

  #end(path: Path): Run | undefined {
    const state = this.#state;
    const run = state.runs[path];
    if (!run?.report || run.stepCount === 0) {
      this.#forget(path);
      return undefined;
    }
    const what = run.stepCount < run.job.steps ? 'stopped after' : 'finished';
    const loss = significant(run.report.finalLoss);
    state.updateRun(path, { isOver: true });
    state.update({
      announcement: `${state.label(path)} ${what} ${count(run.stepCount)} steps; the loss is ${loss}.`,
    });
    return state.runs[path];
  }

  /** Clears the page of the runs that a new run on `path` replaces, and of runs of another job. */
  #makeRoom(path: Path, job: TrainingJob): void {
    const state = this.#state;
    const runs: Partial<Record<Path, Run>> = {};
    for (const run of state.shownRuns) {
      const isKept = run.path !== path && sameJob(run.job, job) && run.isOver;
      if (isKept) runs[run.path] = run;
      else if (run.id !== undefined) void this.#client.closeRun(run.id);
    }
    runs[path] = newRun(path, job);
    const isComparing = state.isComparing || Object.keys(runs).length === 2;
    state.update({ runs, isComparing, comparison: undefined });
  }

  #forget(path: Path): void {
    const { [path]: run, ...runs } = this.#state.runs;
    if (run?.id !== undefined) void this.#client.closeRun(run.id);
    this.#state.update({ runs });
  }

  async #judge(): Promise<void> {
    const state = this.#state;
    const { cpu, gpu } = state.runs;
    if (cpu?.id === undefined || gpu?.id === undefined) return;
    state.update({ activity: 'comparing', isComparing: true });
    this.#busyWith = cpu.id;
    const comparison = await this.#client.compare(cpu.id, gpu.id);
    this.#busyWith = undefined;
    state.update({ comparison });
    state.update({ announcement: comparisonSentence(state).text });
    await this.#checkGradients(cpu);
  }

  async #checkGradients({ id, path }: Run): Promise<void> {
    if (id === undefined) return;
    this.#state.update({ activity: 'checking' });
    const gradientCheck = await this.#client.checkGradients(id);
    this.#state.updateRun(path, { gradientCheck });
  }
}

function newRun(path: Path, job: TrainingJob): Run {
  return {
    path,
    job,
    id: undefined,
    stepCount: 0,
    curve: { steps: [], losses: [] },
    isOver: false,
    report: undefined,
    measurement: undefined,
    gradientCheck: undefined,
    msLeft: undefined,
  };
}

function extended(a: Run['curve'], b: Run['curve']): Run['curve'] {
  return { steps: a.steps.concat(b.steps), losses: a.losses.concat(b.losses) };
}
