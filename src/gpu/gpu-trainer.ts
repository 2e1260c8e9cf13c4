import { batchingOf } from '../core/batches.ts';
import { countDuration } from '../core/durations.ts';
import { requireGrid, type Grid } from '../core/grid.ts';
import type { Adapter, Trainer, TrainingData, TrainingJob, TrainTiming } from '../core/job.ts';
import {
  disposedError,
  initialParameters,
  requireNetwork,
  requireNextStep,
  requireSteps,
} from '../core/job.ts';
import { lossQuartiles } from '../core/loss-quartiles.ts';
import { layOutNetwork, type Network } from '../core/network.ts';
import { optimizers } from '../core/optimizers.ts';
import { requireFitting, type Plan, type Snapshot } from '../core/plan.ts';
import { isCompensated } from '../core/precision.ts';
import { lossCount, lossesBefore, snapshotOf } from '../core/population.ts';
import type { Trace } from '../core/trace.ts';
import { withinMemory, type BufferScope, type GpuBuffer } from './buffers.ts';
import { Chunks } from './chunks.ts';
import type { Gpu } from './device.ts';
import { GpuClock } from './gpu-clock.ts';
import { GridPasses } from './grid-passes.ts';
import { createForwardPass } from './layered-network.ts';
import { traceStep } from './layered-trace.ts';
import { DeviceQuartiles } from './loss-quartiles.ts';
import { deinterleave, interleave } from './population.ts';
import { readFloats } from './readback.ts';
import type { Resident, Stepping } from './stepping.ts';
import { createRates, createStepping, interleavedCount, matmulOf } from './strategies.ts';
import { submit } from './submit.ts';

/** Predicting is done this many rows at a time, so that a table of any length fits. */
const ROWS_A_PREDICTION = 65_536;
/** Submits on their way at once: the device never waits for the host, a pause never waits long. */
const SUBMITS_IN_FLIGHT = 2;
/** The losses of fewer networks come to the host as they are, a few bytes a step: another dispatch takes longer. */
const LEAST_ON_DEVICE = 64;

/** Makes a trainer of any strategy. */
export function createGpuTrainer(
  gpu: Gpu,
  job: TrainingJob,
  data: TrainingData,
  plan: Plan,
): Promise<Trainer> {
  return withinMemory(gpu, async (scope) => {
    const start = performance.now();
    const matmul = matmulOf(gpu, job, data, plan);
    const resident = { ...upload(gpu, scope, plan, { job, data }), matmul };
    await gpu.untilLost(gpu.device.queue.onSubmittedWorkDone());
    const uploadMs = performance.now() - start;
    const stepping = await createStepping(plan)(resident);
    const setupMs = performance.now() - start - uploadMs;
    return new GpuTrainer(resident, stepping, { setupMs, uploadMs });
  });
}

function upload(
  gpu: Gpu,
  scope: BufferScope,
  plan: Plan,
  { job, data }: { readonly job: TrainingJob; readonly data: TrainingData },
): Omit<Resident, 'matmul'> {
  const network = layOutNetwork(data.inputCount, job.layers);
  const { parameterCount, inputCount, outputCount } = network;
  const { rowCount } = data;
  const { length: networkCount } = job.networks;
  const initial = new Float64Array(networkCount * parameterCount);
  job.networks.forEach((settings, i) =>
    initial.set(initialParameters(job, data, settings), i * parameterCount),
  );
  const sideBySide = interleavedCount(plan, job);
  const values = interleave(initial, sideBySide);
  const { stateCount } = optimizers[job.optimizer];
  return {
    gpu,
    scope,
    network,
    rowCount,
    job,
    data,
    initialParameters: initial,
    interleavedCount: sideBySide,
    parameters: scope.upload('parameters', [networkCount / sideBySide, parameterCount, sideBySide], values),
    state: uploadState(scope, lowPartsOf(job, { parameters: values }), 1 + stateCount),
    rates: createRates(gpu, scope, plan, { job, data }),
    batching: batchingOf(job, rowCount),
    inputs: scope.upload('inputs', [rowCount, inputCount], data.inputs),
    targets: scope.upload('targets', [rowCount, outputCount], data.targets),
    losses: scope.storage('losses', [lossCount(job), networkCount]),
  };
}

