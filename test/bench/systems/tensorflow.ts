import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@tensorflow/tfjs-backend-cpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import wasmPath from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simdPath from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threadedSimdPath from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import '@tensorflow/tfjs-backend-webgpu';
import { layOutNetwork, type Network } from '../../../src/core/network.ts';
import type { BenchJob } from '../jobs.ts';
import type { Run, System } from './system.ts';

/** The trainable parameters of a layer. */
interface LayerVariables {
  readonly weights: tf.Variable;
  readonly bias: tf.Variable | undefined;
}

/**
 * TensorFlow.js, variants `webgpu`, `wasm` and `cpu`. On its core, without the layers package: `minimize` of an
 * SGD optimizer, which is what `fit` calls too, without `fit`'s callbacks.
 */
export function createSystem(variant: string): System {
  return {
    async open(job) {
      await useBackend(variant);
      return createRun(job);
    },
  };
}

async function useBackend(name: string): Promise<void> {
  if (tf.getBackend() === name) return;
  setWasmPaths({
    'tfjs-backend-wasm.wasm': wasmPath,
    'tfjs-backend-wasm-simd.wasm': simdPath,
    'tfjs-backend-wasm-threaded-simd.wasm': threadedSimdPath,
  });
  const isThere = await tf.setBackend(name);
  await tf.ready();
  // It falls back to another backend by itself, which would be timed under the wrong name.
  if (isThere && tf.getBackend() === name) return;
  throw new Error(`TensorFlow.js does not start its ${name} backend here; it offers ${tf.getBackend()}.`);
}

function createRun({ job, data, initialParameters }: BenchJob): Run {
  const network = layOutNetwork(data.inputCount, job.layers);
  const layers = createVariables(network, Float32Array.from(initialParameters));
  const variables = layers.flatMap(({ weights, bias }) => (bias ? [weights, bias] : [weights]));
  const inputs = tf.tensor2d(Float32Array.from(data.inputs), [data.rowCount, data.inputCount]);
  const targets = tf.tensor2d(Float32Array.from(data.targets), [data.rowCount, data.outputCount]);
  const optimizer = tf.train.sgd(job.networks[0].learningRate);
  const loss = () => tf.mean<tf.Scalar>(tf.squaredDifference(predict(inputs, layers), targets));

  return {
    async train() {
      for (let step = 1; step < job.steps; step++) optimizer.minimize(loss, false, variables);
      const last = optimizer.minimize(loss, true, variables);
      if (!last) throw new Error('TensorFlow.js gave no loss.');
      // One queue: what was recorded before this copy, the last update too, is done when it arrives.
      const losses = await last.data();
      last.dispose();
      return losses;
    },
    async parameters() {
      const parts = await Promise.all(variables.map((variable) => variable.data()));
      return Float32Array.from(parts.flatMap((part) => Array.from(part)));
    },
    dispose() {
      optimizer.dispose();
      tf.dispose([inputs, targets, ...variables]);
    },
  };
}

function predict(inputs: tf.Tensor2D, layers: readonly LayerVariables[]): tf.Tensor {
  let activations: tf.Tensor = inputs;
  for (const { weights, bias } of layers) {
    const product = tf.matMul(activations, weights);
    activations = tf.sigmoid(bias ? tf.add(product, bias) : product);
  }
  return activations;
}

function createVariables({ layers }: Network, parameters: Float32Array): LayerVariables[] {
  return layers.map(({ weightsOffset, biasOffset, inputCount, units }) => {
    const weights = parameters.slice(weightsOffset, weightsOffset + inputCount * units);
    const bias = biasOffset === undefined ? undefined : parameters.slice(biasOffset, biasOffset + units);
    return {
      weights: tf.variable(tf.tensor2d(weights, [inputCount, units])),
      bias: bias && tf.variable(tf.tensor1d(bias)),
    };
  });
}
