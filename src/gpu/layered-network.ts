import type { ActivationName } from '../core/activations.ts';
import { activationNames } from '../core/activations.ts';
import type { TrainingJob } from '../core/job.ts';
import { lossNames, losses, meanCount } from '../core/losses.ts';
import type { Layer, Network } from '../core/network.ts';
import type { MatmulVariant } from '../core/plan.ts';
import type { BufferScope, GpuBuffer } from './buffers.ts';
import type { Gpu } from './device.ts';
import { allDispatches, createDispatch, type Dispatch } from './kernels.ts';
import { createDropout, type StepDropout } from './layered-dropout.ts';
import { kernelsFor } from './matmul-variants.ts';

/** The matrices one layer computes on the way forward, [rowCount, units] each. */
export interface LayerBuffers {
  readonly layer: Layer;
  readonly input: GpuBuffer;
  readonly preActivations: GpuBuffer;
  readonly activations: GpuBuffer;
  /** What the next layer reads: the activations, or what dropout leaves of them. */
  readonly output: GpuBuffer;
}

/** Every layer's forward kernel over a given number of rows. */
export interface ForwardPass {
  readonly layers: readonly LayerBuffers[];
  /** Undefined where every unit is kept. */
  readonly dropout: StepDropout | undefined;
  /** Layer by layer, first to last: `matmul.wgsl` or one of its variants, and `dropout.wgsl` behind it. */
  readonly dispatches: readonly Dispatch[];
  /** The network's output, [rowCount, outputCount]. */
  readonly predictions: GpuBuffer;
}

/** Everything that turns the activations of a forward pass into gradients. */
export interface BackwardPass {
  /** "Phase 1": `output-gradient.wgsl`. */
  readonly outputGradient: Dispatch;
  /**
   * Layer by layer, last to first: the gradients of its parameters, then "phase 2" of the layer before it, and
   * `dropout.wgsl` behind that.
   */
  readonly dispatches: readonly Dispatch[];
  /** The loss of each row, summed over outputs, [rowCount]. */
  readonly rowLosses: GpuBuffer;
  /** dE/dŷ of each layer, [rowCount, units]. */
  readonly layerGradients: readonly GpuBuffer[];
  /** dE/dparameter, [parameterCount]. */
  readonly gradients: GpuBuffer;
}

/** What a pass needs to be made. */
export interface PassContext {
  readonly gpu: Gpu;
  readonly scope: BufferScope;
  readonly network: Network;
  readonly rowCount: number;
  /** Weights and biases, [parameterCount], in the layout of `layOutNetwork`. */
  readonly parameters: GpuBuffer;
  /** Which of the kernels that compute the same are used. */
  readonly matmul: MatmulVariant;
}

/** Makes the forward kernels for `inputs` [rowCount, inputCount]; without `dropout` they keep every unit. */
export async function createForwardPass(
  context: PassContext,
  inputs: GpuBuffer,
  dropout?: StepDropout,
): Promise<ForwardPass> {
  const { gpu, scope, network, rowCount, parameters, matmul } = context;
  let input = inputs;
  const layers = network.layers.map((layer, index): LayerBuffers => {
    const preActivations = scope.storage(`layer ${index} preActivations`, [rowCount, layer.units]);
    const activations = scope.storage(`layer ${index} activations`, [rowCount, layer.units]);
    const isDropped = dropout && index < network.layers.length - 1;
    // The activations stay as they are: their derivatives may be computed from them.
    const output = isDropped ? scope.storage(`layer ${index} output`, [rowCount, layer.units]) : activations;
    const buffers = { layer, input, preActivations, activations, output };
    input = output;
    return buffers;
  });
  const dispatches = await allDispatches(
    layers.flatMap(({ layer, output, ...buffers }, index) => [
      createDispatch(gpu, scope, kernelsFor(matmul, layer.units).forward, {
        params: {
          rowCount,
          inputCount: layer.inputCount,
          unitCount: layer.units,
          weightsOffset: layer.weightsOffset,
          biasOffset: layer.biasOffset ?? 0,
        },
        buffers: { parameters, ...buffers },
        constants: { activation: activationIndex(layer.activation), hasBias: layer.bias ? 1 : 0 },
        entries: [layer.units, rowCount],
      }),
      ...(dropout && output !== buffers.activations
        ? [createDropout(context, dropout, index, { source: buffers.activations, result: output })]
        : []),
    ]),
  );
  return { layers, dropout, dispatches, predictions: layers[layers.length - 1].activations };
}

