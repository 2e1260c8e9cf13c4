import type { ColumnType } from './columns.ts';
import type { Task } from '../core/metrics.ts';

/** How a number stands for a value: value = offset + factor · encoded. */
export interface Scaling {
  readonly offset: number;
  /** Never 0. */
  readonly factor: number;
}

/** The units a column of numbers has: its value, scaled, and whether it is missing. */
export interface NumberEncoding {
  readonly type: Extract<ColumnType, 'number'>;
  readonly column: string;
  /** Its words count as missing cells. */
  readonly words?: 'missing';
  readonly scaling: Scaling;
  /** Stands in for a missing value, before scaling; null: rows with missing values are not accepted. */
  readonly fill: number | null;
  /** Whether a unit more is 1 where the value is missing. */
  readonly hasIndicator: boolean;
}

/** The units a column of categories has: one per category, one for any other, and whether it is missing. */
export interface CategoryEncoding {
  readonly type: Extract<ColumnType, 'category'>;
  readonly column: string;
  /** Those of the training rows, sorted. */
  readonly categories: readonly string[];
  /** Stands in for a missing value; null: rows with missing values are not accepted. */
  readonly fill: string | null;
  readonly hasIndicator: boolean;
}

export type InputEncoding = NumberEncoding | CategoryEncoding;

/**
 * How the columns of a table become the inputs and targets of a network: plain data, to be kept with the
 * network. Everything in it comes from the training rows.
 */
export interface Encoding {
  readonly task: Task;
  readonly inputs: readonly InputEncoding[];
  /** The columns of the targets. */
  readonly targets: readonly string[];
  /** Sorted; of two in a binary task, the second is 1; undefined for numbers. */
  readonly classes: readonly string[] | undefined;
  /** One per output; offset 0 and factor 1 for classes and for 0 and 1. */
  readonly targetScaling: readonly Scaling[];
}

/** The identity. */
export const unscaled: Scaling = { offset: 0, factor: 1 };

/** How many inputs of the network a column is. */
export function unitCount(input: InputEncoding): number {
  const units = input.type === 'number' ? 1 : input.categories.length + 1;
  return units + (input.hasIndicator ? 1 : 0);
}

/** One name per input of the network: `age`, `colour = red`, `colour = other`, `age is missing`. */
export function inputNames({ inputs }: Encoding): string[] {
  return inputs.flatMap((input) => {
    const { column } = input;
    const values =
      input.type === 'number'
        ? [column]
        : [...input.categories.map((category) => `${column} = ${category}`), `${column} = other`];
    return input.hasIndicator ? [...values, `${column} is missing`] : values;
  });
}

/** One name per output of the network: of a classification one per class, `species = setosa`. */
export function outputNames({ task, targets, classes }: Encoding): string[] {
  if (task !== 'classification' || !classes) return [...targets];
  return classes.map((name) => `${targets[0]} = ${name}`);
}

/**
 * Targets or predictions as the table counts them: value = offset + factor · encoded.
 *
 * @param encoded row-major [rows, outputCount]
 */
export function inUnitsOfTable(
  { targetScaling }: Pick<Encoding, 'targetScaling'>,
  encoded: Float64Array,
): Float64Array {
  const count = targetScaling.length;
  return encoded.map((value, i) => {
    const { offset, factor } = targetScaling[i % count];
    return offset + factor * value;
  });
}
