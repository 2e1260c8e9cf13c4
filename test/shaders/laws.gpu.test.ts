import { describe, expect, it } from 'vitest';
import { activationNames, activations } from '../../src/core/activations.ts';
import { lossNames, losses } from '../../src/core/losses.ts';
import { compileModule } from '../../src/gpu/kernels.ts';
import { shaderConstants } from '../../src/gpu/shaders.ts';
import { expectClose, EXPONENTIAL_ERROR, OPERATION_ERROR as EPSILON } from '../support/close.ts';
import { readAll, withDevice } from '../support/device.ts';
import { activationError, derivativeError } from '../support/error-analysis.ts';
import { Random } from '../support/random.ts';

/** A grid over the usual range, near the borders of the kernels' branches, and at the extremes. */
const grid = [
  ...Array.from({ length: 401 }, (_, i) => (i - 200) / 20),
  ...[0, 1e-30, 1e-7, 1e-3, 0.2499, 0.25, 0.2501, 9.99, 10, 10.01, 86.9, 87.1, 88.8, 100, 1e3, 1e4].flatMap(
    (x) => [x, -x],
  ),
].map(Math.fround);

/** Evaluates a WGSL expression of `x` and `y` (f32) for pairs of values. */
function evaluate(
  expression: string,
  xs: readonly number[],
  ys: readonly number[] = xs,
): Promise<Float32Array> {
  const source = `
    @group(0) @binding(0) var<storage, read> xs: array<f32>;
    @group(0) @binding(1) var<storage, read> ys: array<f32>;
    @group(0) @binding(2) var<storage, read_write> results: array<f32>;
    @compute @workgroup_size(64)
    fn main(@builtin(global_invocation_id) id: vec3u) {
      if (id.x >= arrayLength(&xs)) { return; }
      let x = xs[id.x];
      let y = ys[id.x];
      results[id.x] = ${expression};
    }`;
  return withDevice(async (gpu, scope) => {
    const { device } = gpu;
    const module = await compileModule(device, 'law test', source, ['activations', 'losses']);
    const pipeline = await device.createComputePipelineAsync({ layout: 'auto', compute: { module } });
    const results = scope.storage('results', [xs.length]);
    const buffers = [
      scope.upload('xs', [xs.length], Float64Array.from(xs)),
      scope.upload('ys', [ys.length], Float64Array.from(ys)),
      results,
    ];
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    const entries = buffers.map(({ buffer }, binding) => ({ binding, resource: { buffer } }));
    pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
    pass.dispatchWorkgroups(Math.ceil(xs.length / 64));
    pass.end();
    device.queue.submit([encoder.finish()]);
    return readAll(gpu, results);
  });
}

const constant = (kind: string, name: string) => {
  const value = shaderConstants.get(`${kind}_${name.toUpperCase().replaceAll('-', '_')}`);
  if (value === undefined) throw new Error(`no constant for ${kind} ${name}`);
  return `${value}u`;
};

const WORST_CASE = 'WGSL allows a division an error of 2.5 ulp and either direction of rounding';

describe('the exponential', () => {
  it('is within 1.5 ulp from −87 to 87', async () => {
    const random = new Random(1);
    const xs = [...grid, ...random.floats(4000, 87)].filter((x) => Math.abs(x) <= 87).map(Math.fround);
    const expected = xs.map(Math.exp);
    const allowed = expected.map((value) => EXPONENTIAL_ERROR * value);
    expectClose('exponential(x)', await evaluate('exponential(x)', xs), expected, { allowed });
  });

  it('stays finite beyond', async () => {
    const values = await evaluate('exponential(x)', [-1e4, -88, 88, 1e4]);
    expect(values.every(Number.isFinite)).toBe(true);
  });

  it('saturates at any size, so that sigmoid is 0 and 1 there', async () => {
    const sizes = [100, 1e5, 8e6, 9e6, 1.3e7, 2e7, 1e8, 1e12, 1e15, 1e30, 2e38];
    const values = await evaluate('sigmoid(x)', [...sizes, ...sizes.map((x) => -x)]);
    expect([...values.subarray(0, sizes.length)]).toEqual(sizes.map(() => 1));
    expect(Math.max(...values.subarray(sizes.length).map(Math.abs))).toBeLessThan(1e-37);
  });
});

describe('every activation in WGSL is its float64 twin', () => {
  it.each(activationNames)('%s', async (name) => {
    const kind = constant('ACTIVATION', name);
    const y = await evaluate(`activationValue(${kind}, x)`, grid);
    const expected = grid.map((x) => activations[name].value(x));
    const allowed = grid.map((x) => activationError(name, x) + 1e-45);
    expectClose(`${name}(x)`, y, expected, { allowed, whyLoose: WORST_CASE });

    const rounded = expected.map(Math.fround);
    const derivatives = await evaluate(`activationDerivative(${kind}, x, y)`, grid, rounded);
    const expectedDerivatives = grid.map((x, i) => activations[name].derivative(x, rounded[i]));
    const allowedDerivatives = grid.map((x) => derivativeError(name, x, 0, EPSILON) + 1e-45);
    expectClose(`${name}′(x)`, derivatives, expectedDerivatives, {
      allowed: allowedDerivatives,
      whyLoose: WORST_CASE,
    });
  });
});

describe('every loss in WGSL is its float64 twin', () => {
  it.each(lossNames)('%s', async (name) => {
    const kind = constant('LOSS', name);
    const targets = grid.map((x, i) => Math.fround(x + Math.sin(i)));
    const expected = grid.map((x, i) => losses[name].value(x, targets[i]));
    expectClose(`${name}(f, f₀)`, await evaluate(`lossValue(${kind}, x, y)`, grid, targets), expected, {
      allowed: expected.map((value) => 4 * EPSILON * Math.abs(value) + 1e-38),
    });
    const derivatives = grid.map((x, i) => losses[name].derivative(x, targets[i]));
    expectClose(
      `${name}′(f, f₀)`,
      await evaluate(`lossDerivative(${kind}, x, y)`, grid, targets),
      derivatives,
      {
        allowed: derivatives.map((value) => 2 * EPSILON * Math.abs(value) + 1e-38),
      },
    );
  });
});
