/** An activation function y = f(x), applied to every entry of a layer's pre-activations. */
export interface Activation {
  /** How people read it in a menu. */
  readonly label: string;
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
    value: (x) => 1 / (1 + Math.exp(-x)),
    derivative: (_x, y) => y * (1 - y),
  },
  tanh: {
    label: 'tanh',
    value: (x) => Math.tanh(x),
    derivative: (_x, y) => 1 - y * y,
  },
  relu: {
    label: 'ReLU',
    // Not max(x, 0), which would turn NaN into 0 and hide that a run has diverged.
    value: (x) => (x < 0 ? 0 : x),
    // At the kink itself the derivative is 0, as in PyTorch.
    derivative: (x) => (x > 0 ? 1 : 0),
  },
  linear: {
    label: 'linear',
    value: (x) => x,
    derivative: () => 1,
  },
} as const satisfies Record<string, Activation>;

export type ActivationName = keyof typeof activations;

export const activationNames = Object.keys(activations) as ActivationName[];
