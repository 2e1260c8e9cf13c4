import { activationFormulas } from './activation-formulas.ts';
import { ellipsis, exponential, fraction, plus, times, type Formula } from './formula.ts';
import type { TrainingJob } from './job.ts';
import { lossFormulas, type LossTerms } from './loss-formulas.ts';
import { losses, type Loss } from './losses.ts';
import { optimizerFormulas, type RateFormulas, type UpdateTerms } from './optimizer-formulas.ts';
import { followedGradient } from './step-formulas.ts';
import type { TracedQuantity } from './trace.ts';
import {
  isMasked,
  lengthOf,
  readBy,
  type TraceAxis,
  type TracedEntry,
  type TracedPlace,
  type TraceSizes,
} from './trace-sources.ts';

/** How the computation of an entry is to be written: with the letters of its sources, or with their values. */
export interface EntryTerms {
  readonly sizes: TraceSizes;
  /** An entry it is made of; undefined where that is not to be written. */
  leaf(entry: TracedEntry): Formula | undefined;
  /** Which terms of a long sum are written, in order; dots stand for the others. */
  shown(axis: TraceAxis, length: number): readonly number[];
  readonly rates: RateFormulas;
  readonly clipFactor: Formula;
  /** What the loss is divided by. */
  readonly lossCount: Formula;
  /** What the optimizer remembers of this parameter. */
  readonly first: Formula;
  readonly second: Formula;
}

/**
 * How one entry of a trace was computed from others: what stands behind the equals sign of
 * ŷ₁₁ = x₁₁ v₁₁ + x₁₂ v₂₁.
 *
 * @returns undefined where the entry is given, or where one that it needs is not to be written
 */
export function entryFormula(job: TrainingJob, terms: EntryTerms, entry: TracedEntry): Formula | undefined {
  return new EntryWriter(job, terms, entry).write();
}

class EntryWriter {
  readonly #job: TrainingJob;
  readonly #terms: EntryTerms;
  readonly #entry: TracedEntry;

  constructor(job: TrainingJob, terms: EntryTerms, entry: TracedEntry) {
    this.#job = job;
    this.#terms = terms;
    this.#entry = entry;
  }

  write(): Formula | undefined {
    const { quantity, layer, column } = this.#entry;
    switch (quantity) {
      case 'weights':
      case 'biases':
      case 'mask':
      case 'targets':
        return undefined;
      case 'input':
        return layer === 0 ? undefined : this.#product(['activations', 'mask'], layer - 1);
      case 'preActivations':
        return this.#preActivation();
      case 'activations':
        return applied(this.#here('preActivations'), this.#activation.value);
      case 'rowLosses':
        return this.#rowLoss();
      case 'loss':
        return this.#meanLoss();
      case 'activationsGradient':
        return this.#activationGradient();
      case 'derivatives':
        return this.#derivative();
      case 'preActivationsGradient':
        return this.#product([
          'activationsGradient',
          'derivatives',
          ...(isMasked(this.#job, layer) ? (['mask'] as const) : []),
        ]);
      case 'weightsGradient':
        return this.#weightGradient();
      case 'biasesGradient':
        return this.#sum('batch', (row) =>
          this.#at({ quantity: 'preActivationsGradient', layer }, row, column),
        );
      case 'updatedWeights':
        return this.#update('weights', 'weightsGradient');
      case 'updatedBiases':
        return this.#update('biases', 'biasesGradient');
    }
  }

  get #activation() {
    return activationFormulas[this.#job.layers[this.#entry.layer].activation];
  }

