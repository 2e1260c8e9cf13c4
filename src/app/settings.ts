import {
  activationNames,
  gpuStrategies,
  InputError,
  initializerNames,
  jobOf,
  lossNames,
  lossesOfTask,
  MAX_LEARNING_RATE,
  MAX_SEED,
  MAX_STEPS,
  missingNames,
  notebookJob,
  optimizerNames,
  optimizers,
  precisionNames,
  scalingNames,
  scheduleNames,
  taskNames,
  usualOutputActivation,
  type DatasetOptions,
  type GpuStrategy,
  type JobSettings,
  type Optimizer,
  type OptimizerSettings,
  type Task,
  type TrainingJob,
} from '../index.ts';
import { count } from './format.ts';
import type { SettingsField, SettingsText } from './setting-fields.ts';
import {
  orNone,
  readChoice,
  readChoices,
  readHidden,
  readLearningRate,
  readNumber,
  readSteps,
  readWholeNumber,
  type Reading,
} from './setting-readers.ts';

/** What a person changed of what a table begins with. */
export type SettingsChanges = Readonly<Partial<Record<SettingsField, string>>>;

/** One sentence per field that cannot be used. */
export type SettingsErrors = ReadonlyMap<SettingsField, string>;

/** What the settings come to. */
export interface ReadSettings {
  readonly errors: SettingsErrors;
  /** Of the rows; what cannot be read is as it was before. */
  readonly options: DatasetOptions;
  /** Undefined while a setting of it cannot be used. */
  readonly job: TrainingJob | undefined;
  /** What the job is made of. */
  readonly settings: JobSettings;
  readonly patience: number | undefined;
  /** Asked for; undefined where the planner chooses. */
  readonly strategy: GpuStrategy | undefined;
}

/** What is known of the table when its settings are read. */
export interface SettingsContext {
  readonly task: Task;
  readonly outputCount: number;
  readonly trainingRowCount: number;
  /** What the table begins with. */
  readonly options: DatasetOptions;
}

/** Settings as text: what the fields say before anybody writes in them. */
export function textOf(job: JobSettings, options: DatasetOptions): SettingsText {
  const { hidden, activations: names, schedule } = job;
  const [activation = 'tanh'] = names;
  const isUniform = names.length < 2;
  const yes = (value: boolean | undefined) => (value ? 'yes' : 'no');
  const text = (value: number | undefined) => (value === undefined ? '' : String(value));
  return {
    hidden: hidden.join(', '),
    activation: isUniform ? activation : 'each',
    activations: isUniform ? '' : names.join(', '),
    learningRate: String(job.learningRate),
    steps: count(job.steps),
    outputActivation: job.outputActivation ?? 'auto',
    init: job.initializer,
    bias: yes(job.bias),
    dropout: text(job.dropout),
    precision: job.precision ?? 'compensated',
    loss: job.loss,
    optimizer: job.optimizer,
    momentum: text(job.momentum),
    beta1: text(job.beta1),
    beta2: text(job.beta2),
    epsilon: text(job.epsilon),
    weightDecay: text(job.weightDecay),
    l1: text(job.l1),
    clip: text(job.clipNorm),
    schedule: schedule?.kind ?? 'constant',
    scheduleEvery: text(schedule?.every),
    scheduleGamma: text(schedule?.gamma),
    warmupSteps: text(schedule?.warmupSteps),
    batchSize: text(job.batchSize),
    earlyStopping: '',
    seed: String(job.seed),
    shuffle: yes(job.shuffle ?? true),
    task: options.task ?? 'auto',
    scale: options.scaling,
    missing: options.missing,
    validation: text(options.validation),
    test: text(options.test),
    splitSeed: options.seed === job.seed ? '' : text(options.seed),
    missingIndicator: yes(options.missingIndicator),
    classWeights: yes(options.classWeights !== undefined),
    strategy: 'auto',
  };
}

/** The text with what a person changed in it: who changes the optimizer or the loss gets what belongs to it. */
export function withChanges(base: SettingsText, changes: SettingsChanges): SettingsText {
  const defaults = optimizerCalled(changes.optimizer)?.defaults;
  return {
    ...base,
    ...(defaults && changes.optimizer !== base.optimizer && { learningRate: String(defaults.learningRate) }),
    ...(changes.loss !== undefined && changes.loss !== base.loss && { outputActivation: 'auto' }),
    ...changes,
  };
}