/** The low parts; zeros for the rest, which is the optimizer's. */
function uploadState(scope: BufferScope, lowParts: Float64Array, sections: number) {
  const state = new Float64Array(sections * lowParts.length);
  state.set(lowParts);
  return scope.upload('state', [sections, lowParts.length], state);
}

/** What float32 cannot hold of parameters, and what was kept of them before; zeros where that is not kept. */
function lowPartsOf(
  job: TrainingJob,
  { parameters, lowParts }: { readonly parameters: Float64Array; readonly lowParts?: Float64Array },
): Float64Array {
  if (!isCompensated(job)) return new Float64Array(parameters.length);
  return parameters.map((value, i) => value - Math.fround(value) + (lowParts?.[i] ?? 0));
}

/** What all strategies share: the loop over submits, and everything that can be asked of a trainer. */
class GpuTrainer implements Trainer {
  readonly plan: Plan;
  readonly network: Network;
  readonly adapter: Adapter;
  readonly initialParameters: Float64Array;
  stepCount = 0;

  readonly #gpu: Gpu;
  readonly #resident: Resident;
  readonly #stepping: Stepping;
  readonly #clock: GpuClock | undefined;
  readonly #chunks: Chunks;
  #quartiles: Promise<DeviceQuartiles> | undefined;
  #grids: GridPasses | undefined;
  #isDisposed = false;

  constructor(
    resident: Resident,
    stepping: Stepping,
    readonly creation: { setupMs: number; uploadMs: number },
  ) {
    this.#gpu = resident.gpu;
    this.#resident = resident;
    this.#stepping = stepping;
    this.#clock = GpuClock.on(resident.gpu);
    this.#chunks = new Chunks(resident, stepping);
    this.plan = stepping.plan;
    this.network = resident.network;
    this.adapter = resident.gpu.adapter;
    this.initialParameters = resident.initialParameters;
  }