/** Makes the backward kernels behind a forward pass over the training rows; targets [rowCount, outputCount]. */
export async function createBackwardPass(
  context: PassContext,
  forward: ForwardPass,
  targets: GpuBuffer,
  job: TrainingJob,
): Promise<BackwardPass> {
  const { scope, network, rowCount } = context;
  const gradients = scope.storage('gradients', [network.parameterCount]);
  const rowLosses = scope.storage('rowLosses', [rowCount]);
  const layerGradients = network.layers.map(({ units }, index) =>
    scope.storage(`layer ${index} gradient`, [rowCount, units]),
  );
  const { layers, dropout } = forward;
  const output = layers[layers.length - 1];
  // One for all hidden layers: what stands there is read at once, without the dropped units.
  const widest = Math.max(...network.layers.map(({ units }) => units));
  const undropped = dropout && scope.storage('undropped gradient', [rowCount, widest]);
  const making = [
    outputGradient(context, output, job, {
      targets,
      gradient: layerGradients[layerGradients.length - 1],
      rowLosses,
    }),
  ];
  for (let index = network.layers.length - 1; index >= 0; index--) {
    making.push(...parameterGradients(context, layers[index], layerGradients[index], gradients));
    if (index === 0) break;
    const [nextGradient, result] = [layerGradients[index], layerGradients[index - 1]];
    making.push(hiddenGradient(context, layers, index - 1, { nextGradient, gradient: undropped ?? result }));
    if (!dropout || !undropped) continue;
    making.push(createDropout(context, dropout, index - 1, { source: undropped, result }));
  }
  const [first, ...dispatches] = await allDispatches(making);
  return { outputGradient: first, dispatches, rowLosses, layerGradients, gradients };
}

/** The loss of each row, and dE/dy of the output layer; of a linear one that is dE/df. */
export function outputGradient(
  { gpu, scope, rowCount }: PassContext,
  { layer, preActivations, activations }: LayerBuffers,
  { loss }: Pick<TrainingJob, 'loss'>,
  buffers: { readonly targets: GpuBuffer; readonly gradient: GpuBuffer; readonly rowLosses: GpuBuffer },
): Promise<Dispatch> {
  const { units: outputCount, activation } = layer;
  return createDispatch(gpu, scope, 'output-gradient', {
    params: { rowCount, outputCount, scale: 1 / meanCount(losses[loss], rowCount, outputCount) },
    buffers: { preActivations, activations, ...buffers },
    constants: { loss: lossNames.indexOf(loss), activation: activationIndex(activation) },
    entries: [rowCount, 1],
  });
}

/** dE/dw and dE/dbias of one layer from its dE/dy: one kernel for both, or two simple ones. */
function parameterGradients(
  { gpu, scope, rowCount, matmul }: PassContext,
  { layer, input }: LayerBuffers,
  gradient: GpuBuffer,
  gradients: GpuBuffer,
): Promise<Dispatch>[] {
  const { inputCount, units, weightsOffset, biasOffset, bias } = layer;
  const params = { rowCount, inputCount, unitCount: units, weightsOffset };
  const buffers = { input, gradient, gradients };
  const name = kernelsFor(matmul, units).weightsGradient;
  if (name !== 'weights-gradient') {
    const both = createDispatch(gpu, scope, name, {
      params: { ...params, biasOffset: biasOffset ?? 0 },
      buffers,
      constants: { hasBias: bias ? 1 : 0 },
      entries: [units, inputCount],
    });
    return [both];
  }
  const weights = createDispatch(gpu, scope, name, {
    params,
    buffers,
    constants: {},
    entries: [units, inputCount],
  });
  if (biasOffset === undefined) return [weights];
  const biases = createDispatch(gpu, scope, 'bias-gradient', {
    params: { rowCount, unitCount: units, biasOffset },
    buffers: { gradient, gradients },
    constants: {},
    entries: [units, 1],
  });
  return [weights, biases];
}

/** dE/dŷ of the hidden layer `index` from the layer after it; of a linear one that is dE/dg. */
export function hiddenGradient(
  { gpu, scope, rowCount, parameters, matmul }: PassContext,
  layers: readonly LayerBuffers[],
  index: number,
  gradientBuffers: { readonly nextGradient: GpuBuffer; readonly gradient: GpuBuffer },
): Promise<Dispatch> {
  const { layer, preActivations, activations } = layers[index];
  const next = layers[index + 1].layer;
  return createDispatch(gpu, scope, kernelsFor(matmul, layer.units).hiddenGradient, {
    params: {
      rowCount,
      unitCount: layer.units,
      nextUnitCount: next.units,
      nextWeightsOffset: next.weightsOffset,
    },
    buffers: { parameters, preActivations, activations, ...gradientBuffers },
    constants: { activation: activationIndex(layer.activation) },
    entries: [layer.units, rowCount],
  });
}

export function activationIndex(name: ActivationName): number {
  return activationNames.indexOf(name);
}
