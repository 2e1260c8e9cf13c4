import { InputError } from './errors.ts';
import type { TrainingData } from './job.ts';
import {
  classificationMeasures,
  column,
  predictedBinary,
  predictedClasses,
  regressionMeasures,
  rocAuc,
  type ClassificationMeasures,
  type RegressionMeasures,
  type Task,
} from './metrics.ts';

/** The measures of one output of 0 or 1. */
export interface BinaryMeasures extends ClassificationMeasures {
  /** Undefined where the rows are all 0 or all 1. */
  readonly rocAuc: number | undefined;
}

/** What a task is judged by: for classes once, else for every output. */
export type Measures =
  | { readonly task: 'regression'; readonly outputs: readonly RegressionMeasures[] }
  | { readonly task: 'binary'; readonly outputs: readonly BinaryMeasures[] }
  | { readonly task: 'classification'; readonly classes: ClassificationMeasures };

/** Rows to be judged. */
export interface Judged {
  /** Row-major [rows, outputCount]: numbers, 0 or 1, or one-hot. */
  readonly targets: Float64Array;
  /** Row-major [rows, outputCount]: numbers in the unit of the targets, or probabilities. */
  readonly predictions: Float64Array;
  readonly outputCount: number;
}

/**
 * The measures of a task: the same for a network, a linear model and a constant.
 *
 * @param threshold from which probability on a binary output counts as 1: 0 … 1
 * @throws InputError for no rows, another number of predictions, a binary target that is not 0 or 1, a class with
 *   a probability of NaN
 */
export function measureOutputs(task: Task, judged: Judged, threshold = 0.5): Measures {
  const { targets, predictions, outputCount } = judged;
  if (task === 'regression') {
    return { task, outputs: regressionMeasures(targets, predictions, outputCount) };
  }
  if (task === 'classification') {
    const actual = predictedClasses(targets, outputCount);
    const predicted = predictedClasses(predictions, outputCount);
    return { task, classes: classificationMeasures(actual, predicted, outputCount) };
  }
  const outputs = Array.from({ length: outputCount }, (_, output): BinaryMeasures => {
    const actual = binaryClasses(column(targets, output, outputCount));
    const probabilities = column(predictions, output, outputCount);
    const predicted = predictedBinary(probabilities, threshold);
    return { ...classificationMeasures(actual, predicted, 2), rocAuc: rocAuc(actual, probabilities) };
  });
  return { task, outputs };
}

function binaryClasses(targets: Float64Array): Uint32Array {
  const faulty = targets.findIndex((value) => value !== 0 && value !== 1);
  if (faulty < 0) return Uint32Array.from(targets);
  throw new InputError(
    `A binary target is 0 or 1; row ${faulty + 1} has ${targets[faulty]}. Make the task a regression.`,
  );
}

/**
 * What one would say of every row without looking at its inputs: the mean of a number, the more frequent of 0 and 1,
 * the most frequent class as one-hot; the first of equally frequent ones.
 *
 * @param data the rows it is learnt from
 * @returns [outputCount]
 * @throws InputError for no rows
 */
export function constantPrediction(
  { rowCount, targets, outputCount }: TrainingData,
  task: Task,
): Float64Array {
  if (rowCount === 0) throw new InputError('There are 0 rows to learn a baseline from; give at least 1.');
  if (task === 'classification') {
    const counts = new Float64Array(outputCount);
    for (const index of predictedClasses(targets, outputCount)) counts[index]++;
    const [majority] = predictedClasses(counts, outputCount);
    return counts.map((_, index) => (index === majority ? 1 : 0));
  }
  const means = Float64Array.from({ length: outputCount }, (_, output) => {
    return column(targets, output, outputCount).reduce((sum, value) => sum + value, 0) / rowCount;
  });
  return task === 'binary' ? means.map((share) => (share > 0.5 ? 1 : 0)) : means;
}

/** The same prediction for so many rows: row-major [rowCount, outputCount]. */
export function repeatPrediction(prediction: Float64Array, rowCount: number): Float64Array {
  return Float64Array.from(
    { length: rowCount * prediction.length },
    (_, at) => prediction[at % prediction.length],
  );
}
