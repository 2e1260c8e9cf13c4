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
  return new SourceFinder(job, sizes, entry).find();
}

class SourceFinder {
  readonly #job: TrainingJob;
  readonly #sizes: TraceSizes;
  readonly #entry: TracedEntry;

  constructor(job: TrainingJob, sizes: TraceSizes, entry: TracedEntry) {
    this.#job = job;
    this.#sizes = sizes;
    this.#entry = entry;
  }

  find(): TraceSource[] {
    const { quantity, layer } = this.#entry;
    switch (quantity) {
      case 'weights':
      case 'biases':
      case 'mask':
      case 'targets':
        return [];
      case 'input':
        return layer === 0 ? [] : [this.#here('activations', layer - 1), this.#here('mask', layer - 1)];
      case 'preActivations':
        return this.#ofPreActivation();
      case 'activations':
        return [this.#here('preActivations')];
      case 'rowLosses':
        return this.#ofOutputs(this.#all(layer + 1));
      case 'loss':
        return [part({ quantity: 'rowLosses', layer }, this.#all('batch'), one(0))];
      case 'activationsGradient':
        return this.#ofActivationGradient();
      case 'derivatives':
        return this.#ofDerivative();
      case 'preActivationsGradient': {
        const mask = isMasked(this.#job, layer) ? [this.#here('mask')] : [];
        return [this.#here('activationsGradient'), this.#here('derivatives'), ...mask];
      }
      case 'weightsGradient':
        return [
          part(readBy(this.#job, layer), this.#all('batch'), one(this.#entry.row)),
          ...this.#ofBiasGradient(),
        ];
      case 'biasesGradient':
        return this.#ofBiasGradient();
      case 'updatedWeights':
        return [this.#here('weights'), this.#here('weightsGradient')];
      case 'updatedBiases':
        return [this.#here('biases'), this.#here('biasesGradient')];
    }
  }

  #all(axis: TraceAxis): TraceRange {
    return { first: 0, count: lengthOf(axis, this.#sizes) };
  }

  /** The entry of another matrix at the same place. */
  #here(quantity: TracedQuantity, layer = this.#entry.layer): TraceSource {
    return part({ quantity, layer }, one(this.#entry.row), one(this.#entry.column));
  }

  #ofPreActivation(): TraceSource[] {
    const { layer, row, column } = this.#entry;
    const biases = part({ quantity: 'biases', layer }, one(0), one(column));
    return [
      part(readBy(this.#job, layer), one(row), this.#all(layer)),
      part({ quantity: 'weights', layer }, this.#all(layer), one(column)),
      ...(this.#job.layers[layer].bias ? [biases] : []),
    ];
  }

  #ofActivationGradient(): TraceSource[] {
    const { layer, row, column } = this.#entry;
    if (layer < this.#job.layers.length - 1) {
      const units = this.#all(layer + 2);
      return [
        part({ quantity: 'preActivationsGradient', layer: layer + 1 }, one(row), units),
        part({ quantity: 'weights', layer: layer + 1 }, one(column), units),
      ];
    }
    // A softmax takes all of its row.
    const { link }: Loss = losses[this.#job.loss];
    return this.#ofOutputs(link === 'softmax' ? this.#all(layer + 1) : one(column));
  }

  /** Outputs and targets of the row. */
  #ofOutputs(columns: TraceRange): TraceSource[] {
    const { layer, row } = this.#entry;
    return (['activations', 'targets'] as const).map((quantity) =>
      part({ quantity, layer }, one(row), columns),
    );
  }

  #ofDerivative(): TraceSource[] {
    const { derivativeOf } = activationFormulas[this.#job.layers[this.#entry.layer].activation];
    if (derivativeOf === 'neither') return [];
    return [this.#here(derivativeOf === 'input' ? 'preActivations' : 'activations')];
  }

  #ofBiasGradient(): TraceSource[] {
    const { layer, column } = this.#entry;
    return [part({ quantity: 'preActivationsGradient', layer }, this.#all('batch'), one(column))];
  }
}

function one(first: number): TraceRange {
  return { first, count: 1 };
}

function part(place: TracedPlace, rows: TraceRange, columns: TraceRange): TraceSource {
  return { ...place, rows, columns };
}
