import { PbfWriter } from 'pbf';

// The messages of an ONNX file that handgrad writes, and their bytes, after
// https://github.com/onnx/onnx/blob/main/onnx/onnx.proto

/** `data` row-major, as many entries as the shape has; [] is a single one. */
export type OnnxTensor = { readonly shape: readonly number[] } & (
  | { readonly type: 'float' | 'double' | 'int64'; readonly data: ArrayLike<number> }
  | { readonly type: 'string'; readonly data: readonly string[] }
);
export type OnnxType = OnnxTensor['type'];

export type OnnxAttribute =
  | { readonly kind: 'float' | 'int'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'strings'; readonly value: readonly string[] };

export interface OnnxNode {
  readonly operator: string;
  /** Whose operator: '' is ONNX itself. */
  readonly domain: OnnxDomain;
  /** Names of values; the name of a node is that of its output. */
  readonly inputs: readonly string[];
  readonly output: string;
  /** By the names the operator gives them. */
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}
export type OnnxDomain = '' | 'ai.onnx.ml';

/** An input or an output of the graph; a size that is a name is free. */
export interface OnnxValue {
  readonly name: string;
  readonly type: OnnxType;
  readonly shape: readonly (number | string)[];
}

interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  /** By name of the value. */
  readonly constants: ReadonlyMap<string, OnnxTensor>;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

export interface OnnxModel {
  readonly irVersion: number;
  /** Which version of the operators of a domain. */
  readonly operatorSets: ReadonlyMap<OnnxDomain, number>;
  readonly producerName: string;
  readonly producerVersion: string;
  readonly description: string;
  readonly graph: OnnxGraph;
  readonly metadata: ReadonlyMap<string, string>;
}

/** The numbers of the fields, by message; only those written. */
const MODEL = { irVersion: 1, producerName: 2, producerVersion: 3, docString: 6, graph: 7 } as const;
const MODEL_LISTS = { operatorSets: 8, metadata: 14 } as const;
const GRAPH = { nodes: 1, name: 2, initializers: 5, inputs: 11, outputs: 12 } as const;
const NODE = { inputs: 1, outputs: 2, name: 3, operator: 4, attributes: 5, domain: 7 } as const;
const ATTRIBUTE = { name: 1, float: 2, int: 3, string: 4, ints: 8, strings: 9, type: 20 } as const;
const TENSOR = { sizes: 1, type: 2, strings: 6, name: 8, bytes: 9 } as const;
const VALUE = { name: 1, type: 2 } as const;
const TYPE = { tensor: 1, elementType: 1, shape: 2, size: 1, sizeValue: 1, sizeName: 2 } as const;
const OPERATOR_SET = { domain: 1, version: 2 } as const;
const ENTRY = { key: 1, value: 2 } as const;

/** AttributeProto.AttributeType */
const attributeTypes = { float: 1, int: 2, string: 3, ints: 7, strings: 8 } as const;
/** TensorProto.DataType */
const elementTypes = { float: 1, int64: 7, string: 8, double: 11 } as const;

const utf8 = new TextEncoder();

/** The bytes of a model file. */
export function encodeModel(model: OnnxModel): Uint8Array<ArrayBuffer> {
  const writer = new PbfWriter();
  writeInt(writer, MODEL.irVersion, model.irVersion);
  writeText(writer, MODEL.producerName, model.producerName);
  writeText(writer, MODEL.producerVersion, model.producerVersion);
  writeText(writer, MODEL.docString, model.description);
  writeMessage(writer, MODEL.graph, () => writeGraph(writer, model.graph));
  for (const [domain, version] of model.operatorSets) {
    writeMessage(writer, MODEL_LISTS.operatorSets, () => {
      writeText(writer, OPERATOR_SET.domain, domain);
      writeInt(writer, OPERATOR_SET.version, version);
    });
  }
  for (const [key, value] of model.metadata) {
    writeMessage(writer, MODEL_LISTS.metadata, () => {
      writeText(writer, ENTRY.key, key);
      writeText(writer, ENTRY.value, value);
    });
  }
  return new Uint8Array(writer.finish());
}

