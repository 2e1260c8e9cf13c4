import { DeviceLostError, RefusalError } from '../core/errors.ts';
import { adapterName, type Adapter } from '../core/job.ts';

/** What WebGPU offers where this runs. */
export interface GpuAvailability {
  readonly kind: 'none' | 'software' | 'hardware';
  readonly adapter: Adapter | null;
  /** What that means for a person, and what they can do. */
  readonly sentence: string;
}

/** A device in use, with what was learnt of its adapter. */
export interface Gpu {
  readonly device: GPUDevice;
  readonly adapter: Adapter;
  /** Invocations of a subgroup, where every subgroup of this adapter has the same number and may be used. */
  readonly subgroupSize: number | undefined;
  /**
   * `work`, or a `DeviceLostError` once the device is gone: some promises of a lost device stay pending, others
   * fail with an error that does not say why. Also rejects once the device has reported an error that nobody
   * asked for: what it computed since cannot be trusted.
   */
  untilLost<T>(work: Promise<T>): Promise<T>;
}

/** Optional features handgrad uses where an adapter has them. */
const USEFUL_FEATURES: readonly GPUFeatureName[] = ['timestamp-query', 'subgroups'];
/** Limits taken as high as the adapter goes; everything else keeps WebGPU's defaults. */
const RAISED_LIMITS = [
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupStorageSize',
] as const;

let gpuInUse: Promise<Gpu> | undefined;

/** Looks for an adapter and says what it is, without making a device. */
export async function describeGpu(): Promise<GpuAvailability> {
  const found = await findAdapter();
  if ('missing' in found) return { kind: 'none', adapter: null, sentence: found.missing };
  const adapter = describeAdapter(found.adapter);
  const name = adapterName(adapter);
  if (adapter.isFallback) {
    const sentence =
      `WebGPU runs here only through a software adapter (${name}). ` +
      'Training works; its timings say nothing about a GPU.';
    return { kind: 'software', adapter, sentence };
  }
  return { kind: 'hardware', adapter, sentence: `WebGPU runs on ${name}.` };
}

/**
 * The device all trainers share, made on the first call and again after a loss.
 *
 * @throws RefusalError where there is no WebGPU, with the reason and what to do
 */
export function openGpu(): Promise<Gpu> {
  if (gpuInUse) return gpuInUse;
  const forget = () => {
    if (gpuInUse === opening) gpuInUse = undefined;
  };
  const opening = requestGpu(forget).catch((error: unknown) => {
    forget();
    throw error;
  });
  gpuInUse = opening;
  return opening;
}

/** `onFailure` is called when the device is of no use any more. */
async function requestGpu(onFailure: () => void): Promise<Gpu> {
  const found = await findAdapter();
  if ('missing' in found) throw new RefusalError(found.missing);
  const { adapter } = found;
  const requiredFeatures = USEFUL_FEATURES.filter((feature) => adapter.features.has(feature));
  const requiredLimits = Object.fromEntries(RAISED_LIMITS.map((name) => [name, adapter.limits[name]]));
  const device = await adapter
    .requestDevice({ label: 'handgrad', requiredFeatures, requiredLimits })
    .catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      throw new RefusalError(`The GPU gives no device (${reason}). Reload, or use the CPU path.`);
    });
  const { subgroupMinSize, subgroupMaxSize } = adapter.info;
  const hasSubgroups = device.features.has('subgroups') && subgroupMinSize === subgroupMaxSize;
  const subgroupSize = hasSubgroups ? subgroupMinSize : undefined;
  return {
    device,
    adapter: describeAdapter(adapter),
    subgroupSize,
    untilLost: watchForLoss(device, onFailure),
  };
}

/** How long after a failure on the device the news of its loss may come, in milliseconds. */
const NEWS_OF_LOSS_MS = 100;

function watchForLoss(device: GPUDevice, onFailure: () => void): Gpu['untilLost'] {
  // Not Promise.race: a race against a promise that never settles keeps every loser alive.
  const waiting = new Set<(error: Error) => void>();
  let failure: Error | undefined;
  const fail = (error: Error) => {
    onFailure();
    failure ??= error;
    for (const reject of waiting) reject(failure);
    waiting.clear();
  };
  device.addEventListener('uncapturederror', ({ error }) => {
    fail(new Error(`WebGPU found a fault in handgrad: ${error.message}`));
  });
  void device.lost.then(({ reason, message }) => {
    const why = reason === 'destroyed' ? 'it was destroyed' : message || 'no reason given';
    fail(
      new DeviceLostError(
        `The GPU device was lost (${why}). What was trained on it is gone; train again to start on a new device.`,
      ),
    );
  });
  return (work) =>
    new Promise((resolve, reject) => {
      if (failure) {
        work.catch(() => {}); // It fails too, and nobody waits for it.
        reject(failure);
        return;
      }
      waiting.add(reject);
      const settle = (act: () => void) => {
        waiting.delete(reject);
        act();
      };
      work.then(
        (value) => settle(() => (failure ? reject(failure) : resolve(value))),
        (error: unknown) => setTimeout(() => settle(() => reject(failure ?? error)), NEWS_OF_LOSS_MS),
      );
    });
}

async function findAdapter(): Promise<{ adapter: GPUAdapter } | { missing: string }> {
  // Absent in browsers without WebGPU, on pages not served securely, and in Node without the `webgpu` package.
  const gpu = (globalThis.navigator as Navigator | undefined)?.gpu;
  if (!gpu) {
    return {
      missing:
        'There is no WebGPU here. Use the CPU path, or a browser that has it: a current Chrome, Edge or Safari, ' +
        'or Firefox on Windows or macOS, with the page served over https or from localhost.',
    };
  }
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) {
    return {
      missing:
        'This browser has WebGPU but offers no adapter: the GPU or its driver is not supported, or hardware ' +
        'acceleration is switched off. Use the CPU path, or switch acceleration on and reload.',
    };
  }
  return { adapter };
}

function describeAdapter({ info }: GPUAdapter): Adapter {
  const { vendor, architecture, description, isFallbackAdapter } = info;
  // Dawn in Node does not flag SwiftShader as a fallback; its name is unmistakable.
  const isSoftware = /swiftshader|llvmpipe|lavapipe|basic render/i.test(`${architecture} ${description}`);
  return { vendor, architecture, description, isFallback: isFallbackAdapter || isSoftware };
}
