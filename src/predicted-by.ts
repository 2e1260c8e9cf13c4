import { combine, outputsOfMean } from './core/ensemble.ts';
import { predictionsOf, type LossName } from './core/losses.ts';
import type { Network } from './core/network.ts';
import { forwardMembers } from './cpu/ensemble-forward.ts';
import { forward } from './cpu/forward.ts';

/** One network that predicts, or the members of an ensemble, which do so together. */
export interface PredictingNetworks {
  readonly network: Network;
  readonly loss: LossName;
  /** What each predicts with, [parameterCount] in the layout of `layOutNetwork`. */
  readonly members: readonly Float64Array[];
}

/** What networks say of encoded rows, row-major [rows, outputCount] each, numbers in the encoding of their targets. */
export interface Predicted {
  /** What the loss takes: logits where it does. */
  readonly outputs: Float64Array;
  readonly predictions: Float64Array;
  /** Of an ensemble: how far its members are apart. */
  readonly spreads: Float64Array | undefined;
}

/** @param inputs row-major [rows, inputCount] */
export function predictedBy({ network, loss, members }: PredictingNetworks, inputs: Float64Array): Predicted {
  const { inputCount, outputCount } = network;
  if (members.length === 1) {
    const outputs = forward(network, members[0], inputs);
    return { outputs, predictions: predictionsOf(loss, outputs, outputCount), spreads: undefined };
  }
  const count = (inputs.length / inputCount) * outputCount;
  const all = {
    outputs: new Float64Array(count),
    predictions: new Float64Array(count),
    spreads: new Float64Array(count),
  };
  forwardMembers(network, members, inputs, (outputsOfMembers, start) => {
    const each = outputsOfMembers.map((outputs) => predictionsOf(loss, outputs, outputCount));
    const { mean, spread } = combine(each);
    all.outputs.set(outputsOfMean(loss, outputsOfMembers, outputCount), start);
    all.predictions.set(mean, start);
    all.spreads.set(spread, start);
  });
  return all;
}
