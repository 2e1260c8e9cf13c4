import { InputError } from '../core/errors.ts';
import { losses, type Loss } from '../core/losses.ts';
import type { Layer } from '../core/network.ts';
import { formatCount } from '../core/wording.ts';
import { madeBy } from './made-by.ts';
import { memberCountOf, membersOf, networkOf, type Model } from './model.ts';
import { addActivation } from './onnx-activations.ts';
import { OnnxGraphBuilder } from './onnx-graph.ts';
import { addColumns, inputName, inputValues, type EncodedColumns } from './onnx-inputs.ts';
import { encodeModel, type OnnxValue } from './onnx-messages.ts';

/** Has every operator that is needed; with the version of the file format and of ai.onnx.ml it came out with. */
const OPSET = 17;
const LABELS_OPSET = 3;
const IR_VERSION = 8;
/** Names a file of this kind in its own description. */
const FORMAT = 'handgrad onnx';
const VERSION = 1;

/**
 * A model as an ONNX file that takes rows as the table has them and answers in its units, whatever the scaling.
 *
 * - inputs: one a column, `input_0`, … [N, 1]: double, NaN where a number is missing; or string
 * - outputs: `prediction` double [N, targets]; or `probability` float [N, outputs] of the second class, or of the 1; or
 *   `probabilities` float [N, classes]; beside those two, where there are classes, `label` string [N]; of an ensemble,
 *   which predicts the mean of its members, `spread` in type and shape of the first
 *
 * Layers compute in float32. The metadata says which input is which column: under the name of the input, and in JSON
 * under `handgrad`. The same model makes the same bytes.
 *
 * @throws InputError if the run has diverged: a parameter that is no number within float32
 */
export function writeOnnx(model: Model): Uint8Array<ArrayBuffer> {
  const graph = new OnnxGraphBuilder();
  const columns = addColumns(graph, model.encoding);
  const linked = addLayers(graph, model, columns.units);
  const predicted = memberCountOf(model) > 1 ? addCombined(graph, linked) : { outputs: linked };
  const outputs = addAnswers(graph, model, { columns, ...predicted });
  const [producerName, producerVersion] = madeBy.split(' ');
  const usesLabels = graph.nodes.some(({ domain }) => domain !== '');
  return encodeModel({
    irVersion: IR_VERSION,
    operatorSets: new Map([['', OPSET], ...(usesLabels ? [['ai.onnx.ml', LABELS_OPSET] as const] : [])]),
    producerName,
    producerVersion,
    description: describe(model, outputs),
    graph: {
      name: 'handgrad',
      nodes: graph.nodes,
      constants: graph.constants,
      inputs: inputValues(model.encoding),
      outputs,
    },
    metadata: metadataOf(model),
  });
}

/**
 * The members of an ensemble beside one another: every product is of [N, some] or [members, N, some] with stacked weights.
 *
 * @returns the name of what the output layer says, and the loss makes of it: float [N, outputCount] of a network alone,
 *   [members, N, outputCount] of an ensemble
 */
function addLayers(graph: OnnxGraphBuilder, model: Model, units: string): string {
  const members = membersOf(model);
  members.forEach(requireFloat32);
  const isEnsemble = members.length > 1;
  let values = units;
  networkOf(model).layers.forEach((layer, index) => {
    const { inputCount, units: unitCount, biasOffset, activation } = layer;
    const name = `layer_${index}`;
    const { weights, biases } = stacked(layer, members);
    const shape = [...(isEnsemble ? [members.length] : []), inputCount, unitCount];
    values = graph.add(
      'MatMul',
      [values, graph.constant(`${name}_weights`, 'float', weights, shape)],
      `${name}_product`,
    );
    if (biasOffset !== undefined) {
      const shapeOfBiases = isEnsemble ? [members.length, 1, unitCount] : [unitCount];
      const constant = graph.constant(`${name}_biases`, 'float', biases, shapeOfBiases);
      values = graph.add('Add', [values, constant], `${name}_sum`);
    }
    values = addActivation[activation](graph, values, `${name}_activations`);
  });
  const { link }: Loss = losses[model.job.loss];
  if (link === 'sigmoid') return graph.add('Sigmoid', [values], 'linked');
  return link === 'softmax'
    ? graph.add('Softmax', [values], 'linked', { axis: { kind: 'int', value: isEnsemble ? 2 : 1 } })
    : values;
}

