import { InputError, LEAST_REPETITIONS, type Recovery } from '../index.ts';
import { callback, type RunProgress, type TrainingClient } from '../worker/client.ts';
import { count } from './format.ts';
import type { BenchControl } from './bench-control.ts';
import type { GpuControl } from './gpu-control.ts';
import type { PageState } from './page-state.ts';
import { canGoOn, extended, freshRun, isWhole, type HeldRun, type Run, type RunKey } from './run.ts';
import { RunJudge } from './run-judge.ts';
import { reopened } from './run-reopening.ts';
import { endSentence, recoverySentence, runLabel, sentenceOf } from './sentences.ts';

/** Runs are held against each other, without being asked, where that takes less than about this long. */
const UNASKED_MS = 1500;
/** Compare adds the sample's run kernel by kernel where it is expected to take less than this. */
const MOST_KERNELS_MS = 60_000;

/** What a pause waits for: how many more steps to train; 0 ends the run. */
type Resume = (steps: number) => void;

/** Trains: one run at a time, each from openRun to its report, with pauses between. */
export class TrainingControl {
  readonly #state: PageState;
  readonly #client: TrainingClient;
  readonly #gpu: GpuControl;
  readonly #bench: BenchControl;
  #flow: Promise<void> = Promise.resolve();
  #resume: Resume | undefined;
  #isStopping = false;
  /** The run that is measured, while it is. */
  #busyWith: number | undefined;
  readonly #judge: RunJudge;

  constructor(
    state: PageState,
    client: TrainingClient,
    { gpu, bench }: { readonly gpu: GpuControl; readonly bench: BenchControl },
  ) {
    this.#state = state;
    this.#client = client;
    this.#gpu = gpu;
    this.#bench = bench;
    this.#judge = new RunJudge(state, client);
  }

  /** Train, Pause or Continue: whatever the one button says. */
  press(): void {
    const { activity } = this.#state;
    if (activity === 'running') this.pause();
    else if (activity === 'paused') this.#resume?.(Infinity);
    else this.#start(() => this.#trainOne(Infinity));
  }

