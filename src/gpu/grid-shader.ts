import type { ActivationName } from '../core/activations.ts';
import type { Layer, Network } from '../core/network.ts';
import type { Kernel } from './pipelines.ts';
import { each, functionName } from './unrolled-layers.ts';

/** Points of a line that an invocation takes: as two vectors, which share each weight they load. */
export const POINTS_AT_ONCE = 8;
const FOURS = POINTS_AT_ONCE / 4;

/** What a layer reads is written out, unit by unit: a network with more of that in all is for the layers' own kernels. */
const MOST_LAYER_INPUTS = 256;

const params = { columnCount: 'u32', rowCount: 'u32' } as const;
const buffers = { axes: 'read', parameters: 'read', outputs: 'write' } as const;

/** Whether a network is small enough to be written out over a grid. */
export function canWriteGrid({ layers }: Network): boolean {
  return layers.reduce((sum, { inputCount }) => sum + inputCount, 0) <= MOST_LAYER_INPUTS;
}

/**
 * WGSL that sends the points of a grid through one network, eight neighbours of a line an invocation: nothing but the
 * output layer is written, and each weight is loaded once for all of them.
 *
 * Formula:  outputs[point] = f(… f(x · weights + biases) …), x[k] = at[k] + isAcross[k] · across[column] + isDown[k] · down[row]
 * Reads:    axes: at, isAcross and isDown [inputCount] each, then down [rowCount], then across [columnCount], a multiple
 *           of eight; parameters [parameterCount]
 * Writes:   outputs [rowCount, columnCount, outputCount]
 * Dispatch: an invocation per eight points: x = eight columns, y = row
 *
 * In the code, `a` are activations of layer `l`, those of a unit's first and second four points side by side. Twin:
 * src/cpu/forward.ts
 */
export function gridKernel(network: Network): Kernel {
  const { layers, inputCount, outputCount, parameterCount } = network;
  const activations = new Set(layers.map(({ activation }) => activation));
  const lines = [
    ...[...activations].map(onFour),
    `struct Params { ${Object.entries(params)
      .map(([name, type]) => `${name}: ${type}`)
      .join(', ')} }`,
    '@group(0) @binding(0) var<uniform> params: Params;',
    '@group(0) @binding(1) var<storage, read> axes: array<f32>;',
    // Of a known length, so that the compiler can tell which indices need no guard.
    `@group(0) @binding(2) var<storage, read> parameters: array<f32, ${parameterCount}>;`,
    '@group(0) @binding(3) var<storage, read_write> outputs: array<f32>;',
    '@compute @workgroup_size(8, 8)',
    'fn main(@builtin(global_invocation_id) id: vec3u) {',
    `let column = ${POINTS_AT_ONCE}u * id.x;`,
    'if (column >= params.columnCount || id.y >= params.rowCount) { return; }',
    `let y = axes[${3 * inputCount}u + id.y];`,
    `let first = ${3 * inputCount}u + params.rowCount + column;`,
    ...each(inputCount, (k) => `let line${k} = axes[${k}] + y * axes[${2 * inputCount + k}];`),
    ...each(inputCount, (k) => `let isAcross${k} = axes[${inputCount + k}];`),
    ...each(FOURS, (four) => {
      const values = each(4, (k) => `axes[first + ${4 * four + k}u]`);
      return `let x${four} = vec4f(${values.join(', ')});`;
    }),
    ...layers.flatMap((layer, i) => [
      `var a${i + 1}: array<vec4f, ${FOURS * layer.units}>;`,
      // A loop: straight-line code is as fast, but 337 parameters of it compile six times as long on SwiftShader, half a
      // second, and 1,185 a hundred times as long.
      `for (var unit = 0u; unit < ${layer.units}u; unit++) {`,
      ...(i === 0 ? firstLayer(layer) : laterLayer(layer, i + 1)),
      '}',
    ]),
    `let at = (id.y * params.columnCount + column) * ${outputCount}u;`,
    ...each(POINTS_AT_ONCE, (point) =>
      each(outputCount, (k) => {
        const value = `a${layers.length}[${FOURS * k + Math.floor(point / 4)}].${'xyzw'[point % 4]}`;
        return `outputs[at + ${point * outputCount + k}u] = ${value};`;
      }),
    ).flat(),
    '}',
  ];
  return {
    file: 'written grid',
    source: `${lines.join('\n')}\n`,
    definition: {
      libraries: ['activations', 'quick-activations'],
      params,
      buffers,
      constants: [],
      workgroupSize: [8, 8],
      block: [POINTS_AT_ONCE, 1],
    },
  };
}

/** An activation of four points at once. */
function onFour(name: ActivationName): string {
  const one = functionName(name);
  const of =
    name === 'tanh'
      ? 'quickHyperbolicTangent(z)'
      : `vec4f(${['x', 'y', 'z', 'w'].map((k) => `${one}(z.${k})`).join(', ')})`;
  return `fn ${inFour(name)}(z: vec4f) -> vec4f { return ${of}; }`;
}

/** What is held and the line's own input stand in one sum, which all points of an invocation share. */
function firstLayer(layer: Layer): string[] {
  const { inputCount, activation } = layer;
  const across = each(inputCount, (k) => `isAcross${k} * w${k}`);
  const line = each(inputCount, (k) => `line${k} * w${k}`);
  return [
    ...each(inputCount, (k) => `let w${k} = ${weightOf(layer, k)};`),
    `let across = ${across.join(' + ')};`,
    `let line = ${line.join(' + ')} + ${biasOf(layer)};`,
    ...each(FOURS, (four) => `${place(1, 'unit', four)} = ${inFour(activation)}(x${four} * across + line);`),
  ];
}

/** a = f(a · w + bias) */
function laterLayer(layer: Layer, l: number): string[] {
  return [
    `let bias = ${biasOf(layer)};`,
    ...each(FOURS, (four) => `var z${four} = vec4f(bias);`),
    ...each(layer.inputCount, (k) => [
      `let w${k} = ${weightOf(layer, k)};`,
      ...each(FOURS, (four) => `z${four} += ${place(l - 1, `${k}u`, four)} * w${k};`),
    ]).flat(),
    ...each(FOURS, (four) => `${place(l, 'unit', four)} = ${inFour(layer.activation)}(z${four});`),
  ];
}

function weightOf({ weightsOffset, units }: Layer, k: number): string {
  return `parameters[${weightsOffset + k * units}u + unit]`;
}

function biasOf({ biasOffset }: Layer): string {
  return biasOffset === undefined ? '0.0' : `parameters[${biasOffset}u + unit]`;
}

function place(l: number, unit: string, four: number): string {
  return `a${l}[${FOURS}u * ${unit} + ${four}u]`;
}

function inFour(name: ActivationName): string {
  return `${functionName(name)}OfFour`;
}
