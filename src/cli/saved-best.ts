import {
  jobOf,
  modelOf,
  revealed,
  scientific,
  TrainingSession,
  writeModel,
  type NetworkRecord,
  type SweepResult,
} from '../index.ts';
import { noticeSaved, writeWhole } from './model-flags.ts';
import { notice } from './output.ts';
import { noticeRecovery, runToEnd } from './training-run.ts';
import type { WantedRun } from './wanted-run.ts';
import { count } from './wording.ts';

/**
 * Trains the best network of a sweep again, alone and by the plan it had, and saves it.
 *
 * @param result of which one did not diverge at least
 * @throws Interrupted if the signal is aborted
 */
export async function saveBest(
  path: string,
  result: SweepResult,
  { dataset, source }: Pick<WantedRun, 'dataset' | 'source'>,
  { signal, patience }: { readonly signal: AbortSignal; readonly patience: number | undefined },
): Promise<void> {
  const { backend, sweep, ranking, records } = result;
  const [place] = ranking;
  const { plan } = records[place];
  const { training, validation } = dataset;
  const job = jobOf(sweep.networks[place].settings, training.outputCount);
  const isWatched = patience !== undefined && validation;
  const session = await TrainingSession.open(backend, job, training, {
    ...(plan && { plan }),
    ...(isWatched && { validation: { data: validation, patience } }),
    onRecovery: noticeRecovery,
  });
  try {
    const { losses } = await runToEnd(session, { logEvery: job.steps, signal });
    noticeDifference(losses, records[place], result.lossSteps);
    const model = await modelOf(session, dataset, source);
    const bytes = writeModel(model);
    await writeWhole(path, bytes);
    noticeSaved(path, bytes.length, revealed(model, 'model'));
  } finally {
    session.dispose();
  }
}

/** Says where a network trained alone is not the one of the sweep. */
function noticeDifference(losses: Float64Array, record: NetworkRecord, lossSteps: Uint32Array): void {
  const kept = lossSteps.filter((step) => step < losses.length);
  const at = kept.findIndex((step, i) => losses[step] !== record.losses[i]);
  if (at === -1 && kept.length === record.losses.length) return;
  const step = kept[Math.max(at, 0)];
  const [alone, swept] = [losses[step], record.losses[Math.max(at, 0)]].map((loss) => scientific(loss, 6));
  notice(
    at === -1
      ? `Trained again, the best network ended after ${count(losses.length)} steps; it took ${count(record.step)} in the sweep.`
      : `Trained again, the best network is not the same to the last bit: at step ${count(step)} its loss is ${alone}, ` +
          `and was ${swept} in the sweep.`,
  );
}
