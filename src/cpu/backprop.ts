import { activations, type Activation } from '../core/activations.ts';
import { drawMask, type Dropout } from '../core/dropout.ts';
import { losses } from '../core/losses.ts';
import { float64, matrix, type Arithmetic, type Matrix } from '../core/matrix.ts';
import type { Network } from '../core/network.ts';
import { optimizers, type Rates } from '../core/optimizers.ts';
import type { TrainingJob } from '../core/job.ts';

/** What an optimizer remembers of every parameter, [parameterCount] each; empty where it remembers nothing. */
export interface OptimizerStates {
  readonly first: Float64Array;
  readonly second: Float64Array;
}

/** The matrices of one layer. In the notebook's letters, for the hidden and the output layer: */
export interface LayerMatrices {
  readonly activation: Activation;
  /** x | g: what the layer reads, [rows, inputs] */
  readonly input: Matrix;
  /** v | w: [inputs, units] */
  readonly weights: Matrix;
  /** The notebook leaves its bias at 0: [1, units] */
  readonly biases: Matrix | undefined;
  /** ŷ | y: input · weights + biases, [rows, units] */
  readonly preActivations: Matrix;
  /** g | f: activation of the above, [rows, units] */
  readonly activations: Matrix;
  /** Dropout alone: what each of the above is multiplied by, 0 or 1 / (1 − p), [rows, units] */
  readonly mask: Matrix | undefined;
  /** What the next layer reads: the activations, or with dropout those times the mask, [rows, units] */
  readonly output: Matrix;
  /** dE/dŷ | dE/dy: [rows, units] */
  readonly preActivationsGradient: Matrix;
  /** dE/dv | dE/dw: [inputs, units] */
  readonly weightsGradient: Matrix;
  readonly biasesGradient: Matrix | undefined;
}

/**
 * Forward, loss, backward and update of one network, in float64: the reference every GPU kernel is held
 * to, written to be read beside the notebook. `parameters` and `gradients` are flat, in the layout of
 * `layOutNetwork`; the layers look into them.
 */
export class Backprop {
  readonly gradients: Float64Array;
  readonly layers: readonly LayerMatrices[];
  readonly #arithmetic: Arithmetic;
  readonly #dropout: Dropout | undefined;

  /**
   * @param network the layers
   * @param parameters [parameterCount], updated in place
   * @param inputs [rows, inputCount], row-major
   * @param settings.arithmetic float64 unless it is to be known what rounding does
   * @param settings.dropout where units are dropped: then `drawMasks` says which
   */
  constructor(
    network: Network,
    readonly parameters: Float64Array,
    inputs: Float64Array,
    settings: { readonly arithmetic?: Arithmetic; readonly dropout?: Dropout | undefined } = {},
  ) {
    this.gradients = new Float64Array(network.parameterCount);
    this.#arithmetic = settings.arithmetic ?? float64;
    this.#dropout = settings.dropout;

    const rows = inputs.length / network.inputCount;
    const layers: LayerMatrices[] = [];
    let input = matrix(rows, network.inputCount, inputs);
    for (const { inputCount, units, activation, weightsOffset, biasOffset } of network.layers) {
      const activated = matrix(rows, units);
      const isHidden = layers.length < network.layers.length - 1;
      const mask = settings.dropout && isHidden ? matrix(rows, units) : undefined;
      const layer = {
        activation: activations[activation],
        input,
        weights: matrix(inputCount, units, parameters, weightsOffset),
        biases: biasOffset === undefined ? undefined : matrix(1, units, parameters, biasOffset),
        preActivations: matrix(rows, units),
        activations: activated,
        mask,
        output: mask ? matrix(rows, units) : activated,
        preActivationsGradient: matrix(rows, units),
        weightsGradient: matrix(inputCount, units, this.gradients, weightsOffset),
        biasesGradient: biasOffset === undefined ? undefined : matrix(1, units, this.gradients, biasOffset),
      };
      layers.push(layer);
      input = layer.output;
    }
    this.layers = layers;
  }

