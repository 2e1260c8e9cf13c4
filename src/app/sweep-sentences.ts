// What the page says of a sweep, in words and figures.

import { shortSweptText, sweptText, type HeatCell, type SweepGroup, type SweptName } from '../index.ts';
import type { SweepReport, SweepRow } from '../worker/sweep-report.ts';
import { count, countOf, properMinus, significant, timeLeft, withDecimals } from './format.ts';

/** A swept setting, and how people read it. */
export interface SweptLabel {
  readonly name: SweptName;
  readonly label: string;
}

const NBSP = '\u00a0';

/** Why one network fails, in words. */
const NO_BETTER = 'ended no better than always the same answer';

/** `network 17` for place 16, as the exported table numbers them; without a place, whichever has the least loss. */
export function networkName(place: number | undefined): string {
  return place === undefined ? 'any network' : `network ${count(place + 1)}`;
}

/** `12 %`; `< 1 %` and `> 99 %` where it would read as none or all and is not. */
export function wholePercent(share: number): string {
  if (share > 0 && share < 0.005) return `< 1${NBSP}%`;
  if (share < 1 && share >= 0.995) return `> 99${NBSP}%`;
  return `${Math.round(100 * share)}${NBSP}%`;
}

/** A swept value with all its digits; undefined where the setting changes nothing for the network. */
export function valueOf(values: SweepGroup['values'], name: SweptName): string | undefined {
  const value = (values as Partial<Record<SweptName, Parameters<typeof sweptText>[0]>>)[name];
  return value === undefined ? undefined : sweptText(value);
}

/** A swept value as it stands in a table, and as its title all its digits where it has more. */
export function shownValue(value: string): { readonly text: string; readonly title: string | undefined } {
  const short = shortSweptText(value);
  return { text: properMinus(short), title: short === value ? undefined : properMinus(value) };
}

/** What networks are ranked by, as the page calls it. */
export function rankedName(rankedBy: SweepReport['rankedBy']): string {
  return rankedBy === 'validationLoss' ? 'validation loss' : 'final training loss';
}

/** What networks are ranked by, and so what “best” means everywhere on the page. */
export function rankingSentence(rankedBy: SweepReport['rankedBy']): string {
  return rankedBy === 'validationLoss'
    ? 'Networks are ranked by their validation loss at the end: that on rows they were not trained on. ' +
        'The best one is ranked first; its training loss need not be the smallest.'
    : 'Networks are ranked by their final training loss, as no rows are set apart for validation. The best one is ranked first.';
}

/** `Training loss of all networks`; of how many where the fan is not of all. */
export function fanHeading({ fan, networkCount }: Pick<SweepReport, 'fan' | 'networkCount'>): string {
  // A network that is trained no further still counts where the curves begin.
  const [shown = networkCount] = fan.networkCounts;
  const which =
    shown === networkCount ? 'all networks' : `${count(shown)} of ${countOf(networkCount, 'network')}`;
  return `Training loss of ${which}`;
}

/** `0.1652`; a network that diverged has none. */
export function lossText(loss: number | undefined): string | undefined {
  if (loss === undefined) return undefined;
  return Number.isFinite(loss) ? significant(loss) : 'diverged';
}

/** What a field of the heat map reads, and under it in small letters. */
export function heatTexts({ median, overCount, failedCount }: HeatCell, isBest: boolean) {
  const share =
    overCount < 100 ? `${count(failedCount)} of ${count(overCount)}` : wholePercent(failedCount / overCount);
  const fails = failedCount > 0 ? `${share} fail` : undefined;
  if (overCount === 0) return { text: '…', notes: [] };
  if (median === undefined) return { text: 'diverged', notes: [] };
  return { text: significant(median), notes: [isBest ? 'best' : undefined, fails].filter((note) => note) };
}

/** `8 of 64 seeds`: how many of a group fail, of those that are over. */
export function groupFails({ networkCount, overCount, failedCount, divergedCount }: SweepGroup): string {
  if (overCount === 0) return '…';
  if (networkCount === 1) {
    if (failedCount === 0) return 'no';
    return divergedCount > 0 ? 'diverged' : 'yes';
  }
  if (failedCount === 0) return `none of ${countOf(overCount, 'seed')}`;
  return `${count(failedCount)} of ${countOf(overCount, 'seed')}`;
}

/**
 * Which settings fail most over their seeds, and why.
 *
 * @param groupCount how many there are, of which `groups` are the first
 */
export function failSentence(
  groups: readonly SweepGroup[],
  axes: readonly SweptLabel[],
  groupCount: number,
): string {
  const over = groups.filter(({ overCount }) => overCount > 0);
  if (over.length === 0) return '';
  const worst = over.reduce((a, b) => (isWorse(b, a) ? b : a));
  const among =
    groupCount > groups.length
      ? `Among the first ${count(groups.length)} of ${count(groupCount)} combinations, `
      : '';
  const sentence = worst.failedCount > 0 ? worstSentence(worst, axes) : noneSentence(groups);
  const others = over.filter((group) => group !== worst && failsAsOften(group, worst)).length;
  const equal =
    worst.failedCount > 0 && others > 0
      ? ` ${countOf(others, 'other combination')} ${others === 1 ? 'fails' : 'fail'}${worst.networkCount === 1 ? ', too' : ' as often'}.`
      : '';
  return among + (among ? sentence : capitalised(sentence)) + equal;
}

