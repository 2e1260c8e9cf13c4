import { notebookRecord, optimizers, type Recovery, type TrainingJob, type Verdict } from '../index.ts';
import type { Comparison, RunReport } from '../worker/client.ts';
import { count, properMinus, significant } from './format.ts';
import { differenceFromRecord } from './notebook-figures.ts';
import type { PageState } from './page-state.ts';
import { gpuKeys, type Run } from './run.ts';

/** A sentence that says whether something holds, or that nothing can be said yet. */
export interface Judgement {
  readonly holds: boolean | undefined;
  readonly text: string;
  /** Something is to be looked at, whatever holds. */
  readonly isWarning?: boolean;
}

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

/** A job in a few words: `3 hidden units · no biases · rate 0.05`. */
export function describeJob({ layers, optimizer, networks }: TrainingJob): string {
  const hidden = layers.slice(0, -1).map(({ units }) => count(units));
  const units = hidden.length === 0 ? 'no hidden layer' : `${hidden.join(', ')} hidden units`;
  const parts = [
    units,
    layers[0].bias ? 'biases' : 'no biases',
    optimizer === 'sgd' ? '' : optimizers[optimizer].label,
    `rate ${properMinus(String(networks[0].learningRate))}`,
  ];
  return parts.filter(Boolean).join(' · ');
}

/** What is read out when a run is over. */
export function endSentence(state: PageState, run: Run): string {
  const { report, stepCount, job } = run;
  const label = runLabel(state, run);
  if (report?.divergence) return `${label} diverged at step ${count(report.divergence.step)}.`;
  const what = stepCount < job.steps ? 'stopped after' : 'finished';
  return `${label} ${what} ${count(stepCount)} steps; the loss is ${significant(report?.finalLoss ?? NaN)}.`;
}

/** The device was lost, and the run went on. */
export function recoverySentence(recoveries: readonly Recovery[]): string {
  const last = recoveries[recoveries.length - 1];
  const steps = `at step ${count(last.lostAtStep)}; the run went on from step ${count(last.resumedFromStep)} on a new one`;
  if (recoveries.length === 1) return `The GPU device was lost ${steps}.`;
  return `The GPU device was lost ${count(recoveries.length)} times, last ${steps}.`;
}

/** `CPU · float64`, `GPU · layered`; until a run says what the planner chose, the path alone. */
export function runLabel(state: PageState, run: Run): string {
  const { continuedFrom } = run;
  const float64 = continuedFrom === undefined ? 'float64' : `float64 from step ${count(continuedFrom)}`;
  const strategy = run.path === 'cpu' ? float64 : (run.report?.plan.strategy ?? run.strategy);
  return [state.label(run.path), strategy].filter(Boolean).join(' · ');
}

/** The same where there is little room: `WebGPU · layered`. */
export function shortRunLabel(state: PageState, run: Run): string {
  return runLabel(state, run).replace(/ \([^)]*\)/, '');
}

/** The verdict, with a word on a loss that rose: numbers that hold can still be of a run that did not learn. */
export function verdictSentence(state: PageState): Judgement {
  const parted = state.isTraining ? undefined : partedSentence(state);
  if (parted) return parted;
  const judgement = verdictOf(state);
  const report = state.shownRuns[0]?.report;
  const [first] = report?.curve.losses ?? [];
  if (state.isTraining || !report || !isFiniteReport(report)) return judgement;
  const { stoppedEarly, bestStep, keepsBest } = report.validation ?? {};
  if (keepsBest) {
    const ended = stoppedEarly ? `Ended early, after ${count(report.steps)} steps: the` : 'The';
    const kept = `${ended} validation loss was lowest at step ${count(bestStep ?? 0)}, whose parameters are kept.`;
    return { ...judgement, text: `${kept} ${judgement.text}` };
  }
  // The loss of a batch goes up and down from step to step.
  const isOfAllRows = state.shownRuns[0].job.batchSize === undefined;
  if (!isOfAllRows || !(report.finalLoss > first)) return judgement;
  const rose = `The loss rose from ${significant(first)} to ${significant(report.finalLoss)}: lower the learning rate.`;
  return { ...judgement, text: `${judgement.text} ${rose}` };
}

