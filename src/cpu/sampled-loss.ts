import type { TrainingData, TrainingJob } from '../core/job.ts';
import { meanLoss } from '../core/losses.ts';
import { layOutNetwork } from '../core/network.ts';
import { takeRows } from '../core/row-sample.ts';
import { forward } from './forward.ts';

/** A loss, and of how many rows it is the mean. */
export interface SampledLoss {
  readonly loss: number;
  readonly rowCount: number;
}

/**
 * The mean loss of a network over the rows it learns from, in float64, no unit dropped; of a large table over some of
 * them, evenly taken.
 *
 * @param parameters [parameterCount] in the layout of `layOutNetwork`
 * @param mostOperations multiply-adds it may cost; one row is always looked at
 */
export function sampledLoss(
  job: TrainingJob,
  data: TrainingData,
  parameters: Float64Array,
  mostOperations: number,
): SampledLoss {
  const { inputCount, outputCount, rowCount } = data;
  const network = layOutNetwork(inputCount, job.layers);
  const count = Math.min(rowCount, Math.max(1, Math.floor(mostOperations / network.parameterCount)));
  const rows = () => Uint32Array.from({ length: count }, (_, i) => Math.floor((i * rowCount) / count));
  const some = count < rowCount ? takeRows(data, rows()) : data;
  const outputs = forward(network, parameters, some.inputs);
  return { loss: meanLoss(job.loss, outputs, some.targets, outputCount), rowCount: count };
}
