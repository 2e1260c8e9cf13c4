import type { TrainingJob } from '../core/job.ts';
import type { Layer, Network } from '../core/network.ts';
import type { Sharing } from '../core/plan.ts';
import type { Kernel, KernelDefinition } from './kernels.ts';

/** What the code is written for. */
export interface UnrolledShape {
  readonly network: Network;
  readonly job: TrainingJob;
  readonly rowCount: number;
  /** Invocations that share the rows. */
  readonly lanes: number;
  readonly sharing: Sharing;
}

/** In a loop, a lane takes this many rows at once. */
const ROWS_AT_ONCE = 2;
/** A lane's rows are written out one by one, their values in registers, up to this many statements. */
const MOST_ROW_STATEMENTS = 400;

const inputsAndTargets = { inputs: 'read', targets: 'read' } as const;
const definitionOfSteps = {
  libraries: ['activations', 'losses', 'optimizers'],
  params: { firstStep: 'u32', stepCount: 'u32', learningRate: 'f32', scale: 'f32' },
  buffers: { ...inputsAndTargets, parameters: 'write', lowParts: 'write', losses: 'write' },
  constants: [],
} as const satisfies Omit<KernelDefinition, 'workgroupSize'>;
const definitionOfGradients = {
  libraries: ['activations', 'losses', 'optimizers'],
  params: definitionOfSteps.params,
  buffers: { ...inputsAndTargets, parameters: 'read', lowParts: 'read', gradients: 'write' },
  constants: [],
} as const satisfies Omit<KernelDefinition, 'workgroupSize'>;

/**
 * Straight-line WGSL that trains one network for any number of steps in one dispatch: every weight, every
 * gradient and every unit is a variable of its own. Activations, losses and optimizers are those of `shaders/lib`.
 *
 * In the code, `p` is a parameter with its low part, `g` its gradient; of layer `l` (0 is the input), `z` are
 * pre-activations, `a` activations and `d` is dE/dz: the notebook's ŷ, g and dE/dŷ with l = 1, y, f and dE/dy
 * with l = 2. Twin: src/cpu/backprop.ts
 */
export function stepsKernel(shape: UnrolledShape): Kernel {
  const { lanes, network } = shape;
  const update = [
    'if (lane == 0u) { losses[params.firstStep + step] = scale * lossSum; }',
    ...each(network.parameterCount, (i) => {
      const change = `${functionName(shape.job.optimizer)}(g${i}, learningRate)`;
      return `p${i} = addCompensated(p${i}, ${change});`;
    }),
  ];
  const keep = each(network.parameterCount, (i) => `parameters[${i}] = p${i}.x; lowParts[${i}] = p${i}.y;`);
  const body = [
    ...loads(shape),
    'for (var step = 0u; step < params.stepCount; step++) {',
    ...gradientSums(shape),
    ...update,
    '}',
    ...onFirstLane(keep),
  ];
  const definition = { ...definitionOfSteps, workgroupSize: [lanes, 1] as const };
  return { file: 'unrolled steps', source: source(shape, definition, body), definition };
}

/** The same code up to the gradients of one step, which it writes out instead of following them. */
export function gradientsKernel(shape: UnrolledShape): Kernel {
  const keep = each(shape.network.parameterCount, (i) => `gradients[${i}] = g${i};`);
  const body = [...loads(shape), ...gradientSums(shape), ...onFirstLane(keep)];
  const definition = { ...definitionOfGradients, workgroupSize: [shape.lanes, 1] as const };
  return { file: 'unrolled gradients', source: source(shape, definition, body), definition };
}

/** Statements of a kernel: what its compilation takes time by. */
export function statementCount({ source: code }: Kernel): number {
  return code.split('\n').length;
}