  /** One step further, of a run that was stopped too; never in the place of one that is over. */
  step(): void {
    const { activity, standingRun } = this.#state;
    if (activity === 'paused') this.#resume?.(1);
    else if (!standingRun) this.#start(() => this.#trainOne(1));
    else if (canGoOn(standingRun)) this.takeUp(() => reopened(this.#client, standingRun), 1);
  }

  pause(): void {
    const id = this.#state.currentRun?.id;
    if (this.#state.activity === 'running' && id !== undefined) void this.#client.pause(id);
  }

  /** Ends the run, what it has come to stays; or ends a comparison or a measurement. */
  stop(): void {
    const busyWith = this.#busyWith ?? this.#judge.busyWith;
    if (busyWith !== undefined) void this.#client.pause(busyWith);
    if (!this.#state.isTraining) return;
    this.#isStopping = true;
    this.#resume?.(0);
    this.pause();
  }

  /** Ends what runs and clears the page of runs. */
  async reset(): Promise<void> {
    this.stop();
    // Whatever the worker does for the page, it does it one after the other.
    await Promise.all([this.#flow, this.#bench.stop()]);
    for (const { id } of this.#state.shownRuns) if (id !== undefined) void this.#client.closeRun(id);
    this.#state.update({
      runs: {},
      comparisons: {},
      isComparing: false,
      activity: 'idle',
      error: undefined,
      notice: undefined,
    });
  }

  /**
   * Both paths, one after the other; on the sample also kernel by kernel, which shows what a dispatch costs. Then each
   * GPU run is held against float64.
   */
  compare(): void {
    const { gpu } = this.#state;
    if (!gpu || gpu.kind === 'none') return;
    this.#start(async () => {
      this.#state.update({ isComparing: true, comparisons: {} });
      const reference = await this.#run('cpu', Infinity);
      if (!isWhole(reference)) return;
      const run = await this.#run('gpu', Infinity);
      if (!isWhole(run)) return;
      if (this.#hasKernelsBeside(run)) {
        const kernels = await this.#run('kernels', Infinity);
        if (!isWhole(kernels)) return;
      }
      await this.#judge.judge();
      if (!this.#state.selfTest) await this.#gpu.test();
    });
  }

  /** Finds out what the adapter's results are worth. */
  selfTest(): void {
    this.#start(() => this.#gpu.test());
  }

  /** A run kernel by kernel shows something new, and does not take long. */
  #hasKernelsBeside({ report }: Run): boolean {
    if (this.#state.table?.sample !== 'or' || !report || report.plan.strategy === 'layered') return false;
    const layered = report.planned.estimates.find(({ plan }) => plan.strategy === 'layered');
    return layered === undefined || layered.totalMs < MOST_KERNELS_MS;
  }

  /** Goes on, on the CPU, from where a run whose device is gone was last kept. */
  continueOnCpu(): void {
    const { lostRun } = this.#state;
    const lostId = lostRun?.id;
    if (!lostRun || lostId === undefined) return;
    this.#start(async () => {
      const state = this.#state;
      const id = await this.#client.continueOnCpu(lostId);
      const { steps, curve } = await this.#client.report(id);
      const replaced = state.runs.cpu?.id;
      if (replaced !== undefined) void this.#client.closeRun(replaced);
      const begun = { id, stepCount: steps, curve, continuedFrom: steps };
      state.update({ runs: { ...state.runs, cpu: { ...lostRun, ...freshRun('cpu'), ...begun } } });
      state.update({ announcement: `The CPU goes on from step ${count(steps)}.` });
      const run = await this.#trainToEnd('cpu', id, Infinity);
      if (isWhole(run)) await this.#judge.checkGradients(run);
    });
  }

  /**
   * Goes on with a run that the worker has.
   *
   * @param begin makes it; it then stands on the page as it is
   * @param firstSteps before the first pause; none waits until a person says Continue
   */
  takeUp(begin: () => Promise<HeldRun>, firstSteps: number): void {
    this.#start(async () => {
      const run = await begin();
      const { key, id, path } = run;
      this.#state.update({ path, runs: { ...this.#state.runs, [key]: run }, comparisons: {} });
      const steps = firstSteps > 0 ? firstSteps : await this.#pause(key, id);
      await this.#settle(await this.#trainToEnd(key, id, steps));
    });
  }

