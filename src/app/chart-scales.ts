// What the loss chart draws where: points, ranges and ticks, without the library that draws them.

import type { LossCurve } from '../worker/client.ts';
import { significant, withDecimals } from './format.ts';

export type Points = (number | null)[];

/** As many points as `length`, null where there are none yet or where they cannot be drawn. */
export function pointsOf(curve: LossCurve | undefined, length: number, isLog: boolean): Points {
  const losses = curve?.losses ?? [];
  return Array.from({ length }, (_, index) => {
    const loss = losses[index];
    return Number.isFinite(loss) && (!isLog || loss > 0) ? loss : null;
  });
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

export function linearRange(_: unknown, least: number | null, most: number | null): [number, number] {
  if (least === null || most === null) return [0, 1];
  const room = (most - least || Math.abs(most) || 1) * 0.08;
  return [least >= 0 ? Math.max(0, least - room) : least - room, most + room];
}

export function logRange(_: unknown, least: number | null, most: number | null): [number, number] {
  if (least === null || most === null || !(least > 0)) return [0.1, 1];
  return [least * 0.85, most * 1.15];
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

export function tick(value: number, digits = 3): string {
  return value === 0 ? '0' : significant(Number(value.toPrecision(digits)), digits);
}
