/** What two runs of one job are compared by. */
export interface RunValues {
  /** The loss of every step. */
  readonly losses: Float64Array;
  /** The final parameters. */
  readonly parameters: Float64Array;
}

/** How far one run is from another. */
export interface Deviation {
  /**
   * Largest |difference| of a step's loss, relative to the reference's loss; a loss smaller than float32 can tell
   * from 0 beside the first one counts as that size.
   */
  readonly loss: number;
  /** The step where it occurred. */
  readonly lossStep: number;
  /** Largest |difference| of a final parameter. */
  readonly parameter: number;
}

/** A deviation held to a tolerance. */
export interface Verdict extends Deviation {
  readonly allowedLoss: number;
  readonly allowedParameter: number;
  /** Undefined where nothing can be said: `reason` tells why. */
  readonly holds: boolean | undefined;
  /** Where the tolerance comes from, or why there is none. */
  readonly reason: string;
}

/** The distance from 1 to the next float32 above it, halved: the largest relative rounding error. */
const FLOAT32_ROUNDING = 2 ** -24;
/** Room above what the rounded reference shows: another order of sums, an inexact `exp`. */
const SAFETY_FACTOR = 4;
/** A tolerance as wide as this, relative to what it is for, would let wrong numbers pass. */
const WIDEST_TOLERANCE = 0.01;

/**
 * Compares two runs of one job over the steps both have.
 *
 * @param reference the run relative differences are taken from
 */
export function deviation(reference: RunValues, other: RunValues): Deviation {
  const steps = Math.min(reference.losses.length, other.losses.length);
  let loss = 0;
  let lossStep = 0;
  const smallest = FLOAT32_ROUNDING * Math.abs(reference.losses[0]);
  for (let step = 0; step < steps; step++) {
    const expected = reference.losses[step];
    const difference = Math.abs(other.losses[step] - expected);
    const relative = difference === 0 ? 0 : difference / Math.max(Math.abs(expected), smallest);
    // Written so that NaN counts as the largest difference there is.
    if (!(relative <= loss)) {
      loss = Number.isNaN(relative) ? Infinity : relative;
      lossStep = step;
    }
  }
  let parameter = 0;
  for (let i = 0; i < reference.parameters.length; i++) {
    const difference = Math.abs(other.parameters[i] - reference.parameters[i]);
    if (!(difference <= parameter)) parameter = Number.isNaN(difference) ? Infinity : difference;
  }
  return { loss, lossStep, parameter };
}

/**
 * Holds a GPU run against the float64 reference. The tolerance is 4 × what the reference itself deviates
 * when it is rounded to float32 after every operation, and never less than 4 roundings.
 *
 * @param reference the float64 run
 * @param gpu the run to be judged
 * @param rounded the reference, rounded (`src/cpu/float32-arithmetic.ts`): once, or several times from parameters that
 *   float32 cannot tell apart; the largest deviation counts
 */
export function judge(reference: RunValues, gpu: RunValues, rounded: readonly RunValues[]): Verdict {
  const found = deviation(reference, gpu);
  const deviations = rounded.map((run) => deviation(reference, run));
  const rounding = {
    loss: Math.max(...deviations.map(({ loss }) => loss)),
    parameter: Math.max(...deviations.map(({ parameter }) => parameter)),
  };
  const largestParameter = reference.parameters.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  const allowedLoss = SAFETY_FACTOR * Math.max(rounding.loss, FLOAT32_ROUNDING);
  const allowedParameter = SAFETY_FACTOR * Math.max(rounding.parameter, FLOAT32_ROUNDING * largestParameter);
  const tolerance = { ...found, allowedLoss, allowedParameter };
  const undecided = (reason: string): Verdict => ({ ...tolerance, holds: undefined, reason });

  if (reference.losses.length === 0) return undecided('there are no steps to compare');
  if (!reference.losses.every(Number.isFinite) || !reference.parameters.every(Number.isFinite)) {
    return undecided('the float64 run itself has diverged');
  }
  // Written so that NaN counts as too wide.
  const isNarrow = allowedLoss < WIDEST_TOLERANCE && allowedParameter < WIDEST_TOLERANCE * largestParameter;
  if (!isNarrow) {
    return undecided(
      `rounding to float32 alone moves the loss of this run by ${percent(rounding.loss)} and its parameters by ` +
        `${percent(rounding.parameter / largestParameter)}: no tolerance that means anything can be derived`,
    );
  }
  const holds = found.loss <= allowedLoss && found.parameter <= allowedParameter;
  const draws = rounded.length === 1 ? '' : `, the most of ${rounded.length} times`;
  const reason = `4 × what float64 itself deviates when it is rounded to float32 after every operation${draws}`;
  return { ...tolerance, holds, reason };
}

function percent(fraction: number): string {
  const rounded = Number((100 * fraction).toPrecision(2)).toLocaleString('en-US', {
    maximumSignificantDigits: 2,
  });
  return Number.isFinite(fraction) ? `${rounded} %` : 'more than any number';
}
