import { backends } from './backends.ts';
import { DeviceLostError, InputError } from './core/errors.ts';
import { validateJob } from './core/job-rules.ts';
import type { Adapter, Backend, Trainer } from './core/job.ts';
import { GrowingFan, type LiveFan } from './core/loss-fan.ts';
import { lossQuartiles, QUARTILE_COUNT } from './core/loss-quartiles.ts';
import { divergedStep, GrowingRecord, keptLosses, type NetworkRecord } from './core/network-record.ts';
import type { Plan, Snapshot } from './core/plan.ts';
import {
  atLossSteps,
  lossesBefore,
  lossSteps,
  networkAlone,
  snapshotOf,
  someNetworks,
} from './core/population.ts';
import { countOf, formatCount } from './core/wording.ts';
import { validationLoss } from './network-validation.ts';
import type { Checkpoint } from './session-start.ts';
import {
  planTask,
  wavesOf,
  type PlannedTask,
  type SweepCheckpoint,
  type SweepOptions,
  type SweepTask,
  type Wave,
} from './sweep-plan.ts';
import { onThisThread } from './train-alone.ts';

/** Quartiles of the losses are fetched about this often, in milliseconds. */
const STRETCH_MS = 200;
/** How often networks that train together are kept, with their losses, in milliseconds: what a lost device can cost. */
const KEEP_EVERY_MS = 1000;
/** A device lost more often than this is not worth another try. */
const MOST_RECOVERIES = 3;
/** Steps of the first stretch, before it is known how long a step takes. */
const FIRST_STRETCH = 16;
const MOST_GROWTH = 4;

/**
 * Many networks, population after population: as many at once as the device takes, or one by one on all threads. The
 * places of `records` are those of the networks, task by task.
 */
export class SweepRun {
  readonly records: readonly GrowingRecord[];
  /** How often a device was lost and replaced. */
  recoveryCount = 0;
  /** Of the last network that was trained; null on the CPU. */
  adapter: Adapter | null = null;
  #planned: PlannedTask[] = [];
  readonly #waves = new Map<number, Snapshot>();
  readonly #alone = new Map<number, Checkpoint>();
  /** Of the networks that train together now. */
  #fan: GrowingFan | undefined;
  /** Of the calls of `train` that have ended. */
  #trainedMs = 0;
  /** When the call that goes on began. */
  #trainingSince: number | undefined;
  readonly #places = new Map<SweepTask, number>();

  /** @throws InputError if a job does not fit its table, or what was kept is of another sweep */
  constructor(
    readonly backend: Backend['name'],
    readonly tasks: readonly SweepTask[],
    private readonly options: SweepOptions = {},
  ) {
    let place = 0;
    for (const task of tasks) {
      validateJob(task.job, task.data);
      this.#places.set(task, place);
      place += task.job.networks.length;
    }
    this.records = tasks.flatMap(({ job }) => {
      const most = lossSteps(job).length;
      return job.networks.map(() => new GrowingRecord(most));
    });
    if (options.from) this.#goOnFrom(options.from);
  }

  /** How the tasks are trained, as far as that is decided. */
  get planned(): readonly PlannedTask[] {
    return this.#planned;
  }

  /** Wall time of `train` so far, planning and compiling included; milliseconds. */
  get trainMs(): number {
    const since = this.#trainingSince;
    return this.#trainedMs + (since === undefined ? 0 : performance.now() - since);
  }

  /**
   * The losses of the networks that train together now, up to their present step, which their records lag behind;
   * undefined while none do, and before their first loss.
   */
  get liveFan(): LiveFan | undefined {
    return this.#fan?.fan;
  }

  /** How many networks are at their end. */
  get overCount(): number {
    return this.records.reduce((count, { isOver }) => count + (isOver ? 1 : 0), 0);
  }

  get isOver(): boolean {
    return this.records.every(({ isOver }) => isOver);
  }

  /** Steps taken by all networks together. */
  get networkSteps(): number {
    return this.records.reduce((sum, { step }) => sum + step, 0);
  }

  /** The same with those that networks no longer take because they ended early: all of them, once it is over. */
  get stepsDone(): number {
    const steps = this.tasks.flatMap(({ job }) => job.networks.map(() => job.steps));
    return this.records.reduce((sum, { isOver, step }, i) => sum + (isOver ? steps[i] : step), 0);
  }

