import type {
  CrossValidation,
  Dataset,
  FoldMeasure,
  FoldOutcome,
  FoldSummary,
  TrainingJob,
  Backend,
} from '../index.ts';
import { fixed, measureNames, percent, significant, valuesOf } from './measures-text.ts';
import { textTable } from './text-table.ts';
import { adapterText, secondsText } from './timing-text.ts';
import type { OpenedTable } from './train-data.ts';
import { jobLines, tableLines } from './train-text.ts';
import { count, countOf, printable } from './wording.ts';

/** Folds of more are for `--json`. */
const MOST_SHOWN_FOLDS = 30;

/** The table as it was understood, its folds, and what is trained on each. */
export function foldsOpening(
  opened: OpenedTable,
  folds: readonly Dataset[],
  { job, backend }: { readonly job: TrainingJob; readonly backend: Backend['name'] },
): string {
  const [first] = folds;
  const stepsText = `${countOf(job.steps, 'step')} for each fold`;
  return [
    ...tableLines(opened, first),
    `  rows    ${rowsText(folds)}`,
    ...jobLines(job, first.training.inputCount, { backend, stepsText }),
    '',
  ].join('\n');
}

function rowsText(folds: readonly Dataset[]): string {
  const sizes = folds.map(({ rows }) => rows.validation.length);
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  const of = least === most ? count(least) : `${count(least)} or ${count(most)}`;
  const [{ test, droppedRowCount }] = folds;
  return [
    `${countOf(folds.length, 'fold')} of ${of}`,
    ...(test ? [`${count(test.rowCount)} for the test`] : []),
    ...(droppedRowCount > 0 ? [`${count(droppedRowCount)} left out`] : []),
  ].join(', ');
}

/** The measures of every fold on its own rows, and their mean and deviation. */
export function foldsText(result: CrossValidation, [dataset]: readonly Dataset[]): string {
  const { folds, divergedCount, trainMs, adapter } = result;
  const where = adapter ? adapterText(adapter) : 'the CPU';
  return [
    ...dataset.targetScaling
      .slice(0, dataset.task === 'classification' ? 1 : undefined)
      .map((_, output) => tableText(result, dataset, output)),
    ...(divergedCount > 0
      ? [
          `${count(divergedCount)} of the ${countOf(folds.length, 'fold')} diverged: there is no mean over them.`,
        ]
      : []),
    `Time      ${secondsText(trainMs)} on ${where}`,
  ].join('\n\n');
}

/** @param output of several, which */
function tableText(
  { folds, network, linearModel, constant, isOver }: CrossValidation,
  dataset: Dataset,
  output: number,
): string {
  const names = measureNames(dataset);
  const title =
    dataset.targetScaling.length > 1 && !dataset.classes ? printable(dataset.outputNames[output]) : '';
  const shown = folds.slice(0, MOST_SHOWN_FOLDS).flatMap((fold, i) => foldRow(fold, { i, output, names }));
  const rest = folds.length - MOST_SHOWN_FOLDS;
  const summaries = [
    ['mean ± deviation', network],
    ['linear model', linearModel],
    ['always the same', constant],
  ] as const;
  const rows = [
    [title ? `Held out, ${title}` : 'Held-out rows', ...names],
    ...shown,
    ...(rest > 0 ? [[`… ${count(rest)} more`, ...names.map(() => '')]] : []),
    ...(isOver ? summaries.map(([label, summary]) => [label, ...meanTexts(summary, { output, names })]) : []),
  ];
  return textTable(
    rows,
    rows[0].map((_, column) => (column === 0 ? 'left' : 'right')),
  );
}

function foldRow(
  { assessment, hasDiverged }: FoldOutcome,
  { i, output, names }: { readonly i: number; readonly output: number; readonly names: readonly string[] },
): string[][] {
  if (!assessment) return [];
  const values = hasDiverged
    ? names.map((_, column) => (column === 0 ? 'diverged' : '–'))
    : valuesOf(assessment.network, output);
  return [[`fold ${count(i + 1)}, ${countOf(assessment.rowCount, 'row')}`, ...values]];
}

function meanTexts(
  summary: FoldSummary | undefined,
  { output, names }: { readonly output: number; readonly names: readonly string[] },
): string[] {
  if (!summary) return names.map((_, column) => (column === 0 ? 'too wide for one' : ''));
  return shownMeasures(summary, output).map(([{ mean, deviation }, text]) => {
    if (mean === undefined || !Number.isFinite(mean)) return '–';
    return deviation === undefined ? text(mean) : `${text(mean)} ± ${text(deviation)}`;
  });
}

/** In the order of `measureNames`. */
function shownMeasures(
  summary: FoldSummary,
  output: number,
): readonly (readonly [FoldMeasure, (value: number) => string])[] {
  if (summary.task === 'regression') {
    const { r2, mae, rmse } = summary.outputs[output];
    return [
      [r2, fixed],
      [mae, significant],
      [rmse, significant],
    ];
  }
  if (summary.task === 'classification') {
    const { accuracy, macroF1 } = summary.classes;
    return [
      [accuracy, percent],
      [macroF1, fixed],
    ];
  }
  const { accuracy, perClass, rocAuc } = summary.outputs[output];
  return [
    [accuracy, percent],
    [perClass[1].f1, fixed],
    [rocAuc, fixed],
  ];
}