/** What has to be changed of a text to come to another one. */
export function changesBetween(base: SettingsText, text: SettingsText): SettingsChanges {
  const fields = Object.keys(text) as SettingsField[];
  const differing = fields.filter((field) => text[field] !== base[field]);
  const changes = Object.fromEntries(differing.map((field) => [field, text[field]])) as SettingsChanges;
  // A change may bring others with it, which are not meant.
  const brought = withChanges(base, changes);
  const rest = fields.filter((field) => brought[field] !== text[field]);
  return { ...changes, ...Object.fromEntries(rest.map((field) => [field, text[field]])) };
}

/** Not by looking it up: every object has a constructor. */
function optimizerCalled(name: string | undefined): Optimizer | undefined {
  const found = optimizerNames.find((each) => each === name);
  return found && optimizers[found];
}

/** Reads the settings, or says field by field what is wrong. */
export function readSettings(text: SettingsText, context: SettingsContext): ReadSettings {
  const reader = new SettingsReader(text);
  const settings = readJobSettings(reader, context);
  const options = readOptions(reader, context.options, settings.seed);
  const patience = reader.optional('earlyStopping', (value) =>
    readWholeNumber('Looks without a new lowest loss', value, 1, MAX_STEPS),
  );
  if (patience !== undefined && options.validation === 0) {
    reader.errors.set(
      'earlyStopping',
      'There are no validation rows to look at; set a validation share, such as 0.2.',
    );
  }
  const precision = reader.choice('precision', 'The precision', precisionNames);
  const withPrecision = precision === 'float32' ? { ...settings, precision } : settings;
  const strategy = reader.choice('strategy', 'The strategy', ['auto', ...gpuStrategies]);
  let job: TrainingJob | undefined;
  try {
    if (reader.errors.size === 0) job = jobOf(withPrecision, context.outputCount);
  } catch (error) {
    // Activations, one each, are the one thing that two fields must agree on.
    if (!(error instanceof InputError)) throw error;
    reader.errors.set(text.activation === 'each' ? 'activations' : 'outputActivation', error.message);
  }
  return {
    errors: reader.errors,
    options,
    job,
    settings: withPrecision,
    patience,
    strategy: strategy === 'auto' ? undefined : strategy,
  };
}

/** Reads fields one after the other and remembers what was wrong. */
class SettingsReader {
  readonly errors = new Map<SettingsField, string>();

  constructor(readonly text: SettingsText) {}

  /** What cannot be read is passed on as it is: with an error, nothing is made of it. */
  value<Value>(field: SettingsField, read: (text: string) => Reading<Value>): Value {
    const value = read(this.text[field]);
    if (value instanceof Error) this.errors.set(field, value.message);
    return value as Value;
  }

  optional<Value>(field: SettingsField, read: (text: string) => Reading<Value>): Value | undefined {
    return this.value(field, (text) => orNone(text, read));
  }

  choice<Name extends string>(field: SettingsField, what: string, names: readonly Name[]): Name {
    return this.value(field, (text) => readChoice(what, text, names));
  }

  isChecked(field: SettingsField): boolean {
    return this.text[field] === 'yes';
  }
}

function readJobSettings(reader: SettingsReader, { task, trainingRowCount }: SettingsContext): JobSettings {
  const hidden = reader.value('hidden', readHidden);
  const activation = reader.choice('activation', 'The activation', [...activationNames, 'each']);
  const dropout = reader.optional('dropout', (value) =>
    readNumber('The dropout', value, { least: 0, below: 1 }),
  );
  if (dropout && hidden.length === 0) {
    reader.errors.set('dropout', 'Dropout falls on hidden layers, and there are none.');
  }
  const loss = reader.choice('loss', 'The loss', lossNames);
  if (lossNames.includes(loss) && !lossesOfTask[task].includes(loss)) {
    reader.errors.set(
      'loss',
      `This loss is not for a ${task} target; choose ${lossesOfTask[task].join(', ')}.`,
    );
  }
  const output = reader.choice('outputActivation', 'The output activation', [
    'auto',
    'softmax',
    ...activationNames,
  ]);
  const batchSize = reader.optional('batchSize', (value) =>
    value.trim() === 'full'
      ? undefined
      : readWholeNumber('The rows of a batch', value, 1, Math.max(1, trainingRowCount)),
  );
  return {
    hidden,
    activations:
      activation === 'each'
        ? reader.value('activations', (value) =>
            readChoices('The activation of a layer', value, activationNames),
          )
        : [activation],
    outputActivation:
      output === 'auto' && !reader.errors.has('loss')
        ? usualOutputActivation(loss, task)
        : (output as 'tanh'),
    bias: reader.isChecked('bias'),
    ...(dropout !== undefined && { dropout }),
    loss,
    optimizer: reader.choice('optimizer', 'The optimizer', optimizerNames),
    learningRate: reader.value('learningRate', readLearningRate),
    ...readOptimizerSettings(reader),
    ...readSchedule(reader),
    ...(batchSize !== undefined && { batchSize }),
    ...(reader.isChecked('shuffle') ? {} : { shuffle: false }),
    steps: reader.value('steps', readSteps),
    seed: reader.value('seed', (value) => readWholeNumber('The seed', value, 0, MAX_SEED)),
    initializer: reader.choice('init', 'The initial weights', initializerNames),
  };
}

