import {
  blockUntilReady,
  defaultDevice,
  init,
  jit,
  nn,
  numpy as np,
  tree,
  valueAndGrad,
  vmap,
} from '@jax-js/jax';
import { layOutNetwork, type Network } from '../../../src/core/network.ts';
import type { BenchJob } from '../jobs.ts';
import type { Run, System } from './system.ts';

/** `bias` is empty where the layer has none. A type and not an interface: jax-js asks for that. */
type LayerParameters = { weights: np.Array; bias: np.Array[] };
type TrainSteps = (
  parameters: LayerParameters[],
  inputs: np.Array,
  targets: np.Array,
  learningRate?: np.Array,
) => [LayerParameters[], np.Array];

/** Calls on their way at once; jax-js asks its users not to queue up too many. */
const CALLS_IN_FLIGHT = 64;

/**
 * jax-js, variants `DEVICE-COUNT`: `webgpu-10` is ten steps in one `jit`; `vmap-10` is that for all networks of a
 * population at once, on WebGPU. Arrays are counted by hand: what is passed is given away, and `.ref` keeps it.
 */
export function createSystem(variant: string): System {
  const [way, count] = variant.split('-') as ['webgpu' | 'wasm' | 'vmap', string];
  const device = way === 'vmap' ? 'webgpu' : way;
  const stepsPerCall = Number(count);
  // Compiled for a job's shapes by the first call, and kept.
  const compiled = new Map<string, TrainSteps>();
  return {
    async open(job) {
      const devices = await init(device);
      if (!devices.includes(device)) {
        throw new Error(
          `jax-js does not start ${device} here; it offers ${devices.join(', ') || 'nothing'}.`,
        );
      }
      defaultDevice(device);
      const trainSteps =
        compiled.get(job.name) ??
        jit(
          way === 'vmap'
            ? unrolledForAll(stepsPerCall)
            : unrolled(stepsPerCall, job.job.networks[0].learningRate),
        );
      compiled.set(job.name, trainSteps);
      return createRun(job, trainSteps, {
        callCount: job.job.steps / stepsPerCall,
        isPopulation: way === 'vmap',
      });
    },
  };
}

function createRun(
  { job, data, initialParameters }: BenchJob,
  trainSteps: TrainSteps,
  { callCount, isPopulation }: { callCount: number; isPopulation: boolean },
): Run {
  const network = layOutNetwork(data.inputCount, job.layers);
  const networkCount = isPopulation ? job.networks.length : undefined;
  let parameters = createParameters(network, Float32Array.from(initialParameters), networkCount);
  const inputs = matrix(data.inputs, data.rowCount, data.inputCount);
  const targets = matrix(data.targets, data.rowCount, data.outputCount);
  const learningRates = isPopulation
    ? [np.array(Float32Array.from(job.networks, ({ learningRate }) => learningRate))]
    : [];
  return {
    async train() {
      let losses: np.Array | undefined;
      for (let call = 0; call < callCount; call++) {
        losses?.dispose();
        [parameters, losses] = trainSteps(
          parameters,
          inputs.ref,
          targets.ref,
          ...learningRates.map(({ ref }) => ref),
        );
        if (call % CALLS_IN_FLIGHT === CALLS_IN_FLIGHT - 1) await blockUntilReady(parameters);
      }
      await blockUntilReady(parameters);
      return losses ? losses.data() : [NaN];
    },
    async parameters() {
      const flat = new Float32Array(initialParameters.length);
      let offset = 0;
      for (const leaf of parameters.flatMap(({ weights, bias }) => [weights, ...bias])) {
        const values = (await leaf.ref.data()) as Float32Array;
        const count = values.length / (networkCount ?? 1);
        for (
          let start = 0, to = offset;
          start < values.length;
          start += count, to += network.parameterCount
        ) {
          flat.set(values.subarray(start, start + count), to);
        }
        offset += count;
      }
      return flat;
    },
    dispose() {
      tree.dispose(parameters);
      for (const array of [inputs, targets, ...learningRates]) array.dispose();
    },
  };
}

/** `unrolled` for all networks at once: parameters and learning rates of each, the rows of all. */
function unrolledForAll(stepCount: number): TrainSteps {
  return vmap(unrolled(stepCount), [0, null, null, 0]);
}

/**
 * `stepCount` steps in one function: each the value and the gradient of the loss, and the update.
 *
 * @param constantRate the learning rate where it is compiled in; passed on every call if left out
 */
function unrolled(stepCount: number, constantRate?: number): TrainSteps {
  return (parameters, inputs, targets, learningRate) => {
    let updated = parameters;
    let loss: np.Array | undefined;
    for (let step = 0; step < stepCount; step++) {
      loss?.dispose();
      const [value, gradients] = valueAndGrad(lossOf)(tree.ref(updated), inputs.ref, targets.ref);
      loss = value;
      updated = tree.map(
        (parameter: np.Array, gradient: np.Array) =>
          parameter.sub(gradient.mul(constantRate ?? (learningRate as np.Array).ref)),
        updated,
        gradients,
      );
    }
    inputs.dispose();
    targets.dispose();
    learningRate?.dispose();
    return [updated, loss as np.Array];
  };
}

function lossOf(parameters: LayerParameters[], inputs: np.Array, targets: np.Array): np.Array {
  let activations = inputs;
  for (const { weights, bias } of parameters) {
    const product = np.matmul(activations, weights);
    activations = nn.sigmoid(bias.length > 0 ? product.add(bias[0]) : product);
  }
  return np.mean(np.square(activations.sub(targets)));
}

/** @param networkCount of a population, whose parameters have the networks as their first axis */
function createParameters(
  { layers, parameterCount }: Network,
  parameters: Float32Array,
  networkCount?: number,
): LayerParameters[] {
  const arrayOf = (offset: number, shape: number[]) => {
    const count = shape.reduce((product, length) => product * length, 1);
    const values = new Float32Array((networkCount ?? 1) * count);
    for (let from = offset, to = 0; to < values.length; from += parameterCount, to += count) {
      values.set(parameters.subarray(from, from + count), to);
    }
    return np.array(values).reshape(networkCount === undefined ? shape : [networkCount, ...shape]);
  };
  return layers.map(({ weightsOffset, biasOffset, inputCount, units }) => ({
    weights: arrayOf(weightsOffset, [inputCount, units]),
    bias: biasOffset === undefined ? [] : [arrayOf(biasOffset, [units])],
  }));
}

function matrix(values: Float64Array, rowCount: number, columnCount: number): np.Array {
  return np.array(Float32Array.from(values)).reshape([rowCount, columnCount]);
}
