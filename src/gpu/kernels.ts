import type { BufferScope, GpuBuffer } from './buffers.ts';
import type { Gpu } from './device.ts';
import { pipelineFor, type Kernel, type KernelDefinition } from './pipelines.ts';
import { kernelSources, type KernelName } from './shaders.ts';
import { manyNetworks, manyStepsLibraries } from './steps-params.ts';

const matmul = {
  params: { rowCount: 'u32', inputCount: 'u32', unitCount: 'u32', weightsOffset: 'u32', biasOffset: 'u32' },
  buffers: { parameters: 'read', input: 'read', preActivations: 'write', activations: 'write' },
  constants: ['activation', 'hasBias'],
} as const;

const hiddenGradient = {
  params: { rowCount: 'u32', unitCount: 'u32', nextUnitCount: 'u32', nextWeightsOffset: 'u32' },
  buffers: {
    parameters: 'read',
    nextGradient: 'read',
    preActivations: 'read',
    activations: 'read',
    gradient: 'write',
  },
  constants: ['activation'],
} as const;

/** Of weights and biases together; the simple kernels keep them apart. */
const parametersGradient = {
  params: { rowCount: 'u32', inputCount: 'u32', unitCount: 'u32', weightsOffset: 'u32', biasOffset: 'u32' },
  buffers: { input: 'read', gradient: 'read', gradients: 'write' },
  constants: ['hasBias'],
} as const;

/** How the three products of a layer are spread over invocations: `shaders/lib/blocks.wgsl`, `quads.wgsl`, and tiles. */
const blocked = { workgroupSize: [8, 1], block: [16, 16], isFlat: true } as const;
const quads = { workgroupSize: [8, 1], block: [16, 32], feature: 'subgroups' } as const;
const tiled = { workgroupSize: [16, 16], block: [4, 4] } as const;

