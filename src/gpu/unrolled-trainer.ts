import type { TrainingData, TrainingJob } from '../core/job.ts';
import { layOutNetwork } from '../core/network.ts';
import type { Plan } from '../core/plan.ts';
import type { Gpu } from './device.ts';
import type { Resident, Stepping } from './stepping.ts';
import { dispatchKernel } from './kernels.ts';
import { ManySteps, manyStepsParams } from './many-steps.ts';
import { PopulationRates, populationRefusal } from './population.ts';
import { gradientsKernel, statementCount, stepsKernel, sumCount } from './unrolled-shader.ts';

export type UnrolledPlan = Extract<Plan, { strategy: 'unrolled' }>;

/**
 * Code this long takes about a second to compile (0.7 ms a statement on SwiftShader, measured from 60 to 900
 * statements); longer networks are better off with another strategy.
 */
const MOST_STATEMENTS = 1400;
/** A network with more parameters is not even written out to be counted: two statements each are certain. */
const MOST_PARAMETERS = MOST_STATEMENTS / 2;

/** Plans of this strategy that the adapter can run, the most promising first. */
export function unrolledPlans(gpu: Gpu): UnrolledPlan[] {
  const alone = { strategy: 'unrolled', lanes: 1, sharing: 'none' } as const;
  if (gpu.subgroupSize !== undefined) {
    return [{ strategy: 'unrolled', lanes: gpu.subgroupSize, sharing: 'subgroup' }, alone];
  }
  return [{ strategy: 'unrolled', lanes: 4, sharing: 'workgroup' }, alone];
}

/** Why this strategy cannot run the job; undefined if it can. */
export function unrolledRefusal(
  gpu: Gpu,
  job: TrainingJob,
  data: TrainingData,
  { lanes, sharing }: UnrolledPlan,
): string | undefined {
  const instead = 'Use the layered path, or the fused one if its memory holds the weights.';
  const network = layOutNetwork(data.inputCount, job.layers);
  const shape = { network, job, rowCount: data.rowCount, lanes, sharing };
  const isTooLong =
    network.parameterCount > MOST_PARAMETERS || statementCount(stepsKernel(shape)) > MOST_STATEMENTS;
  if (isTooLong) {
    const [parameters, most] = [network.parameterCount, MOST_STATEMENTS].map((n) =>
      n.toLocaleString('en-US'),
    );
    const widths = [network.inputCount, ...network.layers.map(({ units }) => units)].join(', ');
    return (
      `The unrolled path writes out at most ${most} statements, which compile in about a second; ` +
      `[${widths}] with ${parameters} parameters needs more. ${instead}`
    );
  }
  if (sharing === 'subgroup' && gpu.subgroupSize !== lanes) {
    const has = gpu.subgroupSize === undefined ? 'none of a fixed size' : `those of ${gpu.subgroupSize}`;
    return `The plan shares rows among a subgroup of ${lanes}; this adapter has ${has}. Plan anew for it.`;
  }
  const { maxComputeInvocationsPerWorkgroup: mostLanes, maxComputeWorkgroupStorageSize: mostBytes } =
    gpu.device.limits;
  if (lanes > mostLanes) return `This adapter runs at most ${mostLanes} lanes, not ${lanes}. Use fewer.`;
  const bytes = sharing === 'workgroup' ? 4 * lanes * sumCount(network) : 0;
  if (bytes <= mostBytes) return populationRefusal(gpu, job, network.parameterCount);
  const [held, needed] = [mostBytes, bytes].map((n) => n.toLocaleString('en-US'));
  return `This adapter holds ${held} bytes of workgroup memory; ${lanes} lanes need ${needed}. Use fewer lanes.`;
}

/** Straight-line code for this one network: thousands of steps in one dispatch, everything in registers. */
export async function createUnrolledStepping(resident: Resident, plan: UnrolledPlan): Promise<Stepping> {
  const { gpu, scope, network, job, rowCount, inputs, targets, parameters, state, rates, losses } = resident;
  const { lanes, sharing } = plan;
  const shape = { network, job, rowCount, lanes, sharing };
  const { length: networkCount } = job.networks;
  const entries = [networkCount * lanes, 1] as const;
  const common = { params: manyStepsParams(resident, 0, 1), constants: {}, entries };
  const networks = rates instanceof PopulationRates ? { networks: rates.networks } : {};
  const buffers = { rates: rates.buffer, ...networks, inputs, targets, parameters, state };
  const gradients = scope.storage('gradients', [network.parameterCount, networkCount]);
  return new ManySteps(plan, resident, {
    steps: await dispatchKernel(gpu, scope, stepsKernel(shape), {
      ...common,
      buffers: { ...buffers, losses },
    }),
    async createGradients() {
      const settings = { ...common, buffers: { ...buffers, gradients } };
      return { dispatch: await dispatchKernel(gpu, scope, gradientsKernel(shape), settings), gradients };
    },
  });
}
