import type { TrainingData, TrainingJob } from '../core/job.ts';
import { meanLoss } from '../core/losses.ts';
import { layOutNetwork } from '../core/network.ts';
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
  const some = count < rowCount ? evenRows(data, count) : data;
  const outputs = forward(network, parameters, some.inputs);
  return { loss: meanLoss(job.loss, outputs, some.targets, outputCount), rowCount: count };
}

function evenRows({ inputs, targets, inputCount, outputCount, rowCount }: TrainingData, count: number) {
  const some = {
    inputs: new Float64Array(count * inputCount),
    targets: new Float64Array(count * outputCount),
  };
  for (let i = 0; i < count; i++) {
    const row = Math.floor((i * rowCount) / count);
    some.inputs.set(inputs.subarray(row * inputCount, (row + 1) * inputCount), i * inputCount);
    some.targets.set(targets.subarray(row * outputCount, (row + 1) * outputCount), i * outputCount);
  }
  return some;
}
