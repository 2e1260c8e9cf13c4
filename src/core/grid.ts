import { InputError } from './errors.ts';

/** An input that runs over a grid: `from` at its first point, `to` at its last. */
export interface GridAxis {
  /** Which of the network's inputs, from 0 on. */
  readonly input: number;
  readonly from: number;
  readonly to: number;
}

/** Points at equal distances over one or two inputs of a network, the others held. */
export interface Grid {
  /** Points across, at least 1. */
  readonly columns: number;
  /** Points down, at least 1; 1 where only one input runs. */
  readonly rows: number;
  readonly across: GridAxis;
  /** Undefined where only one input runs. */
  readonly down: GridAxis | undefined;
  /** What the inputs are held at, those that run included: [inputCount] */
  readonly at: Float64Array;
}

/** The value of an axis at a point of `count`. */
export function axisValue({ from, to }: GridAxis, point: number, count: number): number {
  return count === 1 ? from : from + ((to - from) * point) / (count - 1);
}

/** How many points a grid has. */
export function pointCount({ columns, rows }: Grid): number {
  return columns * rows;
}

/**
 * The points of a grid as rows of inputs, the top line first, each line from its left: those from point `first` on.
 *
 * @param count how many points; all that are left if left out
 * @returns row-major [count, inputCount]
 */
export function gridInputs(grid: Grid, first = 0, count = pointCount(grid) - first): Float64Array {
  const { columns, rows, across, down, at } = grid;
  const inputs = new Float64Array(count * at.length);
  for (let k = 0; k < count; k++) {
    const [row, column] = [Math.floor((first + k) / columns), (first + k) % columns];
    inputs.set(at, k * at.length);
    inputs[k * at.length + across.input] = axisValue(across, column, columns);
    if (down) inputs[k * at.length + down.input] = axisValue(down, row, rows);
  }
  return inputs;
}

/** @throws InputError if the grid is not one over a network's inputs */
export function requireGrid({ columns, rows, across, down, at }: Grid, inputCount: number): void {
  const fault = (what: string): never => {
    throw new InputError(what);
  };
  for (const [name, count] of [
    ['columns', columns],
    ['rows', rows],
  ] as const) {
    if (!Number.isInteger(count) || count < 1)
      fault(`A grid has 1 or more whole ${name}; this one has ${count}.`);
  }
  if (!down && rows !== 1)
    fault(`A grid along one input has 1 row; this one has ${rows}. Give it a second input.`);
  if (at.length !== inputCount) {
    fault(`The network has ${inputCount} inputs; the grid holds ${at.length}. Give a value for each.`);
  }
  for (const { input } of down ? [across, down] : [across]) {
    if (Number.isInteger(input) && input >= 0 && input < inputCount) continue;
    fault(
      `A grid runs along one of the network's ${inputCount} inputs, from 0 on; it was asked for ${input}.`,
    );
  }
  if (down && down.input === across.input) {
    fault(
      `A grid runs along two different inputs; both of these are ${across.input}. Choose another, or none.`,
    );
  }
}
