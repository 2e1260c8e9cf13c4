import { fromBase64 } from './base64.ts';
import type { Ceilings } from './ceilings.ts';
import type { NetworkRange } from '../../src/core/bench-jobs.ts';
import { openHost, openPlainHost, type Host, type HostSettings } from './hosts.ts';
import { isPopulation, populationShapes, shapeOf, type AnyJobName } from './jobs.ts';
import type { Description, Trained } from './measuring.ts';
import { Reference } from './reference.ts';
import { msPerStep, type Cell, type Figures } from './results.ts';
import { largestDeviation, relativeUpdateDeviation, roundUpTo, spread } from './statistics.ts';
import type { SystemEntry } from './system-list.ts';

/** How long and how often to measure. */
export interface Effort {
  readonly repetitions: number;
  /** What one repetition should take at least, as far as the job has steps for it. */
  readonly repetitionMs: number;
}

export const fullEffort: Effort = { repetitions: 5, repetitionMs: 700 };
export const quickEffort: Effort = { repetitions: 2, repetitionMs: 150 };

/** Relative. Summing a quarter of a million squares one by one in float32 is off by 5e-5; a wrong loss by far more. */
const LOSS_TOLERANCE = 1e-3;
/** Relative to the largest update: a float32 parameter keeps a small update with few digits. */
const UPDATE_TOLERANCE = 1e-2;

/** A whole job may take less than this; it is then repeated within a turn. */
const LEAST_TURN_MS = 50;
const MOST_RUNS_A_TURN = 5;
/** A repetition above this is repeated fewer times. */
const SLOW_REPETITION_MS = 20_000;
const SLOW_REPETITIONS = 3;
/** A system whose one call would take longer is left out, and the cell says so. */
const MOST_CALL_MS = 60_000;
/** Without an answer by then the system counts as stuck. */
const ANSWER_LIMIT_MS = 300_000;
/** A step that long is warm after the first run, and a repetition of one step long enough. */
const WARM_AFTER_MS = 5000;
const MOST_WARM_UPS = 4;
/** Networks of a population whose losses are held against the reference after every repetition; all are, once. */
const MOST_CHECKED_NETWORKS = 16;

type Say = (line: string) => void;

/** A system that passed the check and takes its turns. */
interface Contender {
  readonly entry: SystemEntry;
  readonly host: Host;
  /** Of the job, in the order of its losses. */
  readonly networks: readonly number[];
  readonly steps: number;
  readonly repetitions: number;
  readonly cold: Figures['cold'];
  /** From the warm-up. */
  readonly expectedMsPerStep: number;
  readonly msPerStep: number[];
  lossDeviation: number;
  readonly updateDeviation: number;
  readonly note: string | undefined;
  problem: string | undefined;
}

/** Measures every system on one job, in turns. */
export async function measureJob<Job extends AnyJobName>(
  jobName: Job,
  entries: readonly SystemEntry[],
  { settings, effort, say }: { settings: HostSettings; effort: Effort; say: Say },
): Promise<Cell<Job>[]> {
  const reference = new Reference(jobName);
  const contenders: Contender[] = [];
  const cells = new Map<string, Cell<Job>>();
  try {
    for (const entry of entries) {
      const made = excuse(entry, jobName, settings, contenders) ?? (await prepare(entry));
      if (typeof made === 'string') cells.set(entry.id, { job: jobName, system: entry, reason: made });
      else contenders.push(made);
      say(`${jobName}  ${entry.label}: ${typeof made === 'string' ? made : describe(made)}`);
    }
    for (let turn = 0; turn < effort.repetitions; turn++) {
      say(`${jobName}  repetition ${turn + 1} of ${effort.repetitions}`);
      for (const contender of contenders) await takeTurn(contender, turn, reference);
    }
  } finally {
    for (const { host } of contenders) await host.close();
  }
  for (const contender of contenders) {
    const cell = cellOf(jobName, contender);
    cells.set(contender.entry.id, cell);
    say(`${jobName}  ${cell.system.label}: ${cell.reason ?? `${msPerStep(cell)?.toPrecision(3)} ms a step`}`);
  }
  return entries.flatMap(({ id }) => cells.get(id) ?? []);

  async function prepare(entry: SystemEntry): Promise<Contender | string> {
    const ranges = rangesOf(entry, jobName);
    const host = await openHost(settings, { entry, job: jobName, ranges });
    if (typeof host === 'string') return host;
    const networks = ranges.flatMap(({ first, count }) => Array.from({ length: count }, (_, i) => first + i));
    const made = await makeContender(
      { host, entry, networks, sibling: siblingOf(entry, contenders) },
      reference,
      effort,
    );
    if (typeof made === 'string') await host.close();
    return made;
  }
}

