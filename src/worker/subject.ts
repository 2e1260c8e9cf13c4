import { RunReplay, untrained, type Replayable, type TrainingJob, type TrainingSession } from '../index.ts';
import type { RunKeeper } from './run-keeper.ts';
import type { KeptDataset, TableKeeper, TableRequest } from './table-keeper.ts';

/** Which network is looked at: that of a run, or the one a job begins with. */
export type Subject = { readonly run: number } | { readonly job: TrainingJob; readonly table: TableRequest };

/** A network that is looked at, at any of its steps. */
export interface OpenSubject {
  readonly job: TrainingJob;
  readonly prepared: KeptDataset;
  readonly replay: RunReplay;
  readonly run: Replayable;
  /** Undefined for a network before its first step. */
  readonly session: TrainingSession | undefined;
}

/** Keeps the one network that is looked at ready to be moved from step to step. */
export class SubjectKeeper {
  readonly #tables: TableKeeper;
  readonly #runs: RunKeeper;
  #open: { readonly key: string; readonly subject: OpenSubject } | undefined;

  constructor(tables: TableKeeper, runs: RunKeeper) {
    this.#tables = tables;
    this.#runs = runs;
  }

  /** @throws InputError if the table is no longer open, or cannot be trained on */
  open(subject: Subject): OpenSubject {
    const key = JSON.stringify(subject);
    if (this.#open?.key === key) return this.#open.subject;
    this.close();
    const opened = 'run' in subject ? this.#ofRun(subject.run) : this.#beforeTraining(subject);
    this.#open = { key, subject: opened };
    return opened;
  }

  /** A run is over and gone: what was needed to look at it, too. */
  closeRun(id: number): void {
    if (this.#open?.key === JSON.stringify({ run: id })) this.close();
  }

  /** Frees what was needed to look at it. */
  close(): void {
    this.#open?.subject.replay.dispose();
    this.#open = undefined;
  }

  #ofRun(id: number): OpenSubject {
    const { session, job, prepared } = this.#runs.require(id);
    return { job, prepared, replay: new RunReplay(session), run: session, session };
  }

  #beforeTraining({ job, table }: Extract<Subject, { job: unknown }>): OpenSubject {
    const prepared = this.#tables.prepare(table.id, table.plans, table.options);
    const run = untrained(job, prepared.dataset.training);
    return { job, prepared, replay: new RunReplay(run), run, session: undefined };
  }
}
