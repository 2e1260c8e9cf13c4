import {
  losses,
  MOST_PREDICTED_ROWS,
  optimizers,
  scientific,
  type ColumnRole,
  type RunResult,
  type Table,
  type TrainingSession,
} from '../index.ts';
import { predictionTable } from './prediction-table.ts';
import { count, countOf, networkText, printable } from './wording.ts';

const SHOWN_ROWS = 10;
const SHOWN_COLUMNS = 8;
const SHOWN_TARGETS = 3;

/** The table as it was understood, and what is trained on it. */
export function trainOpening(
  source: string,
  table: Table,
  roles: readonly ColumnRole[],
  session: TrainingSession,
): string {
  const { job, backend } = session;
  const [{ seed, learningRate }] = job.networks;
  const index = namesOf(table, roles, 'index');
  const hasBias = job.layers[0].bias;
  const { inputCount } = session.data;
  return [
    `Table     ${countOf(table.rowCount, 'row')} from ${source === '-' ? 'standard input' : printable(source)}`,
    `  index   ${index.length > 0 ? listed(index) : 'none'}`,
    `  inputs  ${listed(namesOf(table, roles, 'input'))}`,
    `  target  ${listed(namesOf(table, roles, 'target'))}`,
    `Network   ${networkText(inputCount, job.layers)}, ${hasBias ? 'with' : 'without'} biases, seed ${seed}`,
    `Training  ${losses[job.loss].label}, ${optimizers[job.optimizer].label}, learning rate ${learningRate}, ` +
      `${countOf(job.steps, 'step')} on the ${backend.toUpperCase()}`,
    ...(backend === 'gpu' ? [`Plan      ${session.planned.reason}`] : []),
    '',
  ].join('\n');
}

/** The loss of the last step and the predictions of the first rows. */
export function trainClosing(table: Table, roles: readonly ColumnRole[], result: RunResult): string {
  const { losses: lossOfStep, predictions, network } = result;
  const lastStep = lossOfStep.length - 1;
  const targetColumns = roles.flatMap((role, column) => (role === 'target' ? [column] : []));
  const rowCount = Math.min(SHOWN_ROWS, table.rowCount);
  const rows = predictionTable({
    table,
    shownColumns: roles.flatMap((role, column) => (role === 'index' ? [column] : [])),
    targetColumns: targetColumns.slice(0, SHOWN_TARGETS),
    predictions,
    outputCount: network.outputCount,
    rowCount,
  });
  const more = [
    ...(table.rowCount > rowCount ? [countOf(table.rowCount - rowCount, 'more row')] : []),
    ...(targetColumns.length > SHOWN_TARGETS
      ? [countOf(targetColumns.length - SHOWN_TARGETS, 'more target')]
      : []),
  ];
  const rest = `… and ${more.join(' and ')}; --json prints up to ${count(MOST_PREDICTED_ROWS)} rows.`;
  return [
    `Final loss ${scientific(lossOfStep[lastStep], 6)} at step ${count(lastStep)}, before its update`,
    '',
    rows,
    ...(more.length > 0 ? [rest] : []),
  ].join('\n');
}

function namesOf(table: Table, roles: readonly ColumnRole[], role: ColumnRole): string[] {
  return table.columnNames.filter((_, column) => roles[column] === role);
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN_COLUMNS).map(printable).join(', ');
  return names.length > SHOWN_COLUMNS ? `${shown} and ${count(names.length - SHOWN_COLUMNS)} more` : shown;
}
