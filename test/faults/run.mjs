/**
 * `npm run test:faults`: plants one fault at a time and succeeds only if the test that should notice does.
 *
 * Each `test/faults/*.patch` is a unified diff (as `git diff` writes it) below three lines of text:
 *
 *     Fault: the sigmoid's derivative has the wrong sign
 *     Test: test/shaders/activations.gpu.test.ts -t "derivative of sigmoid"
 *     Project: gpu
 *
 * `Test` names one test file and, after `-t`, part of the name of the tests to run (all of them without it).
 * `Project` is a vitest project: gpu, node, or dawn.
 *
 * The touched files are copied to a temporary folder and patched there; vite.config.ts serves them instead of
 * the originals when HANDGRAD_FAULT_ROOT names that folder. The working tree is never changed. A fault may
 * touch src/ and shaders/ only.
 *
 * Caught means: a test failed by an assertion. A test that cannot run at all (a shader that no longer
 * compiles, say) proves nothing about the numbers, and does not count. Before that, each named test file must
 * pass without any fault and contain a test of the given name.
 *
 * Arguments, if any, choose patches by part of their file name.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const root = dirname(dirname(folder));

const chosen = process.argv.slice(2);
const patches = readdirSync(folder)
  .filter((file) => file.endsWith('.patch'))
  .filter((file) => chosen.length === 0 || chosen.some((part) => file.includes(part)))
  .toSorted();

/** "project path" → the report of a run without any fault. */
const soundReports = new Map();
const rows = [];
for (const file of patches) {
  console.error(`${file} …`);
  rows.push(tryFault(file));
}

const failed = rows.filter((row) => !row.isCaught).length;
printTable();
console.log(`\n${rows.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 && rows.length > 0 ? 0 : 1;

/** @returns {{file: string, fault: string, isCaught: boolean, outcome: string}} */
function tryFault(file) {
  const patch = readFileSync(join(folder, file), 'utf8');
  const fault = headerLine(patch, 'Fault');
  const project = headerLine(patch, 'Project');
  const [, testFile, testName] = /^(\S+)(?: -t "(.*)")?$/.exec(headerLine(patch, 'Test') ?? '') ?? [];
  const answer = (isCaught, outcome) => ({ file, fault: fault ?? '', isCaught, outcome });

  if (!fault || !project || !testFile) return answer(false, 'lacks a Fault, Test or Project line');
  const objection = soundnessObjection(project, testFile, testName);
  if (objection) return answer(false, objection);

  const faultRoot = mkdtempSync(join(tmpdir(), 'handgrad-fault-'));
  try {
    const error = plant(file, patch, faultRoot);
    if (error) return answer(false, error);
    return answer(...verdict(runTest({ project, testFile, testName, faultRoot })));
  } finally {
    rmSync(faultRoot, { recursive: true });
  }
}

function headerLine(patch, name) {
  const header = patch.slice(0, patch.search(/^(diff --git|---) /m));
  return new RegExp(`^${name}: *(.+?) *$`, 'm').exec(header)?.[1];
}

/** Why the named test could not notice a fault: it fails without one, or does not exist. */
function soundnessObjection(project, testFile, testName) {
  if (!existsSync(join(root, testFile))) return `${testFile} does not exist`;
  const key = `${project} ${testFile}`;
  if (!soundReports.has(key)) soundReports.set(key, runTest({ project, testFile }));
  const report = soundReports.get(key);
  if (!report?.success) return `${testFile} fails without any fault`;
  const isThere = testsOf(report).some(
    ({ status, fullName }) => status === 'passed' && fullName.includes(testName ?? ''),
  );
  return isThere ? undefined : `${testFile} has no passing test named "${testName}"`;
}

/** Copies the files that the patch touches to `faultRoot` and patches them there; returns what went wrong. */
function plant(file, patch, faultRoot) {
  const touched = [...patch.matchAll(/^--- a\/(.+?)\s*$/gm)].map(([, path]) => path);
  for (const path of touched) {
    if (!/^(src|shaders)\//.test(path)) return `touches ${path}, outside src/ and shaders/`;
    if (!existsSync(join(root, path))) return `no longer applies: ${path} is gone`;
    mkdirSync(dirname(join(faultRoot, path)), { recursive: true });
    cpSync(join(root, path), join(faultRoot, path));
  }
  // The ceiling keeps git from taking a repository above the temporary folder for its own.
  const { status, stderr } = spawnSync('git', ['apply', join(folder, file)], {
    cwd: faultRoot,
    env: { ...process.env, GIT_CEILING_DIRECTORIES: dirname(faultRoot) },
    encoding: 'utf8',
  });
  return status === 0 ? undefined : `no longer applies: ${(stderr ?? '').trim().split('\n')[0]}`;
}

/** Runs one test file; returns vitest's JSON report, or undefined if it left none. */
function runTest({ project, testFile, testName, faultRoot = '' }) {
  const reports = mkdtempSync(join(tmpdir(), 'handgrad-report-'));
  const report = join(reports, 'report.json');
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const filter = testName ? ['-t', escapeRegExp(testName)] : [];
  const reporting = ['--reporter=json', `--outputFile=${report}`];
  spawnSync(process.execPath, [vitest, 'run', '--project', project, testFile, ...filter, ...reporting], {
    cwd: root,
    env: { ...process.env, HANDGRAD_FAULT_ROOT: faultRoot },
    stdio: 'ignore',
  });
  try {
    return JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return undefined;
  } finally {
    rmSync(reports, { recursive: true });
  }
}

/** @returns {[isCaught: boolean, outcome: string]} */
function verdict(report) {
  if (!report) return [false, 'vitest crashed'];
  const failures = testsOf(report).filter(({ status }) => status === 'failed');
  if (failures.length === 0) {
    return [
      false,
      report.success ? 'survived: every test still passes' : 'the test file could not be loaded',
    ];
  }
  const byAssertion = failures.filter(({ failureMessages }) =>
    failureMessages[0]?.startsWith('AssertionError'),
  );
  if (byAssertion.length > 0)
    return [true, `caught by ${byAssertion.length} of ${testsOf(report).length} tests`];
  return [false, `failed, but not by an assertion: ${firstLine(failures[0].failureMessages[0])}`];
}

function testsOf(report) {
  return report.testResults
    .flatMap((file) => file.assertionResults)
    .filter(({ status }) => status !== 'skipped');
}

function printTable() {
  const width = Math.max(0, ...rows.map((row) => row.file.length));
  for (const { file, fault, isCaught, outcome } of rows) {
    console.log(
      `${isCaught ? '✓' : '✗'} ${file.padEnd(width)}  ${fault}\n  ${' '.repeat(width)}  ${outcome}`,
    );
  }
}

function firstLine(text = '') {
  return text.split('\n')[0];
}

/** vitest takes `-t` as a regular expression. */
function escapeRegExp(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
