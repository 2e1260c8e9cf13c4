import { scientific, type Verdict } from '../index.ts';
import { textTable } from './text-table.ts';
import { count } from './wording.ts';

/** The verdict with its numbers. */
export function validationText(verdict: Verdict): string {
  const { loss, lossStep, allowedLoss, parameter, allowedParameter, holds, reason } = verdict;
  const table = textTable(
    [
      ['Validation', 'difference', 'tolerance', ''],
      [
        'loss, relative',
        scientific(loss, 1),
        scientific(allowedLoss, 1),
        `largest at step ${count(lossStep)}`,
      ],
      [
        'parameter, absolute',
        scientific(parameter, 1),
        scientific(allowedParameter, 1),
        'largest of the final parameters',
      ],
    ],
    ['left', 'right', 'right', 'left'],
  );
  if (holds === undefined) return `${table}\nVerdict: none, because ${reason}.`;
  const outcome = holds ? 'the GPU agrees with float64' : 'the GPU does NOT agree with float64';
  return `${table}\nTolerance: ${reason}.\nVerdict: ${outcome}.`;
}
