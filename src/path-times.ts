import { backends } from './backends.ts';
import { drawJob, type JobShape } from './core/bench-jobs.ts';
import { RefusalError } from './core/errors.ts';
import type { Backend, Trainer } from './core/job.ts';
import { median } from './core/median.ts';
import { gpuStrategies, type GpuStrategy, type Plan } from './core/plan.ts';

/** What a step of a job takes on one path, warm. */
export interface PathTime {
  readonly backend: Backend['name'];
  readonly plan: Plan;
  /** Median over the repetitions, in milliseconds. */
  readonly stepMs: number;
  /** Fastest and slowest. */
  readonly rangeMs: readonly [number, number];
  readonly repetitions: number;
  /** Making the trainer: compiling, allocating and copying; milliseconds, paid once. */
  readonly openMs: number;
}

/** The same, or why this path does not take the job. */
export type PathOutcome =
  PathTime | { readonly backend: Backend['name']; readonly strategy: GpuStrategy; readonly refusal: string };

/** A repetition lasts at least about this long, in milliseconds: many ticks of any clock. */
const REPETITION_MS = 60;
const REPETITIONS = 5;
/** Where one step takes longer than this, one repetition has to do. */
const SLOW_STEP_MS = 1500;
/** A run as long as any repetitions need; its losses fill 16 MiB. */
const RUN_STEPS = 2 ** 22;
/** What a person would train: long enough that compiling pays. */
const PLANNED_STEPS = 10_000;

/** Times a job on the CPU and by every strategy of the GPU, one after the other. */
export async function timeEveryPath(
  shape: JobShape,
  onOutcome: (outcome: PathOutcome) => unknown,
  signal: AbortSignal,
): Promise<void> {
  await onOutcome(await timeCpu(shape, signal));
  for (const strategy of gpuStrategies) {
    try {
      await onOutcome(await timeGpu(shape, strategy, signal));
    } catch (error) {
      if (!(error instanceof RefusalError)) throw error;
      await onOutcome({ backend: 'gpu', strategy, refusal: error.message });
    }
  }
}

/** CPU against GPU at one size. */
export interface CrossoverCell {
  readonly units: number;
  readonly rowCount: number;
  readonly cpu: PathTime;
  readonly gpu: PathTime;
}

/** Hidden widths and rows of the crossover picture: 16 jobs of 8 inputs, two hidden layers and 1 output. */
export const crossoverUnits = [4, 16, 64, 256] as const;
export const crossoverRows = [16, 64, 256, 1024] as const;

/** Times CPU against GPU over hidden width and rows; each by the strategy that the planner picks. */
export async function timeCrossover(
  onCell: (cell: CrossoverCell) => unknown,
  signal: AbortSignal,
): Promise<void> {
  for (const units of crossoverUnits) {
    for (const rowCount of crossoverRows) {
      const shape = { widths: [8, units, units, 1], rowCount, bias: true, learningRate: 0.1 };
      const cpu = await timeCpu(shape, signal);
      const gpu = await timeGpu(shape, undefined, signal);
      await onCell({ units, rowCount, cpu, gpu });
    }
  }
}

function timeCpu(shape: JobShape, signal: AbortSignal): Promise<PathTime> {
  return timePath('cpu', shape, { strategy: 'reference' }, signal);
}

async function timeGpu(
  shape: JobShape,
  strategy: GpuStrategy | undefined,
  signal: AbortSignal,
): Promise<PathTime> {
  const { job, data } = drawJob(shape, PLANNED_STEPS);
  const { plan } = await backends.gpu.plan(job, data, strategy);
  return timePath('gpu', shape, plan, signal);
}

async function timePath(
  backend: Backend['name'],
  shape: JobShape,
  plan: Plan,
  signal: AbortSignal,
): Promise<PathTime> {
  signal.throwIfAborted();
  const start = performance.now();
  const { job, data } = drawJob(shape, RUN_STEPS);
  const trainer = await backends[backend].createTrainer(job, data, plan);
  const openMs = performance.now() - start;
  try {
    const steps = await stepsForRepetition(trainer, signal);
    const times: number[] = [];
    do {
      const { trainMs } = await trainer.train(steps, signal);
      signal.throwIfAborted();
      times.push(trainMs / steps);
    } while (times.length < REPETITIONS && times[0] <= SLOW_STEP_MS);
    const rangeMs = [Math.min(...times), Math.max(...times)] as const;
    return { backend, plan, stepMs: median(times), rangeMs, repetitions: times.length, openMs };
  } finally {
    trainer.dispose();
  }
}

/** Warms up with more and more steps until a repetition is long enough for the clock. */
async function stepsForRepetition(trainer: Trainer, signal: AbortSignal): Promise<number> {
  for (let steps = 1; ;) {
    const { trainMs } = await trainer.train(steps, signal);
    signal.throwIfAborted();
    if (trainMs >= REPETITION_MS / 2 || 16 * steps > RUN_STEPS) {
      return Math.max(1, Math.round(steps * Math.min(2, REPETITION_MS / trainMs)));
    }
    // From the second on a reading says how many are needed; the first is mostly set-up.
    const wanted = (steps * REPETITION_MS) / Math.max(trainMs, 0.1);
    steps = Math.ceil(Math.min(wanted, 8 * steps));
  }
}
