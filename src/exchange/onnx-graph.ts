import type { OnnxAttribute, OnnxDomain, OnnxNode, OnnxTensor, OnnxType } from './onnx-messages.ts';

/** Operators that are not ONNX's own. */
const domains: ReadonlyMap<string, OnnxDomain> = new Map([['LabelEncoder', 'ai.onnx.ml']]);
/** What the attribute `to` of a Cast calls a type: TensorProto.DataType. */
const castTypes = { float: 1, int64: 7, bool: 9, double: 11 } as const;

/** Collects the nodes and constants of a graph. Names of values are ours: no text of a table is ever one. */
export class OnnxGraphBuilder {
  readonly nodes: OnnxNode[] = [];
  readonly constants = new Map<string, OnnxTensor>();

  /** Adds a node. @returns the name of its output, as given */
  add(
    operator: string,
    inputs: readonly string[],
    output: string,
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
  ): string {
    this.nodes.push({ operator, domain: domains.get(operator) ?? '', inputs, output, attributes });
    return output;
  }

  cast(input: string, to: keyof typeof castTypes, output: string): string {
    return this.add('Cast', [input], output, { to: { kind: 'int', value: castTypes[to] } });
  }

  /** Takes the axis of size 1 out of [N, 1, …]. */
  squeeze(input: string, output: string): string {
    return this.add('Squeeze', [input, this.constant('axis_1', 'int64', [1])], output);
  }

  /** Adds numbers, once under one name. @param shape a vector if left out @returns the name */
  constant(
    name: string,
    type: Exclude<OnnxType, 'string'>,
    data: ArrayLike<number>,
    shape: readonly number[] = [data.length],
  ): string {
    this.constants.set(name, { type, shape, data });
    return name;
  }
}
