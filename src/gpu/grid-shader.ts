import type { ActivationName } from '../core/activations.ts';
import type { Layer, Network } from '../core/network.ts';
import type { Kernel } from './pipelines.ts';
import { each, functionName } from './unrolled-layers.ts';

/** Points of a line that an invocation takes: as two vectors, which share each weight they load. */
export const POINTS_AT_ONCE = 8;
const FOURS = POINTS_AT_ONCE / 4;

/** Compiling takes time by more than the length: 337 parameters half a second on SwiftShader, 1,185 ten. */
const MOST_PARAMETERS = 400;

const params = { columnCount: 'u32', rowCount: 'u32' } as const;
const buffers = { axes: 'read', parameters: 'read', outputs: 'write' } as const;

/** Whether a network is small enough to be written out over a grid. */
export function canWriteGrid({ parameterCount }: Network): boolean {
  return parameterCount <= MOST_PARAMETERS;
}

/**
 * Straight-line WGSL that sends the points of a grid through one network, eight neighbours of a line an invocation:
 * every unit of theirs is a variable of its own, and nothing but the output layer is written.
 *
 * Formula:  outputs[point] = f(… f(x · weights + biases) …), x[k] = at[k] + isAcross[k] · across[column] + isDown[k] · down[row]
 * Reads:    axes: at, isAcross and isDown [inputCount] each, then down [rowCount], then across [columnCount], a multiple
 *           of eight; parameters [parameterCount]
 * Writes:   outputs [rowCount, columnCount, outputCount]
 * Dispatch: an invocation per eight points: x = eight columns, y = row
 *
 * In the code, `a` are activations of layer `l` of the first or the second four points. Twin: src/cpu/forward.ts
 */
export function gridKernel(network: Network): Kernel {
  const { layers, inputCount, outputCount, parameterCount } = network;
  const activations = new Set(layers.map(({ activation }) => activation));
  const lines = [
    ...[...activations].flatMap(inFours),
    `struct Params { ${Object.entries(params)
      .map(([name, type]) => `${name}: ${type}`)
      .join(', ')} }`,
    '@group(0) @binding(0) var<uniform> params: Params;',
    '@group(0) @binding(1) var<storage, read> axes: array<f32>;',
    // Of a known length where indices are constant: the compiler need not guard each of them.
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
    ...firstLayer(layers[0]),
    ...layers.slice(1).flatMap((layer, i) => laterLayer(layer, i + 2)),
    `let at = (id.y * params.columnCount + column) * ${outputCount}u;`,
    ...each(POINTS_AT_ONCE, (point) =>
      each(outputCount, (k) => {
        const value = `a${Math.floor(point / 4)}_${layers.length}_${k}.${'xyzw'[point % 4]}`;
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
function inFours(name: ActivationName): string[] {
  const one = functionName(name);
  const of =
    name === 'tanh'
      ? 'quickHyperbolicTangent(z)'
      : `vec4f(${['x', 'y', 'z', 'w'].map((k) => `${one}(z.${k})`).join(', ')})`;
  return [`fn ${one}OfFour(z: vec4f) -> vec4f { return ${of}; }`];
}

/** What is held and the line's own input stand in one sum, which all points of an invocation share. */
function firstLayer({ inputCount, units, weightsOffset, biasOffset, activation }: Layer): string[] {
  return each(units, (unit) => {
    const weight = (k: number) => `w${weightsOffset + k * units + unit}`;
    const line = each(inputCount, (k) => `line${k} * ${weight(k)}`);
    if (biasOffset !== undefined) line.push(`parameters[${biasOffset + unit}]`);
    const across = each(inputCount, (k) => `isAcross${k} * ${weight(k)}`);
    return [
      ...each(inputCount, (k) => `let ${weight(k)} = parameters[${weightsOffset + k * units + unit}];`),
      `let line_${unit} = ${line.join(' + ')};`,
      `let across_${unit} = ${across.join(' + ')};`,
      ...each(
        FOURS,
        (four) =>
          `let a${four}_1_${unit} = ${functionName(activation)}OfFour(x${four} * across_${unit} + line_${unit});`,
      ),
    ];
  }).flat();
}

/** a = f(a · w + bias), each weight loaded once for all points. */
function laterLayer(
  { inputCount, units, weightsOffset, biasOffset, activation }: Layer,
  l: number,
): string[] {
  return each(units, (unit) => {
    const bias = biasOffset === undefined ? '0.0' : `parameters[${biasOffset + unit}]`;
    const z = (four: number) => `z${four}_${l}_${unit}`;
    return [
      ...each(FOURS, (four) => `var ${z(four)} = vec4f(${bias});`),
      ...each(inputCount, (k) => {
        const w = `w${weightsOffset + k * units + unit}`;
        return [
          `let ${w} = parameters[${weightsOffset + k * units + unit}];`,
          ...each(FOURS, (four) => `${z(four)} += a${four}_${l - 1}_${k} * ${w};`),
        ];
      }).flat(),
      ...each(FOURS, (four) => `let a${four}_${l}_${unit} = ${functionName(activation)}OfFour(${z(four)});`),
    ];
  }).flat();
}
