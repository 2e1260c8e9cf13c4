import { batchingOf, halfBitsFor } from '../core/batches.ts';
import type { TrainingData, TrainingJob } from '../core/job.ts';
import { losses, meanCount } from '../core/losses.ts';
import { optimizers, type Optimizer } from '../core/optimizers.ts';
import { lossSteps, rowsOf } from '../core/population.ts';
import { ratesOf, ratesVary } from '../core/rates.ts';
import type { BufferScope, GpuBuffer } from './buffers.ts';
import type { Gpu } from './device.ts';
import { ENTRIES, runEntries, stepEntry, type RatesBuffer } from './rates-table.ts';

/** Of a `PopulationNetwork` in shaders/lib/networks.wgsl, rounded up to whole vectors. */
const STRUCT_WORDS = 20;
const STRUCT_ENTRIES = STRUCT_WORDS / 4;

/** Rates of so many steps are in place at once, or of fewer where networks differ in them. */
const VARYING_STEPS = 1024;
const MOST_VARYING_ENTRIES = 2 ** 18;

/**
 * The rates of a population: what networks have of their own lies in `networks`, the schedule and the corrections of
 * each distinct pair of β₁ and β₂ in `buffer`, [steps, distinct]. A uniform holds both, the networks first.
 */
export class PopulationRates implements RatesBuffer {
  readonly buffer: GpuBuffer;
  readonly mostSteps: number;
  /** A struct `PopulationNetwork` for each. */
  readonly networks: GpuBuffer;
  readonly distinctCount: number;
  readonly #gpu: Gpu;
  readonly #job: TrainingJob;
  readonly #distinct: ReturnType<typeof ratesOf>[];
  /** Where in `buffer` the steps begin. */
  readonly #firstEntry: number;

  constructor(
    gpu: Gpu,
    scope: BufferScope,
    { job, data }: { readonly job: TrainingJob; readonly data: TrainingData },
    place: 'storage' | 'uniform',
  ) {
    this.#gpu = gpu;
    this.#job = job;
    const { distinct, places } = distinctRates(job);
    this.#distinct = distinct;
    const { length: width } = distinct;
    this.distinctCount = width;
    const { length: networkCount } = job.networks;
    this.#firstEntry = place === 'uniform' ? STRUCT_ENTRIES * networkCount : 0;
    const room = place === 'uniform' ? ENTRIES - this.#firstEntry : MOST_VARYING_ENTRIES;
    const steps = Math.min(VARYING_STEPS, Math.max(1, Math.floor(room / width)));
    const varies = ratesVary(job);
    this.mostSteps = varies ? steps : Infinity;
    if (place === 'uniform') {
      this.buffer = this.networks = scope.uniform('rates', new ArrayBuffer(16 * ENTRIES));
    } else {
      this.buffer = scope.storage('rates', [varies ? steps : 1, width, 4]);
      this.networks = scope.storage('networks', [networkCount, STRUCT_WORDS]);
    }
    gpu.device.queue.writeBuffer(this.networks.buffer, 0, packNetworks(job, data, places));
    this.#put(0, 1);
  }

  write(firstStep: number, count: number): void {
    if (this.mostSteps < Infinity) this.#put(firstStep, count);
  }

  #put(firstStep: number, count: number): void {
    const width = this.distinctCount;
    const values = new Float32Array(4 * count * width);
    for (let i = 0; i < count; i++) {
      this.#distinct.forEach((rates, k) => {
        values.set(stepEntry(rates, this.#job, firstStep + i), 4 * (i * width + k));
      });
    }
    this.#gpu.device.queue.writeBuffer(this.buffer.buffer, 16 * this.#firstEntry, values);
  }
}

/** Networks whose corrections are the same have them once. */
function distinctRates(job: TrainingJob) {
  const { correctsBias }: Optimizer = optimizers[job.optimizer];
  const byKey = new Map<string, number>();
  const distinct: ReturnType<typeof ratesOf>[] = [];
  const places = job.networks.map((network) => {
    const rates = ratesOf(job, network);
    const key = correctsBias ? `${rates.firstRate} ${rates.secondRate}` : '';
    const place = byKey.get(key) ?? distinct.push(rates) - 1;
    byKey.set(key, place);
    return place;
  });
  return { distinct, places };
}

