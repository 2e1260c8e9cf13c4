import { countDuration } from '../core/durations.ts';
import { RefusalError } from '../core/errors.ts';
import { requireGrid, type Grid } from '../core/grid.ts';
import {
  disposedError,
  initialParameters,
  requireNetwork,
  requireNextStep,
  requireSteps,
  type Backend,
  type Trainer,
  type TrainingData,
  type TrainingJob,
  type TrainTiming,
} from '../core/job.ts';
import { validateJob } from '../core/job-rules.ts';
import { lossQuartiles } from '../core/loss-quartiles.ts';
import { float64, type Arithmetic } from '../core/matrix.ts';
import { layOutNetwork, type Network } from '../core/network.ts';
import { requireFitting, type Plan, type Snapshot } from '../core/plan.ts';
import { sliceOfAlone } from '../core/population.ts';
import { isCompensated } from '../core/precision.ts';
import type { Trace } from '../core/trace.ts';
import { float32Arithmetic } from './float32-arithmetic.ts';
import { forward, forwardGrid } from './forward.ts';
import { ReferenceRun } from './reference-run.ts';
import { traceStep } from './trace.ts';

/** How long the CPU path computes before it lets the event loop run, in milliseconds. */
const YIELD_AFTER_MS = 16;
/** The memory the CPU path takes at most, in bytes: what a browser tab can be expected to have. */
const MAX_BYTES = 2 ** 30;

/** The float64 reference as a way of training. */
export const cpuBackend: Backend = {
  name: 'cpu',

  async refusal(job, data, plan) {
    if (plan && plan.strategy !== 'reference') {
      return `The CPU path knows one strategy, reference; the plan asks for ${plan.strategy}. Use the GPU path.`;
    }
    if (job.networks.length !== 1) {
      return `The CPU path trains 1 network at a time; the job has ${job.networks.length}. Run them one by one.`;
    }
    const { parameterCount, layers } = layOutNetwork(data.inputCount, job.layers);
    const unitCount = layers.reduce((sum, layer) => sum + layer.units, 0);
    const batchSize = Math.min(job.batchSize ?? data.rowCount, data.rowCount);
    // With dropout a unit has a mask, and what is left of its activation.
    const unitNumbers = job.dropout ? 5 : 3;
    const bytes = 8 * (4 * parameterCount + unitNumbers * unitCount * batchSize + job.steps);
    if (bytes <= MAX_BYTES) return undefined;
    return (
      `The CPU path holds at most 1,024 MiB; ${parameterCount.toLocaleString('en-US')} parameters, ` +
      `batches of ${batchSize.toLocaleString('en-US')} rows and ${job.steps.toLocaleString('en-US')} steps need ` +
      `${Math.ceil(bytes / 2 ** 20).toLocaleString('en-US')} MiB. Use narrower layers, smaller batches or fewer steps.`
    );
  },

  async plan(job, data, strategy) {
    if (strategy) {
      throw new RefusalError(
        `The CPU path has no strategy ${strategy}: it computes in float64. Use the GPU path.`,
      );
    }
    validateJob(job, data);
    const refusal = await this.refusal(job, data);
    if (refusal) throw new RefusalError(refusal);
    return { plan: { strategy: 'reference' }, reason: 'float64 on the CPU, the reference.', estimates: [] };
  },

  async networksAtOnce() {
    return 1;
  },

  async createTrainer(job, data, plan) {
    validateJob(job, data);
    const refusal = await this.refusal(job, data, plan);
    if (refusal) throw new RefusalError(refusal);
    const parameters = initialParameters(job, data);
    return new CpuTrainer(job, sliceOfAlone(job, data), parameters, () => ({ arithmetic: float64 }));
  },
};

/**
 * The reference rounded to float32 after every operation, as a trainer: what it deviates from float64 is
 * what rounding alone does to this job.
 */
export function createRoundedTrainer(job: TrainingJob, data: TrainingData): Trainer {
  const parameters = initialParameters(job, data);
  const rounded = { ...data, inputs: data.inputs.map(Math.fround), targets: data.targets.map(Math.fround) };
  return new CpuTrainer(job, rounded, parameters, (values) => float32Arithmetic(values, isCompensated(job)));
}

/** How a trainer computes with its parameters, [parameterCount], which may be rounded in place. */
type MakeArithmetic = (parameters: Float64Array) => {
  readonly arithmetic: Arithmetic;
  /** What the parameters lack, where the arithmetic keeps it apart. */
  readonly lowParts?: Float64Array;
};

class CpuTrainer implements Trainer {
  readonly plan: Plan = { strategy: 'reference' };
  readonly adapter = null;
  readonly initialParameters: Float64Array;
  readonly creation: { setupMs: number; uploadMs: number };
  stepCount = 0;

  readonly #job: TrainingJob;
  readonly #data: TrainingData;
  readonly #makeArithmetic: MakeArithmetic;
  readonly #run: ReferenceRun;
  readonly #losses: Float64Array;
  readonly #lowParts: Float64Array | undefined;
  #stepsPerClockReading = 1;
  #yieldedAtMs = performance.now();
  #isDisposed = false;

  constructor(
    job: TrainingJob,
    data: TrainingData,
    parameters: Float64Array,
    makeArithmetic: MakeArithmetic,
  ) {
    const start = performance.now();
    const { arithmetic, lowParts } = makeArithmetic(parameters);
    this.initialParameters = parameters.slice();
    this.#data = data;
    this.#makeArithmetic = makeArithmetic;
    this.#lowParts = lowParts;
    this.#job = job;
    this.#run = new ReferenceRun(job, data, parameters, arithmetic);
    this.#losses = new Float64Array(job.steps);
    this.creation = { setupMs: performance.now() - start, uploadMs: 0 };
  }

