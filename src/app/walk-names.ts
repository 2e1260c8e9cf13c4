import {
  axesOf,
  type TraceAxis,
  type TracedPlace,
  type TracedQuantity,
  type TraceRange,
  type TrainingJob,
} from '../index.ts';
import type { WalkMatrix, WalkSheet } from '../worker/client.ts';
import { count, countOf } from './format.ts';
import { shortName } from './measures-sentences.ts';

// What the matrices of a step are called, and where they stand.

const sections = {
  Forward: ['input', 'weights', 'biases', 'preActivations', 'activations', 'mask'],
  Loss: ['targets', 'rowLosses', 'loss'],
  Backward: [
    'activationsGradient',
    'derivatives',
    'preActivationsGradient',
    'weightsGradient',
    'biasesGradient',
  ],
  Update: ['updatedWeights', 'updatedBiases'],
} as const satisfies Record<string, readonly TracedQuantity[]>;

export type WalkSection = keyof typeof sections;

/** In the order they are computed. */
export const walkSections = Object.keys(sections) as WalkSection[];

/** What of a list belongs to a part of the step. */
export function partOfSection<T extends TracedPlace>(section: WalkSection, all: readonly T[]): T[] {
  const quantities: readonly TracedQuantity[] = sections[section];
  return all.filter(({ quantity }) => quantities.includes(quantity));
}

const titles: Readonly<Record<TracedQuantity, string>> = {
  input: 'inputs',
  weights: 'weights',
  biases: 'biases',
  preActivations: 'pre-activations',
  activations: 'activations',
  mask: 'dropout mask',
  targets: 'targets',
  rowLosses: 'loss of each row',
  loss: 'loss',
  activationsGradient: 'gradient of the activations',
  derivatives: 'derivatives of the activations',
  preActivationsGradient: 'gradient of the pre-activations',
  weightsGradient: 'gradient of the weights',
  biasesGradient: 'gradient of the biases',
  updatedWeights: 'weights after the step',
  updatedBiases: 'biases after the step',
};

const ofNoLayer: readonly TracedQuantity[] = ['targets', 'rowLosses', 'loss'];

/** `pre-activations, hidden layer` */
export function titleOf({ quantity, layer }: TracedPlace, { layers }: TrainingJob): string {
  if (ofNoLayer.includes(quantity) || (quantity === 'input' && layer === 0)) return titles[quantity];
  return `${titles[quantity]}, ${layerName(layer, layers.length)}`;
}

function layerName(layer: number, layerCount: number): string {
  if (layer === layerCount - 1) return 'output layer';
  return layerCount === 2 ? 'hidden layer' : `hidden layer ${layer + 1}`;
}

/** What stands along a side: `row`, `input`, `unit`; nothing where there is one of it. */
export function sideName(axis: TraceAxis): string {
  if (axis === 'one') return '';
  return axis === 'batch' ? 'row' : axis === 0 ? 'input' : 'unit';
}

/** `4 rows × 3 units`; `one number`. */
export function shapeText(matrix: WalkMatrix): string {
  const [rows, columns] = axesOf(matrix);
  const sides = [sideOf(rows, matrix.rows), sideOf(columns, matrix.columns)].filter(Boolean);
  return sides.length === 0 ? 'one number' : sides.join(' × ');
}

function sideOf(axis: TraceAxis, length: number): string {
  return axis === 'one' ? '' : countOf(length, sideName(axis));
}

/** `rows 9–16 of 150`, `input 17 of 17`. */
export function rangeText(axis: TraceAxis, { first, count: shown }: TraceRange, length: number): string {
  const name = sideName(axis);
  if (shown === 1) return `${name} ${count(first + 1)} of ${count(length)}`;
  return `${name}s ${count(first + 1)}–${count(first + shown)} of ${count(length)}`;
}

/** Where a matrix of this step comes from that is not computed in it. */
export function givenText({ quantity, layer }: TracedPlace, { step, stepCount, job }: WalkSheet): string {
  if (quantity === 'input' && layer === 0) return 'The rows of the batch, as numbers.';
  if (quantity === 'targets') return 'What the table says.';
  if (quantity === 'mask')
    return `0 drops a unit; the others are multiplied by 1 / (1 − ${job.dropout ?? 0}).`;
  if (quantity !== 'weights' && quantity !== 'biases') return '';
  if (step > 0) return `As step ${count(step - 1)} left them.`;
  return stepCount > 0 ? 'What the run began with.' : 'What a run would begin with.';
}

/** What a table calls the inputs and outputs of a network; of many, the first ones. */
export interface TableNames {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly classes: readonly string[] | undefined;
}

/** What an input or an output is called; undefined along other sides, and where it has no name. */
export function nameAt(
  axis: TraceAxis,
  place: number,
  { job }: Pick<WalkSheet, 'job'>,
  { inputNames, outputNames, classes }: TableNames,
): string | undefined {
  // One output a class: short of all that each of them begins with.
  const outputs = classes?.length === outputNames.length ? classes : outputNames;
  const names = axis === 0 ? inputNames : axis === job.layers.length ? outputs : [];
  return place in names ? shortName(names[place]) : undefined;
}

/** Where a row of the batch stands among the training rows, from 1 on; undefined where that is its place in the batch. */
export function trainingRowAt(row: number, sheet: WalkSheet): number | undefined {
  const at = sheet.shownRows[row - shownOf('batch', sheet).first];
  return at === row ? undefined : at + 1;
}

/** The part of a side that is shown: of every matrix the same. */
export function shownOf(axis: TraceAxis, { matrices }: WalkSheet): TraceRange {
  for (const matrix of matrices) {
    const [rows, columns] = axesOf(matrix);
    if (rows === axis) return matrix.shownRows;
    if (columns === axis) return matrix.shownColumns;
  }
  return { first: 0, count: 1 };
}
