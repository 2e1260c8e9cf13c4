import { backends } from './backends.ts';
import { DeviceLostError, InputError } from './core/errors.ts';
import {
  initialParameters,
  type Backend,
  type Trainer,
  type TrainingData,
  type TrainingJob,
} from './core/job.ts';
import { optimizers } from './core/optimizers.ts';
import type { Plan, Snapshot } from './core/plan.ts';
import { SnapshotHistory } from './core/snapshot-history.ts';

/** What can be replayed: a TrainingSession, or a network before its first step. */
export interface Replayable {
  readonly backend: Backend['name'];
  readonly job: TrainingJob;
  readonly data: TrainingData;
  readonly planned: { readonly plan: Plan };
  readonly history: SnapshotHistory;
}

/** What a replay took longer than this to come to is kept, in milliseconds. */
const KEPT_FROM_MS = 50;

/** A network as a job begins with it, on the CPU. */
export function untrained(job: TrainingJob, data: TrainingData): Replayable {
  const parameters = initialParameters(job, data);
  const plan: Plan = { strategy: 'reference' };
  const first: Snapshot = {
    plan,
    step: 0,
    steps: job.steps,
    parameters,
    lowParts: new Float64Array(parameters.length),
    optimizerState: new Float64Array(optimizers[job.optimizer].stateCount * parameters.length),
  };
  return { backend: 'cpu', job, data, planned: { plan }, history: new SnapshotHistory(first) };
}

/**
 * A run at any of its steps: a trainer of its own on the run's plan, put where the run was kept and trained on from
 * there. On the same adapter it comes to the same parameters, bit for bit; the run itself is left alone.
 */
export class RunReplay {
  readonly #run: Replayable;
  #trainer: Trainer | undefined;
  #isEdited = false;
  #isDisposed = false;
  #flow: Promise<unknown> = Promise.resolve();

  constructor(run: Replayable) {
    this.#run = run;
  }

  /**
   * A trainer that stands at a step, for `look`; only until that is over, because the next one may move it.
   *
   * @param step from where the run was first kept to the job's last
   * @param parameters put in the place of the run's, [parameterCount]
   * @throws InputError for a step the run does not have, AbortError once `signal` is aborted, as the backend does
   */
  lookAt<T>(
    step: number,
    look: (trainer: Trainer) => Promise<T>,
    { signal, parameters }: { readonly signal?: AbortSignal; readonly parameters?: Float64Array } = {},
  ): Promise<T> {
    const looked = this.#flow.then(() => this.#lookAt(step, look, { signal, parameters }));
    this.#flow = looked.catch(() => {});
    return looked;
  }

  async #lookAt<T>(
    step: number,
    look: (trainer: Trainer) => Promise<T>,
    {
      signal,
      parameters,
    }: { readonly signal: AbortSignal | undefined; readonly parameters: Float64Array | undefined },
  ): Promise<T> {
    const { history, job } = this.#run;
    const first = history.first.step;
    if (!Number.isInteger(step) || step < first || step > job.steps) {
      const [from, to] = [first, job.steps].map((count) => count.toLocaleString('en-US'));
      throw new InputError(`This run can be looked at from step ${from} to ${to}; it was asked for ${step}.`);
    }
    for (let isSecond = false; ; isSecond = true) {
      try {
        const trainer = await this.#standAt(step, signal);
        if (parameters) await this.#edit(trainer, parameters);
        return await look(trainer);
      } catch (error) {
        if (!(error instanceof DeviceLostError) || isSecond || this.#isDisposed) throw error;
        this.#drop();
      }
    }
  }

  async #standAt(step: number, signal: AbortSignal | undefined): Promise<Trainer> {
    const { history, backend, job, data, planned } = this.#run;
    signal?.throwIfAborted();
    this.#trainer ??= await backends[backend].createTrainer(job, data, planned.plan);
    const trainer = this.#trainer;
    if (this.#isDisposed) this.#drop();
    const kept = history.before(step);
    const isOnTheWay = trainer.stepCount <= step && trainer.stepCount >= kept.step;
    if (!isOnTheWay || this.#isEdited || trainer.stepCount === 0) trainer.restore(kept);
    this.#isEdited = false;
    const start = performance.now();
    await trainer.train(step - trainer.stepCount, signal);
    signal?.throwIfAborted();
    if (performance.now() - start > KEPT_FROM_MS) history.insert(await trainer.snapshot());
    return trainer;
  }

  async #edit(trainer: Trainer, parameters: Float64Array): Promise<void> {
    this.#isEdited = true;
    const snapshot = await trainer.snapshot();
    trainer.restore({ ...snapshot, parameters, lowParts: new Float64Array(parameters.length) });
  }

  #drop(): void {
    this.#trainer?.dispose();
    this.#trainer = undefined;
  }

  /** Frees the trainer; a look that is on its way fails. */
  dispose(): void {
    this.#isDisposed = true;
    this.#drop();
  }
}
