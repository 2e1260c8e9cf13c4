import { activationNames } from './activations.ts';
import { InputError } from './errors.ts';
import { initializerNames } from './initializers.ts';
import type { NetworkSettings, TrainingData, TrainingJob } from './job.ts';
import { lossNames, losses, type Loss } from './losses.ts';
import { layOutNetwork } from './network.ts';
import { MAX_SEED } from './numpy-random.ts';
import { optimizerNames } from './optimizers.ts';
import { precisionNames } from './precision.ts';
import { scheduleNames, type ScheduleSettings } from './schedules.ts';

/** The loss of every step is kept: 2²⁵ of them fill the 128 MiB every WebGPU device can bind. */
export const MAX_STEPS = 2 ** 25;
/** Beyond any network that trains in a browser; guards the arithmetic of the sizes. */
export const MAX_UNITS = 2 ** 16;
/** Output layer included. */
export const MAX_LAYERS = 64;
/** The largest finite float32: what a GPU can be given. */
const MAX_FLOAT32 = (2 - 2 ** -23) * 2 ** 127;
/** Float32 has no digits left below. */
export const MIN_LEARNING_RATE = 1e-30;
/** Of one job: their losses and parameters fill some hundred MiB. */
export const MAX_NETWORKS = 2 ** 16;
/** Larger ones only diverge. */
export const MAX_LEARNING_RATE = 1e6;

/**
 * Checks a job against its table.
 *
 * @throws InputError that names the setting, its value and what is accepted
 */
export function validateJob(job: TrainingJob, data: TrainingData): void {
  requireWholeNumber('Steps', job.steps, 1, MAX_STEPS);
  requireWholeNumber('The number of layers', job.layers.length, 1, MAX_LAYERS);
  job.layers.forEach((layer, index) => {
    const name = index === job.layers.length - 1 ? 'the output layer' : `hidden layer ${index + 1}`;
    requireWholeNumber(`Units of ${name}`, layer.units, 1, MAX_UNITS);
    requireOneOf(`The activation of ${name}`, layer.activation, activationNames);
  });
  requireOneOf('The loss', job.loss, lossNames);
  requireOneOf('The optimizer', job.optimizer, optimizerNames);
  if (job.batchSize !== undefined) requireWholeNumber('The batch size', job.batchSize, 1, data.rowCount);
  if (job.clipNorm !== undefined) requirePositive('The norm gradients are clipped to', job.clipNorm);
  if (job.dropout !== undefined) requireDropout(job.dropout, job.layers.length - 1);
  if (job.precision) requireOneOf('The precision', job.precision, precisionNames);
  if (job.schedule) requireSchedule(job.schedule);
  if (job.lossStride !== undefined)
    requireWholeNumber('The stride of the losses', job.lossStride, 1, MAX_STEPS);
  requireWholeNumber('The number of networks', job.networks.length, 1, MAX_NETWORKS);
  for (const settings of job.networks) {
    requireNetworkSettings(settings);
    requireRows(settings, data);
  }
  const outputUnits = job.layers[job.layers.length - 1].units;
  if (outputUnits !== data.outputCount) {
    throw new InputError(
      `The output layer has ${outputUnits} units but the table has ${data.outputCount} target columns; ` +
        'give the output layer one unit per target column.',
    );
  }
  requireLogits(job);
  validateData(data);
  requireTargets(job, data);
  const { parameterCount } = layOutNetwork(data.inputCount, job.layers);
  for (const { initialParameters: given } of job.networks) {
    if (given) requireNumbers('The initial parameters', given, parameterCount);
  }
}

function validateData({ rowCount, inputCount, outputCount, inputs, targets }: TrainingData): void {
  if (rowCount === 0) throw new InputError('The table has no rows; training needs at least 1.');
  requireWholeNumber('The number of rows', rowCount, 1, Number.MAX_SAFE_INTEGER);
  requireWholeNumber('The number of inputs', inputCount, 1, Number.MAX_SAFE_INTEGER);
  requireNumbers('The inputs', inputs, rowCount * inputCount);
  requireNumbers('The targets', targets, rowCount * outputCount);
}

function requireWholeNumber(what: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const range = `${least.toLocaleString('en-US')} to ${most.toLocaleString('en-US')}`;
  throw new InputError(`${what} must be a whole number from ${range}, not ${value}.`);
}

function requireNumbers(what: string, values: Float64Array, count: number): void {
  if (values.length !== count) {
    const given = values.length.toLocaleString('en-US');
    throw new InputError(`${what} must be ${count.toLocaleString('en-US')} numbers, not ${given}.`);
  }
  const faulty = values.findIndex((value) => !(Math.abs(value) <= MAX_FLOAT32));
  if (faulty < 0) return;
  throw new InputError(
    `${what} must be numbers within ±3.4e38, which float32 holds; number ${faulty + 1} is ${values[faulty]}.`,
  );
}

