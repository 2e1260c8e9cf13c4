import type { Command } from 'commander';
import {
  assess,
  inUnitsOfTable,
  layOutNetwork,
  logStride,
  MAX_STEPS,
  outOfReach,
  TrainingSession,
  type Dataset,
  type Model,
  type RunResult,
} from '../index.ts';
import { chooseBackend } from './dawn.ts';
import {
  backendOption,
  precisionOption,
  requireNoGpuFlags,
  strategyOption,
  UsageError,
  wantedBackend,
  wholeNumber,
  type BackendFlag,
  type GpuFlags,
} from './flags.ts';
import { measuresText } from './measures-text.ts';
import { addNetworkFlags, type NetworkFlags } from './network-flags.ts';
import { notice, print } from './output.ts';
import { jsonText, measuresObject, requireRoomInJson, runObject } from './run-json.ts';
import { addFileFlags, requireFiles, runAndSave, type FileFlags } from './saved-run.ts';
import { addTableFlags, type TableFlags } from './table-flags.ts';
import { timingText } from './timing-text.ts';
import { tableObject } from './train-data.ts';
import { trainClosing, trainOpening } from './train-text.ts';
import { noticeRecovery } from './training-run.ts';
import { continuedRun, freshRun, type WantedRun } from './wanted-run.ts';

interface TrainFlags extends TableFlags, NetworkFlags, GpuFlags, FileFlags {
  readonly backend: BackendFlag;
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
    .addOption(backendOption())
    .addOption(strategyOption())
    .addOption(precisionOption())
    .option(
      '--log-every <steps>',
      'steps between log lines (default: a tenth of all)',
      wholeNumber('--log-every', 1, MAX_STEPS),
    )
    .option('--json', 'print one JSON object instead of text; its losses are those of the log lines');
  addFileFlags(command).action((file: string | undefined, flags: TrainFlags) => {
    const given = command.options
      .map((option) => option.attributeName())
      .filter((name) => command.getOptionValueSource(name) === 'cli');
    return runTraining({ file, given }, flags, signal);
  });
}

async function runTraining(
  { file, given }: { readonly file: string | undefined; readonly given: readonly string[] },
  flags: TrainFlags,
  signal: AbortSignal,
): Promise<void> {
  if (flags.backend === 'cpu') requireNoGpuFlags(flags, 'leave --backend out, or say gpu');
  await requireFiles(flags, file);
  const wanted =
    flags.continue === undefined
      ? await freshRun(file, flags, signal)
      : await continuedRun({ file, model: flags.continue, given }, flags, signal);
  const { dataset, job } = wanted;
  const { training, validation } = dataset;
  if (flags.earlyStopping !== undefined && !validation) {
    throw new UsageError(
      '--early-stopping looks at validation rows, and there are none; say --validation 0.2.',
    );
  }
  const logEvery = flags.logEvery ?? logStride(job.steps);
  if (flags.json) {
    const { parameterCount } = layOutNetwork(training.inputCount, job.layers);
    requireRoomInJson(parameterCount, Math.ceil(job.steps / logEvery));
  }
  const session = await openSession(wanted, flags);
  try {
    const problem = outOfReach(job.layers[job.layers.length - 1].activation, training.targets);
    if (problem) notice(`${problem} Use --output-activation linear, or scale the target.`);
    await trainAndPrint(session, wanted, { flags, logEvery, signal });
  } finally {
    session.dispose();
  }
}

async function openSession(
  { dataset: { training, validation }, job, from }: WantedRun,
  flags: TrainFlags,
): Promise<TrainingSession> {
  const backend = await chooseBackend(backendOfRun(flags, from));
  const { strategy, earlyStopping: patience } = flags;
  const goOn = from && { from: { snapshot: from.snapshot, losses: from.losses } };
  // The plan of the file, so that the run is the same to the last bit; unless another one was asked for.
  const isSamePath = from && (from.snapshot.plan.strategy === 'reference') === (backend === 'cpu');
  const isPlanned = isSamePath && strategy === 'auto';
  return TrainingSession.open(backend, job, training, {
    ...(strategy !== 'auto' && { strategy }),
    ...goOn,
    ...(isPlanned && { plan: from.snapshot.plan }),
    ...(validation && { validation: { data: validation, ...(patience !== undefined && { patience }) } }),
    onRecovery: noticeRecovery,
  });
}

/** A saved run goes on where it was, unless another path is asked for. */
function backendOfRun(flags: TrainFlags, from: Model | undefined): BackendFlag {
  const wanted = wantedBackend(flags);
  if (wanted !== 'auto' || !from) return wanted;
  return from.snapshot.plan.strategy === 'reference' ? 'cpu' : 'gpu';
}

async function trainAndPrint(
  session: TrainingSession,
  wanted: WantedRun,
  {
    flags,
    logEvery,
    signal,
  }: { readonly flags: TrainFlags; readonly logEvery: number; readonly signal: AbortSignal },
): Promise<void> {
  const { opened, dataset, job, settings } = wanted;
  if (!flags.json) await print(trainOpening(opened, dataset, session));
  const result = await runAndSave(session, wanted, flags, {
    logEvery,
    ...(!flags.json && { printLines: print }),
    signal,
  });
  const parts = await assess(session, dataset);
  if (flags.json) {
    await print(
      jsonText({
        ...runOf(dataset, result, logEvery),
        settings,
        table: tableObject(opened, dataset),
        measures: parts.map(measuresObject),
      }),
    );
    return;
  }
  const measures = measuresText(parts, dataset);
  await print(
    `${trainClosing(opened, dataset, { result, loss: job.loss }, parts)}\n\n${measures}\n\n${timingText([{ result }])}`,
  );
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
