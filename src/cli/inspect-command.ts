import type { Command } from 'commander';
import {
  InputError,
  summarizeColumns,
  type ColumnSummary,
  type Dataset,
  type JobSettings,
} from '../index.ts';
import { print } from './output.ts';
import { jsonText } from './run-json.ts';
import { addTableFlags, type TableFlags } from './table-flags.ts';
import { textTable } from './text-table.ts';
import { openTable, partsText, prepareTable, type OpenedTable } from './train-data.ts';
import { settingsOf } from './train-settings.ts';
import { countOf, count, inOneLine, printable } from './wording.ts';

/** First values of a column that are shown. */
const SHOWN_VALUES = 3;

/** Adds `handgrad inspect`. */
export function addInspectCommand(program: Command, signal: AbortSignal): void {
  const command = program
    .command('inspect')
    .summary('say how a table is understood')
    .description('Prints the columns of a table as train would take them; nothing is trained.')
    .argument('[file]', 'the table, or - to read it from standard input');
  addTableFlags(command)
    .optionsGroup('What is printed:')
    .option('--json', 'print one JSON object instead of text')
    .action((file: string | undefined, flags: TableFlags & { readonly json?: true }) =>
      inspect(file, flags, signal),
    );
}

async function inspect(
  file: string | undefined,
  flags: TableFlags & { readonly json?: true },
  signal: AbortSignal,
): Promise<void> {
  const opened = await openTable(file, flags, signal);
  const { source, table, plans } = opened;
  const columns = summarizeColumns(table, plans);
  const { dataset, problem } = prepareOrSay(opened, flags);
  const settings = dataset && settingsOf({}, dataset, undefined);
  const { task, classes, inputNames } = dataset ?? {};
  if (flags.json) {
    const { rowCount, format, notes } = table;
    await print(jsonText({ rowCount, format, notes, columns, task, classes, inputNames, settings, problem }));
    return;
  }
  const { delimiter, decimal, hasHeader } = table.format;
  const mark = delimiter === '\t' ? 'tab' : delimiter;
  await print(
    [
      `Table     ${countOf(table.rowCount, 'row')} from ${source === '-' ? 'standard input' : printable(source)}`,
      `  format  ${mark} between cells, ${decimal} before decimals, ${hasHeader ? 'with' : 'without'} a header`,
      ...table.notes.map((note) => `  note    ${inOneLine(note)}`),
      ...(dataset ? datasetLines(dataset) : [`  problem ${inOneLine(problem ?? '')}`]),
      ...(settings ? [settingsLine(settings)] : []),
      '',
      columnsText(columns),
    ].join('\n'),
  );
}

/** What keeps a table from being trained on is part of how it is understood. */
function prepareOrSay(
  opened: OpenedTable,
  flags: TableFlags,
): { readonly dataset?: Dataset; readonly problem?: string } {
  try {
    return { dataset: prepareTable(opened, flags, undefined) };
  } catch (error) {
    if (error instanceof InputError) return { problem: error.message };
    throw error;
  }
}

function datasetLines(dataset: Dataset): string[] {
  const { task, classes, inputNames } = dataset;
  return [
    `  task    ${task}${classes ? ` of ${classes.slice(0, 8).map(printable).join(', ')}` : ''}`,
    `  rows    ${partsText(dataset)}`,
    `  inputs  ${countOf(inputNames.length, 'unit')}`,
  ];
}

function settingsLine({ loss, optimizer, learningRate, hidden, activations, steps }: JobSettings): string {
  return (
    `Training  ${loss}, ${optimizer}, learning rate ${learningRate}, ${hidden.join(', ')} ` +
    `${activations.join(', ')}, ${countOf(steps, 'step')}`
  );
}

function columnsText(columns: readonly ColumnSummary[]): string {
  const header = ['Column', 'type', 'role', 'missing', 'values', 'first'];
  const rows = columns.map((column) => [
    printable(column.name),
    column.type,
    column.role,
    count(column.missingCount),
    valuesText(column),
    column.firstValues.slice(0, SHOWN_VALUES).map(printable).join(', '),
  ]);
  return textTable([header, ...rows], ['left', 'left', 'left', 'right', 'left', 'left']);
}

function valuesText({ numbers, distinctCount, hasMoreTexts, textCount }: ColumnSummary): string {
  if (distinctCount !== undefined)
    return `${count(distinctCount)}${hasMoreTexts ? ' or more' : ''} different`;
  if (!numbers) return '';
  const { least, most, mean } = numbers;
  const words = textCount > 0 ? `, ${countOf(textCount, 'cell')} of text` : '';
  return `${short(least)} … ${short(most)}, mean ${short(mean)}${words}`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
