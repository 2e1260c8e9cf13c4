import type { TrainingData, TrainingJob } from './core/job.ts';
import { meanLoss } from './core/losses.ts';
import { layOutNetwork } from './core/network.ts';
import { forward } from './cpu/forward.ts';
import { everyNth } from './validation-watch.ts';

/** How long networks are judged before the event loop gets its turn, in milliseconds. */
const YIELD_AFTER_MS = 16;
let lastYield = 0;

/**
 * The mean loss of a network on rows it was not trained on, in float64; of a large table every n-th row.
 *
 * @param parameters [parameterCount] in the layout of `layOutNetwork`
 */
export async function validationLoss(
  { layers, loss }: Pick<TrainingJob, 'layers' | 'loss'>,
  parameters: Float64Array,
  data: TrainingData,
): Promise<number> {
  if (performance.now() - lastYield > YIELD_AFTER_MS) {
    await new Promise((resolve) => setTimeout(resolve));
    lastYield = performance.now();
  }
  const { inputs, inputCount, targets, outputCount } = everyNth(data);
  const outputs = forward(layOutNetwork(inputCount, layers), parameters, inputs);
  return meanLoss(loss, outputs, targets, outputCount);
}
