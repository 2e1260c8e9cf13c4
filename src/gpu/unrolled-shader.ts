import { batchingOf } from '../core/batches.ts';
import type { TrainingJob } from '../core/job.ts';
import type { Network } from '../core/network.ts';
import type { Sharing } from '../core/plan.ts';
import { manySteps, type Kernel, type KernelDefinition } from './kernels.ts';
import { updateConstants } from './rates-table.ts';
import { each, functionName, someRows } from './unrolled-layers.ts';

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

const common = {
  libraries: ['activations', 'losses', 'optimizers', 'random'],
  params: manySteps,
  constants: [],
} as const;
const read = { rates: 'uniform', inputs: 'read', targets: 'read' } as const;
const definitionOfSteps = {
  ...common,
  buffers: { ...read, parameters: 'write', state: 'write', losses: 'write' },
} as const satisfies Omit<KernelDefinition, 'workgroupSize'>;
const definitionOfGradients = {
  ...common,
  buffers: { ...read, parameters: 'read', state: 'read', gradients: 'write' },
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
  const { lanes, network, job } = shape;
  const { ratesVary, stateCount } = updateConstants(job);
  const rateOf = (step: string) => `let rate = ratesFrom(rates[0], rates[1], rates[2u + ${step}]);`;
  const body = [
    ...loads(shape),
    ...(ratesVary ? [] : [rateOf('0u')]),
    'for (var step = 0u; step < params.stepCount; step++) {',
    ...(ratesVary ? [rateOf('step')] : []),
    ...batchOf(shape, 'params.firstStep + step'),
    ...gradientSums(shape),
    'if (lane == 0u) { losses[params.firstStep + step] = scale * lossSum; }',
    ...follow(shape),
    '}',
    ...onFirstLane(each(network.parameterCount, (i) => `parameters[${i}] = p${i}.x; state[${i}] = p${i}.y;`)),
    ...(stateCount > 0 ? onFirstLane(each(network.parameterCount, (i) => keepRemembered(shape, i))) : []),
  ];
  const definition = { ...definitionOfSteps, workgroupSize: [lanes, 1] as const };
  return { file: 'unrolled steps', source: source(shape, definition, body), definition };
}

/** The same code up to the gradients of one step, which it writes out instead of following them. */
export function gradientsKernel(shape: UnrolledShape): Kernel {
  const keep = each(shape.network.parameterCount, (i) => `gradients[${i}] = g${i};`);
  const body = [
    ...loads(shape),
    ...batchOf(shape, 'params.firstStep'),
    ...gradientSums(shape),
    ...onFirstLane(keep),
  ];
  const definition = { ...definitionOfGradients, workgroupSize: [shape.lanes, 1] as const };
  return { file: 'unrolled gradients', source: source(shape, definition, body), definition };
}

/** Every parameter follows its gradient, the gradients clipped and the penalties added first where there are any. */
function follow({ network, job }: UnrolledShape): string[] {
  const { parameterCount } = network;
  const { optimizer, stateCount, penalizes, compensates } = updateConstants(job);
  const squares = each(parameterCount, (i) => `g${i} * g${i}`).join(' + ');
  const clipping =
    job.clipNorm === undefined
      ? []
      : [
          `var clipFactor = ${wgslFloat(job.clipNorm)} / (sqrt(${squares}) + 1e-6);`,
          // Not min(), which may turn NaN into a number.
          'clipFactor = select(clipFactor, 1.0, clipFactor > 1.0);',
          ...each(parameterCount, (i) => `g${i} *= clipFactor;`),
        ];
  const updates = each(parameterCount, (i) => {
    const gradient = penalizes ? `g${i} + penaltyGradient(${optimizer}u, p${i}.x, rate)` : `g${i}`;
    const after = `${functionName(job.optimizer)}(${gradient}, ${stateCount > 0 ? `m${i}` : 'vec2f()'}, rate)`;
    const decay = penalizes ? ` + decoupledDecay(${optimizer}u, p${i}.x, rate)` : '';
    // Without what rounding takes from a parameter, a compensated addition is a plain one.
    const add = (change: string) =>
      compensates
        ? `p${i} = addCompensated(p${i}, ${change});`
        : `p${i}.x = addCompensated(p${i}, ${change}).x;`;
    if (stateCount === 0) return [add(`${after}.x${decay}`)];
    return [`let after${i} = ${after};`, add(`after${i}.x${decay}`), `m${i} = after${i}.yz;`];
  });
  return [...clipping, ...updates.flat()];
}

/** A number as WGSL reads it back to the same float32. */
function wgslFloat(value: number): string {
  return `f32(${Math.fround(value)})`;
}

