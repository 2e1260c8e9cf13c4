import { measureParts, predictionsFor, type PartAssessment } from './assessment.ts';
import type { Measures } from './core/baselines.ts';
import { InputError } from './core/errors.ts';
import { divergedMeasures, foldSummary, type FoldSummary } from './core/fold-measures.ts';
import { populationsOfFolds, type FoldPopulation } from './core/fold-populations.ts';
import type { Adapter, Backend, TrainingJob } from './core/job.ts';
import { predictionsOf } from './core/losses.ts';
import { layOutNetwork } from './core/network.ts';
import type { NetworkRecord } from './core/network-record.ts';
import { lossStrideFor } from './core/sweep.ts';
import { forward } from './cpu/forward.ts';
import type { Dataset } from './data/dataset.ts';
import type { PlannedTask } from './sweep-plan.ts';
import { recordsInOrder, trainPopulations, type PopulationOptions } from './train-populations.ts';

/** One fold of a cross-validation. */
export interface FoldOutcome {
  readonly record: NetworkRecord;
  /** Whether its run ended in what are no numbers. */
  readonly hasDiverged: boolean;
  /** Of its held-out rows, beside what a linear model and a constant reach there; undefined before the run is over. */
  readonly assessment: PartAssessment | undefined;
}

/** What came of a cross-validation: plain data. */
export interface CrossValidation {
  readonly backend: Backend['name'];
  /** Null on the CPU. */
  readonly adapter: Adapter | null;
  /** One per fold, in their order. */
  readonly folds: readonly FoldOutcome[];
  /** Over all folds; undefined where the signal ended it before the last of them. */
  readonly network: FoldSummary | undefined;
  /** The same of linear models, each fitted on the training rows of its fold; undefined where a fold is too wide. */
  readonly linearModel: FoldSummary | undefined;
  /** The same of the same answer to every row. */
  readonly constant: FoldSummary | undefined;
  readonly divergedCount: number;
  /** How the folds of each shape were trained. */
  readonly planned: readonly PlannedTask[];
  /** Wall time of the training, planning and compiling included; milliseconds. */
  readonly trainMs: number;
  /** Losses of the device that it survived. */
  readonly recoveryCount: number;
  /** False where the signal ended it before its last fold. */
  readonly isOver: boolean;
}

/**
 * Trains one network for each fold, those of one shape together, and measures each on the rows its fold holds out.
 *
 * @param jobFor the job of one network for so many outputs
 * @param folds as `prepareFolds` makes them: what is held out is the validation part
 * @throws InputError if a fold cannot train that job, or holds out no rows; RefusalError, DeviceLostError as `SweepRun`
 */
export async function crossValidate(
  backend: Backend['name'],
  jobFor: (outputCount: number) => TrainingJob,
  folds: readonly Dataset[],
  options: PopulationOptions = {},
): Promise<CrossValidation> {
  requireHeldOut(folds);
  const populations = populationsOfFolds(
    (outputCount) => withStride(jobFor(outputCount)),
    folds.map(({ training }) => training),
  );
  const run = await trainPopulations(backend, populations, options);
  const order = populations.map((population) => population.folds);
  const records = recordsInOrder(run, order).map((record) => record.copy());
  const jobs = jobOfFolds(populations);
  const outcomes = records.map((record, fold) => outcomeOf(record, jobs[fold], folds[fold]));
  const assessments = outcomes.flatMap(({ assessment }) => assessment ?? []);
  const isOver = run.isOver;
  const summaryOf = (measures: readonly Measures[]) =>
    isOver && measures.length === folds.length ? foldSummary(measures) : undefined;
  return {
    backend,
    adapter: run.adapter,
    folds: outcomes,
    network: summaryOf(assessments.map(({ network }) => network)),
    linearModel: summaryOf(assessments.flatMap(({ linearModel }) => linearModel ?? [])),
    constant: summaryOf(assessments.map(({ constant }) => constant)),
    divergedCount: outcomes.filter(({ hasDiverged }) => hasDiverged).length,
    planned: [...run.planned],
    trainMs: run.trainMs,
    recoveryCount: run.recoveryCount,
    isOver,
  };
}

function requireHeldOut(folds: readonly Dataset[]): void {
  const without = folds.findIndex(({ validation }) => !validation);
  if (folds.length > 0 && without === -1) return;
  throw new InputError(
    folds.length === 0
      ? 'There are 0 folds to train on; give 2 or more, as prepareFolds makes them.'
      : `Fold ${without + 1} of ${folds.length} holds out 0 rows to be measured on. Make folds with prepareFolds.`,
  );
}

function withStride(job: TrainingJob): TrainingJob {
  return { lossStride: lossStrideFor(job.steps), ...job };
}

function jobOfFolds(populations: readonly FoldPopulation[]): TrainingJob[] {
  const jobs: TrainingJob[] = [];
  for (const { job, folds } of populations) for (const fold of folds) jobs[fold] = job;
  return jobs;
}

function outcomeOf(record: NetworkRecord, { layers, loss }: TrainingJob, dataset: Dataset): FoldOutcome {
  const { parameters, divergedAt } = record;
  const { validation } = dataset;
  if (!parameters || !validation) return { record, hasDiverged: false, assessment: undefined };
  const { inputCount, inputs, outputCount } = validation;
  const outputs = forward(layOutNetwork(inputCount, layers), parameters, inputs);
  const predicted = predictionsOf(loss, outputs, outputCount);
  const hasDiverged = divergedAt !== undefined || !predicted.every(Number.isFinite);
  const predictions = predictionsFor(dataset, 'validation', predicted);
  // What is no number is of no class: the targets stand in, for the shape of the measures alone.
  const measurable = hasDiverged ? { ...predictions, predictions: predictions.targets } : predictions;
  const [measured] = measureParts(dataset, [measurable]);
  if (!hasDiverged) return { record, hasDiverged, assessment: measured };
  const network = divergedMeasures(measured.network);
  return { record, hasDiverged, assessment: { ...measured, network, predictions: predictions.predictions } };
}
