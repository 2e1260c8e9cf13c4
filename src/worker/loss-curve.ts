/** Losses at every `stride`-th step: what a chart needs, and no more. */
export interface LossCurve {
  readonly steps: readonly number[];
  readonly losses: readonly number[];
}

/** A curve holds about this many points: more than a screen is wide. */
const CURVE_POINTS = 2000;

/** Steps from one point of the curve of a run to the next. */
export function strideOf(steps: number): number {
  return Math.max(1, Math.ceil(steps / CURVE_POINTS));
}

/** Every `stride`-th loss. @param fromStep the step of `losses[0]` */
export function thin(losses: Float64Array, fromStep: number, stride: number): LossCurve {
  const curve = { steps: [] as number[], losses: [] as number[] };
  const first = Math.ceil(fromStep / stride) * stride - fromStep;
  for (let i = first; i < losses.length; i += stride) {
    curve.steps.push(fromStep + i);
    curve.losses.push(losses[i]);
  }
  return curve;
}

/** Largest |difference| between one point of the curve and the next, at those points' steps. */
export function largestDifferences(a: Float64Array, b: Float64Array, stride: number): LossCurve {
  const curve = { steps: [] as number[], losses: [] as number[] };
  const steps = Math.min(a.length, b.length);
  for (let start = 0; start < steps; start += stride) {
    let largest = 0;
    for (let step = start; step < Math.min(start + stride, steps); step++) {
      largest = Math.max(largest, Math.abs(a[step] - b[step]));
    }
    curve.steps.push(start);
    curve.losses.push(largest);
  }
  return curve;
}
