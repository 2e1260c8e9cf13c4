import type { Command } from 'commander';
import {
  certify,
  HandgradError,
  modelOf,
  revealed,
  writeCertificate,
  writeModel,
  type RunResult,
  type TrainingSession,
} from '../index.ts';
import { UsageError } from './flags.ts';
import { Interrupted, keepOnInterruption } from './interruption.ts';
import { noticeSaved, requireWritable, writeWhole } from './model-flags.ts';
import { notice } from './output.ts';
import { runToEnd, type Watching } from './training-run.ts';
import type { WantedRun } from './wanted-run.ts';
import { count, inOneLine } from './wording.ts';

/** What is kept of a run, and what it goes on from. */
export interface FileFlags {
  readonly save?: string;
  readonly continue?: string;
  readonly certificate?: string;
  readonly earlyStopping?: number;
}

/** Adds the flags that keep a run. */
export function addFileFlags(command: Command): Command {
  return command
    .optionsGroup('What is kept:')
    .option(
      '--save <file>',
      'the model, with all it takes to predict and to go on (usually .handgrad.safetensors); after Ctrl-C as far as it came',
    )
    .option('--continue <file>', 'go on from a model that was saved; --steps says how many more')
    .option('--certificate <file>', 'what the run was and came to, for handgrad verify to repeat');
}

/** Before anything is trained. @param table its file, if it is one @throws UsageError */
export async function requireFiles(
  { save, certificate, continue: from }: FileFlags,
  table: string | undefined,
): Promise<void> {
  if (save !== undefined) await requireWritable('--save', save, [table, certificate]);
  if (certificate !== undefined) await requireWritable('--certificate', certificate, [table]);
  if (certificate === undefined || from === undefined) return;
  throw new UsageError(
    '--certificate is for a run from its first step, which --continue is not. Leave one of them out.',
  );
}

/** Trains to the end and keeps what was asked for; what Ctrl-C leaves is saved too. @throws as `runToEnd` */
export async function runAndSave(
  session: TrainingSession,
  wanted: WantedRun,
  flags: FileFlags,
  watching: Watching,
): Promise<RunResult> {
  const { save, certificate } = flags;
  const result = await (save === undefined
    ? runToEnd(session, watching)
    : keepOnInterruption(() => trainAndSave(session, wanted, save, watching)));
  // One that came while the last step was being saved.
  watching.signal.throwIfAborted();
  if (certificate !== undefined) await saveCertificate(certificate, { wanted, flags, result, watching });
  return result;
}

async function trainAndSave(
  session: TrainingSession,
  wanted: WantedRun,
  path: string,
  watching: Watching,
): Promise<RunResult> {
  // What cannot be written is said before it is trained.
  writeModel(await modelOf(session, wanted.dataset, wanted.source));
  let result: RunResult;
  try {
    result = await runToEnd(session, watching);
  } catch (error) {
    if (error instanceof Interrupted && session.stepCount > 0) await saveInterrupted(session, wanted, path);
    throw error;
  }
  await saveModel(session, wanted, path);
  return result;
}

/** Says what came of it: the Ctrl-C stays what ended the run. */
async function saveInterrupted(session: TrainingSession, wanted: WantedRun, path: string): Promise<void> {
  const { stepCount, job } = session;
  try {
    await saveModel(session, wanted, path);
    notice(
      `Saved at step ${count(stepCount)} of ${count(job.steps)}; --continue ${path} goes on from there.`,
    );
  } catch (error) {
    if (!(error instanceof HandgradError)) throw error;
    notice(`error: Nothing is saved. ${error.message}`);
  }
}

async function saveCertificate(
  path: string,
  run: {
    readonly wanted: WantedRun;
    readonly flags: FileFlags;
    readonly result: RunResult;
    readonly watching: Watching;
  },
): Promise<void> {
  const { wanted, flags, result, watching } = run;
  const { job, dataset, source } = wanted;
  const certified = { job, dataset, source, patience: flags.earlyStopping, result };
  const text = await writeCertificate(await certify(certified, watching.signal));
  await writeWhole(path, text);
  const told = revealed({ encoding: dataset.encoding, table: source }, 'certificate');
  notice(`Certificate written to ${inOneLine(path)}. ${told}`);
}

async function saveModel(
  session: TrainingSession,
  { dataset, source }: WantedRun,
  path: string,
): Promise<void> {
  const model = await modelOf(session, dataset, source);
  const bytes = writeModel(model);
  await writeWhole(path, bytes);
  noticeSaved(path, bytes.length, revealed(model, 'model'));
}
