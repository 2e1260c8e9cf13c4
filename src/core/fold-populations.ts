import { InputError } from './errors.ts';
import type { NetworkSettings, RowSlice, TrainingData, TrainingJob } from './job.ts';
import { validateJob } from './job-rules.ts';
import { formatCount } from './wording.ts';

/** Folds that train together: network i of the job is that of fold `folds[i]`. */
export interface FoldPopulation {
  readonly job: TrainingJob;
  /** The training rows of its folds, one fold behind the other. */
  readonly data: TrainingData;
  /** Places in the folds that were given, ascending. */
  readonly folds: readonly number[];
}

/**
 * Makes one population of all folds whose rows are of one shape, and another of those where another number of
 * categories was fitted; a network of it alone (`networkAlone`) has the rows of its fold, bit for bit.
 *
 * @param jobFor the job of one fold for so many outputs; every network has the settings, and the seed, of its network
 * @param folds the training rows of each
 * @returns in the order of their first folds
 * @throws InputError if a fold alone could not train that job, or if it has several networks
 */
export function populationsOfFolds(
  jobFor: (outputCount: number) => TrainingJob,
  folds: readonly TrainingData[],
): FoldPopulation[] {
  const byShape = new Map<string, number[]>();
  folds.forEach(({ inputCount, outputCount }, fold) => {
    const shape = `${inputCount} ${outputCount}`;
    byShape.set(shape, [...(byShape.get(shape) ?? []), fold]);
  });
  return [...byShape.values()].map((members) => {
    const parts = members.map((fold) => folds[fold]);
    const job = jobFor(parts[0].outputCount);
    const settings = onlyNetwork(job);
    for (const part of parts) validateJob({ ...job, networks: [settings] }, part);
    if (parts.length === 1) return { job: { ...job, networks: [settings] }, data: parts[0], folds: members };
    const networks = slicesOf(parts).map((rows) => ({ ...settings, rows }));
    return { job: { ...job, networks }, data: layOut(parts), folds: members };
  });
}

function onlyNetwork({ networks }: TrainingJob): NetworkSettings {
  if (networks.length !== 1) {
    throw new InputError(
      `Each fold trains one network, and the job has ${formatCount(networks.length)}. Give a job of one.`,
    );
  }
  const { rows: _, ...settings } = networks[0];
  return settings;
}

function slicesOf(parts: readonly TrainingData[]): RowSlice[] {
  let first = 0;
  return parts.map(({ rowCount }) => {
    const rows = { first, count: rowCount };
    first += rowCount;
    return rows;
  });
}

/** One behind the other, copied. */
function layOut(parts: readonly TrainingData[]): TrainingData {
  const [{ inputCount, outputCount }] = parts;
  const rowCount = parts.reduce((sum, part) => sum + part.rowCount, 0);
  const inputs = new Float64Array(rowCount * inputCount);
  const targets = new Float64Array(rowCount * outputCount);
  let first = 0;
  for (const part of parts) {
    inputs.set(part.inputs, first * inputCount);
    targets.set(part.targets, first * outputCount);
    first += part.rowCount;
  }
  return { rowCount, inputs, inputCount, targets, outputCount };
}
