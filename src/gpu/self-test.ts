import type { Adapter } from '../core/job.ts';
import { withinMemory } from './buffers.ts';
import { openGpu } from './device.ts';
import { createDispatch, encode } from './kernels.ts';
import { readFloats } from './readback.ts';

/** How exact a device computes eˣ. */
interface ExponentialTest {
  /** Largest error over −20 … 20, in units of the last place of float32. */
  readonly largestUlp: number;
  /** Mean error, its sign kept: training adds up what leans to one side. */
  readonly meanUlp: number;
}

/** What the adapter's arithmetic is worth. */
export interface ArithmeticTest {
  readonly adapter: Adapter;
  /** handgrad's own, in `shaders/lib/activations.wgsl`. */
  readonly exponential: ExponentialTest;
  /** The one WGSL has built in. */
  readonly builtInExponential: ExponentialTest;
  /** Whether small changes survive in a compensated parameter, and its error after all of them. */
  readonly compensation: { readonly survives: boolean; readonly error: number; readonly allowed: number };
}

const COUNT = 4096;
const LARGEST_X = 20;
/** Each change is far below half a unit of the last place of 1: plain float32 would stay at 1 for ever. */
const ADDITIONS = 10_000;
const CHANGE = 2 ** -28;
/** A compensated addition loses about a unit of the low part's own last place, 2⁻⁴⁸; never that of the value. */
const ALLOWED = ADDITIONS * 2 ** -48;

/** Tests the arithmetic of the adapter in use; milliseconds. */
export async function testArithmetic(): Promise<ArithmeticTest> {
  const gpu = await openGpu();
  return withinMemory(gpu, async (scope) => {
    const xs = Float64Array.from({ length: COUNT }, (_, i) =>
      Math.fround(LARGEST_X * ((2 * i + 1) / COUNT - 1)),
    );
    const x = scope.upload('x', [COUNT], xs);
    const exponentials = scope.storage('exponentials', [COUNT]);
    const builtInExponentials = scope.storage('builtInExponentials', [COUNT]);
    const compensated = scope.storage('compensated', [2]);
    const dispatch = await createDispatch(gpu, scope, 'self-test', {
      params: { count: COUNT, additionCount: ADDITIONS, change: CHANGE },
      buffers: { x, exponentials, builtInExponentials, compensated },
      constants: {},
      entries: [COUNT, 1],
    });
    const encoder = gpu.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    encode(pass, dispatch);
    pass.end();
    gpu.device.queue.submit([encoder.finish()]);
    const [own, builtIn, [value, low]] = await Promise.all([
      readFloats(gpu, exponentials, 0, COUNT),
      readFloats(gpu, builtInExponentials, 0, COUNT),
      readFloats(gpu, compensated, 0, 2),
    ]);
    scope.dispose();
    const error = Math.abs(value + low - (1 + ADDITIONS * CHANGE));
    return {
      adapter: gpu.adapter,
      exponential: exactness(xs, own),
      builtInExponential: exactness(xs, builtIn),
      compensation: { survives: error <= ALLOWED, error, allowed: ALLOWED },
    };
  });
}

/** How far values [n] are from e to the power of xs [n]; infinite where one is not a number. */
export function exactness(xs: Float64Array, values: Float32Array): ExponentialTest {
  const errors = Array.from(xs, (x, i) => {
    const exact = Math.exp(x);
    // The distance from one float32 to the next, around the exact value.
    return (values[i] - exact) / 2 ** (Math.floor(Math.log2(exact)) - 23);
  });
  const size = (error: number) => (Number.isNaN(error) ? Infinity : Math.abs(error));
  const largestUlp = errors.reduce((most, error) => Math.max(most, size(error)), 0);
  return { largestUlp, meanUlp: errors.reduce((sum, error) => sum + error, 0) / errors.length };
}
