import { backends } from './backends.ts';
import { RefusalError } from './core/errors.ts';
import type { Adapter, Trainer } from './core/job.ts';
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

/** What the layered kernels trace with, whatever a run was trained by. */
const LAYERED: Plan = { strategy: 'layered', matmul: 'simple' };

/**
 * Every matrix of a step, in float64 and by the layered kernels, from the run's parameters before it.
 *
 * @param step from where the run was first kept to the job's last but one
 * @throws InputError for a step the run does not have, RefusalError where the CPU path cannot take the job
 */
export function traceStepOf(
  run: Replayable,
  replay: RunReplay,
  step: number,
  signal?: AbortSignal,
): Promise<TracedStep> {
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