  /** Repeats every finished run warm. */
  measure(): void {
    this.#start(async () => {
      for (const run of this.#state.shownRuns) {
        const { key, id } = run;
        if (id === undefined || !run.report) continue;
        const label = runLabel(this.#state, run);
        const say = (repetitions: number) => {
          const which = `${Math.min(repetitions + 1, LEAST_REPETITIONS)} of ${LEAST_REPETITIONS}`;
          const activityNote = `${label}: repetition ${which}`;
          this.#state.update({ activityNote });
        };
        this.#state.update({ activity: 'measuring', activityNote: `${label}: warming up` });
        this.#busyWith = id;
        const measurement = await this.#client.measure(id, LEAST_REPETITIONS, callback(say));
        this.#state.updateRun(key, { measurement });
      }
      this.#state.update({ announcement: 'Measured.' });
    });
  }

  checkGradients(): void {
    const run = this.#state.shownRuns[0];
    if (run) this.#start(() => this.#judge.checkGradients(run));
  }

  /** Holds the GPU runs on the page against float64, where they were not already. */
  judge(): void {
    this.#start(() => this.#judge.judge());
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
    state.update({ activity: 'opening', activityNote: '', error: undefined, notice: undefined });
    this.#flow = this.#whenPrepared()
      .then(() => this.#requireTrainable())
      .then(work)
      .catch(async (error: unknown) => {
        const name = error instanceof Error ? error.name : '';
        if (name === 'AbortError') return;
        state.update({ error: sentenceOf(error), notice: undefined });
        if (name === 'DeviceLostError') await this.#gpu.findAgain();
      })
      .finally(() => {
        this.#busyWith = undefined;
        this.#judge.busyWith = undefined;
        const isComparing = Object.keys(state.comparisons).length > 0;
        state.update({ activity: 'idle', activityNote: '', isComparing });
      });
  }

  /** What was changed while the table was being prepared has it prepared once more. */
  async #whenPrepared(): Promise<void> {
    const state = this.#state;
    for (let awaited; awaited !== state.whenPrepared;) {
      awaited = state.whenPrepared;
      await awaited;
    }
  }

  /** The columns may have turned out to be of no use since Train was pressed. @throws InputError */
  #requireTrainable(): void {
    const problem = this.#state.table?.open.problem;
    if (problem !== undefined) throw new InputError(problem);
  }

  async #trainOne(steps: number): Promise<void> {
    this.#state.update({ isComparing: false });
    await this.#settle(await this.#run(this.#state.path, steps));
  }

  /** What is found out, unasked, of a run that is whole. */
  async #settle(run: Run | undefined): Promise<void> {
    if (!isWhole(run)) return;
    const { cpu } = this.#state.runs;
    // The rounded reference takes about four times as long as the reference.
    if (
      cpu &&
      this.#judge.comparableKeys.length > 0 &&
      4 * (cpu.report?.timing.trainMs ?? Infinity) < UNASKED_MS
    )
      await this.#judge.judge();
    else await this.#judge.checkGradients(run);
  }

  /** @returns the run when it is over; undefined if it failed or was stopped before its first step */
  async #run(key: RunKey, firstSteps: number): Promise<Run | undefined> {
    const state = this.#state;
    const { path, strategy, job, table, patience } = this.#makeRoom(key);
    state.update({ activity: 'opening', announcement: `Training starts on the ${state.label(path)}.` });
    try {
      const { id: tableId, plans, options } = table.open;
      const id = await this.#client.openRun(path, job, {
        id: tableId,
        plans,
        options,
        ...(strategy && { strategy }),
        ...state.planFor(key, job),
        ...(patience !== undefined && { patience }),
      });
      state.updateRun(key, { id });
      return await this.#trainToEnd(key, id, firstSteps);
    } catch (error) {
      const isLost = error instanceof Error && error.name === 'DeviceLostError';
      if (isLost && (state.runs[key]?.stepCount ?? 0) > 0) {
        state.updateRun(key, { isOver: true, isLost, msLeft: undefined });
      } else {
        this.#forget(key);
      }
      throw error;
    }
  }

  /** With the pauses between. */
  async #trainToEnd(key: RunKey, id: number, firstSteps: number): Promise<Run | undefined> {
    const state = this.#state;
    for (let steps = firstSteps; steps > 0 && !this.#isStopping;) {
      await this.#train(key, id, steps);
      const { stepCount = 0, job, report } = state.runs[key] ?? {};
      const isOver = report?.divergence ?? report?.validation?.stoppedEarly;
      if (stepCount >= (job?.steps ?? 0) || isOver || this.#isStopping) break;
      steps = await this.#pause(key, id);
    }
    return this.#end(key, id);
  }

  /** @returns how many steps a person then wants; 0 ends the run */
  async #pause(key: RunKey, id: number): Promise<number> {
    await this.#assess(key, id);
    if (this.#isStopping) return 0;
    this.#state.update({ activity: 'paused' });
    const steps = await new Promise<number>((resolve) => (this.#resume = resolve));
    this.#resume = undefined;
    return steps;
  }

  async #train(key: RunKey, id: number, steps: number): Promise<void> {
    const state = this.#state;
    const run = state.runs[key];
    if (!run) return;
    state.update({ activity: 'running' });
    const start = performance.now();
    const firstStep = run.stepCount;
    let isReported = false;
    const onProgress = ({ stepCount, curve, validation, recoveries }: RunProgress) => {
      const shown = state.runs[key];
      if (isReported || !shown) return;
      this.#tellRecoveries(key, recoveries);
      const msPerStep = (performance.now() - start) / (stepCount - firstStep);
      const msLeft = stepCount > firstStep ? (run.job.steps - stepCount) * msPerStep : undefined;
      const grown = { stepCount, curve: extended(shown.curve, curve), validation, msLeft };
      state.updateRun(key, grown, 'progress');
    };
    const most = Math.min(steps, run.job.steps - firstStep);
    await this.#client.train(id, most, callback(onProgress));
    state.update({ activity: 'ending' });
    const report = await this.#client.report(id);
    isReported = true;
    this.#tellRecoveries(key, report.recoveries);
    const { steps: stepCount, curve, validation } = report;
    state.updateRun(key, { report, stepCount, curve, validation, msLeft: undefined });
  }

  #tellRecoveries(key: RunKey, recoveries: readonly Recovery[]): void {
    const state = this.#state;
    if (recoveries.length === state.runs[key]?.recoveries.length) return;
    const notice = recoverySentence(recoveries);
    state.updateRun(key, { recoveries });
    state.update({ notice });
  }

  async #end(key: RunKey, id: number): Promise<Run | undefined> {
    const state = this.#state;
    const run = state.runs[key];
    if (!run?.report || run.stepCount === 0) {
      this.#forget(key);
      return undefined;
    }
    // Two runs kernel by kernel would be one and the same.
    if (key === 'gpu' && run.report.plan.strategy === 'layered') this.#forget('kernels');
    state.updateRun(key, { isOver: true });
    await this.#assess(key, id);
    state.update({ announcement: endSentence(state, run) });
    return state.runs[key];
  }

  /** How well a run does; one that diverged does nothing that could be measured. */
  async #assess(key: RunKey, id: number): Promise<void> {
    const { runs, threshold } = this.#state;
    if (runs[key]?.report?.parameters.every(Number.isFinite) !== true) return;
    const assessment = await this.#client.assess(id, threshold);
    // Another run may have taken its place meanwhile.
    if (this.#state.runs[key]?.id === id) this.#state.updateRun(key, { assessment });
  }

  /** Counts as 1 from another probability on, in every run. */
  async setThreshold(threshold: number): Promise<void> {
    this.#state.update({ threshold });
    for (const { key, id, assessment } of this.#state.shownRuns) {
      if (id !== undefined && assessment) await this.#assess(key, id);
    }
  }

  /** Puts a new run on the page, in the place of the one it replaces and without those of another job. */
  #makeRoom(key: RunKey): Run {
    const state = this.#state;
    const { job, table, patience } = state;
    if (!table) throw new Error('a run needs a table');
    const runs: Partial<Record<RunKey, Run>> = {};
    for (const run of state.shownRuns) {
      // What a lost device left is of no use beside a run of its own.
      const isSound = run.isOver && !run.isLost && run.continuedFrom === undefined;
      const isKept = run.key !== key && state.isOfSettings(run) && run.patience === patience && isSound;
      if (isKept) runs[run.key] = run;
      else if (run.id !== undefined) void this.#client.closeRun(run.id);
    }
    const strategy = { cpu: undefined, kernels: 'layered' as const, gpu: state.strategy }[key];
    const run = { ...freshRun(key), job, table, patience, strategy };
    runs[key] = run;
    const isComparing = state.isComparing || (runs.cpu && (runs.gpu ?? runs.kernels)) !== undefined;
    state.update({ runs, isComparing, comparisons: {} });
    return run;
  }

  #forget(key: RunKey): void {
    const { [key]: run, ...runs } = this.#state.runs;
    if (run?.id !== undefined) void this.#client.closeRun(run.id);
    this.#state.update({ runs });
  }
}
