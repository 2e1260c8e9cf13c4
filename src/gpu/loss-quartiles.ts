import { QUARTILE_COUNT, quartileRanks, quartilesBetween } from '../core/loss-quartiles.ts';
import type { GpuBuffer } from './buffers.ts';
import { createDispatch, encode, setParams, type Dispatch } from './kernels.ts';
import { readFloats } from './readback.ts';
import type { Resident } from './stepping.ts';

/** Losses that a submit reads at most: no watchdog waits for it, nor a pause for long. */
const READS_A_SUBMIT = 2 ** 24;
/** Rounds of the kernel, which finds two of 32 bits in each. */
const READS_A_RANK = 16;

/** Quartiles of the losses of a trainer's networks, made where the losses are. */
export class DeviceQuartiles {
  private constructor(
    private readonly resident: Resident,
    private readonly dispatch: Dispatch,
    /** [lossesAtOnce, ranks] */
    private readonly quantiles: GpuBuffer,
  ) {}

  static async create(resident: Resident): Promise<DeviceQuartiles> {
    const { gpu, scope, job, losses } = resident;
    const { length: networkCount } = job.networks;
    const values = Uint32Array.from(quartileRanks(networkCount));
    const ranks = scope.storage('ranks', [values.length]);
    gpu.device.queue.writeBuffer(ranks.buffer, 0, values);
    const atOnce = Math.floor(READS_A_SUBMIT / (READS_A_RANK * values.length * networkCount));
    const lossesAtOnce = Math.max(1, Math.min(atOnce, losses.shape[0]));
    const quantiles = scope.storage('quantiles', [lossesAtOnce, values.length]);
    const dispatch = await createDispatch(gpu, scope, 'loss-quantiles', {
      params: { firstLoss: 0, lossCount: 0, networkCount, rankCount: values.length },
      buffers: { losses, ranks, quantiles },
      constants: {},
      entries: [lossesAtOnce * values.length, 1],
    });
    return new DeviceQuartiles(resident, dispatch, quantiles);
  }

  /** Of `count` kept losses of each network, from the one at place `first` on: [count, 4] as `quartilesBetween`. */
  async read(first: number, count: number): Promise<Float64Array> {
    const { job } = this.resident;
    const [lossesAtOnce] = this.quantiles.shape;
    const quartiles = new Float64Array(QUARTILE_COUNT * count);
    for (let done = 0; done < count; done += lossesAtOnce) {
      const ranked = await this.#readRanked(first + done, Math.min(lossesAtOnce, count - done));
      quartiles.set(quartilesBetween(ranked, job.networks.length), QUARTILE_COUNT * done);
    }
    return quartiles;
  }

  /** Submits and asks for the copy at once: another call's numbers come behind it. */
  #readRanked(firstLoss: number, lossCount: number): Promise<Float32Array> {
    const { gpu, job } = this.resident;
    const [, rankCount] = this.quantiles.shape;
    const { length: networkCount } = job.networks;
    setParams(gpu, this.dispatch, { firstLoss, lossCount, networkCount, rankCount });
    const encoder = gpu.device.createCommandEncoder({ label: `quartiles of ${lossCount} losses` });
    const pass = encoder.beginComputePass();
    encode(pass, this.dispatch);
    pass.end();
    gpu.device.queue.submit([encoder.finish()]);
    return readFloats(gpu, this.quantiles, 0, lossCount * rankCount);
  }
}
