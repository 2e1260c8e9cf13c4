import type { LayerSettings } from '../core/network.ts';
import type { MatmulVariant } from '../core/plan.ts';

/**
 * How many dispatches a step takes kernel by kernel: of every layer its forward and its weights' gradient, which has
 * the biases' in it unless it is the simple one; of every layer but the first what it hands back; the loss, its
 * gradient, and the update.
 */
export function layeredDispatches(
  layers: readonly LayerSettings[],
  matmul: MatmulVariant = 'simple',
): number {
  const biased = matmul === 'simple' ? layers.filter(({ bias }) => bias).length : 0;
  return 2 * layers.length + biased + (layers.length - 1) + 3;
}