  async train(steps: number, signal?: AbortSignal): Promise<TrainTiming> {
    this.#requireUndisposed();
    requireSteps(steps);
    const firstStep = this.stepCount;
    const end = Math.min(firstStep + steps, this.#resident.job.steps);
    const start = performance.now();
    const chunkMs: number[] = [];
    const inFlight: Promise<void>[] = [];
    while (this.stepCount < end && !signal?.aborted && !this.#isDisposed) {
      const count = Math.min(this.#chunks.steps, end - this.stepCount);
      const isLast = this.stepCount + count === end;
      const submitted = this.#submitSteps(count, isLast).then((ms) => countDuration(chunkMs, ms));
      // Awaited below; the first to fail ends the loop, and the others must not count as unhandled.
      submitted.catch(() => {});
      inFlight.push(submitted);
      // Until it is known how long a step takes, a second submit could make a pause wait for minutes.
      if (inFlight.length >= (this.#chunks.isTimed ? SUBMITS_IN_FLIGHT : 1)) await inFlight.shift();
    }
    const isComplete = this.stepCount === end && inFlight.length > 0;
    // Asked for together with the end of the work: both answers come at once.
    const elapsed = isComplete ? this.#clock?.elapsedMs() : undefined;
    elapsed?.catch(() => {});
    await Promise.all(inFlight);
    const trainMs = performance.now() - start;
    this.#chunks.stretchFinished(this.stepCount - firstStep, trainMs);
    const gpuMs = this.#isDisposed ? null : await this.#gpuMs(elapsed);
    return { steps: this.stepCount - firstStep, trainMs, gpuMs, chunkMs };
  }

  /** Null without a clock, and if the trainer is disposed of meanwhile. */
  async #gpuMs(elapsed = this.#clock?.elapsedMs()): Promise<number | null> {
    try {
      return (await elapsed) ?? null;
    } catch (error) {
      if (this.#isDisposed) return null;
      throw error;
    }
  }

  /** `count` whole steps in one submit; returns how long the device was busy with them, in milliseconds. */
  async #submitSteps(count: number, isLast: boolean): Promise<number> {
    const { device } = this.#gpu;
    const encoder = device.createCommandEncoder({ label: `${count} steps` });
    const timing = this.#clock && { timestampWrites: this.#clock.timestampWrites() };
    const pass = encoder.beginComputePass({ label: 'training', ...timing });
    this.#resident.rates.write(this.stepCount, count);
    this.#stepping.encodeSteps(pass, this.stepCount, count);
    pass.end();
    if (isLast) this.#clock?.encodeReadout(encoder);

    const submittedAt = performance.now();
    device.queue.submit([encoder.finish()]);
    this.stepCount += count;
    await this.#gpu.untilLost(device.queue.onSubmittedWorkDone());
    return this.#chunks.finished(count, submittedAt);
  }

  async losses(fromStep: number): Promise<Float64Array> {
    this.#requireUndisposed();
    const { job, losses } = this.#resident;
    const { first, count } = this.#keptLosses(fromStep);
    const { length: width } = job.networks;
    return Float64Array.from(await readFloats(this.#gpu, losses, first * width, count * width));
  }

  async lossQuartiles(fromStep: number): Promise<Float64Array> {
    this.#requireUndisposed();
    const { length: networkCount } = this.#resident.job.networks;
    if (networkCount < LEAST_ON_DEVICE) return lossQuartiles(await this.losses(fromStep), networkCount);
    this.#quartiles ??= DeviceQuartiles.create(this.#resident).catch((error: unknown) => {
      this.#quartiles = undefined;
      throw error;
    });
    const quartiles = await this.#unlessDisposed(this.#quartiles);
    const { first, count } = this.#keptLosses(fromStep);
    return quartiles.read(first, count);
  }

  /** Where the losses from a step on begin, and how many there are of a network. */
  #keptLosses(fromStep: number): { readonly first: number; readonly count: number } {
    const { job } = this.#resident;
    const first = lossesBefore(job, fromStep);
    return { first, count: Math.max(0, lossesBefore(job, this.stepCount) - first) };
  }

  async predict(inputs: Float64Array, network = 0): Promise<Float64Array> {
    this.#requireUndisposed();
    const { job } = this.#resident;
    requireNetwork(network, job.networks.length);
    // Kernels that predict look for the parameters of one network in one place.
    const own = job.networks.length > 1 ? await this.#parametersOf(network) : undefined;
    const { inputCount, outputCount } = this.network;
    const rowCount = inputs.length / inputCount;
    const predictions = new Float64Array(rowCount * outputCount);
    const widest = Math.max(inputCount, ...this.network.layers.map(({ units }) => units));
    const mostAtOnce = Math.floor(this.#gpu.device.limits.maxStorageBufferBindingSize / 4 / widest);
    const atOnce = Math.min(ROWS_A_PREDICTION, mostAtOnce);
    for (let row = 0; row < rowCount; row += atOnce) {
      const end = Math.min(row + atOnce, rowCount);
      const some = await this.#predictRows(inputs.subarray(row * inputCount, end * inputCount), own);
      predictions.set(some, row * outputCount);
    }
    return predictions;
  }

  async predictGrid(grid: Grid, network = 0): Promise<Float32Array> {
    this.#requireUndisposed();
    const { scope, job } = this.#resident;
    const { length: networkCount } = job.networks;
    requireNetwork(network, networkCount);
    requireGrid(grid, this.network.inputCount);
    const own = networkCount > 1 ? await this.#unlessDisposed(this.#parametersOf(network)) : undefined;
    if (!this.#grids) {
      const context = own
        ? { ...this.#resident, parameters: scope.storage('own parameters', [this.network.parameterCount]) }
        : this.#resident;
      this.#grids = new GridPasses(context, () => this.#chunks.elseFinished());
    }
    return this.#grids.predict(grid, own);
  }

  /** Of one network, as the kernels train with: without the low parts. [parameterCount] */
  async #parametersOf(network: number): Promise<Float64Array> {
    return snapshotOf(await this.snapshot(), network, this.#resident.job.networks.length).parameters;
  }

  #predictRows(inputs: Float64Array, own: Float64Array | undefined): Promise<Float32Array> {
    const { inputCount, outputCount, parameterCount } = this.network;
    const rowCount = inputs.length / inputCount;
    return withinMemory(this.#gpu, async (scope) => {
      const parameters = own ? scope.upload('parameters', [parameterCount], own) : this.#resident.parameters;
      const context = { ...this.#resident, parameters, scope, rowCount };
      const uploaded = scope.upload('inputs', [rowCount, inputCount], inputs);
      const forward = await this.#unlessDisposed(createForwardPass(context, uploaded));
      submit(this.#gpu, forward.dispatches);
      const predictions = await readFloats(this.#gpu, forward.predictions, 0, rowCount * outputCount);
      scope.dispose();
      return predictions;
    });
  }

  async parameters(): Promise<Float64Array> {
    const { parameters, lowParts } = await this.snapshot();
    return parameters.map((value, i) => value + lowParts[i]);
  }

  async gradients(): Promise<Float64Array> {
    this.#requireUndisposed();
    const { dispatches, gradients } = await this.#unlessDisposed(this.#stepping.gradients(this.stepCount));
    submit(this.#gpu, dispatches);
    const { job, interleavedCount: sideBySide } = this.#resident;
    const count = job.networks.length * this.network.parameterCount;
    return deinterleave(await readFloats(this.#gpu, gradients, 0, count), sideBySide);
  }

  async trace(network = 0): Promise<Trace> {
    this.#requireUndisposed();
    const { job } = this.#resident;
    requireNetwork(network, job.networks.length);
    requireNextStep(this.stepCount, job);
    const tracing = this.snapshot().then((snapshot) => traceStep(this.#resident, snapshot, network));
    return this.#unlessDisposed(tracing);
  }

  async snapshot(): Promise<Snapshot> {
    this.#requireUndisposed();
    const { parameters, state, job, interleavedCount: sideBySide } = this.#resident;
    const { plan, stepCount: step } = this;
    const sectionLength = job.networks.length * this.network.parameterCount;
    // Both copies are submitted before anything else can be.
    const [values, kept] = await Promise.all([
      readFloats(this.#gpu, parameters, 0, sectionLength),
      readFloats(this.#gpu, state, 0, state.shape[0] * sectionLength),
    ]);
    return {
      plan,
      step,
      steps: job.steps,
      parameters: deinterleave(values, sideBySide),
      lowParts: deinterleave(kept.subarray(0, sectionLength), sideBySide),
      optimizerState: deinterleave(kept.subarray(sectionLength), sideBySide),
    };
  }

  restore(snapshot: Snapshot): void {
    this.#requireUndisposed();
    const { parameters, state, job, interleavedCount: sideBySide } = this.#resident;
    requireFitting(snapshot, this.network.parameterCount, job);
    const { queue } = this.#gpu.device;
    const write = ({ buffer }: GpuBuffer, offset: number, values: Float64Array) =>
      queue.writeBuffer(buffer, 4 * offset, Float32Array.from(interleave(values, sideBySide)));
    write(parameters, 0, snapshot.parameters);
    // Of a float64 parameter the low part is what float32 cannot hold; a float32 one loses nothing here.
    const low = lowPartsOf(job, snapshot);
    write(state, 0, low);
    write(state, low.length, snapshot.optimizerState);
    this.stepCount = snapshot.step;
    this.#stepping.moveTo(snapshot.step);
  }

  dispose(): void {
    // A running `train` sees this before its next submit; what is on its way may use its buffers to the end.
    this.#isDisposed = true;
    this.#grids?.dispose();
    this.#resident.scope.dispose();
    this.#clock?.dispose();
  }

  /** `work`, behind which this trainer's buffers are still there. */
  async #unlessDisposed<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } finally {
      this.#requireUndisposed();
    }
  }

  #requireUndisposed(): void {
    if (this.#isDisposed) throw disposedError();
  }
}
