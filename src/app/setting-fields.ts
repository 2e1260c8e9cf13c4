import {
  activationNames,
  activations,
  gpuStrategies,
  initializerNames,
  initializers,
  losses,
  lossNames,
  lossesOfTask,
  optimizerNames,
  optimizers,
  scheduleNames,
  schedules,
  taskNames,
  usualLosses,
  usualOutputActivation,
  type Optimizer,
  type OptimizerSettings,
  type Task,
} from '../index.ts';

/** What a person can set, as they wrote it; empty where something usual stands in. */
export type SettingsText = Readonly<Record<SettingsField, string>>;

export type SettingsField = FieldsOf<typeof groups>;
type FieldsOf<Groups extends Readonly<Record<string, readonly string[]>>> = Groups[keyof Groups][number];

/** The settings in the order they are shown: what a beginner tries first, then everything else by what it is about. */
export const groups = {
  first: ['hidden', 'activation', 'activations', 'learningRate', 'steps'],
  network: ['init', 'outputActivation', 'dropout', 'bias'],
  learning: [
    'loss',
    'optimizer',
    'momentum',
    'beta1',
    'beta2',
    'epsilon',
    'weightDecay',
    'l1',
    'clip',
    'schedule',
    'scheduleEvery',
    'scheduleGamma',
    'warmupSteps',
  ],
  batches: ['batchSize', 'earlyStopping', 'seed', 'shuffle'],
  rows: ['task', 'missing', 'scale', 'validation', 'test', 'splitSeed', 'missingIndicator', 'classWeights'],
  path: ['precision', 'strategy'],
} as const;

export type SettingsGroup = keyof typeof groups;

/** Headings of the groups below the first. */
export const groupNames: Readonly<Partial<Record<SettingsGroup, string>>> = {
  network: 'Network',
  learning: 'Loss and optimizer',
  batches: 'Batches and when to stop',
  rows: 'Rows',
  path: 'GPU path',
};

type Choice = readonly [value: string, label: string];

/** What is offered depends on what is to be learnt, and on other settings. */
export interface FieldContext {
  readonly task: Task;
  readonly text: SettingsText;
}

/** How one setting is shown. */
export interface FieldLook {
  readonly label: string;
  /** The term in one line, for those who are learning. */
  readonly explanation: string;
  /** Of a text field, the keyboard of a phone. */
  readonly kind: 'text' | 'decimal' | 'numeric' | 'choice' | 'check';
  readonly choices?: (context: FieldContext) => readonly Choice[];
  /** What stands in where the field is empty. */
  readonly placeholder?: (context: FieldContext) => string;
  readonly isShown?: (context: FieldContext) => boolean;
}

const labelled = (names: readonly string[], table: Readonly<Record<string, { readonly label: string }>>) =>
  names.map((name): Choice => [name, table[name].label]);

const usesSetting = (setting: keyof OptimizerSettings) => (context: FieldContext) =>
  optimizerOf(context)?.uses.includes(setting) ?? false;
const usualOf = (setting: keyof OptimizerSettings) => (context: FieldContext) =>
  String(optimizerOf(context)?.defaults[setting] ?? '');

function optimizerOf({ text }: FieldContext): Optimizer | undefined {
  // Asked by name: every object has a constructor.
  const name = optimizerNames.find((each) => each === text.optimizer);
  return name && optimizers[name];
}

const hasSchedule =
  (...kinds: readonly string[]) =>
  ({ text }: FieldContext) =>
    kinds.includes(text.schedule);

const taskLabels: Readonly<Record<Task, string>> = {
  regression: 'numbers (regression)',
  binary: 'yes or no (binary)',
  classification: 'classes (classification)',
};