function requireLearningRate(value: number): void {
  if (value >= MIN_LEARNING_RATE && value <= MAX_LEARNING_RATE) return;
  throw new InputError(
    `The learning rate must be a number from ${MIN_LEARNING_RATE} to ${MAX_LEARNING_RATE.toLocaleString('en-US')}, not ${value}; 0.05 is a usual start.`,
  );
}

function requireNetworkSettings(settings: NetworkSettings): void {
  if (settings.initializer) requireOneOf('The initializer', settings.initializer, initializerNames);
  requireWholeNumber('The seed', settings.seed, 0, MAX_SEED);
  requireLearningRate(settings.learningRate);
  const { momentum = 0, beta1 = 0, beta2 = 0, epsilon = 0, weightDecay = 0, l1 = 0 } = settings;
  for (const [what, value] of Object.entries({ momentum, beta1, beta2 })) {
    if (value >= 0 && value < 1) continue;
    throw new InputError(`The optimizer's ${what} must be a number from 0 to below 1, not ${value}.`);
  }
  for (const [what, value] of Object.entries({ epsilon, 'weight decay': weightDecay, L1: l1 })) {
    if (value >= 0 && value <= MAX_LEARNING_RATE) continue;
    throw new InputError(`The optimizer's ${what} must be a number of 0 or more, not ${value}.`);
  }
}

function requireRows({ rows }: NetworkSettings, { rowCount }: TrainingData): void {
  if (!rows) return;
  requireWholeNumber('The first row of a network', rows.first, 0, rowCount - 1);
  requireWholeNumber('The rows of a network', rows.count, 1, rowCount - rows.first);
}

function requireSchedule({ kind, every = 1, gamma = 1, warmupSteps = 0 }: ScheduleSettings): void {
  requireOneOf('The schedule', kind, scheduleNames);
  requireWholeNumber('The steps from one change of the learning rate to the next', every, 1, MAX_STEPS);
  requireWholeNumber('The steps of the warm-up', warmupSteps, 0, MAX_STEPS);
  if (gamma > 0 && gamma <= 1) return;
  throw new InputError(`The factor of the schedule must be a number above 0 and at most 1, not ${gamma}.`);
}

function requireDropout(value: number, hiddenLayerCount: number): void {
  if (!(value >= 0 && value < 1)) {
    throw new InputError(`Dropout must be a number from 0 to below 1, not ${value}; 0.2 is a usual start.`);
  }
  if (value === 0 || hiddenLayerCount > 0) return;
  throw new InputError(
    `Dropout falls on hidden layers, and this network has none for its ${value} to fall on. ` +
      'Leave dropout out, or add a hidden layer.',
  );
}

function requirePositive(what: string, value: number): void {
  if (value > 0 && Number.isFinite(value)) return;
  throw new InputError(`${what} must be a number above 0, not ${value}.`);
}

/** A loss that takes logits brings its own sigmoid or softmax. */
function requireLogits({ layers, loss }: TrainingJob): void {
  const { link, label }: Loss = losses[loss];
  const { activation, units } = layers[layers.length - 1];
  if (link === undefined) return;
  if (activation !== 'linear') {
    throw new InputError(
      `The loss ${loss} (${label}) takes logits, and brings its ${link} with it: the activation of the output layer ` +
        `must be linear, not ${activation}. Choose linear, or the loss mse.`,
    );
  }
  if (link === 'sigmoid' || units > 1) return;
  throw new InputError(
    `The loss ${loss} tells classes apart, and 1 output has none beside it. Give one output a class, or use bce.`,
  );
}

/** What a loss can be asked to come near to. */
function requireTargets({ loss }: TrainingJob, { targets }: TrainingData): void {
  const { link }: Loss = losses[loss];
  if (link === undefined) return;
  const faulty = targets.findIndex((value) => !(value >= 0 && (link === 'softmax' || value <= 1)));
  if (faulty < 0) return;
  const accepted = link === 'softmax' ? '0 or more' : 'from 0 to 1';
  throw new InputError(
    `The loss ${loss} takes targets ${accepted}, shares of a class; number ${faulty + 1} is ${targets[faulty]}. ` +
      'Use mse for other numbers.',
  );
}

function requireOneOf(what: string, value: string, accepted: readonly string[]): void {
  if (accepted.includes(value)) return;
  throw new InputError(`${what} must be one of ${accepted.join(', ')}, not "${value}".`);
}
