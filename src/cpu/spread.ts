import type { TrainingData, TrainingJob } from '../core/job.ts';
import { layOutNetwork, type Network } from '../core/network.ts';
import { rowsOf } from '../core/population.ts';
import { sampleRows, takeRows } from '../core/row-sample.ts';
import { distributionOf, flatUnits, type Spread } from '../core/spread.ts';
import { Backprop } from './backprop.ts';

/** Enough for shares to within a few hundredths. */
const MOST_ROWS = 512;
/** Multiply-adds a look may cost, a few hundredths of a second: large networks are looked at on fewer rows. */
const MOST_OPERATIONS = 3e7;
/** Multiply-adds of a weight and a row: forward, and backward to the weight and to its input. */
const PASSES = 3;
/** What a unit’s activation, its slope and its place in a histogram cost a row, in multiply-adds. */
const OPERATIONS_OF_UNIT = 60;

/**
 * What happens inside a network, in float64, from its parameters alone: how weights, their gradients and activations
 * are spread, layer by layer, and how many units are dead or saturated, on a sample of the rows it learns from. No unit
 * is dropped, as when it predicts.
 *
 * @param job of which the first network counts
 * @param parameters [parameterCount] in the layout of `layOutNetwork`
 * @param options.mostRows looks at no more rows; 512 if left out, fewer where the network is large, at least 1
 */
export function spreadOf(
  job: TrainingJob,
  data: TrainingData,
  parameters: Float64Array,
  { mostRows = MOST_ROWS }: { readonly mostRows?: number } = {},
): Spread {
  const network = layOutNetwork(data.inputCount, job.layers);
  const { first, count } = rowsOf(job.networks[0], data);
  const affordable = Math.floor(MOST_OPERATIONS / operationsOfRow(network));
  const rows = sampleRows(count, Math.max(1, Math.min(mostRows, affordable))).map((row) => first + row);
  const { inputs, targets } = takeRows(data, rows);
  const backprop = new Backprop(network, parameters, inputs);
  backprop.forward();
  backprop.backward(job.loss, targets);
  const layers = network.layers.map(({ units, activation }, place) => {
    const { weights, weightsGradient, preActivations, activations } = backprop.layers[place];
    return {
      units,
      activation,
      weights: distributionOf(weights.data),
      gradients: distributionOf(weightsGradient.data, 'sizes'),
      activations: distributionOf(activations.data),
      ...flatUnits(activation, units, preActivations.data, activations.data),
      gradientLength: lengthOf(weightsGradient.data),
    };
  });
  return { rowCount: rows.length, trainedRowCount: count, layers };
}

function operationsOfRow({ parameterCount, layers }: Network): number {
  const units = layers.reduce((sum, layer) => sum + layer.units, 0);
  return PASSES * parameterCount + OPERATIONS_OF_UNIT * units;
}

function lengthOf(vector: Float64Array): number {
  return Math.sqrt(vector.reduce((sum, entry) => sum + entry * entry, 0));
}
