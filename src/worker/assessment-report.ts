import {
  assessNetworks,
  jobOf,
  type Dataset,
  type JobSettings,
  type Measures,
  type PartAssessment,
  type PartName,
  type Task,
} from '../index.ts';

/** Numbers to draw against one another, of one output. */
export interface PredictionPoints {
  readonly actual: Float64Array;
  readonly predicted: Float64Array;
}

/** How the rows of one part come out: small enough to cross to the page. */
export interface PartReport {
  readonly part: PartName;
  readonly rowCount: number;
  readonly network: Measures;
  /** Undefined where the table is too wide for a linear model. */
  readonly linearModel: Measures | undefined;
  readonly constant: Measures;
  /** Of a regression, one per output, in the units of the table: every n-th row. */
  readonly points: readonly PredictionPoints[];
}

/** What the page shows of how well a run does. */
export interface AssessmentReport {
  readonly task: Task;
  /** One per output: names of target columns, or of classes. */
  readonly outputNames: readonly string[];
  /** Sorted, the second of two is 1; undefined for numbers, and for several targets of 0 and 1. */
  readonly classes: readonly string[] | undefined;
  /** From which probability on a binary output counts as 1. */
  readonly threshold: number;
  /** Training, and validation and test where there are such rows. */
  readonly parts: readonly PartReport[];
}

/** More points say nothing more. */
const MOST_POINTS = 500;

/** @param parts of the dataset, as `assess` measured them */
export function reportAssessment(
  { task, outputNames, classes }: Dataset,
  parts: readonly PartAssessment[],
  threshold: number,
): AssessmentReport {
  return {
    task,
    outputNames,
    classes,
    threshold,
    parts: parts.map((assessed) => {
      const { part, rowCount, network, linearModel, constant } = assessed;
      const outputs = task === 'regression' ? outputNames : [];
      const points = outputs.map((_, output) => pointsOf(assessed, output, outputs.length));
      return { part, rowCount, network, linearModel, constant, points };
    }),
  };
}

function pointsOf(
  { rowCount, targets, predictions }: PartAssessment,
  output: number,
  outputCount: number,
): PredictionPoints {
  const stride = Math.ceil(rowCount / MOST_POINTS);
  const take = (values: Float64Array) =>
    Float64Array.from(
      { length: Math.ceil(rowCount / stride) },
      (_, i) => values[i * stride * outputCount + output],
    );
  return { actual: take(targets), predicted: take(predictions) };
}

/** The same of a network that is known by its parameters. */
export function assessParameters(
  dataset: Dataset,
  settings: JobSettings,
  { parameters, threshold }: { readonly parameters: Float64Array; readonly threshold: number },
): AssessmentReport {
  const job = jobOf(settings, dataset.training.outputCount);
  return reportAssessment(dataset, assessNetworks(dataset, job, [parameters], threshold), threshold);
}
