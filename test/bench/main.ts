import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findBrowser, installBrowser } from '../support/browser.mjs';
import { askForCeilings, describeAdapter, fullEffort, measureJob, quickEffort } from './benchmark.ts';
import { buildBundle, servePage, type Built } from './builds.ts';
import type { Ceilings } from './ceilings.ts';
import { describeEnvironment, installPeers } from './environment.ts';
import type { AdapterKind, HostSettings } from './hosts.ts';
import type { PopulationName } from './jobs.ts';
import type { Description } from './measuring.ts';
import { parseOptions, type BenchOptions } from './options.ts';
import { drawPicture } from './picture.ts';
import { renderPopulationReport } from './population-report.ts';
import { renderReport } from './report.ts';
import { replacePart, type Part } from './report-parts.ts';
import type { Cell, Circumstances, PopulationResults, Results } from './results.ts';
import { scalingEntries, scalingJob } from './system-list.ts';

const folder = import.meta.dirname;
const root = join(folder, '..', '..');

/** Runs the benchmark. The table goes to standard output, progress to standard error. */
export async function main(argv: readonly string[]): Promise<void> {
  const options = parseOptions(argv, folder);
  installPeers(folder, say);
  const built = options.node ? await buildBundle(root) : await servePage(root);
  try {
    if (options.population) {
      const results = await runPopulations(options, built);
      write(options, { part: 'populations', report: renderPopulationReport(results), results });
    } else {
      const results = await runNetworks(options, built);
      write(options, { part: 'networks', report: renderReport(results), results });
      if (options.results) writeFileSync(join(options.results, 'results.svg'), drawPicture(results));
    }
  } finally {
    await built.close();
  }
}

/** Each part of results.md is replaced by a run of its own. */
function write(
  { json, results: resultsFolder }: BenchOptions,
  { part, report, results }: { part: Part; report: string; results: Results | PopulationResults },
): void {
  process.stdout.write(report);
  if (json) writeFileSync(json, `${JSON.stringify(results, undefined, 2)}\n`);
  if (!resultsFolder) return;
  const file = join(resultsFolder, 'results.md');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  writeFileSync(file, replacePart(text, part, report));
}

async function runNetworks(options: BenchOptions & { population: false }, built: Built): Promise<Results> {
  const { settings, description } = await chooseAdapter(built);
  const effort = options.quick ? quickEffort : fullEffort;
  const first = await askForCeilings(settings);
  const cells: Cell[] = [];
  for (const job of options.jobs) {
    cells.push(...(await measureJob(job, options.systems, { settings, effort, say })));
  }
  // Measured again at the end: whatever else the machine did in the first seconds must not lower a ceiling.
  const ceilings = higher(first, await askForCeilings(settings));
  return { ...circumstances(settings, description), ceilings, cells };
}

async function runPopulations(
  options: BenchOptions & { population: true },
  built: Built,
): Promise<PopulationResults> {
  const { settings, description } = await chooseAdapter(built);
  const measuring = { settings, effort: options.quick ? quickEffort : fullEffort, say };
  const cells: Cell<PopulationName>[] = [];
  for (const job of options.jobs) cells.push(...(await measureJob(job, options.systems, measuring)));
  const scales = options.jobs.includes(scalingJob) && options.systems.some(({ id }) => id === 'handgrad-gpu');
  const scaling = scales ? await measureJob(scalingJob, scalingEntries, measuring) : [];
  return { ...circumstances(settings, description), cells, scaling };
}

function circumstances(settings: HostSettings, description: Description): Circumstances {
  return {
    date: new Date().toISOString(),
    command: ['npm run bench', ...commandLine()].join(' '),
    environment: describeEnvironment(root, {
      ...description,
      browser: settings.kind === 'browser' ? settings.path : undefined,
    }),
    isSoftware: description.isSoftware,
  };
}

/** `findAdapter`, and says which it is. */
async function chooseAdapter(built: Built): Promise<{ settings: HostSettings; description: Description }> {
  const chosen = await findAdapter(built);
  say(chosen.description.adapter);
  return chosen;
}

/** The machine's own adapter if it is hardware, else the software adapter that the tests use. */
async function findAdapter(built: Built): Promise<{ settings: HostSettings; description: Description }> {
  if ('bundle' in built) {
    const settings = { kind: 'dawn', bundle: built.bundle } as const;
    return { settings, description: await describeAdapter(settings) };
  }
  const { path } = (await findBrowser()) ?? (await installBrowser(say));
  const withAdapter = async (adapter: AdapterKind) => {
    const settings = { kind: 'browser', path, url: built.url, adapter } as const;
    return { settings, description: await describeAdapter(settings) };
  };
  const own = await withAdapter('system');
  return own.description.hasGpu && !own.description.isSoftware ? own : await withAdapter('software');
}

function higher(first: Ceilings | string, second: Ceilings | string): Ceilings | string {
  if (typeof first === 'string') return second;
  if (typeof second === 'string') return first;
  return {
    multiplyAddGflops: Math.max(first.multiplyAddGflops, second.multiplyAddGflops),
    plainLoopGflops: Math.max(first.plainLoopGflops, second.plainLoopGflops),
    copyGigabytesPerSecond: Math.max(first.copyGigabytesPerSecond, second.copyGigabytesPerSecond),
  };
}

function commandLine(): string[] {
  const given = process.argv.slice(2);
  return given.length > 0 ? ['--', ...given] : [];
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
