import { axesLength, writeAxes, type GridContext, type GridPass, type GridSize } from './grid-pass.ts';
import { gridKernel, POINTS_AT_ONCE } from './grid-shader.ts';
import { dispatchKernel, encode } from './kernels.ts';
import { readFloats } from './readback.ts';

/** All points in one dispatch of a kernel that was written for the network. */
export async function createWrittenGrid(
  context: GridContext,
  { scope, columns, rows }: GridSize,
): Promise<GridPass> {
  const { gpu, network, parameters } = context;
  const { inputCount, outputCount } = network;
  const columnCount = POINTS_AT_ONCE * Math.ceil(columns / POINTS_AT_ONCE);
  const axes = scope.storage('axes', [axesLength(inputCount, columnCount, rows)]);
  const outputs = scope.storage('outputs', [rows, columnCount, outputCount]);
  const dispatch = await dispatchKernel(gpu, scope, gridKernel(network), {
    params: { columnCount, rowCount: rows },
    buffers: { axes, parameters, outputs },
    constants: {},
    entries: [columnCount, rows],
  });
  return {
    columns,
    rows,
    async predict(grid) {
      writeAxes(context, axes, grid);
      const encoder = gpu.device.createCommandEncoder({ label: 'grid' });
      const pass = encoder.beginComputePass();
      encode(pass, dispatch);
      pass.end();
      gpu.device.queue.submit([encoder.finish()]);
      const values = await readFloats(gpu, outputs, 0, rows * columnCount * outputCount);
      return withoutEdge(values, { rows, width: columns * outputCount });
    },
    dispose: () => scope.dispose(),
  };
}

/** Without what stands behind the last column of each row. */
function withoutEdge(
  values: Float32Array,
  { rows, width }: { readonly rows: number; readonly width: number },
): Float32Array {
  const stride = values.length / rows;
  if (stride === width) return values;
  const inside = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++)
    inside.set(values.subarray(row * stride, row * stride + width), row * width);
  return inside;
}
