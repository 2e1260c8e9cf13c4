import type { CategoryEncoding, Encoding, InputEncoding, NumberEncoding } from '../data/encoding.ts';
import { MISSING } from '../data/numbers.ts';
import type { OnnxGraphBuilder } from './onnx-graph.ts';
import type { OnnxAttribute, OnnxValue } from './onnx-messages.ts';

/** What becomes of the columns of a table. */
export interface EncodedColumns {
  /** Name of the units of all columns, float [N, inputCount]. */
  readonly units: string;
  /**
   * Name of what says which rows lack a value that nothing stands in for, bool [N, 1]; undefined where something
   * stands in for every one.
   */
  readonly isIncomplete: string | undefined;
}

/** What becomes of one column, or of several beside one another. */
interface EncodedRun {
  /** Names of its units, float [N, some] each, in order. */
  readonly units: readonly string[];
  /** Name of what says where a value is missing and nothing stands in for it, bool [N, 1]. */
  readonly isLacking?: string;
}

/** What the input of the graph is called that takes a column. */
export function inputName(index: number): string {
  return `input_${index}`;
}

/** One input a column, a number double and a category text, [N, 1] each. */
export function inputValues({ inputs }: Encoding): OnnxValue[] {
  return inputs.map(({ type }, index) => ({
    name: inputName(index),
    type: type === 'number' ? 'double' : 'string',
    shape: ['N', 1],
  }));
}

/** Makes inputs of the network of rows as the table has them: as `encodeInputs`, in the order of its units. */
export function addColumns(graph: OnnxGraphBuilder, { inputs }: Encoding): EncodedColumns {
  let start = 0;
  const runs = runsOf(inputs).map((run) => {
    const names = run.map((_, i) => inputName(start + i));
    start += run.length;
    const [first] = run;
    return first.type === 'category'
      ? addCategories(graph, first, names[0])
      : addNumbers(graph, run as readonly NumberEncoding[], names);
  });
  const units = addConcat(
    graph,
    runs.flatMap((run) => run.units),
    'units',
  );
  const [first, ...others] = runs.flatMap(({ isLacking }) => isLacking ?? []);
  let isIncomplete: string | undefined = first;
  others.forEach((isLacking, i) => {
    isIncomplete = graph.add('Or', [isIncomplete ?? first, isLacking], `is_incomplete_${i}`);
  });
  return { units, isIncomplete };
}

/** Numbers beside one another go together, so that a table of a thousand columns does not take thousands of nodes. */
function runsOf(inputs: readonly InputEncoding[]): InputEncoding[][] {
  const runs: InputEncoding[][] = [];
  for (const input of inputs) {
    const run = runs[runs.length - 1];
    if (run && isAlike(run[0], input)) run.push(input);
    else runs.push([input]);
  }
  return runs;
}

/** An indicator stands between its number and the next. */
function isAlike(first: InputEncoding, next: InputEncoding): boolean {
  return [first, next].every(
    ({ type, hasIndicator, fill }) =>
      type === 'number' && !hasIndicator && (fill === null) === (first.fill === null),
  );
}

function addConcat(graph: OnnxGraphBuilder, names: readonly string[], output: string): string {
  return graph.add('Concat', names, output, { axis: { kind: 'int', value: 1 } });
}

/** A missing number is NaN. In double, since the numbers may lie close together and far from 0, as times do. */
function addNumbers(
  graph: OnnxGraphBuilder,
  run: readonly NumberEncoding[],
  names: readonly string[],
): EncodedRun {
  const name =
    run.length === 1 ? names[0] : `${names[0]}_to_${names[names.length - 1].replace('input_', '')}`;
  const values = run.length === 1 ? names[0] : addConcat(graph, names, name);
  const constant = (what: string, of: (input: NumberEncoding) => number) =>
    graph.constant(`${name}_${what}`, 'double', run.map(of));
  const isMissing = graph.add('IsNaN', [values], `${name}_is_missing`);
  const isFilled = run[0].fill !== null;
  // None is null where the first is not.
  const fills = () => constant('fill', ({ fill }) => fill ?? NaN);
  const filled = isFilled ? graph.add('Where', [isMissing, fills(), values], `${name}_filled`) : values;
  const offsets = constant('offset', ({ scaling }) => scaling.offset);
  const factors = constant('factor', ({ scaling }) => scaling.factor);
  const centred = graph.add('Sub', [filled, offsets], `${name}_centred`);
  const unit = graph.cast(graph.add('Div', [centred, factors], `${name}_scaled`), 'float', `${name}_unit`);
  return {
    units: run[0].hasIndicator ? [unit, graph.cast(isMissing, 'float', `${name}_indicator`)] : [unit],
    ...(!isFilled && { isLacking: run.length === 1 ? isMissing : addAny(graph, isMissing) }),
  };
}

/** Whether any of a row is true: bool [N, some] → bool [N, 1]. */
function addAny(graph: OnnxGraphBuilder, values: string): string {
  const largest = graph.add(
    'ReduceMax',
    [graph.cast(values, 'float', `${values}_number`)],
    `${values}_largest`,
    {
      axes: { kind: 'ints', value: [1] },
    },
  );
  return graph.cast(largest, 'bool', `${values}_any`);
}

/** Categories in their places, then `other`. */
function addCategories(graph: OnnxGraphBuilder, input: CategoryEncoding, name: string): EncodedRun {
  const { categories, fill, hasIndicator } = input;
  const other = categories.length;
  const places = new Map(categories.map((category, place) => [category, place]));
  // Nothing is called so: a cell of that text is a missing one.
  const missing = missingSpellings().filter((spelling) => !places.has(spelling));
  const placeOfFill = fill === null ? undefined : places.get(fill);
  if (placeOfFill !== undefined) for (const spelling of missing) places.set(spelling, placeOfFill);
  const place = graph.add('LabelEncoder', [name], `${name}_place`, labelsOf(places, other));
  const depth = graph.constant(`${name}_unit_count`, 'int64', [other + 1], []);
  const offAndOn = graph.constant('off_and_on', 'float', [0, 1]);
  const oneHot = graph.add('OneHot', [place, depth, offAndOn], `${name}_one_hot`);
  const units = [graph.squeeze(oneHot, `${name}_units`)];
  if (!hasIndicator && placeOfFill !== undefined) return { units };
  const missingOnes = new Map(missing.map((spelling) => [spelling, 1]));
  const marker = graph.add('LabelEncoder', [name], `${name}_marker`, labelsOf(missingOnes, 0));
  if (hasIndicator) units.push(graph.cast(marker, 'float', `${name}_indicator`));
  if (placeOfFill !== undefined) return { units };
  return { units, isLacking: graph.cast(marker, 'bool', `${name}_is_missing`) };
}

/** What a LabelEncoder makes of texts, and of any other text. */
function labelsOf(labels: ReadonlyMap<string, number>, other: number): Record<string, OnnxAttribute> {
  return {
    keys_strings: { kind: 'strings', value: [...labels.keys()] },
    values_int64s: { kind: 'ints', value: [...labels.values()] },
    default_int64: { kind: 'int', value: other },
  };
}

/** Every text that `isMissing` takes for a cell without a value: na, nA, Na, NA, … */
function missingSpellings(): string[] {
  return [...MISSING].flatMap((word) =>
    Array.from(word).reduce<string[]>(
      (starts, letter) =>
        starts.flatMap((start) => [...new Set([letter, letter.toUpperCase()])].map((cased) => start + cased)),
      [''],
    ),
  );
}
