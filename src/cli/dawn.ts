import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describeGpu, RefusalError, type Backend } from '../index.ts';
import type { BackendFlag } from './flags.ts';
import { notice } from './output.ts';
import { quoted } from './wording.ts';

/** Software Vulkan drivers that come with a browser, where its Linux packages put them. */
const SOFTWARE_DRIVERS = [
  '/usr/lib/chromium/vk_swiftshader_icd.json',
  '/opt/google/chrome/vk_swiftshader_icd.json',
  '/opt/microsoft/msedge/vk_swiftshader_icd.json',
];
/** What the Vulkan loader reads to find a driver. */
const DRIVER_VARIABLES = ['VK_DRIVER_FILES', 'VK_ICD_FILENAMES', 'VK_ADD_DRIVER_FILES'];
const TAKES_THE_CPU = 'Training on the CPU.';

/** Dawn's entry point is kept for as long as the process lives: once it is collected, the process dies. */
const kept: unknown[] = [];

/** The backend a person asked for, made available. @throws RefusalError if that cannot be */
export async function chooseBackend(wanted: BackendFlag): Promise<Backend['name']> {
  if (wanted === 'auto') return (await findHardwareGpu()) ? 'gpu' : 'cpu';
  if (wanted === 'gpu') await requireGpu();
  return wanted;
}

/**
 * Makes WebGPU available for a run that was asked to use it. Where no driver is found but a browser brought
 * a software one, that is used, and said.
 *
 * @throws RefusalError with what to install
 */
export async function requireGpu(): Promise<void> {
  const missing = await provideWebGpu();
  if (missing) throw new RefusalError(`${missing} Or use --backend cpu.`);
  let found = await describeGpu();
  const driver = found.kind === 'none' ? softwareDriver() : undefined;
  if (driver) {
    process.env.VK_DRIVER_FILES = driver;
    await createDawn();
    found = await describeGpu();
    if (found.kind !== 'none') notice(`No driver of a GPU was found, so VK_DRIVER_FILES=${driver} is used.`);
  }
  if (found.kind === 'none') throw new RefusalError(`${noAdapterSentence()} Or use --backend cpu.`);
  if (found.kind === 'software') notice(found.sentence);
}

/** True if there is a GPU that is not software; says why on standard error if there is none. */
async function findHardwareGpu(): Promise<boolean> {
  const missing = await provideWebGpu();
  if (missing) {
    notice(`${TAKES_THE_CPU} ${missing}`);
    return false;
  }
  const { kind, sentence } = await describeGpu();
  if (kind === 'none') notice(`${TAKES_THE_CPU} ${noAdapterSentence()}`);
  if (kind === 'software') notice(`${TAKES_THE_CPU} ${sentence} --backend gpu asks for it all the same.`);
  return kind === 'hardware';
}

/** Gives Node a `navigator.gpu`. @returns why that cannot be, and what to install; undefined if it is there */
async function provideWebGpu(): Promise<string | undefined> {
  if (globalThis.navigator?.gpu) return undefined;
  try {
    await createDawn();
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_MODULE_NOT_FOUND') {
      return 'The GPU path needs the package "webgpu", which is not installed. Run npm install webgpu.';
    }
    const [reason] = message.split('\n');
    return `The package "webgpu" does not work here (${reason}). Run npm install webgpu again, for this platform.`;
  }
}

async function createDawn(): Promise<void> {
  // Without one, Vulkan drivers write "error: XDG_RUNTIME_DIR is invalid" on stderr; nothing is put there.
  if (process.platform === 'linux') process.env.XDG_RUNTIME_DIR ??= tmpdir();
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  const gpu = create([]);
  kept.push(gpu);
  // Node 20 has no `navigator`; later versions have one that cannot be assigned to.
  Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });
}

/** A software driver to fall back to, unless somebody has already chosen drivers. */
function softwareDriver(): string | undefined {
  if (DRIVER_VARIABLES.some((name) => process.env[name])) return undefined;
  return SOFTWARE_DRIVERS.find((path) => existsSync(path));
}

function noAdapterSentence(): string {
  const variable = DRIVER_VARIABLES.find((name) => process.env[name]);
  if (variable) {
    return (
      `The package "webgpu" finds no GPU through ${variable}=${quoted(process.env[variable] ?? '')}. Name the ` +
      'driver file (.json) of an installed Vulkan driver there, and install libvulkan1 if it is missing.'
    );
  }
  if (process.platform === 'linux') {
    return (
      'The package "webgpu" finds no GPU: on Linux it needs libvulkan1 and a recent Vulkan driver. Install both ' +
      '(Debian, Ubuntu: apt install libvulkan1 mesa-vulkan-drivers, or the driver of your GPU’s maker), or point ' +
      'VK_DRIVER_FILES at the vk_swiftshader_icd.json of an installed Chromium, which is a software adapter.'
    );
  }
  return 'The package "webgpu" finds no GPU. Install or update the driver of your GPU.';
}
