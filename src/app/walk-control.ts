import type { TrainingClient, WalkSheet, WalkWindows } from '../worker/client.ts';
import type { InsideControl } from './inside-control.ts';
import type { PageState } from './page-state.ts';
import { sentenceOf } from './sentences.ts';

/** While a run trains, the walk follows it not before so many milliseconds. */
const FOLLOW_EVERY_MS = 250;
/** Nor before so many times what the last sheet took: the worker has a run to train. */
const REST = 4;

/** What a sheet is of. */
interface Wanted {
  readonly network: string;
  readonly step: number;
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
  /** When a run that trains may be followed again. */
  #restUntilMs = 0;

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
    this.#loaded = undefined;
    this.problem = undefined;
    const unwatch = this.#inside.watch(() => void this.#follow(), { everyMs: FOLLOW_EVERY_MS });
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
    this.#forgetOthers();
    if (this.#isLoading || (this.#inside.isLive && performance.now() < this.#restUntilMs)) return;
    this.#isLoading = true;
    try {
      for (let wanted = this.#wanted; wanted && !isSame(wanted, this.#loaded); wanted = this.#wanted) {
        await this.#load(wanted);
        if (this.#inside.isLive) break;
      }
    } finally {
      this.#isLoading = false;
    }
  }

  /** A sheet of a network that is gone goes, unless the next one will soon take its place. */
  #forgetOthers(): void {
    const { looked } = this.#inside;
    if (looked || (!this.sheet && !this.problem)) return;
    this.sheet = undefined;
    this.problem = undefined;
    this.#loaded = undefined;
    this.#tell();
  }

  get #wanted(): Wanted | undefined {
    const { looked, frame, isUpToDate } = this.#inside;
    if (!looked || !frame || !isUpToDate || this.#listeners.size === 0) return undefined;
    return { network: looked.key, step: frame.step, windows: this.windows };
  }

  async #load(wanted: Wanted): Promise<void> {
    const { looked } = this.#inside;
    if (!looked) return;
    const { currentRun } = this.#state;
    const networkLabel = currentRun ? this.#state.label(currentRun.path) : '';
    const { step, windows } = wanted;
    const start = performance.now();
    let sheet: WalkSheet | undefined;
    let problem: string | undefined;
    try {
      sheet = await this.#client.walks.sheet({ subject: looked.subject, step, networkLabel, windows });
    } catch (error) {
      problem = sentenceOf(error);
    }
    const end = performance.now();
    this.#restUntilMs = end + REST * (end - start);
    // Whoever left ended it, and asks again on coming back; what another network could not do is of no interest.
    if (this.#listeners.size === 0 || looked.key !== this.#inside.looked?.key) return;
    this.sheet = sheet;
    this.problem = problem;
    this.#loaded = wanted;
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function isSame(a: Wanted, b: Wanted | undefined): boolean {
  return a.network === b?.network && a.step === b.step && a.windows === b.windows;
}
