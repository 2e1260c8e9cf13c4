import type { BinaryMeasures, Measures } from './baselines.ts';
import { InputError } from './errors.ts';
import type { ClassificationMeasures, ClassMeasures, RegressionMeasures } from './metrics.ts';
import { countOf, formatCount } from './wording.ts';

/** One measure over the folds of a cross-validation. */
export interface FoldMeasure {
  /** One per fold: undefined where the fold has no such measure, NaN or infinite where its run diverged. */
  readonly values: readonly (number | undefined)[];
  /** Folds that have no such measure; the mean and the deviation are those of the others. */
  readonly undefinedCount: number;
  /** Folds whose value is NaN or infinite; they are averaged in, so that no mean looks better for a diverged fold. */
  readonly divergedCount: number;
  /** Undefined where no fold has the measure; NaN where one has diverged. */
  readonly mean: number | undefined;
  /** √(Σ(v − v̄)² / (n − 1)), the sample standard deviation; undefined below 2 values, NaN where a fold has diverged. */
  readonly deviation: number | undefined;
}

/** How one class fares over the folds. */
export interface ClassFoldMeasures {
  readonly precision: FoldMeasure;
  readonly recall: FoldMeasure;
  readonly f1: FoldMeasure;
  /** Rows of this class in all folds together. */
  readonly support: number;
}

/** How predicted classes fare over the folds. */
export interface ClassificationFoldMeasures {
  readonly accuracy: FoldMeasure;
  readonly macroF1: FoldMeasure;
  /** [classCount] */
  readonly perClass: readonly ClassFoldMeasures[];
  /** Rows of all folds counted by class, row-major [actual, predicted]: every row was held out once. */
  readonly confusion: Uint32Array;
}

/** How one output of 0 or 1 fares over the folds. */
export interface BinaryFoldMeasures extends ClassificationFoldMeasures {
  readonly rocAuc: FoldMeasure;
}

/** How one number fares over the folds. */
export interface RegressionFoldMeasures {
  readonly r2: FoldMeasure;
  /** In the unit of the target. */
  readonly mae: FoldMeasure;
  /** In the unit of the target. */
  readonly rmse: FoldMeasure;
}

/** What a cross-validation of a task comes to: for classes once, else for every output. */
export type FoldSummary =
  | { readonly task: 'regression'; readonly outputs: readonly RegressionFoldMeasures[] }
  | { readonly task: 'binary'; readonly outputs: readonly BinaryFoldMeasures[] }
  | { readonly task: 'classification'; readonly classes: ClassificationFoldMeasures };

/**
 * Mean, sample standard deviation and the values themselves of every measure over the folds of a cross-validation.
 *
 * @param measures of the held-out rows of each fold, as `measureOutputs` gives them
 * @throws InputError for no folds, or folds of different tasks, outputs or classes
 */
export function foldSummary(measures: readonly Measures[]): FoldSummary {
  requireAlike(measures);
  const [{ task }] = measures;
  if (task === 'regression') {
    const folds = measures.flatMap((fold) => (fold.task === task ? [fold.outputs] : []));
    return { task, outputs: folds[0].map((_, output) => ofNumber(folds.map((fold) => fold[output]))) };
  }
  if (task === 'binary') {
    const folds = measures.flatMap((fold) => (fold.task === task ? [fold.outputs] : []));
    return { task, outputs: folds[0].map((_, output) => ofBinary(folds.map((fold) => fold[output]))) };
  }
  const folds = measures.flatMap((fold) => (fold.task === task ? [fold.classes] : []));
  return { task, classes: ofClasses(folds) };
}

/**
 * The measures of a fold whose run diverged, for `foldSummary`: every value NaN, no row counted.
 *
 * @param like of the same task, outputs and classes
 */
export function divergedMeasures(like: Measures): Measures {
  const { task } = like;
  if (task === 'regression')
    return { task, outputs: like.outputs.map(() => ({ r2: NaN, mae: NaN, rmse: NaN })) };
  if (task === 'binary') {
    return { task, outputs: like.outputs.map((output) => ({ ...divergedClasses(output), rocAuc: NaN })) };
  }
  return { task, classes: divergedClasses(like.classes) };
}

function divergedClasses({ confusion, perClass }: ClassificationMeasures): ClassificationMeasures {
  return {
    accuracy: NaN,
    macroF1: NaN,
    confusion: confusion.map(() => 0),
    perClass: perClass.map(({ support }) => ({ precision: NaN, recall: NaN, f1: NaN, support })),
  };
}

function ofNumber(folds: readonly RegressionMeasures[]): RegressionFoldMeasures {
  return {
    r2: overFolds(folds.map(({ r2 }) => r2)),
    mae: overFolds(folds.map(({ mae }) => mae)),
    rmse: overFolds(folds.map(({ rmse }) => rmse)),
  };
}

function ofBinary(folds: readonly BinaryMeasures[]): BinaryFoldMeasures {
  return { ...ofClasses(folds), rocAuc: overFolds(folds.map(({ rocAuc }) => rocAuc)) };
}

function ofClasses(folds: readonly ClassificationMeasures[]): ClassificationFoldMeasures {
  const confusion = new Uint32Array(folds[0].confusion.length);
  for (const fold of folds) fold.confusion.forEach((count, at) => (confusion[at] += count));
  return {
    accuracy: overFolds(folds.map(({ accuracy }) => accuracy)),
    macroF1: overFolds(folds.map(({ macroF1 }) => macroF1)),
    perClass: folds[0].perClass.map((_, index) => ofClass(folds.map(({ perClass }) => perClass[index]))),
    confusion,
  };
}

function ofClass(folds: readonly ClassMeasures[]): ClassFoldMeasures {
  return {
    precision: overFolds(folds.map(({ precision }) => precision)),
    recall: overFolds(folds.map(({ recall }) => recall)),
    f1: overFolds(folds.map(({ f1 }) => f1)),
    support: folds.reduce((sum, { support }) => sum + support, 0),
  };
}

function overFolds(values: readonly (number | undefined)[]): FoldMeasure {
  const defined = values.filter((value) => value !== undefined);
  const count = defined.length;
  const divergedCount = defined.filter((value) => !Number.isFinite(value)).length;
  const found = { values, undefinedCount: values.length - count, divergedCount };
  if (count === 0) return { ...found, mean: undefined, deviation: undefined };
  const mean = divergedCount > 0 ? NaN : defined.reduce((sum, value) => sum + value, 0) / count;
  const squares = defined.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { ...found, mean, deviation: count < 2 ? undefined : Math.sqrt(squares / (count - 1)) };
}

function requireAlike(measures: readonly Measures[]): void {
  if (measures.length === 0)
    throw new InputError('There are 0 folds to sum up; give the measures of at least 1.');
  const kinds = measures.map(kindOf);
  const other = kinds.findIndex((kind) => kind !== kinds[0]);
  if (other < 0) return;
  throw new InputError(
    `Folds are summed up if they are of one table; fold 1 is ${kinds[0]}, and fold ${other + 1} ${kinds[other]}. ` +
      'Measure every fold on the same target.',
  );
}

function kindOf(measures: Measures): string {
  if (measures.task !== 'classification')
    return `a ${measures.task} task of ${countOf(measures.outputs.length, 'output')}`;
  return `a classification task of ${formatCount(measures.classes.perClass.length)} classes`;
}
