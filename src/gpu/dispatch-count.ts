import type { TrainingJob } from '../core/job.ts';
import type { MatmulVariant } from '../core/plan.ts';

/**
 * How many dispatches a step takes kernel by kernel: of every layer its forward and its weights' gradient, which has
 * the biases' in it unless it is the simple one; of every layer but the first what it hands back; the loss, its
 * gradient, and the update. With dropout, of every layer but the last what is dropped of it, forward and backward.
 */
export function layeredDispatches(
  { layers, dropout = 0 }: Pick<TrainingJob, 'layers' | 'dropout'>,
  matmul: MatmulVariant = 'simple',
): number {
  const biased = matmul === 'simple' ? layers.filter(({ bias }) => bias).length : 0;
  const passesOfHidden = dropout > 0 ? 3 : 1;
  return 2 * layers.length + biased + passesOfHidden * (layers.length - 1) + 3;
}
