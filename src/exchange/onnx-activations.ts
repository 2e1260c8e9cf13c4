import type { ActivationName } from '../core/activations.ts';
import type { OnnxGraphBuilder } from './onnx-graph.ts';

/** Adds the nodes of an activation of `x`. @returns the name of what comes out: `output`, or `x` where nothing is to be done */
type AddActivation = (graph: OnnxGraphBuilder, x: string, output: string) => string;

/** Every activation in ONNX's words; a third spelling beside `src/core/activations.ts` and the shader. */
export const addActivation: Readonly<Record<ActivationName, AddActivation>> = {
  sigmoid: (graph, x, output) => graph.add('Sigmoid', [x], output),
  tanh: (graph, x, output) => graph.add('Tanh', [x], output),
  relu: (graph, x, output) => graph.add('Relu', [x], output),
  'leaky-relu': (graph, x, output) =>
    graph.add('LeakyRelu', [x], output, { alpha: { kind: 'float', value: 0.01 } }),
  elu: (graph, x, output) => graph.add('Elu', [x], output, { alpha: { kind: 'float', value: 1 } }),
  silu: (graph, x, output) => graph.add('Mul', [x, graph.add('Sigmoid', [x], `${output}_sigmoid`)], output),
  // The operator Gelu came with opset 20 only.
  gelu: (graph, x, output) => {
    const constant = (name: string, value: number) => graph.constant(`gelu_${name}`, 'float', [value], []);
    const square = graph.add('Mul', [x, x], `${output}_square`);
    const cube = graph.add('Mul', [square, x], `${output}_cube`);
    const part = graph.add('Mul', [cube, constant('cube_factor', 0.044715)], `${output}_cube_part`);
    const sum = graph.add('Add', [x, part], `${output}_sum`);
    const inner = graph.add(
      'Mul',
      [sum, constant('inner_factor', Math.sqrt(2 / Math.PI))],
      `${output}_inner`,
    );
    const tanh = graph.add('Tanh', [inner], `${output}_tanh`);
    const gate = graph.add('Add', [tanh, constant('one', 1)], `${output}_gate`);
    const half = graph.add('Mul', [x, constant('half', 0.5)], `${output}_half`);
    return graph.add('Mul', [half, gate], output);
  },
  // Without handgrad's threshold, above which it differs by 2.1e-9.
  softplus: (graph, x, output) => graph.add('Softplus', [x], output),
  linear: (_graph, x) => x,
};
