import { RefusalError } from '../core/errors.ts';
import {
  initialParameters,
  validateJob,
  type Adapter,
  type Backend,
  type Plan,
  type Trainer,
  type TrainingData,
  type TrainingJob,
  type TrainTiming,
} from '../core/job.ts';
import { layOutNetwork, type Network } from '../core/network.ts';
import { withinMemory, type BufferScope, type GpuBuffer } from './buffers.ts';
import { openGpu, type Gpu } from './device.ts';
import { GpuClock } from './gpu-clock.ts';
import { encode, MAX_GRID_ROWS, type Dispatch } from './kernels.ts';
import {
  createBackwardPass,
  createForwardPass,
  createMeanLoss,
  createOptimizerStep,
  type BackwardPass,
  type ForwardPass,
  type PassContext,
} from './layered-network.ts';
import { unmeasuredVariant } from './layered-variant.ts';
import { readFloats } from './readback.ts';

/** What one submit should keep the device busy for: long enough to hide the submit, short enough to stop. */
const CHUNK_MS = 16;
/** Steps of the first submit, before it is known how long one takes. */
const FIRST_CHUNK_STEPS = 1;
/** Encoding more than this many steps into one command buffer gains nothing and holds memory. */
const MOST_CHUNK_STEPS = 500;
/** Predicting is done this many rows at a time, so that a table of any length fits. */
const ROWS_A_PREDICTION = 65_536;
/** Submits on their way at once: the device never waits for the host, a pause never waits long. */
const SUBMITS_IN_FLIGHT = 2;

/** Kernel by kernel on the GPU: any size, and what a reader should read first. */
export const gpuBackend: Backend = {
  name: 'gpu',

  async refusal(job, data) {
    if (job.networks.length !== 1) {
      return `The GPU path trains 1 network at a time; the job has ${job.networks.length}. Run them one by one.`;
    }
    const { device } = await openGpu();
    for (const [what, count] of [
      ['rows', data.rowCount],
      ['inputs', data.inputCount],
    ] as const) {
      if (count <= MAX_GRID_ROWS) continue;
      const most = `${MAX_GRID_ROWS.toLocaleString('en-US')} ${what}`;
      const given = count.toLocaleString('en-US');
      return `The GPU path takes at most ${most}; the table has ${given}. Use fewer, or the CPU path.`;
    }
    const { size, what, remedy } = largestBuffer(layOutNetwork(data.inputCount, job.layers), job, data);
    const limit = device.limits.maxStorageBufferBindingSize;
    if (size <= limit) return undefined;
    return (
      `This adapter binds at most ${limit.toLocaleString('en-US')} bytes in one buffer; ` +
      `${what} need ${size.toLocaleString('en-US')}. Use ${remedy}, or the CPU path.`
    );
  },

  async createTrainer(job, data) {
    validateJob(job, data);
    const gpu = await openGpu();
    const refusal = await this.refusal(job, data);
    if (refusal) throw new RefusalError(refusal);
    return withinMemory(gpu, (scope) => LayeredTrainer.create(gpu, scope, job, data));
  },
};

function largestBuffer(network: Network, job: TrainingJob, data: TrainingData) {
  const widest = Math.max(network.inputCount, ...network.layers.map(({ units }) => units));
  const sizes = [
    {
      what: `${network.parameterCount.toLocaleString('en-US')} parameters`,
      size: 4 * network.parameterCount,
      remedy: 'narrower layers',
    },
    {
      what: `${data.rowCount.toLocaleString('en-US')} rows of a layer ${widest.toLocaleString('en-US')} wide`,
      size: 4 * data.rowCount * widest,
      remedy: 'fewer rows or narrower layers',
    },
    {
      what: `the losses of ${job.steps.toLocaleString('en-US')} steps`,
      size: 4 * job.steps,
      remedy: 'fewer steps',
    },
  ];
  return sizes.reduce((largest, entry) => (entry.size > largest.size ? entry : largest));
}

/** Everything that stays on the device for the life of a trainer. */
interface Resident {
  readonly context: PassContext;
  readonly initialParameters: Float64Array;
  readonly lowParts: GpuBuffer;
  readonly losses: GpuBuffer;
  readonly forward: ForwardPass;
  readonly backward: BackwardPass;
  readonly meanLoss: Dispatch;
  readonly optimizerStep: Dispatch;
}

