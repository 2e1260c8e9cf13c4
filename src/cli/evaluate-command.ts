import type { Command } from 'commander';
import { evaluateTable, readTable, scientific, type SampleId } from '../index.ts';
import { number, UsageError } from './flags.ts';
import { evaluationText } from './measures-text.ts';
import { MODEL_FILE, noticeEnsemble, noticeOddRows, openModel } from './model-flags.ts';
import { notice, print } from './output.ts';
import { jsonText, plainJson } from './run-json.ts';
import { addFormatFlags, formatOf, sampleOption, type FormatFlags } from './table-flags.ts';
import { openSource } from './train-data.ts';
import { count, countOf } from './wording.ts';

interface EvaluateFlags extends FormatFlags {
  readonly sample?: SampleId;
  readonly threshold?: number;
  readonly json?: true;
}

/** Adds `handgrad evaluate`. */
export function addEvaluateCommand(program: Command, signal: AbortSignal): void {
  const command = program
    .command('evaluate')
    .summary('measure a saved model on rows whose target is known')
    .description('Prints the loss and the measures of a model on the rows of a table that have a target.')
    .argument('<model>', MODEL_FILE)
    .argument('[file]', 'the rows with their targets, or - to read them from standard input');
  addFormatFlags(command.optionsGroup('The table:').addOption(sampleOption()))
    .optionsGroup('What is printed:')
    .option(
      '--threshold <probability>',
      'from which on a target of two classes counts as the second (default: 0.5)',
      number('--threshold', { least: 0, most: 1 }),
    )
    .option('--json', 'print one JSON object instead of text')
    .action((model: string, file: string | undefined, flags: EvaluateFlags) =>
      evaluate(model, file, flags, signal),
    );
}

async function evaluate(
  modelPath: string,
  file: string | undefined,
  flags: EvaluateFlags,
  signal: AbortSignal,
): Promise<void> {
  const model = await openModel(modelPath);
  const { task } = model.encoding;
  if (flags.threshold !== undefined && task !== 'binary') {
    throw new UsageError(`--threshold is for targets of two classes, and this is a ${task}. Leave it out.`);
  }
  const { text: source } = await openSource(file, flags, signal);
  const usual = model.table.format;
  const table = await readTable(source, { signal, format: formatOf(flags), usual, leastColumns: 1 });
  const evaluation = evaluateTable(model, table, flags.threshold);
  const { rows, missingCount, unseenCount, loss, measures } = evaluation;
  noticeEnsemble(model);
  noticeOddRows(evaluation, model);
  if (missingCount > 0) notice(`${countOf(missingCount, 'row')} without a target left out.`);
  if (unseenCount > 0)
    notice(`${countOf(unseenCount, 'row')} of a class the model was not trained on left out.`);
  if (flags.json) {
    const counted = { rowCount: rows.length, missingCount, unseenCount };
    await print(jsonText({ ...counted, loss, measures: plainJson(measures) }));
    return;
  }
  await print(
    `Rows      ${count(rows.length)}\nLoss      ${scientific(loss, 6)}\n\n${evaluationText(measures, model.encoding)}`,
  );
}
