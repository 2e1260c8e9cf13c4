import { notebookJob, notebookRecord, scientific } from '../index.ts';
import { count, withDecimals } from './format.ts';

/** One figure of the record: its name, what NumPy and PyTorch both recorded, and how it is written. */
export interface RecordedFigure {
  readonly name: string;
  readonly recorded: number;
  readonly write: (value: number) => string;
}

/** With as many digits as the notebook prints. */
export const recordedFigures = {
  losses: notebookRecord.losses.map((recorded, index) => ({
    name: `loss at step ${count(index * 1000)}`,
    recorded,
    write: scientificText,
  })),
  weights: notebookRecord.parameters.map((recorded, index) => ({
    name: index < 6 ? `hidden weight ${index + 1}` : `output weight ${index - 5}`,
    recorded,
    write: writeWeight,
  })),
  predictions: notebookRecord.predictions.map((recorded, index) => ({
    name: `prediction of row ${index + 1}`,
    recorded,
    write: (value: number) => withDecimals(value, 6),
  })),
} as const satisfies Record<string, readonly RecordedFigure[]>;

/** As the notebook prints its error: `1.960156e−01`. */
export function scientificText(value: number): string {
  return scientific(value, 6).replaceAll('-', '−');
}

/** As NumPy prints an array: eight decimals. */
export function writeWeight(value: number): string {
  return withDecimals(value, 8);
}

/**
 * What the record has of a parameter, or of a gradient, of a network of so many hidden units.
 *
 * @returns undefined unless they are as many as the notebook's
 */
export function recordedParameter(
  recorded: readonly number[],
  index: number,
  hiddenUnits: number,
): number | undefined {
  return hiddenUnits === notebookJob.layers[0].units ? recorded[index] : undefined;
}

/** What is held against the record; a loss of a step that was not reached is undefined. */
export interface FiguresOfRun {
  readonly losses: readonly (number | undefined)[];
  readonly parameters: ArrayLike<number>;
  readonly predictions: ArrayLike<number>;
}

/** Largest difference of ten losses, nine weights and four predictions from what the notebook recorded. */
export function differenceFromRecord({ losses, parameters, predictions }: FiguresOfRun): number {
  const { losses: recorded, parameters: weights, predictions: answers } = notebookRecord;
  return Math.max(
    ...recorded.map((loss, index) => Math.abs(loss - (losses[index] ?? NaN))),
    ...weights.map((value, index) => Math.abs(value - parameters[index])),
    ...answers.map((value, index) => Math.abs(value - predictions[index])),
  );
}
