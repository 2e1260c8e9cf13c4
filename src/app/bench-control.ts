import {
  benchJobNames,
  type BenchJobName,
  type CrossoverCell,
  type PathOutcome,
  type PopulationPoint,
} from '../index.ts';
import { callback, type TrainingClient } from '../worker/client.ts';
import type { PageState } from './page-state.ts';
import { sentenceOf } from './sentences.ts';

/** What the bench has measured so far on this machine. */
export interface BenchResults {
  readonly outcomes: ReadonlyMap<BenchJobName, readonly PathOutcome[]>;
  readonly cells: readonly CrossoverCell[];
  readonly points: readonly PopulationPoint[];
}

/** What is being timed; undefined while nothing is. */
export type BenchWork = BenchJobName | 'crossover' | 'populations';

/** Times handgrad's own paths on the person's machine; nothing is timed until it is asked for. */
export class BenchControl {
  results: BenchResults = { outcomes: new Map(), cells: [], points: [] };
  work: BenchWork | undefined;
  /** Asked to stop: what is being timed is the last. */
  isStopping = false;
  readonly #state: PageState;
  readonly #client: TrainingClient;
  #flow: Promise<void> = Promise.resolve();

  constructor(state: PageState, client: TrainingClient) {
    this.#state = state;
    this.#client = client;
  }

  /** Every job of the benchmark, one after the other. */
  timeJobs(): void {
    this.#flow = this.#run(async () => {
      for (const name of benchJobNames) {
        if (this.isStopping) return;
        this.#show(name, {
          outcomes: new Map([...this.results.outcomes].filter(([other]) => other !== name)),
        });
        const add = (outcome: PathOutcome) => {
          const outcomes = [...(this.results.outcomes.get(name) ?? []), outcome];
          this.#show(name, { outcomes: new Map([...this.results.outcomes, [name, outcomes]]) });
        };
        await this.#client.timeJob(name, callback(add));
      }
    });
  }

  /** CPU against GPU over hidden width and rows. */
  timeCrossover(): void {
    this.#flow = this.#run(async () => {
      this.#show('crossover', { cells: [] });
      const add = (cell: CrossoverCell) => this.#show('crossover', { cells: [...this.results.cells, cell] });
      await this.#client.timeCrossover(callback(add));
    });
  }

  /** CPU against GPU over networks at once. */
  timePopulations(): void {
    this.#flow = this.#run(async () => {
      this.#show('populations', { points: [] });
      const add = (point: PopulationPoint) =>
        this.#show('populations', { points: [...this.results.points, point] });
      await this.#client.timePopulations(callback(add));
    });
  }

  /** Ends what is being timed. @returns when it has ended */
  stop(): Promise<void> {
    if (this.work === undefined) return Promise.resolve();
    this.isStopping = true;
    this.#state.update({});
    void this.#client.stopTiming();
    return this.#flow;
  }

  async #run(work: () => Promise<void>): Promise<void> {
    const state = this.#state;
    if (!state.isIdle || state.isBroken) return;
    this.isStopping = false;
    state.update({ activity: 'measuring', error: undefined, announcement: 'Timing starts.' });
    try {
      await work();
      state.update({ announcement: this.isStopping ? 'Timing stopped.' : 'Timed.' });
    } catch (error) {
      const wasStopped = error instanceof Error && error.name === 'AbortError';
      if (!wasStopped) state.update({ error: sentenceOf(error) });
    } finally {
      this.work = undefined;
      state.update({ activity: 'idle', activityNote: '' });
    }
  }

  #show(work: BenchWork, results: Partial<BenchResults>): void {
    this.work = work;
    this.results = { ...this.results, ...results };
    this.#state.update({});
  }
}
