import { transfer } from 'comlink';
import {
  trainAlone,
  type AloneOutcome,
  type AloneTask,
  type TrainingData,
  type ValidationOptions,
} from '../index.ts';
import { buffersOf } from './own-buffers.ts';

/** Rows on their way to a worker. */
export interface SentRows {
  readonly number: number;
  /** Left out where the worker holds the rows of this number. */
  readonly data?: TrainingData;
}

/** A task on its way to a worker. */
export interface SentTask extends Omit<AloneTask, 'data' | 'validation'> {
  readonly rows: SentRows;
  readonly validation?: Omit<ValidationOptions, 'data'> & { readonly rows: SentRows };
  /** The numbers of all rows that the worker is to hold from now on. */
  readonly held: readonly number[];
}

/** What a worker of a pool does: it trains one network after the other, and keeps the rows it was sent. */
export class AloneService {
  readonly #rows = new Map<number, TrainingData>();
  #controller = new AbortController();

  /** @throws as `trainAlone` */
  async train({ rows, validation, held, ...rest }: SentTask): Promise<AloneOutcome> {
    this.#controller = new AbortController();
    const { signal } = this.#controller;
    for (const number of this.#rows.keys()) {
      if (!held.includes(number)) this.#rows.delete(number);
    }
    const task: AloneTask = { ...rest, data: this.#receive(rows) };
    if (!validation) return given(await trainAlone(task, signal));
    const { rows: validationRows, ...options } = validation;
    const watched = { ...task, validation: { ...options, data: this.#receive(validationRows) } };
    return given(await trainAlone(watched, signal));
  }

  /** Ends the task it is at, within a chunk; nothing where there is none. */
  stop(): void {
    this.#controller.abort();
  }

  #receive({ number, data }: SentRows): TrainingData {
    if (data) this.#rows.set(number, data);
    const rows = this.#rows.get(number);
    if (!rows) throw new Error(`rows ${number} were never sent to this worker`);
    return rows;
  }
}

function given(outcome: AloneOutcome): AloneOutcome {
  return transfer(outcome, buffersOf(outcome));
}
