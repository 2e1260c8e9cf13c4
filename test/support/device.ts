import { openGpu, type Gpu } from '../../src/gpu/device.ts';
import { BufferScope, type GpuBuffer } from '../../src/gpu/buffers.ts';
import { createDispatch, encode, kernels, type DispatchSettings } from '../../src/gpu/kernels.ts';
import type { KernelDefinition } from '../../src/gpu/pipelines.ts';
import { readFloats } from '../../src/gpu/readback.ts';
import type { KernelName } from '../../src/gpu/shaders.ts';

/** Runs `use` with the device and a scope that is freed afterwards. Without an adapter the test fails. */
export async function withDevice<T>(use: (gpu: Gpu, scope: BufferScope) => Promise<T>): Promise<T> {
  const gpu = await openGpu();
  const scope = new BufferScope(gpu);
  gpu.device.pushErrorScope('validation');
  const outcome = await use(gpu, scope).finally(() => scope.dispose());
  const fault = await gpu.device.popErrorScope();
  if (fault) throw new Error(fault.message);
  return outcome;
}

/** Takes the device in use away; the next `openGpu` makes another, where no kernel is compiled and nothing measured. */
export async function loseDevice(): Promise<void> {
  const { device } = await openGpu();
  device.destroy();
  await device.lost;
}

/** The kernels that this adapter can run: some need a feature that not every one has. */
export async function runnable<Name extends KernelName>(...names: readonly Name[]): Promise<Name[]> {
  const { device } = await openGpu();
  return names.filter((name) => {
    const { feature }: KernelDefinition = kernels[name];
    return feature === undefined || device.features.has(feature);
  });
}

/** Runs one kernel once. */
export async function runKernel<Name extends KernelName>(
  gpu: Gpu,
  scope: BufferScope,
  name: Name,
  settings: DispatchSettings<Name>,
): Promise<void> {
  const dispatch = await createDispatch(gpu, scope, name, settings);
  const encoder = gpu.device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  encode(pass, dispatch);
  pass.end();
  gpu.device.queue.submit([encoder.finish()]);
}

/** A whole buffer of float32. */
export function readAll(gpu: Gpu, buffer: GpuBuffer): Promise<Float32Array> {
  return readFloats(
    gpu,
    buffer,
    0,
    buffer.shape.reduce((product, length) => product * length, 1),
  );
}
