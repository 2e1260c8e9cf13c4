import type { Task } from '../core/metrics.ts';
import type { DatasetOptions } from './dataset.ts';
import type { Sample } from './samples/sample.ts';

/** Fewer rows than this are all trained on unless a person says otherwise. */
const LEAST_ROWS_TO_SPLIT = 20;
const USUAL_VALIDATION = 0.2;

/** How a table becomes numbers where nobody chose: as its sample suggests, or as is usual. */
export function usualOptions(rowCount: number, sample?: Sample): DatasetOptions {
  const suggested = sample?.suggested;
  const task = taskOfLoss(suggested?.loss) ?? sample?.task;
  return {
    ...(task && { task }),
    scaling: suggested?.scaling ?? 'standard',
    missing: suggested?.missing ?? 'median',
    validation: suggested?.validation ?? (rowCount < LEAST_ROWS_TO_SPLIT ? 0 : USUAL_VALIDATION),
    test: suggested?.test ?? 0,
    seed: suggested?.seed ?? 1,
  };
}

/** Who asks for a loss of classes has said what the target is. */
export function taskOfLoss(loss: string | undefined): Task | undefined {
  if (loss === 'cross-entropy') return 'classification';
  return loss === 'bce' ? 'binary' : undefined;
}
