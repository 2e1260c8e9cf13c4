import type { Divergence } from './core/divergence.ts';
import type { Adapter, Backend, PlannedJob } from './core/job.ts';
import type { Network } from './core/network.ts';
import type { Plan } from './core/plan.ts';
import type { RunValues } from './core/validation.ts';
import type { ValidationCurve } from './validation-watch.ts';

/** Where the time of a run went; milliseconds of wall time unless said otherwise. */
export interface RunTiming {
  /** Asking for the device, compiling, allocating: paid once, and mostly by the first run. */
  readonly setupMs: number;
  /** Copying table and parameters to where they are used. */
  readonly uploadMs: number;
  /** From the first step to the end of the last one, pauses left out. */
  readonly trainMs: number;
  /** The same on the GPU's own clock; null on the CPU, and where the adapter has no timestamps. */
  readonly gpuMs: number | null;
  /** How often the host looked up after less than 1, 2, 4, 8, … milliseconds. */
  readonly chunkMs: readonly number[];
  /** Fetching losses, parameters and predictions. */
  readonly readbackMs: number;
  readonly stepsPerSecond: number;
  /** From the press to the final loss in hand, everything above included, pauses left out. */
  readonly pressToFinalLossMs: number;
}

/** What came of a run. */
export interface RunResult {
  readonly backend: Backend['name'];
  readonly plan: Plan;
  /** Why this plan, with the figures that decided. */
  readonly planned: PlannedJob;
  /** Null on the CPU. */
  readonly adapter: Adapter | null;
  readonly network: Network;
  /** Steps finished; fewer than the job's when the run was stopped. */
  readonly steps: number;
  /** The loss of every step, before its update. */
  readonly losses: Float64Array;
  /** [parameterCount], in the layout of `layOutNetwork`. */
  readonly initialParameters: Float64Array;
  readonly parameters: Float64Array;
  /** Row-major [first 1,000 rows, outputCount], from the final parameters. */
  readonly predictions: Float64Array;
  /** Where and why the run stopped being numbers, or exploded; undefined if it did not. */
  readonly divergence: Divergence | undefined;
  /** Undefined where no rows were set apart for it. */
  readonly validation: ValidationCurve | undefined;
  /** Losses of the device that the run survived. */
  readonly recoveries: readonly Recovery[];
  readonly timing: RunTiming;
}

/** A loss of the device, survived. */
export interface Recovery {
  /** Steps finished or on their way when the device was lost. */
  readonly lostAtStep: number;
  /** The snapshot the run went on from: the steps between were trained twice. */
  readonly resumedFromStep: number;
  /** Milliseconds from the loss to a trainer that stands at the snapshot. */
  readonly recoveryMs: number;
}

/**
 * What a run is compared by: its losses up to the parameters it ended with, which are those of an earlier step where
 * it went back to its best.
 */
export function comparable({ losses, parameters, validation }: RunResult): RunValues {
  const best = validation?.keepsBest ? validation.bestStep : undefined;
  return { losses: losses.subarray(0, best), parameters };
}