/** Which rows a step takes, where they are not all of them; and by what the mean of a loss is multiplied. */
function batchOf(shape: UnrolledShape, step: string): string[] {
  if (!isBatched(shape)) return [];
  const { shuffles } = batchingOf(shape.job, shape.rowCount);
  return [
    `let batchIndex = (${step}) % params.batchCount;`,
    'let isLastBatch = batchIndex == params.batchCount - 1u;',
    'let firstPosition = batchIndex * params.batchSize;',
    'let batchRowCount = select(params.batchSize, params.lastBatchSize, isLastBatch);',
    'let scale = select(params.scale, params.lastScale, isLastBatch);',
    ...(shuffles ? [`let key = epochKey(params.seed, (${step}) / params.batchCount);`] : []),
  ];
}

function isBatched({ job, rowCount }: UnrolledShape): boolean {
  return batchingOf(job, rowCount).batchCount > 1;
}

/** The row of the table that stands at a position of the batch. */
function rowOfTable({ job, rowCount }: UnrolledShape, position: string): string {
  const { batchCount, shuffles } = batchingOf(job, rowCount);
  if (batchCount === 1) return position;
  const inEpoch = `firstPosition + ${position}`;
  return shuffles ? `rowAt(key, ${inEpoch}, params.rowCount, params.halfBits)` : inEpoch;
}

/** Statements of a kernel: what its compilation takes time by. */
export function statementCount({ source: code }: Kernel): number {
  return code.split('\n').length;
}

function source(
  { network, job, lanes, sharing }: UnrolledShape,
  { params, buffers }: KernelDefinition,
  body: readonly string[],
): string {
  // Of a known length where indices are constant: the compiler need not guard each of them, and is a third faster.
  const { parameterCount } = network;
  const lengths: Readonly<Record<string, number>> = {
    parameters: parameterCount,
    gradients: parameterCount,
    state: (1 + updateConstants(job).stateCount) * parameterCount,
  };
  const lines = [
    ...(sharing === 'subgroup' ? ['enable subgroups;'] : []),
    `struct Params { ${Object.entries(params)
      .map(([name, type]) => `${name}: ${type}`)
      .join(', ')} }`,
    '@group(0) @binding(0) var<uniform> params: Params;',
    ...Object.entries(buffers).map(([name, access], i) => {
      const binding = `@group(0) @binding(${i + 1})`;
      if (access === 'uniform') return `${binding} var<uniform> ${name}: array<vec4f, 4096>;`;
      const mode = access === 'read' ? 'read' : 'read_write';
      const length = name in lengths ? `, ${lengths[name]}` : '';
      return `${binding} var<storage, ${mode}> ${name}: array<f32${length}>;`;
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
    ...(isBatched(shape) ? [] : ['let scale = params.scale;']),
    ...each(network.parameterCount, (i) => `var p${i} = vec2f(parameters[${i}], state[${i}]);`),
    ...each(network.parameterCount, (i) => loadRemembered(shape, i)).flat(),
    ...rows,
  ];
}

/** What the optimizer remembers of a parameter, a variable where it remembers anything. */
function loadRemembered({ network, job }: UnrolledShape, i: number): string[] {
  const { stateCount } = updateConstants(job);
  const [first, second] = [1, 2].map((section) => `state[${section * network.parameterCount + i}]`);
  if (stateCount === 0) return [];
  return [`var m${i} = vec2f(${first}, ${stateCount > 1 ? second : '0.0'});`];
}

function keepRemembered({ network, job }: UnrolledShape, i: number): string {
  const { stateCount } = updateConstants(job);
  const first = `state[${network.parameterCount + i}] = m${i}.x;`;
  return stateCount > 1 ? `${first} state[${2 * network.parameterCount + i}] = m${i}.y;` : first;
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
function loopOverRows(shape: UnrolledShape): string[] {
  const { network, job, rowCount, lanes } = shape;
  const rows = each(ROWS_AT_ONCE, (k) => `row${k}_`);
  const count = isBatched(shape) ? 'batchRowCount' : `${rowCount}u`;
  const place = (name: string, position: string) => `let ${name}at = ${rowOfTable(shape, position)};`;
  return [
    `for (var row = lane; row < ${count}; row += ${ROWS_AT_ONCE * lanes}u) {`,
    ...rows.flatMap((name, k) =>
      k === 0
        ? [place(name, 'row'), ...loadRow(network, `${name}at`, name)]
        : [
            `let ${name}counts = row + ${k * lanes}u < ${count};`,
            place(name, `min(row + ${k * lanes}u, ${count} - 1u)`),
            ...loadRow(network, `${name}at`, name),
          ],
    ),
    ...someRows(network, job, rows),
    '}',
  ];
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
  if (isBatched(shape)) return false;
  return rowGroups(shape) * someRows(network, job, ['']).length <= MOST_ROW_STATEMENTS;
}
