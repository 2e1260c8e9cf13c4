import { activationFormulas } from './activation-formulas.ts';
import {
  call,
  equation,
  exponential,
  fenced,
  fraction,
  hadamard,
  identifier,
  matrixProduct,
  number,
  negative,
  partial,
  plus,
  sum,
  times,
  transpose,
  type Formula,
  type Identifier,
} from './formula.ts';
import type { TrainingJob } from './job.ts';
import { lossFormulas, type LossTerms } from './loss-formulas.ts';
import { losses, type Loss } from './losses.ts';
import { CLIP_EPSILON } from './matrix.ts';
import { optimizerFormulas, rateLetters, type UpdateTerms } from './optimizer-formulas.ts';
import { optimizers, type Optimizer } from './optimizers.ts';
import { ratesOf } from './rates.ts';
import {
  clipFactorLetter,
  lossCount,
  lossLetter,
  notationOf,
  penalizedGradient,
  type Notation,
} from './step-notation.ts';
import type { TracedQuantity } from './trace.ts';
import { isMasked, readBy, type TracedPlace } from './trace-sources.ts';

/** How one matrix of a step is made. */
export interface StepEquation extends TracedPlace {
  /** The matrix's own, then what that one names; none where it is given: inputs, targets, parameters, masks. */
  readonly formulas: readonly Formula[];
}

/** The penalties and the clipping of a job, as far as it has them. */
export interface GradientTerms {
  readonly parameter: Formula;
  readonly gradient: Formula;
  readonly clipFactor: Formula;
  readonly weightDecay: Formula;
  readonly l1: Formula;
}

/** The equations of a job's step in general form, in the order they are computed: the order of `matricesOf`. */
export function formulasOf(job: TrainingJob): StepEquation[] {
  const last = job.layers.length - 1;
  const all: StepEquation[] = [];
  const add = (quantity: TracedQuantity, layer: number, formulas: readonly Formula[] = []) =>
    all.push({ quantity, layer, formulas });
  const writer = new StepWriter(job);
  for (let layer = 0; layer <= last; layer++) {
    if (layer === 0 || isMasked(job, layer - 1)) add('input', layer, writer.input(layer));
    add('weights', layer);
    if (job.layers[layer].bias) add('biases', layer);
    add('preActivations', layer, writer.preActivations(layer));
    add('activations', layer, writer.activations(layer));
    if (isMasked(job, layer)) add('mask', layer);
  }
  add('targets', last);
  add('rowLosses', last, writer.rowLosses());
  add('loss', last, writer.loss());
  for (let layer = last; layer >= 0; layer--) {
    add('activationsGradient', layer, writer.activationsGradient(layer));
    add('derivatives', layer, writer.derivatives(layer));
    add('preActivationsGradient', layer, writer.preActivationsGradient(layer));
    add('weightsGradient', layer, writer.weightsGradient(layer));
    if (job.layers[layer].bias) add('biasesGradient', layer, writer.biasesGradient(layer));
  }
  for (let layer = last; layer >= 0; layer--) {
    add('updatedWeights', layer, writer.update('weights', layer));
    if (job.layers[layer].bias) add('updatedBiases', layer, writer.update('biases', layer));
  }
  return all;
}

/** The gradient that the optimizer follows: c ∂E/∂w + λ w + λ₁ sign(w), each as far as the job has it. */
export function followedGradient(job: TrainingJob, terms: GradientTerms): Formula {
  const { weightDecay, l1 } = ratesOf(job);
  const { decouplesWeightDecay }: Optimizer = optimizers[job.optimizer];
  const { parameter, gradient, clipFactor } = terms;
  return plus(
    job.clipNorm === undefined ? gradient : times(clipFactor, gradient),
    ...(weightDecay !== 0 && !decouplesWeightDecay ? [times(terms.weightDecay, parameter)] : []),
    ...(l1 !== 0 ? [times(terms.l1, call('sign', parameter))] : []),
  );
}

/** The equations of a job, quantity by quantity. */
class StepWriter {
  readonly #job: TrainingJob;
  readonly #notation: Notation;

  constructor(job: TrainingJob) {
    this.#job = job;
    this.#notation = notationOf(job);
  }

