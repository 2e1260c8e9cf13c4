import { RefusalError } from '../core/errors.ts';
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
    const { device } = gpu;
    // What goes wrong here must not look like a fault of all that runs on the device.
    device.pushErrorScope('validation');
    device.pushErrorScope('out-of-memory');
    const staging = scope.staging('readback', count).buffer;
    const encoder = device.createCommandEncoder({ label: 'readback' });
    encoder.copyBufferToBuffer(buffer, 4 * from, staging, 0, 4 * count);
    device.queue.submit([encoder.finish()]);
    const mapped = staging.mapAsync(GPUMapMode.READ);
    mapped.catch(() => {});
    const faults = [device.popErrorScope(), device.popErrorScope()];
    const [outOfMemory, invalid] = await gpu.untilLost(Promise.all(faults));
    if (outOfMemory) {
      throw new RefusalError(
        `The GPU ran out of memory for reading ${(4 * count).toLocaleString('en-US')} bytes back. ` +
          'Close what else uses it, use fewer steps or narrower layers, or the CPU path.',
      );
    }
    if (invalid) throw new Error(`WebGPU found a fault in handgrad: ${invalid.message}`);
    await gpu.untilLost(mapped);
    return new Float32Array(staging.getMappedRange()).slice();
  } finally {
    scope.dispose();
  }
}
