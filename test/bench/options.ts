import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { jobNames, type JobName } from './jobs.ts';
import { systemEntries, type SystemEntry } from './system-list.ts';

/** What the command line asks for. */
export interface BenchOptions {
  readonly jobs: readonly JobName[];
  readonly systems: readonly SystemEntry[];
  readonly quick: boolean;
  /** The GPU side in Node, on Dawn. */
  readonly node: boolean;
  /** A file for every figure. */
  readonly json?: string;
  /** A folder for results.md and results.svg; absent where a part of a run should not replace a whole one. */
  readonly results?: string;
}

/** Reads the command line; on a mistake it says what is accepted and ends the process with status 2. */
export function parseOptions(argv: readonly string[], defaultFolder: string): BenchOptions {
  const command = new Command('npm run bench --')
    .description('Times handgrad against its peers, on this machine, in one run. About 20 minutes.')
    .option('--jobs <names>', `of ${jobNames.join(', ')}; separated by commas`, parseJobs, jobNames)
    .option(
      '--systems <names>',
      'as in --systems handgrad,jax-webgpu,numpy; separated by commas',
      parseSystems,
      systemEntries,
    )
    .option('--quick', 'two short repetitions: to see that all of it works, not to quote', false)
    .option('--node', 'the GPU side in Node, on Dawn, for a machine with a GPU and no browser', false)
    .option('--json <file>', 'write every figure to this file', parseFile)
    .option('--results <folder>', 'write results.md and results.svg here, whatever was left out', parseFolder)
    .allowExcessArguments(false)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
  // Commander would print the lists in full.
  for (const option of command.options) {
    if (Array.isArray(option.defaultValue)) option.defaultValueDescription = 'all';
  }
  command.parse(argv);
  const options = command.opts<BenchOptions>();
  const isWhole =
    !options.quick &&
    options.jobs.length === jobNames.length &&
    options.systems.length === systemEntries.length;
  return isWhole ? { results: defaultFolder, ...options } : options;
}

function parseJobs(text: string): JobName[] {
  const names = text.split(',');
  for (const name of names) {
    if (!jobNames.includes(name as JobName)) {
      throw new InvalidArgumentError(`There is no job "${name}"; there are ${jobNames.join(', ')}.`);
    }
  }
  return jobNames.filter((name) => names.includes(name));
}

function parseSystems(text: string): SystemEntry[] {
  const names = text.split(',');
  const isNamed = (id: string, name: string) => id === name || id.startsWith(`${name}-`);
  for (const name of names) {
    if (!systemEntries.some(({ id }) => isNamed(id, name))) {
      const ids = systemEntries.map(({ id }) => id).join(', ');
      throw new InvalidArgumentError(
        `There is no system "${name}"; there are ${ids}, or the beginning of one.`,
      );
    }
  }
  return systemEntries.filter(({ id }) => names.some((name) => isNamed(id, name)));
}

/** Looked at now: twenty minutes later it would be too late. */
function parseFolder(path: string): string {
  if (existsSync(path)) return path;
  throw new InvalidArgumentError(`There is no folder ${path}; make it first.`);
}

function parseFile(path: string): string {
  parseFolder(dirname(path));
  return path;
}
