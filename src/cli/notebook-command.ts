import type { Command } from 'commander';
import {
  inferColumns,
  HandgradError,
  LEAST_REPETITIONS,
  logStride,
  MAX_STEPS,
  measure,
  notebookJob,
  orTable,
  readTable,
  TrainingSession,
  validateRun,
  type Backend,
  type Measurement,
  type RunResult,
  type Table,
  type TrainingData,
  type TrainingJob,
  prepareDataset,
  usualOptions,
} from '../index.ts';
import { requireGpu } from './dawn.ts';
import {
  oneOf,
  precisionOption,
  requireNoGpuFlags,
  strategyOption,
  wholeNumber,
  type GpuFlags,
} from './flags.ts';
import {
  notebookClosing,
  notebookGradients,
  notebookOpening,
  notebookPredictions,
  pathHeading,
} from './notebook-text.ts';
import { print } from './output.ts';
import { ProgressBar } from './progress-bar.ts';
import { jsonText, runObject } from './run-json.ts';
import { timingText, type TimedRun } from './timing-text.ts';
import { noticeRecovery, runToEnd } from './training-run.ts';
import { validationText } from './validation-text.ts';

const MOST_REPETITIONS = 1000;

interface NotebookFlags extends GpuFlags {
  readonly backend: Backend['name'] | 'both';
  readonly steps: number;
  readonly repeat?: number;
  readonly json?: true;
}

/** One invocation: the notebook's job on its table. */
interface Notebook {
  readonly job: TrainingJob;
  readonly table: Table;
  readonly data: TrainingData;
  readonly flags: NotebookFlags;
  readonly signal: AbortSignal;
}

/** Adds `handgrad notebook`. */
export function addNotebookCommand(program: Command, signal: AbortSignal): void {
  program
    .command('notebook')
    .summary('train the notebook’s network on the OR table and print what the notebook prints')
    .description(
      'Trains the notebook’s 2-3-1 sigmoid network on the OR table, prints what the notebook prints, then the ' +
        'predictions and where the time went. With both paths, the GPU run is held against float64.',
    )
    .option('--backend <path>', 'cpu, gpu or both', oneOf('--backend', ['cpu', 'gpu', 'both']), 'cpu')
    .option(
      '--steps <count>',
      'optimizer updates; with 1, the gradients are printed too',
      wholeNumber('--steps', 1, MAX_STEPS),
      notebookJob.steps,
    )
    .option(
      '--repeat <count>',
      `train that often again, warm, and print median and range (at least ${LEAST_REPETITIONS})`,
      wholeNumber('--repeat', LEAST_REPETITIONS, MOST_REPETITIONS),
    )
    .addOption(strategyOption())
    .addOption(precisionOption())
    .option('--json', 'print one JSON object instead of text')
    .action((flags: NotebookFlags) => runNotebook(flags, signal));
}

async function runNotebook(flags: NotebookFlags, signal: AbortSignal): Promise<void> {
  const backends: readonly Backend['name'][] = flags.backend === 'both' ? ['cpu', 'gpu'] : [flags.backend];
  if (backends.includes('gpu')) await requireGpu();
  else requireNoGpuFlags(flags, 'add --backend gpu or both');
  const table = await readTable(orTable.csv);
  const { training: data } = prepareDataset(
    table,
    inferColumns(table),
    usualOptions(table.rowCount, orTable),
  );
  const { steps, precision } = flags;
  const job = { ...notebookJob, steps, ...(precision && { precision }) };
  const notebook: Notebook = { job, table, data, flags, signal };

  const runs: TimedRun[] = [];
  if (!flags.json) await print(notebookOpening(notebook.job, data));
  for (const backend of backends) runs.push(await trainPath(notebook, backend));
  const [first, second] = runs.map(({ result }) => result);
  const both = { job: notebook.job, data, reference: first, gpu: second };
  const verdict = backends.length > 1 ? await validateRun(both, signal) : undefined;

  if (flags.json) {
    const objects = runs.map(({ result, measurement }) =>
      runObject(result, logStride(flags.steps), measurement),
    );
    await print(
      jsonText(
        verdict ? { runs: objects, validation: { ...verdict, holds: verdict.holds ?? null } } : objects[0],
      ),
    );
  } else {
    await print(`\n${timingText(runs)}`);
    if (verdict) await print(`\n${validationText(verdict)}`);
  }
  if (verdict?.holds === false) {
    throw new HandgradError('The GPU run differs from float64 by more than the tolerance.');
  }
}

/** Trains on one path and prints the notebook's text as it comes. */
async function trainPath(notebook: Notebook, backend: Backend['name']): Promise<TimedRun> {
  const { job, table, data, flags, signal } = notebook;
  const { strategy } = flags;
  const options = backend === 'gpu' && strategy !== 'auto' ? { strategy } : {};
  const session = await TrainingSession.open(backend, job, data, { ...options, onRecovery: noticeRecovery });
  try {
    if (flags.json) {
      const result = await runToEnd(session, { logEvery: logStride(job.steps), signal });
      return { result, measurement: await repeat(notebook, result) };
    }
    if (flags.backend === 'both') await print(pathHeading(backend));
    const gradients = job.steps === 1 ? await session.gradients() : undefined;
    const result = await runToEnd(session, { logEvery: logStride(job.steps), printLines: print, signal });
    if (gradients) await print(notebookGradients(result.network, gradients));
    await print(`${notebookClosing(result)}\n\n${notebookPredictions(table, result)}`);
    return { result, measurement: await repeat(notebook, result) };
  } finally {
    session.dispose();
  }
}

async function repeat(
  { job, data, flags, signal }: Notebook,
  { backend, plan }: RunResult,
): Promise<Measurement | undefined> {
  if (flags.repeat === undefined) return undefined;
  const bar = new ProgressBar(`repeating (${backend})`, 'runs', flags.repeat);
  try {
    const onRepetition = (count: number) => bar.update(count);
    const { repeat: repetitions } = flags;
    return await measure(backend, { job, data }, { repetitions, onRepetition, signal, plan });
  } finally {
    bar.stop();
  }
}
