import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { orTable } from '../../src/index.ts';

/** How a run of the command line ended. */
export interface Ending {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a run may be given beside its arguments. */
interface Surroundings {
  readonly input?: string;
  readonly env?: Record<string, string> | undefined;
  /** A program to run in place of the one in the source tree. */
  readonly program?: string;
}

/** The package's folder. */
export const root = join(import.meta.dirname, '..', '..');
/** Builds the command line where it has to, and becomes it. */
export const launcher = join(root, 'src', 'cli', 'launch.mjs');
const DRIVER_VARIABLES = ['VK_DRIVER_FILES', 'VK_ICD_FILENAMES', 'VK_ADD_DRIVER_FILES'];

/** Runs `handgrad` as a person does, built if it has to be, with standard error going nowhere but here. */
export function handgrad(args: readonly string[], surroundings: Surroundings = {}): Promise<Ending> {
  const { input = '', env = {}, program = launcher } = surroundings;
  const inherited = Object.entries(process.env).filter(([name]) => !DRIVER_VARIABLES.includes(name));
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...Object.fromEntries(inherited), npm_lifecycle_event: '', ...env },
  });
  // A program that ends without reading its input closes the pipe.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return ended(child);
}

function ended(child: ReturnType<typeof spawn>): Promise<Ending> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}

/** The table of the notebook, as a file holds it. */
export const orCsv = orTable.csv;

/** What `--json` prints of a run, as far as the tests look at it. */
export interface RunObject {
  readonly backend: string;
  readonly strategy: string;
  readonly adapter: { readonly isFallback: boolean } | null;
  readonly steps: number;
  readonly losses: readonly (readonly [step: number, loss: number])[];
  readonly initialParameters: Record<string, { readonly shape: number[]; readonly data: number[] }>;
  readonly parameters: Record<string, { readonly shape: number[]; readonly data: number[] }>;
  readonly predictions: readonly (readonly number[])[];
  readonly timing: Record<string, number | null>;
  readonly measurement?: { readonly trainMs: readonly number[]; readonly medianMs: number };
}

/** The one JSON object of a run that went well. */
export function objectOf({ status, stdout, stderr }: Ending): unknown {
  if (status !== 0) throw new Error(`exit status ${status}: ${stderr}`);
  return JSON.parse(stdout);
}

/** The weights of a PyTorch-shaped parameter [units, inputs] in the notebook's order [inputs, units]. */
export function inNotebookOrder(parameters: RunObject['parameters']): number[] {
  return Object.values(parameters).flatMap(({ shape: [units, inputs], data }) =>
    Array.from({ length: units * inputs }, (_, i) => data[(i % units) * inputs + Math.floor(i / units)]),
  );
}

/** Largest |a − b|. */
export function largestDifference(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) return Infinity;
  return Math.max(...a.map((value, i) => Math.abs(value - b[i])));
}
