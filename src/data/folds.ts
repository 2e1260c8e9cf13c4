import { InputError } from '../core/errors.ts';
import type { ColumnPlan } from './columns.ts';
import { encodeParts, readExamples, type Dataset, type DatasetOptions } from './dataset.ts';
import { requireEncodedCells } from './encode.ts';
import { besideTest, splitFolds } from './split.ts';
import type { Table } from './table.ts';
import type { Targets } from './targets.ts';
import { countOf, formatCount, quote } from './wording.ts';

/** How a table becomes the folds of a cross-validation: they are the validation parts, so none has a share. */
export type FoldOptions = Omit<DatasetOptions, 'validation'>;

/**
 * Makes the k datasets of a k-fold cross-validation: the rows of fold i are the validation part of dataset i, and those
 * of all other folds its training part.
 *
 * Every row is in one fold, but those of the test part, which is set apart first and the same in all datasets. Folds
 * differ by 1 row at most, and so do the rows of a class in them. Scaling, fills, categories and indicators come from
 * the training rows of each fold alone: a category that only comes up in a fold's own rows is `other` there, while a
 * class must have 2 rows or more, so that every fold trains on all classes. Rows stay in the order of the file.
 *
 * @param plans as `inferColumns` gives them, corrected at will
 * @param foldCount k, 2 … the number of rows
 * @returns [foldCount]
 * @throws InputError as `prepareDataset`; for another number of folds, a class of too few rows, or folds that together
 *   are too large
 */
export function prepareFolds(
  table: Table,
  plans: readonly ColumnPlan[],
  options: FoldOptions,
  foldCount: number,
): Dataset[] {
  const examples = readExamples(table, plans, options);
  const { targets, rows } = examples;
  const { folds, test } = splitFolds(rows, options, foldCount, targets.classOf);
  requireRowsOfClasses(targets, folds, test.length);
  const foldOf = new Int32Array(table.rowCount).fill(-1);
  folds.forEach((fold, i) => fold.forEach((row) => (foldOf[row] = i)));
  return folds.map((validation, i) => {
    const training = rows.filter((row) => foldOf[row] >= 0 && foldOf[row] !== i);
    const dataset = namingFold(i, foldCount, () =>
      encodeParts(table, examples, { training, validation, test }, options),
    );
    // They are kept all together; how many inputs a fold has shows once it is fitted.
    if (i === 0) requireEncodedCells(rows.length, dataset.training.inputCount, foldCount);
    return dataset;
  });
}

/** What one fold cannot be made of, another may. */
function namingFold(fold: number, foldCount: number, make: () => Dataset): Dataset {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const name = `Fold ${formatCount(fold + 1)} of ${formatCount(foldCount)}`;
    throw new InputError(`${name}: ${error.message}`, { cause: error });
  }
}

/** A fold that holds all rows of a class would train without it. */
function requireRowsOfClasses(
  { columns, classes, classOf }: Targets,
  folds: readonly Uint32Array[],
  testRowCount: number,
): void {
  if (!classes || !classOf) return;
  const counts = classes.map(() => 0);
  for (const fold of folds) for (const row of fold) counts[classOf[row]]++;
  const rare = counts.findIndex((count) => count < 2);
  if (rare < 0) return;
  const remedy = testRowCount > 0 ? ', keep none apart for the test' : '';
  throw new InputError(
    `The class ${quote(classes[rare])} of the target ${quote(columns[0].name)} has ` +
      `${countOf(counts[rare], 'row')}${besideTest(testRowCount)} to share out among ${formatCount(folds.length)} folds; ` +
      'at least 2 are accepted, so that every fold trains on all classes. Give more rows of that class' +
      `${remedy}, or leave it out.`,
  );
}
