import type { Command } from 'commander';
import {
  crossValidate,
  finalLoss,
  HandgradError,
  jobOf,
  outOfReach,
  prepareFolds,
  settingsOfSample,
  type Backend,
  type CrossValidation,
  type Dataset,
  type JobSettings,
  type TrainingJob,
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
import { foldsOpening, foldsText } from './folds-text.ts';
import { Interrupted, keepOnInterruption } from './interruption.ts';
import { addNetworkFlags, type NetworkFlags } from './network-flags.ts';
import { notice, print } from './output.ts';
import { ProgressBar } from './progress-bar.ts';
import { jsonText, plainJson } from './run-json.ts';
import { addTableFlags, type TableFlags } from './table-flags.ts';
import { withThreads } from './threads.ts';
import { openTable, optionsOf, readInitialParameters, tableObject, type OpenedTable } from './train-data.ts';
import { settingsOf } from './train-settings.ts';
import { count, countOf, kebab } from './wording.ts';

const USUAL_FOLDS = 5;
/** Each holds a copy of nearly all rows. */
const MAX_FOLDS = 1000;

interface FoldFlags extends TableFlags, NetworkFlags, GpuFlags {
  readonly backend: BackendFlag;
  readonly folds: number;
  readonly json?: true;
}

/** What is to be trained, on which folds. */
interface WantedFolds {
  readonly opened: OpenedTable;
  readonly folds: readonly Dataset[];
  readonly settings: JobSettings;
  readonly backend: Backend['name'];
  readonly flags: FoldFlags;
}

/** Flags of `train` that mean nothing here, and why. */
const SENSELESS: Readonly<Record<string, string>> = {
  validation: 'every row is held out once, by its fold',
  earlyStopping: 'a network would be stopped by the very rows it is measured on',
};

/** Adds `handgrad cross-validate`. */
export function addCrossValidateCommand(program: Command, signal: AbortSignal): void {
  const command = program
    .command('cross-validate')
    .summary('measure settings on every row of a table: a network for each of k folds')
    .description(
      'Shares the rows out among folds, trains a network for each on all others, and measures it on the rows of its ' +
        'fold: mean and deviation say what such a network is worth. Flags are those of train.',
    )
    .argument('[file]', 'the table, or - to read it from standard input')
    .optionsGroup('The folds:')
    .option('--folds <count>', 'how many', wholeNumber('--folds', 2, MAX_FOLDS), USUAL_FOLDS);
  addNetworkFlags(addTableFlags(command))
    .optionsGroup('Where, and what is printed:')
    .addOption(backendOption())
    .addOption(strategyOption())
    .addOption(precisionOption())
    .option('--json', 'print one JSON object instead of text');
  for (const option of command.options) {
    if (option.attributeName() in SENSELESS) option.hideHelp();
  }
  command.action(async (file: string | undefined, flags: FoldFlags) => {
    const wanted = await wantedFolds(file, flags, signal);
    // A Ctrl-C leaves what is finished, which is printed all the same.
    await keepOnInterruption(() => trainAndPrint(wanted, signal));
  });
}

async function wantedFolds(
  file: string | undefined,
  flags: FoldFlags,
  signal: AbortSignal,
): Promise<WantedFolds> {
  if (flags.backend === 'cpu') requireNoGpuFlags(flags, 'leave --backend out, or say gpu');
  requireSensible(flags);
  const opened = await openTable(file, flags, signal);
  const { validation: _, ...options } = optionsOf(opened, flags, flags.loss);
  // Rows that a sample keeps for the test would go unused here.
  const ofFolds = { ...options, test: flags.test ?? 0 };
  const folds = prepareFolds(opened.table, opened.plans, ofFolds, flags.folds);
  const [{ training }] = folds;
  const chosen = settingsOf(flags, folds[0], opened.sample && settingsOfSample(opened.sample));
  const { layers } = jobOf(chosen, training.outputCount);
  const { initialParameters: given } = flags;
  const initialParameters =
    given === undefined ? undefined : await readInitialParameters(given, training.inputCount, layers);
  const settings = { ...chosen, ...(initialParameters && { initialParameters }) };
  return { opened, folds, settings, backend: await chooseBackend(wantedBackend(flags)), flags };
}

/** @throws UsageError */
function requireSensible(flags: FoldFlags): void {
  for (const option of ['validation', 'earlyStopping'] as const) {
    if (flags[option] === undefined) continue;
    const flag = `--${kebab(option)}`;
    throw new UsageError(`${flag} has no place in a cross-validation: ${SENSELESS[option]}. Leave it out.`);
  }
}

async function trainAndPrint(wanted: WantedFolds, signal: AbortSignal): Promise<void> {
  const { opened, folds, settings, flags } = wanted;
  const result = await train(wanted, signal);
  const overCount = result.folds.filter(({ assessment }) => assessment).length;
  if (overCount > 0) {
    await print(
      flags.json ? jsonText(foldsObject(result, { opened, folds, settings })) : foldsText(result, folds),
    );
  }
  if (!result.isOver)
    throw new Interrupted(`Stopped after ${count(overCount)} of ${countOf(folds.length, 'fold')}.`);
  if (result.divergedCount < folds.length) return;
  throw new HandgradError(
    `Training diverged in all ${countOf(folds.length, 'fold')}, most likely because the learning rate ` +
      `${settings.learningRate} is too high for this table; use a lower one, or scale the columns to about -1 to 1.`,
  );
}

async function train(wanted: WantedFolds, signal: AbortSignal): Promise<CrossValidation> {
  const { opened, folds, settings, backend, flags } = wanted;
  const jobFor = (outputCount: number): TrainingJob => jobOf(settings, outputCount);
  const job = jobFor(folds[0].training.outputCount);
  const problem = outOfReach(job.layers[job.layers.length - 1].activation, folds[0].training.targets);
  if (problem) notice(`${problem} Use --output-activation linear, or scale the target.`);
  if (!flags.json) await print(foldsOpening(opened, folds, { job, backend }));
  const bar = new ProgressBar(`training (${backend})`, 'network-steps', job.steps * folds.length);
  try {
    return await withThreads((pool) =>
      crossValidate(backend, jobFor, folds, {
        signal,
        pool,
        ...(flags.strategy !== 'auto' && { strategy: flags.strategy }),
        onProgress: (overCount, foldCount, stepsDone) =>
          bar.update(stepsDone, ` · ${count(overCount)} of ${count(foldCount)} folds`),
      }),
    );
  } finally {
    bar.stop();
  }
}

/** What `--json` says; a measure that is no number is null. */
function foldsObject(
  result: CrossValidation,
  { opened, folds, settings }: Pick<WantedFolds, 'opened' | 'folds' | 'settings'>,
): unknown {
  const { backend, adapter, isOver, divergedCount, network, linearModel, constant } = result;
  const { initialParameters: _, ...said } = settings;
  const [first] = folds;
  return plainJson({
    backend,
    adapter,
    settings: said,
    foldCount: folds.length,
    isOver,
    divergedCount,
    network,
    linearModel,
    constant,
    folds: result.folds.map(({ record, hasDiverged, assessment }, i) => ({
      rows: { training: folds[i].training.rowCount, heldOut: folds[i].validation?.rowCount },
      hasDiverged,
      finalLoss: record.isOver ? finalLoss(record) : null,
      divergedAt: record.divergedAt ?? null,
      steps: record.step,
      plan: record.plan,
      measures: assessment && {
        network: assessment.network,
        linearModel: assessment.linearModel,
        constant: assessment.constant,
      },
    })),
    timing: { trainMs: result.trainMs },
    recoveryCount: result.recoveryCount,
    table: {
      ...tableObject(opened, first),
      rows: { test: first.test?.rowCount ?? 0, dropped: first.droppedRowCount },
    },
  });
}
