import { backends } from './backends.ts';
import { RefusalError } from './core/errors.ts';
import type { Backend, PlannedJob, TrainingData, TrainingJob } from './core/job.ts';
import type { GpuStrategy, Plan, Snapshot } from './core/plan.ts';
import type { NetworkRecord } from './core/network-record.ts';
import { networkAlone, someNetworks } from './core/population.ts';
import type { Checkpoint } from './session-start.ts';
import type { AloneTrainer } from './train-alone.ts';

/** A population that waits for its turn. */
export interface SweepTask {
  /** Of one network or more. */
  readonly job: TrainingJob;
  readonly data: TrainingData;
  /** Rows that a network is judged on behind its last step, by its place in the job; none if left out. */
  readonly validation?: (network: number) => TrainingData | undefined;
}

/** How a sweep is trained. */
export interface SweepOptions {
  /** One strategy of the GPU only; the best for each population if left out. */
  readonly strategy?: GpuStrategy;
  /** Where networks train that do not train together; on this thread if left out. */
  readonly pool?: AloneTrainer;
  /** Looks at the validation loss without a new best one after which a network stops; never if left out. */
  readonly patience?: number;
  /** Goes on from here. */
  readonly from?: SweepCheckpoint;
  /** Called a few times a second while it trains, and whenever a network is over. */
  readonly onProgress?: () => unknown;
}

/** Where a sweep stands, to go on from: plain data. */
export interface SweepCheckpoint {
  readonly tasks: readonly PlannedTask[];
  readonly records: readonly NetworkRecord[];
  /** Of networks that train together and are on their way, by the place of their first one. */
  readonly waves: ReadonlyMap<number, Snapshot>;
  /** Of networks that train alone and are on their way, by their place. */
  readonly alone: ReadonlyMap<number, Checkpoint>;
}

/** How the networks of a task are trained. */
export interface PlannedTask {
  readonly plan: Plan;
  /** Networks that train together; 1 where they train one by one. */
  readonly atOnce: number;
  /** Why, with the figures that decided. */
  readonly reason: string;
}

/** Networks that train together, at once. */
export interface Wave {
  readonly task: SweepTask;
  /** Place of the first one in its task, and how many there are. */
  readonly first: number;
  readonly count: number;
  readonly plan: Plan;
}

/** More networks need not be drawn up to find the plan for them. */
const PLANNED_NETWORKS = 256;
/** What the number of networks that plans are tried out on is held to: a step of more would keep the device too long. */
const ONE_LANE: Plan = { strategy: 'unrolled', lanes: 1, sharing: 'none' };

/**
 * Together or one by one: what takes less time.
 *
 * @throws RefusalError if the backend cannot run the task
 */
export async function planTask(
  backend: Backend['name'],
  { job, data, validation }: SweepTask,
  { strategy, patience }: SweepOptions,
): Promise<PlannedTask> {
  const { length: networkCount } = job.networks;
  const first = networkAlone(job, data, 0);
  const alone = () => backends[backend].plan(first.job, first.data, strategy);
  const oneByOne = ({ plan: chosen, reason }: PlannedJob, why: string) => ({
    plan: chosen,
    atOnce: 1,
    reason: `one by one: ${why}${reason}`,
  });
  if (backend === 'cpu' || networkCount === 1) return oneByOne(await alone(), '');
  // Each network stops at a step of its own.
  if (patience !== undefined && validation) return oneByOne(await alone(), 'they stop early; ');
  const most = await backends[backend].networksAtOnce(job, data, ONE_LANE);
  const few = someNetworks(job, 0, Math.min(PLANNED_NETWORKS, most));
  const together = await backends[backend].plan(few, data, strategy).catch(unlessRefused);
  if (!together) return oneByOne(await alone(), '');
  const atOnce = await backends[backend].networksAtOnce(job, data, together.plan);
  const apart = await alone().catch(unlessRefused);
  const share = networkCount / few.networks.length;
  const togetherMs = totalMs(together, job.steps * share);
  const apartMs = apart ? totalMs(apart, job.steps * networkCount) : Infinity;
  if (apart && (atOnce === 1 || apartMs < togetherMs)) return oneByOne(apart, '');
  return {
    plan: together.plan,
    atOnce,
    reason: `${named(atOnce)} at once, planned on ${named(few.networks.length)}: ${together.reason}`,
  };
}

function unlessRefused(error: unknown): undefined {
  if (!(error instanceof RefusalError)) throw error;
}

function named(count: number): string {
  return count.toLocaleString('en-US');
}

function totalMs({ estimates: [best] }: PlannedJob, steps: number): number {
  return best ? best.compileMs + steps * best.stepMs : Infinity;
}

/** The networks of a task in parts that differ by 1 at most. */
export function wavesOf(task: SweepTask, { plan, atOnce }: PlannedTask): Wave[] {
  if (atOnce === 1) return [];
  const { length: networkCount } = task.job.networks;
  const waveCount = Math.ceil(networkCount / atOnce);
  const firstOf = (wave: number) => Math.floor((wave * networkCount) / waveCount);
  return Array.from({ length: waveCount }, (_, i) => {
    const first = firstOf(i);
    return { task, first, count: firstOf(i + 1) - first, plan };
  });
}
