import type { TrainingData, TrainingJob } from './job.ts';

/** Where a run stopped being numbers, or being of use. */
export interface Divergence {
  /** The first step whose loss is infinite or not a number; or far above where it began, if it ends there. */
  readonly step: number;
  /** The most likely cause with its figure, and what to do; the start of a sentence is the reader's. */
  readonly cause: string;
}

/** Values beyond this in a column make gradients as large: usual learning rates then overshoot. */
const LARGE_INPUT = 100;
const USUAL_RANGE = 'about -1 to 1';

/** A last loss this many times the first one, and the targets squared, is on its way to infinity. */
const EXPLODED = 1e6;

/** The step from which on a run that ended far above its beginning had left for infinity; undefined if it did not. */
export function explosion({ targets }: TrainingData, losses: Float64Array): number | undefined {
  const last = losses[losses.length - 1];
  // Of thousands of networks few come so far that the targets have to be looked through.
  if (!(last > EXPLODED * losses[0])) return undefined;
  const limit = EXPLODED * Math.max(losses[0], largest(targets) ** 2);
  if (!(last > limit)) return undefined;
  return losses.findIndex((loss) => loss > limit);
}

/** Why a run most likely diverged. */
export function divergence(job: TrainingJob, data: TrainingData, step: number): Divergence {
  const [{ learningRate }] = job.networks;
  const inputs = largest(data.inputs);
  const targets = largest(data.targets);
  const [what, most] = inputs >= targets ? ['inputs', inputs] : ['targets', targets];
  const isUnscaled = most > LARGE_INPUT;
  const unscaled = `the table's ${what} reach ${Number(most.toPrecision(3)).toLocaleString('en-US')}`;
  const scale = `scale its columns to ${USUAL_RANGE}`;
  if (step === 0 && isUnscaled) {
    return { step, cause: `${unscaled}, and numbers so large overflow when squared; ${scale}` };
  }
  if (step === 0) {
    return {
      step,
      cause:
        'the outputs overflow before anything was learnt; start from smaller initial parameters, use fewer or ' +
        'narrower layers, or a bounded activation such as tanh',
    };
  }
  if (isUnscaled) {
    return {
      step,
      cause: `${unscaled}, too much for the learning rate ${learningRate}; ${scale}, or lower the rate`,
    };
  }
  return { step, cause: `the learning rate ${learningRate} is too high for this table; lower it` };
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
