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

/** What becomes of one column. */
interface EncodedColumn {
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
  const columns = inputs.map((input, index) => addColumn(graph, input, inputName(index)));
  const units = graph.add(
    'Concat',
    columns.flatMap((column) => column.units),
    'units',
    { axis: { kind: 'int', value: 1 } },
  );
  const [first, ...others] = columns.flatMap(({ isLacking }) => isLacking ?? []);
  let isIncomplete: string | undefined = first;
  others.forEach((isLacking, i) => {
    isIncomplete = graph.add('Or', [isIncomplete ?? first, isLacking], `is_incomplete_${i}`);
  });
  return { units, isIncomplete };
}

function addColumn(graph: OnnxGraphBuilder, input: InputEncoding, name: string): EncodedColumn {
  return input.type === 'number' ? addNumbers(graph, input, name) : addCategories(graph, input, name);
}

/** A missing number is NaN. In double, since the numbers may lie close together and far from 0, as times do. */
function addNumbers(graph: OnnxGraphBuilder, input: NumberEncoding, name: string): EncodedColumn {
  const { scaling, fill, hasIndicator } = input;
  const constant = (what: string, value: number) => graph.constant(`${name}_${what}`, 'double', [value], []);
  const isMissing = graph.add('IsNaN', [name], `${name}_is_missing`);
  const filled =
    fill === null ? name : graph.add('Where', [isMissing, constant('fill', fill), name], `${name}_filled`);
  const centred = graph.add('Sub', [filled, constant('offset', scaling.offset)], `${name}_centred`);
  const scaled = graph.add('Div', [centred, constant('factor', scaling.factor)], `${name}_scaled`);
  const unit = graph.cast(scaled, 'float', `${name}_unit`);
  return {
    units: hasIndicator ? [unit, graph.cast(isMissing, 'float', `${name}_indicator`)] : [unit],
    ...(fill === null && { isLacking: isMissing }),
  };
}

/** Categories in their places, then `other`. */
function addCategories(graph: OnnxGraphBuilder, input: CategoryEncoding, name: string): EncodedColumn {
  const { categories, fill, hasIndicator } = input;
  const other = categories.length;
  const places = new Map(categories.map((category, place) => [category, place]));
  // Nothing is called so: a cell of that text is a missing one.
  const missing = missingSpellings().filter((spelling) => !places.has(spelling));
  const placeOfFill = fill === null ? undefined : places.get(fill);
  if (placeOfFill !== undefined) for (const spelling of missing) places.set(spelling, placeOfFill);
  const place = graph.add('LabelEncoder', [name], `${name}_place`, labelsOf(places, other));
  const depth = graph.constant(`${name}_unit_count`, 'int64', [other + 1]);
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
