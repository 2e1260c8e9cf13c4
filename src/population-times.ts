import { backends } from './backends.ts';
import { benchShapes, drawJob } from './core/bench-jobs.ts';
import { RefusalError } from './core/errors.ts';
import { drawInitialParameters } from './core/initializers.ts';
import type { Backend, TrainingData, TrainingJob } from './core/job.ts';
import { median } from './core/median.ts';
import { layOutNetwork } from './core/network.ts';
import { networkAlone, someNetworks } from './core/population.ts';
import type { AloneTask, AloneTrainer } from './train-alone.ts';

/** How many networks a second one path trains where so many are trained at once. */
export interface PopulationRate {
  readonly backend: Backend['name'];
  readonly networkCount: number;
  /** Networks of `POPULATION_STEPS` steps, from initial parameters in hand to trained ones; median. */
  readonly networksPerSecond: number;
  /** Slowest and fastest repetition. */
  readonly rangeNetworksPerSecond: readonly [number, number];
  readonly repetitions: number;
  /** Networks that were trained each time: on the CPU a sample of many, for there one costs what another does. */
  readonly timedCount: number;
  /** Networks in training at any one time: all of them on the GPU, one a thread on the CPU. */
  readonly atOnce: number;
}

/** The same, or why this path does not take so many. */
export type PopulationPoint =
  | PopulationRate
  | { readonly backend: Backend['name']; readonly networkCount: number; readonly refusal: string };

/** How many networks are trained at once, from one to what a large sweep has. */
export const populationCounts: readonly number[] = [1, 4, 16, 64, 256, 1024, 4096];
/** Of every network: enough to be worth a dispatch, few enough that the slowest point takes about a second. */
export const POPULATION_STEPS = 1000;

/** Every so many steps a loss is kept, as a sweep keeps them. */
const LOSS_STRIDE = 100;
/** A repetition lasts at least about this long, in milliseconds: many ticks of any clock. */
const REPETITION_MS = 60;
/** Where a repetition takes longer than this, three have to do; and longer than the other, one. */
const LONG_MS = 300;
const SLOW_MS = 1000;
/** A population is trained this often in a repetition at most. */
const MOST_ROUNDS = 4096;
/** The CPU is timed on so many networks a thread at most. */
const SAMPLED_A_THREAD = 64;

export interface PopulationTimesOptions {
  /** The threads of the CPU. */
  readonly pool: AloneTrainer;
  /** `populationCounts` if left out. */
  readonly counts?: readonly number[];
}

/**
 * Times the notebook's network in populations of growing size, each from parameters of its own: on the CPU one network
 * a thread, on the GPU all of them in one trainer. Compiling is not counted; making the trainer, training and reading
 * losses and parameters back is.
 *
 * @throws the reason of `signal` once that is aborted
 */
export async function timePopulations(
  { pool, counts = populationCounts }: PopulationTimesOptions,
  onPoint: (point: PopulationPoint) => unknown,
  signal: AbortSignal,
): Promise<void> {
  const { job: largest, data } = drawPopulation(Math.max(...counts));
  // Threads have to start, and their code to be compiled for speed, before one network alone says anything.
  await trainOnThreads(pool, sampleOf(pool, largest, data), signal);
  for (const networkCount of counts) {
    const job = someNetworks(largest, 0, networkCount);
    await onPoint(await timeOnThreads(pool, job, data, signal));
    await onPoint(await timeTogether(job, data, signal));
  }
}

/** Parameters are drawn before the clock starts: whoever trains them starts from the same ones. */
function drawPopulation(networkCount: number): { job: TrainingJob; data: TrainingData } {
  const { job, data } = drawJob(benchShapes.notebook, POPULATION_STEPS);
  const { learningRate } = benchShapes.notebook;
  const layout = layOutNetwork(data.inputCount, job.layers);
  const networks = Array.from({ length: networkCount }, (_, i) => ({
    seed: i + 1,
    learningRate,
    initialParameters: drawInitialParameters(layout, i + 1).map(Math.fround),
  }));
  return { job: { ...job, networks, lossStride: LOSS_STRIDE }, data };
}