  /**
   * Trains every network to its end. Aborting `signal` pauses it, without an error; calling again goes on. A lost
   * device is replaced, and the networks that trained on it go on from where they were last kept.
   *
   * @throws RefusalError if the backend cannot run a task, DeviceLostError if a device is lost too often
   */
  async train(signal: AbortSignal = new AbortController().signal): Promise<void> {
    if (this.#trainingSince !== undefined)
      throw new Error('This sweep is training already; wait for it, or pause it first.');
    const start = performance.now();
    this.#trainingSince = start;
    try {
      for (const task of this.tasks.slice(this.#planned.length)) {
        if (signal.aborted) return;
        this.#planned.push(await this.#plan(task));
      }
      for (const wave of this.tasks.flatMap((task, i) => wavesOf(task, this.#planned[i]))) {
        if (signal.aborted) return;
        if (this.#recordsOf(wave)[0].isOver) continue;
        await this.#trainWave(wave, signal).finally(() => (this.#fan = undefined));
      }
      await this.#trainAlone(signal);
    } finally {
      this.#trainingSince = undefined;
      this.#trainedMs += performance.now() - start;
    }
  }

  /** Where it stands; may be asked while it trains. */
  checkpoint(): SweepCheckpoint {
    return {
      tasks: [...this.#planned],
      records: this.records.map((record) => record.copy()),
      waves: new Map(this.#waves),
      alone: new Map(this.#alone),
    };
  }

  /** @throws InputError for what was kept of another sweep */
  #goOnFrom({ tasks, records, waves, alone }: SweepCheckpoint): void {
    const [kept, own] = [records.length, this.records.length];
    if (kept !== own || tasks.length > this.tasks.length) {
      throw new InputError(
        `What was kept is of ${countOf(kept, 'network')} in ${countOf(tasks.length, 'task')} or more; this sweep has ` +
          `${formatCount(own)} in ${formatCount(this.tasks.length)}. Go on with the tasks it was kept of.`,
      );
    }
    this.#planned = [...tasks];
    records.forEach((record, place) => this.records[place].become(record));
    for (const [place, snapshot] of waves) this.#waves.set(place, snapshot);
    for (const [place, checkpoint] of alone) this.#alone.set(place, checkpoint);
  }

  /** Where the networks of a task begin. */
  #placeOf(task: SweepTask): number {
    return this.#places.get(task) ?? 0;
  }

  #recordsOf({ task, first, count }: Wave): GrowingRecord[] {
    const place = this.#placeOf(task) + first;
    return this.records.slice(place, place + count);
  }

  /** Decides how a task is trained; on another device if that of a try is lost. */
  async #plan(task: SweepTask): Promise<PlannedTask> {
    for (let lossCount = 0; ;) {
      try {
        return await planTask(this.backend, task, this.options);
      } catch (error) {
        if (!(error instanceof DeviceLostError) || ++lossCount > MOST_RECOVERIES) throw error;
        this.recoveryCount++;
        this.options.onProgress?.();
      }
    }
  }

  /** Networks that train together, to their end. */
  async #trainWave(wave: Wave, signal: AbortSignal): Promise<void> {
    const { task, first, count, plan } = wave;
    const job = someNetworks(task.job, first, count);
    for (let lossCount = 0; ;) {
      let trainer: Trainer | undefined;
      try {
        trainer = await backends[this.backend].createTrainer(job, task.data, plan);
        this.adapter = trainer.adapter;
        await this.#trainStretches(wave, trainer, signal);
        const kept = this.#waves.get(this.#placeOf(task) + first);
        if (kept?.step === job.steps) await this.#finishWave(wave, kept);
        return;
      } catch (error) {
        if (!(error instanceof DeviceLostError) || ++lossCount > MOST_RECOVERIES) throw error;
        this.recoveryCount++;
        this.options.onProgress?.();
      } finally {
        trainer?.dispose();
      }
    }
  }

  /** Trains for a fifth of a second, looks at the quartiles of the losses, and so on; keeps where it ends. */
  async #trainStretches(wave: Wave, trainer: Trainer, signal: AbortSignal): Promise<void> {
    const { task, first, count, plan } = wave;
    const { steps } = task.job;
    const place = this.#placeOf(task) + first;
    const kept = this.#waves.get(place);
    if (kept) trainer.restore(kept);
    const fan = this.#fanOf(wave);
    this.#fan = fan;
    let [stretch, keptAt] = [FIRST_STRETCH, performance.now()];
    while (trainer.stepCount < steps && !signal.aborted) {
      const from = trainer.stepCount;
      const { trainMs, steps: trained } = await trainer.train(stretch, signal);
      const quartiles = await trainer.lossQuartiles(from);
      const points = count > 1 ? quartiles : atLossSteps(task.job, from, quartiles, QUARTILE_COUNT);
      fan.put(lossesBefore(task.job, from), points);
      for (const record of this.#recordsOf(wave)) Object.assign(record, { step: trainer.stepCount, plan });
      if (performance.now() - keptAt > KEEP_EVERY_MS) {
        await this.#keep(wave, trainer);
        keptAt = performance.now();
      }
      const wanted = (STRETCH_MS * trained) / Math.max(trainMs, 1);
      stretch = Math.max(1, Math.floor(Math.min(wanted, MOST_GROWTH * stretch)));
      this.options.onProgress?.();
    }
    if (trainer.stepCount > (this.#waves.get(place)?.step ?? 0)) await this.#keep(wave, trainer);
  }

  /** The fan of a wave as far as its losses are kept. */
  #fanOf(wave: Wave): GrowingFan {
    const fan = new GrowingFan(lossSteps(wave.task.job), wave.count);
    const records = this.#recordsOf(wave);
    const kept = new Float64Array(wave.count * records[0].losses.length);
    records.forEach(({ losses }, i) => losses.forEach((loss, k) => (kept[k * wave.count + i] = loss)));
    fan.put(0, lossQuartiles(kept, wave.count));
    return fan;
  }

  /** Keeps a wave as it stands, and its losses up to there: both, or neither if the device is lost. */
  async #keep(wave: Wave, trainer: Trainer): Promise<void> {
    const { task, first, count } = wave;
    const place = this.#placeOf(task) + first;
    const from = this.#waves.get(place)?.step ?? 0;
    const fetched = await trainer.losses(from);
    const snapshot = await trainer.snapshot();
    const losses = count > 1 ? fetched : atLossSteps(task.job, from, fetched, 1);
    this.#recordsOf(wave).forEach((record, i) => {
      const own = Float64Array.from({ length: losses.length / count }, (_, k) => losses[k * count + i]);
      record.putLosses(lossesBefore(task.job, from), own);
    });
    this.#waves.set(place, snapshot);
  }

  async #finishWave(wave: Wave, snapshot: Snapshot): Promise<void> {
    const { task, first, count } = wave;
    const records = this.#recordsOf(wave);
    const ends: Partial<NetworkRecord>[] = [];
    for (let i = 0; i < count; i++) {
      const { parameters, lowParts } = snapshotOf(snapshot, i, count);
      const whole = parameters.map((value, k) => value + lowParts[k]);
      const { data } = networkAlone(task.job, task.data, first + i);
      const divergedAt = divergedStep(task.job, data, records[i].losses);
      ends.push(await this.#endOf({ task, network: first + i, divergedAt }, whole));
    }
    // All at once: what is kept meanwhile goes on from here with the whole wave.
    records.forEach((record, i) => Object.assign(record, ends[i]));
    this.#waves.delete(this.#placeOf(task) + first);
    this.options.onProgress?.();
  }

  /** What a network comes to behind its last step. */
  async #endOf(
    {
      task,
      network,
      divergedAt,
    }: { readonly task: SweepTask; readonly network: number; readonly divergedAt: number | undefined },
    parameters: Float64Array,
  ): Promise<Partial<NetworkRecord>> {
    // The last update comes behind the last loss.
    const isSound = parameters.every(Number.isFinite);
    const at = divergedAt ?? (isSound ? undefined : task.job.steps - 1);
    const rows = at === undefined ? task.validation?.(network) : undefined;
    const loss = rows && (await validationLoss(task.job, parameters, rows));
    return { parameters, divergedAt: at, validationLoss: loss, isOver: true };
  }