/** Every kernel in `shaders/`. */
export const kernels = {
  matmul: { ...matmul, libraries: ['activations'], workgroupSize: [8, 8] },
  'matmul-blocked': { ...matmul, libraries: ['activations', 'blocks'], ...blocked },
  'matmul-quads': { ...matmul, libraries: ['activations', 'blocks', 'quads'], ...quads },
  'matmul-tiled': { ...matmul, libraries: ['activations'], ...tiled },
  'output-gradient': {
    libraries: ['activations', 'losses'],
    params: { rowCount: 'u32', outputCount: 'u32', scale: 'f32' },
    buffers: {
      targets: 'read',
      preActivations: 'read',
      activations: 'read',
      gradient: 'write',
      rowLosses: 'write',
    },
    constants: ['loss', 'activation'],
    workgroupSize: [64, 1],
  },
  'activation-derivative': {
    libraries: ['activations'],
    params: { rowCount: 'u32', unitCount: 'u32' },
    buffers: { preActivations: 'read', activations: 'read', derivatives: 'write' },
    constants: ['activation'],
    workgroupSize: [8, 8],
  },
  'mean-loss': {
    libraries: [],
    params: { rowCount: 'u32', scale: 'f32' },
    buffers: { rowLosses: 'read', losses: 'write', step: 'write' },
    constants: [],
    workgroupSize: [64, 1],
  },
  'loss-quantiles': {
    libraries: [],
    params: { firstLoss: 'u32', lossCount: 'u32', networkCount: 'u32', rankCount: 'u32' },
    buffers: { losses: 'read', ranks: 'read', quantiles: 'write' },
    constants: [],
    workgroupSize: [64, 1],
  },
  'hidden-gradient': { ...hiddenGradient, libraries: ['activations'], workgroupSize: [8, 8] },
  'hidden-gradient-blocked': { ...hiddenGradient, libraries: ['activations', 'blocks'], ...blocked },
  'hidden-gradient-quads': { ...hiddenGradient, libraries: ['activations', 'blocks', 'quads'], ...quads },
  'hidden-gradient-tiled': { ...hiddenGradient, libraries: ['activations'], ...tiled },
  'weights-gradient': {
    libraries: [],
    params: { rowCount: 'u32', inputCount: 'u32', unitCount: 'u32', weightsOffset: 'u32' },
    buffers: { input: 'read', gradient: 'read', gradients: 'write' },
    constants: [],
    workgroupSize: [8, 8],
  },
  'weights-gradient-blocked': { ...parametersGradient, libraries: ['blocks'], ...blocked },
  'weights-gradient-quads': { ...parametersGradient, libraries: ['blocks', 'quads'], ...quads },
  'weights-gradient-tiled': { ...parametersGradient, libraries: [], ...tiled },
  'bias-gradient': {
    libraries: [],
    params: { rowCount: 'u32', unitCount: 'u32', biasOffset: 'u32' },
    buffers: { gradient: 'read', gradients: 'write' },
    constants: [],
    workgroupSize: [64, 1],
  },
  'clip-factor': {
    libraries: [],
    params: { parameterCount: 'u32', mostNorm: 'f32' },
    buffers: { gradients: 'read', clipFactor: 'write' },
    constants: [],
    workgroupSize: [256, 1],
  },
  'gather-batch': {
    libraries: ['random'],
    params: {
      rowCount: 'u32',
      inputCount: 'u32',
      outputCount: 'u32',
      batchSize: 'u32',
      batchCount: 'u32',
      batchRowCount: 'u32',
      seed: 'u32',
      halfBits: 'u32',
    },
    buffers: { inputs: 'read', targets: 'read', step: 'read', batchInputs: 'write', batchTargets: 'write' },
    constants: ['shuffles'],
    workgroupSize: [8, 8],
  },
  'grid-inputs': {
    libraries: [],
    params: {
      firstPoint: 'u32',
      pointCount: 'u32',
      inputCount: 'u32',
      columnCount: 'u32',
      rowCount: 'u32',
    },
    buffers: { axes: 'read', inputs: 'write' },
    constants: [],
    workgroupSize: [8, 8],
  },
  dropout: {
    libraries: ['random'],
    params: {
      rowCount: 'u32',
      unitCount: 'u32',
      seed: 'u32',
      layer: 'u32',
      threshold: 'u32',
      factor: 'f32',
    },
    buffers: { step: 'read', source: 'read', result: 'write' },
    constants: [],
    workgroupSize: [8, 8],
  },
  'optimizer-step': {
    libraries: ['optimizers'],
    params: { parameterCount: 'u32' },
    buffers: {
      rates: 'uniform',
      gradients: 'read',
      clipFactor: 'read',
      step: 'read',
      parameters: 'write',
      state: 'write',
    },
    constants: ['optimizer', 'stateCount', 'clips', 'penalizes', 'ratesVary', 'compensates'],
    workgroupSize: [64, 1],
  },
  'self-test': {
    libraries: ['activations', 'optimizers'],
    params: { count: 'u32', additionCount: 'u32', change: 'f32' },
    buffers: { x: 'read', exponentials: 'write', builtInExponentials: 'write', compensated: 'write' },
    constants: [],
    workgroupSize: [64, 1],
  },
  'fused-training': {
    libraries: [...manyStepsLibraries, 'fours', 'networks', 'fused-networks', 'fused-rows'],
    params: manyNetworks,
    buffers: {
      rates: 'uniform',
      inputs: 'read',
      targets: 'read',
      shape: 'read',
      parameters: 'write',
      state: 'write',
      gradients: 'write',
      losses: 'write',
      rows: 'write',
    },
    constants: [
      'invocationCount',
      'memoryLength',
      'hiddenActivation',
      'outputActivation',
      'loss',
      'optimizer',
      'stateCount',
      'penalizes',
      'ratesVary',
      'compensates',
      'isBatched',
      'shuffles',
      'updates',
      'isPopulation',
    ],
    // As many as the layout says; one workgroup a network.
    workgroupSize: [1, 1],
  },
} as const satisfies Record<KernelName, KernelDefinition>;

type Kernels = typeof kernels;

/** What one use of a kernel needs, typed by the kernel's own definition. */
export interface DispatchSettings<Name extends KernelName> {
  readonly params: Readonly<Record<keyof Kernels[Name]['params'], number>>;
  readonly buffers: Readonly<Record<keyof Kernels[Name]['buffers'], GpuBuffer>>;
  readonly constants: Readonly<Record<Kernels[Name]['constants'][number], number>>;
  /** Entries of the output, one an invocation or a block of them; rounded up to whole workgroups. */
  readonly entries: readonly [x: number, y: number];
}

