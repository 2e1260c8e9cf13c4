import { describeGpu } from '../../src/index.ts';
import { toBase64 } from './base64.ts';
import { measureCeilings, type Ceilings } from './ceilings.ts';
import type { NetworkRange } from '../../src/core/bench-jobs.ts';
import { createJob, type AnyJobName } from './jobs.ts';
import type { System, SystemModule } from './systems/system.ts';

/**
 * Loads one system and times it, in a page or in Node under Dawn. test/bench/python_peers.py answers the same
 * `load` and `train`.
 */

/** What a host is asked. */
export type Request =
  | { readonly kind: 'describe' }
  | { readonly kind: 'ceilings' }
  /** Fetches the system's code, and draws the job's numbers; nothing of the system runs. */
  | (Load & { readonly kind: 'load' })
  /** Opens a run of that many steps, trains it and frees it. */
  | { readonly kind: 'train'; readonly steps: number; readonly withParameters: boolean };

interface Load {
  /** A file of `systems/`, or what python_peers.py calls it. */
  readonly module: string;
  readonly variant: string;
  readonly job: AnyJobName;
  readonly networks: NetworkRange;
}

/** What training took, in milliseconds, and what it gave. */
export interface Trained {
  readonly openMs: number;
  readonly trainMs: number;
  /** Of each network's last step. */
  readonly losses: readonly number[];
  /** [networks, parameterCount], float32, little endian, in base64: two million numbers as JSON take seconds. */
  readonly parameters?: string;
}

export interface Description {
  /** Where WebGPU runs, or why it does not. */
  readonly adapter: string;
  readonly isSoftware: boolean;
  readonly hasGpu: boolean;
  /** What the clock advances by, in milliseconds. */
  readonly clockStepMs: number;
}

/** The answer to each kind of request; `problem` is why there is none. */
export type Answer = Partial<Trained & Description & Ceilings> & { readonly problem?: string };

// A glob and not imports: the root type check must not follow them into packages that are not installed there.
const modules = import.meta.glob<SystemModule>(['./systems/*.ts', '!./systems/system.ts']);

let loaded: (Pick<Load, 'job' | 'networks'> & { readonly system: System }) | undefined;

/** Answers one request; a failure is an answer too. */
export async function answer(request: Request): Promise<Answer> {
  try {
    switch (request.kind) {
      case 'describe':
        return await describe();
      case 'ceilings':
        return await measureCeilings();
      case 'load':
        return await load(request);
      case 'train':
        return await train(request.steps, request.withParameters);
    }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

async function describe(): Promise<Description> {
  const { kind, sentence, adapter } = await describeGpu();
  const names = adapter && [adapter.vendor, adapter.architecture, adapter.description].filter(Boolean);
  return {
    adapter: names ? `${names.join(' · ')} (${kind})` : sentence,
    isSoftware: kind === 'software',
    hasGpu: kind !== 'none',
    clockStepMs: clockStep(),
  };
}

/** The least the clock was seen to advance by. */
function clockStep(): number {
  let least = Infinity;
  for (let reading = 0; reading < 50; reading++) {
    const before = performance.now();
    let after = before;
    while (after === before) after = performance.now();
    least = Math.min(least, after - before);
  }
  return least;
}

async function load({ module, variant, job, networks }: Load): Promise<Answer> {
  const { createSystem } = await modules[`./systems/${module}.ts`]();
  loaded = { system: createSystem(variant), job, networks };
  createJob(job, 1, networks);
  return {};
}

async function train(steps: number, withParameters: boolean): Promise<Trained> {
  if (!loaded) throw new Error('Nothing is loaded; ask for "load" first.');
  const job = createJob(loaded.job, steps, loaded.networks);
  const pressed = performance.now();
  const run = await loaded.system.open(job);
  try {
    const started = performance.now();
    const losses = Array.from(await run.train());
    const finished = performance.now();
    const times = { openMs: started - pressed, trainMs: finished - started, losses };
    return withParameters ? { ...times, parameters: toBase64(await run.parameters()) } : times;
  } finally {
    run.dispose();
  }
}
