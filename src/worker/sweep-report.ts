import type { Adapter, LossFan, PlannedTask, SweepGroup, SweepHeat, SweptName } from '../index.ts';

/** How a sweep stands, in numbers that stay few however many networks there are. */
export interface SweepReport {
  readonly networkCount: number;
  readonly overCount: number;
  readonly divergedCount: number;
  /** Diverged, or ended no better than the best constant answer. */
  readonly failedCount: number;
  /** Of all networks together. */
  readonly stepsTaken: number;
  /** The same, with the steps that networks leave untaken because they ended early; and how many there are in all. */
  readonly stepsDone: number;
  readonly steps: number;
  /** Wall time so far, planning and compiling included, pauses left out; milliseconds. */
  readonly trainMs: number;
  readonly recoveryCount: number;
  readonly adapter: Adapter | null;
  readonly planned: readonly PlannedTask[];
  /** Of the networks that train together now; while none do, of those that are over, or if none is, have begun. */
  readonly fan: LossFan;
  /** Of the best network that is over; while none is, the least losses of those that train together. */
  readonly best: SweepCurve | undefined;
  /** Of the best constant answer. */
  readonly constantLoss: number;
  readonly rankedBy: 'finalLoss' | 'validationLoss';
  /** Networks that differ in their seeds alone: the first of them, and how many groups there are. */
  readonly groups: readonly SweepGroup[];
  readonly groupCount: number;
  /** Networks that an ensemble can be made of (`ensemblePlaces`). */
  readonly ensembleCount: number;
  /** Of two settings; undefined where fewer are swept. */
  readonly heat: SweepHeat | undefined;
}

/** The losses of one network, at the steps that are kept; or the least of several. */
export interface SweepCurve {
  /** The network's place in the sweep; undefined of several. */
  readonly place: number | undefined;
  readonly steps: readonly number[];
  readonly losses: readonly number[];
}

/** A network in the table of results. */
export interface SweepRow {
  readonly place: number;
  /** From 1; undefined until it is over. */
  readonly rank: number | undefined;
  /** One per swept setting, in their order; empty where it changes nothing for the network. */
  readonly values: readonly string[];
  /** Undefined where it diverged or is not over. */
  readonly finalLoss: number | undefined;
  readonly validationLoss: number | undefined;
  readonly hasFailed: boolean;
  readonly divergedAt: number | undefined;
  readonly steps: number;
}

/** A column that the results can be sorted by. */
export type SweepColumn = 'rank' | 'place' | 'finalLoss' | 'validationLoss' | SweptName;

export interface SweepOrder {
  readonly column: SweepColumn;
  readonly isDescending: boolean;
}
