import type { Command } from 'commander';
import {
  HandgradError,
  MAX_MEMBERS,
  MAX_NETWORKS,
  outOfReach,
  settingsOfSample,
  sweepCsv,
  trainSweep,
  type Backend,
  type Sweep,
  type SweepResult,
  type SweepSettings,
} from '../index.ts';
import { chooseBackend } from './dawn.ts';
import { requireNoGpuFlags, UsageError, wantedBackend, wholeNumber } from './flags.ts';
import { Interrupted, keepOnInterruption } from './interruption.ts';
import { requireWritable, writeWhole } from './model-flags.ts';
import { notice, print } from './output.ts';
import { ProgressBar } from './progress-bar.ts';
import { jsonText } from './run-json.ts';
import { saveBest } from './saved-best.ts';
import { saveEnsemble, USUAL_MEMBERS } from './saved-ensemble.ts';
import { addSweepFlags, requireSweepable, sweepSettingsOf, type SweepFlags } from './sweep-flags.ts';
import { sweepObject } from './sweep-json.ts';
import { sweepOpening, sweepText } from './sweep-text.ts';
import { withThreads } from './threads.ts';
import { tableObject } from './train-data.ts';
import { trainLine, watchFlags } from './train-line.ts';
import { openDataset, type WantedRun } from './wanted-run.ts';
import { count, countOf, inOneLine } from './wording.ts';

const USUAL_TOP = 10;

interface SweepCommandFlags extends SweepFlags {
  readonly top: number;
  readonly json?: true;
  readonly csv?: string;
  readonly saveBest?: string;
  readonly saveEnsemble?: string;
  readonly members?: number;
}

/** A sweep that is to be trained, on what. */
interface WantedSweep extends Pick<WantedRun, 'opened' | 'dataset' | 'source'> {
  readonly settings: SweepSettings;
  readonly backend: Backend['name'];
  readonly flags: SweepCommandFlags;
  /** The command line that trains a network of it alone. */
  readonly lineOf: (result: SweepResult, place: number) => string;
}

/** Adds `handgrad sweep`. */
export function addSweepCommand(program: Command, signal: AbortSignal): void {
  const command = program
    .command('sweep')
    .summary('train many networks: seeds, learning rates, shapes …, and say which is best')
    .description(
      'Trains a network for every combination of the values its flags are given, together where they have one shape, ' +
        'and ranks them by the loss on the rows kept apart. Flags are those of train.',
    )
    .argument('[file]', 'the table, or - to read it from standard input');
  addSweepFlags(command)
    .optionsGroup('What is printed and kept:')
    .option(
      '--top <rows>',
      'how many of the best are printed',
      wholeNumber('--top', 1, MAX_NETWORKS),
      USUAL_TOP,
    )
    .option('--json', 'print one JSON object instead of text, with every network')
    .option('--csv <file>', 'the table of all networks')
    .option('--save-best <file>', 'the best network as a model, as train --save writes it')
    .option(
      '--save-ensemble <file>',
      'the best networks of one shape as one model: it predicts their mean, and how far they are apart',
    )
    .option(
      '--members <networks>',
      `how many of them; by default ${USUAL_MEMBERS}, or all where there are fewer`,
      wholeNumber('--members', 2, MAX_MEMBERS),
    );
  const written = watchFlags(command);
  command.action(async (file: string | undefined, flags: SweepCommandFlags) => {
    const wanted = await wantedSweep(file, flags, signal);
    const splitSeed = wanted.source.options.seed;
    const lineOf = ({ sweep, records, backend }: SweepResult, place: number) => {
      const { plan } = records[place];
      return trainLine(file, written, { ...sweep.networks[place], splitSeed, backend, plan });
    };
    // A Ctrl-C leaves what is finished, which is printed all the same.
    await keepOnInterruption(() => trainAndPrint({ ...wanted, lineOf }, signal));
  });
}

async function wantedSweep(
  file: string | undefined,
  flags: SweepCommandFlags,
  signal: AbortSignal,
): Promise<Omit<WantedSweep, 'lineOf'>> {
  if (flags.backend === 'cpu') requireNoGpuFlags(flags, 'leave --backend out, or say gpu');
  if (flags.members !== undefined && flags.saveEnsemble === undefined) {
    throw new UsageError(
      '--members is how many networks --save-ensemble saves; say --save-ensemble FILE, or leave --members out.',
    );
  }
  await requireFiles(flags, file);
  const table = await openDataset(file, flags, signal);
  const { opened, dataset } = table;
  const settings = await sweepSettingsOf(flags, dataset, opened.sample && settingsOfSample(opened.sample));
  requireSweepable(settings, dataset);
  if (flags.earlyStopping !== undefined && !dataset.validation) {
    throw new UsageError(
      '--early-stopping looks at validation rows, and there are none; say --validation 0.2.',
    );
  }
  return { ...table, settings, backend: await chooseBackend(wantedBackend(flags)), flags };
}

