import type { ActivationName } from './core/activations.ts';
import { cutExcerpt, indentOf } from './core/excerpt.ts';

/** Lines of handgrad's own source. */
export interface NotebookListing {
  /** From the root: `src/cpu/backprop.ts`. */
  readonly file: string;
  /** What is declared there. */
  readonly name: string;
  /** The lines, not indented. */
  readonly text: string;
}

/** Read when handgrad is built: what is shown is what runs. */
const sources = import.meta.glob<string>(
  [
    './core/{activations,initializers,losses,optimizers,perceptron}.ts',
    './cpu/{backprop,forward,reference-run}.ts',
    './data/samples/or-table.ts',
  ],
  { query: '?raw', import: 'default', eager: true },
);

const declarations = {
  data: [['src/data/samples/or-table.ts', 'csv']],
  perceptron: [['src/core/perceptron.ts', 'perceptron']],
  weights: [['src/core/initializers.ts', 'drawInitialParameters']],
  forward: [
    ['src/cpu/forward.ts', 'forward'],
    ['src/core/losses.ts', 'mse'],
  ],
  'phase-one': [
    ['src/cpu/backprop.ts', '#outputGradient'],
    ['src/cpu/backprop.ts', '#parametersGradient'],
  ],
  'phase-two': [['src/cpu/backprop.ts', '#hiddenGradient']],
  loop: [
    ['src/cpu/reference-run.ts', 'step'],
    ['src/cpu/reference-run.ts', 'follow'],
    ['src/core/optimizers.ts', 'sgd'],
  ],
} as const satisfies Record<string, readonly (readonly [file: string, name: string])[]>;

/** A part of the notebook's story that code stands behind. */
export type ListedPart = keyof typeof declarations;

export const listedParts = Object.keys(declarations) as ListedPart[];

/** The code behind a part of the notebook's story, as it stands in the files that run. */
export function notebookListing(part: ListedPart): NotebookListing[] {
  return declarations[part].map(([file, name]) => cut(file, name));
}

/** An activation as it stands in the table of them. */
export function activationListing(name: ActivationName): NotebookListing {
  return cut('src/core/activations.ts', name.includes('-') ? `'${name}'` : name);
}

function cut(file: string, name: string): NotebookListing {
  return { file, name, text: declarationOf(file, sources[file.replace('src/', './')], name) };
}

/**
 * A function, a method, a constant or an entry of a table, with the comment above it where that is one line.
 *
 * @throws Error if nothing of that name is declared
 */
function declarationOf(file: string, source: string, name: string): string {
  const opens = new RegExp(`^ *(?:export )?(?:const |function )?${name}(?:\\(.*|: \\{| = .*)$`);
  // Parameters over several lines end at the same indent, and open the body.
  const { firstLine, text } = cutExcerpt(file, source, { opens, closes: /^[}`](?:.*[;,])?$/ });
  const before = source.split('\n')[firstLine - 2] ?? '';
  const hasComment = /^ *(?:\/\*\* .* \*\/|\/\/ .*)$/.test(before);
  const lines = hasComment ? [before, ...text.split('\n')] : text.split('\n');
  const indent = indentOf(lines[0]);
  return lines.map((line) => line.slice(indent)).join('\n');
}
