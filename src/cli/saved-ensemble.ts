import { ensembleOfSweep, memberCountOf, revealed, writeModel, type SweepResult } from '../index.ts';
import { noticeEnsemble, noticeSaved, writeWhole } from './model-flags.ts';
import { notice } from './output.ts';
import type { WantedRun } from './wanted-run.ts';
import { count } from './wording.ts';

/** Networks of an ensemble where nobody says how many. */
export const USUAL_MEMBERS = 10;

/**
 * Saves the best networks of a sweep as one model.
 *
 * @param result of a sweep that is over
 * @param members how many, if there are so many; as usual if left out
 * @throws InputError if there are fewer than 2
 */
export async function saveEnsemble(
  path: string,
  result: SweepResult,
  { dataset, source }: Pick<WantedRun, 'dataset' | 'source'>,
  members: number | undefined,
): Promise<void> {
  const model = await ensembleOfSweep(result, members ?? USUAL_MEMBERS, dataset, source);
  const bytes = writeModel(model);
  await writeWhole(path, bytes);
  noticeSaved(path, bytes.length, revealed(model, 'model'));
  noticeEnsemble(model);
  const memberCount = memberCountOf(model);
  if (members === undefined || memberCount === members) return;
  notice(
    `It has ${count(memberCount)} members and not ${count(members)}: no more different networks share layers and optimizer with ` +
      'the best one and did not diverge.',
  );
}
