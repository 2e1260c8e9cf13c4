import { RefusalError } from '../core/errors.ts';
import { axisValue, type Grid } from '../core/grid.ts';
import { disposedError } from '../core/job.ts';
import { withinMemory, type BufferScope, type GpuBuffer } from './buffers.ts';
import { createDispatch, encode, setParams } from './kernels.ts';
import { createForwardPass, type PassContext } from './layered-network.ts';
import { readFloats } from './readback.ts';

/** Points that pass through the layers at once: as many as a table's rows when it is predicted. */
const MOST_POINTS_AT_ONCE = 65_536;
/** Grids of a size are kept for the next one: as many as may be on their way at once. */
const MOST_IDLE = 2;
/** The kernel's `downInput` where only one input runs. */
const NO_INPUT = 0xffffffff;

/** What every pass works on beside its own buffers: the trainer's. */
export type GridContext = Omit<PassContext, 'scope' | 'rowCount'>;

/** A network's forward pass over the points of grids of one size: buffers and pipelines, made once. */
interface GridPass {
  readonly columns: number;
  readonly rows: number;
  /** What the output layer says at every point, [rows · columns, outputCount]. */
  predict(grid: Grid): Promise<Float32Array>;
  dispose(): void;
}

/** The grid passes of a trainer: one for each grid on its way, kept for the next grid of that size. */
export class GridPasses {
  readonly #context: GridContext;
  readonly #idle: GridPass[] = [];
  #isDisposed = false;

  constructor(context: GridContext) {
    this.#context = context;
  }

  /**
   * @param own parameters to predict with, [parameterCount]; the context's as they are behind all work submitted so far
   *   if left out
   * @returns row-major [rows · columns, outputCount]
   */
  async predict(grid: Grid, own?: Float64Array): Promise<Float32Array> {
    const pass = await this.#take(grid);
    try {
      if (this.#isDisposed) throw disposedError();
      if (own) {
        // In front of this pass's submits, and behind those of the one before.
        const { gpu, parameters } = this.#context;
        gpu.device.queue.writeBuffer(parameters.buffer, 0, new Float32Array(own));
      }
      return await pass.predict(grid);
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
    return withinMemory(gpu, (scope) => createLayeredPass({ ...this.#context, scope }, columns, rows));
  }

  dispose(): void {
    this.#isDisposed = true;
    for (const pass of this.#idle.splice(0)) pass.dispose();
  }
}

/** Some points at a time through the layers' kernels, all of them submitted before anything else can be. */
async function createLayeredPass(
  context: GridContext & { readonly scope: BufferScope },
  columns: number,
  rows: number,
): Promise<GridPass> {
  const { gpu, scope, network } = context;
  const { inputCount, outputCount } = network;
  const count = columns * rows;
  const widest = Math.max(inputCount, ...network.layers.map(({ units }) => units));
  const most = Math.min(
    MOST_POINTS_AT_ONCE,
    Math.floor(gpu.device.limits.maxStorageBufferBindingSize / 4 / widest),
  );
  const slices = Math.ceil(count / most);
  const atOnce = Math.ceil(count / slices);
  const axes = scope.storage('axes', [inputCount + columns + rows]);
  const inputs = scope.storage('inputs', [atOnce, inputCount]);
  const outputs = scope.storage('outputs', [count, outputCount]);
  const params = { firstPoint: 0, pointCount: atOnce, inputCount, columnCount: columns };
  const makeInputs = await createDispatch(gpu, scope, 'grid-inputs', {
    params: { ...params, acrossInput: 0, downInput: 0 },
    buffers: { axes, inputs },
    constants: {},
    entries: [inputCount, atOnce],
  });
  const forward = await createForwardPass({ ...context, rowCount: atOnce }, inputs);

  const submitSlice = (grid: Grid, firstPoint: number) => {
    const pointCount = Math.min(atOnce, count - firstPoint);
    const running = { acrossInput: grid.across.input, downInput: grid.down?.input ?? NO_INPUT };
    setParams(gpu, makeInputs, { ...params, firstPoint, pointCount, ...running });
    const encoder = gpu.device.createCommandEncoder({ label: 'grid' });
    const pass = encoder.beginComputePass();
    for (const dispatch of [makeInputs, ...forward.dispatches]) encode(pass, dispatch);
    pass.end();
    const [offset, length] = [firstPoint, pointCount].map((points) => 4 * points * outputCount);
    encoder.copyBufferToBuffer(forward.predictions.buffer, 0, outputs.buffer, offset, length);
    gpu.device.queue.submit([encoder.finish()]);
  };
  return {
    columns,
    rows,
    predict(grid) {
      writeAxes(context, axes, grid);
      for (let first = 0; first < count; first += atOnce) submitSlice(grid, first);
      return readFloats(gpu, outputs, 0, count * outputCount);
    },
    dispose: () => scope.dispose(),
  };
}

/** The few numbers of a grid: what inputs are held at, then the values of both axes as the host rounds them. */
function writeAxes({ gpu }: GridContext, axes: GpuBuffer, { columns, rows, across, down, at }: Grid): void {
  const values = new Float32Array(at.length + columns + rows);
  values.set(at);
  for (let column = 0; column < columns; column++)
    values[at.length + column] = axisValue(across, column, columns);
  for (let row = 0; row < rows; row++)
    values[at.length + columns + row] = down ? axisValue(down, row, rows) : 0;
  gpu.device.queue.writeBuffer(axes.buffer, 0, values);
}
