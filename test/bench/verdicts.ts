import { flopsPerStep, jobShapes, type JobName } from './jobs.ts';
import { fastest, type Results } from './results.ts';
import type { Group } from './system-list.ts';

/** How two groups of systems must compare on a job: time per step of `slower` over that of `faster`. */
interface Requirement {
  readonly job: JobName;
  readonly faster: Group;
  readonly slower: Group;
  /** Least `slower / faster`. */
  readonly atLeast?: number;
  /** Most `faster / slower`, where handgrad may be the slower one. */
  readonly atMost?: number;
}

/** A requirement held against the figures. */
export interface Verdict {
  readonly claim: string;
  readonly accepted: string;
  /** Undefined where a figure is missing. */
  readonly measured: string | undefined;
  readonly outcome: 'pass' | 'miss' | 'not measured';
}

const LEAST_SHARE_OF_CEILING = 0.5;

const againstJax = { notebook: 1500, iris: 35, spirals: 3, digits: 3, mnist: 2, wide: 2 } as const;
const againstTensorflow = {
  notebook: 10_000,
  iris: 600,
  spirals: 20,
  digits: 20,
  mnist: 8,
  wide: 8,
} as const;

const requirements: readonly Requirement[] = [
  ...everyJob(againstJax, 'jax-js WebGPU'),
  ...everyJob(againstTensorflow, 'TensorFlow.js WebGPU'),
  { job: 'notebook', faster: 'handgrad CPU', slower: 'NumPy', atLeast: 20 },
  { job: 'notebook', faster: 'handgrad GPU', slower: 'NumPy', atLeast: 30 },
  { job: 'notebook', faster: 'handgrad GPU', slower: 'PyTorch', atLeast: 200 },
  { job: 'notebook', faster: 'handgrad GPU', slower: 'handgrad CPU', atMost: 1.2 },
  { job: 'iris', faster: 'handgrad GPU', slower: 'TensorFlow.js wasm', atLeast: 10 },
  { job: 'iris', faster: 'handgrad GPU', slower: 'NumPy', atMost: 1.5 },
  { job: 'digits', faster: 'handgrad CPU', slower: 'TensorFlow.js CPU', atMost: 1 },
  { job: 'mnist', faster: 'handgrad CPU', slower: 'TensorFlow.js CPU', atMost: 1 },
];

/** Every requirement on a job that was run, held against the figures. */
export function judgeResults(results: Results): Verdict[] {
  const jobs = new Set(results.cells.map(({ job }) => job));
  const verdicts = requirements
    .filter(({ job }) => jobs.has(job))
    .map((requirement) => judge(requirement, results));
  return jobs.has('wide') ? [...verdicts, ...judgeCeilings('wide', results)] : verdicts;
}

/** Floating-point operations of a step over its time, in 10⁹ a second. */
export function gflops(job: JobName, ms: number): number {
  return flopsPerStep(jobShapes[job]) / ms / 1e6;
}

function everyJob(ratios: Readonly<Record<JobName, number>>, slower: Group): Requirement[] {
  return (Object.keys(ratios) as JobName[]).map((job) => ({
    job,
    faster: 'handgrad GPU',
    slower,
    atLeast: ratios[job],
  }));
}

function judge({ job, faster, slower, atLeast, atMost }: Requirement, { cells }: Results): Verdict {
  const bestOf = (group: Group) => fastest(cells, job, ({ system }) => system.group === group)?.ms;
  const [fasterMs, slowerMs] = [bestOf(faster), bestOf(slower)];
  const isMost = atMost !== undefined;
  const claim = isMost ? `${job}: time of ${faster} / ${slower}` : `${job}: ${faster} faster than ${slower}`;
  const accepted = isMost ? `≤ ${ratioText(atMost)}` : `≥ ${ratioText(atLeast ?? 1)}`;
  if (fasterMs === undefined || slowerMs === undefined) return { claim, accepted, ...notMeasured };
  const ratio = isMost ? fasterMs / slowerMs : slowerMs / fasterMs;
  const passes = isMost ? ratio <= atMost : ratio >= (atLeast ?? 1);
  return { claim, accepted, measured: ratioText(ratio), outcome: passes ? 'pass' : 'miss' };
}

/**
 * Against both loops: with one multiply-add a sum in each round, which is how the floor was set and on a software
 * adapter mostly times the loop's own jump, and written out, which is what the adapter can really do.
 */
function judgeCeilings(job: JobName, { cells, ceilings }: Results): Verdict[] {
  const accepted = `≥ ${percentText(LEAST_SHARE_OF_CEILING)}`;
  const best = fastest(cells, job, ({ system }) => system.group === 'handgrad GPU');
  return (['plainLoopGflops', 'multiplyAddGflops'] as const).map((loop) => {
    const which =
      loop === 'plainLoopGflops' ? 'a plain multiply-add loop' : 'a multiply-add loop written out';
    const claim = `${job}: share of ${which} that handgrad GPU reaches`;
    if (!best || typeof ceilings === 'string') return { claim, accepted, ...notMeasured };
    const share = gflops(job, best.ms) / ceilings[loop];
    const outcome = share >= LEAST_SHARE_OF_CEILING ? 'pass' : 'miss';
    return { claim, accepted, measured: percentText(share), outcome };
  });
}

const notMeasured = { measured: undefined, outcome: 'not measured' } as const;

/** `1,500×`, `2.31×`. */
export function ratioText(ratio: number): string {
  return `${figureText(ratio)}×`;
}

/** `53 %`. */
export function percentText(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}

/** Three figures, and thousands separated; a whole number keeps all of its digits. */
export function figureText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const options = value >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 };
  return value.toLocaleString('en-US', options);
}
