import { backends } from './backends.ts';
import { divergence, explosion, type Divergence } from './core/divergence.ts';
import { DeviceLostError } from './core/errors.ts';
import type { Grid } from './core/grid.ts';
import {
  requireSteps,
  type Adapter,
  type Backend,
  type PlannedJob,
  type Trainer,
  type TrainingData,
  type TrainingJob,
} from './core/job.ts';
import { KeptLosses } from './core/kept-losses.ts';
import { predictionsOf } from './core/losses.ts';
import { describePlan, type Snapshot } from './core/plan.ts';
import { SnapshotHistory } from './core/snapshot-history.ts';
import type { Recovery, RunResult } from './run-result.ts';
import {
  goOnFrom,
  nowAndThen,
  requireNetworkAlone,
  startOf,
  type Opening,
  type SessionOptions,
} from './session-start.ts';
import { ValidationWatch, type ValidationCurve } from './validation-watch.ts';

/** A result holds the predictions of this many rows at most. */
export const MOST_PREDICTED_ROWS = 1000;

/** A device lost more often than this is not worth another try. */
const MOST_RECOVERIES = 3;

/** One job on one backend, from the press of *Train* to its result: train, pause, step, stop. */
export class TrainingSession {
  readonly planned: PlannedJob;
  /** The run as it was kept: at least once a second while it trains, and only while its losses are finite. */
  readonly history: SnapshotHistory;
  readonly recoveries: Recovery[] = [];
  #trainer: Trainer;
  /** Losses before this step are kept by the session alone: another trainer computed them. */
  #trainerFirstStep = 0;
  readonly #kept = new KeptLosses();
  #isTraining = false;
  /** The device was lost, and no other stands in for it yet. */
  #isLost = false;
  /** How often the device was lost, before another could stand in for it included. */
  #lossCount = 0;
  #isDisposed = false;
  #trainMs = 0;
  #gpuMs: number | null = null;
  #chunkMs: number[] = [];
  readonly #watch: ValidationWatch | undefined;
  /** Steps of a run that went back to its best parameters: its trainer stands at theirs. */
  #stepsAtEnd: number | undefined;

  private constructor(
    readonly job: TrainingJob,
    readonly data: TrainingData,
    readonly backend: Backend['name'],
    private readonly opening: Opening,
  ) {
    this.#trainer = opening.trainer;
    this.planned = opening.planned;
    this.history = new SnapshotHistory(opening.snapshot);
    this.#watch = opening.watch;
    const { from } = opening.options;
    if (!from) return;
    this.#trainerFirstStep = from.snapshot.step;
    this.#kept.add(from.losses);
  }

  /**
   * Plans the job and makes the trainer; nothing is trained yet.
   *
   * @throws InputError if the job does not fit its table, RefusalError if the backend cannot run it
   */
  static async open(
    backend: Backend['name'],
    job: TrainingJob,
    data: TrainingData,
    options: SessionOptions = {},
  ): Promise<TrainingSession> {
    const start = performance.now();
    requireNetworkAlone(job);
    const { plan, strategy, from, validation } = options;
    const watch = validation && new ValidationWatch(job, data, validation, from?.watch);
    const planned = plan
      ? { plan, reason: `${describePlan(plan)}, as asked for.`, estimates: [] }
      : await backends[backend].plan(job, data, strategy);
    const trainer = await backends[backend].createTrainer(job, data, planned.plan);
    if (from) goOnFrom(from, trainer);
    const snapshot = from?.snapshot ?? startOf(trainer, job);
    const openMs = performance.now() - start;
    return new TrainingSession(job, data, backend, { trainer, planned, snapshot, openMs, options, watch });
  }

  /** Where the run was last kept. */
  get lastSnapshot(): Snapshot {
    return this.history.last;
  }

  /** Steps finished or on their way. */
  get stepCount(): number {
    return this.#stepsAtEnd ?? this.#trainer.stepCount;
  }

