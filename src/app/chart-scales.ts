// What the loss chart draws where: points, ranges and ticks, without the library that draws them.

import type { LossCurve } from '../worker/client.ts';
import { significant, withDecimals } from './format.ts';

type Points = (number | null)[];

/**
 * Curves over the steps that any of them has: null where one has no point, or one that cannot be drawn.
 *
 * @returns the steps, then the points of each curve
 */
export function alignCurves(
  curves: readonly (LossCurve | undefined)[],
  isLog: boolean,
): [number[], ...Points[]] {
  const strides = new Set(curves.flatMap((curve) => curve?.steps.slice(1, 2) ?? []));
  const longest = curves.reduce((a, b) => ((a?.steps.length ?? 0) >= (b?.steps.length ?? 0) ? a : b));
  // Curves of one stride are beginnings of the longest one; a run that diverged early has a stride of its own.
  if (strides.size <= 1) {
    const steps = [...(longest?.steps ?? [])];
    return [steps, ...curves.map((curve) => steps.map((_, index) => drawable(curve?.losses[index], isLog)))];
  }
  const steps = [...new Set(curves.flatMap((curve) => curve?.steps ?? []))].toSorted((a, b) => a - b);
  const points = curves.map((curve) => {
    const lossAt = new Map(curve?.steps.map((step, index) => [step, curve.losses[index]]));
    return steps.map((step) => drawable(lossAt.get(step), isLog));
  });
  return [steps, ...points];
}

function drawable(loss: number | undefined, isLog: boolean): number | null {
  return loss !== undefined && Number.isFinite(loss) && (!isLog || loss > 0) ? loss : null;
}

/** At most `pointCount` points, each the largest of as many neighbours. */
export function largestOf({ steps, losses }: LossCurve, pointCount: number): LossCurve {
  const stride = Math.max(1, Math.ceil(steps.length / pointCount));
  const starts = steps.map((_, index) => index).filter((index) => index % stride === 0);
  return {
    steps: starts.map((start) => steps[start]),
    losses: starts.map((start) => Math.max(...losses.slice(start, start + stride))),
  };
}

/** A loss this many times the first is off a linear scale: drawn to it, a diverging run is a flat line and a wall. */
const LARGEST_SHOWN = 20;

/** From the smallest loss to the largest, or to a multiple of the first where a run diverged. */
export function divergingRange(first: number) {
  const largest = Number.isFinite(first) ? LARGEST_SHOWN * first : Infinity;
  return (_: unknown, least: number | null, most: number | null): [number, number] =>
    linearRange(_, least, most === null ? null : Math.min(most, largest));
}

export function linearRange(_: unknown, least: number | null, most: number | null): [number, number] {
  if (least === null || most === null) return [0, 1];
  const room = (most - least || Math.abs(most) || 1) * 0.08;
  return [least >= 0 ? Math.max(0, least - room) : least - room, most + room];
}

export function logRange(_: unknown, least: number | null, most: number | null): [number, number] {
  if (least === null || most === null || !(least > 0)) return [0.1, 1];
  return [least * 0.85, Math.min(most * 1.15, Number.MAX_VALUE)];
}

/** 1, 2, 5 of every decade; of many decades only some of their beginnings. */
export function logSplits(_: unknown, __: unknown, least: number, most: number): number[] {
  const first = Math.floor(Math.log10(least));
  const last = Math.ceil(Math.log10(most));
  const digits = last - first <= 3 ? [1, 2, 5] : [1];
  const stride = Math.max(1, Math.ceil((last - first) / 6));
  const splits: number[] = [];
  for (let decade = first; decade <= last; decade += stride) {
    for (const digit of digits) {
      const value = Number(`${digit}e${decade}`);
      if (value >= least && value <= most) splits.push(value);
    }
  }
  return splits.length > 1 ? splits : [least, most];
}

/** As many decimals as the ticks are apart, so that all have the same. */
export function tickOf(value: number, increment: number): string {
  const decimals = [0, 1, 2, 3, 4, 5].find(
    (n) => Math.abs(increment * 10 ** n - Math.round(increment * 10 ** n)) < 1e-6,
  );
  return decimals === undefined || Math.abs(value) >= 1e7 ? tick(value) : withDecimals(value, decimals);
}

/** `1e42` and `0.05`, where what is drawn is one digit of a decade. */
export function logTick(value: number): string {
  const isOneDigit = Math.abs(Number(value.toPrecision(1)) - value) <= 1e-9 * value;
  return tick(value, isOneDigit ? 1 : 3);
}

export function tick(value: number, digits = 3): string {
  return value === 0 ? '0' : significant(Number(value.toPrecision(digits)), digits);
}
