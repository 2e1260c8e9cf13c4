import { DeviceLostError, RefusalError } from '../core/errors.ts';
import type { PlannedJob, PlanEstimate, Trainer, TrainingData, TrainingJob } from '../core/job.ts';
import { layOutNetwork, type Network } from '../core/network.ts';
import { describePlan, type GpuStrategy, type MatmulVariant, type Plan } from '../core/plan.ts';
import type { Gpu } from './device.ts';
import { layeredDispatches } from './dispatch-count.ts';
import { stepRates } from './step-rates.ts';
import { plansOf, strategyRefusal } from './strategies.ts';
import { createGpuTrainer } from './gpu-trainer.ts';
import { statementCount, stepsKernel } from './unrolled-shader.ts';

/**
 * What strategies cost before any of them has run here: enough to rule out what is far off. Milliseconds, and
 * multiplications a millisecond.
 */
interface TypicalRates {
  readonly dispatchMs: number;
  /** By the kernels for products. */
  readonly layeredMultiplicationsAMs: Readonly<Record<MatmulVariant, number>>;
  readonly layeredCompileMs: Readonly<Record<MatmulVariant, number>>;
  /** One operation of straight-line code, one after the other. */
  readonly unrolledOperationMs: number;
  readonly statementCompileMs: number;
  readonly fusedMultiplicationsAMs: number;
  readonly fusedCompileMs: number;
  /** One tile's two barriers. */
  readonly tileMs: number;
  /** Of a population, which take no longer than one: workgroups of the fused kernel, invocations of unrolled code. */
  readonly workgroupsAtOnce: number;
  readonly invocationsAtOnce: number;
}

/** Measured on SwiftShader, 2 cores: notebook and iris for the straight-line code, 1,024³ for the kernels. */
const SOFTWARE: TypicalRates = {
  dispatchMs: 0.03,
  layeredMultiplicationsAMs: { simple: 1.4e5, blocked: 2.2e6, quads: 3.3e6, tiled: 4e5 },
  layeredCompileMs: { simple: 60, blocked: 900, quads: 1200, tiled: 700 },
  unrolledOperationMs: 1.1e-6,
  statementCompileMs: 0.8,
  fusedMultiplicationsAMs: 4e5,
  fusedCompileMs: 4000,
  tileMs: 0.06,
  // A workgroup is one thread, which takes four invocations at once.
  workgroupsAtOnce: 2,
  invocationsAtOnce: 8,
};
/**
 * From figures of others for desktop GPUs; how much runs at once is a guess, of a small one. A run replaces them by
 * what it measures.
 */
const HARDWARE: TypicalRates = {
  dispatchMs: 0.03,
  layeredMultiplicationsAMs: { simple: 5e7, blocked: 2e8, quads: 2e8, tiled: 1e9 },
  layeredCompileMs: { simple: 60, blocked: 200, quads: 200, tiled: 200 },
  unrolledOperationMs: 3e-6,
  statementCompileMs: 0.8,
  fusedMultiplicationsAMs: 2e6,
  fusedCompileMs: 500,
  tileMs: 0.001,
  workgroupsAtOnce: 32,
  invocationsAtOnce: 4096,
};

/** Units and rows a block of each kernel takes. */
const BLOCKS: Readonly<Record<MatmulVariant, number>> = { simple: 1, blocked: 16, quads: 16, tiled: 64 };
/** An activation with its derivative, counted in multiplications. */
const ACTIVATION_OPERATIONS = 30;
/** An update with its compensation, counted in multiplications. */
const UPDATE_OPERATIONS = 9;

/** Plans nearer to the best than this factor are tried out, if the run is long enough to pay for it. */
const TRIED_WITHIN = 4;
/** A try may cost this share of what the run is expected to take. */
const TRY_SHARE = 0.2;
/** A plan that ran here is left only for one that is estimated to take less than its time by this factor. */
const MEASURED_BEFORE = 2;
/** Steps are tried for about this long, in milliseconds. */
const TRY_MS = 20;

/**
 * Chooses how to train a job: the plan whose cold compile and steps take least. Rates are those measured on this
 * device where such a job has run, typical ones otherwise; where those leave the choice open and the run is long,
 * the plans are tried out for a few steps.
 *
 * @param wanted one strategy only; all of them if undefined
 * @throws RefusalError where no strategy, or not the wanted one, can run the job
 */
export async function planJob(
  gpu: Gpu,
  job: TrainingJob,
  data: TrainingData,
  wanted: GpuStrategy | undefined,
): Promise<PlannedJob> {
  const refusals: string[] = [];
  const plans = plansOf(gpu, job, data).filter((plan) => {
    if (wanted && plan.strategy !== wanted) return false;
    const refusal = strategyRefusal(gpu, job, data, plan);
    if (refusal) refusals.push(refusal);
    return !refusal;
  });
  if (plans.length === 0) throw new RefusalError(refusals[0]);
  let estimates = plans.map((plan) => estimate(gpu, job, data, plan)).toSorted(byTotal);
  const [best] = estimates;
  const close = estimates.filter(({ totalMs }) => totalMs <= TRIED_WITHIN * best.totalMs);
  const tryMs = close.reduce((sum, { compileMs }) => sum + compileMs + TRY_MS, 0);
  const isOpen = close.length > 1 && close.some(({ isMeasured }) => !isMeasured);
  if (isOpen && tryMs <= TRY_SHARE * best.totalMs) {
    const failures = new Map<Plan, unknown>();
    for (const { plan, isMeasured } of close) {
      if (isMeasured) continue;
      await tryOut(gpu, job, data, plan).catch((error: unknown) => {
        if (error instanceof DeviceLostError) throw error;
        // Too much memory, a kernel the driver does not compile: another plan may do.
        failures.set(plan, error);
      });
    }
    const left = plans.filter((plan) => !failures.has(plan));
    if (left.length === 0) throw failures.get(best.plan);
    estimates = left.map((plan) => estimate(gpu, job, data, plan)).toSorted(byTotal);
  }
  return { plan: estimates[0].plan, reason: reasonFor(job, estimates, wanted), estimates };
}

