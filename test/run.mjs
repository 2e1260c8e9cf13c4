/**
 * `npm test`: checks, builds and tests everything, on a machine with nothing but Node. `--full` runs every
 * random case instead of a sample. The last line is `N passed, N failed`; each check and each build counts
 * as one test.
 *
 * Two stages run at a time, where there are two cores: a software adapter compiles kernels on one of them, and the page
 * mostly waits for one.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findBrowser, installBrowser, requireVulkanLoader } from './support/browser.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const reports = mkdtempSync(join(tmpdir(), 'handgrad-test-'));
const environment = { ...process.env };
if (process.argv.includes('--full')) environment.HANDGRAD_FULL = '1';
const total = { passed: 0, failed: 0 };

const browser = await requireBrowser();
if (browser) environment.HANDGRAD_BROWSER = browser.path;
requireVulkanLoader(console.log);

// The longest first. What kernels say is shown at once, what the others say when they have ended.
const stages = [
  ...(browser ? [() => runVitest('gpu', 'inherit', { prefix: onOneCore() })] : []),
  buildAndOpen,
  // In halves, for whichever of the two before ends first.
  () => runVitest('node', 'pipe', { half: 1 }),
  () => runVitest('node', 'pipe', { half: 2 }),
  () => runCommand('check', 'npm run --silent check', 'pipe'),
];
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, runStages));

rmSync(reports, { recursive: true });
const ranAndPassed = total.failed === 0 && total.passed > 0;
process.exitCode = ranAndPassed ? 0 : 1;
console.log(`\n${total.passed} passed, ${total.failed} failed`);

/** A browser, or undefined after counting its absence as a failure: the rest can still be tested. */
async function requireBrowser() {
  try {
    const found = (await findBrowser()) ?? (await installBrowser(console.log));
    console.log(`Browser: ${found.path} (${found.source}).`);
    return found;
  } catch (error) {
    console.log(`${error.message}\nThe tests that need a browser are left out.`);
    count('browser', { passed: 0, failed: 1 });
    return undefined;
  }
}

async function buildAndOpen() {
  const isBuilt = await runCommand('build', 'npm run --silent build', 'pipe');
  if (browser && isBuilt) await runPlaywright('pipe');
}

/**
 * What keeps a command on one core of two. The page's tests wait seconds for what a quiet machine does at once; a
 * software adapter at work beside them, with a thread a core, would have them wait longer.
 */
function onOneCore() {
  if (process.platform !== 'linux' || availableParallelism() !== 2) return '';
  const [, core] = /^Cpus_allowed_list:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  const canPin = core !== undefined && spawnSync('taskset', ['-c', core, 'true']).status === 0;
  return canPin ? `taskset -c ${core} ` : '';
}

/** Runs one stage after the other, until none is waiting. */
async function runStages() {
  for (let stage = stages.shift(); stage; stage = stages.shift()) await stage();
}

/** Runs a check that is one test as a whole; returns whether it passed. */
async function runCommand(stage, command, output) {
  const hasPassed = (await run(stage, command, output)) === 0;
  count(stage, hasPassed ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });
  return hasPassed;
}

async function runVitest(project, output, { prefix = '', half } = {}) {
  const name = half ? `${project}, half ${half} of 2` : project;
  const shard = half ? `--shard=${half}/2 ` : '';
  const report = join(reports, `${project}-${half ?? 0}.json`);
  const status = await run(
    `vitest, project ${name}`,
    `${prefix}npx vitest run --project ${project} ${shard}--reporter=default --reporter=json --outputFile.json="${report}"`,
    output,
  );
  countReport(`vitest ${name}`, status, report, ({ numPassedTests, numFailedTests, testResults }) => {
    // A file that cannot even be loaded has no tests to fail; it counts as one.
    const broken = testResults.filter(
      (file) => file.status === 'failed' && file.assertionResults.length === 0,
    );
    return { passed: numPassedTests, failed: numFailedTests + broken.length };
  });
}

async function runPlaywright(output) {
  const report = join(reports, 'app.json');
  environment.PLAYWRIGHT_JSON_OUTPUT_FILE = report;
  const status = await run(
    'the page, in the browser',
    'npx playwright test --config test/app/playwright.config.ts --reporter=list,json',
    output,
  );
  countReport('playwright', status, report, ({ stats }) => ({
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky,
  }));
}

/** Adds up a report; a stage that exits with an error its report does not explain counts as one failure. */
function countReport(stage, status, path, read) {
  let counts = { passed: 0, failed: 0 };
  try {
    counts = read(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    console.log(`${stage} left no report.`);
    counts.failed = 1;
  }
  if (status !== 0 && counts.failed === 0) counts.failed = 1;
  count(stage, counts);
}

function count(stage, { passed, failed }) {
  total.passed += passed;
  total.failed += failed;
  console.log(`${failed === 0 ? '✓' : '✗'} ${stage}: ${passed} passed, ${failed} failed`);
}

/**
 * Runs a command; resolves to its exit status (1 if a signal ended it).
 *
 * @param output 'inherit' shows what it says at once, 'pipe' when it has ended, all in one piece
 */
async function run(stage, command, output = 'inherit') {
  const heading = `\n── ${stage} ──`;
  if (output === 'inherit') console.log(heading);
  const start = performance.now();
  const child = spawn(command, {
    cwd: root,
    env: environment,
    stdio: ['inherit', output, output],
    shell: true,
  });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => said.push(text));
  const status = await new Promise((resolve) => {
    child.on('close', resolve);
  });
  if (output === 'pipe') console.log(`${heading}\n${Buffer.concat(said).toString()}`);
  console.log(`${stage} took ${Math.round((performance.now() - start) / 1000)} s`);
  return status ?? 1;
}
