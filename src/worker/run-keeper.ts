import type {
  PartAssessment,
  RunResult,
  SessionOptions,
  TrainingData,
  TrainingJob,
  TrainingSession,
} from '../index.ts';
import type { KeptDataset } from './table-keeper.ts';

/** How a run is watched; undefined where no rows were set apart. */
export type Watching = Pick<SessionOptions, 'validation'> | undefined;

/** A run the worker holds for the page. */
export interface HeldRun {
  readonly session: TrainingSession;
  readonly job: TrainingJob;
  readonly prepared: KeptDataset;
  readonly watching: Watching;
  /** Aborted to pause whatever is going on with the run. */
  controller: AbortController;
  isTraining: boolean;
  /** Of the steps so far; undefined while they change. */
  result: RunResult | undefined;
  /** Of the result. */
  assessed: readonly PartAssessment[] | undefined;
}

/** @param patience looks at the validation loss without a new lowest one before the run ends; it does not if undefined */
export function watchOn(validation: TrainingData | undefined, patience: number | undefined): Watching {
  return validation && { validation: { data: validation, ...(patience !== undefined && { patience }) } };
}

/** Keeps every run until it is told otherwise. */
export class RunKeeper {
  readonly #runs = new Map<number, HeldRun>();
  #nextRun = 1;

  /** @returns the run's number */
  add(session: TrainingSession, prepared: KeptDataset, watching: Watching): number {
    const { job } = session;
    const id = this.#nextRun++;
    this.#runs.set(id, {
      session,
      job,
      prepared,
      watching,
      controller: new AbortController(),
      isTraining: false,
      result: undefined,
      assessed: undefined,
    });
    return id;
  }

  require(id: number): HeldRun {
    const run = this.#runs.get(id);
    if (!run) throw new Error(`there is no run ${id}`);
    return run;
  }

  /** Kept until the run goes on. */
  async resultOf(run: HeldRun): Promise<RunResult> {
    if (run.result) return run.result;
    const result = await run.session.result();
    if (!run.isTraining) run.result = result;
    return result;
  }

  close(id: number): void {
    const run = this.#runs.get(id);
    run?.controller.abort();
    run?.session.dispose();
    this.#runs.delete(id);
  }
}
