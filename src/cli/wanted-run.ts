import {
  datasetDigest,
  InputError,
  jobOf,
  MAX_STEPS,
  prepareDataset,
  readTable,
  requireOneNetwork,
  settingsOfSample,
  type Dataset,
  type JobSettings,
  type Model,
  type SourceTable,
  type TrainingJob,
} from '../index.ts';
import { UsageError } from './flags.ts';
import { openModel } from './model-flags.ts';
import type { NetworkFlags } from './network-flags.ts';
import { notice } from './output.ts';
import type { TableFlags } from './table-flags.ts';
import { openSource, openTable, optionsOf, withInitialParameters, type OpenedTable } from './train-data.ts';
import { settingsOf } from './train-settings.ts';
import { count, countOf, kebab } from './wording.ts';

/** What is to be trained, on what. */
export interface WantedRun {
  readonly opened: OpenedTable;
  readonly dataset: Dataset;
  /** What a file that is saved says of the table. */
  readonly source: SourceTable;
  readonly job: TrainingJob;
  /** Undefined where a saved run goes on: its job is all there is. */
  readonly settings: JobSettings | undefined;
  /** The saved run that goes on. */
  readonly from: Model | undefined;
}

type Flags = TableFlags & NetworkFlags;

/** A run from its beginning, as the flags say. @throws InputError, UsageError */
export async function freshRun(
  file: string | undefined,
  flags: Flags,
  signal: AbortSignal,
): Promise<WantedRun> {
  const { opened, dataset, source } = await openDataset(file, flags, signal);
  const settings = settingsOf(flags, dataset, opened.sample && settingsOfSample(opened.sample));
  const chosen = jobOf(settings, dataset.training.outputCount);
  const job = await withInitialParameters(chosen, dataset.training.inputCount, flags.initialParameters);
  return { opened, dataset, source, job, settings, from: undefined };
}

/** A table split and scaled as the flags say. @throws InputError, UsageError */
export async function openDataset(
  file: string | undefined,
  flags: TableFlags & Pick<NetworkFlags, 'loss'>,
  signal: AbortSignal,
): Promise<Pick<WantedRun, 'opened' | 'dataset' | 'source'>> {
  const opened = await openTable(file, flags, signal);
  const options = optionsOf(opened, flags, flags.loss);
  const dataset = prepareDataset(opened.table, opened.plans, options);
  const { name, table, plans: columns } = opened;
  return {
    opened,
    dataset,
    source: { name, format: table.format, columns, options, rowCount: table.rowCount },
  };
}

/** What may be said of a run that goes on: everything else is in its file. */
const ALLOWED = [
  'continue',
  'steps',
  'earlyStopping',
  'backend',
  'strategy',
  'logEvery',
  'json',
  'save',
  'sample',
];

/**
 * A saved run that goes on, on the table it was trained on.
 *
 * @param given names of the flags that were written
 * @throws InputError if the table is another one, UsageError for a flag that the file answers
 */
export async function continuedRun(
  {
    file,
    model: path,
    given,
  }: { readonly file: string | undefined; readonly model: string; readonly given: readonly string[] },
  flags: Flags,
  signal: AbortSignal,
): Promise<WantedRun> {
  const answered = given.find((flag) => !ALLOWED.includes(flag));
  if (answered !== undefined) {
    const flag = `--${kebab(answered)}`;
    throw new UsageError(
      `${flag} is part of the run that --continue goes on with; leave it out. To change it, begin a new run.`,
    );
  }
  const from = await openModel(path);
  requireOneNetwork(from);
  const { format, columns, options } = from.table;
  const { text, ...named } = await openSource(file, flags, signal);
  const table = await readTable(text, { signal, format });
  const opened = { ...named, table, plans: columns };
  const dataset = prepareDataset(table, columns, options);
  const source = { name: named.name, format, columns, options, rowCount: table.rowCount };
  if (table.rowCount !== from.table.rowCount || (await datasetDigest(dataset)) !== from.table.digest) {
    const rows =
      table.rowCount === from.table.rowCount
        ? 'some cells differ'
        : `it has ${countOf(table.rowCount, 'row')}, not ${count(from.table.rowCount)}`;
    throw new InputError(
      `This is not the table the run was trained on: ${rows}. Give it that table; to train on other rows, begin a new ` +
        'run from its weights (export --to safetensors, then --initial-parameters).',
    );
  }
  return { opened, dataset, source, job: longerJob(from, flags.steps), settings: undefined, from };
}

/** The job with so many steps more than are trained; its own if nobody says how many. */
function longerJob({ job, snapshot: { step } }: Model, more: number | undefined): TrainingJob {
  if (more === undefined) {
    if (step < job.steps) return job;
    throw new UsageError(
      `All ${countOf(job.steps, 'step')} of this run are trained; say how many more with --steps.`,
    );
  }
  const steps = step + more;
  if (steps > MAX_STEPS) {
    throw new UsageError(
      `--steps ${count(more)} after ${count(step)} are more than ${count(MAX_STEPS)}. Use fewer.`,
    );
  }
  if (job.schedule?.kind === 'cosine' && steps !== job.steps) {
    notice(
      `The schedule cosine is stretched over ${count(steps)} steps now; it was over ${count(job.steps)}.`,
    );
  }
  return { ...job, steps };
}
