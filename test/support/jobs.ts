import { activationNames, type ActivationName } from '../../src/core/activations.ts';
import type { TrainingData, TrainingJob } from '../../src/core/job.ts';
import { losses } from '../../src/core/losses.ts';
import { layOutNetwork, type LayerSettings } from '../../src/core/network.ts';
import { optimizerNames, optimizers } from '../../src/core/optimizers.ts';
import { scheduleNames } from '../../src/core/schedules.ts';
import { Random } from './random.ts';

/** The notebook's OR table. */
export const orData: TrainingData = {
  rowCount: 4,
  inputCount: 2,
  inputs: Float64Array.of(0, 0, 0, 1, 1, 0, 1, 1),
  outputCount: 1,
  targets: Float64Array.of(0, 1, 1, 1),
};

/** A job with its table and a name that says what it is. */
export interface NamedJob {
  readonly name: string;
  readonly job: TrainingJob;
  readonly data: TrainingData;
}

/**
 * A random network on a random table: 1 to 4 layers, units 1 to 130 and rows 1 to 300 log-uniform, all
 * activations, biases on and off. The same seed gives the same job everywhere.
 */
export function randomJob(seed: number, steps: number): NamedJob {
  return jobOfSize(seed, steps, { mostUnits: 130 });
}

/** The same with at most 9 units a layer: every strategy takes it. */
export function smallJob(seed: number, steps: number): NamedJob {
  return jobOfSize(seed, steps, { mostUnits: 9 });
}

/** The same with any loss, optimizer, schedule and batches. */
export function variedJob(seed: number, steps: number): NamedJob {
  return jobOfSize(seed, steps, { mostUnits: 9, varies: true });
}

/** The same with a hidden layer or more, and dropout. */
export function droppingJob(seed: number, steps: number): NamedJob {
  // Some seeds draw no hidden layer: each has 50 of its own to look for one.
  const seeds = Array.from({ length: 50 }, (_, i) => 50 * seed + i);
  const drawn = seeds.find((each) => variedJob(each, steps).job.layers.length > 1) ?? seed;
  const { job, data } = variedJob(drawn, steps);
  const dropout = Math.round(new Random(drawn).uniform(5, 60)) / 100;
  return named(drawn, { job: { ...job, dropout }, data });
}

/** Jobs that every strategy takes: every other one as the notebook trains, with all rows and SGD. */
export function contractJobs(count: number): NamedJob[] {
  return Array.from({ length: count }, (_, seed) =>
    seed % 2 === 0 ? smallJob(seed, 1000) : variedJob(seed, 1000),
  );
}

function jobOfSize(
  seed: number,
  steps: number,
  { mostUnits, varies = false }: { readonly mostUnits: number; readonly varies?: boolean },
): NamedJob {
  const random = new Random(seed);
  const size = () => random.logUniformInteger(1, mostUnits);
  const layerCount = Math.floor(random.uniform(1, 5));
  const layers: LayerSettings[] = Array.from({ length: layerCount }, () => ({
    units: size(),
    activation: random.pick(activationNames),
    bias: random.uniform(0, 1) < 0.5,
  }));
  const rowCount = random.logUniformInteger(1, 300);
  const data = randomData(random, {
    rowCount,
    inputCount: size(),
    outputCount: layers[layerCount - 1].units,
  });
  const initialParameters = scaledParameters(random, data.inputCount, layers);
  const learningRate = Math.fround(random.uniform(0.01, 0.2));
  // Not mae: a fit oscillates about its kinks, where rounding decides. Drawn last, so that the rest stays.
  const loss = random.pick(['mse', 'huber'] as const);
  const networks = [{ seed, learningRate, initialParameters }];
  const job: TrainingJob = { layers, loss, optimizer: 'sgd', steps, networks };
  return named(seed, varies ? varied(random, job, data) : { job, data });
}

