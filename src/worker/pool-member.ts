import { transfer, wrap, type Endpoint, type Remote } from 'comlink';
import {
  DeviceLostError,
  HandgradError,
  InputError,
  RefusalError,
  type AloneOutcome,
  type AloneTask,
} from '../index.ts';
import type { AloneService } from './alone-service.ts';
import { HeldRows, type RowNumbers } from './held-rows.ts';
import { buffersOf } from './own-buffers.ts';

/** A thread with an `AloneService` at its other end. */
export interface PoolWorker {
  readonly endpoint: Endpoint;
  /** Calls back with the reason if the thread cannot start, fails or ends, unless it was asked to. */
  onDeath(listener: (reason: string) => void): void;
  terminate(): void;
}

/** Errors cross to another thread by their name and message alone; a build that shortens names keeps these. */
const errorClasses = new Map<string, typeof HandgradError>(
  Object.entries({ HandgradError, InputError, RefusalError, DeviceLostError }),
);

/** One worker of a pool, from its start to its end: it takes one task at a time. */
export class PoolMember {
  readonly #worker: PoolWorker;
  readonly #service: Remote<AloneService>;
  readonly #held: HeldRows;
  /** Of the task it is at. */
  #fail: ((error: Error) => void) | undefined;

  constructor(worker: PoolWorker, numbers: RowNumbers) {
    this.#worker = worker;
    this.#service = wrap<AloneService>(worker.endpoint);
    this.#held = new HeldRows(numbers);
  }

  get isIdle(): boolean {
    return this.#fail === undefined;
  }

  /** @throws as `trainAlone`; HandgradError if the worker dies */
  async train(task: AloneTask, signal: AbortSignal): Promise<AloneOutcome> {
    const stop = () => void this.#service.stop();
    try {
      return await new Promise<AloneOutcome>((resolve, reject) => {
        this.#fail = reject;
        const sent = this.#held.send(task);
        // Messages arrive in their order: a stop finds the task there.
        this.#service.train(transfer(sent, buffersOf(sent))).then(resolve, reject);
        signal.addEventListener('abort', stop);
      });
    } catch (error) {
      // Of a task that could not be sent, the rows did not arrive either.
      this.#held.forget();
      throw withItsClass(error);
    } finally {
      this.#fail = undefined;
      signal.removeEventListener('abort', stop);
    }
  }

  /** Ends the thread, and its task with an error. */
  end(error: Error): void {
    this.#worker.terminate();
    this.#fail?.(error);
  }
}

/** What a task fails with whose thread is gone. */
export function deathError(reason: string): HandgradError {
  const why = reason.trim().replace(/[.!]$/, '');
  return new HandgradError(
    `A worker that trains networks ended before its network was trained (${why}). Try again; if memory is short, ` +
      'take fewer rows or narrower layers.',
  );
}

function withItsClass(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof HandgradError) return error;
  const itsClass = errorClasses.get(error.name);
  return itsClass ? new itsClass(error.message) : error;
}
