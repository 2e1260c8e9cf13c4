import type { ActivationName } from '../core/activations.ts';
import { losses, type Loss } from '../core/losses.ts';
import type { DecimalMark } from '../data/numbers.ts';
import { memberCountOf, membersOf, networkOf, type Model } from './model.ts';

/** Every activation as JavaScript, in the words of `src/core/activations.ts`. */
const activationCode: Readonly<Record<ActivationName, string>> = {
  sigmoid: '1 / (1 + Math.exp(-x))',
  tanh: 'Math.tanh(x)',
  relu: 'x < 0 ? 0 : x',
  'leaky-relu': 'x < 0 ? 0.01 * x : x',
  elu: 'x > 0 ? x : Math.expm1(x)',
  silu: 'x / (1 + Math.exp(-x))',
  gelu: '0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))',
  softplus: 'x > 20 ? x : Math.log1p(Math.exp(x))',
  linear: 'x',
};

/** What a number looks like as a text, by the mark before its decimals: as `src/data/numbers.ts` reads it. */
const numberCode: Readonly<Record<DecimalMark, string>> = {
  '.': `const decimal = '.';
const NUMBER = /^[+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][+-]?\\d+)?$/;
const THOUSANDS = /^[+-]?\\d{1,3}(?:,\\d{3}(?:\\.\\d*|(?:,\\d{3})+(?:\\.\\d*)?))$/;`,
  ',': `const decimal = ',';
const NUMBER = /^[+-]?(?:\\d+(?:,\\d*)?|,\\d+)(?:[eE][+-]?\\d+)?$/;
const THOUSANDS = /^[+-]?\\d{1,3}(?:\\.\\d{3})+(?:,\\d*)?$/;`,
};

/** What makes probabilities of logits, where the loss takes those. */
const linkCode: Readonly<Record<NonNullable<Loss['link']> | 'none', string>> = {
  none: `function link(outputs) {
  return outputs;
}`,
  sigmoid: `function link(logits) {
  return logits.map((logit) => 1 / (1 + Math.exp(-logit)));
}`,
  softmax: `function link(logits) {
  const largest = Math.max(...logits);
  const shares = logits.map((logit) => Math.exp(logit - largest));
  const sum = shares.reduce((total, share) => total + share, 0);
  return shares.map((share) => share / sum);
}`,
};

/**
 * A model as one ES module without dependencies: `predict(row)` answers to a row of the table in its own units and words,
 * within rounding of the CPU path. Names and categories stand in it as escaped text alone.
 */
export function writeJavaScript(model: Model): string {
  const { encoding, job } = model;
  const { link }: Loss = losses[job.loss];
  const members = membersOf(model).map((parameters) => layersOf(model, parameters));
  const isEnsemble = members.length > 1;
  const used = [...new Set(job.layers.map(({ activation }) => activation))];
  const { task, inputs, targets, classes, targetScaling } = encoding;
  const isProbability = link !== undefined;
  return `${opening(model)}
/** The columns a row needs, how their cells become inputs, and what a missing one is filled with. */
export const columns = ${listLiteral(inputs)};

/** What is predicted, and how a prediction is scaled back: value = offset + factor * output. */
export const targets = ${literal(targets)};
/** The classes of a target of classes, of two the second is the 1; null for numbers. */
export const classes = ${literal(classes ?? null)};
const targetScaling = ${literal(targetScaling)};
const task = ${literal(task)};
const isProbability = ${isProbability};

const activations = {
${used.map((name) => `  ${literal(name)}: (x) => ${activationCode[name]},`).join('\n')}
};

${isEnsemble ? membersCode(members) : layersCode(members[0])}

${linkCode[link ?? 'none']}

/** How the table writes numbers. */
${numberCode[model.table.format.decimal]}

${isEnsemble ? PREDICTING_MEANS : PREDICTING}
${forwardCode(isEnsemble ? 'inputs, layers' : 'inputs')}
${READING}`;
}

/** A layer as it stands in the module. */
interface LayerOfModule {
  readonly activation: ActivationName;
  /** One row a unit. */
  readonly weights: readonly (readonly number[])[];
  readonly biases: readonly number[];
}

