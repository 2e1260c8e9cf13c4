import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  inferColumns,
  initialParametersFrom,
  InputError,
  prepareDataset,
  readSafetensors,
  readTable,
  samples,
  taskOfLoss,
  usualOptions,
  type ColumnPlan,
  type Dataset,
  type DatasetOptions,
  type LossName,
  type Sample,
  type Table,
  type TrainingJob,
} from '../index.ts';
import { UsageError } from './flags.ts';
import { openTableFile } from './table-file.ts';
import { formatOf, type TableFlags } from './table-flags.ts';
import { count, quoted } from './wording.ts';

/** A table with what its columns are. */
export interface OpenedTable {
  /** What a person calls it. */
  readonly source: string;
  /** The same without where it lies: what may stand in a file that is handed on. */
  readonly name: string;
  readonly sample: Sample | undefined;
  readonly table: Table;
  readonly plans: readonly ColumnPlan[];
}

/**
 * Reads a file or a sample, and decides what its columns are.
 *
 * @throws UsageError if there are both or neither, InputError if the table cannot be used
 */
export async function openTable(
  file: string | undefined,
  flags: TableFlags,
  signal: AbortSignal,
): Promise<OpenedTable> {
  const { text, ...source } = await openSource(file, flags, signal);
  const { sample } = source;
  const table = await readTable(text, { signal, format: formatOf(flags) });
  const targets = namesOf('--target', flags.target, table);
  const plans = inferColumns(table, {
    targets: targets.length > 0 ? targets : (sample?.targets ?? []),
    ignore: namesOf('--ignore', flags.ignore, table),
    types: new Map(flags.type?.map(({ name, type }) => [name, type])),
  });
  return { ...source, table, plans };
}

/** The bytes of a file or a sample. @throws UsageError if there are both or neither */
export async function openSource(
  file: string | undefined,
  { sample: wanted }: Pick<TableFlags, 'sample'>,
  signal: AbortSignal,
) {
  const sample = samples.find(({ id }) => id === wanted);
  if ((file === undefined) === (sample === undefined)) {
    throw new UsageError(
      'Name one table: a file, - for standard input, or --sample and one that comes with handgrad.',
    );
  }
  if (sample) {
    return { text: await sample.load(), sample, source: `the sample ${sample.name}`, name: sample.name };
  }
  const path = file ?? '-';
  const name = path === '-' ? 'standard input' : basename(path);
  return { text: await openTableFile(path, signal), sample, source: path, name };
}

/** The table as numbers, split and scaled as the flags say, or as the sample suggests, or as is usual. */
export function prepareTable(opened: OpenedTable, flags: TableFlags, loss: LossName | undefined): Dataset {
  return prepareDataset(opened.table, opened.plans, optionsOf(opened, flags, loss));
}

/** How the table becomes numbers. */
export function optionsOf(
  { sample, table }: OpenedTable,
  flags: TableFlags,
  loss: LossName | undefined,
): DatasetOptions {
  const usual = usualOptions(table.rowCount, sample);
  const task = flags.task ?? taskOfLoss(loss) ?? usual.task;
  return {
    ...(task && { task }),
    scaling: flags.scale ?? usual.scaling,
    missing: flags.missing ?? usual.missing,
    ...(flags.missingIndicator && { missingIndicator: true }),
    ...(flags.classWeights && { classWeights: flags.classWeights }),
    validation: flags.validation ?? usual.validation,
    test: flags.test ?? usual.test,
    seed: flags.seed ?? usual.seed,
  };
}

/** The job from the parameters of a safetensors file. @throws InputError if it cannot be read or does not fit */
export async function withInitialParameters(
  job: TrainingJob,
  inputCount: number,
  file: string | undefined,
): Promise<TrainingJob> {
  if (file === undefined) return job;
  const initialParameters = await readInitialParameters(file, inputCount, job.layers);
  return { ...job, networks: [{ ...job.networks[0], initialParameters }] };
}

/** The parameters of a safetensors file: [parameterCount]. @throws InputError if it cannot be read or does not fit */
export async function readInitialParameters(
  file: string,
  inputCount: number,
  layers: TrainingJob['layers'],
): Promise<Float64Array> {
  const bytes = await readFile(file).catch((error: Error) => {
    throw new InputError(
      `The file ${quoted(file)} cannot be read (${error.message}). Name a safetensors file.`,
    );
  });
  return initialParametersFrom(readSafetensors(bytes), inputCount, layers);
}

/** Of each text the whole if a column is named so (names may hold commas), else its parts. @throws UsageError */
function namesOf(flag: string, texts: readonly string[] = [], { columnNames }: Table): string[] {
  return texts.flatMap((text) => {
    if (columnNames.includes(text)) return [text];
    const names = text.split(',').map((name) => name.trim());
    if (!names.includes('')) return names;
    throw new UsageError(`${flag} must name columns, separated by commas (a,b); one of the names is empty.`);
  });
}

/** `120 rows to train on, 30 for validation, …`. */
export function partsText(dataset: Dataset): string {
  const { training, validation, test, droppedRowCount, filledCellCount } = dataset;
  return [
    `${count(training.rowCount)} to train on`,
    ...(validation ? [`${count(validation.rowCount)} for validation`] : []),
    ...(test ? [`${count(test.rowCount)} for the test`] : []),
    ...(droppedRowCount > 0 ? [`${count(droppedRowCount)} left out`] : []),
    ...(filledCellCount > 0 ? [`${count(filledCellCount)} missing cells filled`] : []),
  ].join(', ');
}
