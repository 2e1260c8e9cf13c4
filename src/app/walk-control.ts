import type { TrainingClient, WalkSheet, WalkWindows } from '../worker/client.ts';
import type { InsideControl } from './inside-control.ts';
import type { PageState } from './page-state.ts';
import { sentenceOf } from './sentences.ts';

/** While a run trains, the walk follows it not before so many milliseconds. */
const FOLLOW_EVERY_MS = 250;

/** What a sheet is of. */
interface Wanted {
  readonly key: string;
  readonly windows: WalkWindows;
}

/** Walks by hand through the step that is looked at. */
export class WalkControl {
  sheet: WalkSheet | undefined;
  /** Why there is none. */
  problem: string | undefined;
  windows: WalkWindows = { firstRow: 0, firstUnits: [] };
  readonly #state: PageState;
  readonly #client: TrainingClient;
  readonly #inside: InsideControl;
  readonly #listeners = new Set<() => void>();
  #loaded: Wanted | undefined;
  #isLoading = false;

  constructor(state: PageState, client: TrainingClient, inside: InsideControl) {
    this.#state = state;
    this.#client = client;
    this.#inside = inside;
  }

  /**
   * Somebody walks: sheets are fetched as long as anybody does.
   *
   * @param onSheet called when there is another one, or none
   * @returns a function that ends it
   */
  watch(onSheet: () => void): () => void {
    this.#listeners.add(onSheet);
    const unwatch = this.#inside.watch(() => void this.#follow(), FOLLOW_EVERY_MS);
    return () => {
      unwatch();
      this.#listeners.delete(onSheet);
      if (this.#listeners.size === 0) void this.#client.walks.close();
    };
  }

  /** Shows another part of the matrices. */
  load(windows: WalkWindows): void {
    this.windows = windows;
    void this.#follow();
  }

  /** Fetches what is looked at, until it is what is shown. */
  async #follow(): Promise<void> {
    if (this.#isLoading) return;
    this.#isLoading = true;
    try {
      for (let wanted = this.#wanted; wanted && !isSame(wanted, this.#loaded); wanted = this.#wanted) {
        await this.#load(wanted);
      }
    } finally {
      this.#isLoading = false;
    }
  }

  get #wanted(): Wanted | undefined {
    const { subjectKey, frame } = this.#inside;
    if (!frame || this.#listeners.size === 0) return undefined;
    return { key: `${subjectKey} ${frame.step}`, windows: this.windows };
  }

  async #load(wanted: Wanted): Promise<void> {
    const { subject, frame } = this.#inside;
    if (!subject || !frame) return;
    const { currentRun } = this.#state;
    const networkLabel = currentRun ? this.#state.label(currentRun.path) : '';
    const request = { subject, step: frame.step, networkLabel, windows: wanted.windows };
    try {
      this.sheet = await this.#client.walks.sheet(request);
      this.problem = undefined;
    } catch (error) {
      this.problem = sentenceOf(error);
      this.sheet = undefined;
    }
    this.#loaded = wanted;
    for (const listener of this.#listeners) listener();
  }
}

function isSame(a: Wanted, b: Wanted | undefined): boolean {
  return a.key === b?.key && a.windows === b.windows;
}