export const fields: Readonly<Record<SettingsField, FieldLook>> = {
  hidden: {
    label: 'Hidden layers, units',
    explanation: 'How many units each layer between input and output has: 3, or 16, 8 for two layers.',
    kind: 'text',
    placeholder: () => 'none',
  },
  activation: {
    label: 'Activation',
    explanation: 'The function each hidden unit applies to its weighted sum.',
    kind: 'choice',
    choices: () => [...labelled(activationNames, activations), ['each', 'one for each layer']],
  },
  activations: {
    label: 'Activation of each layer',
    explanation: `One name a hidden layer, separated by commas: ${activationNames.join(', ')}.`,
    kind: 'text',
    isShown: ({ text }) => text.activation === 'each',
  },
  learningRate: {
    label: 'Learning rate',
    explanation: 'How far one step moves the parameters against the gradient.',
    kind: 'decimal',
  },
  steps: {
    label: 'Steps',
    explanation: 'How many times the parameters are updated; each step sees one batch of rows.',
    kind: 'numeric',
  },
  outputActivation: {
    label: 'Output activation',
    explanation: 'The function the output units apply; sigmoid keeps predictions between 0 and 1.',
    kind: 'choice',
    choices: ({ task, text }) => {
      const loss = lossNames.find((each) => each === text.loss) ?? usualLosses[task];
      const usual = usualOutputActivation(loss, task);
      const isOfLoss = 'link' in losses[loss];
      const label = usual === 'softmax' ? usual : activations[usual].label;
      return [
        ['auto', isOfLoss ? `${label}, with the loss` : `${label}, as usual`],
        ...(isOfLoss ? [] : labelled(activationNames, activations)),
      ];
    },
  },
  init: {
    label: 'Initial weights',
    explanation: 'How the weights are drawn before the first step.',
    kind: 'choice',
    choices: () => labelled(initializerNames, initializers),
  },
  bias: {
    label: 'Biases',
    explanation: 'A constant each unit adds to its weighted sum; it is learnt like a weight.',
    kind: 'check',
  },
  dropout: {
    label: 'Dropout',
    explanation: 'The share of hidden units left out of each step, drawn anew: 0.2 is one in five.',
    kind: 'decimal',
    placeholder: () => '0',
  },
  loss: {
    label: 'Loss',
    explanation: 'What the steps make small: how far predictions are from the targets.',
    kind: 'choice',
    choices: ({ task }) => labelled(lossesOfTask[task], losses),
  },
  optimizer: {
    label: 'Optimizer',
    explanation: 'How a gradient becomes a step; Adam gives every parameter a step of its own size.',
    kind: 'choice',
    choices: () => labelled(optimizerNames, optimizers),
  },
  momentum: {
    label: 'Momentum',
    explanation: 'How much of the last step goes into the next one.',
    kind: 'decimal',
    placeholder: usualOf('momentum'),
    isShown: usesSetting('momentum'),
  },
  beta1: {
    label: 'β₁',
    explanation: 'How slowly the mean of the gradients follows them.',
    kind: 'decimal',
    placeholder: usualOf('beta1'),
    isShown: usesSetting('beta1'),
  },
  beta2: {
    label: 'β₂',
    explanation: 'How slowly the mean of the squared gradients follows them.',
    kind: 'decimal',
    placeholder: usualOf('beta2'),
    isShown: usesSetting('beta2'),
  },
  epsilon: {
    label: 'ε',
    explanation: 'Keeps a division by a very small gradient finite.',
    kind: 'decimal',
    placeholder: usualOf('epsilon'),
    isShown: usesSetting('epsilon'),
  },
  weightDecay: {
    label: 'Weight decay',
    explanation: 'Pulls every parameter towards 0, in proportion to its size.',
    kind: 'decimal',
    placeholder: usualOf('weightDecay'),
  },
  l1: {
    label: 'L1',
    explanation: 'Pulls every parameter towards 0 by the same amount, so that some end there.',
    kind: 'decimal',
    placeholder: () => '0',
  },
  clip: {
    label: 'Clip gradients to',
    explanation: 'The most length all gradients together keep; longer ones are scaled down.',
    kind: 'decimal',
    placeholder: () => 'any length',
  },
  schedule: {
    label: 'Schedule',
    explanation: 'How the learning rate changes over the run.',
    kind: 'choice',
    choices: () => labelled(scheduleNames, schedules),
  },
  scheduleEvery: {
    label: 'Changes every',
    explanation: 'After so many steps the learning rate is multiplied by the factor.',
    kind: 'numeric',
    placeholder: () => '1,000',
    isShown: hasSchedule('step'),
  },
  scheduleGamma: {
    label: 'Factor',
    explanation: 'What the learning rate is multiplied by at each change.',
    kind: 'decimal',
    placeholder: ({ text }) => (text.schedule === 'step' ? '0.5' : '0.999'),
    isShown: hasSchedule('step', 'exponential'),
  },
  warmupSteps: {
    label: 'Warm-up',
    explanation: 'Over so many steps the learning rate rises from almost 0.',
    kind: 'numeric',
    placeholder: () => '0',
  },
  batchSize: {
    label: 'Rows of a batch',
    explanation: 'How many rows each step learns from; empty for all of them.',
    kind: 'numeric',
    placeholder: () => 'all',
  },
  earlyStopping: {
    label: 'Stop early after',
    explanation:
      'So many looks at the validation loss (about 100 a run) without a new lowest one end the run; it keeps the parameters of the lowest.',
    kind: 'numeric',
    placeholder: () => 'never',
  },
  seed: {
    label: 'Seed',
    explanation:
      'Fixes what is drawn: initial weights, the order of the rows, and which rows are kept apart.',
    kind: 'numeric',
  },
  splitSeed: {
    label: 'Seed of the split',
    explanation:
      'Fixes which rows are kept apart where that is to stay while the seed changes; empty for the seed itself.',
    kind: 'numeric',
    placeholder: () => 'the seed',
  },
  shuffle: {
    label: 'Another order of the rows in each epoch',
    explanation: 'An epoch is one pass over the training rows; without this it takes them as they stand.',
    kind: 'check',
  },
  task: {
    label: 'The target is',
    explanation: 'What is to be learnt: a number, one of two, or one of several classes.',
    kind: 'choice',
    choices: () => [
      ['auto', 'as its values say'],
      ...taskNames.map((name): Choice => [name, taskLabels[name]]),
    ],
  },
  scale: {
    label: 'Scaling',
    explanation:
      'Brings every column of numbers to one size, by the training rows: mean 0 and deviation 1, or 0 to 1.',
    kind: 'choice',
    choices: () => [
      ['standard', 'standard'],
      ['min-max', 'min-max'],
      ['none', 'none'],
    ],
  },
  missing: {
    label: 'Missing inputs',
    explanation: 'What stands in for an empty cell: found in the training rows.',
    kind: 'choice',
    choices: () => [
      ['median', 'filled with the median'],
      ['mean', 'filled with the mean'],
      ['most-frequent', 'filled with the most frequent'],
      ['drop', 'their rows are left out'],
    ],
  },
  validation: {
    label: 'Validation share',
    explanation:
      'The share of the rows the network does not learn from, to look at while it trains: 0.2 is one in five.',
    kind: 'decimal',
    placeholder: () => '0',
  },
  test: {
    label: 'Test share',
    explanation: 'The share of the rows kept apart until the end.',
    kind: 'decimal',
    placeholder: () => '0',
  },
  missingIndicator: {
    label: 'One more input where a cell was missing',
    explanation: 'Tells the network which cells were filled.',
    kind: 'check',
    isShown: ({ text }) => text.missing !== 'drop',
  },
  classWeights: {
    label: 'Every class counts the same',
    explanation: 'Rows of a rare class weigh more in the loss.',
    kind: 'check',
    // Also where it is in the way, so that it can be taken off.
    isShown: ({ task, text }) => task === 'classification' || text.classWeights === 'yes',
  },
  precision: {
    label: 'Parameters on the GPU',
    explanation: 'Compensated: each parameter keeps what float32 rounds off; plain float32 loses it.',
    kind: 'choice',
    choices: () => [
      ['compensated', 'compensated'],
      ['float32', 'plain float32'],
    ],
  },
  strategy: {
    label: 'Strategy',
    explanation: 'How the GPU path runs a step.',
    kind: 'choice',
    choices: () => [['auto', 'the fastest'], ...gpuStrategies.map((name): Choice => [name, name])],
  },
};

export const settingsFields = Object.keys(fields) as SettingsField[];