function writeGraph(writer: PbfWriter, graph: OnnxGraph): void {
  for (const node of graph.nodes) writeMessage(writer, GRAPH.nodes, () => writeNode(writer, node));
  writeText(writer, GRAPH.name, graph.name);
  for (const [name, tensor] of graph.constants) {
    writeMessage(writer, GRAPH.initializers, () => writeTensor(writer, name, tensor));
  }
  for (const input of graph.inputs) writeMessage(writer, GRAPH.inputs, () => writeValue(writer, input));
  for (const output of graph.outputs) writeMessage(writer, GRAPH.outputs, () => writeValue(writer, output));
}

function writeNode(writer: PbfWriter, { operator, domain, inputs, output, attributes }: OnnxNode): void {
  for (const input of inputs) writeText(writer, NODE.inputs, input);
  writeText(writer, NODE.outputs, output);
  writeText(writer, NODE.name, output);
  writeText(writer, NODE.operator, operator);
  for (const [name, attribute] of Object.entries(attributes)) {
    writeMessage(writer, NODE.attributes, () => writeAttribute(writer, name, attribute));
  }
  writeText(writer, NODE.domain, domain);
}

function writeAttribute(writer: PbfWriter, name: string, { kind, value }: OnnxAttribute): void {
  writeText(writer, ATTRIBUTE.name, name);
  switch (kind) {
    case 'float':
      writer.writeFloatField(ATTRIBUTE.float, value);
      break;
    case 'int':
      writeInt(writer, ATTRIBUTE.int, value);
      break;
    case 'string':
      writeText(writer, ATTRIBUTE.string, value);
      break;
    case 'ints':
      for (const each of value) writeInt(writer, ATTRIBUTE.ints, each);
      break;
    case 'strings':
      for (const each of value) writeText(writer, ATTRIBUTE.strings, each);
      break;
  }
  writeInt(writer, ATTRIBUTE.type, attributeTypes[kind]);
}

function writeTensor(writer: PbfWriter, name: string, tensor: OnnxTensor): void {
  for (const size of tensor.shape) writeInt(writer, TENSOR.sizes, size);
  writeInt(writer, TENSOR.type, elementTypes[tensor.type]);
  if (tensor.type === 'string') for (const text of tensor.data) writeText(writer, TENSOR.strings, text);
  writeText(writer, TENSOR.name, name);
  if (tensor.type !== 'string') {
    writer.writeBytesField(TENSOR.bytes, littleEndian(tensor.type, tensor.data));
  }
}

function littleEndian(type: 'float' | 'double' | 'int64', data: ArrayLike<number>): Uint8Array {
  const size = type === 'float' ? 4 : 8;
  const view = new DataView(new ArrayBuffer(size * data.length));
  for (let i = 0, at = 0; i < data.length; i++, at += size) {
    if (type === 'float') view.setFloat32(at, data[i], true);
    else if (type === 'double') view.setFloat64(at, data[i], true);
    else view.setBigInt64(at, BigInt(data[i]), true);
  }
  return new Uint8Array(view.buffer);
}

function writeValue(writer: PbfWriter, { name, type, shape }: OnnxValue): void {
  writeText(writer, VALUE.name, name);
  const writeSize = (size: number | string) => {
    if (typeof size === 'number') writeInt(writer, TYPE.sizeValue, size);
    else writeText(writer, TYPE.sizeName, size);
  };
  writeMessage(writer, VALUE.type, () => {
    writeMessage(writer, TYPE.tensor, () => {
      writeInt(writer, TYPE.elementType, elementTypes[type]);
      writeMessage(writer, TYPE.shape, () => {
        for (const size of shape) writeMessage(writer, TYPE.size, () => writeSize(size));
      });
    });
  });
}

function writeInt(writer: PbfWriter, field: number, value: number): void {
  writer.writeVarintField(field, value);
}

/** As UTF-8; half a surrogate pair, which has none, becomes U+FFFD. */
function writeText(writer: PbfWriter, field: number, text: string): void {
  writer.writeBytesField(field, utf8.encode(text));
}

function writeMessage(writer: PbfWriter, field: number, write: () => void): void {
  writer.writeMessage(field, write, undefined);
}
