import { traceStepOf, type TracedStep } from '../index.ts';
import type { Subject, SubjectKeeper } from './subject.ts';
import { walkSheet, type WalkSheet, type WalkWindows } from './walk-sheet.ts';

/** Which step of which network is walked through. */
export interface WalkRequest {
  readonly subject: Subject;
  /** Undefined for where the run stands; of a run that is over, its last step. */
  readonly step: number | undefined;
  readonly networkLabel: string;
  readonly windows: WalkWindows;
}

/** Walks through single steps of a network by hand. */
export class WalkService {
  readonly #subjects: SubjectKeeper;
  #walking = new AbortController();
  /** The last one: other windows of it are cut without computing it again. */
  #traced: { readonly key: string; readonly step: TracedStep } | undefined;

  constructor(subjects: SubjectKeeper) {
    this.#subjects = subjects;
  }

  /**
   * Every matrix of a step, on both paths. A walk that is on its way to another step is given up.
   *
   * @throws InputError for a step the run does not have, RefusalError where the CPU path cannot take the job; an
   *   AbortError if another walk is asked for meanwhile
   */
  async sheet({ subject, step, networkLabel, windows }: WalkRequest): Promise<WalkSheet> {
    this.#walking.abort();
    this.#walking = new AbortController();
    const { job, prepared, replay, run, session } = this.#subjects.open(subject);
    const stepCount = session?.stepCount ?? 0;
    const at = Math.min(step ?? stepCount, job.steps - 1);
    const key = `${JSON.stringify(subject)} ${at}`;
    if (this.#traced?.key !== key) {
      this.#traced = undefined;
      this.#traced = { key, step: await traceStepOf(run, replay, at, this.#walking.signal) };
    }
    const { inputCount } = prepared.dataset.training;
    return walkSheet(this.#traced.step, { job, inputCount, stepCount, networkLabel }, windows);
  }

  /** Frees what was traced. */
  close(): void {
    this.#walking.abort();
    this.#traced = undefined;
  }
}
