import { InputError } from './errors.ts';
import { optimizers, type OptimizerName } from './optimizers.ts';

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
  /** Many steps in one dispatch, a workgroup for each network: its weights in memory, `tile` rows at a time. */
  | { readonly strategy: 'fused'; readonly tile: number };

/**
 * - `simple`: an invocation per entry: to be read first, and the fastest for the smallest layers
 * - `blocked`: a block of 16 × 16 entries an invocation, in registers
 * - `quads`: of 32 × 16, where four invocations hand each other what they load; needs subgroups; narrow layers blocked
 * - `tiled`: a tile of 64 × 64 entries a workgroup, in workgroup memory; for hardware, where barriers are cheap
 */
export type MatmulVariant = (typeof matmulNames)[number];
const matmulNames = ['simple', 'blocked', 'quads', 'tiled'] as const;

/** How lanes add up their sums: one lane has nobody to share with. */
export type Sharing = (typeof sharings)[number];
const sharings = ['none', 'subgroup', 'workgroup'] as const;

/**
 * A run at one step, to go on from: on the same plan bit for bit. Of a job with several networks, every array holds
 * what it says of the first network, then of the second and so on (`snapshotOf` takes one out).
 */
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
  /** What the optimizer remembers: its first numbers [parameterCount], then its second; empty for SGD. */
  readonly optimizerState: Float64Array;
}

/**
 * What every trainer asks of a snapshot before it goes on from it.
 *
 * @throws InputError that names what does not fit
 */
export function requireFitting(
  snapshot: Snapshot,
  parameterCount: number,
  {
    optimizer,
    steps,
    networks,
  }: {
    readonly optimizer: OptimizerName;
    readonly steps: number;
    readonly networks: readonly unknown[];
  },
): void {
  const { step, parameters, lowParts, optimizerState } = snapshot;
  const [what, have] = networks.length === 1 ? ['this network', 'has'] : ['these networks', 'have'];
  const allCount = networks.length * parameterCount;
  for (const [of, { length }] of Object.entries({ parameters, 'low parts': lowParts })) {
    if (length === allCount) continue;
    const [held, needed] = [length, allCount].map((n) => n.toLocaleString('en-US'));
    throw new InputError(`The snapshot holds ${held} ${of}; ${what} ${have} ${needed} parameters.`);
  }
  const stateCount = optimizers[optimizer].stateCount * allCount;
  if (optimizerState.length !== stateCount) {
    const [held, needed] = [optimizerState.length, stateCount].map((n) => n.toLocaleString('en-US'));
    throw new InputError(
      `The snapshot holds ${held} numbers of an optimizer’s state; ${optimizer} keeps ${needed} for ${what}.`,
    );
  }
  if (!Number.isInteger(step) || step < 0 || step > steps) {
    throw new InputError(`The snapshot stands at step ${step}; this job has steps 0 to ${steps}.`);
  }
  const odd = parameters.findIndex((value, i) => !Number.isFinite(value + lowParts[i]));
  if (odd === -1) return;
  throw new InputError(
    `Parameter ${odd} of the snapshot is ${parameters[odd] + lowParts[odd]}; only finite ones can be trained on.`,
  );
}

/** Rows that an invocation of the fused kernel takes at once: its tiles are multiples of them. */
export const ROWS_AN_INVOCATION = 8;

/** What is wrong with a plan that somebody wrote or altered, and what is accepted; undefined if nothing is. */
export function planFault(plan: Plan): string | undefined {
  if (plan.strategy === 'layered') {
    if (matmulNames.includes(plan.matmul)) return undefined;
    return `A layered plan’s matmul is one of ${matmulNames.join(', ')}, not ${plan.matmul}. Plan anew.`;
  }
  if (plan.strategy === 'unrolled') {
    const { lanes, sharing } = plan;
    const isShared = lanes === 1 || sharing !== 'none';
    if (Number.isInteger(lanes) && lanes > 0 && isShared && sharings.includes(sharing)) return undefined;
    return (
      'An unrolled plan has 1 lane, or more that share rows by subgroup or workgroup; ' +
      `this one has ${lanes} by ${sharing}. Plan anew.`
    );
  }
  if (plan.strategy === 'fused') {
    if (Number.isInteger(plan.tile / ROWS_AN_INVOCATION) && plan.tile > 0) return undefined;
    return `The fused path takes rows in tiles of 8, 16, 24, …; the plan asks for ${plan.tile}. Plan anew.`;
  }
  if (plan.strategy === 'reference') return undefined;
  const { strategy } = plan as { readonly strategy: unknown };
  return `A plan’s strategy is one of ${['reference', ...gpuStrategies].join(', ')}, not ${String(strategy)}.`;
}

/** A plan in a few words. */
export function describePlan(plan: Plan): string {
  if (plan.strategy === 'reference') return plan.strategy;
  if (plan.strategy === 'layered') return `${plan.strategy}, ${plan.matmul} products`;
  if (plan.strategy === 'fused') return `${plan.strategy}, tiles of ${plan.tile} rows`;
  const lanes = plan.lanes === 1 ? '1 lane' : `${plan.lanes} lanes by ${plan.sharing}`;
  return `${plan.strategy}, ${lanes}`;
}
