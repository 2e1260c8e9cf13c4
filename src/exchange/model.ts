import type { Adapter, TrainingJob } from '../core/job.ts';
import { layOutNetwork, type Network } from '../core/network.ts';
import type { Snapshot } from '../core/plan.ts';
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

/** A trained network with everything it takes to use it, and to train it further. */
export interface Model {
  /** What made it: `handgrad 0.1.0`. */
  readonly madeBy: string;
  /** How rows become inputs, and outputs become answers. */
  readonly encoding: Encoding;
  readonly table: TrainedTable;
  /** Of one network; with `initialParameters` only if those were given and not drawn. */
  readonly job: TrainingJob;
  /** Null where it was trained on the CPU. */
  readonly adapter: Adapter | null;
  /** The run as it stands: parameters, what the optimizer remembers, step, plan. */
  readonly snapshot: Snapshot;
  /** The loss of every step up to the snapshot, before its update: [snapshot.step]. */
  readonly losses: Float64Array;
}

/** Layers, and where their parameters lie. */
export function networkOf({ encoding, job }: Pick<Model, 'encoding' | 'job'>): Network {
  const inputCount = encoding.inputs.reduce((sum, input) => sum + unitCount(input), 0);
  return layOutNetwork(inputCount, job.layers);
}

/** What the network predicts with: [parameterCount] in the layout of `layOutNetwork`. */
export function parametersOf({ snapshot: { parameters, lowParts } }: Pick<Model, 'snapshot'>): Float64Array {
  return parameters.map((value, i) => value + lowParts[i]);
}