  #at(place: TracedPlace, row: number, column: number): Formula | undefined {
    return this.#terms.leaf({ quantity: place.quantity, layer: place.layer, row, column });
  }

  /** The entry of another matrix at the same place. */
  #here(quantity: TracedQuantity, layer = this.#entry.layer): Formula | undefined {
    return this.#at({ quantity, layer }, this.#entry.row, this.#entry.column);
  }

  /** Terms that are not written leave dots, those before and behind them, too. */
  #sum(axis: TraceAxis, term: (k: number) => Formula | undefined): Formula | undefined {
    const terms = this.#list(axis, term);
    return terms.every((each) => each === ellipsis) ? undefined : plus(...terms);
  }

  #list(axis: TraceAxis, term: (k: number) => Formula | undefined): Formula[] {
    const length = lengthOf(axis, this.#terms.sizes);
    const written: Formula[] = [];
    let next = 0;
    for (const k of this.#terms.shown(axis, length)) {
      const formula = term(k);
      if (!formula) continue;
      if (k > next) written.push(ellipsis);
      written.push(formula);
      next = k + 1;
    }
    if (next < length) written.push(ellipsis);
    return written;
  }

  #product(quantities: readonly TracedQuantity[], layer = this.#entry.layer): Formula | undefined {
    const factors = quantities.map((quantity) => this.#here(quantity, layer));
    return factors.every((factor) => factor !== undefined) ? times(...factors) : undefined;
  }

  #preActivation(): Formula | undefined {
    const { layer, row, column } = this.#entry;
    const inputs = readBy(this.#job, layer);
    const total = this.#sum(layer, (k) =>
      both(this.#at(inputs, row, k), this.#at({ quantity: 'weights', layer }, k, column), times),
    );
    if (!this.#job.layers[layer].bias) return total;
    return both(total, this.#at({ quantity: 'biases', layer }, 0, column), plus);
  }

  #weightGradient(): Formula | undefined {
    const { layer, row, column } = this.#entry;
    const inputs = readBy(this.#job, layer);
    const gradients = { quantity: 'preActivationsGradient', layer } as const;
    return this.#sum('batch', (k) => both(this.#at(inputs, k, row), this.#at(gradients, k, column), times));
  }

  #derivative(): Formula | undefined {
    const { derivative, derivativeOf } = this.#activation;
    const one = derivative(ellipsis, ellipsis);
    if (derivativeOf === 'neither') return one;
    const of = this.#here(derivativeOf === 'input' ? 'preActivations' : 'activations');
    return of && derivative(of, of);
  }

  #activationGradient(): Formula | undefined {
    const { layer, row, column } = this.#entry;
    if (layer < this.#job.layers.length - 1) {
      const [gradients, weights] = (['preActivationsGradient', 'weights'] as const).map((quantity) => ({
        quantity,
        layer: layer + 1,
      }));
      return this.#sum(layer + 2, (k) =>
        both(this.#at(gradients, row, k), this.#at(weights, column, k), times),
      );
    }
    const terms = this.#lossTerms(column);
    return terms && fraction(lossFormulas[this.#job.loss].derivative(terms), this.#terms.lossCount);
  }

  #rowLoss(): Formula | undefined {
    const { layer } = this.#entry;
    const { value } = lossFormulas[this.#job.loss];
    return this.#sum(layer + 1, (k) => applied(this.#lossTerms(k), value));
  }

  #meanLoss(): Formula | undefined {
    const { layer } = this.#entry;
    const total = this.#sum('batch', (row) => this.#at({ quantity: 'rowLosses', layer }, row, 0));
    return total && fraction(total, this.#terms.lossCount);
  }

  #lossTerms(column: number): LossTerms | undefined {
    const { layer, row } = this.#entry;
    const [outputs, targets] = (['activations', 'targets'] as const).map((quantity) => ({ quantity, layer }));
    const [output, target] = [this.#at(outputs, row, column), this.#at(targets, row, column)];
    if (!output || !target) return undefined;
    const { link }: Loss = losses[this.#job.loss];
    if (link !== 'softmax') return { output, target, exponentialSum: ellipsis, targetSum: ellipsis };
    const exponentialSum = this.#sum(layer + 1, (k) => applied(this.#at(outputs, row, k), exponential));
    const targetSum = this.#sum(layer + 1, (k) => this.#at(targets, row, k));
    return exponentialSum && targetSum && { output, target, exponentialSum, targetSum };
  }

  #update(what: 'weights' | 'biases', ofWhat: 'weightsGradient' | 'biasesGradient'): Formula | undefined {
    const { rates, clipFactor, first, second } = this.#terms;
    const [parameter, gradient] = [this.#here(what), this.#here(ofWhat)];
    if (!parameter || !gradient) return undefined;
    const { weightDecay, l1 } = rates;
    const followed = followedGradient(this.#job, { parameter, gradient, clipFactor, weightDecay, l1 });
    const written = optimizerFormulas[this.#job.optimizer];
    let terms: UpdateTerms = {
      parameter,
      gradient: followed,
      first,
      second,
      newFirst: first,
      newSecond: second,
      rates,
    };
    terms = { ...terms, newSecond: written.second?.(terms) ?? second };
    terms = { ...terms, newFirst: written.first?.(terms) ?? first };
    return written.updated(terms);
  }
}

function applied<T>(of: T | undefined, write: (of: T) => Formula): Formula | undefined {
  return of === undefined ? undefined : write(of);
}

function both(
  a: Formula | undefined,
  b: Formula | undefined,
  join: (a: Formula, b: Formula) => Formula,
): Formula | undefined {
  return a && b && join(a, b);
}
