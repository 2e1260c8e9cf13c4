import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { jobNames, populationNames, type JobName, type PopulationName } from './jobs.ts';
import { populationEntries, systemEntries, type SystemEntry } from './system-list.ts';

/** What the command line asks for. */
export type BenchOptions = AskedOptions &
  (
    | { readonly population: false; readonly jobs: readonly JobName[] }
    /** Many networks at once, instead of each job's one. */
    | { readonly population: true; readonly jobs: readonly PopulationName[] }
  );

interface AskedOptions {
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
  // Looked at first: it decides which jobs and systems there are.
  const isPopulation = argv.includes('--population');
  const names: readonly string[] = isPopulation ? populationNames : jobNames;
  const entries = isPopulation ? populationEntries : systemEntries;
  const command = new Command('npm run bench --')
    .description('Times handgrad against its peers, on this machine, in one run. About 20 minutes.')
    .option('--population', 'many networks at once, in network-steps per second; about 3 minutes', false)
    .option('--jobs <names>', `of ${names.join(', ')}; separated by commas`, jobsParser(names), names)
    .option(
      '--systems <names>',
      `as in --systems ${isPopulation ? 'handgrad-gpu,jax-vmap' : 'handgrad,jax-webgpu,numpy'}; separated by commas`,
      systemsParser(entries),
      entries,
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
    !options.quick && options.jobs.length === names.length && options.systems.length === entries.length;
  return isWhole ? { results: defaultFolder, ...options } : options;
}

function jobsParser(known: readonly string[]): (text: string) => string[] {
  return (text) => {
    const names = text.split(',');
    for (const name of names) {
      if (!known.includes(name)) {
        throw new InvalidArgumentError(`There is no job "${name}"; there are ${known.join(', ')}.`);
      }
    }
    return known.filter((name) => names.includes(name));
  };
}

function systemsParser(known: readonly SystemEntry[]): (text: string) => SystemEntry[] {
  const isNamed = (id: string, name: string) => id === name || id.startsWith(`${name}-`);
  return (text) => {
    const names = text.split(',');
    for (const name of names) {
      if (!known.some(({ id }) => isNamed(id, name))) {
        const ids = known.map(({ id }) => id).join(', ');
        throw new InvalidArgumentError(
          `There is no system "${name}"; there are ${ids}, or the beginning of one.`,
        );
      }
    }
    return known.filter(({ id }) => names.some((name) => isNamed(id, name)));
  };
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
