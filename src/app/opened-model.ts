import type { ModelSheet } from '../worker/client.ts';

/** A trained network that a person opened from a file, or several as one from a sweep. */
export interface OpenedModel {
  /** The worker's number for it. */
  readonly id: number;
  readonly fileName: string;
  readonly sheet: ModelSheet;
  /** The table on the page is the one it was trained on: it can go on training. Undefined until that is known. */
  readonly isTrainedOnTable: boolean | undefined;
}
