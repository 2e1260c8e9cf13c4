import type { NetworkSettings, RowSlice, TrainingData, TrainingJob } from './job.ts';
import type { Snapshot } from './plan.ts';

/** The rows a network of a job sees. */
export function rowsOf({ rows }: NetworkSettings, { rowCount }: Pick<TrainingData, 'rowCount'>): RowSlice {
  return rows ?? { first: 0, count: rowCount };
}

/** Some rows of a table, which are looked into and not copied. */
function sliceRows(data: TrainingData, { first, count }: RowSlice): TrainingData {
  const { inputs, inputCount, targets, outputCount } = data;
  return {
    rowCount: count,
    inputs: inputs.subarray(first * inputCount, (first + count) * inputCount),
    inputCount,
    targets: targets.subarray(first * outputCount, (first + count) * outputCount),
    outputCount,
  };
}

/** A network of a job as a job of its own, with the rows it sees: what it is held to, and the same to the last bit. */
export function networkAlone(
  job: TrainingJob,
  data: TrainingData,
  network: number,
): { readonly job: TrainingJob; readonly data: TrainingData } {
  const { rows, ...settings } = job.networks[network];
  const own = rows ? sliceRows(data, rows) : data;
  // A batch never holds more than there are.
  const batchSize = job.batchSize === undefined ? {} : { batchSize: Math.min(job.batchSize, own.rowCount) };
  return { job: { ...job, ...batchSize, networks: [settings] }, data: own };
}

/** The rows that a job of one network takes: those it sees. */
export function sliceOfAlone({ networks }: TrainingJob, data: TrainingData): TrainingData {
  const [{ rows }] = networks;
  return networks.length === 1 && rows ? sliceRows(data, rows) : data;
}

/** One network of a snapshot of several. */
export function snapshotOf(snapshot: Snapshot, network: number, networkCount: number): Snapshot {
  const part = (values: Float64Array) => {
    const count = values.length / networkCount;
    return values.slice(network * count, (network + 1) * count);
  };
  const { parameters, lowParts, optimizerState } = snapshot;
  return {
    ...snapshot,
    parameters: part(parameters),
    lowParts: part(lowParts),
    optimizerState: part(optimizerState),
  };
}

/** The steps whose losses are kept of each network of a job, in their order: those at the stride, and the last. */
export function lossSteps({ steps, lossStride = 1 }: Pick<TrainingJob, 'steps' | 'lossStride'>): Uint32Array {
  const count = 1 + Math.ceil((steps - 1) / lossStride);
  return Uint32Array.from({ length: count }, (_, i) => Math.min(i * lossStride, steps - 1));
}

/** How many losses of a network a trainer keeps: those of `lossSteps`, and of a network alone every one. */
export function lossCount(job: TrainingJob): number {
  return lossesBefore(job, job.steps);
}

/** How many of them are of steps before `step`. */
export function lossesBefore({ steps, networks, lossStride = 1 }: TrainingJob, step: number): number {
  if (networks.length === 1) return step;
  return step >= steps ? 1 + Math.ceil((steps - 1) / lossStride) : Math.ceil(step / lossStride);
}

/**
 * Of numbers that a trainer of some of the job's networks has of its steps from `fromStep` on, those of the steps of
 * `lossSteps`: a trainer of one network has numbers of every step.
 *
 * @param values row-major [steps, width]
 */
export function atLossSteps(
  job: TrainingJob,
  fromStep: number,
  values: Float64Array,
  width: number,
): Float64Array {
  const steps = lossSteps(job).filter((step) => step >= fromStep && step < fromStep + values.length / width);
  const kept = new Float64Array(width * steps.length);
  steps.forEach((step, i) => {
    const at = width * (step - fromStep);
    kept.set(values.subarray(at, at + width), width * i);
  });
  return kept;
}

/** Some networks of a job, as a job. */
export function someNetworks(job: TrainingJob, first: number, count: number): TrainingJob {
  return { ...job, networks: job.networks.slice(first, first + count) };
}
