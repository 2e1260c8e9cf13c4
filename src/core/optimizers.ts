/** What is the same for every parameter in one step. */
export interface Rates {
  /** Of this step: the schedule is in it. */
  learningRate: number;
  /** How much of the sum before the momentum keeps, 0 … 1. */
  readonly momentum: number;
  /** 1 − β₁: how far the mean of the gradients moves towards the present one. */
  readonly firstRate: number;
  /** 1 − β₂: the same of their squares; float32 has 1 − 0.999 to 6e-8, but not 1 − 0.999 taken from 0.999. */
  readonly secondRate: number;
  /** Keeps a division by a root that is almost 0 finite. */
  readonly epsilon: number;
  /** λ of λ · parameter, which pulls every parameter towards 0. */
  readonly weightDecay: number;
  /** λ of λ · sign(parameter), which does the same by the same amount whatever their size. */
  readonly l1: number;
  /** 1 / (1 − β₁ᵗ) and 1 / √(1 − β₂ᵗ) at the t-th step: both means begin at 0, which is not theirs. */
  firstCorrection: number;
  secondCorrection: number;
}

/** What an optimizer remembers of one parameter from step to step; both begin at 0. */
export interface OptimizerState {
  first: number;
  second: number;
}

/** What can be set of an optimizer. */
export interface OptimizerSettings {
  readonly learningRate: number;
  readonly momentum: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

/** An optimizer: how one parameter follows its gradient. */
export interface Optimizer {
  /** How people read it in a menu. */
  readonly label: string;
  /** Usual settings, PyTorch's but for the learning rate of SGD. */
  readonly defaults: OptimizerSettings;
  /** The settings that change what it does, beside learning rate and weight decay. */
  readonly uses: readonly (keyof OptimizerSettings)[];
  /** Numbers it remembers of each parameter. */
  readonly stateCount: 0 | 1 | 2;
  /** Whether the means it keeps are corrected for their beginning at 0. */
  readonly correctsBias?: true;
  /** Whether weight decay acts on the parameter itself and not through the gradient (Loshchilov & Hutter 2019). */
  readonly decouplesWeightDecay?: true;
  /** What one step adds to the parameter; the state is brought up to date. */
  change(gradient: number, state: OptimizerState, rates: Rates): number;
}

const usual: OptimizerSettings = {
  learningRate: 0.05,
  momentum: 0,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0,
};

/** Kingma & Ba 2015. */
const adam = {
  label: 'Adam',
  defaults: { ...usual, learningRate: 0.001 },
  uses: ['beta1', 'beta2', 'epsilon'],
  stateCount: 2,
  correctsBias: true,
  change: (gradient, state, rates) => {
    state.first += rates.firstRate * (gradient - state.first);
    state.second += rates.secondRate * (gradient * gradient - state.second);
    const root = Math.sqrt(state.second) * rates.secondCorrection + rates.epsilon;
    return (-rates.learningRate * rates.firstCorrection * state.first) / root;
  },
} as const satisfies Optimizer;

/**
 * Every optimizer handgrad knows, in float64 and in PyTorch's forms. The WGSL twins are in
 * `shaders/lib/optimizers.wgsl`.
 */
export const optimizers = {
  sgd: {
    label: 'SGD',
    defaults: usual,
    uses: [],
    stateCount: 0,
    change: (gradient, _state, rates) => -rates.learningRate * gradient,
  },
  // Polyak 1964; a sum, not a mean, of the gradients.
  momentum: {
    label: 'SGD with momentum',
    defaults: { ...usual, learningRate: 0.01, momentum: 0.9 },
    uses: ['momentum'],
    stateCount: 1,
    change: (gradient, state, rates) => {
      state.first = rates.momentum * state.first + gradient;
      return -rates.learningRate * state.first;
    },
  },
  // Sutskever et al. 2013: the momentum of the step to come is in it already.
  nesterov: {
    label: 'SGD with Nesterov momentum',
    defaults: { ...usual, learningRate: 0.01, momentum: 0.9 },
    uses: ['momentum'],
    stateCount: 1,
    change: (gradient, state, rates) => {
      state.first = rates.momentum * state.first + gradient;
      return -rates.learningRate * (gradient + rates.momentum * state.first);
    },
  },
  // Tieleman & Hinton 2012; PyTorch's α is β₂.
  rmsprop: {
    label: 'RMSprop',
    defaults: { ...usual, learningRate: 0.01, beta2: 0.99 },
    uses: ['beta2', 'epsilon', 'momentum'],
    stateCount: 2,
    change: (gradient, state, rates) => {
      state.second += rates.secondRate * (gradient * gradient - state.second);
      state.first = rates.momentum * state.first + gradient / (Math.sqrt(state.second) + rates.epsilon);
      return -rates.learningRate * state.first;
    },
  },
  adam,
  adamw: {
    ...adam,
    label: 'AdamW',
    defaults: { ...adam.defaults, weightDecay: 0.01 },
    decouplesWeightDecay: true,
  },
} as const satisfies Record<string, Optimizer>;

export type OptimizerName = keyof typeof optimizers;

export const optimizerNames = Object.keys(optimizers) as OptimizerName[];

/** What weight decay and L1 add to a gradient; the decay of an optimizer that decouples it comes after its change. */
export function penaltyGradient(optimizer: Optimizer, parameter: number, rates: Rates): number {
  const decay = optimizer.decouplesWeightDecay ? 0 : rates.weightDecay * parameter;
  return decay + rates.l1 * Math.sign(parameter);
}

/** What decoupled weight decay adds to a parameter. */
export function decoupledDecay(optimizer: Optimizer, parameter: number, rates: Rates): number {
  return optimizer.decouplesWeightDecay ? -rates.learningRate * rates.weightDecay * parameter : 0;
}
