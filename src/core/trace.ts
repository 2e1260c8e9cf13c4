import { matrix, type Matrix } from './matrix.ts';
import type { Layer } from './network.ts';

/**
 * The matrices of one layer in one step, in the order they are computed. In the notebook's letters, for the hidden and
 * the output layer:
 */
export interface LayerTrace {
  /** x | g: what the layer reads, [rows, inputs] */
  readonly input: Matrix;
  /** v | w, before the update: [inputs, units] */
  readonly weights: Matrix;
  /** [1, units]; undefined where the layer has none */
  readonly biases: Matrix | undefined;
  /** ŷ | y: input · weights + biases, [rows, units] */
  readonly preActivations: Matrix;
  /** g | f: activation of the above, [rows, units] */
  readonly activations: Matrix;
  /** Dropout alone: what each of the above is multiplied by for the next layer, 0 or 1 / (1 − p), [rows, units] */
  readonly mask: Matrix | undefined;
  /** dE/dg | dE/df; with dropout, dE/d(g · mask): [rows, units] */
  readonly activationsGradient: Matrix;
  /** dg/dŷ | df/dy: [rows, units] */
  readonly derivatives: Matrix;
  /** dE/dŷ | dE/dy: the product of the two above, and of the mask: [rows, units] */
  readonly preActivationsGradient: Matrix;
  /** dE/dv | dE/dw: inputᵀ · the above, neither clipped nor decayed, [inputs, units] */
  readonly weightsGradient: Matrix;
  /** The sum of dE/dŷ over the rows, [1, units] */
  readonly biasesGradient: Matrix | undefined;
  /** v | w after the update: [inputs, units] */
  readonly updatedWeights: Matrix;
  /** [1, units] */
  readonly updatedBiases: Matrix | undefined;
}

/** Every matrix of one step, recomputed one by one. */
export interface Trace {
  /** Computed in float64 by the reference, or in float32 by the layered kernels. */
  readonly computedBy: 'reference' | 'layered';
  /** The step it is of, from 0 on: its matrices are those before its update. */
  readonly step: number;
  /** The rows of its batch, as they lie in the training data: [rows] */
  readonly rows: Uint32Array;
  /** f₀: [rows, outputs] */
  readonly targets: Matrix;
  readonly layers: readonly LayerTrace[];
  /** The loss of each row, summed over outputs, before the mean: [rows, 1] */
  readonly rowLosses: Matrix;
  /** E: their mean. */
  readonly loss: number;
  /** The learning rate of this step, the schedule's factor included. */
  readonly learningRate: number;
  /** What the gradients are multiplied by before the update: 1 unless they are clipped. */
  readonly clipFactor: number;
}

/** The part of a layer in numbers of every parameter, [parameterCount]: the matrices share memory with them. */
export function partOf(
  { inputCount, units, weightsOffset, biasOffset }: Layer,
  values: Float64Array,
): { readonly weights: Matrix; readonly biases: Matrix | undefined } {
  return {
    weights: matrix(inputCount, units, values, weightsOffset),
    biases: biasOffset === undefined ? undefined : matrix(1, units, values, biasOffset),
  };
}

/** What a matrix of a trace is. */
export type TracedQuantity = keyof LayerTrace | 'targets' | 'rowLosses' | 'loss';

/** One matrix of a trace with its place. */
export interface TracedMatrix {
  readonly quantity: TracedQuantity;
  /** From 0 on; the output layer for what belongs to none. */
  readonly layer: number;
  readonly matrix: Matrix;
}

/**
 * All matrices of a trace in the order they are computed: layer by layer forward, the loss, backward from the output
 * layer on, the update. What a layer reads stands there once: the inputs of the first layer, and for the others the
 * activations of the layer before; only where a mask changes those, what is left of them has a place of its own.
 */
export function matricesOf(trace: Trace): TracedMatrix[] {
  const { layers, targets, rowLosses, loss } = trace;
  const last = layers.length - 1;
  const all: TracedMatrix[] = [];
  const add = (quantity: keyof LayerTrace, layer: number) => {
    const found = layers[layer][quantity];
    if (found) all.push({ quantity, layer, matrix: found });
  };
  add('input', 0);
  for (let layer = 0; layer <= last; layer++) {
    if (layer > 0 && layers[layer - 1].mask) add('input', layer);
    for (const quantity of ['weights', 'biases', 'preActivations', 'activations', 'mask'] as const)
      add(quantity, layer);
  }
  all.push({ quantity: 'targets', layer: last, matrix: targets });
  all.push({ quantity: 'rowLosses', layer: last, matrix: rowLosses });
  const mean = { rows: 1, columns: 1, data: Float64Array.of(loss) };
  all.push({ quantity: 'loss', layer: last, matrix: mean });
  for (let layer = last; layer >= 0; layer--) {
    for (const quantity of [
      'activationsGradient',
      'derivatives',
      'preActivationsGradient',
      'weightsGradient',
      'biasesGradient',
    ] as const)
      add(quantity, layer);
  }
  for (let layer = last; layer >= 0; layer--) {
    add('updatedWeights', layer);
    add('updatedBiases', layer);
  }
  return all;
}
