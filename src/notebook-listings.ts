/** Lines of handgrad's own source. */
export interface Listing {
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
    './core/{activations,initializers,losses,optimizers}.ts',
    './cpu/{backprop,forward,reference-run}.ts',
    './data/samples/or-table.ts',
  ],
  { query: '?raw', import: 'default', eager: true },
);

/**
 * The code behind each part of the notebook's story, as it stands in the files that run.
 */
export const notebookListings = {
  data: [cut('src/data/samples/or-table.ts', 'csv')],
  perceptron: [cut('src/cpu/backprop.ts', 'forward')],
  activation: [cut('src/core/activations.ts', 'sigmoid')],
  weights: [cut('src/core/initializers.ts', 'drawInitialParameters')],
  forward: [cut('src/cpu/forward.ts', 'forward'), cut('src/core/losses.ts', 'mse')],
  'phase-one': [
    cut('src/cpu/backprop.ts', '#outputGradient'),
    cut('src/cpu/backprop.ts', '#parametersGradient'),
  ],
  'phase-two': [cut('src/cpu/backprop.ts', '#hiddenGradient')],
  loop: [
    cut('src/cpu/reference-run.ts', 'step'),
    cut('src/cpu/reference-run.ts', 'follow'),
    cut('src/core/optimizers.ts', 'sgd'),
  ],
} as const satisfies Record<string, readonly Listing[]>;

function cut(file: string, name: string): Listing {
  return { file, name, text: declarationOf(sources[file.replace('src/', './')], name) };
}

/**
 * A function, a method, a constant or an entry of a table, with the comment above it where that is one line.
 *
 * @param source TypeScript as it is formatted here: what a declaration opens ends at its own indent
 * @throws Error if nothing of that name is declared
 */
function declarationOf(source: string, name: string): string {
  const lines = source.split('\n');
  const opening = new RegExp(`^ *(?:export )?(?:const |function )?${name}(?:\\(.*|: \\{| = .*)$`);
  const first = lines.findIndex((line) => opening.test(line));
  if (first < 0) throw new Error(`nothing named ${name} is declared there`);
  const [indent] = lines[first].match(/^ */) ?? [''];
  // Parameters over several lines end at the same indent, and open the body.
  const end = new RegExp(`^${indent}[}\`](?:.*[;,])?$`);
  const last = lines.findIndex((line, index) => index > first && end.test(line));
  const hasComment = /^ *(?:\/\*\* .* \*\/|\/\/ .*)$/.test(lines[first - 1]);
  return lines
    .slice(hasComment ? first - 1 : first, last + 1)
    .map((line) => line.slice(indent.length))
    .join('\n');
}
