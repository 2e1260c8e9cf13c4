// Where the curves of a fan lie: ranges, scales, paths and ticks, without the element that draws them.

import type { LossFan } from '../index.ts';
import { linearRange, logRange, logSplits, logTick, tickOf } from './chart-scales.ts';
import { count } from './format.ts';
import { plotTicks } from './plot-points.ts';

export type FanScale = 'linear' | 'log';

/** What is drawn of one network. */
export interface FanLine {
  readonly steps: readonly number[];
  readonly losses: readonly number[];
}

export interface FanCurves {
  readonly fan: LossFan;
  readonly lines: readonly FanLine[];
  /** Of the best constant answer. */
  readonly constantLoss: number;
}

/** The edges of the drawing, in pixels. */
export interface FanFrame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface FanScales {
  x(step: number): number;
  /** A loss beyond the range lies just outside the frame, where it is not seen. */
  y(loss: number): number;
}

export interface Tick {
  readonly value: number;
  readonly text: string;
}

/** So many times the loss at the start is as far as the axis goes: drawn to infinity, all else would be flat. */
const LARGEST_SHOWN: Readonly<Record<FanScale, number>> = { linear: 2, log: 100 };
const OUTSIDE_PX = 8;

/** From the smallest loss that is drawn to the largest; to a multiple of the first where networks diverge. */
export function fanRange({ fan, lines, constantLoss }: FanCurves, scale: FanScale): [number, number] {
  const first = [fan.upper[0], fan.median[0], constantLoss].filter((loss) => Number.isFinite(loss));
  const largest = first.length > 0 ? LARGEST_SHOWN[scale] * Math.max(...first) : Infinity;
  const isShown = (loss: number) => Number.isFinite(loss) && (scale === 'linear' || loss > 0);
  let [least, most]: [number | null, number | null] = [null, null];
  for (const losses of [
    fan.lower,
    fan.median,
    fan.upper,
    ...lines.map((line) => line.losses),
    [constantLoss],
  ]) {
    for (const loss of losses) {
      if (!isShown(loss)) continue;
      least = Math.min(least ?? loss, loss);
      most = Math.max(most ?? loss, loss);
    }
  }
  if (most !== null) most = Math.min(most, largest);
  return scale === 'log' ? logRange(undefined, least, most) : linearRange(undefined, least, most);
}

export function fanScales(
  { left, right, top, bottom }: FanFrame,
  lastStep: number,
  [least, most]: readonly [number, number],
  scale: FanScale,
): FanScales {
  const warp = scale === 'log' ? Math.log : (value: number) => value;
  const [from, to] = [warp(least), warp(most)];
  return {
    x: (step) => left + ((right - left) * step) / Math.max(1, lastStep),
    y: (loss) => {
      // Not a number is what a network that diverged has.
      if (Number.isNaN(loss)) return top - OUTSIDE_PX;
      if (scale === 'log' && loss <= 0) return bottom + OUTSIDE_PX;
      const y = bottom - ((bottom - top) * (warp(loss) - from)) / (to - from);
      return Math.min(bottom + OUTSIDE_PX, Math.max(top - OUTSIDE_PX, y));
    },
  };
}

/** The path through the losses at some steps; a single one is a point. */
export function linePath({ steps, losses }: FanLine, { x, y }: FanScales): string {
  if (steps.length === 0) return '';
  const points = steps.map((step, i) => `${round(x(step))} ${round(y(losses[i]))}`);
  return `M${points.join('L')}${points.length === 1 ? 'h0' : ''}`;
}

/** The outline of what lies between two quartiles. */
export function bandPath({ steps, lower, upper }: LossFan, { x, y }: FanScales): string {
  if (steps.length === 0) return '';
  const along = (losses: readonly number[]) =>
    steps.map((step, i) => `${round(x(step))} ${round(y(losses[i]))}`);
  return `M${[...along(upper), ...along(lower).toReversed()].join('L')}Z`;
}

export function lossTicks(range: readonly [number, number], scale: FanScale): Tick[] {
  if (scale === 'log') {
    return logSplits(undefined, undefined, ...range).map((value) => ({ value, text: logTick(value) }));
  }
  const { values, step } = plotTicks(range);
  return values.map((value) => ({ value, text: tickOf(value, step) }));
}

/** Steps are whole; a short run has few of them. */
export function stepTicks(lastStep: number, most: number): Tick[] {
  const { values, step } = plotTicks([0, Math.max(1, lastStep)], Math.min(most, Math.max(1, lastStep)));
  return values.filter(() => step >= 1).map((value) => ({ value, text: count(value) }));
}

/** The place of the step that is nearest; −1 where there are none. @param steps ascending */
export function nearestStep(steps: readonly number[], step: number): number {
  let [low, high] = [0, steps.length - 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    // Nearer to the next one than to this one: it lies behind.
    if (steps[middle + 1] - step < step - steps[middle]) low = middle + 1;
    else high = middle;
  }
  return high;
}

/** The loss at a step, or at the last one before it that is kept; undefined before the first and behind the last. */
export function lossAt({ steps, losses }: FanLine, step: number): number | undefined {
  if (steps.length === 0 || step > steps[steps.length - 1]) return undefined;
  const next = steps.findIndex((each) => each > step);
  return losses[(next < 0 ? steps.length : next) - 1];
}

/** At most `most` places out of `length`, evenly chosen, the first and the last among them. */
export function spreadPlaces(length: number, most: number): number[] {
  if (length <= most) return Array.from({ length }, (_, i) => i);
  return Array.from({ length: most }, (_, i) => Math.round((i * (length - 1)) / (most - 1)));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
