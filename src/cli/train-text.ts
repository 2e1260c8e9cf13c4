import {
  cellText,
  losses,
  MOST_PREDICTED_ROWS,
  optimizers,
  predictedClasses,
  scientific,
  type Backend,
  type ColumnRole,
  type Dataset,
  type LossName,
  type PartAssessment,
  type RunResult,
  type TrainingJob,
  type TrainingSession,
} from '../index.ts';
import { textTable } from './text-table.ts';
import { partsText, type OpenedTable } from './train-data.ts';
import { count, countOf, inOneLine, networkText, printable } from './wording.ts';

const SHOWN_ROWS = 10;
const SHOWN_COLUMNS = 8;
const SHOWN_TARGETS = 3;

/** The table as it was understood, and what is trained on it. */
export function trainOpening(opened: OpenedTable, dataset: Dataset, session: TrainingSession): string {
  const { job, backend, stepCount } = session;
  const stepsText =
    stepCount === 0 ? countOf(job.steps, 'step') : `step ${count(stepCount)} to ${count(job.steps)}`;
  return [
    ...tableLines(opened, dataset),
    `  rows    ${partsText(dataset)}`,
    ...jobLines(job, session.data.inputCount, { backend, stepsText }),
    ...(backend === 'gpu' ? [`Plan      ${session.planned.reason}`] : []),
    '',
  ].join('\n');
}

/** The network, and how it learns. */
export function jobLines(
  job: TrainingJob,
  inputCount: number,
  { backend, stepsText }: { readonly backend: Backend['name']; readonly stepsText: string },
): string[] {
  const [{ seed, learningRate }] = job.networks;
  const dropout = job.dropout ? `dropout ${job.dropout}, ` : '';
  const precision = job.precision ? `, parameters ${job.precision}` : '';
  const batches = job.batchSize === undefined ? '' : ` in batches of ${count(job.batchSize)}`;
  return [
    `Network   ${networkText(inputCount, job.layers)}, ${job.layers[0].bias ? 'with' : 'without'} biases, seed ${seed}`,
    `Training  ${losses[job.loss].label}, ${optimizers[job.optimizer].label}, learning rate ${learningRate}, ` +
      `${dropout}${stepsText}${batches} on the ${backend.toUpperCase()}${precision}`,
  ];
}

/** The table as it was understood, but for how its rows are shared out. */
export function tableLines({ source, table, plans }: OpenedTable, dataset: Dataset): string[] {
  const namesOf = (role: ColumnRole) => plans.filter((plan) => plan.role === role).map(({ name }) => name);
  const index = namesOf('index');
  const ignored = namesOf('ignored');
  return [
    `Table     ${countOf(table.rowCount, 'row')} from ${source === '-' ? 'standard input' : printable(source)}`,
    ...table.notes.map((note) => `  note    ${inOneLine(note)}`),
    `  index   ${index.length > 0 ? listed(index) : 'none'}`,
    `  inputs  ${listed(namesOf('input'))}`,
    ...(ignored.length > 0 ? [`  ignored ${listed(ignored)}`] : []),
    `  target  ${listed(namesOf('target'))}`,
    `  task    ${taskText(dataset)}`,
  ];
}

function taskText({ task, classes }: Dataset): string {
  return classes ? `${task} of ${listed(classes)}` : task;
}

/** The loss of the last step and the predictions of the first rows that were trained on. */
export function trainClosing(
  opened: OpenedTable,
  dataset: Dataset,
  {
    result: { losses: lossOfStep, validation },
    loss,
  }: { readonly result: RunResult; readonly loss: LossName },
  [training]: readonly PartAssessment[],
): string {
  const lastStep = lossOfStep.length - 1;
  const rowCount = Math.min(SHOWN_ROWS, training.rowCount);
  const targetCount = opened.plans.filter(({ role }) => role === 'target').length;
  const more = [
    ...(training.rowCount > rowCount ? [countOf(training.rowCount - rowCount, 'more training row')] : []),
    ...(targetCount > SHOWN_TARGETS ? [countOf(targetCount - SHOWN_TARGETS, 'more target')] : []),
  ];
  const rest = `… and ${more.join(' and ')}; --json prints up to ${count(MOST_PREDICTED_ROWS)} rows.`;
  return [
    `Final loss ${scientific(lossOfStep[lastStep], 6)} at step ${count(lastStep)}, before its update`,
    ...(validation?.keepsBest && validation.bestStep !== undefined
      ? [`Parameters of step ${count(validation.bestStep)}, where the validation loss was lowest`]
      : []),
    '',
    predictionsText(opened, dataset, training, { rowCount, isProbability: 'link' in losses[loss] }),
    ...(more.length > 0 ? [rest] : []),
  ].join('\n');
}

/** Rows with target and prediction: of classes the likeliest and its probability, of numbers the error. */
function predictionsText(
  { table, plans }: OpenedTable,
  dataset: Dataset,
  { predictions, targets }: PartAssessment,
  { rowCount, isProbability }: { readonly rowCount: number; readonly isProbability: boolean },
): string {
  const position = (role: ColumnRole) => plans.findIndex((plan) => plan.role === role);
  const columnOf = (name: string) => table.columns[table.columnNames.indexOf(name)];
  const index = plans[position('index')]?.name;
  const targetNames = plans.filter(({ role }) => role === 'target').map(({ name }) => name);
  const outputCount = dataset.targetScaling.length;
  const shown = targetNames.slice(0, SHOWN_TARGETS);
  const suffix = (name: string) => (shown.length > 1 ? ` ${printable(name)}` : '');
  // A class read as a number (mse) is shown as one.
  const isOfClasses = dataset.classes !== undefined && isProbability;
  const header = [
    index === undefined ? 'row' : printable(index),
    ...shown.flatMap((name) => [
      printable(name),
      `prediction${suffix(name)}`,
      isOfClasses ? 'probability' : `error${suffix(name)}`,
    ]),
  ];
  const rows = Array.from({ length: rowCount }, (_, i) => {
    const row = dataset.rows.training[i];
    const first = index === undefined ? String(row + 1) : printable(cellText(columnOf(index), row));
    const cells = shown.flatMap((name, output) => {
      const actual = printable(cellText(columnOf(name), row));
      const at = i * outputCount + output;
      if (isOfClasses)
        return [actual, ...classText(dataset, predictions.subarray(i * outputCount, (i + 1) * outputCount))];
      return [actual, decimals(predictions[at]), decimals(targets[at] - predictions[at])];
    });
    return [first, ...cells];
  });
  return textTable(
    [header, ...rows],
    header.map((_, column) => (column === 0 ? 'left' : 'right')),
  );
}

function classText({ classes = [] }: Dataset, row: Float64Array): [name: string, probability: string] {
  // One output is the probability of the second class.
  const probabilities = row.length === 1 ? Float64Array.of(1 - row[0], row[0]) : row;
  const [predicted] = predictedClasses(probabilities, probabilities.length);
  return [printable(classes[predicted] ?? String(predicted)), probabilities[predicted].toFixed(4)];
}

/** Six decimals as the notebook shows them, scientific where those would say nothing. */
function decimals(value: number): string {
  const size = Math.abs(value);
  return size >= 1e9 || (size < 1e-4 && size > 0) ? scientific(value, 6) : value.toFixed(6);
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN_COLUMNS).map(printable).join(', ');
  return names.length > SHOWN_COLUMNS ? `${shown} and ${count(names.length - SHOWN_COLUMNS)} more` : shown;
}
