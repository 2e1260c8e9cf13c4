// The library, as a table of contents.

// What to train
export { activations, activationNames, type Activation, type ActivationName } from './core/activations.ts';
export { outOfReach } from './core/target-range.ts';
export {
  losses,
  lossNames,
  meanCount,
  meanLoss,
  predictionsOf,
  type Loss,
  type LossName,
} from './core/losses.ts';
export {
  optimizers,
  optimizerNames,
  type Optimizer,
  type OptimizerName,
  type OptimizerSettings,
} from './core/optimizers.ts';
export {
  schedules,
  scheduleNames,
  type Schedule,
  type ScheduleName,
  type ScheduleSettings,
} from './core/schedules.ts';
export {
  drawInitialParameters,
  initializers,
  initializerNames,
  type Initializer,
  type InitializerName,
} from './core/initializers.ts';
export {
  layOutNetwork,
  nameParameters,
  type Layer,
  type LayerSettings,
  type NamedParameter,
  type Network,
} from './core/network.ts';
export {
  jobOf,
  lossesOfTask,
  requireFittingLoss,
  suggestedSettings,
  usualLosses,
  usualOutputActivation,
  type JobSettings,
  type OutputActivationName,
} from './core/job-settings.ts';
export { intervalText, isWithin, type Interval } from './core/interval.ts';
export {
  expandSweep,
  requireSweepFits,
  sweepBytes,
  type Sweep,
  type SweepBytes,
  type SweepNetwork,
  type SweepPopulation,
  type SweepSearch,
  type SweepSettings,
  type SweptValues,
} from './core/sweep.ts';
export {
  shortSweptText,
  sweptText,
  type SweepValues,
  type ValueList,
  type ValueRange,
} from './core/sweep-range.ts';
export {
  readSweepAxis,
  sweepable,
  sweptNames,
  type SweepAxis,
  type SweptName,
  type SweptSettings,
} from './core/sweep-settings.ts';
export { NumpyRandom, MAX_SEED } from './core/numpy-random.ts';
export {
  MAX_LAYERS,
  MAX_LEARNING_RATE,
  MAX_NETWORKS,
  MAX_STEPS,
  MIN_LEARNING_RATE,
  MAX_UNITS,
  validateJob,
} from './core/job-rules.ts';
export { populationsOfFolds, type FoldPopulation } from './core/fold-populations.ts';
export { lossSteps, networkAlone, snapshotOf } from './core/population.ts';
export {
  adapterName,
  type Adapter,
  type Backend,
  type NetworkSettings,
  type PlanEstimate,
  type PlannedJob,
  type RowSlice,
  type Trainer,
  type TrainingData,
  type TrainingJob,
  type TrainTiming,
} from './core/job.ts';
export { gridInputs, pointCount, requireGrid, type Grid, type GridAxis } from './core/grid.ts';
export { precisionNames, type PrecisionName } from './core/precision.ts';
export { describePlan, gpuStrategies, type GpuStrategy, type Plan, type Snapshot } from './core/plan.ts';

// What to train on
export { readTable, type ReadOptions } from './data/csv.ts';
export type { CsvFormat, Delimiter } from './data/csv-format.ts';
export { readNumber, type DecimalMark } from './data/numbers.ts';
export type { Table } from './data/table.ts';
export { cellText, type Column } from './data/column.ts';
export {
  inferColumns,
  planColumns,
  type ColumnChoices,
  type ColumnPlan,
  type ColumnReading,
  type ColumnRole,
  type ColumnType,
} from './data/columns.ts';
export { previewRows, summarizeColumns, type ColumnSummary } from './data/summary.ts';
export { inferTask, taskNames } from './data/targets.ts';
export type { Task } from './core/metrics.ts';
export { prepareDataset, rowCountsOf, type Dataset, type DatasetOptions } from './data/dataset.ts';
export { prepareFolds, type FoldOptions } from './data/folds.ts';
export { missingNames, scalingNames, type MissingName, type ScalingName } from './data/fit-encoding.ts';
export type { RowParts } from './data/split.ts';
export { encodeInputs, encodeRows, type EncodedInputs } from './data/encode.ts';
export {
  inputNames,
  inUnitsOfTable,
  outputNames,
  unitCount,
  type Encoding,
  type InputEncoding,
  type Scaling,
} from './data/encoding.ts';
export { taskOfLoss, usualOptions } from './data/usual-options.ts';
export { samples } from './data/samples/index.ts';
export { settingsOfSample } from './data/samples/sample-settings.ts';
export { orTable } from './data/samples/or-table.ts';
export type { Sample, SampleId, SampleSettings } from './data/samples/sample.ts';