class LayeredTrainer implements Trainer {
  readonly plan: Plan = { strategy: 'layered' };
  readonly network: Network;
  readonly adapter: Adapter;
  readonly initialParameters: Float64Array;
  stepCount = 0;

  readonly #gpu: Gpu;
  readonly #job: TrainingJob;
  readonly #resident: Resident;
  readonly #clock: GpuClock | undefined;
  #chunkSteps = FIRST_CHUNK_STEPS;
  #isTimed = false;
  #isDisposed = false;

  private constructor(
    gpu: Gpu,
    job: TrainingJob,
    resident: Resident,
    readonly creation: { setupMs: number; uploadMs: number },
  ) {
    this.#gpu = gpu;
    this.#job = job;
    this.#resident = resident;
    this.#clock = GpuClock.on(gpu);
    this.network = resident.context.network;
    this.adapter = gpu.adapter;
    this.initialParameters = resident.initialParameters;
  }

  static async create(
    gpu: Gpu,
    scope: BufferScope,
    job: TrainingJob,
    data: TrainingData,
  ): Promise<LayeredTrainer> {
    const network = layOutNetwork(data.inputCount, job.layers);
    const { parameterCount, outputCount } = network;
    const { rowCount, inputCount } = data;
    const initial = initialParameters(job, data);

    const start = performance.now();
    const parameters = scope.upload('parameters', [parameterCount], initial);
    const roundedAway = initial.map((value) => value - Math.fround(value));
    const lowParts = scope.upload('lowParts', [parameterCount], roundedAway);
    const inputs = scope.upload('inputs', [rowCount, inputCount], data.inputs);
    const targets = scope.upload('targets', [rowCount, outputCount], data.targets);
    await gpu.untilLost(gpu.device.queue.onSubmittedWorkDone());
    const uploadMs = performance.now() - start;

    const variant = unmeasuredVariant(gpu, network);
    const context = { gpu, scope, network, rowCount, parameters, variant };
    const losses = scope.storage('losses', [job.steps]);
    const forward = await createForwardPass(context, inputs);
    const backward = await createBackwardPass(context, forward, targets, job);
    const meanLoss = await createMeanLoss(context, backward.rowLosses, losses);
    const optimizerStep = await createOptimizerStep(context, backward.gradients, lowParts, job);
    const resident = {
      context,
      initialParameters: initial,
      lowParts,
      losses,
      forward,
      backward,
      meanLoss,
      optimizerStep,
    };
    return new LayeredTrainer(gpu, job, resident, {
      setupMs: performance.now() - start - uploadMs,
      uploadMs,
    });
  }

