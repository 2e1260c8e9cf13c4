/**
 * Finds, or installs, the Chromium-family browser that the tests run in, and says how to start it. Plain
 * JavaScript, because test/run.mjs needs it before anything is built; vite.config.ts and the Playwright
 * configuration use it too (types in browser.d.mts).
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

const isRoot = process.getuid?.() === 0;

/** No background traffic: a test that watches the network should see the page's requests only. */
const quietFlags = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
];

/**
 * The software adapter, so that every machine computes the same numbers. Without this pair headless Chromium
 * has `navigator.gpu` and no adapter; the second flag alone gives no adapter either.
 */
const softwareWebGpuFlags = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

/** The adapter of the machine's GPU where there is one; what the benchmark times. Linux wants to be asked for Vulkan. */
const systemWebGpuFlags = ['--enable-unsafe-webgpu', '--ignore-gpu-blocklist', '--enable-features=Vulkan'];

/**
 * What Playwright's `launch` takes; `webgpu: false` starts a browser that has no adapter, `adapter: 'system'` one
 * that has the machine's.
 */
export function launchOptions(executablePath, { webgpu = true, adapter = 'software' } = {}) {
  const webGpuFlags = adapter === 'system' ? systemWebGpuFlags : softwareWebGpuFlags;
  return {
    executablePath,
    headless: true,
    // Chromium refuses to run as root with its sandbox; for everybody else the sandbox stays.
    chromiumSandbox: !isRoot,
    args: webgpu ? [...quietFlags, ...webGpuFlags] : quietFlags,
  };
}

/**
 * The first browser that is there: HANDGRAD_BROWSER, a system Chromium, Chrome or Edge, or one that
 * Playwright downloaded. `{ path, source }`, or undefined.
 *
 * @throws Error if HANDGRAD_BROWSER names no file
 */
export async function findBrowser() {
  const chosen = process.env.HANDGRAD_BROWSER;
  if (chosen) {
    if (existsSync(chosen)) return { path: chosen, source: 'HANDGRAD_BROWSER' };
    throw new Error(`HANDGRAD_BROWSER is ${chosen}, where there is no file; correct it or unset it.`);
  }
  const system = systemCandidates().find(runs);
  if (system) return { path: system, source: 'installed on this system' };

  const { chromium } = await import('@playwright/test');
  const downloaded = chromium.executablePath();
  if (downloaded && runs(downloaded)) return { path: downloaded, source: 'downloaded by Playwright' };
  return undefined;
}

/**
 * Installs a browser and returns it as `findBrowser` does. `say` is told what is about to happen.
 *
 * @throws Error if nothing could be installed
 */
export async function installBrowser(say) {
  if (canInstallDebianChromium()) {
    say('No browser found: installing the Debian package "chromium" (apt-get update, apt-get install).');
    aptInstall('chromium');
    const installed = await findBrowser();
    if (installed) return installed;
    say('The Debian package could not be installed.');
  }

  // As root on an apt system Playwright can also install the libraries its browser needs.
  const withLibraries = isRoot && onPath('apt-get') ? ['--with-deps'] : [];
  const command = ['playwright', 'install', '--no-shell', ...withLibraries, 'chromium'];
  say(`No browser found: downloading Playwright's Chromium (npx ${command.join(' ')}).`);
  // Its output goes to standard error: standard output belongs to the test results.
  spawnSync('npx', command, { stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  const downloaded = await findBrowser();
  if (downloaded) return downloaded;
  throw new Error(
    'No browser could be installed. Install Chromium, Chrome or Edge, or set HANDGRAD_BROWSER to its path.',
  );
}

/**
 * The GPU path of the command line runs on Dawn, which on Linux finds every driver through the Vulkan loader:
 * installs it where it is missing and can be installed.
 */
export function requireVulkanLoader(say) {
  if (process.platform !== 'linux' || hasVulkanLoader()) return;
  if (isRoot && onPath('apt-get')) {
    say(
      'No Vulkan loader found: installing the Debian package "libvulkan1" (apt-get update, apt-get install).',
    );
    aptInstall('libvulkan1');
  }
  if (!hasVulkanLoader())
    say('No Vulkan loader: install libvulkan1, or the GPU test of the command line fails.');
}

/** The software Vulkan driver that comes with a Chromium on Linux; undefined elsewhere. */
export function softwareVulkanDriver(browserPath) {
  if (process.platform !== 'linux') return undefined;
  const folders = browserPath ? [dirname(realpathSync(browserPath))] : [];
  return [...folders, '/usr/lib/chromium', '/opt/google/chrome', '/opt/microsoft/msedge']
    .map((folder) => join(folder, 'vk_swiftshader_icd.json'))
    .find((file) => existsSync(file));
}

function hasVulkanLoader() {
  const { stdout } = spawnSync('ldconfig', ['-p'], { encoding: 'utf8' });
  return stdout?.includes('libvulkan.so.1') ?? false;
}

function aptInstall(name) {
  const quiet = {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  spawnSync('apt-get', ['update', '-qq'], quiet);
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], quiet);
}

function systemCandidates() {
  const names = [
    'chromium',
    'chromium-browser',
    'google-chrome',
    'google-chrome-stable',
    'chrome',
    'microsoft-edge',
    'microsoft-edge-stable',
    'msedge',
  ];
  return [...names.map(onPath), ...usualPlaces()].filter((path) => path !== undefined);
}

/** Where installers put browsers without adding them to PATH. */
function usualPlaces() {
  if (process.platform === 'darwin') {
    return ['Google Chrome', 'Chromium', 'Microsoft Edge'].flatMap((name) =>
      ['/Applications', join(process.env.HOME ?? '', 'Applications')].map((folder) =>
        join(folder, `${name}.app`, 'Contents', 'MacOS', name),
      ),
    );
  }
  if (process.platform === 'win32') {
    const folders = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].map((name) => process.env[name]);
    return folders
      .filter(Boolean)
      .flatMap((folder) => [
        join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe'),
        join(folder, 'Chromium', 'Application', 'chrome.exe'),
        join(folder, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
      ]);
  }
  return ['/usr/lib/chromium/chromium', '/opt/google/chrome/chrome', '/opt/microsoft/msedge/msedge'];
}

function onPath(name) {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, file))
    .find(isExecutable);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Whether the file is a browser that starts: Ubuntu's chromium-browser may be a stub that asks for a snap. */
function runs(path) {
  if (!isExecutable(path)) return false;
  // On Windows --version opens a window instead of printing.
  if (process.platform === 'win32') return true;
  try {
    return /\d+\.\d+/.test(
      execFileSync(path, ['--version'], { stdio: 'pipe', timeout: 30_000, encoding: 'utf8' }),
    );
  } catch {
    return false;
  }
}

/** Ubuntu is left to Playwright: its "chromium" package only installs a snap. */
function canInstallDebianChromium() {
  if (!isRoot || !onPath('apt-get') || !existsSync('/etc/os-release')) return false;
  const release = readFileSync('/etc/os-release', 'utf8');
  return /^ID(_LIKE)?=.*debian/m.test(release) && !/^ID(_LIKE)?=.*ubuntu/m.test(release);
}