/** Before anything is trained. @throws UsageError */
async function requireFiles(
  { csv, saveBest: best, saveEnsemble: ensemble }: SweepCommandFlags,
  table: string | undefined,
): Promise<void> {
  if (csv !== undefined) await requireWritable('--csv', csv, [table, best, ensemble]);
  if (best !== undefined) await requireWritable('--save-best', best, [table, ensemble]);
  if (ensemble !== undefined) await requireWritable('--save-ensemble', ensemble, [table]);
}

async function trainAndPrint(wanted: WantedSweep, signal: AbortSignal): Promise<void> {
  const { flags, dataset, source } = wanted;
  const { saveBest: best, saveEnsemble: ensemble } = flags;
  const result = await train(wanted, signal);
  const overCount = result.ranking.length;
  if (overCount > 0) await report(wanted, result);
  if (!result.isOver) {
    const unsaved = best === undefined && ensemble === undefined ? '' : ' No model is saved.';
    throw new Interrupted(
      `Stopped after ${count(overCount)} of ${countOf(result.records.length, 'network')}.${unsaved}`,
    );
  }
  requireOneLeft(result);
  // The ensemble is there already; the best one is trained again.
  if (ensemble !== undefined) await saveEnsemble(ensemble, result, { dataset, source }, flags.members);
  if (best === undefined) return;
  await saveBest(best, result, { dataset, source }, { signal, patience: flags.earlyStopping });
}

/** @throws HandgradError if all networks diverged */
function requireOneLeft({ records }: SweepResult): void {
  if (records.some(({ divergedAt }) => divergedAt === undefined)) return;
  throw new HandgradError(
    `Training diverged in all of ${countOf(records.length, 'network')}, most likely because the learning rates are too ` +
      'high for this table; use lower ones, or scale the columns of the table to about -1 to 1.',
  );
}

async function train(wanted: WantedSweep, signal: AbortSignal): Promise<SweepResult> {
  const { opened, dataset, settings, backend, flags } = wanted;
  const { strategy, earlyStopping: patience } = flags;
  let bar: ProgressBar | undefined;
  const begin = async (sweep: Sweep) => {
    const [{ job }] = sweep.populations;
    const problem = outOfReach(job.layers[job.layers.length - 1].activation, dataset.training.targets);
    if (problem) notice(`${problem} Use --output-activation linear, or scale the target.`);
    if (!flags.json) await print(sweepOpening(opened, dataset, { sweep, backend }));
    bar = new ProgressBar(`training (${backend})`, 'network-steps', job.steps * sweep.networks.length);
  };
  try {
    return await withThreads((pool) =>
      trainSweep(backend, settings, dataset, {
        signal,
        pool,
        ...(strategy !== 'auto' && { strategy }),
        ...(patience !== undefined && { patience }),
        onExpanded: begin,
        onProgress: (overCount, networkCount, stepsDone) =>
          bar?.update(stepsDone, ` · ${count(overCount)} of ${count(networkCount)} networks`),
      }),
    );
  } finally {
    bar?.stop();
  }
}

async function report(
  { opened, dataset, settings, flags, lineOf }: WantedSweep,
  result: SweepResult,
): Promise<void> {
  const [best] = result.ranking;
  const line = result.records[best].divergedAt === undefined ? lineOf(result, best) : undefined;
  if (flags.json) {
    const { inputCount } = dataset.training;
    const object = sweepObject(result, settings, { inputCount, line });
    await print(jsonText({ ...object, table: tableObject(opened, dataset) }));
  } else {
    const alone = line === undefined ? '' : `\n\nThe best one alone:\n  ${line}`;
    await print(`${sweepText(result, flags.top)}${alone}`);
  }
  if (flags.csv === undefined) return;
  await writeWhole(flags.csv, sweepCsv(result.sweep, result.records, result.constantLoss));
  notice(`${countOf(result.records.length, 'network')} written to ${inOneLine(flags.csv)}.`);
}
