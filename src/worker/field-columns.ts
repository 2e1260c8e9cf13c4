import {
  encodeRows,
  InputError,
  unitCount,
  type Dataset,
  type Grid,
  type InputEncoding,
  type TrainingData,
} from '../index.ts';
import { suggestedAxes, type SuggestedAxes } from './field-suggestion.ts';
import { shortNumber, unusedCategory, type RowField } from './model-sheet.ts';

/** A column of numbers that can run along an axis, in the units of the table. */
export interface FieldColumn {
  readonly column: string;
  /** The values of all rows that are used, and a tenth of their range beyond them to either side. */
  readonly from: number;
  readonly to: number;
}

/** What a field can be drawn over, and what its other inputs can be held at. */
export interface FieldColumns {
  readonly columns: readonly FieldColumn[];
  /** One an input column, in the order of `FieldRequest.cells`; each starts where it is usually held. */
  readonly held: readonly RowField[];
  /** What `FieldRequest.output` chooses from: the targets; none where the answer is one of several classes. */
  readonly outputs: readonly string[];
  /** Worth looking at first; undefined where no column can be an axis. */
  readonly suggested: SuggestedAxes | undefined;
}

/** Which field of a network's answers is wanted. */
export interface FieldRequest {
  /** The column that runs across. */
  readonly across: string;
  /** The column that runs up; undefined for a curve over one. */
  readonly up: string | undefined;
  /** What the others are held at: one text an input column, with a decimal point. */
  readonly cells: readonly string[];
  /** Points along an axis. */
  readonly points: number;
  /** Which of several targets, by its place; of several classes it says nothing. */
  readonly output: number;
}

/** How far beyond its values an axis runs, as a share of their range. */
const MARGIN = 0.1;

/** Which columns can be axes, and what the others can be held at. */
export function fieldColumnsOf(dataset: Dataset): FieldColumns {
  const { inputs, targets } = dataset.encoding;
  const numbers = inputs.filter(({ type }) => type === 'number').map(({ column }) => column);
  return {
    columns: numbers.map((column) => axisOf(dataset, column)),
    held: inputs.map((input) => heldField(dataset, input)),
    outputs: choosesClass(dataset) ? [] : targets,
    suggested: suggestedAxes(
      dataset,
      numbers.map((column) => ({ column, input: inputOf(dataset, column) })),
    ),
  };
}

/** Whether the outputs are the probabilities of several classes. */
export function choosesClass({ classes, training }: Dataset): boolean {
  return classes !== undefined && training.outputCount > 1;
}

/** @throws InputError if there is no such target */
export function requireOutput(dataset: Dataset, output: number): void {
  const { targets } = dataset.encoding;
  if (choosesClass(dataset) || targets[output] !== undefined) return;
  const accepted = targets.length === 1 ? 'is one, 0' : `are ${targets.length}, 0 to ${targets.length - 1}`;
  throw new InputError(`There is no target ${output}: there ${accepted}. Choose one of these.`);
}

/** By column: a field that moves asks at every frame. */
const axes = new WeakMap<Dataset, Map<string, FieldColumn>>();

/** An axis over a column of numbers. */
export function axisOf(dataset: Dataset, column: string): FieldColumn {
  const known = axes.get(dataset) ?? new Map<string, FieldColumn>();
  axes.set(dataset, known);
  const before = known.get(column);
  if (before) return before;
  const { scaling } = numbersOf(dataset, column);
  let [least, most] = [Infinity, -Infinity];
  for (const value of valuesOfColumn(dataset, column)) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  const room = MARGIN * (most - least) || Math.abs(scaling.factor);
  const axis = { column, from: least - room, to: most + room };
  known.set(column, axis);
  return axis;
}

/**
 * The grid of a request over the network's inputs: the axes in the encoding, the others encoded as a row of the table.
 *
 * @throws InputError if a held cell cannot be used
 */