function source(
  { network, lanes, sharing }: UnrolledShape,
  { params, buffers }: KernelDefinition,
  body: readonly string[],
): string {
  // Of a known length where indices are constant: the compiler need not guard each of them, and is a third faster.
  const lengthOf = (name: string) =>
    ['inputs', 'targets', 'losses'].includes(name) ? '' : `, ${network.parameterCount}`;
  const lines = [
    ...(sharing === 'subgroup' ? ['enable subgroups;'] : []),
    `struct Params { ${Object.entries(params)
      .map(([name, type]) => `${name}: ${type}`)
      .join(', ')} }`,
    '@group(0) @binding(0) var<uniform> params: Params;',
    ...Object.entries(buffers).map(([name, access], i) => {
      const mode = access === 'read' ? 'read' : 'read_write';
      return `@group(0) @binding(${i + 1}) var<storage, ${mode}> ${name}: array<f32${lengthOf(name)}>;`;
    }),
    ...(sharing === 'workgroup' ? [`var<workgroup> sums: array<f32, ${sumCount(network) * lanes}>;`] : []),
    `@compute @workgroup_size(${lanes})`,
    'fn main(@builtin(local_invocation_index) lane: u32) {',
    ...body,
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

/** Sums the lanes share: the gradient of every parameter, and the loss. */
export function sumCount({ parameterCount }: Network): number {
  return parameterCount + 1;
}

/** Everything that lives in registers for the whole dispatch. */
function loads(shape: UnrolledShape): string[] {
  const { network, rowCount, lanes } = shape;
  const rows = hasRowsInRegisters(shape)
    ? each(rowGroups(shape), (group) => {
        // The last group may be short: a lane without a row reads one, and leaves it unused.
        const row = `min(lane + ${group * lanes}u, ${rowCount - 1}u)`;
        return loadRow(network, row, `row${group}_`);
      }).flat()
    : [];
  return [
    'let scale = params.scale;',
    'let learningRate = params.learningRate;',
    ...each(network.parameterCount, (i) => `var p${i} = vec2f(parameters[${i}], lowParts[${i}]);`),
    ...rows,
  ];
}

function loadRow({ inputCount, outputCount }: Network, row: string, prefix: string): string[] {
  return [
    ...each(inputCount, (k) => `let ${prefix}x${k} = inputs[${row} * ${inputCount}u + ${k}u];`),
    ...each(outputCount, (k) => `let ${prefix}t${k} = targets[${row} * ${outputCount}u + ${k}u];`),
  ];
}

/** The gradients and the loss over all rows, in every lane. */
function gradientSums(shape: UnrolledShape): string[] {
  const { network, job, rowCount, lanes } = shape;
  const rows = hasRowsInRegisters(shape)
    ? each(rowGroups(shape), (group) => {
        const rest = rowCount - group * lanes;
        const opening = rest < lanes ? `if (lane < ${rest}u) {` : '{';
        return [opening, ...someRows(network, job, [`row${group}_`]), '}'];
      }).flat()
    : loopOverRows(shape);
  return [
    'var lossSum = 0.0;',
    ...each(network.parameterCount, (i) => `var g${i} = 0.0;`),
    ...rows,
    ...shareSums(shape),
  ];
}

/**
 * A loop over several rows at a time: every gradient is read and written once for all of them. Behind the last row a
 * lane takes that one again, and leaves it out of loss and gradients.
 */
function loopOverRows({ network, job, rowCount, lanes }: UnrolledShape): string[] {
  const rows = each(ROWS_AT_ONCE, (k) => `row${k}_`);
  return [
    `for (var row = lane; row < ${rowCount}u; row += ${ROWS_AT_ONCE * lanes}u) {`,
    ...rows.flatMap((name, k) =>
      k === 0
        ? loadRow(network, 'row', name)
        : [
            `let ${name}counts = row + ${k * lanes}u < ${rowCount}u;`,
            ...loadRow(network, `min(row + ${k * lanes}u, ${rowCount - 1}u)`, name),
          ],
    ),
    ...someRows(network, job, rows),
    '}',
  ];
}

/**
 * Forward and backward of rows, their values at hand as `${row}x…` and `${row}t…`, and the sums over them; all but
 * the first count only if `${row}counts`.
 */
function someRows({ layers, inputCount }: Network, job: TrainingJob, rows: readonly string[]): string[] {
  const last = layers.length;
  return [
    ...rows.flatMap((row, index) => [
      ...each(inputCount, (k) => `let ${row}a0_${k} = ${row}x${k};`),
      ...layers.flatMap((layer, i) => forward(layer, i + 1, row)),
      ...outputGradient(layers[last - 1], last, job, {
        row,
        counts: index === 0 ? undefined : `${row}counts`,
      }),
    ]),
    ...layers.toReversed().flatMap((layer, i) => {
      const l = last - i;
      const hidden = l > 1 ? rows.flatMap((row) => hiddenGradient(layer, layers[l - 2], l - 1, row)) : [];
      return [...parametersGradient(layer, l, rows), ...hidden];
    }),
  ];
}

/** z = a · w + bias; a = f(z) */
function forward(
  { inputCount, units, weightsOffset, biasOffset, activation }: Layer,
  l: number,
  row: string,
): string[] {
  return each(units, (unit) => {
    const terms = each(inputCount, (k) => `${row}a${l - 1}_${k} * p${weightsOffset + k * units + unit}.x`);
    if (biasOffset !== undefined) terms.push(`p${biasOffset + unit}.x`);
    return [
      `let ${row}z${l}_${unit} = ${terms.join(' + ')};`,
      `let ${row}a${l}_${unit} = ${functionName(activation)}(${row}z${l}_${unit});`,
    ];
  }).flat();
}

/** The notebook's "phase 1": d = scale · loss′ · f′ */
function outputGradient(
  { units, activation }: Layer,
  l: number,
  job: TrainingJob,
  { row, counts }: { readonly row: string; readonly counts: string | undefined },
): string[] {
  const loss = functionName(job.loss);
  const ifCounting = (value: string) => (counts ? `select(0.0, ${value}, ${counts})` : value);
  return each(units, (unit) => {
    const [z, a, target] = [`${row}z${l}_${unit}`, `${row}a${l}_${unit}`, `${row}t${unit}`];
    const derivative = `${functionName(activation)}Derivative(${z}, ${a})`;
    const gradient = `scale * ${loss}Derivative(${a}, ${target}) * ${derivative}`;
    return [
      `lossSum += ${ifCounting(`${loss}(${a}, ${target})`)};`,
      `let ${row}d${l}_${unit} = ${ifCounting(gradient)};`,
    ];
  }).flat();
}

/** dE/dw = aᵀ · d, dE/dbias = d, summed over the rows */
function parametersGradient(
  { inputCount, units, weightsOffset, biasOffset }: Layer,
  l: number,
  rows: readonly string[],
): string[] {
  const sum = (term: (row: string) => string) => rows.map(term).join(' + ');
  const weights = each(inputCount, (k) =>
    each(units, (unit) => {
      const terms = sum((row) => `${row}a${l - 1}_${k} * ${row}d${l}_${unit}`);
      return `g${weightsOffset + k * units + unit} += ${terms};`;
    }),
  ).flat();
  const biases =
    biasOffset === undefined
      ? []
      : each(units, (unit) => `g${biasOffset + unit} += ${sum((row) => `${row}d${l}_${unit}`)};`);
  return [...weights, ...biases];
}

/** The notebook's "phase 2": the layer before, d = (d_next · wᵀ) · f′ */
function hiddenGradient(next: Layer, { units, activation }: Layer, l: number, row: string): string[] {
  return each(units, (unit) => {
    const terms = each(
      next.units,
      (k) => `${row}d${l + 1}_${k} * p${next.weightsOffset + unit * next.units + k}.x`,
    );
    const derivative = `${functionName(activation)}Derivative(${row}z${l}_${unit}, ${row}a${l}_${unit})`;
    return `let ${row}d${l}_${unit} = (${terms.join(' + ')}) * ${derivative};`;
  });
}

/** Adds up what the lanes have, in one fixed order; afterwards every lane has the same sums. */
function shareSums({ network, lanes, sharing }: UnrolledShape): string[] {
  const names = [...each(network.parameterCount, (i) => `g${i}`), 'lossSum'];
  if (sharing === 'none') return [];
  if (sharing === 'subgroup') return names.map((name) => `${name} = subgroupAdd(${name});`);
  return [
    ...names.map((name, i) => `sums[${i * lanes}u + lane] = ${name};`),
    'workgroupBarrier();',
    ...names.map((name, i) => `${name} = ${each(lanes, (k) => `sums[${i * lanes + k}]`).join(' + ')};`),
    'workgroupBarrier();',
  ];
}

function onFirstLane(statements: readonly string[]): string[] {
  return ['if (lane == 0u) {', ...statements, '}'];
}

function rowGroups({ rowCount, lanes }: UnrolledShape): number {
  return Math.ceil(rowCount / lanes);
}

function hasRowsInRegisters(shape: UnrolledShape): boolean {
  const { network, job } = shape;
  return rowGroups(shape) * someRows(network, job, ['']).length <= MOST_ROW_STATEMENTS;
}

/** The function of `shaders/lib` that goes by a table's key: camelCase, and WGSL has a `tanh` of its own. */
function functionName(key: string): string {
  if (key === 'tanh') return 'hyperbolicTangent';
  return key.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function each<T>(count: number, of: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => of(index));
}
