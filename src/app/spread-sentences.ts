// What pictures of the inside of a network say in words.

import { activations, type Distribution, type LayerSpread, type SpreadMoment } from '../index.ts';
import { count, countOf, percent, significant } from './format.ts';
import { NO_VALUE } from './measures-sentences.ts';

/** `Hidden layer 2`, or `Hidden layer` of a network with one; `Output layer`. */
export function layerTitle(place: number, layerCount: number): string {
  if (place === layerCount - 1) return 'Output layer';
  return layerCount === 2 ? 'Hidden layer' : `Hidden layer ${place + 1}`;
}

/** `16 units, ReLU` */
export function layerKind({ units, activation }: LayerSpread): string {
  return `${countOf(units, 'unit')}, ${activations[activation].label}`;
}

/** What there is of numbers that no bin holds, for a note beside a picture; undefined where there is none. */
export function apartText(
  { count: finite, otherCount, zeroCount }: Distribution,
  isOfSizes: boolean,
): string | undefined {
  const all = finite + otherCount;
  const partOf = (entries: number, what: string) => {
    if (entries === 0) return [];
    return [entries === all ? `all are ${what}` : `${percent(entries / all)} are ${what}`];
  };
  const parts = [...partOf(isOfSizes ? zeroCount : 0, '0'), ...partOf(otherCount, 'no finite numbers')];
  return parts.length > 0 ? parts.join(', ') : undefined;
}

/** The whole picture in a sentence or two. */
export function describeDistribution(
  name: string,
  distribution: Distribution,
  steps: readonly number[],
  at: number,
): string {
  const { count: finite, least, greatest, mean, standardDeviation } = distribution;
  const span =
    steps.length === 1
      ? `at step ${count(at)}`
      : `from step ${count(steps[0])} to ${count(steps[steps.length - 1])}`;
  if (finite === 0) return `${name} ${span}. At step ${count(at)} none is a finite number.`;
  return (
    `${name} ${span}. At step ${count(at)} from ${significant(least)} to ${significant(greatest)}, ` +
    `mean ${significant(mean)}, standard deviation ${significant(standardDeviation)}.`
  );
}

/** `3 of 16, 18.8 %`; a dash where the activation cannot be so. */
export function unitsText(flat: number | undefined, units: number): string {
  return flat === undefined ? NO_VALUE : `${count(flat)} of ${count(units)}, ${percent(flat / units)}`;
}

/** How long the gradient of a layer is beside that of the output layer. */
export function lengthRatio({ gradientLength }: LayerSpread, layers: readonly LayerSpread[]): string {
  const last = layers[layers.length - 1].gradientLength;
  const ratio = gradientLength / last;
  return Number.isFinite(ratio) ? `${significant(ratio, 3)} ×` : NO_VALUE;
}

/** On how many rows a moment looked. */
export function rowsSentence({ rowCount, trainedRowCount }: SpreadMoment): string {
  return rowCount === trainedRowCount
    ? `Computed in float64 on all ${countOf(rowCount, 'row')} the network learns from.`
    : `Computed in float64 on ${count(rowCount)} of the ${countOf(trainedRowCount, 'row')} the network learns from.`;
}

/** Which step the line is at, and which the bars are of: of the moments that are kept, the last one up to there. */
export function presentSentence(step: number, moment: SpreadMoment): string {
  const where = step === moment.step ? 'there' : `at step ${count(moment.step)}`;
  return `The line is at step ${count(step)}; the bars are how they are spread ${where}.`;
}
