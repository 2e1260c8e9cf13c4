// What a fan of losses says in words, for those who do not see it.

import type { LossFan } from '../index.ts';
import type { SweepCurve } from '../worker/sweep-report.ts';
import { lossAt } from './fan-geometry.ts';
import { count, countOf } from './format.ts';
import { lossText, networkName } from './sweep-sentences.ts';

/** The whole picture in a few sentences. */
export function describeFan(fan: LossFan, best: SweepCurve | undefined, constantLoss: number): string {
  const last = fan.steps.length - 1;
  if (last < 0) return 'Loss over steps: no network has begun.';
  const bestLoss = best && lossText(best.losses[best.losses.length - 1]);
  const [from, to] = [0, last].map((place) => lossText(fan.median[place]));
  return (
    `Loss over steps of ${countOf(Math.max(...fan.networkCounts), 'network')}. ` +
    `Median from ${from} to ${to}, quartiles ${lossText(fan.lower[last])} and ` +
    `${lossText(fan.upper[last])} at step ${count(fan.steps[last])}.` +
    (best && bestLoss ? ` Best, ${networkName(best.place)}: ${bestLoss}.` : '') +
    (Number.isFinite(constantLoss) ? ` Always the same answer: ${lossText(constantLoss)}.` : '')
  );
}

/** `Step 400, best 0.0123, …`: what is read at one point. @param place of the point in the fan */
export function describePoint(fan: LossFan, best: SweepCurve | undefined, place: number): string {
  const step = fan.steps[place];
  const bestLoss = best && lossText(lossAt(best, step));
  return [
    `Step ${count(step)}`,
    ...(bestLoss === undefined ? [] : [`best ${bestLoss}`]),
    `lower quartile ${lossText(fan.lower[place])}`,
    `median ${lossText(fan.median[place])}`,
    `upper quartile ${lossText(fan.upper[place])}`,
    countOf(fan.networkCounts[place], 'network'),
  ].join(', ');
}
