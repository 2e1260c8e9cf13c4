import { InputError } from '../core/errors.ts';
import type { Adapter, TrainingJob } from '../core/job.ts';
import { layOutNetwork, type Network } from '../core/network.ts';
import type { Snapshot } from '../core/plan.ts';
import { formatCount } from '../core/wording.ts';
import type { ColumnPlan } from '../data/columns.ts';
import type { CsvFormat } from '../data/csv-format.ts';
import type { DatasetOptions } from '../data/dataset.ts';
import { unitCount, type Encoding } from '../data/encoding.ts';

/** The table a network was trained on: what it takes to read it again, and to know it again. */
export interface TrainedTable {
  /** What a person calls it: the name of a file, or of a sample. */
  readonly name: string;
  readonly format: CsvFormat;
  /** One per column, in the order of the file. */
  readonly columns: readonly ColumnPlan[];
  /** How its rows were split, scaled and filled. */
  readonly options: DatasetOptions;
  readonly rowCount: number;
  /** Rows of the table it was trained on, ascending, counted from 0. */
  readonly trainingRows: Uint32Array;
  /** Of its encoded rows (`digestOf`). */
  readonly digest: string;
}

/**
 * A trained network with everything it takes to use it, and to train it further; or an ensemble: several networks of one
 * job, which predict together and are not trained on. Their settings are `job.networks`, and `snapshot.parameters` holds
 * those of the first, then of the second and so on.
 */
export interface Model {
  /** What made it: `handgrad 0.1.0`. */
  readonly madeBy: string;
  /** How rows become inputs, and outputs become answers. */
  readonly encoding: Encoding;
  readonly table: TrainedTable;
  /** Of one network, with `initialParameters` only if those were given and not drawn; or of all members, without. */
  readonly job: TrainingJob;
  /** Null where it was trained on the CPU. */
  readonly adapter: Adapter | null;
  /**
   * The run as it stands: parameters, what the optimizer remembers (of an ensemble nothing), step, plan. The step of an
   * ensemble is the last of its job: a member may have ended before, or kept the parameters of an earlier one.
   */
  readonly snapshot: Snapshot;
  /** The loss of every step up to the snapshot, before its update: [snapshot.step]; empty of an ensemble. */
  readonly losses: Float64Array;
}

/** Layers, and where their parameters lie; the same for every member of an ensemble. */
export function networkOf({ encoding, job }: Pick<Model, 'encoding' | 'job'>): Network {
  const inputCount = encoding.inputs.reduce((sum, input) => sum + unitCount(input), 0);
  return layOutNetwork(inputCount, job.layers);
}

/** What it predicts with: [memberCount, parameterCount] in the layout of `layOutNetwork`. */
export function parametersOf({
  snapshot: { parameters, lowParts },
}: {
  readonly snapshot: Pick<Snapshot, 'parameters' | 'lowParts'>;
}): Float64Array {
  return parameters.map((value, i) => value + lowParts[i]);
}

/** How many networks predict together: 2 or more in an ensemble. */
export function memberCountOf({ job }: Pick<Model, 'job'>): number {
  return job.networks.length;
}

/** What each of them predicts with, [parameterCount]; of a network alone a list of one. */
export function membersOf(model: Pick<Model, 'snapshot' | 'job'>): Float64Array[] {
  const all = parametersOf(model);
  const memberCount = memberCountOf(model);
  const parameterCount = all.length / memberCount;
  return Array.from({ length: memberCount }, (_, member) =>
    all.subarray(member * parameterCount, (member + 1) * parameterCount),
  );
}

/** Before a model is trained on. @throws InputError if it is an ensemble */
export function requireOneNetwork(model: Pick<Model, 'job'>): void {
  const memberCount = memberCountOf(model);
  if (memberCount === 1) return;
  throw new InputError(
    `This is an ensemble of ${formatCount(memberCount)} networks, which predicts and is not trained on. ` +
      'Train on from a network that was saved alone.',
  );
}
