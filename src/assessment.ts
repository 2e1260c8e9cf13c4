import { constantPrediction, measureOutputs, repeatPrediction, type Measures } from './core/baselines.ts';
import { InputError } from './core/errors.ts';
import type { TrainingData, TrainingJob } from './core/job.ts';
import { fitLinearModel, predictLinear, type LinearModel } from './core/linear-model.ts';
import { meanLoss } from './core/losses.ts';
import { layOutNetwork } from './core/network.ts';
import type { Dataset } from './data/dataset.ts';
import { inUnitsOfTable } from './data/encoding.ts';
import { predictedBy } from './predicted-by.ts';
import type { TrainingSession } from './training-session.ts';

/** The parts of a table. */
export type PartName = 'training' | 'validation' | 'test';
export const partNames: readonly PartName[] = ['training', 'validation', 'test'];

/** How the rows of one part come out. */
export interface PartAssessment {
  readonly part: PartName;
  readonly rowCount: number;
  /** In the units of the table: row-major [rowCount, outputCount]; probabilities of classes. */
  readonly predictions: Float64Array;
  /** Of the linear model, in the same units; undefined where the table is too wide for one. */
  readonly linearPredictions: Float64Array | undefined;
  /** In the same units. */
  readonly targets: Float64Array;
  readonly network: Measures;
  /** Of a linear model fitted on the training rows; undefined where the table is too wide for one. */
  readonly linearModel: Measures | undefined;
  /** Of the same answer to every row: the mean, or the most frequent class of the training rows. */
  readonly constant: Measures;
}

/** What a part is measured by. */
type Predictions = Omit<PartAssessment, 'network' | 'linearModel' | 'constant'>;

/**
 * Measures a run on every part of its table, beside what a linear model and a constant reach there.
 *
 * @param threshold from which probability on a binary output counts as 1
 */
export async function assess(
  session: TrainingSession,
  dataset: Dataset,
  threshold?: number,
): Promise<PartAssessment[]> {
  const parts: Predictions[] = [];
  for (const part of partNames) {
    const data = dataset[part];
    if (data) parts.push(predictionsFor(dataset, part, await session.predict(data.inputs)));
  }
  return measureParts(dataset, parts, threshold);
}

/**
 * The same of a network that is known by its parameters, or of several, which predict their mean.
 *
 * @param job of the network
 * @param members what each predicts with, [parameterCount] in the layout of `layOutNetwork`; one or more
 */
export function assessNetworks(
  dataset: Dataset,
  { layers, loss }: Pick<TrainingJob, 'layers' | 'loss'>,
  members: readonly Float64Array[],
  threshold?: number,
): PartAssessment[] {
  const networks = { network: layOutNetwork(dataset.training.inputCount, layers), loss, members };
  const parts = partNames.flatMap((part) => {
    const data = dataset[part];
    return data ? [predictionsFor(dataset, part, predictedBy(networks, data.inputs).predictions)] : [];
  });
  return measureParts(dataset, parts, threshold);
}

/**
 * What a network, and the linear model, say of a part, for `measureParts`.
 *
 * @param part one that the dataset has
 * @param predicted of the network, as encoded: row-major [rows, outputCount]; probabilities of classes
 */
export function predictionsFor(dataset: Dataset, part: PartName, predicted: Float64Array): Predictions {
  const { rowCount, inputs, targets } = dataset[part] ?? dataset.training;
  const linearModel = linearModelOf(dataset);
  return {
    part,
    rowCount,
    predictions: inUnitsOfTable(dataset, predicted),
    linearPredictions: linearModel && inUnitsOfTable(dataset, predictLinear(linearModel, inputs)),
    targets: inUnitsOfTable(dataset, targets),
  };
}

/** Measures predictions that are there already, at another threshold perhaps. */
export function measureParts(
  dataset: Dataset,
  parts: readonly Predictions[],
  threshold?: number,
): PartAssessment[] {
  const { task, training } = dataset;
  const { outputCount } = training;
  const constant = inUnitsOfTable(dataset, constantPrediction(training, task));
  return parts.map((predictions) => {
    const { targets, rowCount, linearPredictions } = predictions;
    const measuresOf = (ofModel: Float64Array) =>
      measureOutputs(task, { targets, predictions: ofModel, outputCount }, threshold);
    return {
      ...predictions,
      network: measuresOf(predictions.predictions),
      linearModel: linearPredictions && measuresOf(linearPredictions),
      constant: measuresOf(repeatPrediction(constant, rowCount)),
    };
  });
}

/** The mean loss of a run on other rows, at its present parameters. */
export async function lossOn(session: TrainingSession, data: TrainingData): Promise<number> {
  return meanLoss(session.job.loss, await session.outputs(data.inputs), data.targets, data.outputCount);
}

/** Fitted once, however often a run on them is measured. */
const linearModels = new WeakMap<Dataset, LinearModel | undefined>();

function linearModelOf(dataset: Dataset): LinearModel | undefined {
  if (!linearModels.has(dataset)) linearModels.set(dataset, fitOf(dataset));
  return linearModels.get(dataset);
}

function fitOf({ training, task }: Dataset): LinearModel | undefined {
  try {
    return fitLinearModel(training, task);
  } catch (error) {
    // Too wide to be fitted in a moment: the constant stays to compare with.
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
