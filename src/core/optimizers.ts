/** An optimizer: how one parameter follows its gradient. */
export interface Optimizer {
  /** How people read it in a menu. */
  readonly label: string;
  /** What one step adds to the parameter. */
  change(gradient: number, learningRate: number): number;
}

/** Every optimizer handgrad knows, in float64. The WGSL twins are in `shaders/lib/optimizers.wgsl`. */
export const optimizers = {
  sgd: {
    label: 'SGD',
    change: (gradient, learningRate) => -learningRate * gradient,
  },
} as const satisfies Record<string, Optimizer>;

export type OptimizerName = keyof typeof optimizers;

export const optimizerNames = Object.keys(optimizers) as OptimizerName[];
