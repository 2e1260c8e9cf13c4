import { backends } from './backends.ts';
import { RefusalError } from './core/errors.ts';
import type { Adapter, Trainer, TrainingData, TrainingJob } from './core/job.ts';
import { layOutNetwork } from './core/network.ts';
import type { Plan, Snapshot } from './core/plan.ts';
import type { Trace } from './core/trace.ts';
import type { Replayable, RunReplay } from './run-replay.ts';

/** One step of a run, every matrix of it computed twice from the same parameters. */
export interface TracedStep {
  /** In float64. */
  readonly reference: Trace;
  /** In float32 by the layered kernels; undefined where there is no GPU, or it cannot take the job. */
  readonly gpu: Trace | undefined;
  /** Of the GPU. */
  readonly adapter: Adapter | null;
  /** Why there is nothing of the GPU. */
  readonly refusal: string | undefined;
}

/** Numbers that all matrices of a traced step may come to: 64 MiB, and computed in a second or so. */
const MOST_NUMBERS = 2 ** 23;

/** What the layered kernels trace with, whatever a run was trained by. */
const LAYERED: Plan = { strategy: 'layered', matmul: 'simple' };

/**
 * Every matrix of a step, in float64 and by the layered kernels, from the run's parameters before it.
 *
 * @param step from where the run was first kept to the job's last but one
 * @throws InputError for a step the run does not have, RefusalError where the CPU path cannot take the job or its
 *   matrices are too large to keep all of them
 */
export async function traceStepOf(
  run: Replayable,
  replay: RunReplay,
  step: number,
  signal?: AbortSignal,
): Promise<TracedStep> {
  requireFew(run.job, run.data);
  const trace = async (trainer: Trainer): Promise<TracedStep> => {
    const [own, snapshot] = [await trainer.trace(), await trainer.snapshot()];
    if (run.backend === 'gpu') {
      const reference = await traceElsewhere(run, snapshot, { strategy: 'reference' });
      return { reference: reference.trace, gpu: own, adapter: trainer.adapter, refusal: undefined };
    }
    try {
      const { trace: gpu, adapter } = await traceElsewhere(run, snapshot, LAYERED);
      return { reference: own, gpu, adapter, refusal: undefined };
    } catch (error) {
      if (!(error instanceof RefusalError)) throw error;
      return { reference: own, gpu: undefined, adapter: null, refusal: error.message };
    }
  };
  return replay.lookAt(step, trace, signal && { signal });
}

/** The same step on the other path, from the same parameters. */
async function traceElsewhere({ job, data }: Replayable, snapshot: Snapshot, plan: Plan) {
  const backend = backends[plan.strategy === 'reference' ? 'cpu' : 'gpu'];
  const trainer = await backend.createTrainer(job, data, plan);
  try {
    trainer.restore({ ...snapshot, plan });
    return { trace: await trainer.trace(), adapter: trainer.adapter };
  } finally {
    trainer.dispose();
  }
}

/** @throws RefusalError */
function requireFew({ layers, batchSize }: TrainingJob, { rowCount, inputCount }: TrainingData): void {
  const { parameterCount } = layOutNetwork(inputCount, layers);
  const units = layers.reduce((sum, layer) => sum + layer.units, 0);
  const rows = Math.min(batchSize ?? rowCount, rowCount);
  // Five matrices a layer have a row for each of the batch; parameters, their gradients and what they become.
  const numbers = rows * (inputCount + 5 * units) + 3 * parameterCount;
  if (numbers <= MOST_NUMBERS) return;
  const mebibytes = (count: number) => Math.ceil((8 * count) / 2 ** 20).toLocaleString('en-US');
  throw new RefusalError(
    `A step is walked through in at most ${mebibytes(MOST_NUMBERS)} MiB of matrices; batches of ` +
      `${rows.toLocaleString('en-US')} rows and ${parameterCount.toLocaleString('en-US')} parameters need ` +
      `${mebibytes(numbers)} MiB. Use smaller batches or narrower layers.`,
  );
}