function named(seed: number, { job, data }: Pick<NamedJob, 'job' | 'data'>): NamedJob {
  const { layers, loss, optimizer, batchSize, schedule, dropout } = job;
  const widths = layers.map(({ units, activation, bias }) => `${units} ${activation}${bias ? ' +bias' : ''}`);
  const batches = batchSize === undefined ? '' : ` in batches of ${batchSize}`;
  const how = [loss, optimizer, schedule?.kind, dropout && `dropout ${dropout}`].filter(Boolean).join(' ');
  return {
    name: `#${seed}: ${data.rowCount} rows${batches} × ${data.inputCount} → ${widths.join(' → ')}, ${how}`,
    job,
    data,
  };
}

/** Every loss that fits, every optimizer, weight decay, schedules and minibatches. */
function varied(random: Random, job: TrainingJob, data: TrainingData): Pick<NamedJob, 'job' | 'data'> {
  const optimizer = random.pick(optimizerNames);
  const [network] = job.networks;
  // One that divides by the size of the gradients takes steps of the learning rate’s own size.
  const isRelative = optimizers[optimizer].stateCount === 2;
  const learningRate = Math.fround(
    network.learningRate * (isRelative ? 0.02 : optimizer === 'sgd' ? 1 : 0.2),
  );
  const weightDecay = random.uniform(0, 1) < 0.3 ? 0.01 : 0;
  const kind = random.pick(scheduleNames);
  const batchSize = random.uniform(0, 1) < 0.5 ? random.logUniformInteger(1, data.rowCount) : undefined;
  const loss = random.pick(data.outputCount > 1 ? lossesOfClasses : lossesOfOne);
  const isOnLogits = 'link' in losses[loss];
  const last = job.layers.length - 1;
  return {
    job: {
      ...job,
      loss,
      optimizer,
      layers: isOnLogits ? job.layers.with(last, { ...job.layers[last], activation: 'linear' }) : job.layers,
      ...(batchSize !== undefined && { batchSize, shuffle: random.uniform(0, 1) < 0.7 }),
      ...(kind !== 'constant' && { schedule: { kind, every: 100, gamma: kind === 'step' ? 0.7 : 0.998 } }),
      networks: [{ ...network, learningRate, weightDecay }],
    },
    data: loss === 'cross-entropy' ? { ...data, targets: oneClassARow(random, data) } : data,
  };
}

const lossesOfOne = ['mse', 'huber', 'bce'] as const;
const lossesOfClasses = [...lossesOfOne, 'cross-entropy'] as const;

function oneClassARow(random: Random, { rowCount, outputCount }: TrainingData): Float64Array {
  const targets = new Float64Array(rowCount * outputCount);
  for (let row = 0; row < rowCount; row++) {
    targets[row * outputCount + Math.floor(random.uniform(0, outputCount))] = 1;
  }
  return targets;
}

/** A random table; targets lie within every activation's range. */
function randomData(
  random: Random,
  { rowCount, inputCount, outputCount }: Pick<TrainingData, 'rowCount' | 'inputCount' | 'outputCount'>,
): TrainingData {
  return {
    rowCount,
    inputCount,
    outputCount,
    inputs: random.floats(rowCount * inputCount),
    targets: Float64Array.from({ length: rowCount * outputCount }, () =>
      Math.fround(random.uniform(0.1, 0.9)),
    ),
  };
}

/**
 * Parameters of a size that neither saturates nor explodes (Glorot & Bengio 2010): NumPy's [0, 1) would do
 * both in a layer 130 wide.
 */
export function scaledParameters(
  random: Random,
  inputCount: number,
  layers: readonly LayerSettings[],
): Float64Array {
  const network = layOutNetwork(inputCount, layers);
  const parameters = new Float64Array(network.parameterCount);
  for (const layer of network.layers) {
    const scale = Math.sqrt(6 / (layer.inputCount + layer.units));
    parameters.set(random.floats(layer.inputCount * layer.units, scale), layer.weightsOffset);
    if (layer.biasOffset !== undefined) parameters.set(random.floats(layer.units, 0.1), layer.biasOffset);
  }
  return parameters;
}

/** One layer after another, all of one activation. */
export function layersOf(
  widths: readonly number[],
  activation: ActivationName,
  bias = true,
): LayerSettings[] {
  return widths.map((units) => ({ units, activation, bias }));
}