// Train
export { backends } from './backends.ts';
export { forwardGrid } from './cpu/forward.ts';
export { describeGpu, type GpuAvailability } from './gpu/device.ts';
export { layeredDispatches } from './gpu/dispatch-count.ts';
export { trainOnce } from './train-once.ts';
export {
  onThisThread,
  trainAlone,
  type AloneOutcome,
  type AloneTask,
  type AloneTrainer,
} from './train-alone.ts';
export { SweepRun } from './sweep-run.ts';
export type { PlannedTask, SweepCheckpoint, SweepOptions, SweepTask } from './sweep-plan.ts';
export type { PopulationOptions } from './train-populations.ts';
export {
  recordsOfSweep,
  tasksOfSweep,
  trainSweep,
  type SweepResult,
  type TrainSweepOptions,
} from './train-sweep.ts';
export { crossValidate, type CrossValidation, type FoldOutcome } from './cross-validation.ts';
export { lossFan, standingFan, type LiveFan, type LossFan } from './core/loss-fan.ts';
export { sweepHeat, type HeatCell, type SweepHeat } from './core/sweep-heat.ts';
export { finalLoss, rankedLoss, ranking, type NetworkRecord } from './core/network-record.ts';
export { hasFailed, sweepGroups, type SweepGroup } from './core/sweep-summary.ts';
export { sweepCsv } from './core/sweep-csv.ts';
export { MOST_PREDICTED_ROWS, TrainingSession } from './training-session.ts';
export { traceStepOf, type TracedStep } from './traced-step.ts';
export type { Excerpt } from './core/excerpt.ts';
export { listingOf, type ListedLayer, type Listing } from './listings.ts';
export { RunReplay, untrained, type Replayable } from './run-replay.ts';
export type { Checkpoint, SessionOptions } from './session-start.ts';
export type { ValidationCurve, ValidationOptions, WatchState } from './validation-watch.ts';
export { comparable, type Recovery, type RunResult, type RunTiming } from './run-result.ts';

// Measure
export {
  assess,
  assessNetworks,
  lossOn,
  measureParts,
  partNames,
  predictionsFor,
  type PartAssessment,
  type PartName,
} from './assessment.ts';
export { LEAST_REPETITIONS, measure, type Measurement } from './measurement.ts';
export {
  benchJobNames,
  benchShapes,
  drawJob,
  flopsPerStep,
  type BenchJobName,
  type JobShape,
} from './core/bench-jobs.ts';
export {
  crossoverRows,
  crossoverUnits,
  timeCrossover,
  timeEveryPath,
  type CrossoverCell,
  type PathOutcome,
  type PathTime,
} from './path-times.ts';
export {
  POPULATION_STEPS,
  populationCounts,
  timePopulations,
  type PopulationPoint,
  type PopulationRate,
  type PopulationTimesOptions,
} from './population-times.ts';

export {
  classificationMeasures,
  predictedBinary,
  predictedClasses,
  regressionMeasures,
  rocAuc,
  type ClassificationMeasures,
  type ClassMeasures,
  type RegressionMeasures,
} from './core/metrics.ts';
export { constantLoss } from './core/constant-loss.ts';
export { quantile } from './core/quantile.ts';
export {
  constantPrediction,
  measureOutputs,
  repeatPrediction,
  type BinaryMeasures,
  type Judged,
  type Measures,
} from './core/baselines.ts';
export {
  foldSummary,
  type BinaryFoldMeasures,
  type ClassFoldMeasures,
  type ClassificationFoldMeasures,
  type FoldMeasure,
  type FoldSummary,
  type RegressionFoldMeasures,
} from './core/fold-measures.ts';
export { fitLinearModel, predictLinear, type LinearModel } from './core/linear-model.ts';

