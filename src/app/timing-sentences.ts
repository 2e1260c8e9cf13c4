import { layeredDispatches } from '../index.ts';
import { count, countOf, duration, ratio, stepRate } from './format.ts';
import type { PageState } from './page-state.ts';
import type { Run, RunKey } from './run.ts';

/** Two times closer than this are the same for all the clock can say. */
const SAME_WITHIN = 1.05;
/** Parameters × rows below which a GPU has more waiting than computing to do in a step. */
const SMALL_WORK = 1e6;
const NOTHING_ABOUT_A_GPU = ' Through a software adapter that says nothing about a GPU.';

/** Training times that may be set against each other, in milliseconds: two or three of them. */
export interface ComparableTimes {
  readonly ms: ReadonlyMap<RunKey, number>;
  /** Medians of warm repetitions; the times of first runs otherwise. */
  readonly isWarm: boolean;
}

/** The times of all runs on the page; measured ones where all are. Undefined where they cannot be compared. */
export function comparableTimes({ shownRuns }: PageState): ComparableTimes | undefined {
  const over = shownRuns.flatMap(({ key, isOver, report, measurement }) =>
    isOver && report ? [{ key, report, measurement }] : [],
  );
  if (over.length < 2 || over.length < shownRuns.length) return undefined;
  const warm = over.flatMap(({ key, measurement }) =>
    measurement ? [[key, measurement.medianMs] as const] : [],
  );
  if (warm.length === over.length) return { ms: new Map(warm), isWarm: true };
  if (over.some(({ report }) => report.steps !== over[0].report.steps)) return undefined;
  // Of a run that was taken up, only a part was timed.
  if (shownRuns.some(({ resumedFrom }) => resumedFrom !== undefined)) return undefined;
  return { ms: new Map(over.map(({ key, report }) => [key, report.timing.trainMs])), isWarm: false };
}

/** How many times as fast as the slowest run: the one direction, in table and sentence. */
export function speedOf({ ms }: ComparableTimes, key: RunKey): number {
  return Math.max(...ms.values()) / (ms.get(key) ?? NaN);
}

/** The one sentence of timing. */
export function timingSentence(state: PageState): string {
  const times = comparableTimes(state);
  const isWithKernels = times?.ms.has('kernels') && times.ms.has('gpu');
  if (times && isWithKernels) return dispatchSentence(state, times);
  if (times?.ms.has('cpu')) return bothSentence(state, times);
  const run = state.shownRuns.find(({ isOver, report }) => isOver && report);
  if (state.lostRun && !run && !state.isTraining) return 'A run that is given up has no timing.';
  if (!run?.report || state.isTraining) return 'The timing follows.';
  return aloneSentence(state, run);
}

/** What a dispatch costs: the same steps in many dispatches and in few. */
function dispatchSentence(state: PageState, times: ComparableTimes): string {
  const { clockMs, gpu } = state;
  const told = (key: RunKey) => {
    const ms = duration(times.ms.get(key) ?? NaN, clockMs);
    const speed = speedOf(times, key);
    return speed > SAME_WITHIN ? `${ms}, ${ratio(speed)} as fast` : ms;
  };
  const { report, job } = state.runs.kernels ?? {};
  const steps = report?.steps ?? 0;
  const matmul = report?.plan.strategy === 'layered' ? report.plan.matmul : undefined;
  const dispatches = count(steps * layeredDispatches(job ?? { layers: [] }, matmul));
  const isSlowest = speedOf(times, 'kernels') <= SAME_WITHIN;
  const cost =
    isSlowest && workPerStep(state) < SMALL_WORK
      ? `, since each of its ${dispatches} dispatches costs more than it computes`
      : '';
  const cpu = times.ms.has('cpu') ? `; the CPU takes ${told('cpu')}` : '';
  return (
    `Kernel by kernel, ${state.label('gpu')} takes ${told('kernels')}${cost}; ` +
    `many steps per dispatch take ${told('gpu')}${cpu} (${count(steps)} steps, ${basisOf(times)}).` +
    (gpu?.kind === 'software' ? NOTHING_ABOUT_A_GPU : '')
  );
}

function basisOf({ isWarm }: ComparableTimes): string {
  return isWarm ? 'warm, medians' : 'first runs';
}

function bothSentence(state: PageState, times: ComparableTimes): string {
  const { clockMs, gpu } = state;
  const isSoftware = gpu?.kind === 'software';
  const gpuName = isSoftware ? 'the software adapter' : 'the GPU';
  const [cpuMs, gpuMs] = [times.ms.get('cpu') ?? NaN, times.ms.get('gpu') ?? times.ms.get('kernels') ?? NaN];
  const factor = Math.max(cpuMs, gpuMs) / Math.min(cpuMs, gpuMs);
  const steps = count(state.shownRuns[0]?.report?.steps ?? 0);
  const [fast, slow] = cpuMs <= gpuMs ? [cpuMs, gpuMs] : [gpuMs, cpuMs];
  const figures = `${duration(fast, clockMs)} against ${duration(slow, clockMs)} for ${steps} steps, ${basisOf(times)}`;
  const caveat = isSoftware ? NOTHING_ABOUT_A_GPU : '';
  if (!(factor > SAME_WITHIN)) return `CPU and ${gpuName} take the same time: ${figures}.${caveat}`;
  if (gpuMs < cpuMs) return `Here ${gpuName} is ${ratio(factor)} faster: ${figures}.${caveat}`;
  const isSmall = workPerStep(state) < SMALL_WORK;
  const reason = isSmall && !isSoftware ? 'One network this small cannot fill a GPU: here' : 'Here';
  return `${reason} the CPU is ${ratio(factor)} faster: ${figures}.${caveat}`;
}

/** Parameters × rows: what a step has to do. */
function workPerStep({ shownRuns, table }: PageState): number {
  const parameterCount = shownRuns[0]?.report?.network.parameterCount ?? 0;
  const { rowCounts } = table?.open.prepared ?? {};
  return parameterCount * (shownRuns[0]?.job.batchSize ?? rowCounts?.training ?? 0);
}

function aloneSentence(state: PageState, run: Run): string {
  const { clockMs, gpu } = state;
  const { report, measurement } = run;
  if (!report) return '';
  const { trainMs, stepsPerSecond } = report.timing;
  const on =
    run.path === 'cpu'
      ? 'on the CPU'
      : gpu?.kind === 'software'
        ? 'through the software adapter'
        : 'on the GPU';
  const caveat =
    run.path === 'gpu' && gpu?.kind === 'software' ? ' Its timings say nothing about a GPU.' : '';
  if (measurement) {
    const rate = stepRate(measurement.stepsPerSecond, measurement.medianMs, clockMs);
    return `${count(run.job.steps)} steps take ${duration(measurement.medianMs, clockMs)} ${on}, warm: ${rate}.${caveat}`;
  }
  const rate = stepRate(stepsPerSecond, trainMs, clockMs);
  const steps = report.steps - (run.resumedFrom ?? run.continuedFrom ?? 0);
  if (steps === 0) return 'It was taken up where it ends, so no step of it was timed here.';
  const which = run.resumedFrom === undefined ? '' : ` after step ${count(run.resumedFrom)}`;
  return `${countOf(steps, 'step')}${which} took ${duration(trainMs, clockMs)} ${on}, a first run: ${rate}.${caveat}`;
}