function layersOf(model: Model, parameters: Float64Array): LayerOfModule[] {
  return networkOf(model).layers.map((layer) => {
    const { units, activation, weightsOffset, biasOffset, inputCount } = layer;
    return {
      activation,
      weights: Array.from({ length: units }, (_, unit) =>
        Array.from({ length: inputCount }, (__, input) => parameters[weightsOffset + input * units + unit]),
      ),
      biases: Array.from({ length: units }, (_, unit) =>
        biasOffset === undefined ? 0 : parameters[biasOffset + unit],
      ),
    };
  });
}

function layersCode(layers: readonly LayerOfModule[]): string {
  return `/** Weights [units][inputs] and biases [units], layer by layer. */
const layers = ${listLiteral(layers)};`;
}

/** One member a line: its layers. */
function membersCode(members: readonly (readonly LayerOfModule[])[]): string {
  return `/** Of each network its layers, with weights [units][inputs] and biases [units]. */
const members = ${listLiteral(members)};`;
}

/** No text of the table may stand here. */
function opening(model: Model): string {
  const memberCount = memberCountOf(model);
  const [what, ofSpread] =
    memberCount === 1
      ? ['A trained neural network', '']
      : [
          `An ensemble of ${memberCount} trained neural networks`,
          `
// Both are means over the networks; \`spread\`, of a number or of a probability, is the standard deviation around them.`,
        ];
  return `// ${what} as one JavaScript module without dependencies: for browsers, Node, Deno and Bun.
// Made by ${model.madeBy}.
//
//   import { columns, predict } from './model.mjs';
//   const [{ value, probabilities }] = predict(row);
//
// A row is an object, or a Map, with a cell for each of \`columns\`, by name: a number, or a text as it would stand in the
// table. A cell that is left out, null, empty, NA or NaN is missing. There is one answer a target: \`value\` is a number in
// the units of the table or the likeliest class; \`probabilities\` has one entry a class, and none for numbers.${ofSpread}
`;
}

const PREDICTING = `/** One answer a target: { target, value, probabilities: [{ of, probability }] }. */
export function predict(row) {
  if (row === null || typeof row !== 'object' || !columns.some(({ column }) => has(row, column))) {
    throw new Error('The row has none of the columns. Give it an object, or a Map, with cells by name: ' + columns.map(({ column }) => JSON.stringify(column)).join(', '));
  }
  const outputs = link(forward(columns.flatMap((column) => encode(column, cellOf(row, column.column)))));
  const values = outputs.map((output, i) => targetScaling[i].offset + targetScaling[i].factor * output);
  if (task === 'classification') {
    const likeliest = values.indexOf(Math.max(...values));
    const probabilities = classes.map((of, i) => ({ of, probability: values[i] }));
    return [{ target: targets[0], value: classes[likeliest], probabilities }];
  }
  return targets.map((target, i) => {
    const value = values[i];
    if (task === 'regression' || !isProbability) return { target, value, probabilities: [] };
    const [no, yes] = classes ?? ['0', '1'];
    const probabilities = classes
      ? [{ of: no, probability: 1 - value }, { of: yes, probability: value }]
      : [{ of: yes, probability: value }];
    return { target, value: value >= 0.5 ? yes : no, probabilities };
  });
}
`;

