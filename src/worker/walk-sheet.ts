import {
  adapterName,
  axesOf,
  lengthOf,
  losses,
  matricesOf,
  meanCount,
  rateValuesAt,
  sizesOf,
  type RateName,
  type Trace,
  type TracedMatrix,
  type TracedPlace,
  type TracedStep,
  type TraceAxis,
  type TraceRange,
  type TrainingJob,
} from '../index.ts';

/** Of a longer side of a matrix, so many rows or columns are sent. */
export const WINDOW_LENGTH = 8;

/**
 * Which part of the matrices is to be seen. What has the same along a side shows the same part of it: an entry and those
 * it was made of stay together.
 */
export interface WalkWindows {
  /** The first row of the batch, from 0 on. */
  readonly firstRow: number;
  /** The first of the inputs, then of each layer's units; 0 for what is left out. */
  readonly firstUnits: readonly number[];
}

/** Where GPU and float64 differ most. */
interface GreatestDifference {
  readonly difference: number;
  /** In the whole matrix, from 0 on. */
  readonly row: number;
  readonly column: number;
}

/** One matrix of a step, as much of it as the page shows. */
export interface WalkMatrix extends TracedPlace {
  /** Of the whole matrix. */
  readonly rows: number;
  readonly columns: number;
  readonly shownRows: TraceRange;
  readonly shownColumns: TraceRange;
  /** Row-major [shown rows, shown columns]. */
  readonly float64: Float64Array;
  /** By the layered kernels, in float32. */
  readonly gpu: Float64Array | undefined;
  /** Over the whole matrix. */
  readonly greatest: GreatestDifference | undefined;
}

/** One step of a network by hand, as the page shows it. */
export interface WalkSheet {
  /** From 0 on. */
  readonly step: number;
  /** Steps the run has taken; 0 for a network that was not trained. */
  readonly stepCount: number;
  readonly networkLabel: string;
  readonly job: TrainingJob;
  readonly inputCount: number;
  /** Rows of the batch. */
  readonly rowCount: number;
  /** Of the rows that are shown, where they lie in the training data, from 0 on. */
  readonly shownRows: Uint32Array;
  readonly windows: WalkWindows;
  /** The adapter that computed what is of the GPU. */
  readonly adapter: string | undefined;
  /** Why there is nothing of the GPU. */
  readonly refusal: string | undefined;
  readonly rates: Readonly<Record<RateName, number>>;
  readonly clipFactor: number;
  /** What the sum of the losses is divided by. */
  readonly lossCount: number;
  readonly matrices: readonly WalkMatrix[];
}

/** What a sheet says beside the step itself. */
export type WalkedNetwork = Pick<WalkSheet, 'job' | 'inputCount' | 'stepCount' | 'networkLabel'>;

/** Cuts what the page shows out of a traced step: a large batch does not travel. */
export function walkSheet(traced: TracedStep, network: WalkedNetwork, windows: WalkWindows): WalkSheet {
  const { reference, gpu, adapter, refusal } = traced;
  const { job, inputCount } = network;
  const { rows, columns } = reference.targets;
  const sizes = sizesOf(job, inputCount, rows);
  const rangeOf = (axis: TraceAxis) => windowOf(axis, lengthOf(axis, sizes), windows);
  const shown = rangeOf('batch');
  return {
    ...network,
    step: reference.step,
    rowCount: rows,
    shownRows: reference.rows.slice(shown.first, shown.first + shown.count),
    windows: { firstRow: shown.first, firstUnits: sizes.units.map((_, axis) => rangeOf(axis).first) },
    adapter: gpu && adapter ? adapterName(adapter) : undefined,
    refusal,
    rates: rateValuesAt(job, reference.step),
    clipFactor: reference.clipFactor,
    lossCount: meanCount(losses[job.loss], rows, columns),
    matrices: matchedMatrices(reference, gpu).map(([own, other]) => {
      const [rowAxis, columnAxis] = axesOf(own);
      return sheetMatrix(own, other, { shownRows: rangeOf(rowAxis), shownColumns: rangeOf(columnAxis) });
    }),
  };
}

/** As much as there is from where it is to begin; nothing begins behind the last window. */
function windowOf(axis: TraceAxis, length: number, { firstRow, firstUnits }: WalkWindows): TraceRange {
  const wanted = axis === 'one' ? 0 : axis === 'batch' ? firstRow : (firstUnits[axis] ?? 0);
  const lastWindow = Math.floor((length - 1) / WINDOW_LENGTH) * WINDOW_LENGTH;
  const first = Math.min(Math.max(0, wanted), lastWindow);
  return { first, count: Math.min(WINDOW_LENGTH, length - first) };
}

/** Each matrix of the reference with the GPU's of the same place. */
function matchedMatrices(
  reference: Trace,
  gpu: Trace | undefined,
): [TracedMatrix, TracedMatrix | undefined][] {
  const others = gpu && matricesOf(gpu);
  return matricesOf(reference).map((own, i) => [own, others?.[i]]);
}

function sheetMatrix(
  { quantity, layer, matrix }: TracedMatrix,
  other: TracedMatrix | undefined,
  shown: Pick<WalkMatrix, 'shownRows' | 'shownColumns'>,
): WalkMatrix {
  const { shownRows, shownColumns } = shown;
  const { rows, columns, data } = matrix;
  const cut = (values: Float64Array) =>
    Float64Array.from({ length: shownRows.count * shownColumns.count }, (_, i) => {
      const row = shownRows.first + Math.floor(i / shownColumns.count);
      return values[row * columns + shownColumns.first + (i % shownColumns.count)];
    });
  return {
    quantity,
    layer,
    rows,
    columns,
    ...shown,
    float64: cut(data),
    gpu: other && cut(other.matrix.data),
    greatest: other && greatestDifference(data, other.matrix.data, columns),
  };
}

/** The first of the largest; one that is no number is larger than any. */
function greatestDifference(a: Float64Array, b: Float64Array, columns: number): GreatestDifference {
  let at = 0;
  for (let i = 1; i < a.length; i++) {
    if (Number.isNaN(differenceAt(at))) break;
    if (!(differenceAt(i) <= differenceAt(at))) at = i;
  }
  return { difference: differenceAt(at), row: Math.floor(at / columns), column: at % columns };

  function differenceAt(i: number): number {
    return Object.is(a[i], b[i]) ? 0 : Math.abs(a[i] - b[i]);
  }
}
