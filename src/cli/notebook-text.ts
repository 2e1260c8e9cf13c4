import {
  drawInitialParameters,
  layOutNetwork,
  type Network,
  type RunResult,
  type Table,
  type TrainingData,
  type TrainingJob,
} from '../index.ts';
import { numpyText } from './numpy-text.ts';
import { predictionTable } from './prediction-table.ts';

/** What the notebook prints before it trains. */
export function notebookOpening(job: TrainingJob, data: TrainingData): string {
  const network = layOutNetwork(data.inputCount, job.layers);
  const [hidden, output] = weightsOf(network, drawInitialParameters(network, job.networks[0].seed));
  return [
    `Inputs:\n${numpyText(data.inputs, [data.rowCount, data.inputCount])}`,
    `Truth: \n${numpyText(data.targets, [data.rowCount, data.outputCount])}`,
    `Starting hidden layer weights:\n${numpyText(hidden.values, hidden.shape)}\n`,
    `Starting output layer weights:\n${numpyText(output.values, output.shape)}`,
  ].join('\n');
}

/**
 * The gradients, which the notebook prints if it trains for one step.
 *
 * @param gradients [parameterCount]; its `0.5 · (f − f₀)` makes them those of the mean of the four errors
 */
export function notebookGradients(network: Network, gradients: Float64Array): string {
  const [hidden, output] = weightsOf(network, gradients);
  return `dE_dv:\n${numpyText(hidden.values, hidden.shape)}\ndE_dw:\n${numpyText(output.values, output.shape)}`;
}

/** What the notebook prints after its log lines. */
export function notebookClosing({ network, parameters, steps, timing }: RunResult): string {
  const [hidden, output] = weightsOf(network, parameters);
  return [
    'Final weights:',
    `       hidden: ${numpyText(hidden.values, [hidden.values.length])}`,
    `       output: ${numpyText(output.values, [output.values.length])}`,
    'Final bias:    0.0',
    `${steps} iterations took ${(timing.trainMs / 1000).toFixed(1)} seconds`,
  ].join('\n');
}

/** The notebook's last table: the whole dataset, prediction and error. */
export function notebookPredictions(table: Table, { predictions }: RunResult): string {
  const columns = table.columnNames.map((_, column) => column);
  return predictionTable({
    table,
    shownColumns: columns.slice(0, -1),
    targetColumns: columns.slice(-1),
    predictions,
    outputCount: 1,
    rowCount: table.rowCount,
  });
}

/** Says whose lines follow, where both paths are printed. */
export function pathHeading(backend: RunResult['backend']): string {
  return backend === 'cpu'
    ? '\nOn the CPU, in float64'
    : '\nOn the GPU, in float32 with compensated parameters';
}

/** The weights of the two layers, [inputs, units] row-major as the notebook holds them. */
function weightsOf({ layers }: Network, parameters: Float64Array) {
  return layers.map(({ inputCount, units, weightsOffset }) => {
    const shape: readonly [number, number] = [inputCount, units];
    return { values: parameters.subarray(weightsOffset, weightsOffset + inputCount * units), shape };
  });
}
