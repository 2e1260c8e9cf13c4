import type { TrainingData, TrainingJob } from '../../src/core/job.ts';
import type { Network } from '../../src/core/network.ts';
import type { Trace } from '../../src/core/trace.ts';
import { cpuBackend } from '../../src/cpu/cpu-trainer.ts';

/** A step of the reference, with what its optimizer remembered before: [parameterCount] each where it does. */
export interface RememberedTrace {
  readonly trace: Trace;
  readonly first: Float64Array;
  readonly second: Float64Array;
  readonly network: Network;
}

/** The step that comes after so many. */
export async function traceAfter(
  job: TrainingJob,
  data: TrainingData,
  steps: number,
): Promise<RememberedTrace> {
  const trainer = await cpuBackend.createTrainer(job, data);
  try {
    await trainer.train(steps);
    const { optimizerState } = await trainer.snapshot();
    const { parameterCount } = trainer.network;
    const [first, second] = [optimizerState.slice(0, parameterCount), optimizerState.slice(parameterCount)];
    return { trace: await trainer.trace(), first, second, network: trainer.network };
  } finally {
    trainer.dispose();
  }
}
