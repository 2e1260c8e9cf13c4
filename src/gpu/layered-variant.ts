import type { Network } from '../core/network.ts';
import type { Gpu } from './device.ts';
import { kernels, type KernelDefinition } from './kernels.ts';
import type { KernelName } from './shaders.ts';

/**
 * Which of the kernels that compute the same a layered trainer uses. Part of its plan: they add in different
 * orders, so the last bits differ.
 */
export interface LayeredVariant {
  /** How the three products of a layer are computed: forward, dE/dŷ of the layer before, and dE/dw. */
  readonly matmul: MatmulVariant;
}

/**
 * - `simple`: an invocation per entry: to be read first, and the fastest for the smallest layers
 * - `blocked`: a block of 16 × 16 entries an invocation, in registers
 * - `quads`: of 32 × 16, where four invocations hand each other what they load; needs subgroups; narrow layers blocked
 * - `tiled`: a tile of 64 × 64 entries a workgroup, in workgroup memory; for hardware, where barriers are cheap
 */
export type MatmulVariant = keyof typeof matmulKernels;

/** The kernels of each variant, by the file's name in `shaders`. */
const matmulKernels = {
  simple: { forward: 'matmul', hiddenGradient: 'hidden-gradient', weightsGradient: 'weights-gradient' },
  blocked: {
    forward: 'matmul-blocked',
    hiddenGradient: 'hidden-gradient-blocked',
    weightsGradient: 'weights-gradient-blocked',
  },
  quads: {
    forward: 'matmul-quads',
    hiddenGradient: 'hidden-gradient-quads',
    weightsGradient: 'weights-gradient-quads',
  },
  tiled: {
    forward: 'matmul-tiled',
    hiddenGradient: 'hidden-gradient-tiled',
    weightsGradient: 'weights-gradient-tiled',
  },
} as const satisfies Record<string, Record<string, KernelName>>;

/** Below this many units a workgroup of quads has invocations without work. */
const QUADS_FROM_UNITS = 128;

/** The kernels for a product that is `units` wide. */
export function kernelsFor({ matmul }: LayeredVariant, units: number) {
  return matmulKernels[matmul === 'quads' && units < QUADS_FROM_UNITS ? 'blocked' : matmul];
}

/** The variants that a device can run. */
export function layeredVariants({ device }: Gpu): LayeredVariant[] {
  return (Object.keys(matmulKernels) as MatmulVariant[])
    .filter((matmul) => {
      const { feature }: KernelDefinition = kernels[matmulKernels[matmul].forward];
      return feature === undefined || device.features.has(feature);
    })
    .map((matmul) => ({ matmul }));
}

/** Below this many units a block is mostly edge. */
const BLOCKED_FROM_UNITS = 8;

/** A variant that every device can run, for where nothing was measured. */
export function unmeasuredVariant({ adapter }: Gpu, { layers }: Network): LayeredVariant {
  if (layers.every(({ units }) => units < BLOCKED_FROM_UNITS)) return { matmul: 'simple' };
  // A processor takes barriers badly, a GPU has no registers for a whole block.
  return { matmul: adapter.isFallback ? 'blocked' : 'tiled' };
}