function isWorse(a: SweepGroup, b: SweepGroup): boolean {
  const [first, second] = [a, b].map(({ failedCount, overCount }) => failedCount / overCount);
  return first === second ? a.failedCount > b.failedCount : first > second;
}

function failsAsOften(a: SweepGroup, b: SweepGroup): boolean {
  return a.failedCount * b.overCount === b.failedCount * a.overCount;
}

function worstSentence(group: SweepGroup, axes: readonly SweptLabel[]): string {
  const { networkCount, overCount, failedCount, divergedCount } = group;
  const values = valuesText(group.values, axes);
  if (networkCount === 1) {
    return `${values || 'the network'} fails: it ${divergedCount > 0 ? 'diverged' : NO_BETTER}.`;
  }
  const share = failedCount === overCount ? 'all' : count(failedCount);
  const soFar = overCount < networkCount ? ' so far' : '';
  const seeds = `${values === '' ? 'the' : 'its'} ${countOf(overCount, 'seed')}${soFar}`;
  const rest = failedCount - divergedCount;
  const reasons = [
    divergedCount > 0 ? `${count(divergedCount)} diverged` : '',
    rest > 0 ? `${count(rest)} ${NO_BETTER}` : '',
  ].filter((reason) => reason !== '');
  return `${values || 'training'} fails for ${share} of ${seeds}: ${reasons.join(', ')}.`;
}

function noneSentence(groups: readonly SweepGroup[]): string {
  const over = groups.reduce((sum, { overCount }) => sum + overCount, 0);
  const all = groups.reduce((sum, { networkCount }) => sum + networkCount, 0);
  if (all === 1) return 'the network does not fail: it ended better than always the same answer.';
  const which = over === all ? `${count(all)} networks` : `${countOf(over, 'network')} that are over`;
  return `none of the ${which} fails: none diverged, and each ended better than always the same answer.`;
}

/** `learning rate 1, momentum 0.9`. */
function valuesText(values: SweepGroup['values'], axes: readonly SweptLabel[]): string {
  return axes
    .flatMap(({ name, label }) => {
      const value = valueOf(values, name);
      return value === undefined ? [] : [`${label} ${shownValue(value).text}`];
    })
    .join(', ');
}

export function capitalised(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

/** What is to be said of a network beside its losses. */
export function rowStatus({ divergedAt, rank, hasFailed, steps }: SweepRow): string {
  if (divergedAt !== undefined) return `diverged at step ${count(divergedAt)}`;
  if (rank === undefined) return steps > 0 ? `at step ${count(steps)}` : 'waiting';
  return hasFailed ? 'fails' : '';
}

/**
 * What an ensemble of a sweep is, and of which networks it can be.
 *
 * @param ensembleCount those that are over, did not diverge and share layers and optimizer with the best one
 */
export function ensembleSentence(ensembleCount: number, isRunning: boolean): string {
  const who = 'that did not diverge and share layers and optimizer with the best one';
  const soFar = isRunning ? ' so far' : '';
  if (ensembleCount < 2) {
    return `An ensemble takes 2 or more networks ${who}; there ${ensembleCount === 1 ? 'is 1' : 'are 0'}${soFar}.`;
  }
  return (
    `An ensemble predicts the mean of its networks, and says how far they are apart. It can be of the ` +
    `${count(ensembleCount)} networks ${who}${soFar}.`
  );
}

/** `950`, `3.1 M`, `2,480 M`. */
export function inMillions(value: number): string {
  if (value < 1e6) return count(Math.round(value));
  return `${value < 99.95e6 ? withDecimals(value / 1e6, 1) : count(Math.round(value / 1e6))}${NBSP}M`;
}

/** How far a sweep is: one line, in parts that are not broken. */
export function progressTexts(
  { networkCount, overCount, stepsTaken, stepsDone, steps, trainMs }: SweepReport,
  msLeft: number | undefined,
  isRunning: boolean,
): string[] {
  const isOver = overCount === networkCount;
  const networks = isOver
    ? countOf(networkCount, 'network')
    : `${count(overCount)} of ${countOf(networkCount, 'network')}`;
  // Where networks end early, nobody knows how many steps it will have been.
  const isKnown = !isOver && stepsTaken === stepsDone;
  const done = `${inMillions(stepsTaken)} ${isKnown ? `of ${inMillions(steps)} ` : ''}steps`;
  const rate = stepsTaken > 0 && trainMs > 0 ? [rateText((1000 * stepsTaken) / trainMs)] : [];
  const left = isRunning && !isOver && msLeft !== undefined ? [timeLeft(msLeft)] : [];
  return [networks, done, ...rate, ...left].filter((text) => text !== '');
}

/** Two digits: while it runs no third one stands still. */
function rateText(stepsPerSecond: number): string {
  if (stepsPerSecond >= 1e6) return `${significant(stepsPerSecond / 1e6, 2)}${NBSP}M steps/s`;
  return `${count(Number(stepsPerSecond.toPrecision(2)))} steps/s`;
}