async function timeOnThreads(
  pool: AloneTrainer,
  job: TrainingJob,
  data: TrainingData,
  signal: AbortSignal,
): Promise<PopulationPoint> {
  const { length: networkCount } = job.networks;
  const tasks = sampleOf(pool, job, data);
  const { length: timedCount } = tasks;
  const rate = await timeRepetitions(() => trainOnThreads(pool, tasks, signal), timedCount, signal);
  return { backend: 'cpu', networkCount, ...rate, timedCount, atOnce: Math.min(pool.parallel, networkCount) };
}

function sampleOf(pool: AloneTrainer, job: TrainingJob, data: TrainingData): AloneTask[] {
  const timedCount = Math.min(job.networks.length, SAMPLED_A_THREAD * pool.parallel);
  return Array.from({ length: timedCount }, (_, i) => {
    const alone = networkAlone(job, data, i);
    // The rows are one object for all of them, so that a thread is sent them once.
    return { backend: 'cpu', plan: { strategy: 'reference' }, job: alone.job, data: alone.data };
  });
}

/** Each thread takes the next. */
async function trainOnThreads(
  pool: AloneTrainer,
  tasks: readonly AloneTask[],
  signal: AbortSignal,
): Promise<void> {
  const waiting = tasks.values();
  const takeNext = async () => {
    for (const task of waiting) {
      await pool.train(task, signal);
      signal.throwIfAborted();
    }
  };
  await Promise.all(Array.from({ length: Math.min(pool.parallel, tasks.length) }, takeNext));
}

async function timeTogether(
  job: TrainingJob,
  data: TrainingData,
  signal: AbortSignal,
): Promise<PopulationPoint> {
  signal.throwIfAborted();
  const { length: networkCount } = job.networks;
  try {
    const { plan } = await backends.gpu.plan(job, data);
    const trainAll = async () => {
      const trainer = await backends.gpu.createTrainer(job, data, plan);
      try {
        await trainer.train(job.steps, signal);
        signal.throwIfAborted();
        await trainer.losses(0);
        await trainer.parameters();
      } finally {
        trainer.dispose();
      }
    };
    const rate = await timeRepetitions(trainAll, networkCount, signal);
    return { backend: 'gpu', networkCount, ...rate, timedCount: networkCount, atOnce: networkCount };
  } catch (error) {
    if (!(error instanceof RefusalError)) throw error;
    return { backend: 'gpu', networkCount, refusal: error.message };
  }
}

/** Trains all of them over and over: warm-up first, then repetitions that are long enough for the clock. */
async function timeRepetitions(
  trainAll: () => Promise<void>,
  networkCount: number,
  signal: AbortSignal,
): Promise<Pick<PopulationRate, 'networksPerSecond' | 'rangeNetworksPerSecond' | 'repetitions'>> {
  const timeRounds = async (rounds: number) => {
    signal.throwIfAborted();
    const start = performance.now();
    for (let i = 0; i < rounds; i++) await trainAll();
    return performance.now() - start;
  };
  const rounds = await roundsForRepetition(timeRounds);
  const rates: number[] = [];
  for (let wanted = 1; rates.length < wanted;) {
    const ms = await timeRounds(rounds);
    rates.push((1000 * rounds * networkCount) / ms);
    if (rates.length === 1) wanted = ms > SLOW_MS ? 1 : ms > LONG_MS ? 3 : 5;
  }
  return {
    networksPerSecond: median(rates),
    rangeNetworksPerSecond: [Math.min(...rates), Math.max(...rates)],
    repetitions: rates.length,
  };
}

/** Warms up with more and more rounds, until a repetition is long enough. The first one compiles, and says little. */
async function roundsForRepetition(timeRounds: (rounds: number) => Promise<number>): Promise<number> {
  if ((await timeRounds(1)) > 2 * SLOW_MS) return 1;
  for (let rounds = 1; ;) {
    const ms = await timeRounds(rounds);
    if (ms >= REPETITION_MS / 2 || 8 * rounds > MOST_ROUNDS) {
      return Math.max(1, Math.round(rounds * Math.min(2, REPETITION_MS / ms)));
    }
    rounds = Math.ceil(Math.min((rounds * REPETITION_MS) / Math.max(ms, 0.1), 8 * rounds));
  }
}
