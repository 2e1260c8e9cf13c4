import { InputError } from './errors.ts';
import { countOf, formatCount } from './wording.ts';

/** What the outputs mean: numbers, a 0 or 1 each, or one class a row, one output per class. */
export type Task = 'regression' | 'binary' | 'classification';

/** How one class fares against all others. A ratio 0/0 is undefined; scikit-learn says 0 there, and warns. */
export interface ClassMeasures {
  /** TP / (TP + FP): how often a prediction of this class is right; undefined where it is never predicted. */
  readonly precision: number | undefined;
  /** TP / (TP + FN): how much of this class is found; undefined where no row is of this class. */
  readonly recall: number | undefined;
  /** 2 TP / (2 TP + FP + FN), the harmonic mean of both; undefined where the class is in neither. */
  readonly f1: number | undefined;
  /** Rows of this class. */
  readonly support: number;
}

/** How predicted classes compare with the actual ones. */
export interface ClassificationMeasures {
  /** The share of rows whose class was predicted. */
  readonly accuracy: number;
  /** Rows counted by class, row-major [actual, predicted]. */
  readonly confusion: Uint32Array;
  /** [classCount] */
  readonly perClass: readonly ClassMeasures[];
  /** The mean F1 of the classes that are in the actual or the predicted rows. */
  readonly macroF1: number;
}

/** How predicted numbers compare with the actual ones; NaN or infinite where a prediction is. */
export interface RegressionMeasures {
  /** 1 − Σ(y − ŷ)² / Σ(y − ȳ)²: 1 is perfect, 0 is as good as the mean; undefined for a constant target. */
  readonly r2: number | undefined;
  /** Σ|y − ŷ| / n, in the unit of the target. */
  readonly mae: number;
  /** √(Σ(y − ŷ)² / n), in the unit of the target. */
  readonly rmse: number;
}

/** A confusion matrix of so many classes takes 64 MiB. */
const MAX_CLASSES = 4096;

/**
 * Accuracy, confusion matrix, and precision, recall and F1 of every class, as scikit-learn's
 * `precision_recall_fscore_support` defines them, but undefined where it puts 0 for 0/0.
 *
 * @param actual class indices [rows]
 * @param predicted class indices [rows]
 * @throws InputError for no rows, another number of rows, an index that is no class, over 4,096 classes
 */
export function classificationMeasures(
  actual: Uint32Array,
  predicted: Uint32Array,
  classCount: number,
): ClassificationMeasures {
  requireRows(actual.length, predicted.length);
  if (!(classCount >= 1 && classCount <= MAX_CLASSES)) {
    const most = formatCount(MAX_CLASSES);
    throw new InputError(
      `Classes are measured where there are 1 to ${most} of them, not ${formatCount(classCount)}; merge rare ones.`,
    );
  }
  const confusion = new Uint32Array(classCount * classCount);
  const [actualCounts, predictedCounts] = [new Uint32Array(classCount), new Uint32Array(classCount)];
  for (let row = 0; row < actual.length; row++) {
    const [is, said] = [actual[row], predicted[row]];
    if (is >= classCount || said >= classCount) {
      const most = classCount - 1;
      throw new InputError(
        `Class indices go from 0 to ${most}; row ${row + 1} has ${Math.max(is, said)}. Say how many classes there are.`,
      );
    }
    confusion[is * classCount + said]++;
    actualCounts[is]++;
    predictedCounts[said]++;
  }
  const perClass = Array.from(actualCounts, (support, index): ClassMeasures => {
    const right = confusion[index * classCount + index];
    return {
      precision: ratio(right, predictedCounts[index]),
      recall: ratio(right, support),
      f1: ratio(2 * right, support + predictedCounts[index]),
      support,
    };
  });
  const rightCount = perClass.reduce((sum, _, index) => sum + confusion[index * (classCount + 1)], 0);
  return { accuracy: rightCount / actual.length, confusion, perClass, macroF1: macroF1(perClass) };
}

function ratio(part: number, whole: number): number | undefined {
  return whole === 0 ? undefined : part / whole;
}

function macroF1(perClass: readonly ClassMeasures[]): number {
  const defined = perClass.flatMap(({ f1 }) => (f1 === undefined ? [] : [f1]));
  return defined.reduce((sum, f1) => sum + f1, 0) / defined.length;
}

/**
 * The class of the largest output of each row, the first of equal ones; of one-hot targets it gives the actual class.
 *
 * @param outputs probabilities, logits or one-hot targets, row-major [rows, classCount]
 * @returns class indices [rows]
 * @throws InputError for an output that is not a number
 */
export function predictedClasses(outputs: Float64Array, classCount: number): Uint32Array {
  requireNoNaN(outputs, classCount);
  const classes = new Uint32Array(outputs.length / classCount);
  for (let row = 0; row < classes.length; row++) {
    const start = row * classCount;
    let best = 0;
    for (let index = 1; index < classCount; index++) {
      if (outputs[start + index] > outputs[start + best]) best = index;
    }
    classes[row] = best;
  }
  return classes;
}

