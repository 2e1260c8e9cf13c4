import { MOST_MOMENTS, SpreadFilm, type SpreadMoment } from '../index.ts';
import type { TrainingClient } from '../worker/client.ts';
import type { InsideControl } from './inside-control.ts';
import type { PageState } from './page-state.ts';

/** A run that trained in less is gone through again for the moments nobody watched, in milliseconds. */
const MOST_AGAIN_MS = 3000;
/** Moments of a run that are looked at afterwards: one of twelve pixels or so. */
const MOMENTS_AFTERWARDS = 48;

/** What happened inside the network over the run: as it was watched, or looked at afterwards. */
export class FilmControl {
  readonly #state: PageState;
  readonly #client: TrainingClient;
  readonly #inside: InsideControl;
  readonly #listeners = new Set<() => void>();
  #film = new SpreadFilm();
  /** What the film is of. */
  #key = '';
  #isFilling = false;

  constructor(state: PageState, client: TrainingClient, inside: InsideControl) {
    this.#state = state;
    this.#client = client;
    this.#inside = inside;
  }

  /**
   * Somebody looks: moments are collected as long as anybody does.
   *
   * @param onMoment called when there is another one
   * @returns a function that ends it
   */
  watch(onMoment: () => void): () => void {
    this.#listeners.add(onMoment);
    this.#inside.wantsSpread = true;
    const unwatch = this.#inside.watch(() => this.#take());
    return () => {
      unwatch();
      this.#listeners.delete(onMoment);
      this.#inside.wantsSpread = this.#listeners.size > 0;
    };
  }

  /** The moments of the film, steps ascending, with the one that is looked at in its place; empty before the first. */
  get moments(): readonly SpreadMoment[] {
    const { frame, subjectKey } = this.#inside;
    const { moments } = this.#film;
    if (subjectKey !== this.#key) return [];
    if (!frame?.spread) return moments;
    const { step } = frame;
    return [
      ...moments.filter((moment) => moment.step < step),
      { ...frame.spread, step },
      ...moments.filter((moment) => moment.step > step),
    ];
  }

  #take(): void {
    const { frame, subjectKey, isLive, edited } = this.#inside;
    if (subjectKey !== this.#key) {
      this.#key = subjectKey;
      this.#film = new SpreadFilm();
    }
    if (frame?.spread && isLive && !edited) this.#film.add({ ...frame.spread, step: frame.step });
    if (frame && !isLive) void this.#fill();
    for (const listener of this.#listeners) listener();
  }

  /** What was not watched is looked at now that the run stands. */
  async #fill(): Promise<void> {
    const steps = this.#missing();
    const { subject } = this.#inside;
    const key = this.#key;
    if (this.#isFilling || steps.length === 0 || !subject) return;
    this.#isFilling = true;
    try {
      const film = new SpreadFilm();
      for (const step of steps) {
        const moment = await this.#client.inside.moment(subject, step);
        if (key !== this.#key || this.#inside.isLive || this.#listeners.size === 0) return;
        film.add(moment);
      }
      this.#film = film;
      for (const listener of this.#listeners) listener();
    } catch {
      // The run was closed meanwhile; of what is looked at, the picture itself says what went wrong.
      this.#key = '';
    } finally {
      this.#isFilling = false;
    }
  }

  /** The steps of a new film; none where the one there is reaches from the run's first step to its last. */
  #missing(): number[] {
    const { frame } = this.#inside;
    if (!frame) return [];
    const { firstStep, lastStep, keptSteps } = frame;
    const { moments } = this.#film;
    const reach = (moments.at(-1)?.step ?? firstStep) - (moments[0]?.step ?? firstStep);
    const isWatched = moments.length > MOST_MOMENTS / 4 && reach >= 0.9 * (lastStep - firstStep);
    if (lastStep === firstStep || isWatched) return [];
    const trainMs = this.#state.currentRun?.report?.timing.trainMs ?? Infinity;
    if (trainMs >= MOST_AGAIN_MS) return evenly(keptSteps, Math.min(MOMENTS_AFTERWARDS, keptSteps.length));
    const count = Math.min(MOMENTS_AFTERWARDS, lastStep - firstStep + 1);
    return Array.from({ length: count }, (_, i) =>
      Math.round(firstStep + ((lastStep - firstStep) * i) / (count - 1)),
    );
  }
}

/** Some of a list, evenly, the first and the last among them. */
function evenly(all: readonly number[], count: number): number[] {
  return Array.from(
    { length: count },
    (_, i) => all[Math.round(((all.length - 1) * i) / Math.max(1, count - 1))],
  );
}
