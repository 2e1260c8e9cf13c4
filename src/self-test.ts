import { backends } from './backends.ts';
import { drawJob } from './core/bench-jobs.ts';
import type { TrainingJob } from './core/job.ts';
import { describePlan, gpuStrategies, type Plan } from './core/plan.ts';
import type { Verdict } from './core/validation.ts';
import { validateRun } from './cpu/validate-run.ts';
import { testArithmetic, type ArithmeticTest } from './gpu/self-test.ts';
import { trainOnce } from './train-once.ts';

/** A strategy, held against float64 on this adapter. */
export interface StrategyTest {
  readonly plan: Plan;
  readonly verdict: Verdict;
}

/** What this adapter's results are worth. */
export interface SelfTest extends ArithmeticTest {
  readonly strategies: readonly StrategyTest[];
  /** Compensation survives, eˣ is as exact as the tolerances assume, and every strategy agrees with float64. */
  readonly holds: boolean;
  /** What the test took, cold compiles included; milliseconds. */
  readonly testMs: number;
}

/** The error of `exponential` that the tolerances of handgrad are derived from. */
export const EXPONENTIAL_ULP = 1.5;

/** Small, but with all that can go wrong: a width and a row count that no lane or tile divides, biases, a tanh. */
const layers = [
  { units: 5, activation: 'tanh', bias: true },
  { units: 3, activation: 'sigmoid', bias: false },
  { units: 2, activation: 'linear', bias: true },
] as const;
const job: TrainingJob = {
  layers,
  loss: 'mse',
  optimizer: 'sgd',
  steps: 200,
  networks: [{ seed: 1, learningRate: 0.1 }],
};

const table = { widths: [3, 2], rowCount: 23, bias: true, learningRate: 0.1 };

/**
 * Tests the adapter in use: whether compensation survives its compiler, how exact its eˣ is, and whether each
 * strategy agrees with float64.
 *
 * @throws RefusalError where there is no GPU
 */
export async function selfTest(): Promise<SelfTest> {
  const start = performance.now();
  const arithmetic = await testArithmetic();
  const { data } = drawJob(table, 1);
  const reference = await trainOnce('cpu', job, data);
  const strategies: StrategyTest[] = [];
  for (const strategy of gpuStrategies) {
    const { plan: best, estimates } = await backends.gpu.plan(job, data, strategy);
    // Every way of sharing rows, for each is code of its own; the others differ in the grid alone.
    const plans = strategy === 'unrolled' ? estimates.map(({ plan }) => plan) : [best];
    for (const plan of plans) {
      const gpu = await trainOnce('gpu', job, data, { plan });
      strategies.push({ plan, verdict: await validateRun({ job, data, reference, gpu }) });
    }
  }
  const isExact = arithmetic.exponential.largestUlp <= EXPONENTIAL_ULP;
  const agree = strategies.every(({ verdict }) => verdict.holds === true);
  const holds = arithmetic.compensation.survives && isExact && agree;
  return { ...arithmetic, strategies, holds, testMs: performance.now() - start };
}

/** One thing that the self-test looked at. */
export interface Finding {
  readonly what: string;
  /** In a sentence or two. */
  readonly meaning: string;
  readonly found: number;
  /** Undefined where nothing is asked of it. */
  readonly allowed: number | undefined;
  readonly holds: boolean | undefined;
  /** Of eˣ, whose errors are in units of the last place: the mean error. */
  readonly meanUlp?: number;
}

/** What the self-test looked at, one after the other, in words. */
export function selfTestFindings(test: SelfTest): Finding[] {
  const { compensation, exponential, builtInExponential, strategies } = test;
  return [
    {
      what: 'compensation survives the compiler',
      meaning:
        'Small changes of a parameter are kept in a second float32; a compiler that reorders sums would lose them.',
      found: compensation.error,
      allowed: compensation.allowed,
      holds: compensation.survives,
    },
    {
      what: 'eˣ, handgrad’s own',
      meaning: 'Largest and mean error over −20 … 20, in units of the last place of float32.',
      found: exponential.largestUlp,
      meanUlp: exponential.meanUlp,
      allowed: EXPONENTIAL_ULP,
      holds: exponential.largestUlp <= EXPONENTIAL_ULP,
    },
    {
      what: 'eˣ, built into WGSL',
      meaning: 'For comparison only: handgrad does not use it.',
      found: builtInExponential.largestUlp,
      meanUlp: builtInExponential.meanUlp,
      allowed: undefined,
      holds: undefined,
    },
    ...strategies.map(strategyFinding),
  ];
}

/** Of loss and parameters, the one that comes nearer to what is allowed. */
function strategyFinding({ plan, verdict }: StrategyTest): Finding {
  const { loss, allowedLoss, parameter, allowedParameter, holds } = verdict;
  const isLossWorse = loss / allowedLoss >= parameter / allowedParameter;
  const [found, allowed] = isLossWorse ? [loss, allowedLoss] : [parameter, allowedParameter];
  return {
    what: `${describePlan(plan)}: agrees with float64`,
    meaning: `A small network trained this way, against float64: its ${isLossWorse ? 'loss, relative' : 'parameters, absolute'}.`,
    found,
    allowed,
    holds,
  };
}