  async train(steps: number, signal?: AbortSignal): Promise<TrainTiming> {
    this.#requireUndisposed();
    const firstStep = this.stepCount;
    const end = Math.min(firstStep + steps, this.#job.steps);
    const start = performance.now();
    const inFlight: Promise<void>[] = [];
    while (this.stepCount < end && !signal?.aborted && !this.#isDisposed) {
      const submitted = this.#submitSteps(Math.min(this.#chunkSteps, end - this.stepCount));
      // Awaited below; the first to fail ends the loop, and the others must not count as unhandled.
      submitted.catch(() => {});
      inFlight.push(submitted);
      // Until it is known how long a step takes, a second submit could make a pause wait for minutes.
      if (inFlight.length >= (this.#isTimed ? SUBMITS_IN_FLIGHT : 1)) await inFlight.shift();
    }
    await Promise.all(inFlight);
    const trainMs = performance.now() - start;
    if (this.#isDisposed) return { steps: this.stepCount - firstStep, trainMs, gpuMs: null };
    const gpuMs = (await this.#clock?.elapsedMs()) ?? null;
    return { steps: this.stepCount - firstStep, trainMs, gpuMs };
  }

  /** The step loop: `count` whole steps in one submit, nothing created, nothing read back. */
  async #submitSteps(count: number): Promise<void> {
    const { device } = this.#gpu;
    const encoder = device.createCommandEncoder({ label: `${count} steps` });
    const timing = this.#clock && { timestampWrites: this.#clock.timestampWrites() };
    const pass = encoder.beginComputePass({ label: 'training', ...timing });
    for (let step = 0; step < count; step++) this.#encodeStep(pass);
    pass.end();

    const start = performance.now();
    device.queue.submit([encoder.finish()]);
    this.stepCount += count;
    await this.#gpu.untilLost(device.queue.onSubmittedWorkDone());
    this.#adaptChunk(count, performance.now() - start);
  }

  /** One step: forward, loss, backward, update. */
  #encodeStep(pass: GPUComputePassEncoder): void {
    const { forward, backward, meanLoss, optimizerStep } = this.#resident;
    for (const layer of forward.dispatches) encode(pass, layer); // ŷ = x · v, g = f(ŷ), …
    encode(pass, backward.outputGradient); // dE/dy
    encode(pass, meanLoss); // E
    for (const gradient of backward.dispatches) encode(pass, gradient); // dE/dw, dE/dŷ, dE/dv
    encode(pass, optimizerStep); // w −= learning rate · dE/dw
  }

  /** Chunk length never changes a value, only how often the host looks up. */
  #adaptChunk(steps: number, elapsedMs: number): void {
    // A chunk waits for the one before it, so its share of the time is at most what was measured.
    const stepsInTime = Math.floor((steps * CHUNK_MS * SUBMITS_IN_FLIGHT) / Math.max(elapsedMs, 0.1));
    const grown = Math.min(stepsInTime, 2 * this.#chunkSteps, MOST_CHUNK_STEPS);
    this.#chunkSteps = Math.max(1, grown);
    this.#isTimed = true;
  }

  async losses(fromStep: number): Promise<Float64Array> {
    this.#requireUndisposed();
    const count = Math.max(0, this.stepCount - fromStep);
    return Float64Array.from(await readFloats(this.#gpu, this.#resident.losses, fromStep, count));
  }

  async predict(inputs: Float64Array): Promise<Float64Array> {
    this.#requireUndisposed();
    const { inputCount, outputCount } = this.network;
    const rowCount = inputs.length / inputCount;
    const predictions = new Float64Array(rowCount * outputCount);
    const widest = Math.max(inputCount, ...this.network.layers.map(({ units }) => units));
    const mostAtOnce = Math.floor(this.#gpu.device.limits.maxStorageBufferBindingSize / 4 / widest);
    const atOnce = Math.min(ROWS_A_PREDICTION, mostAtOnce);
    for (let row = 0; row < rowCount; row += atOnce) {
      const end = Math.min(row + atOnce, rowCount);
      const some = await this.#predictRows(inputs.subarray(row * inputCount, end * inputCount), end - row);
      predictions.set(some, row * outputCount);
    }
    return predictions;
  }

  #predictRows(inputs: Float64Array, rowCount: number): Promise<Float32Array> {
    const { inputCount, outputCount } = this.network;
    return withinMemory(this.#gpu, async (scope) => {
      const context = { ...this.#resident.context, scope, rowCount };
      const uploaded = scope.upload('inputs', [rowCount, inputCount], inputs);
      const forward = await createForwardPass(context, uploaded);
      this.#submit(forward.dispatches);
      const predictions = await readFloats(this.#gpu, forward.predictions, 0, rowCount * outputCount);
      scope.dispose();
      return predictions;
    });
  }

  async parameters(): Promise<Float64Array> {
    this.#requireUndisposed();
    const { parameterCount } = this.network;
    const { context, lowParts } = this.#resident;
    const [values, low] = await Promise.all([
      readFloats(this.#gpu, context.parameters, 0, parameterCount),
      readFloats(this.#gpu, lowParts, 0, parameterCount),
    ]);
    return Float64Array.from(values, (value, i) => value + low[i]);
  }

  async gradients(): Promise<Float64Array> {
    this.#requireUndisposed();
    const { forward, backward } = this.#resident;
    this.#submit([...forward.dispatches, backward.outputGradient, ...backward.dispatches]);
    const gradients = await readFloats(this.#gpu, backward.gradients, 0, this.network.parameterCount);
    return Float64Array.from(gradients);
  }

  dispose(): void {
    // A running `train` sees this before its next submit; what is on its way may use its buffers to the end.
    this.#isDisposed = true;
    this.#resident.context.scope.dispose();
    this.#clock?.dispose();
  }

  #requireUndisposed(): void {
    if (this.#isDisposed) throw new Error('This trainer was disposed of; make a new one.');
  }

  #submit(dispatches: readonly Dispatch[]): void {
    const encoder = this.#gpu.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (const dispatch of dispatches) encode(pass, dispatch);
    pass.end();
    this.#gpu.device.queue.submit([encoder.finish()]);
  }
}
