/** An activation function y = f(x), applied to every entry of a layer's pre-activations. */
export interface Activation {
  /** How people read it in a menu. */
  readonly label: string;
  /** The smallest and the largest value f takes. */
  readonly range: readonly [least: number, most: number];
  /** Whether f′ jumps at 0: there finite differences mean nothing, and rounding decides which slope counts. */
  readonly hasKink?: true;
  /** f(x). */
  value(x: number): number;
  /** f′(x); `y` is the already computed f(x), because some derivatives are simplest in terms of it. */
  derivative(x: number, y: number): number;
}

/** The slope of a leaky ReLU below 0; PyTorch's default. */
const LEAK = 0.01;
const SOFTPLUS_THRESHOLD = 20;

function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function geluInner(x: number): number {
  return Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);
}

function geluInnerDerivative(x: number): number {
  return Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x);
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
    hasKink: true,
    // Not max(x, 0), which would turn NaN into 0 and hide that a run has diverged.
    value: (x) => (x < 0 ? 0 : x),
    // At the kink itself the derivative is 0, as in PyTorch.
    derivative: (x) => (x > 0 ? 1 : 0),
  },
  'leaky-relu': {
    label: 'leaky ReLU',
    range: [-Infinity, Infinity],
    hasKink: true,
    value: (x) => (x < 0 ? LEAK * x : x),
    derivative: (x) => (x > 0 ? 1 : LEAK),
  },
  elu: {
    label: 'ELU',
    range: [-1, Infinity],
    value: (x) => (x > 0 ? x : Math.expm1(x)),
    derivative: (x) => (x > 0 ? 1 : Math.exp(x)),
  },
  silu: {
    label: 'SiLU',
    range: [-0.2784645427610738, Infinity],
    value: (x) => x * logistic(x),
    derivative: (x) => logistic(x) * (1 + x * (1 - logistic(x))),
  },
  // Hendrycks & Gimpel 2016, with tanh instead of the error function: PyTorch's approximate='tanh'.
  gelu: {
    label: 'GELU',
    range: [-0.1700407505712541, Infinity],
    value: (x) => 0.5 * x * (1 + Math.tanh(geluInner(x))),
    derivative: (x) => {
      const t = Math.tanh(geluInner(x));
      return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * geluInnerDerivative(x);
    },
  },
  // Above the threshold PyTorch takes x itself, which is within 2.1e-9; so do we.
  softplus: {
    label: 'softplus',
    range: [0, Infinity],
    value: (x) => (x > SOFTPLUS_THRESHOLD ? x : Math.log1p(Math.exp(x))),
    derivative: (x) => (x > SOFTPLUS_THRESHOLD ? 1 : logistic(x)),
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