function verdictOf(state: PageState): Judgement {
  const { shownRuns, activity } = state;
  if (activity === 'comparing') return { holds: undefined, text: 'Holding the GPU against float64 …' };
  const diverged = shownRuns.filter(({ report }) => report && (report.divergence || !isFiniteReport(report)));
  if (diverged.length > 0 && !state.isTraining) return divergedSentence(state, diverged);
  if (state.lostRun && !state.isTraining) return lostSentence(state, state.lostRun);
  if (comparedRuns(state).length > 0) return comparisonSentence(state);
  // What was stopped says more than what was finished before it.
  const run = shownRuns.find(({ report, job }) => report && isStopped(report, job.steps)) ?? shownRuns[0];
  if (activity === 'paused') return { holds: undefined, text: 'Paused; the verdict follows.' };
  if (!run?.report || state.isTraining) return { holds: undefined, text: 'Training; the verdict follows.' };
  if (isStopped(run.report, run.job.steps)) {
    const steps = `${count(run.report.steps)} of ${count(run.job.steps)} steps`;
    return {
      holds: undefined,
      text: `Stopped after ${steps}, at a loss of ${significant(run.report.finalLoss)}.`,
    };
  }
  if (run.path === 'gpu') return gpuAloneSentence(state, run);
  if (run.continuedFrom !== undefined) return continuedSentence(state, run);
  if (state.isNotebook) return recordSentence(run);
  return gradientSentence(run);
}

/** Runs that went back to parameters of different steps have nothing to be compared by. */
function partedSentence({ runs: { cpu, gpu } }: PageState): Judgement | undefined {
  const [ofCpu, ofGpu] = [cpu, gpu].map((run) => run?.report?.validation);
  if (!ofCpu?.keepsBest || !ofGpu?.keepsBest || ofCpu.bestStep === ofGpu.bestStep) return undefined;
  const steps = [ofCpu, ofGpu].map(({ bestStep }) => count(bestStep ?? 0));
  const text =
    `The validation loss was lowest at step ${steps[0]} on the CPU and at step ${steps[1]} on the GPU, so their ` +
    'parameters cannot be compared. Without early stopping they can.';
  return { holds: undefined, text };
}

/** The validation loss must have risen by this factor to be spoken of. */
const OVERFITTED = 1.1;
/** And its lowest value must lie so far back, as a share of the run. */
const LATEST_BEST = 0.8;

/** A run that went on learning its rows by heart, and what to do; empty where it did not. */
export function overfittingSentence({ validation }: Run): string {
  const { steps = [], losses: looks = [], bestStep, keepsBest } = validation ?? {};
  const [lowest, last] = [Math.min(...looks), looks[looks.length - 1]];
  if (keepsBest || bestStep === undefined || !(last > OVERFITTED * lowest)) return '';
  // With small batches it also goes up and down; a trend takes longer.
  if (bestStep > LATEST_BEST * steps[steps.length - 1]) return '';
  return (
    `The validation loss was lowest at step ${count(bestStep)} (${significant(lowest)}) and has risen to ` +
    `${significant(last)}: from there on the network learnt its rows by heart. With Stop early set, a run ends ` +
    'there and keeps its best parameters.'
  );
}

/** By a person, not by its validation loss. */
function isStopped({ steps, validation }: RunReport, all: number): boolean {
  return steps < all && !validation?.stoppedEarly;
}

function isFiniteReport({ finalLoss, parameters }: RunReport): boolean {
  return Number.isFinite(finalLoss) && parameters.every(Number.isFinite);
}

function divergedSentence(state: PageState, runs: readonly Run[]): Judgement {
  const [run] = runs;
  const cause = runs.find(({ report }) => report?.divergence)?.report?.divergence?.cause;
  const rate = significant(run.job.networks[0].learningRate);
  const steps = runs.map(({ report }) =>
    report?.divergence ? `at step ${count(report.divergence.step)}` : 'with its last update',
  );
  // Only where there are several a run needs a name.
  const name = state.shownRuns.length > 1 ? `${runLabel(state, run)} run` : 'run';
  const who =
    runs.length === 1
      ? `The ${name} diverged ${steps[0]}`
      : `The runs diverged, ${runs.map((each, i) => `${runLabel(state, each)} ${steps[i]}`).join(', ')}`;
  const text = `${who}: ${cause ?? `the learning rate ${rate} is too high for this table; lower it`}.`;
  return { holds: undefined, isWarning: true, text: properMinus(text) };
}

/** Largest difference between a float64 run and what the notebook recorded. */
export function recordDifference(run: Run): number {
  const { report } = run;
  if (!report) return NaN;
  const stride = run.job.steps / notebookRecord.losses.length;
  const lossAt = new Map(report.curve.steps.map((step, index) => [step, report.curve.losses[index]]));
  const losses = notebookRecord.losses.map((_, index) => lossAt.get(index * stride));
  const { parameters, predicted } = report;
  return differenceFromRecord({ losses, parameters, predictions: predicted.predictions });
}

