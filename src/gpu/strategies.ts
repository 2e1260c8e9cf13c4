import type { TrainingData, TrainingJob } from '../core/job.ts';
import { layOutNetwork } from '../core/network.ts';
import { planFault, type MatmulVariant, type Plan } from '../core/plan.ts';
import { rowsOf } from '../core/population.ts';
import type { BufferScope } from './buffers.ts';
import type { Gpu } from './device.ts';
import { createFusedStepping, fusedPlans, fusedRefusal, mostFusedNetworks } from './fused-trainer.ts';
import { LayeredStepping, layeredRefusal } from './layered-trainer.ts';
import { matmulVariants, unmeasuredVariant } from './matmul-variants.ts';
import { mostNetworks, PopulationRates } from './population.ts';
import { RatesTable, type RatesBuffer } from './rates-table.ts';
import type { CreateStepping } from './stepping.ts';
import { createUnrolledStepping, unrolledPlans, unrolledRefusal } from './unrolled-trainer.ts';

/** Every plan worth considering for a job on this adapter. */
export function plansOf(gpu: Gpu, job: TrainingJob, data: TrainingData): Plan[] {
  const network = layOutNetwork(data.inputCount, job.layers);
  const layered = matmulVariants(gpu, network).map((matmul) => ({ strategy: 'layered' as const, matmul }));
  const fused = fusedPlans(gpu, job, data);
  // Where none fits, the smallest stands for all: its refusal says by how much.
  if (fused.length === 0) fused.push({ strategy: 'fused', tile: 8 });
  return [...layered, ...unrolledPlans(gpu), ...fused];
}

/** Why a plan cannot run the job, with the number and what to do; undefined if it can. */
export function strategyRefusal(
  gpu: Gpu,
  job: TrainingJob,
  data: TrainingData,
  plan: Plan,
): string | undefined {
  if (plan.strategy === 'reference') {
    return 'The GPU path does not know the strategy reference, which is float64 on the CPU. Use the CPU path.';
  }
  const fault = planFault(plan);
  if (fault) return fault;
  // What the layered kernels cannot hold, they cannot predict with either.
  const refusal = layeredRefusal(gpu, job, data, plan.strategy === 'layered' ? plan.matmul : undefined);
  if (refusal) return refusal;
  const { length: networkCount } = job.networks;
  if (plan.strategy === 'layered' && networkCount > 1) {
    return (
      `The ${plan.strategy} path trains 1 network at a time; the job has ${networkCount.toLocaleString('en-US')}. ` +
      'Run them one by one, or on the unrolled or the fused path.'
    );
  }
  if (plan.strategy !== 'layered' && job.dropout) {
    return `The ${plan.strategy} path keeps every unit; the job asks for dropout ${job.dropout}. Use the layered path.`;
  }
  if (plan.strategy === 'unrolled') return unrolledRefusal(gpu, job, data, plan);
  return plan.strategy === 'fused' ? fusedRefusal(gpu, job, data, plan) : undefined;
}

/** A single step of all networks of a trainer holds at most about so many multiplications: 20 ms in software, measured. */
const MOST_STEP_MULTIPLICATIONS = { software: 5e7, hardware: 1e9 };

/** How many networks of a job one trainer should take. */
export function networksAtOnce(gpu: Gpu, job: TrainingJob, data: TrainingData, plan: Plan): number {
  if (plan.strategy !== 'unrolled' && plan.strategy !== 'fused') return 1;
  const { parameterCount } = layOutNetwork(data.inputCount, job.layers);
  const most = MOST_STEP_MULTIPLICATIONS[gpu.adapter.isFallback ? 'software' : 'hardware'];
  const mostRows = job.networks.reduce((count, network) => Math.max(count, rowsOf(network, data).count), 0);
  const rows = Math.min(job.batchSize ?? mostRows, mostRows);
  const inTime = Math.max(1, Math.floor(most / (3 * parameterCount * rows)));
  const held =
    plan.strategy === 'fused'
      ? mostFusedNetworks(gpu, job, data, plan)
      : mostNetworks(gpu, job, parameterCount);
  return Math.min(job.networks.length, inTime, held);
}

/** How the steps of a plan are taken. */
export function createStepping(plan: Plan): CreateStepping {
  if (plan.strategy === 'unrolled') return (resident) => createUnrolledStepping(resident, plan);
  if (plan.strategy === 'fused') return (resident) => createFusedStepping(resident, plan);
  if (plan.strategy === 'layered') return (resident) => LayeredStepping.create(resident, plan);
  throw new Error(`there is no stepping for ${plan.strategy}`);
}

/** The rates of a job where the kernels of a plan look for them. */
export function createRates(
  gpu: Gpu,
  scope: BufferScope,
  { strategy }: Plan,
  { job, data }: { readonly job: TrainingJob; readonly data: TrainingData },
): RatesBuffer {
  if (job.networks.length === 1) return new RatesTable(gpu, scope, job);
  return new PopulationRates(gpu, scope, { job, data }, strategy === 'fused' ? 'uniform' : 'storage');
}

/**
 * Of how many networks numbers lie side by side, [parameterCount, networks]: of all of them where an invocation, or a
 * few, train one and read together; of one, [networks, parameterCount], where workgroups do, which would write into
 * each other's cache lines.
 */
export function interleavedCount({ strategy }: Plan, { networks }: TrainingJob): number {
  return strategy === 'fused' ? 1 : networks.length;
}

/** The product kernels a trainer predicts with: those it trains with, where it has any. */
export function matmulOf(gpu: Gpu, job: TrainingJob, data: TrainingData, plan: Plan): MatmulVariant {
  if (plan.strategy === 'layered') return plan.matmul;
  return unmeasuredVariant(gpu, layOutNetwork(data.inputCount, job.layers));
}
