// The figures of the loop: those that the notebook recorded, and beside them those of each path.

import { logStride, notebookRecord, type Backend, type Verdict } from '../index.ts';
import type { NotebookReport } from '../worker/client.ts';
import { count, significant, unbroken } from './format.ts';
import type { LoopRun, NotebookControl } from './notebook-control.ts';
import {
  differenceFromRecord,
  recordedFigures,
  recordedParameter,
  scientificText,
  writeWeight,
} from './notebook-figures.ts';
import { sixDecimals, type FigureRow } from './notebook-parts.ts';
import { jobOfStory, weightName, type CellName, type StoryValues } from './notebook-story.ts';
import { RECORD_TOLERANCE, withinSentence, type Judgement } from './sentences.ts';

/** The runs that stand for what a cell shows, CPU first; those that are over. */
export function reportsOf(notebook: NotebookControl, cell: CellName): NotebookReport[] {
  return (['cpu', 'gpu'] as const).flatMap((backend) => notebook.runOf(backend, cell)?.report ?? []);
}

/** The same, with those that still run. */
export function runsOf(
  notebook: NotebookControl,
  cell: CellName,
): (LoopRun & { backend: Backend['name'] })[] {
  return (['cpu', 'gpu'] as const).flatMap((backend) => {
    const run = notebook.runOf(backend, cell);
    return run ? [{ ...run, backend }] : [];
  });
}

/** What a path is called above a column: `WebGPU` for `WebGPU (software)`. */
export function shortLabel(label: string): string {
  return label.replace(/ \(.*\)/, '');
}

type Kind = 'losses' | 'gradients' | 'weights' | 'predictions';

/** One group of figures; a recorded one stands beside ours where there is one of the same place. */
export function figureRows(kind: Kind, values: StoryValues, reports: readonly NotebookReport[]): FigureRow[] {
  const { hiddenUnits } = values;
  if (kind === 'losses') return lossRows(values, reports);
  if (kind === 'predictions') {
    return recordedFigures.predictions.map(({ recorded }, index) => ({
      name: `f of row ${index + 1}`,
      recorded,
      ours: reports.map(({ predictions }) => predictions[index]),
      write: sixDecimals,
      isFirst: index === 0,
    }));
  }
  const isGradient = kind === 'gradients';
  return Array.from(values.weights, (_, index) => ({
    name: `${isGradient ? 'dE/d' : ''}${weightName(index, hiddenUnits)}`,
    recorded: recordedParameter(notebookRecord[isGradient ? 'gradients' : 'parameters'], index, hiddenUnits),
    ours: reports.map(({ parameters, gradients }) => (isGradient ? gradients : parameters)[index]),
    write: writeWeight,
    isFirst: index === 0,
  }));
}

function lossRows(values: StoryValues, reports: readonly NotebookReport[]): FigureRow[] {
  const { steps } = jobOfStory(values);
  const stride = logStride(steps);
  const recordedStride = logStride(10 * 1000);
  const places = Array.from({ length: Math.ceil(steps / stride) }, (_, index) => index);
  return places.map((index) => {
    const step = index * stride;
    const isRecorded = step % recordedStride === 0;
    return {
      name: `E at ${count(step)}`,
      recorded: isRecorded ? notebookRecord.losses[step / recordedStride] : undefined,
      ours: reports.map(({ losses }) => losses[index]),
      write: scientificText,
      isFirst: index === 0,
    };
  });
}

/** Our float64 against the record; undefined where there is no whole CPU run of the notebook's values. */
export function recordJudgement(notebook: NotebookControl, cell: CellName): Judgement | undefined {
  const report = notebook.runOf('cpu', cell)?.report;
  if (!report || notebook.isChanged(cell) || report.steps < jobOfStory(notebook.beginning).steps)
    return undefined;
  const figures = differenceFromRecord(report);
  const gradients = notebookRecord.gradients.map((value, index) => Math.abs(value - report.gradients[index]));
  const difference = Math.max(figures, ...gradients);
  return {
    holds: difference <= RECORD_TOLERANCE,
    text:
      `Our float64 differs from NumPy and PyTorch by at most ${significant(difference)} ` +
      `(${significant(RECORD_TOLERANCE, 1)} allowed).`,
  };
}

/** The GPU against our float64; undefined where they were not compared. */
export function comparedJudgement(
  notebook: NotebookControl,
  label: string,
  cell: CellName,
): Judgement | undefined {
  const { compared } = notebook;
  if (!compared || !notebook.runOf('gpu', cell) || !notebook.isOf(compared.values, cell)) return undefined;
  const { verdict } = compared;
  if (verdict.holds === undefined)
    return { holds: undefined, text: `The runs cannot be judged: ${verdict.reason}.` };
  return { holds: verdict.holds, text: verdictText(verdict, label) };
}

function verdictText(verdict: Verdict, label: string): string {
  const within = withinSentence({ byLoss: verdict, byParameter: verdict, whose: 'its', losses: 'loss' });
  const what = verdict.holds ? 'agrees with' : 'departs from';
  return unbroken(`${label}, in float32, ${what} our float64: ${within}.`);
}
