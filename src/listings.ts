import type { ActivationName } from './core/activations.ts';
import activationsTable from './core/activations.ts?raw';
import dropoutSource from './core/dropout.ts?raw';
import { cutExcerpt, indentOf, type Excerpt } from './core/excerpt.ts';
import type { LossName } from './core/losses.ts';
import lossesTable from './core/losses.ts?raw';
import matrixSource from './core/matrix.ts?raw';
import type { OptimizerName } from './core/optimizers.ts';
import optimizersTable from './core/optimizers.ts?raw';
import type { TracedQuantity } from './core/trace.ts';
import backpropSource from './cpu/backprop.ts?raw';
import { tracedSources } from './gpu/shaders.ts';

/** What computed a matrix of a trace: on the GPU, and in the reference. */
export interface Listing {
  readonly wgsl: Excerpt;
  readonly twin: Excerpt;
}

/** The layer a matrix belongs to, and what its network is trained with. */
export interface ListedLayer {
  /** Whether it reads the table. */
  readonly isFirst: boolean;
  readonly isOutput: boolean;
  readonly activation: ActivationName;
  readonly loss: LossName;
  readonly optimizer: OptimizerName;
}

type SourceFile = keyof ReturnType<typeof allSources>;

/** In a function, so that a page without listings is built without their texts. */
const allSources = () => ({
  ...tracedSources,
  'src/core/activations.ts': activationsTable,
  'src/core/dropout.ts': dropoutSource,
  'src/core/losses.ts': lossesTable,
  'src/core/matrix.ts': matrixSource,
  'src/core/optimizers.ts': optimizersTable,
  'src/cpu/backprop.ts': backpropSource,
});

type Cut = (layer: ListedLayer) => Listing | undefined;

const nothing: Cut = () => undefined;
const hiddenGradient: Cut = () => ofKernel('hidden-gradient', '#hiddenGradient');

const listings: Readonly<Record<TracedQuantity, Cut>> = {
  // Where it is neither the table nor all that the layer before says.
  input: ({ isFirst }) => (isFirst ? undefined : ofKernel('dropout', 'forward')),
  weights: nothing,
  biases: nothing,
  preActivations: () => ofKernel('matmul', 'forward'),
  activations: ({ activation }) => ofTable('activations', 'activationValue', activation, 'value'),
  mask: () => ({
    wgsl: computingLines('shaders/dropout.wgsl'),
    twin: wholeFunction('src/core/dropout.ts', 'drawMask'),
  }),
  targets: nothing,
  rowLosses: ({ loss }) => ofTable('losses', 'lossValue', loss, 'value'),
  loss: () => ({
    wgsl: computingLines('shaders/mean-loss.wgsl'),
    twin: wholeFunction('src/core/matrix.ts', 'meanLoss'),
  }),
  activationsGradient: (layer) =>
    layer.isOutput ? ofTable('losses', 'lossDerivative', layer.loss, 'derivative') : hiddenGradient(layer),
  derivatives: ({ activation }) => ofTable('activations', 'activationDerivative', activation, 'derivative'),
  preActivationsGradient: (layer) =>
    layer.isOutput ? ofKernel('output-gradient', '#outputGradient') : hiddenGradient(layer),
  weightsGradient: () => ofKernel('weights-gradient', '#parametersGradient'),
  biasesGradient: () => ofKernel('bias-gradient', '#parametersGradient'),
  updatedWeights: ({ optimizer }) => ofOptimizer(optimizer),
  updatedBiases: ({ optimizer }) => ofOptimizer(optimizer),
};

/**
 * The lines that compute a matrix of a trace, cut out of the sources that this was built from: of a kernel those behind
 * its bounds check, of an activation, a loss or an optimizer its own function.
 *
 * @returns undefined for what is given: the table's rows and targets, weights and biases before the update
 */
export function listingOf(quantity: TracedQuantity, layer: ListedLayer): Listing | undefined {
  return listings[quantity](layer);
}

function ofKernel(
  kernel: 'matmul' | 'dropout' | 'output-gradient' | 'hidden-gradient' | 'weights-gradient' | 'bias-gradient',
  method: string,
): Listing {
  return {
    wgsl: computingLines(`shaders/${kernel}.wgsl`),
    twin: wholeFunction('src/cpu/backprop.ts', method),
  };
}

/** An activation or a loss: the function that its case calls, and its part of the table. */
function ofTable(
  table: 'activations' | 'losses',
  choice: string,
  name: string,
  property: 'value' | 'derivative',
): Listing {
  return {
    wgsl: chosenFunction(`shaders/lib/${table}.wgsl`, choice, name),
    twin: propertyOf(`src/core/${table}.ts`, name, property),
  };
}

function ofOptimizer(optimizer: OptimizerName): Listing {
  // AdamW changes a parameter as Adam does; only its decay is apart.
  const name = optimizer === 'adamw' ? 'adam' : optimizer;
  return {
    wgsl: chosenFunction('shaders/lib/optimizers.wgsl', 'optimizerChange', name),
    twin: propertyOf('src/core/optimizers.ts', name, 'change'),
  };
}

/** The body of a kernel's `main`, without the check that an invocation has something to do. */
function computingLines(file: SourceFile): Excerpt {
  const { firstLine, text } = wholeFunction(file, 'main');
  const lines = text.split('\n');
  const opening = lines.findIndex((line) => line.endsWith('{'));
  const guard = lines.findIndex((line) => line.endsWith('{ return; }'));
  let from = Math.max(opening, guard) + 1;
  while (lines[from] === '') from++;
  return { file, firstLine: firstLine + from, text: lines.slice(from, -1).join('\n') };
}

/** The function that a `switch` over a table's constants calls for one of its names: `case LOSS_MSE: { return mse(…` */
function chosenFunction(file: SourceFile, choice: string, name: string): Excerpt {
  const constant = name.toUpperCase().replaceAll('-', '_');
  const { text } = wholeFunction(file, choice);
  const [, called] = new RegExp(`case [A-Z]+_${constant}: \\{ return (\\w+)\\(`).exec(text) ?? [];
  if (called === undefined) throw new Error(`${choice} of ${file} has no case for ${name}`);
  return wholeFunction(file, called);
}

/** A function or a method, from its name to the brace that closes it. */
function wholeFunction(file: SourceFile, name: string): Excerpt {
  // A signature in an interface ends in a semicolon.
  return cut(file, new RegExp(`^ *(?:export )?(?:fn |function )?${name}\\((?:.*[({])?$`), /^\}[,;]?$/);
}

/** A property of an entry in a table: `value` of `relu: {`. */
function propertyOf(file: SourceFile, name: string, property: string): Excerpt {
  const entry = cut(file, new RegExp(`^ *(?:const )?'?${name}'?(?:: | = )\\{$`), /^\}/);
  const lines = entry.text.split('\n');
  const from = lines.findIndex((line) => line.trimStart().startsWith(`${property}:`));
  if (from < 0) throw new Error(`${name} of ${file} has no ${property}`);
  const indent = indentOf(lines[from]);
  // What it goes on with is indented further, or closes it.
  let end = from + 1;
  while (indentOf(lines[end]) > indent || lines[end] === `${' '.repeat(indent)}},`) end++;
  return { file, firstLine: entry.firstLine + from, text: lines.slice(from, end).join('\n') };
}

/** From the only line that opens it to the first of the same indent that closes it. */
function cut(file: SourceFile, opens: RegExp, closes: RegExp): Excerpt {
  return cutExcerpt(file, allSources()[file], { opens, closes });
}
