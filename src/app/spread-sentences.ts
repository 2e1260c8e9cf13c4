// What pictures of the inside of a network say in words.

import {
  activations,
  losses,
  type Distribution,
  type LayerSpread,
  type Loss,
  type SpreadMoment,
  type TrainingJob,
} from '../index.ts';
import { count, countOf, percent, significant } from './format.ts';
import { NO_VALUE } from './measures-sentences.ts';

/** `Hidden layer 2`, or `Hidden layer` of a network with one; `Output layer`. */
export function layerTitle(place: number, layerCount: number): string {
  if (place === layerCount - 1) return 'Output layer';
  return layerCount === 2 ? 'Hidden layer' : `Hidden layer ${place + 1}`;
}

/** What a loss on logits makes of the last of some layers; undefined of any other. */
export function linkOf({ loss }: Pick<TrainingJob, 'loss'>, place: number, layerCount: number) {
  const { link }: Loss = losses[loss];
  return place === layerCount - 1 ? link : undefined;
}

/** `16 units, ReLU`; with a link, `3 units, softmax`. */
export function layerKind({ units, activation }: LayerSpread, link: string | undefined): string {
  return `${countOf(units, 'unit')}, ${link ?? activations[activation].label}`;
}

/** What there is of numbers that no bin holds, for a note beside a picture; undefined where there is none. */
export function apartText(
  { count: finite, otherCount, zeroCount }: Distribution,
  isOfSizes: boolean,
): string | undefined {
  const all = finite + otherCount;
  const partOf = (entries: number, ofAll: string, ofSome: string) => {
    if (entries === 0) return [];
    return [entries === all ? ofAll : `${percent(entries / all)} ${ofSome}`];
  };
  const parts = [
    ...partOf(isOfSizes ? zeroCount : 0, 'all are 0', 'are 0'),
    ...partOf(otherCount, 'none is a finite number', 'not finite'),
  ];
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

/** `3 of 16, 18.8 %`; a dash where the activation cannot be so, and where no unit says a finite number. */
export function unitsText(
  flat: number | undefined,
  { units, activations: said }: Pick<LayerSpread, 'units' | 'activations'>,
): string {
  if (flat === undefined || said.count === 0) return NO_VALUE;
  return `${count(flat)} of ${count(units)}, ${percent(flat / units)}`;
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

/** Which moment the line and the bars are of: of those that are looked at, the last one up to the present step. */
export function presentSentence(step: number, moment: SpreadMoment): string {
  const shown = `The line and the bars are at step ${count(moment.step)}`;
  if (step === moment.step) return `${shown}.`;
  const which =
    moment.step < step ? `the last one looked at up to step ${count(step)}` : 'the first one looked at';
  return `${shown}, ${which}.`;
}