function readOptimizerSettings(reader: SettingsReader): Partial<JobSettings> {
  const { uses }: Optimizer = optimizerCalled(reader.text.optimizer) ?? optimizers.sgd;
  const read: Record<string, number> = {};
  const add = (name: string, field: SettingsField, readOne: (text: string) => Reading<number>) => {
    const value = reader.optional(field, readOne);
    if (value !== undefined) read[name] = value;
  };
  const fraction = (what: string) => (text: string) => readNumber(what, text, { least: 0, below: 1 });
  const notNegative = (what: string) => (text: string) =>
    readNumber(what, text, { least: 0, most: MAX_LEARNING_RATE });
  const ownSettings: readonly (keyof OptimizerSettings & SettingsField)[] = ['momentum', 'beta1', 'beta2'];
  for (const name of ownSettings) if (uses.includes(name)) add(name, name, fraction(`The ${name}`));
  if (uses.includes('epsilon')) add('epsilon', 'epsilon', notNegative('The epsilon'));
  add('weightDecay', 'weightDecay', notNegative('The weight decay'));
  add('l1', 'l1', notNegative('The L1 factor'));
  add('clipNorm', 'clip', (text) => readNumber('The length of the gradients', text, { above: 0 }));
  return read;
}

function readSchedule(reader: SettingsReader): Pick<JobSettings, 'schedule'> {
  const kind = reader.choice('schedule', 'The schedule', scheduleNames);
  const warmupSteps = reader.optional('warmupSteps', (text) =>
    readWholeNumber('Warm-up steps', text, 0, MAX_STEPS),
  );
  const every =
    kind === 'step'
      ? reader.optional('scheduleEvery', (text) => readWholeNumber('Steps to a change', text, 1, MAX_STEPS))
      : undefined;
  const gamma =
    kind === 'step' || kind === 'exponential'
      ? reader.optional('scheduleGamma', (text) => readNumber('The factor', text, { above: 0, most: 1 }))
      : undefined;
  if (kind === 'constant' && warmupSteps === undefined) return {};
  return {
    schedule: {
      kind,
      ...(every !== undefined && { every }),
      ...(gamma !== undefined && { gamma }),
      ...(warmupSteps !== undefined && { warmupSteps }),
    },
  };
}

/** Of the rows; a field that cannot be read leaves what was there. */
function readOptions(reader: SettingsReader, before: DatasetOptions, seed: number): DatasetOptions {
  const task = reader.choice('task', 'The task', ['auto', ...taskNames]);
  const missing = reader.choice('missing', 'What stands in for missing inputs', missingNames);
  const share = (field: 'validation' | 'test', what: string) =>
    reader.optional(field, (text) => readNumber(what, text, { least: 0, below: 1 })) ?? 0;
  const [validation, test] = [share('validation', 'The validation share'), share('test', 'The test share')];
  if (validation + test >= 1) {
    reader.errors.set(
      'test',
      `Validation and test together take ${validation + test} of the rows; leave some to train on.`,
    );
  }
  const scaling = reader.choice('scale', 'The scaling', scalingNames);
  const splitSeed =
    reader.optional('splitSeed', (value) => readWholeNumber('The seed of the split', value, 0, MAX_SEED)) ??
    seed;
  const isReadable = (['task', 'missing', 'validation', 'test', 'splitSeed', 'scale', 'seed'] as const).every(
    (field) => !reader.errors.has(field),
  );
  if (!isReadable) return before;
  return {
    ...(task !== 'auto' && { task }),
    scaling,
    missing,
    ...(missing !== 'drop' && reader.isChecked('missingIndicator') && { missingIndicator: true }),
    ...(reader.isChecked('classWeights') && { classWeights: 'balanced' }),
    validation,
    test,
    seed: splitSeed,
  };
}

/** Whether two jobs are the same in every setting, whatever their order; what is not said is as usual. */
export function sameJob(a: TrainingJob, b: TrainingJob): boolean {
  return canonical(a) === canonical(b);
}

function canonical({ networks, ...job }: TrainingJob): string {
  const usual = { initializer: 'numpy-uniform' };
  const sorted = (value: object) => Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([sorted(job), networks.map((network) => sorted({ ...usual, ...network }))]);
}

/** The notebook's own. */
export function isNotebookJob(job: TrainingJob): boolean {
  return sameJob(job, notebookJob);
}
