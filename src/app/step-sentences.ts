import type { Frame } from '../worker/client.ts';
import { count, countOf, significant } from './format.ts';

/** How the network on the page is looked at. */
export interface LookedStep {
  /** The picture; undefined before the first. */
  readonly frame: Frame | undefined;
  /** Of the network that is looked at, and not of the one before it. */
  readonly isUpToDate: boolean;
  /** The step that was asked for; undefined for where the run stands. */
  readonly step: number | undefined;
  readonly hasRun: boolean;
  readonly isLive: boolean;
  readonly isEdited: boolean;
  /** The settings are no longer those of the run. */
  readonly isStale: boolean;
}

/** Which step is shown, what its loss is, and what is to be known of it. */
export function stepSentence(looked: LookedStep): string {
  const { frame, isUpToDate, step, hasRun, isLive, isEdited, isStale } = looked;
  if (!frame || !isUpToDate) return 'Looking …';
  const { loss, trainingRowCount } = frame;
  const over = loss.rowCount < trainingRowCount ? ` over ${rowsOf(loss.rowCount, trainingRowCount)}` : '';
  const lossText = `loss ${significant(loss.loss)}${over}`;
  const changed = isEdited ? ', changed by hand; another step shows the run’s own weights again' : '';
  if (!hasRun) {
    return `Before its first step: ${lossText}${changed}. Train, and every step of the run can be looked at.`;
  }
  const at = `Step ${count(frame.step)} of ${count(frame.lastStep)}: ${lossText}`;
  if (isLive) return `${at}, as it trains.`;
  const isBest = step === undefined && frame.step < frame.lastStep && !isEdited;
  const best = isBest ? ', the lowest of the validation rows: the run went back to it' : '';
  const stale = isStale ? ' Of the run on the page, not of the settings as they are now.' : '';
  return `${at}${best}${changed}.${stale}`;
}

function rowsOf(some: number, all: number): string {
  return `${count(some)} of its ${countOf(all, 'row')}`;
}
