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
  /** Kernel by kernel, its products by one of several kernels that compute the same. */
  | { readonly strategy: 'layered'; readonly matmul: MatmulVariant }
  /** Straight-line code for this one network, its rows shared among `lanes` invocations. */
  | { readonly strategy: 'unrolled'; readonly lanes: number; readonly sharing: Sharing }
  /** Many steps in one dispatch of one workgroup, `tile` rows at a time in its memory. */
  | { readonly strategy: 'fused'; readonly tile: number };

/**
 * - `simple`: an invocation per entry: to be read first, and the fastest for the smallest layers
 * - `blocked`: a block of 16 × 16 entries an invocation, in registers
 * - `quads`: of 32 × 16, where four invocations hand each other what they load; needs subgroups; narrow layers blocked
 * - `tiled`: a tile of 64 × 64 entries a workgroup, in workgroup memory; for hardware, where barriers are cheap
 */
export type MatmulVariant = 'simple' | 'blocked' | 'quads' | 'tiled';

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
  if (plan.strategy === 'reference') return plan.strategy;
  if (plan.strategy === 'layered') return `${plan.strategy}, ${plan.matmul} products`;
  if (plan.strategy === 'fused') return `${plan.strategy}, tiles of ${plan.tile} rows`;
  const lanes = plan.lanes === 1 ? '1 lane' : `${plan.lanes} lanes by ${plan.sharing}`;
  return `${plan.strategy}, ${lanes}`;
}
