import { identifier, partial, type Formula, type Identifier } from './formula.ts';
import type { TrainingJob } from './job.ts';
import type { TracedPlace } from './trace-sources.ts';

/** How the matrices of a network's step are written. */
export interface Notation {
  /** Whether the letters are the notebook's: it has one hidden layer. */
  readonly isNotebook: boolean;
  /** The name of a whole matrix: ŷ, ∂E/∂v. */
  symbol(place: TracedPlace): Formula;
  /**
   * One entry of it, ŷ₁₁, by letters or numbers from 1 on.
   *
   * @param row not read where the matrix has one row or stands for all of them, nor `column` where it has one
   */
  entry(place: TracedPlace, row: number | string, column: number | string): Formula;
  /** What an optimizer remembers of the parameters, before and after its step. */
  readonly first: Identifier;
  readonly second: Identifier;
}

/** N, by which the sum of the losses is divided. */
export const lossCount = identifier('N');
/** The factor that clipping multiplies gradients by. */
export const clipFactorLetter = identifier('c');
/** A gradient after clipping, with weight decay and L1. */
export const penalizedGradient = identifier('d');
/** Loss, as a whole. */
export const lossLetter = identifier('E');

/** The letters of one layer: what it reads, its weights, … */
interface LayerLetters {
  readonly input: Identifier;
  readonly weights: Identifier;
  readonly biases: Identifier;
  readonly preActivations: Identifier;
  readonly activations: Identifier;
  readonly mask: Identifier;
  /** What the next layer reads where there is a mask. */
  readonly output: Identifier;
}

/** The notebook’s letters; h, m and a and b, the biases, are letters that it leaves free. */
const hiddenLetters: LayerLetters = {
  input: identifier('x'),
  weights: identifier('v'),
  biases: identifier('a'),
  preActivations: identifier('y', { hat: true }),
  activations: identifier('g'),
  mask: identifier('m'),
  output: identifier('h'),
};
const outputLetters: LayerLetters = {
  input: identifier('h'),
  weights: identifier('w'),
  biases: identifier('b'),
  preActivations: identifier('y'),
  activations: identifier('f'),
  mask: identifier('m'),
  output: identifier('f'),
};

/** A⁽ˡ⁾, Z⁽ˡ⁾, …: layers are counted from 1 on. */
function numberedLetters(layer: number): LayerLetters {
  const at = (name: string, number = layer + 1) => identifier(name, { sup: `(${number})` });
  return {
    input: layer === 0 ? identifier('X') : at('H', layer),
    weights: at('W'),
    biases: at('b'),
    preActivations: at('Z'),
    activations: at('A'),
    mask: at('M'),
    output: at('H'),
  };
}

/** How a job's step is written: in the notebook's letters where it has one hidden layer, else A⁽ˡ⁾, Z⁽ˡ⁾, W⁽ˡ⁾, b⁽ˡ⁾. */
export function notationOf(job: TrainingJob): Notation {
  const { layers, dropout = 0 } = job;
  const isNotebook = layers.length === 2;
  const letters = isNotebook ? [hiddenLetters, outputLetters] : layers.map((_, l) => numberedLetters(l));
  const target = isNotebook ? identifier('f', { sub: '0' }) : identifier('T');
  const isLast = (layer: number) => layer === layers.length - 1;

  const write = ({ quantity, layer }: TracedPlace, index: string): Formula => {
    const own = letters[layer];
    const at = (letter: Identifier) => indexed(letter, index);
    const gradient = (letter: Identifier) => partial(lossLetter, at(letter));
    switch (quantity) {
      case 'input':
      case 'weights':
      case 'biases':
      case 'preActivations':
      case 'activations':
      case 'mask':
        return at(own[quantity]);
      case 'activationsGradient':
        return gradient(dropout > 0 && !isLast(layer) ? own.output : own.activations);
      case 'derivatives':
        return partial(at(own.activations), at(own.preActivations));
      case 'preActivationsGradient':
        return gradient(own.preActivations);
      case 'weightsGradient':
        return gradient(own.weights);
      case 'biasesGradient':
        return gradient(own.biases);
      case 'updatedWeights':
        return { ...at(own.weights), prime: true };
      case 'updatedBiases':
        return { ...at(own.biases), prime: true };
      case 'targets':
        return at(target);
      case 'rowLosses':
        return indexed(lossLetter, index || 'i');
      case 'loss':
        return lossLetter;
    }
  };
  return {
    isNotebook,
    symbol: (place) => write(place, ''),
    entry: (place, row, column) => write(place, indexOf(place, row, column)),
    first: identifier('s'),
    second: identifier('r'),
  };
}

/** An index behind what stands below the letter already: f₀ becomes f₀,₁₁. */
function indexed(letter: Identifier, index: string): Identifier {
  if (index === '') return letter;
  return { ...letter, sub: letter.sub === undefined ? index : `${letter.sub},${index}` };
}

/** `11`, `ik`, and where a number has two digits `12,3`. */
function indexOf({ quantity }: TracedPlace, row: number | string, column: number | string): string {
  if (quantity === 'rowLosses') return String(row);
  if (quantity === 'biases' || quantity === 'biasesGradient' || quantity === 'updatedBiases')
    return String(column);
  const isShort = String(row).length === 1 && String(column).length === 1;
  return isShort ? `${row}${column}` : `${row},${column}`;
}
