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

/** The points of a grid as rows of inputs, the top line first: row-major [rows · columns, inputCount]. */
export function gridInputs({ columns, rows, across, down, at }: Grid): Float64Array {
  const inputs = new Float64Array(rows * columns * at.length);
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, i += at.length) {
      inputs.set(at, i);
      inputs[i + across.input] = axisValue(across, column, columns);
      if (down) inputs[i + down.input] = axisValue(down, row, rows);
    }
  }
  return inputs;
}
