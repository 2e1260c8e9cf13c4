import { RefusalError } from '../core/errors.ts';
import type { Gpu } from './device.ts';

/** A buffer on the device with the shape it was declared with; 4 bytes an entry. */
export interface GpuBuffer {
  readonly buffer: GPUBuffer;
  readonly shape: readonly number[];
}

let allocated = 0;

/** Bytes of GPU buffers in use by all scopes: 0 once every trainer is disposed of. */
export function allocatedBytes(): number {
  return allocated;
}

/** The buffers of one owner: labelled with name and shape, counted, freed together. */
export class BufferScope {
  readonly #gpu: Gpu;
  readonly #buffers: GPUBuffer[] = [];

  constructor(gpu: Gpu) {
    this.#gpu = gpu;
  }

  /** A storage buffer of float32 or u32 entries, zeros at first, that can be read back. */
  storage(name: string, shape: readonly number[]): GpuBuffer {
    const { COPY_DST, COPY_SRC, STORAGE } = GPUBufferUsage;
    return this.#create(name, shape, STORAGE | COPY_DST | COPY_SRC);
  }

  /** A storage buffer filled with `values`, rounded to float32. */
  upload(name: string, shape: readonly number[], values: Float64Array): GpuBuffer {
    const created = this.storage(name, shape);
    this.#gpu.device.queue.writeBuffer(created.buffer, 0, new Float32Array(values));
    return created;
  }

  /** A uniform buffer that holds `bytes`. */
  uniform(name: string, bytes: ArrayBuffer): GpuBuffer {
    const created = this.#create(
      name,
      [bytes.byteLength / 4],
      GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    );
    this.#gpu.device.queue.writeBuffer(created.buffer, 0, bytes);
    return created;
  }

  /** A buffer that results are copied into and the host reads. */
  staging(name: string, count: number): GpuBuffer {
    return this.#create(name, [count], GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST);
  }

  /** Frees every buffer of this scope. */
  dispose(): void {
    for (const buffer of this.#buffers.splice(0)) {
      allocated -= buffer.size;
      buffer.destroy();
    }
  }

  #create(name: string, shape: readonly number[], usage: GPUBufferUsageFlags): GpuBuffer {
    const count = shape.reduce((product, length) => product * length, 1);
    const buffer = this.#gpu.device.createBuffer({
      label: `${name} [${shape.join(', ')}]`,
      size: 4 * count,
      usage,
    });
    this.#buffers.push(buffer);
    allocated += buffer.size;
    return { buffer, shape };
  }
}

/**
 * Runs `allocate` with a fresh scope and frees it if that fails.
 *
 * @throws RefusalError if the device runs out of memory
 */
export async function withinMemory<T>(gpu: Gpu, allocate: (scope: BufferScope) => Promise<T>): Promise<T> {
  const scope = new BufferScope(gpu);
  const before = allocated;
  gpu.device.pushErrorScope('out-of-memory');
  const outcome = await allocate(scope).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  const outOfMemory = await gpu.untilLost(gpu.device.popErrorScope());
  if ('value' in outcome && !outOfMemory) return outcome.value;
  const bytes = allocated - before;
  scope.dispose();
  if ('error' in outcome) throw outcome.error;
  throw new RefusalError(
    `The GPU ran out of memory: this job needs ${bytes.toLocaleString('en-US')} bytes. ` +
      'Use fewer rows, narrower layers or fewer steps, or the CPU path.',
  );
}
