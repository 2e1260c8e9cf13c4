import type { Ceilings } from './ceilings.ts';
import type { JobName } from './jobs.ts';
import type { SystemEntry } from './system-list.ts';
import { median } from '../../src/core/median.ts';

/** One system on one job: its figures, or why there are none. */
export interface Cell {
  readonly job: JobName;
  readonly system: Pick<SystemEntry, 'id' | 'label' | 'group' | 'runsOn'>;
  readonly figures?: Figures;
  /** Why there are no figures, as a sentence for people. */
  readonly reason?: string;
  /** What else there is to know of the figures. */
  readonly note?: string;
}

/** What was measured, after the results had been checked. */
export interface Figures {
  /** Steps of one repetition. */
  readonly steps: number;
  /** Milliseconds per step of each repetition, in the order they ran. */
  readonly msPerStep: readonly number[];
  /**
   * From the press to the loss of step `steps` in hand, in a fresh browser or process with the code loaded:
   * opening the device, compiling, copying, training; milliseconds.
   */
  readonly cold: { readonly steps: number; readonly ms: number };
  /** Largest seen, against the float64 reference, relative. */
  readonly lossDeviation: number;
  readonly updateDeviation: number;
}

/** What a run of the benchmark gives. */
export interface Results {
  readonly date: string;
  readonly command: string;
  /** Name → version, or what the thing is. */
  readonly environment: Readonly<Record<string, string>>;
  readonly isSoftware: boolean;
  /** A sentence instead where they could not be measured. */
  readonly ceilings: Ceilings | string;
  readonly cells: readonly Cell[];
}

/** Median milliseconds per step; undefined where the cell has no figures. */
export function msPerStep(cell: Cell): number | undefined {
  return cell.figures && median(cell.figures.msPerStep);
}

/** The cell of a job that takes the least time per step, of those that `isMeant`; undefined if none has figures. */
export function fastest(
  cells: readonly Cell[],
  job: JobName,
  isMeant: (cell: Cell) => boolean,
): { readonly cell: Cell; readonly ms: number } | undefined {
  let best: { cell: Cell; ms: number } | undefined;
  for (const cell of cells) {
    const ms = cell.job === job && isMeant(cell) ? msPerStep(cell) : undefined;
    if (ms !== undefined && (!best || ms < best.ms)) best = { cell, ms };
  }
  return best;
}
