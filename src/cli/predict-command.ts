import type { Command } from 'commander';
import {
  answerColumns,
  answersToRow,
  appendColumns,
  predictTable,
  readTable,
  type SampleId,
} from '../index.ts';
import { UsageError } from './flags.ts';
import {
  MODEL_FILE,
  noticeEnsemble,
  noticeOddRows,
  openModel,
  requireWritable,
  writeWhole,
} from './model-flags.ts';
import { notice, print, printBytes } from './output.ts';
import { jsonText } from './run-json.ts';
import { addFormatFlags, formatOf, sampleOption, type FormatFlags } from './table-flags.ts';
import { openSource } from './train-data.ts';
import { countOf } from './wording.ts';

interface PredictFlags extends FormatFlags {
  readonly sample?: SampleId;
  readonly output?: string;
  readonly json?: true;
}

/** Adds `handgrad predict`. */
export function addPredictCommand(program: Command, signal: AbortSignal): void {
  const command = program
    .command('predict')
    .summary('predict new rows with a model that was saved')
    .description(
      'Prints the table with what the model predicts behind its columns, as CSV; probabilities for classes, and of an ensemble the spread of its members. Columns are ' +
        'matched by name; cells that a spreadsheet would run as a formula get an apostrophe in front.',
    )
    .argument('<model>', MODEL_FILE)
    .argument('[file]', 'the rows, or - to read them from standard input');
  addFormatFlags(command.optionsGroup('The table:').addOption(sampleOption()))
    .optionsGroup('What is printed:')
    .option('-o, --output <file>', 'write the table to a file')
    .option('--json', 'print one JSON object: the answers, row by row')
    .action((model: string, file: string | undefined, flags: PredictFlags) =>
      predict(model, file, flags, signal),
    );
}

async function predict(
  modelPath: string,
  file: string | undefined,
  flags: PredictFlags,
  signal: AbortSignal,
): Promise<void> {
  const { output, json } = flags;
  if (json && output !== undefined) throw new UsageError('--json prints; leave out --output, or --json.');
  if (output !== undefined) await requireWritable('--output', output, [modelPath, file]);
  const model = await openModel(modelPath);
  const { text: source } = await openSource(file, flags, signal);
  const usual = model.table.format;
  const table = await readTable(source, { signal, format: formatOf(flags), usual, leastColumns: 1 });
  const predictions = predictTable(model, table);
  noticeEnsemble(model);
  noticeOddRows(predictions, model);
  const { rowCount } = predictions;
  if (json) {
    const answers = Array.from({ length: rowCount }, (_, row) => answersToRow(model, predictions, row));
    await print(jsonText({ rowCount, answers }));
    return;
  }
  const csv = await appendColumns(source, answerColumns(model, predictions), {
    format: table.format,
    signal,
  });
  if (output === undefined) {
    await printBytes(csv.stream());
    return;
  }
  await writeWhole(output, new Uint8Array(await csv.arrayBuffer()));
  notice(`${countOf(rowCount, 'row')} written to ${output}.`);
}