// Keep, use and hand on
export { datasetDigest, modelOf, type SourceTable } from './trained-model.ts';
export {
  ensembleOf,
  ensembleOfSweep,
  ensemblePlaces,
  type EnsembleMember,
  type TrainedMembers,
  type TrainedSweep,
} from './trained-ensemble.ts';
export {
  memberCountOf,
  membersOf,
  networkOf,
  parametersOf,
  requireOneNetwork,
  type Model,
  type TrainedTable,
} from './exchange/model.ts';
export { combine, MAX_MEMBERS, type Combined } from './core/ensemble.ts';
export { looksLikeSafetensors, readModel, writeModel, writeParameters } from './exchange/model-file.ts';
export {
  answerColumns,
  answersOf,
  answersToRow,
  evaluateTable,
  predictTable,
  type Answer,
  type AnswerProbability,
  type ModelEvaluation,
  type ModelPredictions,
  type RowNotes,
} from './model-predictions.ts';
export { appendColumns, type AddedColumn } from './data/csv-append.ts';
export { lackingTargets, type ActualTargets } from './data/actual-targets.ts';

export { forward, layerActivations } from './cpu/forward.ts';
export { sampledLoss, type SampledLoss } from './cpu/sampled-loss.ts';

// Look inside
export { spreadOf } from './cpu/spread.ts';
export { adviceOf } from './core/spread-advice.ts';
export { MOST_MOMENTS, SpreadFilm, type SpreadMoment } from './core/spread-film.ts';
export { flatnessOf, type Distribution, type LayerSpread, type Spread } from './core/spread.ts';
export { commonBins, countsIn, edgeOf, type Bins, type Histogram } from './core/histogram.ts';

// Certify
export { certify, type CertifiedRun } from './certify.ts';
export {
  looksLikeCertificate,
  readCertificate,
  writeCertificate,
  type Certificate,
  type CertifiedVerdict,
  type ReadCertificate,
} from './exchange/certificate.ts';
export {
  verifyCertificate,
  type CertificateCheck,
  type Verification,
  type VerifyOptions,
} from './verify-certificate.ts';

// See it by hand
export { matricesOf, type Trace, type TracedMatrix, type TracedQuantity } from './core/trace.ts';
export {
  axesOf,
  lengthOf,
  sizesOf,
  sourcesOf,
  type TraceAxis,
  type TracedEntry,
  type TracedPlace,
  type TraceRange,
  type TraceSizes,
  type TraceSource,
} from './core/trace-sources.ts';
export { number, type Formula, type Identifier } from './core/formula.ts';
export { formulasOf, type StepEquation } from './core/step-formulas.ts';
export { notationOf, type Notation } from './core/step-notation.ts';
export { entryFormula, type EntryTerms } from './core/entry-formulas.ts';
export { expandedLines, type ExpandedLines } from './core/expanded-lines.ts';
export { lettersOf, type Letter } from './core/step-letters.ts';
export { rateLetters, type RateFormulas } from './core/optimizer-formulas.ts';
export { rateValuesAt, type RateName } from './core/rate-values.ts';
export { alignedLatex, latexOf } from './exchange/latex.ts';

// Exchange
export { modelWriters, type WrittenFormat } from './exchange/writers.ts';
export { exportFormats, revealed, type ExportFormat } from './exchange/reveals.ts';
export { writePytorch } from './exchange/pytorch.ts';
export { writeNumpy } from './exchange/numpy.ts';
export { readSafetensors, writeSafetensors, type Tensor } from './exchange/safetensors.ts';
export { writeOnnx } from './exchange/onnx.ts';
export { readSettingsLink, writeSettingsLink, type SettingsLink } from './exchange/settings-link.ts';
export { writeJavaScript } from './exchange/javascript.ts';
export { initialParametersFrom } from './exchange/initial-parameters.ts';

// Check
export { deviation, judge, type Deviation, type RunValues, type Verdict } from './core/validation.ts';
export { checkGradients, type GradientCheck } from './cpu/gradient-check.ts';
export {
  EXPONENTIAL_ULP,
  selfTest,
  selfTestFindings,
  type Finding,
  type SelfTest,
  type StrategyTest,
} from './self-test.ts';
export { validateRun, type RunsOfJob } from './cpu/validate-run.ts';

// The notebook
export { notebookJob, notebookRecord } from './core/notebook.ts';
export { notebookFormulas } from './core/notebook-formulas.ts';
export {
  activationListing,
  listedParts,
  notebookListing,
  type ListedPart,
  type NotebookListing,
} from './notebook-listings.ts';
export { writeNotebookProgram, type NotebookProgram } from './exchange/notebook-program.ts';
export { perceptron } from './core/perceptron.ts';
export { matrix, type Matrix } from './core/matrix.ts';

export { divergence, type Divergence } from './core/divergence.ts';

// Say
export { errorLine, logStride, scientific } from './core/log.ts';
export { DeviceLostError, HandgradError, InputError, RefusalError } from './core/errors.ts';