  get #last(): number {
    return this.#job.layers.length - 1;
  }

  /** h = g ∘ m */
  input(layer: number): Formula[] {
    if (layer === 0) return [];
    const left = hadamard(this.#symbol('activations', layer - 1), this.#symbol('mask', layer - 1));
    return [this.#define('input', layer, left)];
  }

  /** ŷ = x · v + a */
  preActivations(layer: number): Formula[] {
    const product = matrixProduct(this.#read(layer), this.#symbol('weights', layer));
    const biases = this.#job.layers[layer].bias ? [this.#symbol('biases', layer)] : [];
    return [this.#define('preActivations', layer, plus(product, ...biases))];
  }

  activations(layer: number): Formula[] {
    const { value } = activationFormulas[this.#job.layers[layer].activation];
    return [this.#define('activations', layer, value(this.#symbol('preActivations', layer)))];
  }

  /** Eᵢ = Σₖ (fᵢₖ − f₀,ᵢₖ)² */
  rowLosses(): Formula[] {
    const terms = this.#lossTerms('k');
    const share = lossFormulas[this.#job.loss].value(terms);
    const isNegative = share.kind === 'negative';
    const total = isNegative ? negative(sum('k', share.of)) : sum('k', share);
    // The stable form of binary cross-entropy does without its probabilities.
    const where = this.#link === 'softmax' ? this.#probability(terms) : [];
    return [equation(this.#symbol('rowLosses', this.#last), total), ...where];
  }

  /** E = Σᵢ Eᵢ / N */
  loss(): Formula[] {
    const total = sum('i', this.#symbol('rowLosses', this.#last));
    return [equation(lossLetter, fraction(total, lossCount))];
  }

  /** ∂E/∂f from the loss, ∂E/∂g = ∂E/∂y · wᵀ */
  activationsGradient(layer: number): Formula[] {
    if (layer < this.#last) {
      const next = this.#symbol('preActivationsGradient', layer + 1);
      const weights = transpose(this.#symbol('weights', layer + 1));
      return [this.#define('activationsGradient', layer, matrixProduct(next, weights))];
    }
    const terms = this.#lossTerms(this.#link === 'softmax' ? 'k' : '');
    const derivative = fraction(lossFormulas[this.#job.loss].derivative(terms), lossCount);
    const gradient = partial(lossLetter, terms.output);
    return [equation(gradient, derivative), ...this.#probability(terms)];
  }

  derivatives(layer: number): Formula[] {
    const { derivative } = activationFormulas[this.#job.layers[layer].activation];
    const [x, y] = [this.#symbol('preActivations', layer), this.#symbol('activations', layer)];
    return [this.#define('derivatives', layer, derivative(x, y))];
  }

  /** ∂E/∂ŷ = ∂E/∂g ∘ ∂g/∂ŷ, and with dropout ∘ m */
  preActivationsGradient(layer: number): Formula[] {
    const mask = isMasked(this.#job, layer) ? [this.#symbol('mask', layer)] : [];
    const [gradient, slope] = [
      this.#symbol('activationsGradient', layer),
      this.#symbol('derivatives', layer),
    ];
    return [this.#define('preActivationsGradient', layer, hadamard(gradient, slope, ...mask))];
  }

  /** ∂E/∂v = xᵀ · ∂E/∂ŷ */
  weightsGradient(layer: number): Formula[] {
    const gradient = this.#symbol('preActivationsGradient', layer);
    return [this.#define('weightsGradient', layer, matrixProduct(transpose(this.#read(layer)), gradient))];
  }

  /** ∂E/∂aₖ = Σᵢ ∂E/∂ŷᵢₖ */
  biasesGradient(layer: number): Formula[] {
    const { entry } = this.#notation;
    const gradients = entry({ quantity: 'preActivationsGradient', layer }, 'i', 'k');
    return [equation(entry({ quantity: 'biasesGradient', layer }, 'i', 'k'), sum('i', gradients))];
  }

  /** w′ = w − η d, then d, c and what the optimizer remembers, as far as the job has them. */
  update(what: 'weights' | 'biases', layer: number): Formula[] {
    const parameter = this.#symbol(what, layer);
    const ofLoss = this.#symbol(what === 'weights' ? 'weightsGradient' : 'biasesGradient', layer);
    const { weightDecay, l1 } = rateLetters;
    const followed = { parameter, gradient: ofLoss, clipFactor: clipFactorLetter, weightDecay, l1 };
    const gradient = followedGradient(this.#job, followed);
    const isNamed = gradient !== ofLoss;
    const { first, second } = this.#notation;
    const terms: UpdateTerms = {
      parameter,
      gradient: isNamed ? penalizedGradient : ofLoss,
      first,
      second,
      newFirst: primed(first),
      newSecond: primed(second),
      rates: rateLetters,
    };
    const written = optimizerFormulas[this.#job.optimizer];
    const updated = what === 'weights' ? 'updatedWeights' : 'updatedBiases';
    return [
      this.#define(updated, layer, written.updated(terms)),
      ...(written.first ? [equation(terms.newFirst, written.first(terms))] : []),
      ...(written.second ? [equation(terms.newSecond, written.second(terms))] : []),
      ...(isNamed ? [equation(penalizedGradient, gradient)] : []),
      ...this.#clipping(),
    ];
  }

  /** c = min(1, C / (‖∂E/∂θ‖ + ε)), θ all parameters together */
  #clipping(): Formula[] {
    const { clipNorm } = this.#job;
    if (clipNorm === undefined) return [];
    const norm = fenced(partial(lossLetter, identifier('θ')), '‖‖');
    const share = fraction(number(clipNorm), plus(norm, number(CLIP_EPSILON, '0.000001')));
    return [equation(clipFactorLetter, call('min', number(1), share))];
  }

  get #link(): Loss['link'] {
    const { link }: Loss = losses[this.#job.loss];
    return link;
  }

  /** @param column of the entries; of the matrices as a whole if empty */
  #lossTerms(column: string): LossTerms {
    const of = (quantity: TracedQuantity, name = column) => {
      const place = { quantity, layer: this.#last };
      return column === '' ? this.#notation.symbol(place) : this.#notation.entry(place, 'i', name);
    };
    const probability = identifier('p', column === '' ? {} : { sub: `i${column}` });
    return {
      output: of('activations'),
      target: of('targets'),
      exponentialSum: sum('j', exponential(of('activations', 'j'))),
      targetSum: sum('j', of('targets', 'j')),
      ...(this.#link && { probability }),
    };
  }

  /** p = 1 / (1 + e⁻ᶠ), or of a softmax, where the loss takes logits. */
  #probability(terms: LossTerms): Formula[] {
    const written = lossFormulas[this.#job.loss].probability?.(terms);
    return written && terms.probability ? [equation(terms.probability, written)] : [];
  }

  #symbol(quantity: TracedQuantity, layer: number): Formula {
    return this.#notation.symbol({ quantity, layer });
  }

  #read(layer: number): Formula {
    return this.#notation.symbol(readBy(this.#job, layer));
  }

  #define(quantity: TracedQuantity, layer: number, formula: Formula): Formula {
    return equation(this.#symbol(quantity, layer), formula);
  }
}

function primed(letter: Identifier): Identifier {
  return { ...letter, prime: true };
}