  /** The network's output f for every row, [rows, outputCount]: logits where the loss takes those. */
  get outputs(): Float64Array {
    return this.#outputLayer.activations.data;
  }

  get #outputLayer(): LayerMatrices {
    return this.layers[this.layers.length - 1];
  }

  /** With dropout: which units the passes from now on drop, those of a step. */
  drawMasks(step: number): void {
    if (!this.#dropout) return;
    for (let layer = 0; layer < this.layers.length; layer++) {
      const { mask } = this.layers[layer];
      if (mask) drawMask(this.#dropout, { step, layer }, mask);
    }
  }

  /** g = sigmoid(x · v), f = sigmoid(g · w): each layer's activation of input · weights + biases. */
  forward(): void {
    const { multiply, addRow, activate } = this.#arithmetic;
    for (const layer of this.layers) {
      multiply(layer.input, layer.weights, layer.preActivations);
      if (layer.biases) addRow(layer.preActivations, layer.biases);
      activate(layer.activation, layer.preActivations, layer.activations);
      if (layer.mask) this.#arithmetic.multiplyEntries(layer.activations, layer.mask, layer.output);
    }
  }

  /** E, from the outputs of the last `forward`. */
  loss(loss: TrainingJob['loss'], targets: Float64Array): number {
    const f = this.#outputLayer.activations;
    // Not matrix(): a view would cost a small network a tenth of its step.
    return this.#arithmetic.meanLoss(losses[loss], f, { rows: f.rows, columns: f.columns, data: targets });
  }

  /** Every gradient, by the chain rule, from the matrices of the last `forward`. */
  backward(loss: TrainingJob['loss'], targets: Float64Array): void {
    this.#outputGradient(loss, targets);
    for (let index = this.layers.length - 1; index >= 0; index--) {
      this.#parametersGradient(this.layers[index]);
      if (index > 0) this.#hiddenGradient(this.layers[index - 1], this.layers[index]);
    }
  }

  /** Output layer, "phase 1": dE/dy = dE/df · df/dy */
  #outputGradient(loss: TrainingJob['loss'], targets: Float64Array): void {
    const { activation, preActivations: y, activations: f, preActivationsGradient } = this.#outputLayer;
    const f0 = { rows: f.rows, columns: f.columns, data: targets };
    this.#arithmetic.lossGradient(losses[loss], f, f0, preActivationsGradient); // dE/df
    this.#arithmetic.timesDerivative(activation, { x: y, y: f }, preActivationsGradient); // · df/dy
  }

  /** Hidden layer, "phase 2": dE/dŷ = (dE/dy · wᵀ) · dg/dŷ, and with dropout · the mask */
  #hiddenGradient(hidden: LayerMatrices, next: LayerMatrices): void {
    const { activation, preActivations: yhat, activations: g, mask, preActivationsGradient } = hidden;
    this.#arithmetic.multiplyTransposedB(next.preActivationsGradient, next.weights, preActivationsGradient);
    this.#arithmetic.timesDerivative(activation, { x: yhat, y: g }, preActivationsGradient);
    if (mask) this.#arithmetic.multiplyEntries(preActivationsGradient, mask, preActivationsGradient);
  }

  /** dE/dw = gᵀ · dE/dy, and dE/dbias = the sum of dE/dy over the rows */
  #parametersGradient({
    input,
    preActivationsGradient,
    weightsGradient,
    biasesGradient,
  }: LayerMatrices): void {
    this.#arithmetic.multiplyTransposedA(input, preActivationsGradient, weightsGradient);
    if (biasesGradient) this.#arithmetic.sumRows(preActivationsGradient, biasesGradient);
  }

  /** w −= learning rate · dE/dw for SGD, for every parameter; the gradients clipped first where the job says so */
  update(job: TrainingJob, rates: Rates, { first, second }: OptimizerStates): void {
    const { parameters, gradients } = this;
    if (job.clipNorm !== undefined) this.#arithmetic.clip(gradients, job.clipNorm);
    this.#arithmetic.update(optimizers[job.optimizer], rates, { parameters, gradients, first, second });
  }
}