export function gridOf(dataset: Dataset, { across, up, cells, points }: FieldRequest): Grid {
  const { inputs } = dataset.encoding;
  const names = inputs.map(({ column }) => column);
  // What stands for the columns that run is never looked at, and must be a number.
  const row = cells.map((cell, i) => (names[i] === across || names[i] === up ? '0' : cell));
  const { inputs: at } = encodeRows(names, [row], dataset.encoding);
  const axis = (column: string, isUp: boolean) => {
    const { offset, factor } = numbersOf(dataset, column).scaling;
    const { from, to } = axisOf(dataset, column);
    const [first, last] = (isUp ? [to, from] : [from, to]).map((value) => (value - offset) / factor);
    return { input: inputOf(dataset, column), from: first, to: last };
  };
  return {
    columns: points,
    rows: up === undefined ? 1 : points,
    across: axis(across, false),
    // The top line first.
    down: up === undefined ? undefined : axis(up, true),
    at,
  };
}

/** The values of a column of numbers in all rows that are used, in the units of the table, training rows first. */
export function valuesOfColumn(dataset: Dataset, column: string): Float64Array {
  const { offset, factor } = numbersOf(dataset, column).scaling;
  const input = inputOf(dataset, column);
  const parts = partsOf(dataset);
  const values = new Float64Array(parts.reduce((sum, { data }) => sum + data.rowCount, 0));
  let next = 0;
  for (const { data } of parts) {
    for (let at = input; at < data.inputs.length; at += data.inputCount)
      values[next++] = offset + factor * data.inputs[at];
  }
  return values;
}

/** The parts of a table that hold rows. */
export function partsOf({ training, validation, test }: Dataset) {
  const all = [
    { part: 'training', data: training },
    { part: 'validation', data: validation },
    { part: 'test', data: test },
  ] as const;
  return all.filter((each): each is typeof each & { data: TrainingData } => each.data !== undefined);
}

/** An input column, and the first of its units among the network's inputs. */
interface PlacedInput {
  readonly encoding: InputEncoding;
  readonly first: number;
}

/** By column: there may be ten thousand. */
const placed = new WeakMap<Dataset, Map<string, PlacedInput>>();

function placedInput(dataset: Dataset, column: string): PlacedInput {
  let known = placed.get(dataset);
  if (!known) {
    known = new Map();
    let first = 0;
    for (const encoding of dataset.encoding.inputs) {
      known.set(encoding.column, { encoding, first });
      first += unitCount(encoding);
    }
    placed.set(dataset, known);
  }
  const found = known.get(column);
  if (!found) throw new Error(`the network has no input column ${column}`);
  return found;
}

function inputOf(dataset: Dataset, column: string): number {
  return placedInput(dataset, column).first;
}

function numbersOf(dataset: Dataset, column: string) {
  const { encoding } = placedInput(dataset, column);
  if (encoding.type === 'number') return encoding;
  throw new Error(`the network has no input column of numbers ${column}`);
}

/** Held at what stands in for a missing value; else at the median, or the most frequent category. */
function heldField(dataset: Dataset, input: InputEncoding): RowField {
  const { column } = input;
  if (input.type === 'number') {
    const fill = input.fill === null ? undefined : String(shortNumber(input.fill));
    return { kind: 'number', column, start: fill ?? String(shortNumber(medianOf(dataset, column))), fill };
  }
  const { categories, fill } = input;
  const start = fill ?? mostFrequent(dataset, column, categories);
  const other = unusedCategory(categories);
  return { kind: 'category', column, start, fill: fill ?? undefined, categories, other };
}

function medianOf(dataset: Dataset, column: string): number {
  const sorted = valuesOfColumn(dataset, column).toSorted();
  return sorted[Math.floor(sorted.length / 2)];
}

function mostFrequent(dataset: Dataset, column: string, categories: readonly string[]): string {
  const { inputs, inputCount, rowCount } = dataset.training;
  const first = inputOf(dataset, column);
  const counts = categories.map((_, category) => {
    let count = 0;
    for (let row = 0; row < rowCount; row++) count += inputs[row * inputCount + first + category];
    return count;
  });
  return categories[counts.indexOf(Math.max(...counts))] ?? '';
}
