import { axisValue, type Grid } from '../core/grid.ts';
import type { BufferScope, GpuBuffer } from './buffers.ts';
import type { PassContext } from './layered-network.ts';

/** What every pass works on beside its own buffers: the trainer's. */
export type GridContext = Omit<PassContext, 'scope' | 'rowCount'>;

/** A network's forward pass over the points of grids of one size: buffers and pipelines, made once. */
export interface GridPass {
  readonly columns: number;
  readonly rows: number;
  /** What the output layer says at every point, [rows, columns, outputCount]. */
  predict(grid: Grid): Promise<Float32Array>;
  dispose(): void;
}

/** How many points, and where the buffers of their pass come from. */
export interface GridSize {
  readonly scope: BufferScope;
  readonly columns: number;
  readonly rows: number;
}

/** Numbers of a grid's axes: see `writeAxes`. */
export function axesLength(inputCount: number, columns: number, rows: number): number {
  return 3 * inputCount + rows + columns;
}

/**
 * Writes the few numbers of a grid, rounded as the inputs of a table are: what inputs are held at, 0 for those that
 * run; which one runs across, and which one down; the values of the second axis, and those of the first.
 */
export function writeAxes({ gpu }: GridContext, axes: GpuBuffer, grid: Grid): void {
  const { columns, rows, across, down, at } = grid;
  const { length: inputCount } = at;
  const values = new Float32Array(axesLength(inputCount, columns, rows));
  values.set(at);
  const lines = 3 * inputCount;
  values[across.input] = 0;
  values[inputCount + across.input] = 1;
  for (let column = 0; column < columns; column++)
    values[lines + rows + column] = axisValue(across, column, columns);
  if (down) {
    values[down.input] = 0;
    values[2 * inputCount + down.input] = 1;
    for (let row = 0; row < rows; row++) values[lines + row] = axisValue(down, row, rows);
  }
  gpu.device.queue.writeBuffer(axes.buffer, 0, values);
}
