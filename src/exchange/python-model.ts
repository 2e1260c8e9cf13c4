import { optimizers, type Optimizer } from '../core/optimizers.ts';
import { losses } from '../core/losses.ts';
import { ratesOf } from '../core/rates.ts';
import { unscaled, type Encoding, type InputEncoding } from '../data/encoding.ts';
import { toBase64 } from './base64.ts';
import { bitsOf } from './model-file.ts';
import { memberCountOf, networkOf, parametersOf, type Model } from './model.ts';
import { base64Literal, pythonLiteral, type PythonValue } from './python-literals.ts';

/** A model as the statements of a Python script: `MODEL = {…}`, and what is many numbers beside it. */
export function pythonModel(model: Model): string {
  return memberCountOf(model) > 1 ? pythonEnsemble(model) : pythonNetwork(model);
}

/** What predicts, and nothing of the training. */
function pythonEnsemble(model: Model): string {
  const { encoding, job, table } = model;
  const { delimiter, decimal, hasHeader } = table.format;
  const settings = dict({
    member_count: memberCountOf(model),
    task: encoding.task,
    input_count: networkOf(model).inputCount,
    layers: layersOf(model),
    has_probabilities: 'link' in losses[job.loss],
    table: dict({ delimiter, decimal, has_header: hasHeader }),
    ...columnsOf(model),
  });
  return [
    '# ---- The model ----',
    '',
    `MODEL = ${pythonLiteral(settings, '', 8)}`,
    '',
    '# Float64, little-endian: network by network, of each layer the weights [inputs, units], then the',
    '# biases [units].',
    `PARAMETERS = ${numbersLiteral(parametersOf(model))}`,
    '',
  ].join('\n');
}

function pythonNetwork(model: Model): string {
  const { snapshot, table } = model;
  const { parameterCount } = networkOf(model);
  const state = snapshot.optimizerState;
  const isWhole = table.trainingRows.length === table.rowCount;
  const rows = isWhole ? 'None' : base64Literal(bitsOf(table.trainingRows, table.rowCount));
  return [
    '# ---- The model ----',
    '',
    `MODEL = ${pythonLiteral(settingsOf(model), '', 8)}`,
    '',
    '# The rows of the table it was trained on: a bit each, the lowest first; None: all of them.',
    `TRAINING_ROWS = ${rows}`,
    '',
    '# Float64, little-endian: of each layer the weights [inputs, units], then the biases [units].',
    `PARAMETERS = ${numbersLiteral(parametersOf(model))}`,
    '',
    '# What the optimizer remembers of every parameter, in the same order.',
    `FIRST_STATE = ${numbersLiteral(state.subarray(0, parameterCount))}`,
    `SECOND_STATE = ${numbersLiteral(state.subarray(parameterCount))}`,
    '',
  ].join('\n');
}

/** What the text of a script is to hold of all that could be in one: `activation relu`, `clip`, … */
export function pythonFeatures(model: Model): Set<string> {
  const { job, table } = model;
  const { decouplesWeightDecay }: Optimizer = optimizers[job.optimizer];
  const { weightDecay, l1 } = ratesOf(job);
  const predicting = [...job.layers.map(({ activation }) => `activation ${activation}`), `loss ${job.loss}`];
  if (memberCountOf(model) > 1) return new Set([...predicting, 'ensemble']);
  const { schedule, batchSize, shuffle = true, dropout = 0 } = job;
  const [hidden, output] = job.layers;
  const isOneHidden = job.layers.length === 2;
  const shuffles = batchSize !== undefined && shuffle;
  const features: readonly (readonly [name: string, isWanted: boolean])[] = [
    ['one network', true],
    [`optimizer ${job.optimizer}`, true],
    [`schedule ${schedule?.kind ?? 'constant'}`, true],
    ['warm-up', (schedule?.warmupSteps ?? 0) > 0],
    ['clip', job.clipNorm !== undefined],
    ['l1', l1 !== 0],
    ['weight decay', weightDecay !== 0 && !decouplesWeightDecay],
    ['class weights', table.options.classWeights !== undefined],
    ['no class weights', table.options.classWeights === undefined],
    ['dropout', dropout > 0],
    ['no dropout', dropout === 0],
    ['shuffled batches', shuffles],
    ['random bits', shuffles || dropout > 0],
    ['one hidden layer', isOneHidden],
    ['any other number of hidden layers', !isOneHidden],
    ['hidden bias', isOneHidden && hidden.bias],
    ['output bias', isOneHidden && output.bias],
  ];
  return new Set([...predicting, ...features.filter(([, isWanted]) => isWanted).map(([name]) => name)]);
}

