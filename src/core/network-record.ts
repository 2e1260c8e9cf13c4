import { explosion } from './divergence.ts';
import type { TrainingData, TrainingJob } from './job.ts';
import type { Plan } from './plan.ts';
import { lossSteps } from './population.ts';

/** What is kept of one of many networks while it trains, and afterwards. */
export interface NetworkRecord {
  /** Steps trained. */
  readonly step: number;
  /** Of the steps of `lossSteps` so far, in their order. */
  readonly losses: Float64Array;
  /** Whether it is at its end: its last step, an early stop, a divergence. */
  readonly isOver: boolean;
  /** [parameterCount]; once it is over. */
  readonly parameters: Float64Array | undefined;
  /** The first of those steps whose loss was no number, or from which on it exploded. */
  readonly divergedAt: number | undefined;
  /** The mean loss on rows that were set apart; once it is over, and where there are any. */
  readonly validationLoss: number | undefined;
  /** How it was trained; undefined before its first step. */
  readonly plan: Plan | undefined;
}

/** A record while it is written. */
export class GrowingRecord implements NetworkRecord {
  step = 0;
  isOver = false;
  parameters: Float64Array | undefined;
  divergedAt: number | undefined;
  validationLoss: number | undefined;
  plan: Plan | undefined;
  readonly #losses: Float64Array;
  #count = 0;

  /** @param most losses that are kept in the end */
  constructor(most: number) {
    this.#losses = new Float64Array(most);
  }

  get losses(): Float64Array {
    return this.#losses.subarray(0, this.#count);
  }

  /** Puts losses in place, the first of them at `from`; those behind are gone. */
  putLosses(from: number, losses: Float64Array): void {
    this.#losses.set(losses, from);
    this.#count = from + losses.length;
  }

  /** What it holds now, as plain data. */
  copy(): NetworkRecord {
    const { step, isOver, parameters, divergedAt, validationLoss, plan } = this;
    return {
      step,
      isOver,
      parameters,
      divergedAt,
      validationLoss,
      plan,
      losses: this.losses.slice(),
    };
  }

  /** Holds what another one held. */
  become({ losses, ...rest }: NetworkRecord): void {
    this.putLosses(0, losses);
    Object.assign(this, rest);
  }
}

/** The last loss that is kept of it; NaN where it diverged, or there is none. */
export function finalLoss({ losses, divergedAt }: NetworkRecord): number {
  return divergedAt === undefined ? (losses.at(-1) ?? Number.NaN) : Number.NaN;
}

/** What networks are ranked by: the validation loss where there is one; NaN where it diverged. */
export function rankedLoss(record: NetworkRecord): number {
  return record.divergedAt === undefined ? (record.validationLoss ?? finalLoss(record)) : Number.NaN;
}

/** What those that are over are ranked by, ascending; without those that have no finite one. */
export function rankedLosses(records: readonly NetworkRecord[]): Float64Array {
  const losses = records.flatMap((record) => (record.isOver ? [rankedLoss(record)] : []));
  return Float64Array.from(losses.filter(Number.isFinite)).toSorted();
}

/** Places of the networks that are over, the best first; those that diverged last, in their order. */
export function ranking(records: readonly NetworkRecord[]): number[] {
  const keys = Float64Array.from(records, (record) => {
    const loss = rankedLoss(record);
    return Number.isNaN(loss) ? Infinity : loss;
  });
  const over = records.flatMap(({ isOver }, place) => (isOver ? [place] : []));
  // Infinity − Infinity is no order.
  return over.toSorted((a, b) => (keys[a] === keys[b] ? a - b : keys[a] - keys[b]));
}

/** The losses at the steps that are kept, of the losses of every step so far. */
export function keptLosses(job: TrainingJob, losses: Float64Array): Float64Array {
  return Float64Array.from(
    lossSteps(job).filter((step) => step < losses.length),
    (step) => losses[step],
  );
}

/** The step at which kept losses stopped being numbers, or from which on they exploded; undefined if they did not. */
export function divergedStep(job: TrainingJob, data: TrainingData, losses: Float64Array): number | undefined {
  const notANumber = losses.findIndex((loss) => !Number.isFinite(loss));
  const place = notANumber === -1 ? explosion(data, losses) : notANumber;
  return place === undefined ? undefined : lossSteps(job)[place];
}
