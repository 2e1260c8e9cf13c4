import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** How a Python program ended. */
export interface PythonEnding {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A script to be run with arguments, as from a command line. */
export interface PythonTask {
  readonly script: string;
  readonly arguments: readonly string[];
}

const RUNNER = join(import.meta.dirname, 'run-scripts.py');

/** Whether `python3` is here, and finds a package. */
export function hasPython(packageName: string): boolean {
  const program = `import importlib.util, sys; sys.exit(importlib.util.find_spec("${packageName}") is None)`;
  return spawnSync('python3', ['-c', program]).status === 0;
}

/** Runs `python3`. */
export function runPython(args: readonly string[], input = ''): Promise<PythonEnding> {
  const child = spawn('python3', args, { env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}

/** Runs scripts one after the other in one process, which imports its packages once. */
export async function runScripts(tasks: readonly PythonTask[]): Promise<PythonEnding[]> {
  const { status, stdout, stderr } = await runPython([RUNNER], JSON.stringify(tasks));
  if (status !== 0) throw new Error(`The scripts could not be run: ${stderr}`);
  return JSON.parse(stdout) as PythonEnding[];
}

/** The losses that a script printed, by step. */
export function printedLosses(stdout: string): Map<number, number> {
  return new Map(
    [...stdout.matchAll(/^step (\d+) {2}loss (\S+)$/gm)].map(([, step, loss]) => [
      Number(step),
      Number(loss),
    ]),
  );
}
