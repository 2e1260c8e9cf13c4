import { notebookRecord } from '../index.ts';
import { count, duration, ratio, significant, stepRate } from './format.ts';
import type { RunReport } from '../worker/client.ts';
import type { PageState, Run } from './page-state.ts';

/** A sentence that says whether something holds, or that nothing can be said yet. */
export interface Judgement {
  readonly holds: boolean | undefined;
  readonly text: string;
}

/** Two times closer than this are the same for all the clock can say. */
const SAME_WITHIN = 1.05;
/** Parameters × rows below which a GPU has more waiting than computing to do in a step. */
const SMALL_WORK = 1e6;
/** What the notebook's float64 and ours may differ by: both round, in another order. */
export const RECORD_TOLERANCE = 1e-12;

/** What went wrong, as one sentence for a person. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return `Something unexpected went wrong: ${String(error)}. Reload the page.`;
  const isForPeople = ['HandgradError', 'InputError', 'RefusalError', 'DeviceLostError'].includes(error.name);
  return isForPeople
    ? error.message
    : `Something unexpected went wrong (${error.name}: ${error.message}). Reload the page to start over.`;
}

/** `CPU · float64`, `GPU · layered`. */
export function runLabel(state: PageState, run: Run): string {
  const strategy = run.path === 'cpu' ? 'float64' : run.report?.plan.strategy;
  return [state.label(run.path), strategy].filter(Boolean).join(' · ');
}

/** The verdict, with a word on a loss that rose: numbers that hold can still be of a run that did not learn. */
export function verdictSentence(state: PageState): Judgement {
  const judgement = verdictOf(state);
  const report = state.shownRuns[0]?.report;
  const [first] = report?.curve.losses ?? [];
  if (state.isTraining || !report || !isFiniteReport(report) || !(report.finalLoss > first)) return judgement;
  const rose = `The loss rose from ${significant(first)} to ${significant(report.finalLoss)}: lower the learning rate.`;
  return { ...judgement, text: `${judgement.text} ${rose}` };
}

function verdictOf(state: PageState): Judgement {
  const { comparison, shownRuns, activity } = state;
  if (activity === 'comparing')
    return { holds: undefined, text: 'Holding the two runs against each other …' };
  const diverged = shownRuns.find(({ report }) => report && !isFiniteReport(report));
  if (diverged) return divergedSentence(diverged);
  if (comparison) return comparisonSentence(state);
  const [run] = shownRuns;
  if (!run?.report || state.isTraining) return { holds: undefined, text: 'Training; the verdict follows.' };
  if (run.report.steps < run.job.steps) {
    const steps = `${count(run.report.steps)} of ${count(run.job.steps)} steps`;
    return {
      holds: undefined,
      text: `Stopped after ${steps}, at a loss of ${significant(run.report.finalLoss)}.`,
    };
  }
  if (run.path === 'gpu') return gpuAloneSentence(state, run);
  if (state.isNotebook) return recordSentence(run);
  return gradientSentence(run);
}

function isFiniteReport({ finalLoss, parameters }: RunReport): boolean {
  return Number.isFinite(finalLoss) && parameters.every(Number.isFinite);
}

function divergedSentence({ job }: Run): Judgement {
  const rate = significant(job.networks[0].learningRate);
  const text = `The run diverged: its loss or its parameters are no longer numbers. Lower the learning rate (now ${rate}) and train again.`;
  return { holds: undefined, text };
}

/** Largest difference between a float64 run and what the notebook recorded. */
export function recordDifference(run: Run): number {
  const { report } = run;
  if (!report) return NaN;
  const stride = run.job.steps / notebookRecord.losses.length;
  const lossAt = new Map(report.curve.steps.map((step, index) => [step, report.curve.losses[index]]));
  return Math.max(
    ...notebookRecord.losses.map((loss, index) => Math.abs(loss - (lossAt.get(index * stride) ?? NaN))),
    ...notebookRecord.parameters.map((value, index) => Math.abs(value - report.parameters[index])),
    ...notebookRecord.predictions.map((value, index) => Math.abs(value - report.predictions[index])),
  );
}

/** The sentence on two runs that were held against each other. */
export function comparisonSentence(state: PageState): Judgement {
  const { comparison } = state;
  if (!comparison) return { holds: undefined, text: '' };
  const { verdict } = comparison;
  const loss =
    `its loss within ${significant(verdict.loss)}, relative (at step ${count(verdict.lossStep)}; ` +
    `${significant(verdict.allowedLoss)} allowed)`;
  const parameters =
    `its parameters within ${significant(verdict.parameter)} ` +
    `(${significant(verdict.allowedParameter)} allowed)`;
  if (verdict.holds === undefined) {
    return { holds: undefined, text: `The two runs cannot be judged: ${verdict.reason}.` };
  }
  const says = verdict.holds ? 'agrees with' : 'departs from';
  return { holds: verdict.holds, text: `${state.label('gpu')} ${says} float64: ${loss}, ${parameters}.` };
}

