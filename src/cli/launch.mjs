/**
 * `npm run --silent cli -- …`: runs the command line from the source tree. It builds dist/cli when that is
 * missing or older than its sources (plain Node reads neither our TypeScript nor `?raw` imports), without a
 * word unless the build fails, and then becomes the command line: same arguments, same exit status.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const program = join(root, 'dist', 'cli', 'handgrad.js');
const sources = ['src', 'shaders', 'vite.config.ts', 'package.json'];

if (isStale()) build();

// npm runs scripts in the package's folder; the files a person names are relative to where they stand.
if (process.env.npm_lifecycle_event === 'cli' && process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
process.argv[1] = program;
await import(pathToFileURL(program).href);

function isStale() {
  const built = statSync(program, { throwIfNoEntry: false });
  return !built || sources.some((source) => newestChange(join(root, source)) > built.mtimeMs);
}

/** The latest modification of a file, or of a folder and anything in it (its own tells of deletions). */
function newestChange(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newestChange(join(path, name))));
}

/** In a process of its own, so that Vite's memory and settings do not stay in ours; exits on failure. */
function build() {
  // Built aside and moved, so that another run never reads half a file.
  const aside = join(root, 'dist', `cli-${process.pid}`);
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const options = ['--mode', 'cli', '--outDir', aside, '--logLevel', 'warn'];
  const { status, stdout, stderr } = spawnSync(process.execPath, [vite, 'build', ...options], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0) {
    process.stderr.write(`The command line could not be built.\n${stdout ?? ''}${stderr ?? ''}`);
    rmSync(aside, { recursive: true, force: true });
    process.exit(1);
  }
  mkdirSync(dirname(program), { recursive: true });
  renameSync(join(aside, 'handgrad.js'), program);
  rmSync(aside, { recursive: true });
}
