import type { Field, FieldColumns, FieldPoints, FieldRequest, TrainingClient } from '../worker/client.ts';
import type { InsideControl } from './inside-control.ts';
import { sentenceOf } from './sentences.ts';

/** Points along an axis: the fewest, and as many as a large picture has pixels. */
const LEAST_POINTS = 64;
const MOST_POINTS = 512;
/** Pictures of what moves: with fewer milliseconds from one to the next they become finer, with more coarser. */
const BETWEEN_MS = { least: 45, most: 60 };
/** So many of them are judged together: a single one may wait for something else. */
const JUDGED_PICTURES = 10;
/** Once they were too fine, the next so many pictures stay as they are. */
const CALM_PICTURES = 600;
/** What stands still may take so long to become sharper, in milliseconds. */
const STILL_MS = 400;

/** What the network answers all over the plane of two columns, and the rows of the table there. */
export class FieldControl {
  columns: FieldColumns | undefined;
  request: FieldRequest | undefined;
  points: FieldPoints | undefined;
  /** Why there is no picture. */
  problem: string | undefined;
  readonly #client: TrainingClient;
  readonly #inside: InsideControl;
  readonly #listeners = new Set<() => void>();
  /** What the columns are of. */
  #key = '';
  #pointCount = LEAST_POINTS;
  #adapted: Field | undefined;
  #adaptedAtMs = -Infinity;
  #calmPictures = 0;
  /** Of the last pictures of as many points, in milliseconds. */
  #betweenMs: number[] = [];

  constructor(client: TrainingClient, inside: InsideControl) {
    this.#client = client;
    this.#inside = inside;
  }

  /**
   * Somebody looks: fields are computed as long as anybody does.
   *
   * @param onField called when there is another one
   * @returns a function that ends it
   */
  watch(onField: () => void): () => void {
    this.#listeners.add(onField);
    this.#inside.fieldRequest = () => this.request && { ...this.request, points: this.#pointCount };
    const unwatch = this.#inside.watch(() => this.#take());
    return () => {
      unwatch();
      this.#listeners.delete(onField);
      if (this.#listeners.size === 0) this.#inside.fieldRequest = undefined;
    };
  }

  get field(): Field | undefined {
    return this.request && this.#inside.frame?.field;
  }

  /** Other columns, or other values of the rest. */
  change(request: FieldRequest): void {
    this.request = request;
    this.points = undefined;
    void this.#loadPoints();
    this.#inside.ask();
  }

  #take(): void {
    const { looked, frame } = this.#inside;
    const key = looked?.key ?? '';
    if (key !== this.#key) {
      this.#key = key;
      void this.#loadColumns();
    }
    if (frame?.field && frame.field !== this.#adapted) this.#adapt(frame.field, frame.fieldMs);
    for (const listener of this.#listeners) listener();
  }

  /** As many points as there is time for. */
  #adapt(field: Field, fieldMs: number): void {
    this.#adapted = field;
    const { isLive, isReplaying } = this.#inside;
    const { columns } = field;
    const now = performance.now();
    const betweenMs = now - this.#adaptedAtMs;
    this.#adaptedAtMs = now;
    if (isLive || isReplaying) {
      this.#adaptMoving(columns, betweenMs);
      return;
    }
    // Twice as many along either axis take four times as long.
    if (columns < MOST_POINTS && 4 * fieldMs < STILL_MS) {
      this.#pointCount = Math.min(MOST_POINTS, columns * 2);
      this.#inside.ask();
    }
  }

  #adaptMoving(columns: number, betweenMs: number): void {
    this.#calmPictures--;
    // One that was asked for before the last change says nothing of it.
    if (columns !== this.#pointCount) return;
    this.#betweenMs.push(betweenMs);
    if (this.#betweenMs.length < JUDGED_PICTURES) return;
    const usual = this.#betweenMs.toSorted((a, b) => a - b)[JUDGED_PICTURES / 2];
    this.#betweenMs = [];
    if (usual > BETWEEN_MS.most && columns > LEAST_POINTS) {
      this.#pointCount = columns / 2;
      this.#calmPictures = CALM_PICTURES;
    } else if (usual < BETWEEN_MS.least && columns < MOST_POINTS && this.#calmPictures <= 0) {
      this.#pointCount = columns * 2;
    }
  }

  async #loadColumns(): Promise<void> {
    const { looked } = this.#inside;
    const key = this.#key;
    if (!looked) return this.#show(undefined);
    try {
      const columns = await this.#client.inside.fieldColumns(looked.subject);
      if (key !== this.#key) return;
      this.#pointCount = LEAST_POINTS;
      this.problem = undefined;
      const isSame = JSON.stringify(columns) === JSON.stringify(this.columns);
      if (!isSame) this.#show(columns);
      // Other targets, or rows of other parts.
      await this.#loadPoints();
      this.#inside.ask();
    } catch (error) {
      if (key === this.#key) this.problem = sentenceOf(error);
    }
  }

  #show(columns: FieldColumns | undefined): void {
    this.columns = columns;
    this.request = columns && firstRequest(columns);
    this.points = undefined;
  }

  async #loadPoints(): Promise<void> {
    const { request } = this;
    const { looked } = this.#inside;
    const key = this.#key;
    if (!request || !looked) return;
    const isWanted = () => request === this.request && key === this.#key;
    try {
      const points = await this.#client.inside.points(looked.subject, request);
      if (!isWanted()) return;
      this.points = points;
      this.problem = undefined;
    } catch (error) {
      if (isWanted()) this.problem = sentenceOf(error);
    }
    for (const listener of this.#listeners) listener();
  }
}

/** Over the columns that say most; undefined where there is none of numbers. */
function firstRequest({ suggested, held }: FieldColumns): FieldRequest | undefined {
  if (!suggested) return undefined;
  const [across, up] = suggested;
  return { across, up, cells: held.map(({ start }) => start), points: LEAST_POINTS, output: 0 };
}