  /** Set once a loss was infinite or not a number: the run stopped there. */
  get divergence(): Divergence | undefined {
    return this.#divergenceAt(this.#kept.firstNonFinite);
  }

  /**
   * Trains `steps` more, at most to the end of the job. Aborting `signal` pauses it; calling again continues. A run
   * that diverges stops. A lost device is replaced, and the run goes on from its last snapshot. A session that is
   * disposed of meanwhile ends it, without an error.
   *
   * @throws DeviceLostError if that fails, or the device is lost too often; `lastSnapshot` and `losses` stay
   */
  async train(steps: number = this.job.steps, signal?: AbortSignal): Promise<void> {
    requireSteps(steps);
    if (this.#isTraining) throw new Error('This run is training already; wait for it, or pause it first.');
    this.#isTraining = true;
    const end = Math.min(this.stepCount + steps, this.job.steps);
    try {
      // An earlier call may have found no device; there may be one now.
      if (this.#isLost) await this.#recover();
      await this.#trainWatched(end, signal);
    } finally {
      this.#isTraining = false;
    }
  }

  /** Trains from one look at the validation loss to the next. */
  async #trainWatched(end: number, signal?: AbortSignal): Promise<void> {
    const watch = this.#watch;
    if (this.#stepsAtEnd !== undefined) return;
    do {
      const stop = Math.min(end, watch?.nextLook(this.stepCount) ?? end);
      while (!(await this.#trainUntilLost(stop, signal)));
      if (this.stepCount < stop || this.divergence) return;
      const isDue = watch?.isDue(this.stepCount) || this.stepCount === this.job.steps;
      if (watch && isDue && !(await this.#look(watch))) continue;
    } while (this.stepCount < end && !watch?.isOutOfPatience);
    if (watch && (watch.isOutOfPatience || end === this.job.steps)) await this.#goBackToBest(watch);
  }

  /** @returns false if the device was lost and the run stands at its last snapshot */
  async #look(watch: ValidationWatch): Promise<boolean> {
    try {
      await watch.look(this.#trainer);
      return true;
    } catch (error) {
      if (this.#isDisposed) return true;
      if (!(error instanceof DeviceLostError)) throw error;
      await this.#recover();
      return false;
    }
  }

  /** Ends the run with the parameters that did best on the validation data. */
  async #goBackToBest({ bestSnapshot }: ValidationWatch): Promise<void> {
    if (!bestSnapshot || this.#isDisposed) return;
    this.#stepsAtEnd = this.#trainer.stepCount;
    this.#trainer.restore(bestSnapshot);
  }

  /** The device of a run that went back to its best was lost: to there, on another. */
  async #recoverBest(): Promise<void> {
    await this.#recover();
    const best = this.#watch?.bestSnapshot;
    if (best) this.#trainer.restore(best);
  }

  /** @returns false if the device was lost and the run stands at its last snapshot */
  async #trainUntilLost(end: number, signal?: AbortSignal): Promise<boolean> {
    const [diverged, over] = [new AbortController(), new AbortController()];
    const anySignal = AbortSignal.any([diverged.signal, ...(signal ? [signal] : [])]);
    const keeping = nowAndThen(over.signal, async () => {
      await this.#keep();
      if (this.divergence) diverged.abort();
    });
    // Awaited below; a lost device fails here as well as there.
    keeping.catch(() => {});
    const start = performance.now();
    try {
      const timing = await this.#trainer.train(end - this.stepCount, anySignal);
      this.#trainMs += timing.trainMs;
      if (timing.gpuMs !== null) this.#gpuMs = (this.#gpuMs ?? 0) + timing.gpuMs;
      timing.chunkMs.forEach((chunks, i) => (this.#chunkMs[i] = (this.#chunkMs[i] ?? 0) + chunks));
      over.abort();
      await keeping;
      await this.#keep();
      return true;
    } catch (error) {
      if (this.#isDisposed) return true;
      if (!(error instanceof DeviceLostError)) throw error;
      this.#trainMs += performance.now() - start;
      await this.#recover();
      return false;
    } finally {
      over.abort();
    }
  }

  /** Takes what is new of the run to where a lost device cannot take it away. */
  async #keep(): Promise<void> {
    const trainer = this.#trainer;
    const snapshot = await trainer.snapshot();
    const losses = await trainer.losses(this.#kept.count);
    // Its device was lost meanwhile, and another stands at an earlier step.
    if (trainer !== this.#trainer) return;
    this.#kept.add(losses.subarray(0, Math.max(0, snapshot.step - this.#kept.count)));
    const isFinite = this.divergence === undefined && snapshot.parameters.every(Number.isFinite);
    if (isFinite) this.history.add(snapshot);
  }

  /** Another trainer on another device, at the last snapshot. */
  async #recover(): Promise<void> {
    const start = performance.now();
    const [lostAtStep, snapshot] = [this.stepCount, this.lastSnapshot];
    const standing = `Its last snapshot, at step ${snapshot.step.toLocaleString('en-US')}, is kept; go on from there on the CPU path.`;
    this.#trainer.dispose();
    if (!this.#isLost) this.#lossCount++;
    this.#isLost = true;
    while (this.#isLost) {
      if (this.#lossCount > MOST_RECOVERIES) {
        throw new DeviceLostError(
          `The GPU device was lost ${this.#lossCount} times in this run; it is given up. ${standing}`,
        );
      }
      try {
        this.#trainer = await backends[this.backend].createTrainer(this.job, this.data, this.planned.plan);
        this.#isLost = false;
      } catch (error) {
        if (this.#isDisposed) return;
        if (error instanceof DeviceLostError) {
          this.#lossCount++;
          continue;
        }
        const why = error instanceof Error ? error.message : String(error);
        throw new DeviceLostError(`The GPU device was lost, and no other could be had (${why}) ${standing}`);
      }
    }
    if (this.#isDisposed) return this.#trainer.dispose();
    this.#trainer.restore(snapshot);
    this.#watch?.goBackTo(snapshot.step);
    this.#trainerFirstStep = snapshot.step;
    const recovery = { lostAtStep, resumedFromStep: snapshot.step, recoveryMs: performance.now() - start };
    this.recoveries.push(recovery);
    this.opening.options.onRecovery?.(recovery);
  }

  /**
   * The losses of steps `fromStep` … so far; may be asked while `train` runs. Of a lost device, those that were kept:
   * the loss itself is for `train` to deal with.
   */
  async losses(fromStep: number): Promise<Float64Array> {
    try {
      return await this.#allLosses(fromStep);
    } catch (error) {
      if (error instanceof DeviceLostError || this.#isLost) return this.#kept.from(fromStep);
      throw error;
    }
  }

  async #allLosses(fromStep: number): Promise<Float64Array> {
    if (this.#stepsAtEnd !== undefined) return this.#kept.from(fromStep);
    const firstStep = this.#trainerFirstStep;
    if (fromStep >= firstStep) return this.#trainer.losses(fromStep);
    const kept = this.#kept.from(fromStep).subarray(0, firstStep - fromStep);
    const rest = await this.#trainer.losses(firstStep);
    const losses = new Float64Array(kept.length + rest.length);
    losses.set(kept);
    losses.set(rest, kept.length);
    return losses;
  }

  /** Whether it began where another run stood, and not at its first step. */
  get isContinued(): boolean {
    return this.opening.options.from !== undefined;
  }

  /** Null on the CPU. */
  get adapter(): Adapter | null {
    return this.#trainer.adapter;
  }

  /** Where the run stands: as it was last kept while it trains, and where its device is lost. */
  async checkpoint(): Promise<NonNullable<SessionOptions['from']>> {
    const isKept = this.#isTraining || this.#isLost;
    // What was kept may still be that of the path the run came from.
    const kept = { ...this.lastSnapshot, plan: this.#trainer.plan };
    const snapshot = isKept ? kept : await this.#trainer.snapshot();
    const losses = this.#kept.from(0).subarray(0, snapshot.step);
    return { snapshot, losses, watch: this.#watch?.stateAt(snapshot.step) };
  }

  /** Where its trainer stands, at the best step of a run that went back to it; may be asked while it trains. */
  snapshot(): Promise<Snapshot> {
    return this.#trainer.snapshot();
  }

  /** dE/dparameter at the present parameters, as this backend computes it: [parameterCount]. */
  gradients(): Promise<Float64Array> {
    return this.#trainer.gradients();
  }

  /** What the network says of other rows, as encoded: row-major [rows, outputCount], probabilities of classes. */
  async predict(inputs: Float64Array): Promise<Float64Array> {
    return predictionsOf(this.job.loss, await this.outputs(inputs), this.data.outputCount);
  }

  /** The same before a loss on logits makes probabilities of it. */
  outputs(inputs: Float64Array): Promise<Float64Array> {
    return this.#trainer.predict(inputs);
  }

  /** As `Trainer.predictGrid`; may be asked while it trains. */
  predictGrid(grid: Grid): Promise<Float32Array> {
    return this.#trainer.predictGrid(grid);
  }

  /** The validation loss so far; undefined where no rows were set apart. */
  get validation(): ValidationCurve | undefined {
    const curve = this.#watch?.curve();
    if (!curve) return undefined;
    const stoppedEarly = curve.stoppedEarly && this.stepCount < this.job.steps;
    // A run that a person stopped has not gone back.
    return { ...curve, stoppedEarly, keepsBest: this.#stepsAtEnd !== undefined };
  }

  /**
   * Everything there is to know of the run so far. Asked while it trains, parameters and predictions may be some
   * steps ahead of the losses.
   */
  async result(): Promise<RunResult> {
    try {
      return await this.#result();
    } catch (error) {
      if (!(error instanceof DeviceLostError) || this.#isTraining || this.#isLost) throw error;
      // It was lost behind the last step: to there and no further.
      if (this.#stepsAtEnd === undefined) await this.train(0);
      else await this.#recoverBest();
      return this.#result();
    }
  }

  async #result(): Promise<RunResult> {
    const trainer = this.#trainer;
    const { data } = this;
    const start = performance.now();
    const losses = await this.losses(0);
    const lossesMs = performance.now() - start;
    const parameters = await trainer.parameters();
    const predictedRows = Math.min(data.rowCount, MOST_PREDICTED_ROWS);
    const outputs = await trainer.predict(data.inputs.subarray(0, predictedRows * data.inputCount));
    const { uploadMs } = trainer.creation;
    const trained = this.stepCount - (this.opening.options.from?.snapshot.step ?? 0);
    const timing = {
      setupMs: this.opening.openMs - uploadMs,
      uploadMs,
      trainMs: this.#trainMs,
      gpuMs: this.#gpuMs,
      chunkMs: [...this.#chunkMs],
      readbackMs: performance.now() - start,
      stepsPerSecond: trained === 0 ? 0 : trained / (this.#trainMs / 1000),
      pressToFinalLossMs: this.opening.openMs + this.#trainMs + lossesMs,
    };
    return {
      backend: this.backend,
      plan: trainer.plan,
      planned: this.planned,
      adapter: trainer.adapter,
      network: trainer.network,
      steps: losses.length,
      losses,
      initialParameters: trainer.initialParameters,
      parameters,
      predictions: predictionsOf(this.job.loss, outputs, data.outputCount),
      divergence: this.divergence ?? this.#divergenceAt(explosion(data, losses)),
      validation: this.validation,
      recoveries: [...this.recoveries],
      timing,
    };
  }

  #divergenceAt(step: number | undefined): Divergence | undefined {
    return step === undefined ? undefined : divergence(this.job, this.data, step);
  }

  /** Frees what the trainer holds. */
  dispose(): void {
    this.#isDisposed = true;
    this.#trainer.dispose();
  }
}
