import { proxy, wrap, type Remote } from 'comlink';
import type { InsideService } from './inside-service.ts';
import type { ModelService } from './model-service.ts';
import type { NotebookService } from './notebook-service.ts';
import type { SweepService } from './sweep-service.ts';
import type { TrainingService } from './training-service.ts';
import type { WalkService } from './walk-service.ts';

export type { AssessmentReport } from './assessment-report.ts';
export type { Field } from './field.ts';
export type { FieldColumns, FieldRequest } from './field-columns.ts';
export type { FieldPoints } from './field-points.ts';
export type { LossCurve } from './loss-curve.ts';
export type { Frame, FrameRequest } from './frame.ts';
export { fileStem, type ExportOffer } from './model-exports.ts';
export type { KeptState, ModelSource, PredictedTable } from './model-service.ts';
export type { ModelSheet, RowField } from './model-sheet.ts';
export type { NotebookReport } from './notebook-service.ts';
export type { PredictedRows } from './predicted-rows.ts';
export type { OpenTable, TableSource } from './table-keeper.ts';
export type { Subject } from './subject.ts';
export type { SweepCurve, SweepOrder, SweepReport, SweepRow } from './sweep-report.ts';
export type { SweepRequest, SweepSheet } from './sweep-service.ts';
export { WINDOW_LENGTH, type WalkMatrix, type WalkSheet, type WalkWindows } from './walk-sheet.ts';
export type { Comparison, RunProgress, RunReport } from './training-service.ts';

/** The training service as seen from the page: every method asynchronous, those of its parts too. */
export type TrainingClient = Omit<
  Remote<TrainingService>,
  'models' | 'sweeps' | 'inside' | 'walks' | 'notebook'
> & {
  readonly models: Remote<ModelService>;
  readonly sweeps: Remote<SweepService>;
  readonly inside: Remote<InsideService>;
  readonly walks: Remote<WalkService>;
  readonly notebook: Remote<NotebookService>;
};

/**
 * Starts the worker.
 *
 * @param onFailure called if the worker cannot start or dies
 */
export function connectTrainingService(onFailure: (message: string) => void): TrainingClient {
  const worker = new Worker(new URL('./training-worker.ts', import.meta.url), { type: 'module' });
  worker.addEventListener('error', (event) =>
    onFailure(event.message || 'The training worker did not start.'),
  );
  return wrap<TrainingService>(worker) as unknown as TrainingClient;
}

/** Lets the worker call back: pass callbacks to the client through this. */
export const callback = proxy;