  /** Networks that train one by one, each thread taking the next. */
  async #trainAlone(signal: AbortSignal): Promise<void> {
    const waiting = this.tasks.flatMap((task, index) => {
      const { atOnce, plan } = this.#planned[index];
      if (atOnce > 1) return [];
      return task.job.networks.map((_, network) => ({ task, network, plan }));
    });
    const pool = this.options.pool ?? onThisThread;
    const failed = new AbortController();
    const stop = AbortSignal.any([signal, failed.signal]);
    const takeNext = async () => {
      for (let next; !stop.aborted && (next = waiting.shift());) {
        await this.#trainOne(next, stop).catch((error: unknown) => {
          failed.abort();
          throw error;
        });
      }
    };
    const ends = await Promise.allSettled(Array.from({ length: pool.parallel }, takeNext));
    const failure = ends.find(({ status }) => status === 'rejected');
    if (failure?.status === 'rejected') throw failure.reason;
  }

  async #trainOne(
    { task, network, plan }: { readonly task: SweepTask; readonly network: number; readonly plan: Plan },
    signal: AbortSignal,
  ): Promise<void> {
    const place = this.#placeOf(task) + network;
    const record = this.records[place];
    if (record.isOver) return;
    const { patience, pool = onThisThread } = this.options;
    const rows = task.validation?.(network);
    const outcome = await pool.train(
      {
        ...networkAlone(task.job, task.data, network),
        backend: this.backend,
        plan,
        validation: patience !== undefined && rows ? { data: rows, patience } : undefined,
        from: this.#alone.get(place),
      },
      signal,
    );
    record.putLosses(0, keptLosses(task.job, outcome.losses));
    Object.assign(record, { step: outcome.step, plan: outcome.plan, divergedAt: outcome.divergedAt });
    this.adapter = outcome.adapter;
    this.recoveryCount += outcome.recoveryCount;
    if (outcome.checkpoint) {
      this.#alone.set(place, outcome.checkpoint);
    } else {
      this.#alone.delete(place);
      const { divergedAt } = outcome;
      Object.assign(record, await this.#endOf({ task, network, divergedAt }, outcome.parameters));
    }
    this.options.onProgress?.();
  }
}
