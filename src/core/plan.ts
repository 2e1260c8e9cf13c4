import { InputError } from './errors.ts';

/** The ways of training on a GPU; `reference` is the one on the CPU. */
export const gpuStrategies = ['layered', 'unrolled', 'fused'] as const;
export type GpuStrategy = (typeof gpuStrategies)[number];

/**
 * Everything about a way of training that can change a value: two runs of one plan on one adapter agree bit for
 * bit. How many steps one submit holds is not part of it.
 */
export type Plan =
  /** Float64 on the CPU. */
  | { readonly strategy: 'reference' }
  /** Kernel by kernel. */
  | { readonly strategy: 'layered' }
  /** Straight-line code for this one network, its rows shared among `lanes` invocations. */
  | { readonly strategy: 'unrolled'; readonly lanes: number; readonly sharing: Sharing }
  /** Many steps in one dispatch of one workgroup, `tile` rows at a time in its memory. */
  | { readonly strategy: 'fused'; readonly tile: number };

/** How lanes add up their sums: one lane has nobody to share with. */
export type Sharing = 'none' | 'subgroup' | 'workgroup';

/** A run at one step, to go on from: on the same plan bit for bit. */
export interface Snapshot {
  readonly plan: Plan;
  /** Steps finished. */
  readonly step: number;
  /** Steps of the whole run, which schedules are stretched over. */
  readonly steps: number;
  /** [parameterCount]: float64 on the CPU, float32 on the GPU. */
  readonly parameters: Float64Array;
  /** What float32 rounded away of them, [parameterCount]; zeros on the CPU. */
  readonly lowParts: Float64Array;
}

/**
 * What every trainer asks of a snapshot before it goes on from it.
 *
 * @throws InputError that names what does not fit
 */
export function requireFitting(snapshot: Snapshot, parameterCount: number, steps: number): void {
  if (snapshot.parameters.length !== parameterCount || snapshot.lowParts.length !== parameterCount) {
    const [held, needed] = [snapshot.parameters.length, parameterCount].map((n) => n.toLocaleString('en-US'));
    throw new InputError(`The snapshot holds ${held} parameters; this network has ${needed}.`);
  }
  if (snapshot.step > steps) {
    throw new InputError(`The snapshot stands at step ${snapshot.step}; this job ends at ${steps}.`);
  }
}

/** A plan in a few words. */
export function describePlan(plan: Plan): string {
  if (plan.strategy === 'fused') return `fused, tiles of ${plan.tile} rows`;
  if (plan.strategy !== 'unrolled') return plan.strategy;
  const lanes = plan.lanes === 1 ? '1 lane' : `${plan.lanes} lanes by ${plan.sharing}`;
  return `${plan.strategy}, ${lanes}`;
}