/** What the adapter is, or why there is none. */
export async function describeAdapter(settings: HostSettings): Promise<Description> {
  const host = await openPlainHost(settings);
  try {
    return (await host.ask({ kind: 'describe' }, ANSWER_LIMIT_MS)) as Description;
  } finally {
    await host.close();
  }
}

/** The adapter's ceilings, or why they could not be measured. */
export async function askForCeilings(settings: HostSettings): Promise<Ceilings | string> {
  const host = await openPlainHost(settings);
  try {
    const { problem, ...ceilings } = await host.ask({ kind: 'ceilings' }, ANSWER_LIMIT_MS);
    return problem ?? (ceilings as Ceilings);
  } catch (error) {
    return (error as Error).message;
  } finally {
    await host.close();
  }
}

/** Why a system takes no part, before anything is started; undefined if it does. */
function excuse(
  entry: SystemEntry,
  jobName: AnyJobName,
  settings: HostSettings,
  contenders: readonly Contender[],
): string | undefined {
  const { jobs, runsOn, module, stepsPerCall } = entry;
  if (jobs && !jobs.some((job) => job === jobName)) return `compared on ${jobs.join(' and ')} only`;
  if (settings.kind === 'dawn' && runsOn === 'cpu' && module !== 'handgrad') {
    return '--node runs the GPU side only; it needs a browser';
  }
  // One call of many steps takes as many times what a call of one step took.
  const sibling = siblingOf(entry, contenders);
  const callMs = sibling ? stepsPerCall * sibling.expectedMsPerStep : 0;
  if (callMs <= MOST_CALL_MS) return undefined;
  return (
    `one call would take about ${Math.round(callMs / 1000)} s at the rate of fewer steps per call; ` +
    `the benchmark waits ${MOST_CALL_MS / 1000} s`
  );
}

/** Which networks of the job each host of a system trains. */
function rangesOf({ networks, hostCount = 1 }: SystemEntry, jobName: AnyJobName): NetworkRange[] {
  const { networkCount, sampleCount } = isPopulation(jobName)
    ? populationShapes[jobName]
    : { networkCount: 1, sampleCount: 1 };
  const counts = { all: networkCount, sample: sampleCount };
  const count = typeof networks === 'string' ? counts[networks] : (networks ?? 1);
  return Array.from({ length: hostCount }, (_, host) => ({ first: host * count, count }));
}

/** The same system with fewer steps per call, which has been checked already. */
function siblingOf(
  { group, stepsPerCall }: SystemEntry,
  contenders: readonly Contender[],
): Contender | undefined {
  return contenders.find(({ entry }) => entry.group === group && entry.stepsPerCall < stepsPerCall);
}

/** What losses and parameters should be; a sentence if there is nothing to hold them against. */
async function expectedAfter(
  steps: number,
  reference: Reference,
  { networks, sibling }: Pick<Newcomer, 'networks' | 'sibling'>,
): Promise<{ losses: readonly number[]; parameters: ArrayLike<number>; note?: string } | string> {
  const parameters = await reference.parametersAfter(steps, networks);
  if (typeof parameters !== 'string') {
    const losses = await reference.lossesAfter(steps, networks);
    return typeof losses === 'string' ? losses : { losses, parameters };
  }
  if (!sibling) return `cannot be checked: ${parameters}`;
  const trained = await train(sibling.host, steps, true);
  if (typeof trained === 'string') return `cannot be checked: ${trained}`;
  const note = `held against ${sibling.entry.label}, because ${parameters}`;
  return { losses: trained.losses, parameters: fromBase64(trained.parameters ?? ''), note };
}

/** A system that is to be checked. */
interface Newcomer extends Pick<Contender, 'host' | 'entry' | 'networks'> {
  readonly sibling: Contender | undefined;
}

/** Runs a system cold, checks its numbers, warms it up, and settles how many steps a repetition takes. */
async function makeContender(
  newcomer: Newcomer,
  reference: Reference,
  effort: Effort,
): Promise<Contender | string> {
  const { host, entry, networks } = newcomer;
  const shape = shapeOf(reference.jobName);
  const unit = entry.stepsPerCall;
  const checkSteps = roundUpTo(unit, shape.checkSteps);
  const expected = await expectedAfter(checkSteps, reference, newcomer);
  if (typeof expected === 'string') return expected;

  const cold = await train(host, checkSteps, true);
  if (typeof cold === 'string') return cold;
  const deviations = {
    lossDeviation: largestDeviation(cold.losses, expected.losses),
    updateDeviation: relativeUpdateDeviation(
      reference.initialParameters(networks),
      fromBase64(cold.parameters ?? ''),
      expected.parameters,
      networks.length,
    ),
  };
  const disagreement = disagreementOf(deviations, checkSteps);
  if (disagreement) return disagreement;

  const mostSteps = roundUpTo(unit, shape.steps);
  const settled = await warmUp(host, cold, { unit, steps: checkSteps, mostSteps, effort });
  if (typeof settled === 'string') return settled;
  return {
    entry,
    host,
    networks,
    steps: settled.steps,
    repetitions: settled.ms > SLOW_REPETITION_MS ? SLOW_REPETITIONS : effort.repetitions,
    cold: { steps: checkSteps, ms: cold.openMs + cold.trainMs },
    expectedMsPerStep: settled.ms / settled.steps,
    msPerStep: [],
    note: expected.note,
    problem: undefined,
    ...deviations,
  };
}

