import { onThisThread, trainAlone, type AloneOutcome, type AloneTask, type AloneTrainer } from '../index.ts';
import { RowNumbers } from './held-rows.ts';
import { deathError, PoolMember, type PoolWorker } from './pool-member.ts';

export type { PoolWorker } from './pool-member.ts';

/** A task that no worker has taken yet. */
interface Waiting {
  readonly task: AloneTask;
  readonly signal: AbortSignal;
  readonly resolve: (outcome: AloneOutcome | Promise<AloneOutcome>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Trains networks on the CPU on several threads, in the order they are asked for; those for the GPU on the thread that
 * asks, one after the other. Workers are started when there is something for them to do, and stay until `dispose`.
 */
export class AlonePool implements AloneTrainer {
  readonly parallel: number;
  readonly #startWorker: () => PoolWorker;
  readonly #members = new Set<PoolMember>();
  readonly #numbers = new RowNumbers();
  #waiting: Waiting[] = [];
  #onGpu: Promise<unknown> = Promise.resolve();
  #isDisposed = false;

  /** @param parallel how many workers there may be */
  constructor(startWorker: () => PoolWorker, parallel: number) {
    this.#startWorker = startWorker;
    this.parallel = parallel;
  }

  /**
   * Aborting `signal` ends it soon, without an error: the outcome then holds a checkpoint.
   *
   * @throws as `trainAlone`; HandgradError if the worker dies
   */
  async train(task: AloneTask, signal: AbortSignal): Promise<AloneOutcome> {
    if (this.#isDisposed) throw disposedError();
    if (task.backend === 'gpu') return this.#trainOnGpu(task, signal);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ task, signal, resolve, reject });
      signal.addEventListener('abort', this.#endAborted);
      this.#handOut();
    });
  }

  /** Ends all workers; what they are at, and what waits for them, fails. */
  dispose(): void {
    this.#isDisposed = true;
    for (const { signal, reject } of this.#waiting.splice(0)) {
      signal.removeEventListener('abort', this.#endAborted);
      reject(disposedError());
    }
    for (const member of this.#members) member.end(disposedError());
    this.#members.clear();
  }

  #trainOnGpu(task: AloneTask, signal: AbortSignal): Promise<AloneOutcome> {
    const training = this.#onGpu.then(() => {
      if (this.#isDisposed) throw disposedError();
      return onThisThread.train(task, signal);
    });
    this.#onGpu = training.catch(() => {});
    return training;
  }

  /** Tasks go to idle workers, first come, first served. */
  #handOut(): void {
    this.#endAborted();
    while (this.#waiting.length > 0) {
      const taker = this.#findTaker();
      if (!taker) return;
      const next = this.#waiting.shift();
      if (!next) return;
      this.#forgetSignal(next.signal);
      if (taker instanceof Error) next.reject(taker);
      else void this.#trainOn(taker, next);
    }
  }

  /** An idle worker, or why there can be none; undefined where one of those at work will take the task. */
  #findTaker(): PoolMember | Error | undefined {
    const idle = [...this.#members].find(({ isIdle }) => isIdle);
    if (idle || this.#members.size === this.parallel) return idle;
    try {
      return this.#startMember();
    } catch (error) {
      if (this.#members.size > 0) return undefined;
      return deathError(error instanceof Error ? error.message : String(error));
    }
  }

  async #trainOn(member: PoolMember, { task, signal, resolve, reject }: Waiting): Promise<void> {
    try {
      resolve(await member.train(task, signal));
    } catch (error) {
      reject(error);
    }
    if (!this.#isDisposed) this.#handOut();
  }

  #startMember(): PoolMember {
    const worker = this.#startWorker();
    const member = new PoolMember(worker, this.#numbers);
    this.#members.add(member);
    worker.onDeath((reason) => {
      // Another takes its place with the next task.
      if (this.#members.delete(member)) member.end(deathError(reason));
    });
    return member;
  }

  /** Of a task that nobody began, this thread can say where it stands. */
  readonly #endAborted = (): void => {
    const isAborted = ({ signal }: Waiting) => signal.aborted;
    const aborted = this.#waiting.filter(isAborted);
    if (aborted.length === 0) return;
    this.#waiting = this.#waiting.filter((waiting) => !isAborted(waiting));
    for (const { task, signal, resolve } of aborted) resolve(trainAlone(task, signal));
  };

  /** Many tasks may wait with one signal, which is listened to once. */
  #forgetSignal(signal: AbortSignal): void {
    if (this.#waiting.some((waiting) => waiting.signal === signal)) return;
    signal.removeEventListener('abort', this.#endAborted);
  }
}

function disposedError(): Error {
  return new Error('This pool of workers was disposed of; make a new one.');
}
