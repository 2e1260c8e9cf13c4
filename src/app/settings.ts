import {
  MAX_SEED,
  MAX_STEPS,
  MAX_UNITS,
  activationNames,
  gpuStrategies,
  notebookJob,
  type ActivationName,
  type GpuStrategy,
  type TrainingJob,
} from '../index.ts';
import { count } from './format.ts';

/** What a person can set, as they wrote it. */
export interface SettingsText {
  readonly hiddenUnits: string;
  readonly activation: ActivationName;
  readonly outputActivation: ActivationName;
  readonly bias: boolean;
  readonly learningRate: string;
  readonly steps: string;
  readonly seed: string;
  /** Of the GPU path; `auto` leaves it to the planner. */
  readonly strategy: GpuStrategy | 'auto';
}

export type SettingsField = keyof SettingsText;

/** One sentence per field that cannot be used. */
export type SettingsErrors = ReadonlyMap<SettingsField, string>;

const MOST_HIDDEN_LAYERS = 63;
const MOST_LEARNING_RATE = 1e6;

/** The notebook's settings, as text. */
export const notebookSettings: SettingsText = {
  hiddenUnits: notebookJob.layers
    .slice(0, -1)
    .map((layer) => layer.units)
    .join(', '),
  activation: notebookJob.layers[0].activation,
  outputActivation: notebookJob.layers[notebookJob.layers.length - 1].activation,
  bias: notebookJob.layers[0].bias,
  learningRate: String(notebookJob.networks[0].learningRate),
  steps: count(notebookJob.steps),
  seed: String(notebookJob.networks[0].seed),
  strategy: 'auto',
};

/** Reads the settings into a job, or says field by field what is wrong. */
export function readSettings(
  text: SettingsText,
  outputCount: number,
):
  | { readonly job: TrainingJob; readonly errors?: never }
  | { readonly job?: never; readonly errors: SettingsErrors } {
  const errors = new Map<SettingsField, string>();
  const read = <Value>(field: SettingsField, value: Value | Error): Value => {
    if (value instanceof Error) errors.set(field, value.message);
    return value as Value;
  };
  const hiddenUnits = read('hiddenUnits', readHiddenUnits(text.hiddenUnits));
  const learningRate = read('learningRate', readLearningRate(text.learningRate));
  const steps = read('steps', readWholeNumber('Steps', text.steps, 1, MAX_STEPS));
  const seed = read('seed', readWholeNumber('The seed', text.seed, 0, MAX_SEED));
  const activation = read('activation', readActivation(text.activation));
  const outputActivation = read('outputActivation', readActivation(text.outputActivation));
  read('strategy', readStrategy(text.strategy));
  if (errors.size > 0) return { errors };
  const { bias } = text;
  const layers = [
    ...hiddenUnits.map((units) => ({ units, activation, bias })),
    { units: outputCount, activation: outputActivation, bias },
  ];
  return { job: { ...notebookJob, layers, steps, networks: [{ seed, learningRate }] } };
}

/** Whether two jobs are the same in every setting. */
export function sameJob(a: TrainingJob, b: TrainingJob): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function readHiddenUnits(text: string): number[] | Error {
  const entries = text.trim() === '' ? [] : text.split(/[,;]/);
  if (entries.length > MOST_HIDDEN_LAYERS) {
    return new Error(
      `At most ${MOST_HIDDEN_LAYERS} hidden layers are accepted, not ${count(entries.length)}.`,
    );
  }
  const units: number[] = [];
  for (const [index, entry] of entries.entries()) {
    const what = entries.length === 1 ? 'Units' : `Units of hidden layer ${index + 1}`;
    const value = readWholeNumber(what, entry, 1, MAX_UNITS);
    if (value instanceof Error) return value;
    units.push(value);
  }
  return units;
}

function readLearningRate(text: string): number | Error {
  const value = readNumber(text);
  if (Number.isFinite(value) && value > 0 && value <= MOST_LEARNING_RATE) return value;
  return new Error(
    `The learning rate must be a number above 0 and at most ${count(MOST_LEARNING_RATE)}, not ${shown(text)}; ` +
      '0.05 is a usual start.',
  );
}

function readWholeNumber(what: string, text: string, least: number, most: number): number | Error {
  // Thousands may be separated, as the page itself writes them.
  const isGrouped = /^\s*\d{1,3}(,\d{3})+\s*$/.test(text);
  const value = readNumber(isGrouped ? text.replaceAll(',', '') : text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  return new Error(
    `${what} must be a whole number from ${count(least)} to ${count(most)}, not ${shown(text)}.`,
  );
}

function readActivation(name: ActivationName): ActivationName | Error {
  return activationNames.includes(name) ? name : new Error(`There is no activation ${shown(name)}.`);
}

function readStrategy(name: SettingsText['strategy']): SettingsText['strategy'] | Error {
  if (name === 'auto' || gpuStrategies.includes(name)) return name;
  return new Error(`There is no strategy ${shown(name)}; there are auto, ${gpuStrategies.join(', ')}.`);
}

function readNumber(text: string): number {
  const isNumber = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text);
  return isNumber ? Number(text) : NaN;
}

/** What a person wrote, short and in one line. */
function shown(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line === '') return 'empty';
  return line.length > 24 ? `“${line.slice(0, 24)}…”` : `“${line}”`;
}
