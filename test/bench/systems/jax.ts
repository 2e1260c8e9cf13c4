import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import { layOutNetwork, type Network } from '../../../src/core/network.ts';
import type { BenchJob } from '../jobs.ts';
import type { Run, System } from './system.ts';

/** `bias` is empty where the layer has none. A type and not an interface: jax-js asks for that. */
type LayerParameters = { weights: np.Array; bias: np.Array[] };
type TrainSteps = (
  parameters: LayerParameters[],
  inputs: np.Array,
  targets: np.Array,
) => [LayerParameters[], np.Array];

/** Calls on their way at once; jax-js asks its users not to queue up too many. */
const CALLS_IN_FLIGHT = 64;

/**
 * jax-js, variants `DEVICE-COUNT`: `webgpu-10` is ten steps in one `jit`. Arrays are counted by hand: what is
 * passed is given away, and `.ref` keeps it.
 */
export function createSystem(variant: string): System {
  const [device, count] = variant.split('-') as ['webgpu' | 'wasm', string];
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
      const [{ learningRate }] = job.job.networks;
      const trainSteps = compiled.get(job.name) ?? jit(unrolled(stepsPerCall, learningRate));
      compiled.set(job.name, trainSteps);
      return createRun(job, trainSteps, job.job.steps / stepsPerCall);
    },
  };
}

function createRun(
  { job, data, initialParameters }: BenchJob,
  trainSteps: TrainSteps,
  callCount: number,
): Run {
  const network = layOutNetwork(data.inputCount, job.layers);
  let parameters = createParameters(network, Float32Array.from(initialParameters));
  const inputs = matrix(data.inputs, data.rowCount, data.inputCount);
  const targets = matrix(data.targets, data.rowCount, data.outputCount);
  return {
    async train() {
      let loss: np.Array | undefined;
      for (let call = 0; call < callCount; call++) {
        loss?.dispose();
        [parameters, loss] = trainSteps(parameters, inputs.ref, targets.ref);
        if (call % CALLS_IN_FLIGHT === CALLS_IN_FLIGHT - 1) await blockUntilReady(parameters);
      }
      await blockUntilReady(parameters);
      const [value] = loss ? await loss.data() : [NaN];
      return value;
    },
    async parameters() {
      const flat = new Float32Array(network.parameterCount);
      let offset = 0;
      for (const leaf of parameters.flatMap(({ weights, bias }) => [weights, ...bias])) {
        const values = (await leaf.ref.data()) as Float32Array;
        flat.set(values, offset);
        offset += values.length;
      }
      return flat;
    },
    dispose() {
      tree.dispose(parameters);
      inputs.dispose();
      targets.dispose();
    },
  };
}

/** `stepCount` steps in one function: each the value and the gradient of the loss, and the update. */
function unrolled(stepCount: number, learningRate: number): TrainSteps {
  return (parameters, inputs, targets) => {
    let updated = parameters;
    let loss: np.Array | undefined;
    for (let step = 0; step < stepCount; step++) {
      loss?.dispose();
      const [value, gradients] = valueAndGrad(lossOf)(tree.ref(updated), inputs.ref, targets.ref);
      loss = value;
      updated = tree.map(
        (parameter: np.Array, gradient: np.Array) => parameter.sub(gradient.mul(learningRate)),
        updated,
        gradients,
      );
    }
    inputs.dispose();
    targets.dispose();
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

function createParameters({ layers }: Network, parameters: Float32Array): LayerParameters[] {
  return layers.map(({ weightsOffset, biasOffset, inputCount, units }) => {
    const weights = parameters.slice(weightsOffset, weightsOffset + inputCount * units);
    const bias = biasOffset === undefined ? [] : [np.array(parameters.slice(biasOffset, biasOffset + units))];
    return { weights: np.array(weights).reshape([inputCount, units]), bias };
  });
}

function matrix(values: Float64Array, rowCount: number, columnCount: number): np.Array {
  return np.array(Float32Array.from(values)).reshape([rowCount, columnCount]);
}
