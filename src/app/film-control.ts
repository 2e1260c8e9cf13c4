import { MOST_MOMENTS, SpreadFilm, type SpreadMoment } from '../index.ts';
import type { TrainingClient } from '../worker/client.ts';
import { spreadPlaces } from './fan-geometry.ts';
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
  /** Which network the film is of. */
  #key = '';
  /** The film that was last looked at afterwards: of which network, up to which step. */
  #filled = '';
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
   * @param rowCount as of `InsideControl.watch`
   * @returns a function that ends it
   */
  watch(onMoment: () => void, rowCount = 0): () => void {
    this.#listeners.add(onMoment);
    this.#inside.wantsSpread = true;
    const unwatch = this.#inside.watch(() => this.#take(), { rowCount });
    return () => {
      unwatch();
      this.#listeners.delete(onMoment);
      this.#inside.wantsSpread = this.#listeners.size > 0;
    };
  }

  /** The moments of the film, steps ascending, with the one that is looked at in its place; empty before the first. */
  get moments(): readonly SpreadMoment[] {
    const { frame } = this.#inside;
    const { moments } = this.#film;
    if (!frame?.spread) return moments;
    const { step, spread } = frame;
    return [
      ...moments.filter((moment) => moment.step < step),
      { ...spread, step },
      ...moments.filter((moment) => moment.step > step),
    ];
  }

  #take(): void {
    const { shown, isLive, edited } = this.#inside;
    if ((shown?.key ?? '') !== this.#key) {
      this.#key = shown?.key ?? '';
      this.#film = new SpreadFilm();
    }
    const { frame } = shown ?? {};
    if (frame?.spread && isLive && !edited) this.#film.add({ ...frame.spread, step: frame.step });
    void this.#fill();
    for (const listener of this.#listeners) listener();
  }

  /** What was not watched is looked at once the run stands and it is known what it took. */
  async #fill(): Promise<void> {
    const { shown, isUpToDate } = this.#inside;
    const { currentRun, activity } = this.#state;
    const stands = activity === 'idle' || activity === 'paused';
    if (!shown || !isUpToDate || !stands || !currentRun?.report || this.#isFilling) return;
    const { subject, key, frame } = shown;
    const filled = `${key} ${frame.lastStep}`;
    const steps = filled === this.#filled ? [] : this.#missing(currentRun.report.timing.trainMs);
    if (steps.length === 0) return;
    this.#isFilling = true;
    this.#filled = filled;
    try {
      const film = new SpreadFilm();
      for (const step of steps) {
        film.add(await this.#client.inside.moment(subject, step));
        if (key === this.#key && this.#listeners.size > 0 && !this.#inside.isLive) continue;
        this.#filled = '';
        return;
      }
      this.#film = film;
      for (const listener of this.#listeners) listener();
    } catch {
      // The run was closed meanwhile; of what is looked at, the picture itself says what went wrong.
    } finally {
      this.#isFilling = false;
    }
  }

  /** The steps of a new film; none where the one there is reaches from the run's first step to its last. */
  #missing(trainMs: number): number[] {
    const { frame } = this.#inside;
    if (!frame) return [];
    const { firstStep, lastStep, keptSteps } = frame;
    if (lastStep === firstStep || this.#isWatched(firstStep, lastStep)) return [];
    if (trainMs >= MOST_AGAIN_MS)
      return spreadPlaces(keptSteps.length, MOMENTS_AFTERWARDS).map((place) => keptSteps[place]);
    return spreadPlaces(lastStep - firstStep + 1, MOMENTS_AFTERWARDS).map((place) => firstStep + place);
  }

  /** Whether there are moments all over the run: no long stretch of it without one. */
  #isWatched(firstStep: number, lastStep: number): boolean {
    const steps = [firstStep, ...this.#film.moments.map(({ step }) => step), lastStep];
    const longest = Math.max(...steps.slice(1).map((step, i) => step - steps[i]));
    return longest <= (4 * (lastStep - firstStep)) / MOST_MOMENTS;
  }
}