/**
 * 1 where the probability of class 1 is the threshold or more, 0 elsewhere.
 *
 * @param probabilities [rows]
 * @param threshold 0 … 1
 * @returns class indices [rows]
 * @throws InputError for another threshold, or a probability that is not a number
 */
export function predictedBinary(probabilities: Float64Array, threshold = 0.5): Uint32Array {
  if (!(threshold >= 0 && threshold <= 1)) {
    throw new InputError(`The threshold must be a number from 0 to 1, not ${threshold}; 0.5 is usual.`);
  }
  requireNoNaN(probabilities, 1);
  return Uint32Array.from(probabilities, (probability) => (probability >= threshold ? 1 : 0));
}

/**
 * The area under the ROC curve: how often a row of class 1 scores above one of class 0, an equal score counted
 * half. It is the Mann-Whitney statistic U / (n₁ n₀) (Hanley and McNeil 1982), in O(n log n).
 *
 * @param actual 0 or 1 [rows]
 * @param scores any numbers that grow with the probability of class 1 [rows]
 * @returns 0 … 1; undefined where the rows are of one class only
 * @throws InputError for another number of scores, a class other than 0 and 1, a score that is not a number
 */
export function rocAuc(actual: Uint32Array, scores: Float64Array): number | undefined {
  requireRows(actual.length, scores.length);
  requireNoNaN(scores, 1);
  const faulty = actual.findIndex((index) => index > 1);
  if (faulty >= 0) {
    throw new InputError(
      `ROC-AUC takes the classes 0 and 1; row ${faulty + 1} has ${actual[faulty]}. Measure two classes only.`,
    );
  }
  // Typed arrays sort by value, and fast.
  const ones = scores.filter((_, row) => actual[row] === 1).toSorted();
  const zeros = scores.filter((_, row) => actual[row] === 0).toSorted();
  if (ones.length === 0 || zeros.length === 0) return undefined;
  let below = 0;
  let notAbove = 0;
  let doubledWins = 0;
  for (const score of ones) {
    while (below < zeros.length && zeros[below] < score) below++;
    while (notAbove < zeros.length && zeros[notAbove] <= score) notAbove++;
    doubledWins += below + notAbove;
  }
  return doubledWins / 2 / (ones.length * zeros.length);
}

/**
 * R², mean absolute error and root mean squared error of every output.
 *
 * @param actual row-major [rows, outputCount]
 * @param predicted row-major [rows, outputCount], in the same unit
 * @returns [outputCount]
 * @throws InputError for no rows, or another number of predictions
 */
export function regressionMeasures(
  actual: Float64Array,
  predicted: Float64Array,
  outputCount = 1,
): RegressionMeasures[] {
  requireRows(actual.length / outputCount, predicted.length / outputCount);
  return Array.from({ length: outputCount }, (_, output) =>
    measureOutput(column(actual, output, outputCount), column(predicted, output, outputCount)),
  );
}

function measureOutput(actual: Float64Array, predicted: Float64Array): RegressionMeasures {
  const count = actual.length;
  const mean = actual.reduce((sum, value) => sum + value, 0) / count;
  let absolute = 0;
  let squared = 0;
  let total = 0;
  for (let row = 0; row < count; row++) {
    absolute += Math.abs(actual[row] - predicted[row]);
    squared += (actual[row] - predicted[row]) ** 2;
    total += (actual[row] - mean) ** 2;
  }
  // Not total === 0: the mean of many 0.1 need not be 0.1.
  const isConstant = actual.every((value) => value === actual[0]);
  return {
    r2: isConstant ? undefined : 1 - squared / total,
    mae: absolute / count,
    rmse: Math.sqrt(squared / count),
  };
}

/** Column `index` of row-major [rows, count]. */
export function column(values: Float64Array, index: number, count: number): Float64Array {
  return Float64Array.from({ length: values.length / count }, (_, row) => values[row * count + index]);
}

function requireRows(actualCount: number, predictedCount: number): void {
  if (actualCount !== predictedCount) {
    throw new InputError(
      `There are ${countOf(actualCount, 'row')} but ${countOf(predictedCount, 'prediction')}; give one prediction per row.`,
    );
  }
  if (actualCount === 0) throw new InputError('There are 0 rows to measure; give at least 1.');
}

function requireNoNaN(outputs: Float64Array, outputCount: number): void {
  const faulty = outputs.findIndex((value) => Number.isNaN(value));
  if (faulty < 0) return;
  const row = formatCount(Math.floor(faulty / outputCount) + 1);
  throw new InputError(
    `The prediction of row ${row} is NaN, which is of no class: the run diverged. Use a lower learning rate.`,
  );
}