function packNetworks(job: TrainingJob, data: TrainingData, places: readonly number[]): ArrayBuffer {
  const bytes = new ArrayBuffer(4 * STRUCT_WORDS * job.networks.length);
  const view = new DataView(bytes);
  job.networks.forEach((network, index) => {
    const { first, count } = rowsOf(network, data);
    const { batchSize, batchCount, lastBatchSize, seed } = batchingOf(job, count, network);
    const scaleOf = (rows: number) => 1 / meanCount(losses[job.loss], rows, data.outputCount);
    const { settings, penalties } = runEntries(ratesOf(job, network));
    let at = 4 * STRUCT_WORDS * index;
    const put = (values: readonly number[], type: 'Float32' | 'Uint32') => {
      for (const value of values) {
        view[`set${type}`](at, value, true);
        at += 4;
      }
    };
    put([...settings, ...penalties], 'Float32');
    put([places[index], seed, first, count], 'Uint32');
    put([scaleOf(batchSize), scaleOf(lastBatchSize)], 'Float32');
    put([batchSize, batchCount, lastBatchSize, halfBitsFor(count)], 'Uint32');
  });
  return bytes;
}

/** Networks that lie along one dimension of a dispatch at most. */
const MOST_NETWORKS = 65_535;

/** Numbers a network has in the largest buffers. */
function numbersOfNetwork(job: TrainingJob, parameterCount: number) {
  const { stateCount } = optimizers[job.optimizer];
  return { parameters: (1 + stateCount) * parameterCount, losses: lossSteps(job).length };
}

/** How many networks of a job an adapter can hold at once. */
export function mostNetworks({ device }: Gpu, job: TrainingJob, parameterCount: number): number {
  const { parameters, losses: lossNumbers } = numbersOfNetwork(job, parameterCount);
  const bytes = 4 * Math.max(parameters, lossNumbers, STRUCT_WORDS);
  return Math.min(MOST_NETWORKS, Math.floor(device.limits.maxStorageBufferBindingSize / bytes));
}

/** Why an adapter cannot hold the networks of a job at once; undefined if it can. */
export function populationRefusal(gpu: Gpu, job: TrainingJob, parameterCount: number): string | undefined {
  const { length: count } = job.networks;
  const most = mostNetworks(gpu, job, parameterCount);
  if (count === 1 || count <= most) return undefined;
  const { parameters, losses: lossNumbers } = numbersOfNetwork(job, parameterCount);
  const named = (n: number) => n.toLocaleString('en-US');
  const stride = lossNumbers > parameters ? ', or a longer stride of the losses' : '';
  return (
    `This adapter holds at most ${named(most)} networks of this job at once, with ${named(parameters)} numbers of ` +
    `parameters and ${named(lossNumbers)} losses each; the job has ${named(count)}. Use fewer at once${stride}.`
  );
}

/** Whether networks of a job see rows of their own. */
export function isSliced({ networks }: TrainingJob): boolean {
  return networks.length > 1 && networks.some(({ rows }) => rows !== undefined);
}

/**
 * Numbers of every network, [networks, count], as kernels keep them, [count, networks]: what the networks have at one
 * place lies side by side, where lanes read it together.
 */
export function interleave(values: Float64Array, networkCount: number): Float64Array {
  if (networkCount === 1) return values;
  return transposed(values, networkCount, values.length / networkCount, new Float64Array(values.length));
}

/** The way back. */
export function deinterleave(values: Float32Array, networkCount: number): Float64Array {
  if (networkCount === 1) return Float64Array.from(values);
  return transposed(values, values.length / networkCount, networkCount, new Float64Array(values.length));
}

function transposed(
  values: Float32Array | Float64Array,
  rows: number,
  columns: number,
  result: Float64Array,
): Float64Array {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      result[column * rows + row] = values[row * columns + column];
    }
  }
  return result;
}
