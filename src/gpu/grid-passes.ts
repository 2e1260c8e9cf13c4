import { RefusalError } from '../core/errors.ts';
import type { Grid } from '../core/grid.ts';
import { disposedError } from '../core/job.ts';
import { withinMemory } from './buffers.ts';
import { createLayeredGrid } from './grid-layered.ts';
import type { GridContext, GridPass } from './grid-pass.ts';
import { canWriteGrid } from './grid-shader.ts';
import { createWrittenGrid } from './grid-written.ts';

/** Grids of a size are kept for the next one: as many as may be on their way at once. */
const MOST_IDLE = 2;

/** The grid passes of a trainer: one for each grid on its way, kept for the next grid of that size. */
export class GridPasses {
  readonly #context: GridContext;
  readonly #onFinished: () => void;
  readonly #idle: GridPass[] = [];
  #isDisposed = false;

  /** @param onFinished called when the device has finished a grid */
  constructor(context: GridContext, onFinished: () => void) {
    this.#context = context;
    this.#onFinished = onFinished;
  }

  /**
   * @param own parameters to predict with, [parameterCount]; the context's as they are behind all work submitted so far
   *   if left out
   * @returns row-major [rows · columns, outputCount]
   */
  async predict(grid: Grid, own?: Float64Array): Promise<Float32Array> {
    const { gpu, parameters } = this.#context;
    const pass = await this.#take(grid);
    try {
      if (this.#isDisposed) throw disposedError();
      if (own) {
        // In front of this pass's submits, and behind those of the one before.
        gpu.device.queue.writeBuffer(parameters.buffer, 0, new Float32Array(own));
      }
      const predicted = pass.predict(grid);
      void gpu.device.queue.onSubmittedWorkDone().then(this.#onFinished, () => {});
      return await predicted;
    } finally {
      this.#idle.push(pass);
      // Those unused for longest go.
      const most = this.#isDisposed ? 0 : MOST_IDLE;
      for (const old of this.#idle.splice(0, Math.max(0, this.#idle.length - most))) old.dispose();
    }
  }

  async #take({ columns, rows }: Grid): Promise<GridPass> {
    const at = this.#idle.findIndex((pass) => pass.columns === columns && pass.rows === rows);
    if (at >= 0) return this.#idle.splice(at, 1)[0];
    const { gpu, network } = this.#context;
    const [bytes, most] = [
      4 * columns * rows * network.outputCount,
      gpu.device.limits.maxStorageBufferBindingSize,
    ];
    if (bytes > most) {
      throw new RefusalError(
        `This adapter binds at most ${most.toLocaleString('en-US')} bytes in one buffer; a grid of ` +
          `${columns} × ${rows} points needs ${bytes.toLocaleString('en-US')}. Ask for fewer points.`,
      );
    }
    const create = canWriteGrid(network) ? createWrittenGrid : createLayeredGrid;
    return withinMemory(gpu, (scope) => create(this.#context, { scope, columns, rows }));
  }

  dispose(): void {
    this.#isDisposed = true;
    for (const pass of this.#idle.splice(0)) pass.dispose();
  }
}
