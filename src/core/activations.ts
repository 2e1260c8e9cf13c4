/** An activation function y = f(x), applied to every entry of a layer's pre-activations. */
export interface Activation {
  /** How people read it in a menu. */
  readonly label: string;
  /** The smallest and the largest value f takes. */
  readonly range: readonly [least: number, most: number];
  /** f(x). */
  value(x: number): number;
  /** f′(x); `y` is the already computed f(x), because some derivatives are simplest in terms of it. */
  derivative(x: number, y: number): number;
}

/**
 * Every activation handgrad knows, in float64. The WGSL twins are in `shaders/lib/activations.wgsl`; the
 * order of the keys here gives the shader constants their values (`ACTIVATION_SIGMOID = 0u`, …).
 */
export const activations = {
  sigmoid: {
    label: 'sigmoid',
    range: [0, 1],
    value: (x) => 1 / (1 + Math.exp(-x)),
    derivative: (_x, y) => y * (1 - y),
  },
  tanh: {
    label: 'tanh',
    range: [-1, 1],
    value: (x) => Math.tanh(x),
    derivative: (_x, y) => 1 - y * y,
  },
  relu: {
    label: 'ReLU',
    range: [0, Infinity],
    // Not max(x, 0), which would turn NaN into 0 and hide that a run has diverged.
    value: (x) => (x < 0 ? 0 : x),
    // At the kink itself the derivative is 0, as in PyTorch.
    derivative: (x) => (x > 0 ? 1 : 0),
  },
  linear: {
    label: 'linear',
    range: [-Infinity, Infinity],
    value: (x) => x,
    derivative: () => 1,
  },
} as const satisfies Record<string, Activation>;

export type ActivationName = keyof typeof activations;

export const activationNames = Object.keys(activations) as ActivationName[];
