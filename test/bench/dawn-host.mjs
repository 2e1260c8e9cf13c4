/**
 * The benchmark's side in Node, for a machine with a GPU and no browser: WebGPU through Dawn (the `webgpu`
 * package). Answers requests of test/bench/measuring.ts, a line of JSON each way. The one argument is the bundle of
 * that file, which main.ts has Vite build.
 */
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { create, globals } from 'webgpu';
import { softwareVulkanDriver } from '../support/browser.mjs';

// Standard output belongs to the answers; libraries greet there.
console.log = console.info = console.error;

Object.assign(globalThis, globals);
/** Dawn's entry points are kept for as long as the process lives: once one is collected, the process dies. */
const kept = [];
provideGpu();
if (!(await globalThis.navigator.gpu.requestAdapter()) && !process.env.VK_DRIVER_FILES) {
  // No driver of a GPU: the software one that a browser brought, as the tests use it.
  process.env.VK_DRIVER_FILES = softwareVulkanDriver(undefined) ?? '';
  provideGpu();
}

const { answer } = await import(pathToFileURL(process.argv[2]).href);

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
}

function provideGpu() {
  const gpu = create([]);
  kept.push(gpu);
  // Node 20 has no `navigator`; later versions have one that cannot be assigned to. jax-js looks at the user agent.
  const navigator = { gpu, userAgent: `Node.js/${process.versions.node}` };
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
}
