import { BufferScope, type GpuBuffer } from './buffers.ts';
import type { Gpu } from './device.ts';

/**
 * Copies entries `from` … `from + count − 1` of a buffer to the host, behind all work submitted so far.
 * Never waits synchronously.
 */
export async function readFloats(
  gpu: Gpu,
  { buffer }: GpuBuffer,
  from: number,
  count: number,
): Promise<Float32Array> {
  if (count === 0) return new Float32Array();
  const scope = new BufferScope(gpu);
  try {
    const staging = scope.staging('readback', count).buffer;
    const encoder = gpu.device.createCommandEncoder({ label: 'readback' });
    encoder.copyBufferToBuffer(buffer, 4 * from, staging, 0, 4 * count);
    gpu.device.queue.submit([encoder.finish()]);
    await gpu.untilLost(staging.mapAsync(GPUMapMode.READ));
    return new Float32Array(staging.getMappedRange()).slice();
  } finally {
    scope.dispose();
  }
}