/** The weights of a layer, member behind member, and its biases: none where it has none. */
function stacked(
  { inputCount, units, weightsOffset, biasOffset }: Layer,
  members: readonly Float64Array[],
): { readonly weights: Float64Array; readonly biases: Float64Array } {
  const weightCount = inputCount * units;
  const weights = new Float64Array(members.length * weightCount);
  const biases = new Float64Array(biasOffset === undefined ? 0 : members.length * units);
  members.forEach((parameters, member) => {
    weights.set(parameters.subarray(weightsOffset, weightsOffset + weightCount), member * weightCount);
    if (biasOffset === undefined) return;
    biases.set(parameters.subarray(biasOffset, biasOffset + units), member * units);
  });
  return { weights, biases };
}

/** Mean and standard deviation over the members: float [members, N, outputCount] → [N, outputCount] each. */
function addCombined(
  graph: OnnxGraphBuilder,
  values: string,
): { readonly outputs: string; readonly spread: string } {
  const overMembers = { axes: { kind: 'ints', value: [0] }, keepdims: { kind: 'int', value: 0 } } as const;
  const outputs = graph.add('ReduceMean', [values], 'mean', overMembers);
  const distances = graph.add('Sub', [values, outputs], 'distances');
  const squares = graph.add('Mul', [distances, distances], 'squares');
  const variance = graph.add('ReduceMean', [squares], 'variance', overMembers);
  return { outputs, spread: graph.add('Sqrt', [variance], 'deviation') };
}

/** What the outputs mean, by the rules of `answersOf`. @returns the outputs of the graph */
function addAnswers(
  graph: OnnxGraphBuilder,
  { encoding, job }: Model,
  predicted: { readonly columns: EncodedColumns; readonly outputs: string; readonly spread?: string },
): OnnxValue[] {
  const { columns, outputs, spread } = predicted;
  const { task, classes, targetScaling } = encoding;
  const shape = ['N', targetScaling.length];
  const finish = (values: string, type: 'float' | 'double', name: string): OnnxValue => {
    addWhereComplete(graph, { values, type, columns }, name);
    return { name, type, shape };
  };
  const isOfClasses = task === 'classification' && classes !== undefined;
  if (!isOfClasses && (task === 'regression' || !('link' in losses[job.loss]))) {
    const scaling = (what: 'offset' | 'factor') =>
      graph.constant(
        `target_${what}s`,
        'double',
        targetScaling.map((each) => each[what]),
      );
    const scale = (values: string, name: string) => {
      const wide = graph.cast(values, 'double', name);
      return graph.add('Mul', [wide, scaling('factor')], `${name}_scaled`);
    };
    const shifted = graph.add('Add', [scale(outputs, 'outputs'), scaling('offset')], 'outputs_shifted');
    const answers = [finish(shifted, 'double', 'prediction')];
    return spread === undefined
      ? answers
      : [...answers, finish(scale(spread, 'spread_of_outputs'), 'double', 'spread')];
  }
  const answers = [finish(outputs, 'float', isOfClasses ? 'probabilities' : 'probability')];
  if (spread !== undefined) answers.push(finish(spread, 'float', 'spread'));
  if (!classes) return answers;
  const place = isOfClasses ? addLikeliest(graph, outputs) : addIsSecond(graph, outputs);
  return [...answers, addLabels(graph, { place, classes, columns })];
}

/** Of the classes, the first of the likeliest: int64 [N]. */
function addLikeliest(graph: OnnxGraphBuilder, probabilities: string): string {
  return graph.add('ArgMax', [probabilities], 'likeliest', {
    axis: { kind: 'int', value: 1 },
    keepdims: { kind: 'int', value: 0 },
  });
}

/** Of two classes, 1 for the second from a probability of one half on: int64 [N]. */
function addIsSecond(graph: OnnxGraphBuilder, probability: string): string {
  const threshold = graph.constant('threshold', 'float', [0.5], []);
  const isLikely = graph.add('GreaterOrEqual', [probability, threshold], 'is_second');
  return graph.squeeze(graph.cast(isLikely, 'int64', 'is_second_column'), 'is_second_place');
}

