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
  #bytes = 0;
  #isDisposed = false;

  constructor(gpu: Gpu) {
    this.#gpu = gpu;
  }

  /** Bytes of this scope's buffers. */
  get bytes(): number {
    return this.#bytes;
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
    this.#isDisposed = true;
    for (const buffer of this.#buffers.splice(0)) buffer.destroy();
    allocated -= this.#bytes;
    this.#bytes = 0;
  }

  #create(name: string, shape: readonly number[], usage: GPUBufferUsageFlags): GpuBuffer {
    // Nobody would free it.
    if (this.#isDisposed) throw new Error(`The owner of the buffer ${name} was disposed of; make a new one.`);
    const count = shape.reduce((product, length) => product * length, 1);
    const buffer = this.#gpu.device.createBuffer({
      label: `${name} [${shape.join(', ')}]`,
      size: 4 * count,
      usage,
    });
    this.#buffers.push(buffer);
    allocated += buffer.size;
    this.#bytes += buffer.size;
    return { buffer, shape };
  }
}

/** The end of the line of those who allocate: a device has one stack of error scopes for all of them. */
const lastInLine = new WeakMap<GPUDevice, Promise<unknown>>();

/**
 * Runs `allocate` with a fresh scope, one at a time per device, and frees the scope if that fails.
 *
 * @throws RefusalError if the device runs out of memory
 */
export function withinMemory<T>(gpu: Gpu, allocate: (scope: BufferScope) => Promise<T>): Promise<T> {
  const turn = (lastInLine.get(gpu.device) ?? Promise.resolve()).then(() => allocateInTurn(gpu, allocate));
  lastInLine.set(
    gpu.device,
    turn.catch(() => {}),
  );
  return turn;
}

async function allocateInTurn<T>(gpu: Gpu, allocate: (scope: BufferScope) => Promise<T>): Promise<T> {
  const scope = new BufferScope(gpu);
  let isKept = false;
  try {
    gpu.device.pushErrorScope('out-of-memory');
    const outcome = await allocate(scope).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    const outOfMemory = await gpu.untilLost(gpu.device.popErrorScope());
    if (outOfMemory) {
      throw new RefusalError(
        `The GPU ran out of memory: this job needs ${scope.bytes.toLocaleString('en-US')} bytes. ` +
          'Use fewer rows, narrower layers or fewer steps, or the CPU path.',
      );
    }
    if ('error' in outcome) throw outcome.error;
    isKept = true;
    return outcome.value;
  } finally {
    if (!isKept) scope.dispose();
  }
}
