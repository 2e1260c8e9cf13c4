import type { Grid } from '../../src/core/grid.ts';
import type { Random } from './random.ts';

/** A random grid over two of a network's inputs, in either order; over one where it has no more or one row is asked for. */
export function randomGrid(
  random: Random,
  inputCount: number,
  [columns, rows]: readonly [columns: number, rows: number],
): Grid {
  const axis = (input: number) => ({ input, from: random.uniform(-3, 0), to: random.uniform(0, 3) });
  const at = random.floats(inputCount);
  const first = Math.floor(random.uniform(0, inputCount));
  if (inputCount === 1 || rows === 1) return { columns, rows: 1, across: axis(first), down: undefined, at };
  const second = (first + 1 + Math.floor(random.uniform(0, inputCount - 1))) % inputCount;
  return { columns, rows, across: axis(first), down: axis(second), at };
}
