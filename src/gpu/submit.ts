import type { Gpu } from './device.ts';
import { encode, type Dispatch } from './kernels.ts';

/** Runs dispatches one after the other, in one submit. */
export function submit({ device }: Gpu, dispatches: readonly Dispatch[]): void {
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  for (const dispatch of dispatches) encode(pass, dispatch);
  pass.end();
  device.queue.submit([encoder.finish()]);
}
