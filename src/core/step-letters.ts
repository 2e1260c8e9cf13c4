import { identifier, type Formula } from './formula.ts';
import type { TrainingJob } from './job.ts';
import { losses, type Loss } from './losses.ts';
import { optimizers, type Optimizer } from './optimizers.ts';
import { rateLetters } from './optimizer-formulas.ts';
import type { RateName } from './rate-values.ts';
import { ratesOf } from './rates.ts';
import { clipFactorLetter, lossCount, notationOf, penalizedGradient } from './step-notation.ts';

/** A letter of a job's equations that is no matrix of its own, with what it stands for. */
export interface Letter {
  readonly symbol: Formula;
  readonly meaning: string;
  /** Which rate it is, where it is one. */
  readonly rate?: RateName;
}

/** The letters that a job's equations use beside those of its matrices. */
export function lettersOf(job: TrainingJob): Letter[] {
  const { uses, stateCount, correctsBias, decouplesWeightDecay, label }: Optimizer =
    optimizers[job.optimizer];
  const { isPerRow, link }: Loss = losses[job.loss];
  const { weightDecay, l1 } = ratesOf(job);
  const { first, second } = notationOf(job);
  const rate = (name: RateName, meaning: string): Letter => ({
    symbol: rateLetters[name],
    meaning,
    rate: name,
  });
  const isPenalized = (weightDecay !== 0 && !decouplesWeightDecay) || l1 !== 0;
  const all: readonly [boolean, Letter][] = [
    [true, { symbol: identifier('i'), meaning: 'a row of the batch' }],
    [true, { symbol: identifier('k'), meaning: 'a unit of the layer' }],
    [true, { symbol: lossCount, meaning: isPerRow ? 'rows of the batch' : 'rows of the batch × outputs' }],
    [link !== undefined, { symbol: identifier('p'), meaning: 'what the logits say as probabilities' }],
    [true, rate('learningRate', 'learning rate')],
    [uses.includes('momentum'), rate('momentum', 'momentum')],
    [uses.includes('beta1'), rate('beta1', 'how much of the mean of the gradients is kept')],
    [uses.includes('beta2'), rate('beta2', 'how much of the mean of their squares is kept')],
    [uses.includes('epsilon'), rate('epsilon', 'keeps the division finite')],
    [weightDecay !== 0, rate('weightDecay', 'weight decay')],
    [l1 !== 0, rate('l1', 'L1')],
    [correctsBias === true, rate('updateCount', 'updates up to this one')],
    [stateCount > 0, { symbol: first, meaning: `what ${label} remembers of the gradients` }],
    [stateCount > 1, { symbol: second, meaning: `what ${label} remembers of their squares` }],
    [
      job.clipNorm !== undefined,
      { symbol: clipFactorLetter, meaning: 'what clipping multiplies gradients by' },
    ],
    [job.clipNorm !== undefined, { symbol: identifier('θ'), meaning: 'all parameters together' }],
    [
      isPenalized || job.clipNorm !== undefined,
      { symbol: penalizedGradient, meaning: 'the gradient that is followed' },
    ],
  ];
  return all.filter(([isUsed]) => isUsed).map(([, letter]) => letter);
}
