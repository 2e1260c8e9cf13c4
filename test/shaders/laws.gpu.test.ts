import { describe, expect, it } from 'vitest';
import { activationNames, activations } from '../../src/core/activations.ts';
import { halfBitsFor, rowAt } from '../../src/core/batches.ts';
import { lossNames, losses, type Loss } from '../../src/core/losses.ts';
import { compileModule } from '../../src/gpu/pipelines.ts';
import { shaderConstants } from '../../src/gpu/shaders.ts';
import {
  expectClose,
  EXPONENTIAL_ERROR,
  OPERATION_ERROR as EPSILON,
  QUICK_TANH_ERROR,
} from '../support/close.ts';
import { readAll, withDevice } from '../support/device.ts';
import { activationError, derivativeError } from '../support/activation-error.ts';
import { lossDerivativeError, lossValueError } from '../support/loss-error.ts';
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
  functions = '',
): Promise<Float32Array> {
  const source = `${functions}
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
    const module = await compileModule(device, 'law test', source, [
      'activations',
      'quick-activations',
      'losses',
      'random',
    ]);
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

describe('the quick hyperbolic tangent', () => {
  it('is within its error of tanh, to either side', async () => {
    const xs = [...grid, ...new Random(2).floats(4000, 9)].map(Math.fround);
    const expected = xs.map(Math.tanh);
    const allowed = expected.map((y) => QUICK_TANH_ERROR * Math.abs(y) + 1e-45);
    const y = await evaluate('quickHyperbolicTangent(vec4f(1.0, x, 2.0, 3.0)).y', xs);
    expectClose('quickHyperbolicTangent(x)', y, expected, { allowed });
  });

  it('saturates at any size, and shows that a run has diverged', async () => {
    const xs = [7.91, 100, 1e30, 3e38, Infinity, Number.NaN];
    const values = await evaluate('quickHyperbolicTangent(vec4f(x)).z', xs);
    for (const value of values.subarray(0, 5)) expect(Math.abs(value - 1)).toBeLessThan(QUICK_TANH_ERROR);
    expect(values[5]).toBeNaN();
  });
});

describe('every loss in WGSL is its float64 twin', () => {
  it.each(lossNames)('%s', async (name) => {
    const loss: Loss = losses[name];
    const kind = constant('LOSS', name);
    // Logits for a share of a class; any number beside any other elsewhere.
    const isShare = loss.link !== undefined;
    const targets = grid.map((x, i) => Math.fround(isShare ? [0, 1, 0.3][i % 3] : x + Math.sin(i)));
    const rows = grid.map((x, i) => (loss.link === 'softmax' ? rowBeside(x, i) : NO_ROW));
    const wgslRow = loss.link === 'softmax' ? 'rowBeside(x, y)' : 'vec3f()';
    const at = grid.map((output, i) => ({
      output,
      target: targets[i],
      error: 0,
      row: rows[i],
      rowError: EXACT,
    }));
    expectClose(
      `${name}(f, f₀)`,
      await evaluate(`lossValue(${kind}, x, y, ${wgslRow})`, grid, targets, ROW_BESIDE),
      grid.map((x, i) => loss.value(x, targets[i], rows[i])),
      { allowed: at.map((each) => lossValueError(name, each) + SMALLEST_POWER), whyLoose: WORST_CASE },
    );
    expectClose(
      `${name}′(f, f₀)`,
      await evaluate(`lossDerivative(${kind}, x, y, ${wgslRow})`, grid, targets, ROW_BESIDE),
      grid.map((x, i) => loss.derivative(x, targets[i], rows[i])),
      { allowed: at.map((each) => lossDerivativeError(name, each) + SMALLEST_POWER), whyLoose: WORST_CASE },
    );
  });

  it('the logarithm of a sum is exact for any size of it', async () => {
    const sums = [0, 1e-30, 1e-9, 1e-3, 0.5, 1, 1.0001, 2, 9, 65_535, 1e9].map(Math.fround);
    const expected = sums.map(Math.log1p);
    const allowed = expected.map((value) => 6 * EPSILON * value + 1e-45);
    expectClose('log(1 + z)', await evaluate('logarithmOfSum(x)', sums), expected, { allowed });
  });
});

/** e⁻⁸⁷: the kernels’ exponential stays there below. */
const SMALLEST_POWER = 2e-38;
const NO_ROW = { largest: 0, logSum: 0, targetSum: 0 };
const EXACT = { largest: 0, logSum: 0 };

/** A row with one more class, whose logit is 0. */
function rowBeside(x: number, i: number) {
  const largest = Math.max(x, 0);
  const targetSum = i % 3 === 2 ? 0.3 : 1;
  return {
    largest,
    logSum: Math.fround(Math.log1p(Math.exp(-Math.abs(x)))),
    targetSum: Math.fround(targetSum),
  };
}

const ROW_BESIDE = `
  fn rowBeside(x: f32, t: f32) -> vec3f {
    let logSum = logarithmOfSum(exponential(-abs(x)));
    return vec3f(max(x, 0.0), logSum, select(1.0, t, t > 0.2 && t < 0.4));
  }`;

describe('the order of the rows', () => {
  it('is the same in WGSL as in TypeScript', async () => {
    for (const [seed, epoch, rowCount] of [
      [1, 0, 1],
      [1, 3, 2],
      [7, 1, 150],
      [4_294_967_295, 12_345, 1009],
    ]) {
      const positions = Array.from({ length: rowCount }, (_, i) => i);
      const half = halfBitsFor(rowCount);
      const expression = `f32(rowAt(epochKey(${seed}u, ${epoch}u), u32(x), ${rowCount}u, ${half}u))`;
      const expected = positions.map((position) => rowAt(seed, epoch, position, rowCount));
      expect([...(await evaluate(expression, positions))]).toEqual(expected);
      expect(expected.toSorted((a, b) => a - b)).toEqual(positions);
    }
  });
});