/** The fastest first; what has run here goes before an estimate that promises little more. */
function byTotal(a: PlanEstimate, b: PlanEstimate): number {
  const sure = ({ totalMs, isMeasured }: PlanEstimate) => (isMeasured ? totalMs / MEASURED_BEFORE : totalMs);
  return sure(a) - sure(b);
}

function estimate(gpu: Gpu, job: TrainingJob, data: TrainingData, plan: Plan): PlanEstimate {
  const network = layOutNetwork(data.inputCount, job.layers);
  const { rowCount } = data;
  const typical = gpu.adapter.isFallback ? SOFTWARE : HARDWARE;
  const measured = stepRates({ gpu, job, rowCount, network }, plan).stepMs;
  const guess = { network, rowCount, job, typical };
  const stepMs = measured ?? typicalStepMs(plan, guess);
  // What has run here is compiled.
  const compileMs = measured === undefined ? typicalCompileMs(plan, guess) : 0;
  const isMeasured = measured !== undefined;
  return { plan, compileMs, stepMs, totalMs: compileMs + job.steps * stepMs, isMeasured };
}

interface Guess {
  readonly network: Network;
  readonly rowCount: number;
  readonly job: TrainingJob;
  readonly typical: TypicalRates;
}

function typicalStepMs(plan: Plan, { network, rowCount, job, typical }: Guess): number {
  const { parameterCount, layers } = network;
  const { length: networkCount } = job.networks;
  const unitCount = layers.reduce((sum, { units }) => sum + units, 0);
  const rowOperations = 3 * parameterCount + ACTIVATION_OPERATIONS * unitCount;
  if (plan.strategy === 'unrolled') {
    const rowGroups = Math.ceil(rowCount / plan.lanes);
    const turns = Math.ceil((networkCount * plan.lanes) / typical.invocationsAtOnce);
    const operations = rowGroups * rowOperations + UPDATE_OPERATIONS * parameterCount;
    return turns * operations * typical.unrolledOperationMs;
  }
  if (plan.strategy === 'fused') {
    const tiles = Math.ceil(rowCount / plan.tile);
    const turns = Math.ceil(networkCount / typical.workgroupsAtOnce);
    return turns * (tiles * typical.tileMs + (rowCount * rowOperations) / typical.fusedMultiplicationsAMs);
  }
  if (plan.strategy !== 'layered') return Infinity;
  const dispatches = layeredDispatches(job, plan.matmul);
  // A block computes its edge whether there is something or not.
  const block = BLOCKS[plan.matmul];
  const padded = layers.reduce((sum, { inputCount, units }) => sum + inputCount * roundedUp(units, block), 0);
  const multiplications = roundedUp(rowCount, block) * (3 * padded + ACTIVATION_OPERATIONS * unitCount);
  return dispatches * typical.dispatchMs + multiplications / typical.layeredMultiplicationsAMs[plan.matmul];
}

function roundedUp(count: number, block: number): number {
  return block * Math.ceil(count / block);
}

function typicalCompileMs(plan: Plan, { network, rowCount, job, typical }: Guess): number {
  if (plan.strategy === 'layered') return typical.layeredCompileMs[plan.matmul];
  if (plan.strategy === 'fused') return typical.fusedCompileMs;
  if (plan.strategy !== 'unrolled') return Infinity;
  const { lanes, sharing } = plan;
  return typical.statementCompileMs * statementCount(stepsKernel({ network, job, rowCount, lanes, sharing }));
}

/** Trains a few steps and forgets them: their rate is remembered. */
async function tryOut(gpu: Gpu, job: TrainingJob, data: TrainingData, plan: Plan): Promise<void> {
  const trainer: Trainer = await createGpuTrainer(gpu, job, data, plan);
  try {
    const start = performance.now();
    for (let steps = 1; performance.now() - start < TRY_MS && trainer.stepCount < job.steps; steps *= 2) {
      await trainer.train(steps);
    }
  } finally {
    trainer.dispose();
  }
}

function reasonFor(job: TrainingJob, [best, ...others]: PlanEstimate[], wanted?: GpuStrategy): string {
  const figures = ({ compileMs, stepMs, totalMs, isMeasured }: PlanEstimate) =>
    `${isMeasured ? 'measured' : 'estimated'} ${duration(totalMs)} for ${job.steps.toLocaleString('en-US')} steps ` +
    `(${compileMs > 0 ? `compile ${duration(compileMs)}, ` : ''}${duration(stepMs)} a step)`;
  const next = others.find(({ plan }) => plan.strategy !== best.plan.strategy) ?? others[0];
  const chosen = `${describePlan(best.plan)}: ${figures(best)}`;
  if (wanted) return `${chosen}; the best of ${wanted}.`;
  if (!next) return `${chosen}; no other plan takes this job.`;
  return `${chosen}; next ${describePlan(next.plan)}: ${duration(next.totalMs)}.`;
}

function duration(ms: number): string {
  if (ms >= 1000) return `${Number((ms / 1000).toPrecision(2)).toLocaleString('en-US')} s`;
  if (ms >= 1) return `${Number(ms.toPrecision(2))} ms`;
  return `${Number((1000 * ms).toPrecision(2))} µs`;
}
