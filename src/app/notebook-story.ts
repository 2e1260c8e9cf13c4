// What a person can change in the notebook, and what each of its cells depends on.

import {
  activationNames,
  drawInitialParameters,
  layOutNetwork,
  MAX_SEED,
  notebookJob,
  orTable,
  type ActivationName,
  type TrainingData,
  type TrainingJob,
} from '../index.ts';
import {
  readChoice,
  readLearningRate,
  readNumber,
  readWholeNumber,
  type Reading,
} from './setting-readers.ts';

/** The cells, in the order of the page. */
export const cellNames = [
  'data',
  'perceptron',
  'activation',
  'weights',
  'forward',
  'error',
  'phase-one',
  'phase-two',
  'loop',
  'pytorch',
  'agreement',
] as const;
export type CellName = (typeof cellNames)[number];

/** More units than fit a page side by side say nothing new. */
export const MOST_HIDDEN_UNITS = 8;
/** The curve is drawn from here to there. */
export const CURVE_REACH = 6;
/** Ten times the notebook's. */
const MOST_STEPS = 100_000;
/** Of what a person types into a table or a matrix. */
const LARGEST = 1000;

/** Everything the cells are computed from. */
export interface StoryValues {
  /** x₁, x₂ and f₀ of each observation. */
  readonly rows: readonly (readonly number[])[];
  readonly perceptron: { readonly w1: number; readonly w2: number; readonly b: number };
  /** What the perceptron is asked about. */
  readonly asked: { readonly x1: number; readonly x2: number };
  readonly activation: ActivationName;
  /** Where the curve of the activation is looked at. */
  readonly point: number;
  readonly hiddenUnits: number;
  readonly seed: number;
  /** [2 · hiddenUnits + hiddenUnits]: drawn, and then as a person changed them. */
  readonly weights: Float64Array;
  readonly areWeightsTyped: boolean;
  /** One output and its target, to be looked at alone. */
  readonly f: number;
  readonly f0: number;
  /** Which hidden weight is moved, and by how much either way. */
  readonly moved: number;
  readonly h: number;
  readonly learningRate: number;
  readonly steps: number;
}

/** What a person typed, by field; fields that are not in it are as the notebook has them. */
export type StoryTexts = ReadonlyMap<string, string>;

export interface Story {
  readonly values: StoryValues;
  /** By field, why what stands there cannot be taken; the notebook's value stands in for it. */
  readonly problems: ReadonlyMap<string, string>;
}

/** The four observations, from the table that comes with the page. */
const tableRows = orTable.csv
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split(',').slice(1).map(Number));

/** How each field of one value begins. */
const beginnings: Record<string, string> = {
  w1: '1',
  w2: '1',
  b: '-0.5',
  x1: '1',
  x2: '0',
  activation: notebookJob.layers[0].activation,
  point: '1',
  units: String(notebookJob.layers[0].units),
  seed: String(notebookJob.networks[0].seed),
  f: '0.6',
  f0: '1',
  moved: '0',
  h: '0.001',
  rate: String(notebookJob.networks[0].learningRate),
  steps: String(notebookJob.steps),
};

/** The field of an entry of the table: columns 0 and 1 are the inputs, 2 is the target. */
export function rowField(row: number, column: number): string {
  return `row ${row} ${column}`;
}

/** The field of a weight, by its place in the parameters. */
export function weightField(index: number): string {
  return `weight ${index}`;
}

/** The weights that are typed are those of one draw: another draw begins anew. */
export function withText(texts: StoryTexts, field: string, text: string): StoryTexts {
  const isOfDraw = field === 'seed' || field === 'units';
  const kept = [...texts].filter(([other]) => !isOfDraw || !other.startsWith('weight '));
  return new Map([...kept, [field, text]]);
}

/** What stands in a field. */
export function textOf(texts: StoryTexts, field: string, { values }: Story): string {
  const typed = texts.get(field);
  if (typed !== undefined) return typed;
  const [kind, first, second] = field.split(' ');
  if (kind === 'row') return String(values.rows[Number(first)][Number(second)]);
  if (kind === 'weight') return shortText(values.weights[Number(first)]);
  return beginnings[field];
}

/** As many digits as the notebook prints. */
function shortText(value: number): string {
  return String(Number(value.toFixed(8)));
}

/** Takes what a person typed. */
export function readStory(texts: StoryTexts): Story {
  const problems = new Map<string, string>();
  const take = <Value>(field: string, beginning: Value, read: (text: string) => Reading<Value>): Value => {
    const text = texts.get(field);
    if (text === undefined) return beginning;
    // A proper minus is what the page itself writes.
    const value = read(text.replaceAll('−', '-'));
    if (!(value instanceof Error)) return value;
    problems.set(field, value.message);
    return beginning;
  };
  const entry = (field: string, what: string, beginning = Number(beginnings[field])) =>
    take(field, beginning, (text) => readEntry(what, text));
  const hiddenUnits = take('units', Number(beginnings.units), (text) =>
    readWholeNumber('Hidden units', text, 1, MOST_HIDDEN_UNITS),
  );
  const seed = take('seed', Number(beginnings.seed), (text) =>
    readWholeNumber('The seed', text, 0, MAX_SEED),
  );
  const { weights, areTyped } = takeWeights(hiddenUnits, seed, entry);
  const values: StoryValues = {
    rows: tableRows.map((cells, row) =>
      cells.map((cell, column) => entry(rowField(row, column), cellName(row, column), cell)),
    ),
    perceptron: { w1: entry('w1', 'w₁'), w2: entry('w2', 'w₂'), b: entry('b', 'b') },
    asked: { x1: entry('x1', 'x₁'), x2: entry('x2', 'x₂') },
    activation: take('activation', notebookJob.layers[0].activation, (text) =>
      readChoice('The activation', text, activationNames),
    ),
    point: take('point', Number(beginnings.point), (text) => readWithin('The point', text, CURVE_REACH)),
    hiddenUnits,
    seed,
    weights,
    areWeightsTyped: areTyped,
    f: take('f', Number(beginnings.f), (text) => readShare('The output f', text)),
    f0: entry('f0', 'The target f₀'),
    moved: take('moved', 0, (text) => readWholeNumber('The weight', text, 0, 2 * hiddenUnits - 1)),
    h: take('h', Number(beginnings.h), (text) => readNumber('The change h', text, { above: 0, most: 1 })),
    learningRate: take('rate', Number(beginnings.rate), readLearningRate),
    steps: take('steps', Number(beginnings.steps), (text) => readWholeNumber('Steps', text, 1, MOST_STEPS)),
  };
  return { values, problems };
}

