/** What a loss knows of a row of logits beyond the one entry it looks at. */
export interface RowStatistics {
  readonly largest: number;
  /** log Σ exp(logit − largest). Apart from `largest`: in float32 their sum would lose it beside a large logit. */
  readonly logSum: number;
  /** Σ of the targets: 1 for one class, or the weight of its class. */
  readonly targetSum: number;
}

/** A loss between an output f and a target f₀, summed per row and averaged. */
export interface Loss {
  /** How people read it in a menu. */
  readonly label: string;
  /** Whether the derivative jumps at the target: there finite differences mean nothing. */
  readonly hasKink?: true;
  /** What makes predictions of outputs, where the loss takes logits; it is part of the loss, in stable form. */
  readonly link?: 'sigmoid' | 'softmax';
  /** Whether the mean is over rows, not over rows × outputs: a row is one observation of one class. */
  readonly isPerRow?: true;
  /** The share of one output in the loss. */
  value(output: number, target: number, row: RowStatistics): number;
  /** dE/df of one output, before the division of the mean. */
  derivative(output: number, target: number, row: RowStatistics): number;
}

/**
 * Every loss handgrad knows, in float64, and means as PyTorch's defaults take them. The WGSL twins are in
 * `shaders/lib/losses.wgsl`.
 *
 * Mean squared error is taken on *activated* outputs, as the notebook does. Its `0.5 · (f − f₀)` is
 * `2/N · (f − f₀)` for the N = 4 entries of the OR table.
 */
export const losses = {
  mse: {
    label: 'mean squared error',
    value: (prediction, target) => (prediction - target) ** 2,
    derivative: (prediction, target) => 2 * (prediction - target),
  },
  mae: {
    label: 'mean absolute error',
    hasKink: true,
    value: (prediction, target) => Math.abs(prediction - target),
    // At the kink itself the derivative is 0, as in PyTorch.
    derivative: (prediction, target) => Math.sign(prediction - target),
  },
  // Huber 1964 with δ = 1: a square near the target, a line beyond.
  huber: {
    label: 'Huber',
    value: (prediction, target) => {
      const distance = Math.abs(prediction - target);
      return distance < 1 ? 0.5 * distance ** 2 : distance - 0.5;
    },
    derivative: (prediction, target) => {
      const difference = prediction - target;
      return Math.abs(difference) < 1 ? difference : Math.sign(difference);
    },
  },
  // −f₀ log p − (1 − f₀) log (1 − p) for p = sigmoid(z), written so that no logarithm ever sees a 0.
  bce: {
    label: 'binary cross-entropy',
    link: 'sigmoid',
    value: (logit, target) => Math.max(logit, 0) - logit * target + Math.log1p(Math.exp(-Math.abs(logit))),
    derivative: (logit, target) => sigmoid(logit) - target,
  },
  // −Σ f₀ log p for p = softmax(z)
  'cross-entropy': {
    label: 'cross-entropy',
    link: 'softmax',
    isPerRow: true,
    // 0 · ∞ would be NaN where a class that is not the row's has a logit of −∞.
    value: (logit, target, { largest, logSum }) => (target === 0 ? 0 : target * (largest - logit + logSum)),
    derivative: (logit, target, { largest, logSum, targetSum }) =>
      targetSum * Math.exp(logit - largest - logSum) - target,
  },
} as const satisfies Record<string, Loss>;

export type LossName = keyof typeof losses;

export const lossNames = Object.keys(losses) as LossName[];

/** What a mean loss is divided by. */
export function meanCount({ isPerRow }: Loss, rowCount: number, outputCount: number): number {
  return isPerRow ? rowCount : rowCount * outputCount;
}

/** Of one row of logits and its targets, [outputCount] each. */
export function rowStatistics(logits: Float64Array, targets: Float64Array): RowStatistics {
  // The first of the largest. Not max(): a NaN must reach the sum, which shows that a run has diverged.
  let at = 0;
  for (let k = 1; k < logits.length; k++) if (!(logits[k] <= logits[at])) at = k;
  const largest = logits[at];
  let rest = 0;
  let targetSum = 0;
  for (let k = 0; k < logits.length; k++) {
    if (k !== at) rest += Math.exp(logits[k] - largest);
    targetSum += targets[k];
  }
  return { largest, logSum: Math.log1p(rest), targetSum };
}

/**
 * The mean loss of outputs.
 *
 * @param outputs [rows, outputCount] of the output layer: logits where the loss has a link
 * @param targets [rows, outputCount]
 */
export function meanLoss(
  name: LossName,
  outputs: Float64Array,
  targets: Float64Array,
  outputCount: number,
): number {
  const loss: Loss = losses[name];
  let sum = 0;
  eachEntry(loss, { outputs, targets, outputCount }, (i, row) => {
    sum += loss.value(outputs[i], targets[i], row);
  });
  return sum / meanCount(loss, outputs.length / outputCount, outputCount);
}

/** For losses that look at one entry alone. */
export const NO_ROW: RowStatistics = { largest: 0, logSum: 0, targetSum: 0 };

interface RowsOfOutputs {
  readonly outputs: Float64Array;
  readonly targets: Float64Array;
  readonly outputCount: number;
}

/** Visits every entry with the statistics of its row, which only a softmax needs. */
export function eachEntry(
  { link }: Loss,
  { outputs, targets, outputCount }: RowsOfOutputs,
  visit: (i: number, row: RowStatistics) => void,
): void {
  if (link !== 'softmax') {
    for (let i = 0; i < outputs.length; i++) visit(i, NO_ROW);
    return;
  }
  for (let first = 0; first < outputs.length; first += outputCount) {
    const end = first + outputCount;
    const row = rowStatistics(outputs.subarray(first, end), targets.subarray(first, end));
    for (let i = first; i < end; i++) visit(i, row);
  }
}

/**
 * What the outputs say: probabilities where the loss takes logits, the outputs themselves elsewhere.
 *
 * @param outputs [rows, outputCount] of the output layer
 */
export function predictionsOf(name: LossName, outputs: Float64Array, outputCount: number): Float64Array {
  const { link }: Loss = losses[name];
  if (link === undefined) return outputs;
  if (link === 'sigmoid') return outputs.map(sigmoid);
  const probabilities = new Float64Array(outputs.length);
  const noTargets = new Float64Array(outputs.length);
  eachEntry(losses[name], { outputs, targets: noTargets, outputCount }, (i, { largest, logSum }) => {
    probabilities[i] = Math.exp(outputs[i] - largest - logSum);
  });
  return probabilities;
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
