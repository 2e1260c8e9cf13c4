import { transfer } from 'comlink';
import {
  forward,
  inUnitsOfTable,
  layerActivations,
  layOutNetwork,
  predictionsOf,
  spreadOf,
  type Grid,
  type Network,
  type Spread,
  type SpreadMoment,
  type Trainer,
  type TrainingJob,
} from '../index.ts';
import { fieldBuffers, fieldOf, type Field } from './field.ts';
import { fieldColumnsOf, type FieldColumns, type FieldRequest } from './field-columns.ts';
import { pointsOf, type FieldPoints } from './field-points.ts';
import { reportPredictions, type PredictedRows } from './predicted-rows.ts';
import type { OpenSubject, Subject, SubjectKeeper } from './subject.ts';

/** Larger networks are not sent to the page with every picture: they are too large to draw. */
const MOST_SENT_PARAMETERS = 20_000;

/** Points drawn of a table. */
const MOST_POINTS = 1000;

/** What the page wants to see of a network. */
export interface FrameRequest {
  readonly subject: Subject;
  /** Undefined for where the run stands now, on its way included. */
  readonly step: number | undefined;
  /** In the place of the run's, [parameterCount]. */
  readonly parameters?: Float64Array;
  /** The first rows of the table, this many. */
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
  readonly step: number;
  /** The steps it can be looked at. */
  readonly firstStep: number;
  readonly lastStep: number;
  /** Steps that are kept: to look at these costs nothing. */
  readonly keptSteps: readonly number[];
  /** [parameterCount]; undefined where there are too many to draw. */
  readonly parameters: Float64Array | undefined;
  /** What it says of the first rows, computed in float64. */
  readonly predicted: PredictedRows;
  /** Of the row that was asked for: the row itself, then every layer's activations. */
  readonly activations: readonly Float64Array[] | undefined;
  /** If it was asked for. */
  readonly spread: Spread | undefined;
  readonly field: Field | undefined;
  /** What the field took to compute, in milliseconds. */
  readonly fieldMs: number;
}

/** Shows what is inside a network, while it trains and at every step it has been through. */
export class InsideService {
  readonly #subjects: SubjectKeeper;
  #looking = new AbortController();

  constructor(subjects: SubjectKeeper) {
    this.#subjects = subjects;
  }

  /**
   * Looks at a network. A look that is on its way to another step is given up.
   *
   * @throws InputError for a step the run does not have; an AbortError if another look is asked for meanwhile
   */
  async look(request: FrameRequest): Promise<Frame> {
    this.giveUp();
    this.#looking = new AbortController();
    const { signal } = this.#looking;
    const opened = this.#subjects.open(request.subject);
    const { step, parameters: given } = request;
    const { session, replay, run } = opened;
    if (step === undefined && session && !given) return frameOf(opened, request, session);
    const at = step ?? session?.stepCount ?? run.history.first.step;
    const look = (trainer: Trainer) => frameOf(opened, request, trainer);
    return replay.lookAt(at, look, { signal, ...(given && { parameters: given }) });
  }

  /** Which columns a field can be drawn over, and what its other inputs can be held at. */
  fieldColumns(subject: Subject): FieldColumns {
    return fieldColumnsOf(this.#subjects.open(subject).prepared.dataset);
  }

  /** Rows of the table as points of a field. */
  points(subject: Subject, request: FieldRequest): FieldPoints {
    return pointsOf(this.#subjects.open(subject).prepared.dataset, request, MOST_POINTS);
  }

  /**
   * How weights, gradients and activations were spread at a step.
   *
   * @throws InputError for a step the run does not have
   */
  async moment(subject: Subject, step: number): Promise<SpreadMoment> {
    const { job, prepared, replay } = this.#subjects.open(subject);
    const parameters = await replay.lookAt(step, (trainer) => trainer.parameters());
    return { ...spreadOf(job, prepared.dataset.training, parameters), step };
  }

  /** Ends a look that is on its way, with an AbortError. */
  giveUp(): void {
    this.#looking.abort();
  }

  /** Nobody looks any more. */
  close(): void {
    this.giveUp();
    this.#subjects.close();
  }
}

async function frameOf(
  { job, prepared, run, session }: OpenSubject,
  { rowCount, row, hasSpread, field: fieldRequest }: FrameRequest,
  trainer: Pick<Trainer, 'stepCount' | 'parameters' | 'predictGrid'>,
): Promise<Frame> {
  const { dataset, predictable } = prepared;
  const { inputCount, outputCount } = dataset.training;
  const network = layOutNetwork(inputCount, job.layers);
  const start = performance.now();
  const predictor = { predictGrid: (grid: Grid) => trainer.predictGrid(grid), loss: job.loss };
  // Both are asked for before a run that trains goes on.
  const [parameters, field] = await Promise.all([
    trainer.parameters(),
    fieldRequest && fieldOf(predictor, dataset, fieldRequest),
  ]);
  const fieldMs = performance.now() - start;
  const step = trainer.stepCount;
  const rows = predictable.rows.subarray(0, rowCount);
  const inputs = predictable.inputs.subarray(0, rows.length * inputCount);
  const outputs = predictionsOf(job.loss, forward(network, parameters, inputs), outputCount);
  const shown = { rows, parts: predictable.parts.slice(0, rows.length), inputs };
  const frame: Frame = {
    step,
    firstStep: run.history.first.step,
    lastStep: session?.stepCount ?? step,
    keptSteps: run.history.steps,
    parameters: parameters.length > MOST_SENT_PARAMETERS ? undefined : parameters,
    predicted: reportPredictions(shown, dataset, inUnitsOfTable(dataset, outputs)),
    activations:
      row === undefined || row >= rows.length
        ? undefined
        : saidOf(job, network, parameters, inputs.slice(row * inputCount, (row + 1) * inputCount)),
    spread: hasSpread ? spreadOf(job, dataset.training, parameters) : undefined,
    field,
    fieldMs,
  };
  return field ? transfer(frame, fieldBuffers(field)) : frame;
}

/** What every layer says of a row: the output layer what it means, probabilities where the loss takes logits. */
function saidOf(
  { loss }: TrainingJob,
  network: Network,
  parameters: Float64Array,
  row: Float64Array,
): Float64Array[] {
  const said = layerActivations(network, parameters, row);
  return [...said.slice(0, -1), predictionsOf(loss, said[said.length - 1], network.outputCount)];
}
