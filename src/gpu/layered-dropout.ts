import { dropoutOf, type Dropout } from '../core/dropout.ts';
import type { TrainingJob } from '../core/job.ts';
import type { BufferScope, GpuBuffer } from './buffers.ts';
import type { Gpu } from './device.ts';
import { createDispatch, type Dispatch } from './kernels.ts';

/** Which units the passes of a step drop. */
export interface StepDropout extends Dropout {
  /** [2], of which the first is the step whose masks are drawn. */
  readonly step: GpuBuffer;
}

/** What a job's steps drop; undefined where they keep every unit. */
export function stepDropout(job: TrainingJob, step: GpuBuffer): StepDropout | undefined {
  const dropout = dropoutOf(job);
  return dropout && { ...dropout, step };
}

/**
 * `result` = `source` without the dropped units of hidden layer `layer`; `result` is [rowCount, units], `source` at
 * least as large.
 */
export function createDropout(
  { gpu, scope, rowCount }: { readonly gpu: Gpu; readonly scope: BufferScope; readonly rowCount: number },
  { step, ...dropout }: StepDropout,
  layer: number,
  { source, result }: { readonly source: GpuBuffer; readonly result: GpuBuffer },
): Promise<Dispatch> {
  const [, unitCount] = result.shape;
  return createDispatch(gpu, scope, 'dropout', {
    params: { rowCount, unitCount, layer, ...dropout },
    buffers: { step, source, result },
    constants: {},
    entries: [unitCount, rowCount],
  });
}