/** As `PREDICTING`, with the mean of the members, and their spread beside it. */
const PREDICTING_MEANS = `/** One answer a target: { target, value, probabilities: [{ of, probability, spread }] }, and the spread of a number. */
export function predict(row) {
  if (row === null || typeof row !== 'object' || !columns.some(({ column }) => has(row, column))) {
    throw new Error('The row has none of the columns. Give it an object, or a Map, with cells by name: ' + columns.map(({ column }) => JSON.stringify(column)).join(', '));
  }
  const inputs = columns.flatMap((column) => encode(column, cellOf(row, column.column)));
  const combined = combine(members.map((layers) => link(forward(inputs, layers))));
  const values = combined.map(({ mean }, i) => targetScaling[i].offset + targetScaling[i].factor * mean);
  const spreads = combined.map(({ spread }, i) => Math.abs(targetScaling[i].factor) * spread);
  if (task === 'classification') {
    const likeliest = values.indexOf(Math.max(...values));
    const probabilities = classes.map((of, i) => ({ of, probability: values[i], spread: spreads[i] }));
    return [{ target: targets[0], value: classes[likeliest], probabilities }];
  }
  return targets.map((target, i) => {
    const [value, spread] = [values[i], spreads[i]];
    if (task === 'regression' || !isProbability) return { target, value, probabilities: [], spread };
    const [no, yes] = classes ?? ['0', '1'];
    const probabilities = classes
      ? [{ of: no, probability: 1 - value, spread }, { of: yes, probability: value, spread }]
      : [{ of: yes, probability: value, spread }];
    return { target, value: value >= 0.5 ? yes : no, probabilities };
  });
}

/** Of each output the mean over the members, and their standard deviation: of all n, divided by n. */
function combine(outputsOfMembers) {
  return outputsOfMembers[0].map((first, i) => {
    const outputs = outputsOfMembers.map((ofMember) => ofMember[i]);
    const mean = first + outputs.reduce((sum, output) => sum + (output - first), 0) / outputs.length;
    const squares = outputs.reduce((sum, output) => sum + (output - mean) ** 2, 0);
    return { mean, spread: Math.sqrt(squares / outputs.length) };
  });
}
`;

const forwardCode = (parameters: string) => `/** Layer by layer: activation(weights . inputs + biases). */
function forward(${parameters}) {
  let values = inputs;
  for (const { weights, biases, activation } of layers) {
    const before = values;
    values = weights.map((row, unit) => {
      let sum = 0;
      for (let i = 0; i < row.length; i++) sum += before[i] * row[i];
      return activations[activation](sum + biases[unit]);
    });
  }
  return values;
}
`;

const READING = `const MISSING = ['', 'na', 'n/a', 'nan', 'null', '?'];

function has(row, name) {
  return row instanceof Map ? row.has(name) : Object.hasOwn(row, name);
}

/** Undefined where it is missing, a number where it is one, else a text. */
function cellOf(row, name) {
  const cell = row instanceof Map ? row.get(name) : has(row, name) ? row[name] : undefined;
  if (cell === undefined || cell === null || Number.isNaN(cell)) return undefined;
  if (typeof cell === 'number') return cell;
  const text = String(cell).trim();
  if (THOUSANDS.test(text)) return Number(withPoint(text.replaceAll(decimal === ',' ? '.' : ',', '')));
  if (NUMBER.test(text)) return Number(withPoint(text));
  return MISSING.includes(text.toLowerCase()) ? undefined : text;
}

function withPoint(text) {
  return text.replace(decimal, '.');
}

/** The inputs that one column is. */
function encode(column, given) {
  let cell = given;
  // Words that count as missing cells.
  if (column.words === 'missing' && typeof cell === 'string') cell = undefined;
  const isMissing = cell === undefined;
  if (isMissing && column.fill === null) {
    throw new Error('The column ' + JSON.stringify(column.column) + ' is missing, and the network was trained on complete rows only.');
  }
  const indicator = column.hasIndicator ? [isMissing ? 1 : 0] : [];
  if (isMissing) cell = column.fill;
  if (column.type === 'number') {
    if (typeof cell !== 'number') {
      throw new Error('The column ' + JSON.stringify(column.column) + ' takes a number, not ' + JSON.stringify(cell) + '.');
    }
    return [(cell - column.scaling.offset) / column.scaling.factor, ...indicator];
  }
  const place = column.categories.indexOf(String(cell));
  // The last unit stands for every category that did not come up in training.
  const units = [...column.categories, 'other'].map((_, i) => (i === place ? 1 : 0));
  if (place < 0) units[units.length - 1] = 1;
  return [...units, ...indicator];
}
`;

/** A value as JavaScript writes it, in ASCII; the keys of objects are ours. */
function literal(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^ -~]|</g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** One entry a line. */
function listLiteral(values: readonly unknown[]): string {
  return `[\n${values.map((value) => `  ${literal(value)},\n`).join('')}]`;
}
