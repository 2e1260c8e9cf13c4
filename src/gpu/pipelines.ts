import { composeShader, type LibraryName } from './shaders.ts';

/** The host's view of a kernel: what its WGSL declares, in the same order. A test holds the two together. */
export interface KernelDefinition {
  readonly libraries: readonly LibraryName[];
  /** Fields of the `Params` uniform, 4 bytes each. */
  readonly params: Readonly<Record<string, 'u32' | 'f32'>>;
  /** Storage buffers and further uniforms, at bindings 1, 2, … */
  readonly buffers: Readonly<Record<string, 'read' | 'write' | 'uniform'>>;
  /** `override`s, fixed for a pipeline. */
  readonly constants: readonly string[];
  readonly workgroupSize: readonly [x: number, y: number];
  /** Entries of the output that one invocation computes, where it is more than one. */
  readonly block?: readonly [x: number, y: number];
  /** Whether blocks are counted row by row, in the first dimension alone. */
  readonly isFlat?: boolean;
  /** The WebGPU feature without which the kernel does not compile. */
  readonly feature?: GPUFeatureName;
}

/** A kernel with its source: one of `kernels`, or one that was written for a job. */
export interface Kernel {
  /** What its faults are reported under. */
  readonly file: string;
  readonly source: string;
  readonly definition: KernelDefinition;
}

const bindingTypes = { read: 'read-only-storage', write: 'storage', uniform: 'uniform' } as const;

/** More than the kernels of one page; beyond it, the one unused for longest goes. */
const MOST_PIPELINES = 100;
const pipelineCaches = new WeakMap<GPUDevice, Map<string, Promise<GPUComputePipeline>>>();

/** Compiles a kernel, or hands out the pipeline (finished or in flight) of an earlier call. */
export function pipelineFor(
  device: GPUDevice,
  kernel: Kernel,
  constants: Readonly<Record<string, number>>,
): Promise<GPUComputePipeline> {
  let cache = pipelineCaches.get(device);
  if (!cache) pipelineCaches.set(device, (cache = new Map()));
  const key = `${JSON.stringify(constants)} ${kernel.source}`;
  const pipeline = cache.get(key) ?? compile(device, kernel, constants);
  cache.delete(key);
  cache.set(key, pipeline);
  pipeline.catch(() => cache.delete(key));
  if (cache.size > MOST_PIPELINES) cache.delete([...cache.keys()][0]);
  return pipeline;
}

async function compile(
  device: GPUDevice,
  { file, source, definition }: Kernel,
  constants: Readonly<Record<string, number>>,
): Promise<GPUComputePipeline> {
  const module = await compileModule(device, file, source, definition.libraries);
  const entries: GPUBindGroupLayoutEntry[] = [
    { binding: 0, visibility: GPUShaderStage.COMPUTE, buffer: { type: 'uniform' } },
    ...Object.values(definition.buffers).map((access, i) => ({
      binding: i + 1,
      visibility: GPUShaderStage.COMPUTE,
      buffer: { type: bindingTypes[access] },
    })),
  ];
  const layout = device.createPipelineLayout({
    label: file,
    bindGroupLayouts: [device.createBindGroupLayout({ label: file, entries })],
  });
  const compute = { module, entryPoint: 'main', constants: { ...constants } };
  return device.createComputePipelineAsync({ label: file, layout, compute });
}

/**
 * Compiles WGSL put together from several files.
 *
 * @throws Error that names each fault's file and line: `shaders/lib/activations.wgsl:12:5 …`
 */
export async function compileModule(
  device: GPUDevice,
  file: string,
  source: string,
  used: readonly LibraryName[],
): Promise<GPUShaderModule> {
  const shader = composeShader(file, source, used);
  // A faulty module also raises a validation error on the device; the messages below say more.
  device.pushErrorScope('validation');
  const module = device.createShaderModule({ label: file, code: shader.code });
  const [{ messages }] = await Promise.all([module.getCompilationInfo(), device.popErrorScope()]);
  const faults = messages.filter(({ type }) => type === 'error');
  if (faults.length === 0) return module;
  const lines = faults.map(
    ({ lineNum, linePos, message }) => `${shader.locate(lineNum)}:${linePos} ${message}`,
  );
  throw new Error(`WGSL does not compile:\n${lines.join('\n')}`);
}
