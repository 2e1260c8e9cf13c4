import { transfer } from 'comlink';
import {
  forward,
  inUnitsOfTable,
  layerActivations,
  layOutNetwork,
  parametersOf,
  predictionsOf,
  sampledLoss,
  spreadOf,
  type Grid,
  type Network,
  type SampledLoss,
  type Snapshot,
  type Spread,
  type TrainingJob,
} from '../index.ts';
import type { FieldRequest } from './field-columns.ts';
import { fieldBuffers, fieldOf, type Field } from './field.ts';
import type { PredictedRows } from './predicted-rows.ts';
import { predictedRows, shownRowsOf } from './shown-rows.ts';
import type { OpenSubject, Subject } from './subject.ts';

/** Larger networks are not sent to the page with every picture: they are too large to draw. */
const MOST_SENT_PARAMETERS = 20_000;
/** Multiply-adds that the loss of a picture may cost: a millisecond or two of one that moves. */
const LOSS_OPERATIONS = { moving: 1e6, still: 2e7 };

/** What the page wants to see of a network. */
export interface FrameRequest {
  readonly subject: Subject;
  /** Undefined for where the run stands now, on its way included. */
  readonly step: number | undefined;
  /** In the place of the run's, [parameterCount]. */
  readonly parameters?: Float64Array;
  /** Other pictures follow: this one is to take little time. */
  readonly isMoving: boolean;
  /** So many rows of the table, evenly taken. */
  readonly rowCount: number;
  /** Whose activations are wanted, by its place among those rows. */
  readonly row?: number;
  /** How weights, gradients and activations are spread. */
  readonly hasSpread?: boolean;
  /** What it answers all over the plane of two columns. */
  readonly field?: FieldRequest;
}

/** A network at one moment. */
export interface Frame {
  /** Where its parameters stand: of a run that went back to its best, at that step. */
  readonly step: number;
  /** The steps it can be looked at. */
  readonly firstStep: number;
  readonly lastStep: number;
  /** Steps that are kept: to look at these costs nothing. */
  readonly keptSteps: readonly number[];
  /** [parameterCount]; undefined where there are too many to draw. */
  readonly parameters: Float64Array | undefined;
  /** Of these parameters, over the rows it learns from or some of them. */
  readonly loss: SampledLoss;
  /** Rows it learns from. */
  readonly trainingRowCount: number;
  /** What it says of some rows, computed in float64. */
  readonly predicted: PredictedRows;
  /** Of the row that was asked for: the row itself, then every layer's activations. */
  readonly activations: readonly Float64Array[] | undefined;
  /** If it was asked for. */
  readonly spread: Spread | undefined;
  readonly field: Field | undefined;
  /** What the field took to compute, in milliseconds. */
  readonly fieldMs: number;
}

/** Whoever has parameters and predicts with them. */
export interface Standing {
  snapshot(): Promise<Pick<Snapshot, 'step' | 'parameters' | 'lowParts'>>;
  predictGrid(grid: Grid): Promise<Float32Array>;
}

/** Takes the picture of a network where somebody stands. */
export async function frameOf(
  { job, prepared, run, session }: OpenSubject,
  request: FrameRequest,
  standing: Standing,
): Promise<Frame> {
  const { dataset } = prepared;
  const { training } = dataset;
  const network = layOutNetwork(training.inputCount, job.layers);
  const start = performance.now();
  const predictor = { predictGrid: (grid: Grid) => standing.predictGrid(grid), loss: job.loss };
  // Both are asked for at once: before a run that trains goes on, but for the very first field, whose code is compiled.
  const [snapshot, field] = await Promise.all([
    standing.snapshot(),
    request.field && fieldOf(predictor, dataset, request.field),
  ]);
  const fieldMs = performance.now() - start;
  const { step } = snapshot;
  const parameters = parametersOf({ snapshot });
  const rows = shownRowsOf(prepared, request.rowCount);
  const outputs = forward(network, parameters, rows.inputs);
  const predictions = inUnitsOfTable(dataset, predictionsOf(job.loss, outputs, training.outputCount));
  const operations = LOSS_OPERATIONS[request.isMoving ? 'moving' : 'still'];
  const frame: Frame = {
    step,
    firstStep: run.history.first.step,
    lastStep: session?.stepCount ?? step,
    keptSteps: run.history.steps,
    parameters: parameters.length > MOST_SENT_PARAMETERS ? undefined : parameters,
    loss: sampledLoss(job, training, parameters, operations),
    trainingRowCount: training.rowCount,
    predicted: predictedRows(rows, predictions),
    activations: saidOf(job, network, parameters, rowAt(rows.inputs, request.row, training.inputCount)),
    spread: request.hasSpread ? spreadOf(job, training, parameters) : undefined,
    field,
    fieldMs,
  };
  return field ? transfer(frame, fieldBuffers(field)) : frame;
}

function rowAt(inputs: Float64Array, row: number | undefined, inputCount: number): Float64Array | undefined {
  if (row === undefined || (row + 1) * inputCount > inputs.length) return undefined;
  return inputs.slice(row * inputCount, (row + 1) * inputCount);
}

/** What every layer says of a row: the output layer what it means, probabilities where the loss takes logits. */
function saidOf(
  { loss }: TrainingJob,
  network: Network,
  parameters: Float64Array,
  row: Float64Array | undefined,
): Float64Array[] | undefined {
  if (!row) return undefined;
  const said = layerActivations(network, parameters, row);
  return [...said.slice(0, -1), predictionsOf(loss, said[said.length - 1], network.outputCount)];
}
