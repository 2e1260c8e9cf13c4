/** A loss between a prediction f and a target f₀, summed per row and averaged over rows and outputs. */
export interface Loss {
  /** How people read it in a menu. */
  readonly label: string;
  /** Whether the derivative jumps at the target: there finite differences mean nothing. */
  readonly hasKink?: true;
  /** The loss of one output. */
  value(prediction: number, target: number): number;
  /** dE/df of one output, before the division by the number of rows × outputs. */
  derivative(prediction: number, target: number): number;
}

/**
 * Every loss handgrad knows, in float64. The WGSL twins are in `shaders/lib/losses.wgsl`.
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
} as const satisfies Record<string, Loss>;

export type LossName = keyof typeof losses;

export const lossNames = Object.keys(losses) as LossName[];
