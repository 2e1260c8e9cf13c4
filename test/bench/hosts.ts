import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium, type Browser } from '@playwright/test';
import { launchOptions } from '../support/browser.mjs';
import type { NetworkRange } from '../../src/core/bench-jobs.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { createJob, shapeOf, type AnyJobName } from './jobs.ts';
import type { Answer, Request } from './measuring.ts';
import type { SystemEntry } from './system-list.ts';

/**
 * Where systems run. Each system has a host of its own, a fresh browser or process: its first run is really
 * cold, and no system lives with what another left behind. Only one of them works at a time.
 */
export interface Host {
  /** @throws Error if there is no answer within `limitMs`; the host is of no use afterwards */
  ask(request: Request, limitMs: number): Promise<Answer>;
  close(): Promise<void>;
}

/** What it takes to open hosts: where the GPU systems run, and with `browser` all but Python's. */
export type HostSettings =
  | { readonly kind: 'browser'; readonly path: string; readonly url: string; readonly adapter: AdapterKind }
  /** Node; `bundle` is measuring.ts, built. */
  | { readonly kind: 'dawn'; readonly bundle: string };

export type AdapterKind = 'system' | 'software';

const START_LIMIT_MS = 60_000;

/** What a host is opened for: a system, a job, and the networks of it. */
export interface HostTask {
  readonly entry: SystemEntry;
  readonly job: AnyJobName;
  /** Each range has a host of its own; they train at once. */
  readonly ranges: readonly NetworkRange[];
}

/** A host with the system's code loaded and the job's numbers drawn; a problem instead if that fails. */
export async function openHost(
  settings: HostSettings,
  { entry, job, ranges }: HostTask,
): Promise<Host | string> {
  const hosts: Host[] = [];
  const team = teamOf(hosts);
  try {
    for (const networks of ranges) {
      const host = entry.runsOn === 'python' ? openPython(entry, job) : await openPlainHost(settings);
      hosts.push(host);
      const { module, variant } = entry;
      const { problem } = await host.ask({ kind: 'load', module, variant, job, networks }, START_LIMIT_MS);
      if (problem === undefined) continue;
      await team.close();
      return problem;
    }
    return hosts.length === 1 ? hosts[0] : team;
  } catch (error) {
    await team.close();
    return firstLine((error as Error).message);
  }
}

/** Several hosts as one: they are asked at once, and done when the last of them is. */
function teamOf(hosts: readonly Host[]): Host {
  return {
    async ask(request, limitMs) {
      const answers = await Promise.all(hosts.map((host) => host.ask(request, limitMs)));
      return joinAnswers(answers);
    },
    async close() {
      await Promise.all(hosts.map((host) => host.close()));
    },
  };
}

/** What several hosts trained, one behind the other; the time of the slowest. */
export function joinAnswers(answers: readonly Answer[]): Answer {
  const failed = answers.find(({ problem }) => problem !== undefined);
  if (failed) return failed;
  const longest = (time: 'openMs' | 'trainMs') => Math.max(...answers.map((answer) => answer[time] ?? NaN));
  const joined = {
    openMs: longest('openMs'),
    trainMs: longest('trainMs'),
    losses: answers.flatMap(({ losses }) => losses ?? []),
  };
  if (answers.some(({ parameters }) => parameters === undefined)) return joined;
  const parameters = answers.flatMap((answer) => Array.from(fromBase64(answer.parameters ?? '')));
  return { ...joined, parameters: toBase64(Float32Array.from(parameters)) };
}

/** A host with nothing loaded. */
export async function openPlainHost(settings: HostSettings): Promise<Host> {
  if (settings.kind === 'browser') return openBrowser(settings);
  return openProcess(process.execPath, [join(import.meta.dirname, 'dawn-host.mjs'), settings.bundle]);
}

async function openBrowser({ path, url, adapter }: HostSettings & { kind: 'browser' }): Promise<Host> {
  const browser = await chromium.launch(launchOptions(path, { adapter }));
  try {
    return await openPage(browser, url);
  } catch (error) {
    await browser.close();
    throw error;
  }
}

async function openPage(browser: Browser, url: string): Promise<Host> {
  const page = await browser.newPage();
  const crash = new Promise<never>((_resolve, reject) => {
    page.on('crash', () => reject(new Error('The page crashed.')));
  });
  crash.catch(() => {}); // Awaited by whoever asks.
  await page.goto(url);
  await page.waitForFunction(() => 'answer' in globalThis);
  return {
    ask(request, limitMs) {
      const answered = page.evaluate(
        (asked) => (globalThis as unknown as { answer(request: Request): Promise<Answer> }).answer(asked),
        request,
      );
      answered.catch(() => {}); // It fails late, once the browser is closed after the limit.
      return withinLimit(Promise.race([answered, crash]), limitMs);
    },
    close: () => browser.close(),
  };
}

/** The job's numbers go through files: as JSON they would take longer than the training. */
function openPython({ module, variant }: SystemEntry, jobName: AnyJobName): Host {
  const { data, initialParameters } = createJob(jobName, 1);
  const folder = mkdtempSync(join(tmpdir(), 'handgrad-bench-'));
  writeFileSync(join(folder, 'job.json'), JSON.stringify(shapeOf(jobName)));
  writeFileSync(join(folder, 'inputs.f64'), data.inputs);
  writeFileSync(join(folder, 'targets.f64'), data.targets);
  writeFileSync(join(folder, 'parameters.f64'), initialParameters);
  const host = openProcess('python3', [
    join(import.meta.dirname, 'python_peers.py'),
    module,
    variant,
    folder,
  ]);
  return {
    ask: host.ask,
    async close() {
      await host.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** A child process that answers one line of JSON with one. */
function openProcess(command: string, parameters: readonly string[]): Host {
  const child = spawn(command, parameters, { stdio: 'pipe' });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = untilEnd(command, child);
  return {
    ask(request, limitMs) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const answered = lines.next().then(({ value, done }) => {
        // Its end says why.
        return done ? ended : (JSON.parse(value) as Answer);
      });
      return withinLimit(answered, limitMs);
    },
    async close() {
      child.kill('SIGKILL');
      await ended.catch(() => {});
    },
  };
}

/** Rejects, once the process has ended, with what it said last. */
function untilEnd(command: string, child: ChildProcessWithoutNullStreams): Promise<never> {
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4000);
  });
  child.stdin.on('error', () => {}); // The end of the process says it better.
  const ended = new Promise<never>((_resolve, reject) => {
    child.on('error', ({ message }) => reject(new Error(`${command} does not start: ${message}`)));
    child.on('close', (code, signal) => {
      const last = said.trim().split('\n').pop() || `it ended with ${signal ?? `status ${code}`}`;
      reject(new Error(`${command}: ${last}`));
    });
  });
  ended.catch(() => {}); // Awaited by whoever asks.
  return ended;
}

async function withinLimit<T>(work: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    const sentence = `No answer within ${Math.round(limitMs / 1000)} s.`;
    timer = setTimeout(() => reject(new Error(sentence)), limitMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

function firstLine(text: string): string {
  return text.split('\n')[0];
}
