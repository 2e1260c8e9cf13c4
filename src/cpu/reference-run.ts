import { batchingOf, batchSizeAt, rowsOfStep, type Batching } from '../core/batches.ts';
import { dropoutOf } from '../core/dropout.ts';
import type { TrainingData, TrainingJob } from '../core/job.ts';
import { float64, type Arithmetic } from '../core/matrix.ts';
import { layOutNetwork, type Network } from '../core/network.ts';
import { optimizers, type Optimizer, type Rates } from '../core/optimizers.ts';
import { moveRates, ratesOf, ratesVary } from '../core/rates.ts';
import { Backprop, type OptimizerStates } from './backprop.ts';

/** A batch with its matrices, filled anew for every step unless it is the whole table. */
export interface Batch {
  readonly backprop: Backprop;
  /** [rows of the batch, inputCount] */
  readonly inputs: Float64Array;
  /** [rows of the batch, outputCount] */
  readonly targets: Float64Array;
}

/** The steps of one network's run on the CPU, one after the other. */
export class ReferenceRun {
  readonly network: Network;
  readonly states: OptimizerStates;
  readonly #job: TrainingJob;
  readonly #data: TrainingData;
  readonly #arithmetic: Arithmetic;
  readonly #batching: Batching;
  readonly #rates: Rates;
  readonly #ratesVary: boolean;
  /** Of a full batch, and of the last one of an epoch. */
  readonly #batch: Batch;
  readonly #lastBatch: Batch;

  /** @param parameters [parameterCount], updated in place */
  constructor(
    job: TrainingJob,
    data: TrainingData,
    readonly parameters: Float64Array,
    arithmetic: Arithmetic = float64,
  ) {
    this.#job = job;
    this.#data = data;
    this.#arithmetic = arithmetic;
    this.network = layOutNetwork(data.inputCount, job.layers);
    this.#batching = batchingOf(job, data.rowCount);
    this.#rates = ratesOf(job);
    this.#ratesVary = ratesVary(job);
    const { stateCount }: Optimizer = optimizers[job.optimizer];
    const { parameterCount } = this.network;
    this.states = {
      first: new Float64Array(stateCount > 0 ? parameterCount : 0),
      second: new Float64Array(stateCount > 1 ? parameterCount : 0),
    };
    const { batchSize, lastBatchSize } = this.#batching;
    this.#batch = this.#makeBatch(batchSize);
    this.#lastBatch = lastBatchSize === batchSize ? this.#batch : this.#makeBatch(lastBatchSize);
  }

  /** The batch of a step, through the network and to its loss at the present parameters. */
  forward(step: number): Batch {
    const batch = this.batchOf(step);
    batch.backprop.drawMasks(step);
    batch.backprop.forward();
    return batch;
  }

  /** One whole step; returns the loss of its batch before the update. */
  step(step: number): number {
    const batch = this.forward(step);
    const loss = batch.backprop.loss(this.#job.loss, batch.targets);
    this.follow(step, batch);
    return loss;
  }

  /** Backward and update, behind `forward`. */
  follow(step: number, { backprop, targets }: Batch): void {
    backprop.backward(this.#job.loss, targets);
    if (this.#ratesVary) moveRates(this.#rates, this.#job, step);
    backprop.update(this.#job, this.#rates, this.states);
  }

  /** The rows of a step. */
  batchOf(step: number): Batch {
    const { batchCount, batchSize } = this.#batching;
    if (batchCount === 1) return this.#batch;
    const batch = batchSizeAt(this.#batching, step) === batchSize ? this.#batch : this.#lastBatch;
    this.#gather(step, batch);
    return batch;
  }

  #makeBatch(rows: number): Batch {
    const { inputs, inputCount, targets, outputCount } = this.#data;
    const isWhole = this.#batching.batchCount === 1;
    const batch = {
      inputs: isWhole ? inputs : new Float64Array(rows * inputCount),
      targets: isWhole ? targets : new Float64Array(rows * outputCount),
    };
    const settings = { arithmetic: this.#arithmetic, dropout: dropoutOf(this.#job) };
    return { ...batch, backprop: new Backprop(this.network, this.parameters, batch.inputs, settings) };
  }

  #gather(step: number, batch: Batch): void {
    const { inputs, inputCount, targets, outputCount, rowCount } = this.#data;
    rowsOfStep(this.#batching, step, rowCount).forEach((row, i) => {
      batch.inputs.set(inputs.subarray(row * inputCount, (row + 1) * inputCount), i * inputCount);
      batch.targets.set(targets.subarray(row * outputCount, (row + 1) * outputCount), i * outputCount);
    });
  }
}
