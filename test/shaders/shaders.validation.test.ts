import { create, globals } from 'webgpu';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kernels } from '../../src/gpu/kernels.ts';
import { compileModule, type KernelDefinition } from '../../src/gpu/pipelines.ts';
import { composeShader, kernelSources, libraries, type KernelName } from '../../src/gpu/shaders.ts';

// Dawn's null backend validates WGSL on any machine, without a driver.
Object.assign(globalThis, globals);
const dawn = create(['backend=null']);
let device: GPUDevice;

beforeAll(async () => {
  const adapter = await dawn.requestAdapter();
  if (!adapter) throw new Error('Dawn offers no null adapter');
  device = await adapter.requestDevice({ requiredFeatures: ['subgroups'] });
});
afterAll(() => device.destroy());

const kernelNames = Object.keys(kernels) as KernelName[];

describe.each(kernelNames)('%s.wgsl', (name) => {
  const definition: KernelDefinition = kernels[name];
  const source = kernelSources[name];

  it('compiles into a pipeline with the layout the host declares', async () => {
    const module = await compileModule(device, `shaders/${name}.wgsl`, source, definition.libraries);
    const entries: GPUBindGroupLayoutEntry[] = [
      { binding: 0, visibility: GPUShaderStage.COMPUTE, buffer: { type: 'uniform' } },
      ...Object.values(definition.buffers).map((access, i) => ({
        binding: i + 1,
        visibility: GPUShaderStage.COMPUTE,
        buffer: {
          type: ({ read: 'read-only-storage', write: 'storage', uniform: 'uniform' } as const)[access],
        },
      })),
    ];
    const layout = device.createPipelineLayout({
      bindGroupLayouts: [device.createBindGroupLayout({ entries })],
    });
    const constants = Object.fromEntries(definition.constants.map((constant) => [constant, 1]));
    await device.createComputePipelineAsync({ layout, compute: { module, entryPoint: 'main', constants } });
  });

  it('declares Params as the host packs them', () => {
    const body = /struct Params \{([^}]*)\}/.exec(source)?.[1] ?? '';
    const fields = [...body.matchAll(/(\w+): (\w+),/g)].map(([, field, type]) => [field, type]);
    expect(fields).toEqual(Object.entries(definition.params));
  });

  it('declares its buffers in the order the host binds them', () => {
    const declaration = /@binding\((\d+)\) var<(storage, read_write|storage, read|uniform)> (\w+)/g;
    const accesses = new Map([
      ['storage, read', 'read'],
      ['storage, read_write', 'write'],
    ]);
    const declared = [...source.matchAll(declaration)]
      .slice(1) // Params
      .map(([, binding, access, buffer]) => [Number(binding), buffer, accesses.get(access) ?? access]);
    const expected = Object.entries(definition.buffers).map(([buffer, access], i) => [i + 1, buffer, access]);
    expect(declared).toEqual(expected);
    expect(declared.filter(([, , access]) => access !== 'uniform').length).toBeLessThanOrEqual(8);
  });

  it('declares its overrides and workgroup size as the host sets them', () => {
    const overrides = [...source.matchAll(/^override (\w+):/gm)].map(([, constant]) => constant);
    expect(overrides).toEqual([...definition.constants]);
    const [, x, y] = /@workgroup_size\((\w+)(?:, (\d+))?\)/.exec(source) ?? [];
    // One whose size is an override is dispatched as one workgroup.
    const isOverride = overrides.includes(x);
    expect([isOverride ? 1 : Number(x), Number(y ?? 1)]).toEqual([...definition.workgroupSize]);
  });
});

describe('a fault in WGSL', () => {
  it('is reported with the file and line it stands in', async () => {
    const source = 'fn fine() {}\n\nfn broken() { return nothing; }\n';
    const fault = compileModule(device, 'shaders/broken.wgsl', source, ['activations']);
    await expect(fault).rejects.toThrow(/shaders\/broken\.wgsl:3:\d+ .*nothing/);
  });

  it('is located in the library it stands in', () => {
    const shader = composeShader('shaders/kernel.wgsl', 'fn main() {}\n', ['activations', 'losses']);
    const lines = shader.code.split('\n');
    const inLibrary = libraries.losses.split('\n').findIndex((line) => line.includes('fn lossValue')) + 1;
    const inCode = lines.findIndex((line) => line.includes('fn lossValue')) + 1;
    expect(shader.locate(inCode)).toBe(`shaders/lib/losses.wgsl:${inLibrary}`);
    expect(shader.locate(lines.findIndex((line) => line.includes('fn main')) + 1)).toBe(
      'shaders/kernel.wgsl:1',
    );
  });
});