function addLabels(
  graph: OnnxGraphBuilder,
  labelled: { readonly place: string; readonly classes: readonly string[]; readonly columns: EncodedColumns },
): OnnxValue {
  const { classes, columns } = labelled;
  let { place } = labelled;
  if (columns.isIncomplete !== undefined) {
    const isIncomplete = graph.squeeze(columns.isIncomplete, 'is_incomplete_row');
    place = graph.add('Where', [isIncomplete, graph.constant('no_place', 'int64', [-1], []), place], 'place');
  }
  graph.add('LabelEncoder', [place], 'label', {
    keys_int64s: { kind: 'ints', value: classes.map((_, index) => index) },
    values_strings: { kind: 'strings', value: classes },
    default_string: { kind: 'string', value: '' },
  });
  return { name: 'label', type: 'string', shape: ['N'] };
}

/**
 * NaN where a row lacks a value that nothing stands in for. Put in at the end: a runtime may lose a NaN on the way, as
 * where its ReLU takes the larger of 0 and x.
 */
function addWhereComplete(
  graph: OnnxGraphBuilder,
  given: { readonly values: string; readonly type: 'float' | 'double'; readonly columns: EncodedColumns },
  name: string,
): void {
  const { values, type, columns } = given;
  if (columns.isIncomplete === undefined) graph.add('Identity', [values], name);
  else {
    const none = graph.constant('no_prediction', type, [NaN], []);
    graph.add('Where', [columns.isIncomplete, none, values], name);
  }
}

/** What a person's texts are: the only place for them beside the categories and classes that the graph compares with. */
function metadataOf(model: Model): Map<string, string> {
  const { encoding } = model;
  const memberCount = memberCountOf(model);
  const { task, targets, classes } = encoding;
  const inputs = encoding.inputs.map((input, index) => ({
    name: inputName(index),
    column: input.column,
    type: input.type,
    ...(input.type === 'category' && { categories: input.categories }),
    ...(input.type === 'number' && input.words && { words: input.words }),
    fill: input.fill,
  }));
  const description = {
    format: FORMAT,
    version: VERSION,
    madeBy,
    ...(memberCount > 1 && { memberCount }),
    task,
    inputs,
    targets,
    ...(classes && { classes }),
  };
  return new Map([
    ['handgrad', JSON.stringify(description)],
    ...encoding.inputs.map(({ column }, index) => [inputName(index), column] as const),
    ...targets.map((target, index) => [`target_${index}`, target] as const),
  ]);
}

/** For whoever opens the file, without a word of the table. */
function describe(model: Model, outputs: readonly OnnxValue[]): string {
  const { inputs } = model.encoding;
  const memberCount = memberCountOf(model);
  const what =
    memberCount === 1
      ? 'A multi-layer perceptron'
      : `The mean of ${formatCount(memberCount)} multi-layer perceptrons of one shape,`;
  const sentences = [
    `${what} trained with handgrad. It takes rows as the table has them: one input per column, of shape ` +
      '[N, 1] for N rows. The metadata says which input is which column, under the name of the input, and as JSON under "handgrad".',
  ];
  if (inputs.some(({ type }) => type === 'number')) {
    sentences.push('Numbers are doubles as they stand in the table, not scaled; a missing one is NaN.');
  }
  if (inputs.some(({ type }) => type === 'category')) {
    sentences.push(
      'Categories are strings without white space around them, a number among them in its shortest form (7, not 07 ' +
        'or 7.0); a missing one is empty, NA, N/A, NaN, null or ?, in any case; one that training did not see counts as other.',
    );
  }
  sentences.push(
    inputs.every(({ fill }) => fill !== null)
      ? 'A missing value is filled in.'
      : 'A row that lacks a value has no prediction: NaN, and an empty label.',
  );
  sentences.push(...outputs.map(({ name }) => meanings[name as keyof typeof meanings]));
  return sentences.join(' ');
}

const meanings = {
  prediction: 'prediction: the targets in the units of the table, in the order of target_0, target_1, …',
  probability: 'probability: that the target is its second class, or 1.',
  spread: 'spread: the standard deviation of the members around that mean, in its unit.',
  probabilities: 'probabilities: one per class, in the order of the classes in the metadata.',
  label: 'label: the class; of two, the second from a probability of 0.5 on.',
};

function requireFloat32(parameters: Float64Array): void {
  const faulty = parameters.findIndex((value) => !Number.isFinite(Math.fround(value)));
  if (faulty < 0) return;
  throw new InputError(
    `Parameter ${formatCount(faulty + 1)} is ${parameters[faulty]}; an ONNX file takes numbers within ±3.4e38 ` +
      '(float32). Export a network that has not diverged.',
  );
}