function recordSentence(run: Run): Judgement {
  const difference = recordDifference(run);
  const holds = difference <= RECORD_TOLERANCE;
  const what = 'ten losses, nine weights and four predictions';
  const text = holds
    ? `As the notebook recorded: ${what} agree within ${significant(difference)}.`
    : `Not as the notebook recorded: ${what} differ by up to ${significant(difference)}.`;
  return { holds, text };
}

function gpuAloneSentence(state: PageState, { report }: Run): Judgement {
  const text =
    `${state.label('gpu')} finished at a loss of ${significant(report?.finalLoss ?? NaN)}; ` +
    'Compare holds it against float64.';
  return { holds: undefined, text };
}

export function gradientSentence({ gradientCheck, report }: Run): Judgement {
  if (!gradientCheck) {
    const loss = significant(report?.finalLoss ?? NaN);
    return { holds: undefined, text: `Finished at a loss of ${loss}; its gradients are not checked yet.` };
  }
  const { holds, difference, allowed, parametersChecked, rowsChecked, parametersAtKink } = gradientCheck;
  if (gradientCheck.largestGradient === 0 && holds === undefined) {
    const text = 'Every gradient is 0, so there is nothing to check and nothing more to learn from here.';
    return { holds, text: `${text} If the loss is high, the units are saturated: lower the learning rate.` };
  }
  if (parametersChecked === 0) {
    const reason = `all ${count(parametersAtKink)} parameters tried lie at the kink of a ReLU`;
    return { holds: undefined, text: `The gradients cannot be checked by differences: ${reason}.` };
  }
  const extent = `${count(parametersChecked)} parameters, ${count(rowsChecked)} rows`;
  const figures = `${significant(difference)} of the largest (${significant(allowed)} allowed; ${extent})`;
  const says = holds ? 'agree with finite differences, within' : 'depart from finite differences by';
  return { holds, text: `The gradients ${says} ${figures}.` };
}

/** Training times of both paths that may be set against each other; measured ones where both are. */
export function comparableTimes(
  state: PageState,
): { cpuMs: number; gpuMs: number; isWarm: boolean } | undefined {
  const { cpu, gpu } = state.runs;
  if (!cpu?.report || !gpu?.report || !cpu.isOver || !gpu.isOver) return undefined;
  if (cpu.measurement && gpu.measurement) {
    return { cpuMs: cpu.measurement.medianMs, gpuMs: gpu.measurement.medianMs, isWarm: true };
  }
  if (cpu.report.steps !== gpu.report.steps) return undefined;
  return { cpuMs: cpu.report.timing.trainMs, gpuMs: gpu.report.timing.trainMs, isWarm: false };
}

/** The one sentence of timing. */
export function timingSentence(state: PageState): string {
  const times = comparableTimes(state);
  if (times) return bothSentence(state, times);
  const run = state.shownRuns.find(({ isOver, report }) => isOver && report);
  if (!run?.report || state.isTraining) return 'The timing follows.';
  return aloneSentence(state, run);
}

function bothSentence(
  state: PageState,
  { cpuMs, gpuMs, isWarm }: { cpuMs: number; gpuMs: number; isWarm: boolean },
): string {
  const { clockMs, gpu } = state;
  const isSoftware = gpu?.kind === 'software';
  const gpuName = isSoftware ? 'the software adapter' : 'the GPU';
  const factor = Math.max(cpuMs, gpuMs) / Math.min(cpuMs, gpuMs);
  const steps = count(state.shownRuns[0]?.report?.steps ?? 0);
  const [fast, slow] = cpuMs <= gpuMs ? [cpuMs, gpuMs] : [gpuMs, cpuMs];
  const basis = isWarm ? 'warm, medians' : 'first runs';
  const figures = `${duration(fast, clockMs)} against ${duration(slow, clockMs)} for ${steps} steps, ${basis}`;
  const caveat = isSoftware ? ' Through a software adapter that says nothing about a GPU.' : '';
  if (!(factor > SAME_WITHIN)) return `CPU and ${gpuName} take the same time: ${figures}.${caveat}`;
  if (gpuMs < cpuMs) return `Here ${gpuName} is ${ratio(factor)} faster: ${figures}.${caveat}`;
  const isSmall = workPerStep(state) < SMALL_WORK;
  const reason = isSmall && !isSoftware ? 'One network this small cannot fill a GPU: here' : 'Here';
  return `${reason} the CPU is ${ratio(factor)} faster: ${figures}.${caveat}`;
}

/** Parameters × rows: what a step has to do. */
function workPerStep({ shownRuns, table }: PageState): number {
  const parameterCount = shownRuns[0]?.report?.network.parameterCount ?? 0;
  return parameterCount * (table?.table.rowCount ?? 0);
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
  return `${count(report.steps)} steps took ${duration(trainMs, clockMs)} ${on}, a first run: ${rate}.${caveat}`;
}
