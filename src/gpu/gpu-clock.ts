import type { Gpu } from './device.ts';

/**
 * The GPU's own clock, through timestamps at the edges of compute passes: from the start of the first pass
 * to the end of the last. Absent where the adapter has no `timestamp-query`.
 */
export class GpuClock {
  readonly #gpu: Gpu;
  readonly #querySet: GPUQuerySet;
  readonly #resolved: GPUBuffer;
  readonly #staging: GPUBuffer;
  #started = false;
  #isReadOut = false;

  private constructor(gpu: Gpu) {
    const { device } = gpu;
    this.#gpu = gpu;
    this.#querySet = device.createQuerySet({ label: 'training time', type: 'timestamp', count: 2 });
    const { COPY_DST, COPY_SRC, MAP_READ, QUERY_RESOLVE } = GPUBufferUsage;
    this.#resolved = device.createBuffer({ label: 'timestamps', size: 16, usage: QUERY_RESOLVE | COPY_SRC });
    this.#staging = device.createBuffer({ label: 'timestamps', size: 16, usage: MAP_READ | COPY_DST });
  }

  static on(gpu: Gpu): GpuClock | undefined {
    return gpu.device.features.has('timestamp-query') ? new GpuClock(gpu) : undefined;
  }

  /** To be given to every pass that is to be timed. */
  timestampWrites(): GPUComputePassTimestampWrites {
    const writes: GPUComputePassTimestampWrites = { querySet: this.#querySet, endOfPassWriteIndex: 1 };
    if (!this.#started) writes.beginningOfPassWriteIndex = 0;
    this.#started = true;
    return writes;
  }

  /** To be encoded behind the last pass: saves `elapsedMs` a submit of its own, and whoever waits half a millisecond. */
  encodeReadout(encoder: GPUCommandEncoder): void {
    encoder.resolveQuerySet(this.#querySet, 0, 2, this.#resolved, 0);
    encoder.copyBufferToBuffer(this.#resolved, 0, this.#staging, 0, 16);
    this.#isReadOut = true;
  }

  /** Milliseconds from the first pass's start to the last pass's end; the next pass starts anew. */
  async elapsedMs(): Promise<number> {
    if (!this.#started) return 0;
    if (!this.#isReadOut) {
      const encoder = this.#gpu.device.createCommandEncoder({ label: 'timestamps' });
      this.encodeReadout(encoder);
      this.#gpu.device.queue.submit([encoder.finish()]);
    }
    this.#started = false;
    this.#isReadOut = false;
    await this.#gpu.untilLost(this.#staging.mapAsync(GPUMapMode.READ));
    const [start, end] = new BigUint64Array(this.#staging.getMappedRange());
    this.#staging.unmap();
    return Number(end - start) / 1e6;
  }

  dispose(): void {
    this.#querySet.destroy();
    this.#resolved.destroy();
    this.#staging.destroy();
  }
}
