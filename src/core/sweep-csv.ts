import { finalLoss, ranking, type NetworkRecord } from './network-record.ts';
import { hasFailed } from './sweep-summary.ts';
import { sweptText } from './sweep-range.ts';
import { sweepable } from './sweep-settings.ts';
import type { Sweep } from './sweep.ts';

/**
 * The table of a sweep as CSV, one line per network: the best first, those that diverged behind, then those that are
 * not over. What changes nothing for a network, and losses of one that diverged, are empty.
 *
 * @param records one per network, in the same order
 * @param constantLoss of the training rows
 */
export function sweepCsv(
  { axes, networks }: Pick<Sweep, 'axes' | 'networks'>,
  records: readonly NetworkRecord[],
  constantLoss: number,
): string {
  const header = [
    'rank',
    'network',
    ...axes.map(({ name }) => sweepable[name].label),
    'final loss',
    'validation loss',
    'failed',
    'diverged at step',
    'steps',
    'path',
  ];
  const ranked = ranking(records);
  const rest = records.flatMap(({ isOver }, place) => (isOver ? [] : [place]));
  const lines = [...ranked, ...rest].map((place, i) => {
    const record = records[place];
    const { isOver, validationLoss, divergedAt, step, plan } = record;
    const { values } = networks[place];
    return [
      isOver ? i + 1 : undefined,
      place + 1,
      ...axes.map(({ name }) => {
        const value = values[name];
        return value === undefined ? undefined : sweptText(value);
      }),
      isOver ? finite(finalLoss(record)) : undefined,
      finite(validationLoss),
      isOver ? Number(hasFailed(record, constantLoss)) : undefined,
      divergedAt,
      step,
      plan?.strategy,
    ];
  });
  return [header, ...lines].map((cells) => `${cells.map(cellText).join(',')}\n`).join('');
}

function finite(value: number | undefined): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

/** The layers of a network, 16,8, hold commas; nothing here holds quotes. */
function cellText(cell: string | number | undefined): string {
  const text = String(cell ?? '');
  return text.includes(',') ? `"${text}"` : text;
}
