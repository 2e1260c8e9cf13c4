/**
 * `npm test`: checks, builds and tests everything, on a machine with nothing but Node. `--full` runs every
 * random case instead of a sample. The last line is `N passed, N failed`; each check and each build counts
 * as one test.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
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

runCommand('check', 'npm run --silent check');
const isBuilt = runCommand('build', 'npm run --silent build');
runVitest('node');
if (browser) runVitest('gpu');
if (browser && isBuilt) runPlaywright();

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

/** Runs a check that is one test as a whole; returns whether it passed. */
function runCommand(stage, command) {
  const hasPassed = run(stage, command) === 0;
  count(stage, hasPassed ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });
  return hasPassed;
}

function runVitest(project) {
  const report = join(reports, `${project}.json`);
  const status = run(
    `vitest, project ${project}`,
    `npx vitest run --project ${project} --reporter=default --reporter=json --outputFile.json="${report}"`,
  );
  countReport(`vitest ${project}`, status, report, ({ numPassedTests, numFailedTests, testResults }) => {
    // A file that cannot even be loaded has no tests to fail; it counts as one.
    const broken = testResults.filter(
      (file) => file.status === 'failed' && file.assertionResults.length === 0,
    );
    return { passed: numPassedTests, failed: numFailedTests + broken.length };
  });
}

function runPlaywright() {
  const report = join(reports, 'app.json');
  environment.PLAYWRIGHT_JSON_OUTPUT_FILE = report;
  const status = run(
    'the page, in the browser',
    'npx playwright test --config test/app/playwright.config.ts --reporter=list,json',
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

/** Runs a command with its output in ours; returns its exit status (1 if a signal ended it). */
function run(stage, command) {
  console.log(`\n── ${stage} ──`);
  const { status } = spawnSync(command, { cwd: root, env: environment, stdio: 'inherit', shell: true });
  return status ?? 1;
}