/** A GPU run with what came of holding it against float64. */
export interface ComparedRun {
  readonly run: Run;
  readonly comparison: Comparison;
}

export function comparedRuns({ runs, comparisons }: PageState): ComparedRun[] {
  return gpuKeys.flatMap((key) => {
    const [run, comparison] = [runs[key], comparisons[key]];
    return run && comparison ? [{ run, comparison }] : [];
  });
}

/** The sentence on the GPU runs that were held against float64. */
export function comparisonSentence(state: PageState): Judgement {
  const compared = comparedRuns(state);
  const undecided = compared.find(({ comparison }) => comparison.verdict.holds === undefined);
  if (undecided) {
    const { reason } = undecided.comparison.verdict;
    return { holds: undefined, text: `The runs cannot be judged: ${reason}.` };
  }
  const departing = compared.filter(({ comparison }) => comparison.verdict.holds === false);
  const told = departing.length > 0 ? departing : compared;
  if (told.length === 0) return { holds: undefined, text: '' };
  const holds = departing.length === 0;
  const [verb, preposition] = holds ? ['agree', 'with'] : ['depart', 'from'];
  const name = state.label('gpu');
  // Of two runs of which one holds, the label tells which does not.
  const isOneOfTwo = told.length < compared.length;
  const who = isOneOfTwo ? runLabel(state, told[0].run) : name;
  const subject = told.length > 1 ? `Both ${name} runs ${verb}` : `${who} ${verb}s`;
  const whose = told.length > 1 ? 'their' : 'its';
  const rest = isOneOfTwo ? ' The other GPU run agrees with it.' : '';
  return { holds, text: `${subject} ${preposition} float64: ${differences(told, whose)}.${rest}` };
}

/** The largest of what was found. */
function differences(compared: readonly ComparedRun[], whose: string): string {
  const verdicts = compared.map(({ comparison }) => comparison.verdict);
  const byLoss = verdicts.reduce((a, b) => (b.loss > a.loss ? b : a));
  const byParameter = verdicts.reduce((a, b) => (b.parameter > a.parameter ? b : a));
  return withinSentence({ byLoss, byParameter, whose, losses: compared.length > 1 ? 'losses' : 'loss' });
}

/** `its loss within 3e−7, relative (at step 12; 1e−6 allowed), its parameters within …` */
export function withinSentence({
  byLoss,
  byParameter,
  whose,
  losses,
}: {
  readonly byLoss: Verdict;
  readonly byParameter: Verdict;
  readonly whose: string;
  readonly losses: string;
}): string {
  return (
    `${whose} ${losses} within ${significant(byLoss.loss)}, relative (at step ${count(byLoss.lossStep)}; ` +
    `${significant(byLoss.allowedLoss)} allowed), ${whose} parameters within ` +
    `${significant(byParameter.parameter)} (${significant(byParameter.allowedParameter)} allowed)`
  );
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

function lostSentence(state: PageState, { stepCount, job }: Run): Judgement {
  const steps = `${count(stepCount)} of ${count(job.steps)} steps`;
  return {
    holds: undefined,
    isWarning: true,
    text: `The ${state.label('gpu')} run lost its device after ${steps}, and no other could be had.`,
  };
}

function continuedSentence(state: PageState, run: Run): Judgement {
  const { continuedFrom, resumedFrom, report } = run;
  const why = resumedFrom === undefined ? 'whose device was lost' : 'which could not be had again';
  const text =
    `Begun on ${state.label('gpu')}, ${why}; the CPU went on from step ` +
    `${count(continuedFrom ?? 0)} and finished at a loss of ${significant(report?.finalLoss ?? NaN)}.`;
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
  if (holds === undefined) {
    const reason = `a difference may itself be off by ${significant(allowed)} times the largest gradient`;
    const causes = 'Columns that are not scaled, or units that no longer learn, do that.';
    return { holds, text: `The gradients cannot be checked by differences here: ${reason}. ${causes}` };
  }
  const extent = `${count(parametersChecked)} parameters, ${count(rowsChecked)} rows`;
  const figures = `${significant(difference)} of the largest (${significant(allowed)} allowed; ${extent})`;
  const says = holds ? 'agree with finite differences, within' : 'depart from finite differences by';
  return { holds, text: `The gradients ${says} ${figures}.` };
}
