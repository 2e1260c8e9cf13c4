import { axesLength, writeAxes, type GridContext, type GridPass, type GridSize } from './grid-pass.ts';
import { createDispatch, encode, setParams } from './kernels.ts';
import { createForwardPass } from './layered-network.ts';
import { readFloats } from './readback.ts';

/** Points that pass through the layers at once: as many as a table's rows when it is predicted. */
const MOST_POINTS_AT_ONCE = 65_536;

/** Some points at a time through the layers' kernels, all of them submitted before anything else can be. */
export async function createLayeredGrid(
  context: GridContext,
  { scope, columns, rows }: GridSize,
): Promise<GridPass> {
  const { gpu, network } = context;
  const { inputCount, outputCount } = network;
  const count = columns * rows;
  const widest = Math.max(inputCount, ...network.layers.map(({ units }) => units));
  const most = Math.min(
    MOST_POINTS_AT_ONCE,
    Math.floor(gpu.device.limits.maxStorageBufferBindingSize / 4 / widest),
  );
  const slices = Math.ceil(count / most);
  const atOnce = Math.ceil(count / slices);
  const axes = scope.storage('axes', [axesLength(inputCount, columns, rows)]);
  const inputs = scope.storage('inputs', [atOnce, inputCount]);
  const outputs = scope.storage('outputs', [count, outputCount]);
  const params = { firstPoint: 0, pointCount: atOnce, inputCount, columnCount: columns, rowCount: rows };
  const makeInputs = await createDispatch(gpu, scope, 'grid-inputs', {
    params,
    buffers: { axes, inputs },
    constants: {},
    entries: [inputCount, atOnce],
  });
  const forward = await createForwardPass({ ...context, scope, rowCount: atOnce }, inputs);

  const submitSlice = (firstPoint: number) => {
    const pointCount = Math.min(atOnce, count - firstPoint);
    setParams(gpu, makeInputs, { ...params, firstPoint, pointCount });
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
      for (let first = 0; first < count; first += atOnce) submitSlice(first);
      return readFloats(gpu, outputs, 0, count * outputCount);
    },
    dispose: () => scope.dispose(),
  };
}
