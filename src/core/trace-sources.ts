import { activationFormulas } from './activation-formulas.ts';
import type { TrainingJob } from './job.ts';
import { losses, type Loss } from './losses.ts';
import type { TracedQuantity } from './trace.ts';

/** A matrix of a trace by its place. */
export interface TracedPlace {
  readonly quantity: TracedQuantity;
  /** From 0 on; the output layer for what belongs to none. */
  readonly layer: number;
}

/** One entry of a matrix of a trace; row and column from 0 on. */
export interface TracedEntry extends TracedPlace {
  readonly row: number;
  readonly column: number;
}

/** What a matrix of a trace has along a side: rows of the batch, the units of a layer (0: the inputs), or one. */
export type TraceAxis = 'batch' | 'one' | number;

/** How many there are along the sides of the matrices of a trace. */
export interface TraceSizes {
  /** Rows of the batch. */
  readonly rowCount: number;
  /** The inputs, then the units of each layer. */
  readonly units: readonly number[];
}

/** From `first` on, as many as `count`. */
export interface TraceRange {
  readonly first: number;
  readonly count: number;
}

/** A part of a matrix that an entry was made of. */
export interface TraceSource extends TracedPlace {
  readonly rows: TraceRange;
  readonly columns: TraceRange;
}

/** What the rows and the columns of a matrix are. */
export function axesOf({ quantity, layer }: TracedPlace): readonly [rows: TraceAxis, columns: TraceAxis] {
  switch (quantity) {
    case 'input':
      return ['batch', layer];
    case 'weights':
    case 'weightsGradient':
    case 'updatedWeights':
      return [layer, layer + 1];
    case 'biases':
    case 'biasesGradient':
    case 'updatedBiases':
      return ['one', layer + 1];
    case 'rowLosses':
      return ['batch', 'one'];
    case 'loss':
      return ['one', 'one'];
    case 'preActivations':
    case 'activations':
    case 'mask':
    case 'activationsGradient':
    case 'derivatives':
    case 'preActivationsGradient':
    case 'targets':
      return ['batch', layer + 1];
  }
}

/** The sizes of the matrices of a job's step. */
export function sizesOf({ layers }: TrainingJob, inputCount: number, rowCount: number): TraceSizes {
  return { rowCount, units: [inputCount, ...layers.map(({ units }) => units)] };
}

export function lengthOf(axis: TraceAxis, { rowCount, units }: TraceSizes): number {
  if (axis === 'one') return 1;
  return axis === 'batch' ? rowCount : units[axis];
}

/** Where what a layer reads stands: with dropout, what is left of the activations before has a place of its own. */
export function readBy({ dropout = 0 }: TrainingJob, layer: number): TracedPlace {
  if (layer === 0 || dropout > 0) return { quantity: 'input', layer };
  return { quantity: 'activations', layer: layer - 1 };
}

/** Whether what a layer says is multiplied by a mask. */
export function isMasked({ dropout = 0, layers }: TrainingJob, layer: number): boolean {
  return dropout > 0 && layer < layers.length - 1;
}

/** The entries that an entry of a trace was made of; none where it is given: inputs, targets, parameters, masks. */
export function sourcesOf(job: TrainingJob, sizes: TraceSizes, entry: TracedEntry): TraceSource[] {
  const { quantity, layer, row, column } = entry;
  const at = (first: number) => ({ first, count: 1 });
  const all = (axis: TraceAxis) => ({ first: 0, count: lengthOf(axis, sizes) });
  const part = (place: TracedPlace, rows: TraceRange, columns: TraceRange) => ({ ...place, rows, columns });
  const here = (name: TracedQuantity, of = layer) => part({ quantity: name, layer: of }, at(row), at(column));
  const bias = (name: TracedQuantity) => part({ quantity: name, layer }, at(0), at(column));
  switch (quantity) {
    case 'weights':
    case 'biases':
    case 'mask':
    case 'targets':
      return [];
    case 'input':
      return layer === 0 ? [] : [here('activations', layer - 1), here('mask', layer - 1)];
    case 'preActivations': {
      const inputs = part(readBy(job, layer), at(row), all(layer));
      const weights = part({ quantity: 'weights', layer }, all(layer), at(column));
      return [inputs, weights, ...(job.layers[layer].bias ? [bias('biases')] : [])];
    }
    case 'activations':
      return [here('preActivations')];
    case 'rowLosses':
      return ofOutputs(at(row), all(layer + 1));
    case 'loss':
      return [part({ quantity: 'rowLosses', layer }, all('batch'), at(0))];
    case 'activationsGradient':
      return activationsGradientSources();
    case 'derivatives': {
      const { derivativeOf } = activationFormulas[job.layers[layer].activation];
      if (derivativeOf === 'neither') return [];
      return [here(derivativeOf === 'input' ? 'preActivations' : 'activations')];
    }
    case 'preActivationsGradient':
      return [
        here('activationsGradient'),
        here('derivatives'),
        ...(isMasked(job, layer) ? [here('mask')] : []),
      ];
    case 'weightsGradient':
      return [
        part(readBy(job, layer), all('batch'), at(row)),
        part({ quantity: 'preActivationsGradient', layer }, all('batch'), at(column)),
      ];
    case 'biasesGradient':
      return [part({ quantity: 'preActivationsGradient', layer }, all('batch'), at(column))];
    case 'updatedWeights':
      return [here('weights'), here('weightsGradient')];
    case 'updatedBiases':
      return [here('biases'), here('biasesGradient')];
  }

  function ofOutputs(rows: TraceRange, columns: TraceRange): TraceSource[] {
    const last = job.layers.length - 1;
    return (['activations', 'targets'] as const).map((name) =>
      part({ quantity: name, layer: last }, rows, columns),
    );
  }

  function activationsGradientSources(): TraceSource[] {
    if (layer < job.layers.length - 1) {
      return [
        part({ quantity: 'preActivationsGradient', layer: layer + 1 }, at(row), all(layer + 2)),
        part({ quantity: 'weights', layer: layer + 1 }, at(column), all(layer + 2)),
      ];
    }
    // A softmax takes all of its row.
    const { link }: Loss = losses[job.loss];
    return ofOutputs(at(row), link === 'softmax' ? all(layer + 1) : at(column));
  }
}
