import { activationNames } from './activations.ts';
import { initializerNames } from './initializers.ts';
import type { Interval } from './interval.ts';
import { MAX_LEARNING_RATE, MIN_LEARNING_RATE } from './job-rules.ts';
import type { JobSettings } from './job-settings.ts';
import { MAX_SEED } from './numpy-random.ts';
import { optimizerNames, optimizers, type Optimizer, type OptimizerSettings } from './optimizers.ts';
import {
  readHiddenLayers,
  readNumberValues,
  readWholeValues,
  readWords,
  readWordsOfLayers,
  type SweepValues,
} from './sweep-range.ts';

/** What a sweep may vary. */
export type SweptSettings = Pick<
  Required<JobSettings>,
  | 'hidden'
  | 'activations'
  | 'optimizer'
  | 'initializer'
  | 'learningRate'
  | 'momentum'
  | 'beta1'
  | 'beta2'
  | 'epsilon'
  | 'weightDecay'
  | 'l1'
  | 'seed'
>;

export type SweptName = keyof SweptSettings;

/** One swept setting with its values. */
export type SweepAxis = {
  readonly [Name in SweptName]: { readonly name: Name; readonly values: SweepValues<SweptSettings[Name]> };
}[SweptName];

/** A setting that can be swept. */
interface SweepableSetting<Value> {
  /** How people read it. */
  readonly label: string;
  /** Whether all networks of a population have the same: each value is a population of its own. */
  readonly isShared: boolean;
  /** @throws InputError that begins with `what` */
  read(what: string, text: string): SweepValues<Value>;
}

const FRACTION: Interval = { least: 0, below: 1 };
const NOT_NEGATIVE: Interval = { least: 0, most: MAX_LEARNING_RATE };

function numberOf(label: string, accepted: Interval): SweepableSetting<number> {
  return { label, isShared: false, read: (what, text) => readNumberValues(what, text, accepted) };
}

/** Every setting that can be swept, in the order a sweep varies them: what is shared first, seeds last. */
export const sweepable: { readonly [Name in SweptName]: SweepableSetting<SweptSettings[Name]> } = {
  hidden: { label: 'hidden layers', isShared: true, read: readHiddenLayers },
  activations: {
    label: 'activation',
    isShared: true,
    read: (what, text) => readWordsOfLayers(what, text, activationNames),
  },
  optimizer: {
    label: 'optimizer',
    isShared: true,
    read: (what, text) => readWords(what, text, optimizerNames),
  },
  initializer: {
    label: 'initializer',
    isShared: false,
    read: (what, text) => readWords(what, text, initializerNames),
  },
  learningRate: numberOf('learning rate', { least: MIN_LEARNING_RATE, most: MAX_LEARNING_RATE }),
  momentum: numberOf('momentum', FRACTION),
  beta1: numberOf('beta1', FRACTION),
  beta2: numberOf('beta2', FRACTION),
  epsilon: numberOf('epsilon', NOT_NEGATIVE),
  weightDecay: numberOf('weight decay', NOT_NEGATIVE),
  l1: numberOf('L1 factor', NOT_NEGATIVE),
  seed: {
    label: 'seed',
    isShared: false,
    read: (what, text) => readWholeValues(what, text, { least: 0, most: MAX_SEED }),
  },
};

export const sweptNames = Object.keys(sweepable) as SweptName[];

/**
 * Reads the values of a swept setting as a person writes them.
 *
 * @param what the setting as a sentence begins with it; `The learning rate` if left out
 * @throws InputError that names the text and what to write
 */
export function readSweepAxis(
  name: SweptName,
  text: string,
  what = `The ${sweepable[name].label}`,
): SweepAxis {
  return { name, values: sweepable[name].read(what, text) } as SweepAxis;
}

const optimizerSettings: readonly (keyof OptimizerSettings & SweptName)[] = [
  'momentum',
  'beta1',
  'beta2',
  'epsilon',
];

/** Which swept settings change nothing for a network: the optimizer does not use them, or there is no layer for them. */
export function unusedSettings({
  hidden,
  optimizer,
}: Pick<JobSettings, 'hidden' | 'optimizer'>): SweptName[] {
  const { uses }: Optimizer = optimizers[optimizer];
  return [
    ...optimizerSettings.filter((name) => !uses.includes(name)),
    ...(hidden.length === 0 ? (['activations'] as const) : []),
  ];
}
