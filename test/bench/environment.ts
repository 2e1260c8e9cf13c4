import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';

/** The packages whose versions a result depends on. */
const PEERS = [
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-backend-webgpu',
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-backend-cpu',
  '@jax-js/jax',
];

/** Installs the packages of test/bench as its lock file has them, unless they are there. */
export function installPeers(folder: string, say: (line: string) => void): void {
  const isInstalled = ({ name, version }: Package) =>
    readPackage(join(folder, 'node_modules', name))?.version === version;
  const wanted = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  const packages = Object.entries(wanted.devDependencies).map(([name, version]) => ({ name, version }));
  if (packages.every(isInstalled)) return;
  say('Installing the peers (npm ci in test/bench) …');
  const { status } = spawnSync('npm ci --no-audit --no-fund', {
    cwd: folder,
    shell: true,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) {
    throw new Error('npm ci in test/bench failed, as printed above; run it there by hand, then try again.');
  }
}

/** Machine, versions and adapter, by name. */
export function describeEnvironment(
  root: string,
  { adapter, clockStepMs, browser }: { adapter: string; clockStepMs: number; browser: string | undefined },
): Record<string, string> {
  const [processor] = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const peers = PEERS.map((name) => {
    const found = readPackage(join(root, 'test', 'bench', 'node_modules', name));
    return [name, found?.version ?? 'not installed'];
  });
  return {
    adapter,
    processor: `${processor.model.trim()}, ${cpus().length} logical cores, ${memory}`,
    // The version's first two numbers; the rest names a build of somebody's.
    system: `${type()} ${/^\d+\.\d+/.exec(release())?.[0] ?? ''}`.trim(),
    ...(browser === undefined ? dawnVersion(root) : { browser: output(browser, ['--version']) }),
    clock: `performance.now(), steps of ${Math.round(1e6 * clockStepMs) / 1000} µs`,
    handgrad: handgradVersion(root),
    node: process.version,
    ...Object.fromEntries(peers),
    python3: output('python3', ['--version']),
    numpy: pythonPackage('numpy'),
    torch: pythonPackage('torch'),
  };
}

interface Package {
  readonly name: string;
  readonly version: string;
}

function readPackage(folder: string): Package | undefined {
  const file = join(folder, 'package.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Package) : undefined;
}

function handgradVersion(root: string): string {
  const version = readPackage(root)?.version ?? 'unknown';
  const commit = output('git', [
    '-C',
    root,
    'describe',
    '--always',
    '--dirty=, changed since',
    '--exclude=*',
  ]);
  return `${version} (${commit})`;
}

function dawnVersion(root: string): Record<string, string> {
  const version = readPackage(join(root, 'node_modules', 'webgpu'))?.version;
  return { 'webgpu (Dawn)': version ?? 'not installed' };
}

function pythonPackage(name: string): string {
  return output('python3', ['-c', `import ${name}; print(${name}.__version__)`]);
}

function output(command: string, parameters: readonly string[]): string {
  const { status, stdout } = spawnSync(command, parameters, { encoding: 'utf8', timeout: 60_000 });
  return status === 0 ? stdout.trim() : 'not found';
}
