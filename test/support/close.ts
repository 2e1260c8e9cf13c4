import { expect } from 'vitest';

/**
 * The largest relative error of one float32 operation in WGSL: correctly rounded, but in a direction the
 * implementation chooses, so one whole ulp instead of a half.
 */
export const OPERATION_ERROR = 2 ** -23;

/** The relative error of a value rounded to float32 by the host. */
export const ROUNDING_ERROR = 2 ** -24;

/** The relative error of `exponential` in `shaders/lib/activations.wgsl`, 1.5 ulp; a law test holds it to that. */
export const EXPONENTIAL_ERROR = 1.5 * OPERATION_ERROR;

/** The relative error of a WGSL division: 2.5 ulp. */
export const DIVISION_ERROR = 2.5 * OPERATION_ERROR;

/**
 * The relative error of `quickHyperbolicTangent`: 2.2e-7 of its polynomials, and 13 roundings: three in each of them
 * (theirs of x² and of what is small beside the last sum included), two of coefficients, a product, a division, and the
 * errors of x² that reach the sums.
 */
export const QUICK_TANH_ERROR = 13 * OPERATION_ERROR + 2.2e-7;

/** A bound this many times above the worst deviation observed must say why. */
const LOOSE = 20;

/** How near a quantity came to its tolerance, over all its entries. */
export interface Closeness {
  /** Largest deviation / allowed. */
  readonly ratio: number;
  readonly observed: number;
  readonly allowed: number;
}

/** The entry of `actual` that comes nearest to its tolerance. `allowed` is one value for all, or one each. */
export function closeness(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  allowed: number | ArrayLike<number>,
): Closeness {
  expect(actual.length).toBe(expected.length);
  let worst: Closeness = { ratio: 0, observed: 0, allowed: 0 };
  for (let i = 0; i < expected.length; i++) {
    const observed = Math.abs(actual[i] - expected[i]);
    const limit = typeof allowed === 'number' ? allowed : allowed[i];
    const ratio = observed === 0 ? 0 : observed / limit;
    // Written so that NaN is the worst there is.
    if (!(ratio <= worst.ratio))
      worst = { ratio: Number.isNaN(ratio) ? Infinity : ratio, observed, allowed: limit };
  }
  return worst;
}

/** Holds every entry to its tolerance and prints observed / allowed. */
export function expectClose(
  name: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: { allowed: number | ArrayLike<number>; whyLoose?: string },
): void {
  report(name, closeness(actual, expected, tolerance.allowed), tolerance.whyLoose);
}

/** Prints observed / allowed and fails above 1. */
export function report(name: string, { ratio, observed, allowed }: Closeness, whyLoose?: string): void {
  const loose = ratio > 0 && ratio < 1 / LOOSE ? `  (loose: ${whyLoose ?? 'no reason given'})` : '';
  console.log(
    `${name}: observed / allowed ${ratio.toPrecision(3)} (${observed.toExponential(2)} / ${allowed.toExponential(2)})${loose}`,
  );
  expect(ratio, `${name}: deviates by ${observed}, allowed is ${allowed}`).toBeLessThanOrEqual(1);
}
