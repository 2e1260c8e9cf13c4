/** A loss between a prediction f and a target f₀, summed per row and averaged over rows and outputs. */
export interface Loss {
  /** How people read it in a menu. */
  readonly label: string;
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
} as const satisfies Record<string, Loss>;

export type LossName = keyof typeof losses;

export const lossNames = Object.keys(losses) as LossName[];