function takeWeights(
  hiddenUnits: number,
  seed: number,
  entry: (field: string, what: string, beginning: number) => number,
): { weights: Float64Array; areTyped: boolean } {
  const network = layOutNetwork(2, layersOf(hiddenUnits, 'sigmoid'));
  const drawn = drawInitialParameters(network, seed);
  const weights = drawn.map((value, index) =>
    entry(weightField(index), weightName(index, hiddenUnits), value),
  );
  return { weights, areTyped: weights.some((value, index) => value !== drawn[index]) };
}

function readEntry(what: string, text: string): Reading<number> {
  return readWithin(what, text, LARGEST);
}

function readWithin(what: string, text: string, most: number): Reading<number> {
  const [, sign = '', size = ''] = text.match(/^\s*([+-]?)([^+-].*)$/) ?? [];
  const value = readNumber(what, size, { most });
  if (value instanceof Error) {
    return new Error(`${what} must be a number from −${most} to ${most}, not “${text.trim().slice(0, 24)}”.`);
  }
  return sign === '-' ? -value : value;
}

/** Of a sigmoid: between 0 and 1, its ends left out. */
function readShare(what: string, text: string): Reading<number> {
  const value = readNumber(what, text, { above: 0, most: 1 });
  return value === 1 ? new Error(`${what} of a sigmoid stays below 1; write 0.999.`) : value;
}

function cellName(row: number, column: number): string {
  return `${['x₁', 'x₂', 'f₀'][column]} of observation ${row + 1}`;
}

const SUBSCRIPTS = '₀₁₂₃₄₅₆₇₈₉';

/** `v₁₂`, `w₃₁`: the notebook's letter of a parameter, by its place. */
export function weightName(index: number, hiddenUnits: number): string {
  const isHidden = index < 2 * hiddenUnits;
  const at = isHidden ? index : index - 2 * hiddenUnits;
  const columns = isHidden ? hiddenUnits : 1;
  const [row, column] = [Math.floor(at / columns) + 1, (at % columns) + 1];
  return `${isHidden ? 'v' : 'w'}${SUBSCRIPTS[row]}${SUBSCRIPTS[column]}`;
}

function layersOf(hiddenUnits: number, activation: ActivationName): TrainingJob['layers'] {
  const [hidden, output] = notebookJob.layers;
  return [{ ...hidden, units: hiddenUnits, activation }, output];
}

/** The job of the loop; with nothing changed, the notebook's own. */
export function jobOfStory(values: StoryValues): TrainingJob {
  const { hiddenUnits, activation, seed, learningRate, steps, weights, areWeightsTyped } = values;
  return {
    ...notebookJob,
    layers: layersOf(hiddenUnits, activation),
    steps,
    networks: [{ seed, learningRate, ...(areWeightsTyped && { initialParameters: weights }) }],
  };
}

export function dataOfStory({ rows }: StoryValues): TrainingData {
  return {
    rowCount: rows.length,
    inputCount: 2,
    outputCount: 1,
    inputs: Float64Array.from(rows.flatMap((row) => row.slice(0, 2))),
    targets: Float64Array.from(rows, (row) => row[2]),
  };
}

/** What a cell is computed from, as one text: two texts that are the same give the same output. */
export function keyOfCell(cell: CellName, values: StoryValues): string {
  const { rows, perceptron, asked, activation, point, f, f0, moved, h, learningRate, steps } = values;
  const weights = Array.from(values.weights);
  const network = [rows, activation, weights];
  const parts: Record<CellName, readonly unknown[]> = {
    data: [rows],
    perceptron: [rows, perceptron, asked],
    activation: [activation, point],
    weights,
    forward: network,
    error: [f, f0],
    'phase-one': network,
    'phase-two': [network, moved, h],
    loop: [network, learningRate, steps],
    pytorch: [network, learningRate, steps],
    agreement: [network, learningRate, steps],
  };
  return JSON.stringify(parts[cell]);
}

/** The fields a cell cannot be run without. */
export function fieldsOfCell(cell: CellName, fields: Iterable<string>): string[] {
  const perceptron = ['w1', 'w2', 'b', 'x1', 'x2'];
  const network = ['activation', 'units', 'seed', 'row', 'weight'];
  const loop = [...network, 'rate', 'steps'];
  const kinds: Record<CellName, readonly string[]> = {
    data: ['row'],
    perceptron: ['row', ...perceptron],
    activation: ['activation', 'point'],
    weights: ['units', 'seed', 'weight'],
    forward: network,
    error: ['f', 'f0'],
    'phase-one': network,
    'phase-two': [...network, 'moved', 'h'],
    loop,
    pytorch: loop,
    agreement: loop,
  };
  return [...fields].filter((field) => kinds[cell].includes(field.split(' ')[0]));
}
