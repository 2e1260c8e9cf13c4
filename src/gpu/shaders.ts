import { activationNames } from '../core/activations.ts';
import { lossNames } from '../core/losses.ts';
import { optimizerNames } from '../core/optimizers.ts';
import activationDerivative from '../../shaders/activation-derivative.wgsl?raw';
import biasGradient from '../../shaders/bias-gradient.wgsl?raw';
import clipFactor from '../../shaders/clip-factor.wgsl?raw';
import dropout from '../../shaders/dropout.wgsl?raw';
import fusedTraining from '../../shaders/fused-training.wgsl?raw';
import gatherBatch from '../../shaders/gather-batch.wgsl?raw';
import gridInputs from '../../shaders/grid-inputs.wgsl?raw';
import hiddenGradientBlocked from '../../shaders/hidden-gradient-blocked.wgsl?raw';
import hiddenGradientQuads from '../../shaders/hidden-gradient-quads.wgsl?raw';
import hiddenGradientTiled from '../../shaders/hidden-gradient-tiled.wgsl?raw';
import hiddenGradient from '../../shaders/hidden-gradient.wgsl?raw';
import activationsLibrary from '../../shaders/lib/activations.wgsl?raw';
import blocksLibrary from '../../shaders/lib/blocks.wgsl?raw';
import foursLibrary from '../../shaders/lib/fours.wgsl?raw';
import fusedNetworksLibrary from '../../shaders/lib/fused-networks.wgsl?raw';
import fusedRowsLibrary from '../../shaders/lib/fused-rows.wgsl?raw';
import lossesLibrary from '../../shaders/lib/losses.wgsl?raw';
import networksLibrary from '../../shaders/lib/networks.wgsl?raw';
import optimizersLibrary from '../../shaders/lib/optimizers.wgsl?raw';
import quadsLibrary from '../../shaders/lib/quads.wgsl?raw';
import quickActivationsLibrary from '../../shaders/lib/quick-activations.wgsl?raw';
import randomLibrary from '../../shaders/lib/random.wgsl?raw';
import lossQuantiles from '../../shaders/loss-quantiles.wgsl?raw';
import matmulBlocked from '../../shaders/matmul-blocked.wgsl?raw';
import matmulQuads from '../../shaders/matmul-quads.wgsl?raw';
import matmulTiled from '../../shaders/matmul-tiled.wgsl?raw';
import matmul from '../../shaders/matmul.wgsl?raw';
import meanLoss from '../../shaders/mean-loss.wgsl?raw';
import optimizerStep from '../../shaders/optimizer-step.wgsl?raw';
import outputGradient from '../../shaders/output-gradient.wgsl?raw';
import selfTest from '../../shaders/self-test.wgsl?raw';
import weightsGradientBlocked from '../../shaders/weights-gradient-blocked.wgsl?raw';
import weightsGradientQuads from '../../shaders/weights-gradient-quads.wgsl?raw';
import weightsGradientTiled from '../../shaders/weights-gradient-tiled.wgsl?raw';
import weightsGradient from '../../shaders/weights-gradient.wgsl?raw';

/** Functions a kernel can use, by the file's name in `shaders/lib`. */
export const libraries = {
  activations: activationsLibrary,
  blocks: blocksLibrary,
  fours: foursLibrary,
  'fused-networks': fusedNetworksLibrary,
  'fused-rows': fusedRowsLibrary,
  losses: lossesLibrary,
  networks: networksLibrary,
  optimizers: optimizersLibrary,
  quads: quadsLibrary,
  'quick-activations': quickActivationsLibrary,
  random: randomLibrary,
} as const;

/** One kernel a file, by the file's name in `shaders`. */
export const kernelSources = {
  'activation-derivative': activationDerivative,
  'bias-gradient': biasGradient,
  'clip-factor': clipFactor,
  dropout,
  'fused-training': fusedTraining,
  'gather-batch': gatherBatch,
  'grid-inputs': gridInputs,
  'hidden-gradient': hiddenGradient,
  'hidden-gradient-blocked': hiddenGradientBlocked,
  'hidden-gradient-quads': hiddenGradientQuads,
  'hidden-gradient-tiled': hiddenGradientTiled,
  'loss-quantiles': lossQuantiles,
  matmul,
  'matmul-blocked': matmulBlocked,
  'matmul-quads': matmulQuads,
  'matmul-tiled': matmulTiled,
  'mean-loss': meanLoss,
  'optimizer-step': optimizerStep,
  'output-gradient': outputGradient,
  'self-test': selfTest,
  'weights-gradient': weightsGradient,
  'weights-gradient-blocked': weightsGradientBlocked,
  'weights-gradient-quads': weightsGradientQuads,
  'weights-gradient-tiled': weightsGradientTiled,
} as const;

/** What a trace is computed by, by the file: apart, so that a page that lists it does not hold every kernel. */
export const tracedSources = {
  'shaders/bias-gradient.wgsl': biasGradient,
  'shaders/dropout.wgsl': dropout,
  'shaders/hidden-gradient.wgsl': hiddenGradient,
  'shaders/lib/activations.wgsl': activationsLibrary,
  'shaders/lib/losses.wgsl': lossesLibrary,
  'shaders/lib/optimizers.wgsl': optimizersLibrary,
  'shaders/matmul.wgsl': matmul,
  'shaders/mean-loss.wgsl': meanLoss,
  'shaders/output-gradient.wgsl': outputGradient,
  'shaders/weights-gradient.wgsl': weightsGradient,
} as const;

export type LibraryName = keyof typeof libraries;
export type KernelName = keyof typeof kernelSources;

/** WGSL put together from several files, and the way back from a line of it to its file. */
export interface ComposedShader {
  readonly code: string;
  /** `shaders/lib/activations.wgsl:12` for a 1-based line of `code`. */
  locate(line: number): string;
}

/**
 * The number each activation, loss and optimizer has in WGSL, from the order of its table's keys: a case
 * without a table entry does not compile.
 */
export const shaderConstants: ReadonlyMap<string, number> = new Map([
  ...numbered('ACTIVATION', activationNames),
  ...numbered('LOSS', lossNames),
  ...numbered('OPTIMIZER', optimizerNames),
]);

/** The libraries a shader uses, behind the constants they need, before the shader itself. */
export function composeShader(file: string, source: string, used: readonly LibraryName[]): ComposedShader {
  const constants = [...shaderConstants].map(([name, value]) => `const ${name} = ${value}u;\n`).join('');
  // WGSL wants directives before everything else.
  const directives = source.match(/^enable .*;\n/gm) ?? [];
  const parts = [
    { file: 'constants', text: directives.join('') + constants },
    ...used.map((name) => ({ file: `shaders/lib/${name}.wgsl`, text: libraries[name] })),
    { file, text: source.replace(/^(?=enable )/gm, '// ') },
  ].map(({ file: name, text }) => ({ file: name, text, lineCount: text.split('\n').length - 1 }));
  return {
    code: parts.map(({ text }) => text).join(''),
    locate(line) {
      let firstLine = 1;
      for (const { file: name, lineCount } of parts) {
        if (line < firstLine + lineCount) return `${name}:${line - firstLine + 1}`;
        firstLine += lineCount;
      }
      return `${file}:${line - firstLine + 1}`;
    },
  };
}

function numbered(prefix: string, names: readonly string[]): [string, number][] {
  return names.map((name, index) => [`${prefix}_${name.toUpperCase().replaceAll('-', '_')}`, index]);
}
