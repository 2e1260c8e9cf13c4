import type { Snapshot } from './plan.ts';

/** Snapshots kept at most. */
const MOST_SNAPSHOTS = 128;
/** What they take at most, in bytes; the first and the last are kept whatever they take. */
const MOST_BYTES = 2 ** 25;

/**
 * Snapshots of one run, few however long it is: when there are too many, the one that leaves the smallest gap goes, so
 * that they stay about evenly far apart. Any step between them can be trained to again from the one before it.
 */
export class SnapshotHistory {
  /** By step. */
  readonly #kept: Snapshot[];
  #last: Snapshot;

  /** @param first where the run begins */
  constructor(first: Snapshot) {
    this.#kept = [first];
    this.#last = first;
  }

  /** Where the run begins. */
  get first(): Snapshot {
    return this.#kept[0];
  }

  /** Where it was last kept. */
  get last(): Snapshot {
    return this.#last;
  }

  /** The steps of the snapshots, from first to last. */
  get steps(): number[] {
    return this.#kept.map(({ step }) => step);
  }

  /** Adds where the run has come to; what was kept of later steps, before the run went back, goes. */
  add(snapshot: Snapshot): void {
    while (this.#kept.length > 1 && this.#kept[this.#kept.length - 1].step >= snapshot.step) this.#kept.pop();
    this.#last = snapshot;
    if (snapshot.step > this.first.step) this.#insert(snapshot, this.#kept.length);
  }

  /** Adds a step between those that are kept, somebody having trained to it again. */
  insert(snapshot: Snapshot): void {
    const at = this.#kept.findIndex(({ step }) => step >= snapshot.step);
    if (at > 0 && this.#kept[at].step > snapshot.step) this.#insert(snapshot, at);
  }

  /** The latest one at or before a step; the first one where there is none. */
  before(step: number): Snapshot {
    return this.#kept.findLast((snapshot) => snapshot.step <= step) ?? this.first;
  }

  #insert(snapshot: Snapshot, at: number): void {
    this.#kept.splice(at, 0, snapshot);
    const most = Math.max(2, Math.min(MOST_SNAPSHOTS, Math.floor(MOST_BYTES / bytesOf(snapshot))));
    while (this.#kept.length > most) this.#thin();
  }

  /** The first and the last stay. */
  #thin(): void {
    const gap = (index: number) => this.#kept[index + 1].step - this.#kept[index - 1].step;
    let least = 1;
    for (let index = 2; index < this.#kept.length - 1; index++) if (gap(index) < gap(least)) least = index;
    this.#kept.splice(least, 1);
  }
}

function bytesOf({ parameters, lowParts, optimizerState }: Snapshot): number {
  return parameters.byteLength + lowParts.byteLength + optimizerState.byteLength;
}