  async train(steps: number, signal?: AbortSignal): Promise<TrainTiming> {
    this.#requireUndisposed();
    requireSteps(steps);
    const firstStep = this.stepCount;
    const end = Math.min(firstStep + steps, this.#job.steps);
    const start = performance.now();
    const chunkMs: number[] = [];
    while (this.stepCount < end && !signal?.aborted && !this.#isDisposed) {
      countDuration(chunkMs, this.#trainUntilTimeToYield(end));
      // Whoever trains a few steps at a time, as from look to look at the validation loss, is to yield as well.
      if (this.stepCount === end && performance.now() - this.#yieldedAtMs < YIELD_AFTER_MS) break;
      await yieldToEventLoop();
      this.#yieldedAtMs = performance.now();
    }
    const trainMs = performance.now() - start;
    return { steps: this.stepCount - firstStep, trainMs, gpuMs: null, chunkMs };
  }

  /**
   * Reading the clock costs as much as a small step, so it is read once in a stretch of steps.
   *
   * @returns the milliseconds it took
   */
  #trainUntilTimeToYield(end: number): number {
    const start = performance.now();
    let elapsedMs = 0;
    while (this.stepCount < end && elapsedMs < YIELD_AFTER_MS) {
      const stretchEnd = Math.min(this.stepCount + this.#stepsPerClockReading, end);
      while (this.stepCount < stretchEnd) this.#step();
      const stretchMs = performance.now() - start - elapsedMs;
      elapsedMs += stretchMs;
      if (stretchMs < YIELD_AFTER_MS / 8) this.#stepsPerClockReading *= 2;
      else if (stretchMs > YIELD_AFTER_MS / 2)
        this.#stepsPerClockReading = Math.ceil(this.#stepsPerClockReading / 2);
    }
    return elapsedMs;
  }

  #step(): void {
    this.#losses[this.stepCount] = this.#run.step(this.stepCount);
    this.stepCount++;
  }

  get network(): Network {
    return this.#run.network;
  }

  async losses(fromStep: number): Promise<Float64Array> {
    this.#requireUndisposed();
    return this.#losses.slice(fromStep, this.stepCount);
  }

  async lossQuartiles(fromStep: number): Promise<Float64Array> {
    return lossQuartiles(await this.losses(fromStep), 1);
  }

  async predict(inputs: Float64Array, network = 0): Promise<Float64Array> {
    this.#requireUndisposed();
    requireNetwork(network, 1);
    return forward(this.network, this.#run.parameters, inputs);
  }

  async predictGrid(grid: Grid, network = 0): Promise<Float32Array> {
    this.#requireUndisposed();
    requireNetwork(network, 1);
    requireGrid(grid, this.network.inputCount);
    // A copy: a running `train` goes on between the slices.
    return forwardGrid(this.network, this.#run.parameters.slice(), grid, yieldToEventLoop);
  }

  async parameters(): Promise<Float64Array> {
    this.#requireUndisposed();
    return this.#run.parameters.map((value, i) => value + (this.#lowParts?.[i] ?? 0));
  }

  async gradients(): Promise<Float64Array> {
    this.#requireUndisposed();
    const { backprop, targets } = this.#run.forward(this.stepCount);
    backprop.backward(this.#job.loss, targets);
    return backprop.gradients.slice();
  }

  async trace(network = 0): Promise<Trace> {
    this.#requireUndisposed();
    requireNetwork(network, 1);
    requireNextStep(this.stepCount, this.#job);
    // A run of its own: it takes the step, and this one stays where it is.
    const parameters = this.#run.parameters.slice();
    const { arithmetic, lowParts } = this.#makeArithmetic(parameters);
    if (this.#lowParts) lowParts?.set(this.#lowParts);
    const run = new ReferenceRun(this.#job, this.#data, parameters, arithmetic);
    run.states.first.set(this.#run.states.first);
    run.states.second.set(this.#run.states.second);
    return traceStep(this.#job, this.#data, this.stepCount, { run, arithmetic, lowParts });
  }

  async snapshot(): Promise<Snapshot> {
    this.#requireUndisposed();
    const { parameters, states } = this.#run;
    const lowParts = this.#lowParts?.slice() ?? new Float64Array(parameters.length);
    const optimizerState = new Float64Array(states.first.length + states.second.length);
    optimizerState.set(states.first);
    optimizerState.set(states.second, states.first.length);
    const { plan, stepCount: step } = this;
    return { plan, step, steps: this.#job.steps, parameters: parameters.slice(), lowParts, optimizerState };
  }

  restore(snapshot: Snapshot): void {
    this.#requireUndisposed();
    requireFitting(snapshot, this.network.parameterCount, this.#job);
    const whole = snapshot.parameters.map((value, i) => value + snapshot.lowParts[i]);
    const { parameters, states } = this.#run;
    parameters.set(this.#lowParts ? snapshot.parameters : whole);
    states.first.set(snapshot.optimizerState.subarray(0, states.first.length));
    states.second.set(snapshot.optimizerState.subarray(states.first.length));
    this.#lowParts?.set(snapshot.lowParts);
    this.stepCount = snapshot.step;
  }

  /** Ends a running `train`; memory is the garbage collector's to free. */
  dispose(): void {
    this.#isDisposed = true;
  }

  #requireUndisposed(): void {
    if (this.#isDisposed) throw disposedError();
  }
}

/** A macrotask, so that messages and timers get their turn; a timer would wait 4 ms more in a browser. */
function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
