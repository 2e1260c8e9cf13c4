import type { Network } from '../core/network.ts';
import type { MatmulVariant } from '../core/plan.ts';
import type { Gpu } from './device.ts';
import { kernels } from './kernels.ts';
import type { KernelDefinition } from './pipelines.ts';
import type { KernelName } from './shaders.ts';

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
} as const satisfies Record<MatmulVariant, Record<string, KernelName>>;

/** Below this many units a workgroup of quads has invocations without work. */
const QUADS_FROM_UNITS = 128;

/** The kernels for a product that is `units` wide. */
export function kernelsFor(matmul: MatmulVariant, units: number) {
  return matmulKernels[matmul === 'quads' && units < QUADS_FROM_UNITS ? 'blocked' : matmul];
}

/** The variants that a device can run, without those that are the same for this network. */
export function matmulVariants(gpu: Gpu, { layers }: Network): MatmulVariant[] {
  const hasWideLayer = layers.some(({ units }) => units >= QUADS_FROM_UNITS);
  return (Object.keys(matmulKernels) as MatmulVariant[]).filter(
    (matmul) => canRun(gpu, matmul) && (matmul !== 'quads' || hasWideLayer),
  );
}

/** Whether the device has what the kernels of a variant need. */
export function canRun({ device }: Gpu, matmul: MatmulVariant): boolean {
  const { feature }: KernelDefinition = kernels[matmulKernels[matmul].forward];
  return feature === undefined || device.features.has(feature);
}

/** Below this many units a block is mostly edge. */
const BLOCKED_FROM_UNITS = 8;

/** A variant that every device can run, for where nothing was measured. */
export function unmeasuredVariant({ adapter }: Gpu, { layers }: Network): MatmulVariant {
  if (layers.every(({ units }) => units < BLOCKED_FROM_UNITS)) return 'simple';
  // A processor takes barriers badly, a GPU has no registers for a whole block.
  return adapter.isFallback ? 'blocked' : 'tiled';
}
