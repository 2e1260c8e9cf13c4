import type { LayerSettings } from '../core/network.ts';

/**
 * How many dispatches a step takes kernel by kernel: of every layer its forward, its weights' gradient and, where it
 * has them, its biases'; of every layer but the first what it hands back; the loss, its gradient, and the update.
 */
export function layeredDispatches(layers: readonly LayerSettings[]): number {
  const biased = layers.filter(({ bias }) => bias).length;
  return 2 * layers.length + biased + (layers.length - 1) + 3;
}
