import { outputNames, type Dataset, type Encoding, type Measures, type PartAssessment } from '../index.ts';
import { textTable } from './text-table.ts';
import { count, printable } from './wording.ts';

/** A confusion matrix of more classes is for `--json`. */
const MOST_SHOWN_CLASSES = 12;
const names = { training: 'training', validation: 'validation', test: 'test' } as const;

/**
 * How well a run does on every part of its table, beside what a linear model and a constant reach.
 *
 * @param title whose measures they are, where there are several tables of them
 */
export function measuresText(parts: readonly PartAssessment[], dataset: Dataset, title = 'Measures'): string {
  const header = [title, ...measureNames(dataset), 'linear model', 'always the same'];
  const rows = parts.map(({ part, rowCount, network, linearModel, constant }) => [
    `${names[part]}, ${count(rowCount)} rows`,
    ...valuesOf(network),
    linearModel ? valuesOf(linearModel)[0] : 'too wide for one',
    valuesOf(constant)[0],
  ]);
  const table = textTable(
    [header, ...rows],
    header.map((_, column) => (column === 0 ? 'left' : 'right')),
  );
  const { part, network } = parts[parts.length - 1];
  return [table, ...confusionText({ title: `Actual, ${names[part]}`, network }, dataset)].join('\n\n');
}

/** The same of a model on rows of another table. */
export function evaluationText(network: Measures, encoding: Encoding): string {
  const header = ['Measures', ...measureNames(encoding)];
  const values =
    network.task === 'classification'
      ? [valuesOf(network)]
      : network.outputs.map((_, i) => valuesOf(network, i));
  const rows = values.map((row, output) => [
    printable(network.task === 'classification' ? encoding.targets[0] : encoding.targets[output]),
    ...row,
  ]);
  const table = textTable(
    [header, ...rows],
    header.map((_, column) => (column === 0 ? 'left' : 'right')),
  );
  const { classes } = encoding;
  return [
    table,
    ...confusionText({ title: 'Actual', network }, { classes, outputNames: outputNames(encoding) }),
  ].join('\n\n');
}

export function measureNames({ task }: Pick<Dataset, 'task'>): string[] {
  if (task === 'regression') return ['R²', 'MAE', 'RMSE'];
  return task === 'binary' ? ['accuracy', 'F1', 'AUC'] : ['accuracy', 'macro F1'];
}

/** @param output of several, which */
export function valuesOf(measures: Measures, output = 0): string[] {
  if (measures.task === 'regression') {
    const { r2, mae, rmse } = measures.outputs[output];
    return [fixed(r2), significant(mae), significant(rmse)];
  }
  if (measures.task === 'classification') {
    const { accuracy, macroF1 } = measures.classes;
    return [percent(accuracy), fixed(macroF1)];
  }
  const { accuracy, perClass, rocAuc } = measures.outputs[output];
  return [percent(accuracy), fixed(perClass[1].f1), fixed(rocAuc)];
}

/** Counts of actual × predicted classes, with what each class comes to. */
function confusionText(
  { title, network }: { readonly title: string; readonly network: Measures },
  { classes, outputNames: ofOutputs }: Pick<Dataset, 'classes' | 'outputNames'>,
): string[] {
  if (network.task === 'regression') return [];
  const found = network.task === 'classification' ? network.classes : network.outputs[0];
  const labels = classes ?? (network.task === 'binary' ? ['0', '1'] : ofOutputs);
  if (labels.length > MOST_SHOWN_CLASSES) return [];
  const shown = labels.map(printable);
  const rows = found.perClass.map(({ precision, recall, f1 }, actual) => [
    shown[actual],
    ...shown.map((_, predicted) => count(found.confusion[actual * shown.length + predicted])),
    fixed(precision),
    fixed(recall),
    fixed(f1),
  ]);
  const header = [title, ...shown.map((name) => `→ ${name}`), 'precision', 'recall', 'F1'];
  return [
    textTable(
      [header, ...rows],
      header.map((_, column) => (column === 0 ? 'left' : 'right')),
    ),
  ];
}

export function percent(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}

export function fixed(value: number | undefined): string {
  return value === undefined ? '–' : value.toFixed(3);
}

export function significant(value: number): string {
  return String(Number(value.toPrecision(4)));
}
