/**
 * Gives Node a `navigator.gpu`: Dawn, from the `webgpu` package. Setup file of the vitest project "dawn".
 *
 * It needs a driver that Dawn accepts. Without a GPU, on Debian with the packages chromium and libvulkan1:
 * `VK_DRIVER_FILES=/usr/lib/chromium/vk_swiftshader_icd.json npm run test:dawn`.
 */
import { create, globals } from 'webgpu';

Object.assign(globalThis, globals);

// Referenced from a global for as long as the process lives: once it is collected, Dawn takes the process down.
const gpu = create([]);
// Node 20 has no `navigator`; later versions have one that cannot be assigned to.
Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });

if (!(await gpu.requestAdapter())) {
  throw new Error(
    'Dawn found no adapter. Install a Vulkan driver (and libvulkan1), or point VK_DRIVER_FILES at a software ' +
      'one, such as the vk_swiftshader_icd.json of Debian’s chromium package.',
  );
}
