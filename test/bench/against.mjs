/**
 * `npm run bench:against -- <commit> [jobs]`: this tree beside an earlier commit, step by step on every path, alternating.
 *
 * Both libraries are built and trained in the same process, the one first and then the other, and that again in ten
 * processes: two copies of the same code differ by up to a third within one process (where its memory happens to lie),
 * so only medians over processes say anything. The GPU paths run in Node through the `webgpu` package (on Linux,
 * VK_DRIVER_FILES names a driver); without it the CPU path alone is timed. Both sides follow the plan of the earlier
 * commit, so that a planner that chooses differently is not taken for a faster kernel.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const PROCESSES = 10;
const INSTANCES = 3;
const ROUNDS = 5;
/** Of one stretch of steps. */
const TARGET_MS = 40;
const file = fileURLToPath(import.meta.url);
const root = join(file, '..', '..', '..');

const [command, ...rest] = process.argv.slice(2);
if (command === '--measure') await measure(rest);
else compare(command, rest[0] ?? 'notebook,iris,spirals,digits');

function compare(commit, jobs) {
  if (!commit) {
    console.error(
      'Name the commit to compare with: npm run bench:against -- <commit> [jobs, separated by commas]',
    );
    process.exit(2);
  }
  const folder = mkdtempSync(join(tmpdir(), 'handgrad-against-'));
  const old = join(folder, 'old');
  const run = (cwd, name, args) => execFileSync(name, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    run(root, 'git', ['worktree', 'add', '--detach', old, commit]);
    symlinkSync(join(root, 'node_modules'), join(old, 'node_modules'));
    for (const tree of [old, root]) run(tree, 'npx', ['vite', 'build', '--mode', 'library']);
    /** "job path" → the ratios new / old, one a process. */
    const ratios = new Map();
    for (let i = 0; i < PROCESSES; i++) {
      const args = [
        file,
        '--measure',
        ...[old, root].map((tree) => join(tree, 'dist/library/handgrad.js')),
        jobs,
      ];
      const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 24 });
      for (const line of stdout.split('\n').filter((text) => text.startsWith('{'))) {
        const { name, ratio } = JSON.parse(line);
        ratios.set(name, [...(ratios.get(name) ?? []), ratio]);
      }
      process.stderr.write(`process ${i + 1} of ${PROCESSES}\n`);
    }
    for (const [name, found] of ratios) {
      const range = `${Math.min(...found).toFixed(2)} to ${Math.max(...found).toFixed(2)}`;
      console.log(
        `${name.padEnd(28)} new / old ${median(found).toFixed(3)}  (${range}, ${found.length} processes)`,
      );
    }
  } finally {
    spawnSync('git', ['worktree', 'remove', '--force', old], { cwd: root });
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure([oldPath, newPath, jobs]) {
  const hasGpu = await openDawn();
  const libraries = { old: await load(oldPath), new: await load(newPath) };
  for (const job of jobs.split(',')) {
    for (const path of hasGpu ? ['cpu', 'unrolled', 'fused', 'layered'] : ['cpu']) {
      const ratio = await ratioOf(libraries, job, path);
      if (ratio !== undefined) console.log(JSON.stringify({ name: `${job}, ${path}`, ratio }));
    }
  }
  process.exit(0);
}

async function ratioOf(libraries, name, path) {
  const backend = path === 'cpu' ? 'cpu' : 'gpu';
  const medians = { old: [], new: [] };
  let plan;
  let steps = 1;
  for (let instance = 0; instance < INSTANCES; instance++) {
    const order = instance % 2 === 0 ? ['new', 'old'] : ['old', 'new'];
    const trainers = {};
    for (const which of order) {
      const { backends, benchShapes, drawJob } = libraries[which];
      const { job, data } = drawJob(benchShapes[name], 2 ** 22);
      const { backends: oldBackends } = libraries.old;
      try {
        plan ??= (await oldBackends[backend].plan(job, data, path === 'cpu' ? undefined : path)).plan;
      } catch (error) {
        if (error.name === 'RefusalError') return undefined;
        throw error;
      }
      trainers[which] = await backends[backend].createTrainer(job, data, plan);
      await time(trainers[which], 3);
    }
    for (let ms = 0; instance === 0 && ms < 0.7 * TARGET_MS;) {
      ms = await time(trainers.old, steps);
      if (ms < 0.7 * TARGET_MS)
        steps = Math.max(steps + 1, Math.min(8 * steps, Math.ceil((steps * TARGET_MS) / ms)));
    }
    const times = { old: [], new: [] };
    for (let round = 0; round < ROUNDS; round++) {
      for (const which of round % 2 === 0 ? order : order.toReversed())
        times[which].push((await time(trainers[which], steps)) / steps);
    }
    for (const which of order) {
      medians[which].push(median(times[which]));
      trainers[which].dispose();
    }
  }
  return median(medians.new) / median(medians.old);
}

async function time(trainer, steps) {
  const start = performance.now();
  await trainer.train(steps);
  return performance.now() - start;
}

function load(path) {
  return import(pathToFileURL(path).href);
}

/** Gives Node a `navigator.gpu`. @returns whether there is an adapter */
async function openDawn() {
  try {
    const { create, globals } = await import('webgpu');
    Object.assign(globalThis, globals);
    // Referenced from a global for as long as the process lives: once it is collected, Dawn takes the process down.
    globalThis.handgradGpu = create([]);
    Object.defineProperty(globalThis, 'navigator', {
      value: { gpu: globalThis.handgradGpu },
      configurable: true,
    });
    return (await globalThis.handgradGpu.requestAdapter()) !== null;
  } catch {
    return false;
  }
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
