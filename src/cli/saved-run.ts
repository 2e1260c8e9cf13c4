import type { Command } from 'commander';
import {
  certify,
  modelOf,
  revealed,
  writeCertificate,
  writeModel,
  type RunResult,
  type TrainingSession,
} from '../index.ts';
import { UsageError } from './flags.ts';
import { Interrupted } from './interruption.ts';
import { noticeSaved, requireWritable, writeWhole } from './model-flags.ts';
import { notice } from './output.ts';
import { runToEnd, type Watching } from './training-run.ts';
import type { WantedRun } from './wanted-run.ts';
import { count } from './wording.ts';

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
  { save, certificate, earlyStopping }: FileFlags,
  watching: Watching,
): Promise<RunResult> {
  const { job, dataset, source } = wanted;
  try {
    const result = await runToEnd(session, watching);
    if (save !== undefined) await saveModel(session, wanted, save);
    if (certificate !== undefined) {
      const run = { job, dataset, source, patience: earlyStopping, result };
      const text = await writeCertificate(await certify(run, watching.signal));
      await writeWhole(certificate, text);
      notice(`Certificate written to ${certificate}.`);
    }
    return result;
  } catch (error) {
    if (error instanceof Interrupted && save !== undefined && session.stepCount > 0) {
      await saveModel(session, wanted, save);
      const { stepCount } = session;
      notice(
        `Saved at step ${count(stepCount)} of ${count(job.steps)}; --continue ${save} goes on from there.`,
      );
    }
    throw error;
  }
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