/** Trains until a run is warm and long enough to be timed; returns its steps and what they take. */
async function warmUp(
  host: Host,
  cold: Trained,
  { unit, steps, mostSteps, effort }: { unit: number; steps: number; mostSteps: number; effort: Effort },
): Promise<{ steps: number; ms: number } | string> {
  const longEnough = (ms: number) => {
    const wanted = roundUpTo(
      unit,
      Math.max(1, Math.round((steps * effort.repetitionMs) / Math.max(ms, 0.01))),
    );
    return Math.min(wanted, mostSteps);
  };
  let ms = cold.trainMs;
  for (let run = 0; run < MOST_WARM_UPS; run++) {
    const wanted = longEnough(ms);
    const expectedMs = (ms * wanted) / steps;
    if (expectedMs > WARM_AFTER_MS) return { steps: wanted, ms: expectedMs };
    if (run > 1 && (wanted === steps || ms > effort.repetitionMs / 2)) break;
    const warm = await train(host, wanted, false);
    if (typeof warm === 'string') return warm;
    steps = wanted;
    ms = warm.trainMs;
  }
  return { steps, ms };
}

/** One turn of one system: a repetition, and a few more where one is short, so that one hiccup does not decide. */
async function takeTurn(contender: Contender, turn: number, reference: Reference): Promise<void> {
  if (turn >= contender.repetitions) return;
  const { steps, expectedMsPerStep } = contender;
  const wanted = Math.ceil(LEAST_TURN_MS / (steps * expectedMsPerStep));
  for (let run = 0; run < Math.min(wanted, MOST_RUNS_A_TURN); run++) {
    if (contender.problem === undefined) await repeat(contender, reference);
  }
}

/** One repetition, checked; what goes wrong takes the system out. */
async function repeat(contender: Contender, reference: Reference): Promise<void> {
  const { steps, host, networks } = contender;
  const trained = await train(host, steps, false);
  if (typeof trained === 'string') {
    contender.problem = trained;
    return;
  }
  const checked = spread(networks.length, MOST_CHECKED_NETWORKS);
  const expected = await reference.lossesAfter(
    steps,
    checked.map((i) => networks[i]),
  );
  if (typeof expected !== 'string') {
    const deviation = largestDeviation(
      checked.map((i) => trained.losses[i]),
      expected,
    );
    contender.lossDeviation = Math.max(contender.lossDeviation, deviation);
    contender.problem = disagreementOf(contender, steps);
  }
  contender.msPerStep.push(trained.trainMs / steps);
}

async function train(host: Host, steps: number, withParameters: boolean): Promise<Trained | string> {
  try {
    const answer = await host.ask({ kind: 'train', steps, withParameters }, ANSWER_LIMIT_MS);
    return answer.problem ?? (answer as Trained);
  } catch (error) {
    return (error as Error).message.split('\n')[0];
  }
}

function disagreementOf(
  { lossDeviation, updateDeviation }: Pick<Figures, 'lossDeviation' | 'updateDeviation'>,
  steps: number,
): string | undefined {
  // Written so that NaN fails.
  if (!(lossDeviation <= LOSS_TOLERANCE)) {
    return `after ${steps} steps its loss is off by ${lossDeviation.toExponential(1)} (at most ${LOSS_TOLERANCE}), so no time is given`;
  }
  if (!(updateDeviation <= UPDATE_TOLERANCE)) {
    return `after ${steps} steps its parameters are off by ${updateDeviation.toExponential(1)} of their largest update (at most ${UPDATE_TOLERANCE}), so no time is given`;
  }
  return undefined;
}

function cellOf<Job extends AnyJobName>(job: Job, contender: Contender): Cell<Job> {
  const { entry: system, problem, steps, cold, lossDeviation, updateDeviation } = contender;
  if (problem !== undefined) return { job, system, reason: problem };
  const networkCount = contender.networks.length;
  const { msPerStep: times } = contender;
  const figures = { networkCount, steps, msPerStep: times, cold, lossDeviation, updateDeviation };
  return { job, system, figures, ...(contender.note === undefined ? {} : { note: contender.note }) };
}

function describe({ steps, cold, expectedMsPerStep, updateDeviation }: Contender): string {
  return (
    `cold ${cold.ms.toFixed(0)} ms for ${cold.steps} steps, updates off by ${updateDeviation.toExponential(1)}, ` +
    `warm ${expectedMsPerStep.toPrecision(3)} ms a step; ${steps} steps a repetition`
  );
}
