import type { Ceilings } from './ceilings.ts';
import type { AnyJobName, JobName, PopulationName } from './jobs.ts';
import type { SystemEntry } from './system-list.ts';
import { median } from '../../src/core/median.ts';

/** One system on one job: its figures, or why there are none. */
export interface Cell<Job extends AnyJobName = JobName> {
  readonly job: Job;
  readonly system: Pick<SystemEntry, 'id' | 'label' | 'group' | 'runsOn'>;
  readonly figures?: Figures;
  /** Why there are no figures, as a sentence for people. */
  readonly reason?: string;
  /** What else there is to know of the figures. */
  readonly note?: string;
}

/** What was measured, after the results had been checked. */
export interface Figures {
  /** Whose steps they are: 1, or those of a population that the system trains, on all of its hosts. */
  readonly networkCount: number;
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

/** When, how and where a run of the benchmark was made. */
export interface Circumstances {
  readonly date: string;
  readonly command: string;
  /** Name → version, or what the thing is. */
  readonly environment: Readonly<Record<string, string>>;
  readonly isSoftware: boolean;
}

/** What a run of the benchmark gives. */
export interface Results extends Circumstances {
  /** A sentence instead where they could not be measured. */
  readonly ceilings: Ceilings | string;
  readonly cells: readonly Cell[];
}

/** What a run with many networks gives. */
export interface PopulationResults extends Circumstances {
  readonly cells: readonly Cell<PopulationName>[];
  /** The notebook's population on the GPU, with ever more networks. */
  readonly scaling: readonly Cell<PopulationName>[];
}

/** Median milliseconds per step; undefined where the cell has no figures. */
export function msPerStep(cell: Cell<AnyJobName>): number | undefined {
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
