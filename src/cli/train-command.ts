import type { Command } from 'commander';
import {
  assess,
  inUnitsOfTable,
  jobOf,
  layOutNetwork,
  logStride,
  MAX_STEPS,
  outOfReach,
  rowCountsOf,
  settingsOfSample,
  TrainingSession,
  type Backend,
  type Dataset,
  type PartAssessment,
  type RunResult,
} from '../index.ts';
import { findHardwareGpu, requireGpu } from './dawn.ts';
import {
  oneOf,
  precisionOption,
  requireNoGpuFlags,
  strategyOption,
  UsageError,
  wholeNumber,
  type GpuFlags,
} from './flags.ts';
import { measuresText } from './measures-text.ts';
import { addNetworkFlags, type NetworkFlags } from './network-flags.ts';
import { notice, print } from './output.ts';
import { jsonText, requireRoomInJson, runObject } from './run-json.ts';
import { addTableFlags, type TableFlags } from './table-flags.ts';
import { timingText } from './timing-text.ts';
import { openTable, prepareTable, withInitialParameters, type OpenedTable } from './train-data.ts';
import { settingsOf } from './train-settings.ts';
import { trainClosing, trainOpening } from './train-text.ts';
import { noticeRecovery, runToEnd } from './training-run.ts';

interface TrainFlags extends TableFlags, NetworkFlags, GpuFlags {
  readonly backend: Backend['name'] | 'auto';
  readonly logEvery?: number;
  readonly json?: true;
}

/** Adds `handgrad train`. */
export function addTrainCommand(program: Command, signal: AbortSignal): void {
  const command = program
    .command('train')
    .summary('train a network on a table of your own')
    .description(
      'Trains a network on a CSV file. Columns are numbers or categories by their cells; the first numbers the rows ' +
        'if it is named like that (observation, index, id, …), the last is the target, the rest are inputs. What is ' +
        'not said takes what fits the target.',
    )
    .argument('[file]', 'the table, or - to read it from standard input');
  addNetworkFlags(addTableFlags(command))
    .optionsGroup('Where, and what is printed:')
    .option(
      '--backend <path>',
      'auto (a GPU if there is one), cpu or gpu',
      oneOf('--backend', ['auto', 'cpu', 'gpu']),
      'auto',
    )
    .addOption(strategyOption())
    .addOption(precisionOption())
    .option(
      '--log-every <steps>',
      'steps between log lines (default: a tenth of all)',
      wholeNumber('--log-every', 1, MAX_STEPS),
    )
    .option('--json', 'print one JSON object instead of text; its losses are those of the log lines')
    .action((file: string | undefined, flags: TrainFlags) => runTraining(file, flags, signal));
}

async function runTraining(file: string | undefined, flags: TrainFlags, signal: AbortSignal): Promise<void> {
  if (flags.backend === 'cpu') requireNoGpuFlags(flags, 'leave --backend out, or say gpu');
  const opened = await openTable(file, flags, signal);
  const dataset = prepareTable(opened, flags, flags.loss);
  const { training, validation } = dataset;
  const settings = settingsOf(flags, dataset, opened.sample && settingsOfSample(opened.sample));
  const chosen = jobOf(settings, training.outputCount);
  const job = await withInitialParameters(chosen, training.inputCount, flags.initialParameters);
  const patience = flags.earlyStopping;
  if (patience !== undefined && !validation) {
    throw new UsageError(
      '--early-stopping looks at validation rows, and there are none; say --validation 0.2.',
    );
  }
  const logEvery = flags.logEvery ?? logStride(job.steps);
  if (flags.json) {
    const { parameterCount } = layOutNetwork(training.inputCount, job.layers);
    requireRoomInJson(parameterCount, Math.ceil(job.steps / logEvery));
  }
  // Who asks for a strategy or a precision asks for the GPU.
  const isGpuWanted =
    flags.backend === 'auto' && (flags.strategy !== 'auto' || flags.precision !== undefined);
  const session = await TrainingSession.open(
    await chooseBackend(isGpuWanted ? 'gpu' : flags.backend),
    job,
    training,
    {
      ...(flags.strategy !== 'auto' && { strategy: flags.strategy }),
      ...(validation && { validation: { data: validation, ...(patience !== undefined && { patience }) } }),
      onRecovery: noticeRecovery,
    },
  );
  try {
    const problem = outOfReach(job.layers[job.layers.length - 1].activation, training.targets);
    if (problem) notice(`${problem} Use --output-activation linear, or scale the target.`);
    if (flags.json) {
      const result = await runToEnd(session, { logEvery, signal });
      const parts = await assess(session, dataset);
      await print(
        jsonText({
          ...runOf(dataset, result, logEvery),
          settings,
          table: tableObject(opened, dataset),
          measures: parts.map(measuresOf),
        }),
      );
      return;
    }
    await print(trainOpening(opened, dataset, session, settings));
    const result = await runToEnd(session, { logEvery, printLines: print, signal });
    const parts = await assess(session, dataset);
    const measures = measuresText(parts, dataset);
    await print(
      `${trainClosing(opened, dataset, { result, loss: job.loss }, parts)}\n\n${measures}\n\n${timingText([{ result }])}`,
    );
  } finally {
    session.dispose();
  }
}

/** The run, its predictions in the units of the table. */
function runOf(dataset: Dataset, result: RunResult, logEvery: number) {
  const predictions = inUnitsOfTable(dataset, result.predictions);
  const rowCount = predictions.length / dataset.training.outputCount;
  // Rows of the table, counted from 1: predictions are of those that were trained on.
  const predictionRows = [...dataset.rows.training.subarray(0, rowCount)].map((row) => row + 1);
  return {
    ...runObject({ ...result, predictions }, logEvery),
    predictionRows,
    validation: result.validation,
  };
}

/** Without the rows themselves. */
function measuresOf({ part, rowCount, network, linearModel, constant }: PartAssessment) {
  return { part, rowCount, network, linearModel, constant };
}

async function chooseBackend(wanted: TrainFlags['backend']): Promise<Backend['name']> {
  if (wanted === 'auto') return (await findHardwareGpu()) ? 'gpu' : 'cpu';
  if (wanted === 'gpu') await requireGpu();
  return wanted;
}

/** The table as it was understood. */
function tableObject({ table, plans }: OpenedTable, dataset: Dataset) {
  const { task, classes, inputNames, filledCellCount } = dataset;
  return {
    rowCount: table.rowCount,
    format: table.format,
    notes: table.notes,
    columns: plans.map(({ name, type, role }) => ({ name, type, role })),
    task,
    classes,
    inputNames,
    rows: rowCountsOf(dataset),
    filledCellCount,
  };
}
