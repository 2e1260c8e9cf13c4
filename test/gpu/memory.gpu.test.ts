import { expect, it } from 'vitest';
import { RefusalError } from '../../src/core/errors.ts';
import { allocatedBytes, withinMemory } from '../../src/gpu/buffers.ts';
import { openGpu } from '../../src/gpu/device.ts';

it('a device out of memory refuses with the bytes it was asked for, and nothing stays allocated', async () => {
  const gpu = await openGpu();
  const { maxBufferSize } = gpu.device.limits;
  const entries = Math.floor(maxBufferSize / 4);
  const allocation = withinMemory(gpu, async (scope) => {
    // Terabytes, created only and never written to.
    for (let i = 0; i < 2000; i++) scope.storage(`part ${i}`, [entries]);
    return scope.bytes;
  });
  await expect(allocation).rejects.toThrow(RefusalError);
  await expect(allocation).rejects.toThrow(/ran out of memory: this job needs [\d,]+ bytes\. Use fewer rows/);
  expect(allocatedBytes()).toBe(0);
  // The device still works.
  await withinMemory(gpu, async (scope) => {
    scope.storage('small', [4]);
    scope.dispose();
  });
});