function settingsOf(model: Model): PythonValue {
  const { encoding, job, snapshot, table } = model;
  const network = networkOf(model);
  const [{ seed, l1 = 0 }] = job.networks;
  const { learningRate, momentum, beta1, beta2, epsilon, weightDecay } = {
    ...optimizers[job.optimizer].defaults,
    ...job.networks[0],
  };
  return dict({
    task: encoding.task,
    input_count: network.inputCount,
    layers: layersOf(model),
    loss: job.loss,
    // Whether the loss takes logits, which become probabilities.
    has_probabilities: 'link' in losses[job.loss],
    optimizer: job.optimizer,
    learning_rate: learningRate,
    momentum,
    beta1,
    beta2,
    epsilon,
    weight_decay: weightDecay,
    l1,
    clip_norm: job.clipNorm ?? null,
    dropout: job.dropout ?? 0,
    schedule: scheduleOf(model),
    batch_size: job.batchSize ?? null,
    seed,
    step: snapshot.step,
    steps: job.steps,
    table: dict({
      name: table.name,
      delimiter: table.format.delimiter,
      decimal: table.format.decimal,
      has_header: table.format.hasHeader,
      row_count: table.rowCount,
    }),
    ...columnsOf(model),
  });
}

function layersOf({ job }: Model): PythonValue {
  return job.layers.map(({ units, activation, bias }) => dict({ units, activation, bias }));
}

/** How cells become inputs, and outputs answers. */
function columnsOf({ encoding, table }: Model): Readonly<Record<string, PythonValue>> {
  const { classes } = encoding;
  return {
    inputs: encoding.inputs.map(inputOf),
    targets: targetsOf(encoding, table.columns),
    classes: classes ? [...classes] : null,
    class_places: classes ? placesOf(classes) : null,
  };
}

/** With the defaults of `schedules` where nothing else is said. */
function scheduleOf({ job: { schedule } }: Model): PythonValue {
  if (!schedule) return null;
  const { kind, every = 1000, gamma = kind === 'step' ? 0.5 : 0.999, warmupSteps = 0 } = schedule;
  return dict({ kind, every, gamma, warmup_steps: warmupSteps });
}

function inputOf(input: InputEncoding): PythonValue {
  const { column, type, hasIndicator } = input;
  if (input.type === 'number') {
    const { scaling, fill, words = null } = input;
    return dict({ column, type, words, ...scaling, fill, has_indicator: hasIndicator });
  }
  const { categories, fill } = input;
  const placeOfFill = fill === null ? -1 : categories.indexOf(fill);
  return dict({
    column,
    type,
    category_count: categories.length,
    places: placesOf(categories),
    fill: placeOfFill < 0 ? null : placeOfFill,
    has_indicator: hasIndicator,
  });
}

function targetsOf({ targets, targetScaling, classes }: Encoding, plans: Model['table']['columns']) {
  return targets.map((column, i) => {
    const plan = plans.find(({ name }) => name === column);
    const scaling = classes ? unscaled : targetScaling[i];
    // A row without a target is not trained on.
    return dict({ column, type: plan?.type ?? 'number', words: plan?.words ?? null, ...scaling, fill: null });
  });
}

/**
 * Where a cell’s value stands among the names: a number is looked up as a number, for `07` and `7.0` are the category
 * `7`; and every name as the text it is.
 */
function placesOf(names: readonly string[]): ReadonlyMap<string | number, PythonValue> {
  const places = new Map<string | number, PythonValue>();
  names.forEach((name, place) => {
    places.set(name, place);
    if (String(Number(name)) === name && name !== 'NaN') places.set(Number(name), place);
  });
  return places;
}

function dict(entries: Readonly<Record<string, PythonValue>>): ReadonlyMap<string, PythonValue> {
  return new Map(Object.entries(entries));
}

function numbersLiteral(numbers: Float64Array): string {
  const bytes = new DataView(new ArrayBuffer(8 * numbers.length));
  numbers.forEach((value, i) => bytes.setFloat64(8 * i, value, true));
  return base64Literal(toBase64(new Uint8Array(bytes.buffer)));
}