/** The same for a kernel known only when the program runs. */
interface LooseSettings {
  readonly params: Readonly<Record<string, number>>;
  readonly buffers: Readonly<Record<string, GpuBuffer>>;
  readonly constants: Readonly<Record<string, number>>;
  readonly entries: readonly [x: number, y: number];
}

/** A kernel with its data, ready to be encoded any number of times. */
export interface Dispatch {
  readonly definition: KernelDefinition;
  readonly params: GPUBuffer;
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly workgroups: readonly [x: number, y: number];
}

/** WebGPU's default limit of workgroups in one dimension. */
const MAX_WORKGROUPS = 65_535;

/** Rows, or inputs, at most: they lie along the second dimension of a grid, 8 to a workgroup. */
export const MAX_GRID_ROWS = 8 * MAX_WORKGROUPS;

/** Makes a dispatch: its pipeline (compiled once per device), its `Params` and its bind group. */
export function createDispatch<Name extends KernelName>(
  gpu: Gpu,
  scope: BufferScope,
  name: Name,
  settings: DispatchSettings<Name>,
): Promise<Dispatch> {
  const kernel = { file: `shaders/${name}.wgsl`, source: kernelSources[name], definition: kernels[name] };
  return dispatchKernel(gpu, scope, kernel, settings);
}

/** The same for any kernel. */
export async function dispatchKernel(
  gpu: Gpu,
  scope: BufferScope,
  kernel: Kernel,
  { params, buffers, constants, entries }: LooseSettings,
): Promise<Dispatch> {
  const { definition, file } = kernel;
  const pipeline = await gpu.untilLost(pipelineFor(gpu.device, kernel, constants));
  const paramsBuffer = scope.uniform(`${file} params`, packParams(definition, params)).buffer;
  const bindGroup = gpu.device.createBindGroup({
    label: file,
    layout: pipeline.getBindGroupLayout(0),
    entries: [
      { binding: 0, resource: { buffer: paramsBuffer } },
      ...Object.keys(definition.buffers).map((key, i) => ({
        binding: i + 1,
        resource: { buffer: buffers[key].buffer },
      })),
    ],
  });
  const workgroups = workgroupsFor(definition, entries);
  return { definition, params: paramsBuffer, pipeline, bindGroup, workgroups };
}

/** All of them; fails only when none is still being made, so that what they hold can be freed. */
export async function allDispatches(making: readonly Promise<Dispatch>[]): Promise<Dispatch[]> {
  await Promise.allSettled(making);
  return Promise.all(making);
}

/** Other `Params` for the submits from now on. */
export function setParams(
  { device }: Gpu,
  { definition, params }: Dispatch,
  values: Readonly<Record<string, number>>,
): void {
  device.queue.writeBuffer(params, 0, packParams(definition, values));
}

/** Encodes a dispatch into a compute pass. */
export function encode(pass: GPUComputePassEncoder, { pipeline, bindGroup, workgroups }: Dispatch): void {
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  pass.dispatchWorkgroups(workgroups[0], workgroups[1]);
}

/** What is counted in one dimension runs on past its limit into the second; the others are refused there. */
function workgroupsFor(
  { workgroupSize, block = [1, 1], isFlat }: KernelDefinition,
  entries: readonly [x: number, y: number],
): [number, number] {
  const [across, down] = [Math.ceil(entries[0] / block[0]), Math.ceil(entries[1] / block[1])];
  const [x, y] = isFlat ? [across * down, 1] : [across, down];
  const columns = Math.ceil(x / workgroupSize[0]);
  const rows = Math.ceil(y / workgroupSize[1]);
  if (columns <= MAX_WORKGROUPS) return [columns, rows];
  return [MAX_WORKGROUPS, rows * Math.ceil(columns / MAX_WORKGROUPS)];
}

/** `Params` as the WGSL struct lays it out: fields of 4 bytes, one after the other. */
function packParams({ params }: KernelDefinition, values: Readonly<Record<string, number>>): ArrayBuffer {
  const fields = Object.entries(params);
  const view = new DataView(new ArrayBuffer(4 * fields.length));
  fields.forEach(([name, type], i) => {
    if (type === 'u32') view.setUint32(4 * i, values[name], true);
    else view.setFloat32(4 * i, values[name], true);
  });
  return view.buffer;
}
