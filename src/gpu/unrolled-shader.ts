import { batchingOf } from '../core/batches.ts';
import type { TrainingJob } from '../core/job.ts';
import type { Network } from '../core/network.ts';
import { rowsOf } from '../core/population.ts';
import type { Sharing } from '../core/plan.ts';
import type { Kernel, KernelDefinition } from './pipelines.ts';
import { isSliced } from './population.ts';
import { updateConstants } from './rates-table.ts';
import { manyNetworks, manySteps, manyStepsLibraries } from './steps-params.ts';
import { each, functionName, someRows, type CodeRow } from './unrolled-layers.ts';

/** What the code is written for. */
export interface UnrolledShape {
  readonly network: Network;
  readonly job: TrainingJob;
  readonly rowCount: number;
  /** Invocations that share the rows. */
  readonly lanes: number;
  readonly sharing: Sharing;
}

/** A lane takes this many rows at once, in a loop or not: how sums are ordered must not depend on it. */
const ROWS_AT_ONCE = 2;
/** Networks of a workgroup, where each has one lane: as many as the hardware runs together. */
const NETWORKS_A_WORKGROUP = 32;
/** A lane's rows are written out one by one, their values in registers, up to this many statements. */
const MOST_ROW_STATEMENTS = 400;

function definitionOf(
  shape: UnrolledShape,
  written: Readonly<Record<string, 'read' | 'write'>>,
): KernelDefinition {
  const read = { inputs: 'read', targets: 'read' } as const;
  return {
    libraries: isPopulation(shape) ? [...manyStepsLibraries, 'networks'] : manyStepsLibraries,
    params: isPopulation(shape) ? manyNetworks : manySteps,
    constants: [],
    buffers: isPopulation(shape)
      ? { rates: 'read', networks: 'read', ...read, ...written }
      : { rates: 'uniform', ...read, ...written },
    workgroupSize: [isPopulation(shape) && shape.lanes === 1 ? NETWORKS_A_WORKGROUP : shape.lanes, 1],
  };
}

/**
 * Straight-line WGSL that trains one network for any number of steps in one dispatch: every weight, every
 * gradient and every unit is a variable of its own. Activations, losses and optimizers are those of `shaders/lib`.
 * The networks of a population run the same code, an invocation each, or `lanes` of them.
 *
 * In the code, `p` is a parameter with its low part, `g` its gradient; of layer `l` (0 is the input), `z` are
 * pre-activations, `a` activations and `d` is dE/dz: the notebook's ŷ, g and dE/dŷ with l = 1, y, f and dE/dy
 * with l = 2. Twin: src/cpu/backprop.ts
 */
export function stepsKernel(shape: UnrolledShape): Kernel {
  const { network, job } = shape;
  const { ratesVary, stateCount } = updateConstants(job);
  const body = [
    ...loads(shape),
    ...(ratesVary ? [] : [rateOf(shape, '0u')]),
    'for (var step = 0u; step < params.stepCount; step++) {',
    ...(ratesVary ? [rateOf(shape, 'step')] : []),
    ...batchOf(shape, 'params.firstStep + step'),
    ...gradientSums(shape),
    ...keepLoss(shape),
    ...follow(shape),
    '}',
    ...onFirstLane(
      each(
        network.parameterCount,
        (i) => `parameters[${at(shape, i)}] = p${i}.x; state[${at(shape, i)}] = p${i}.y;`,
      ),
    ),
    ...(stateCount > 0 ? onFirstLane(each(network.parameterCount, (i) => keepRemembered(shape, i))) : []),
  ];
  const definition = definitionOf(shape, { parameters: 'write', state: 'write', losses: 'write' });
  return { file: 'unrolled steps', source: source(shape, definition, body), definition };
}

/** The same code up to the gradients of one step, which it writes out instead of following them. */
export function gradientsKernel(shape: UnrolledShape): Kernel {
  const keep = each(shape.network.parameterCount, (i) => `gradients[${at(shape, i)}] = g${i};`);
  const body = [
    ...loads(shape),
    ...batchOf(shape, 'params.firstStep'),
    ...gradientSums(shape),
    ...onFirstLane(keep),
  ];
  const definition = definitionOf(shape, { parameters: 'read', state: 'read', gradients: 'write' });
  return { file: 'unrolled gradients', source: source(shape, definition, body), definition };
}

function isPopulation({ job }: UnrolledShape): boolean {
  return job.networks.length > 1;
}

/** Where a number of the network lies: the networks of a population have theirs side by side. */
function at(shape: UnrolledShape, i: number): string {
  return isPopulation(shape) ? `${i}u * params.networkCount + network` : `${i}`;
}

/** What a run is told, by the name it has in `Params`: a network of a population may have its own. */
function told(
  shape: UnrolledShape,
  name: 'seed' | Exclude<keyof typeof manySteps, 'firstStep' | 'stepCount'>,
): string {
  const isOwn = isPopulation(shape) && (name === 'seed' || isSliced(shape.job));
  return isOwn ? `own.${name}` : `params.${name}`;
}

function rateOf(shape: UnrolledShape, step: string): string {
  return isPopulation(shape)
    ? `let rate = ratesFrom(entry.settings, entry.penalties, rates[own.ratesAt + ${step} * params.distinctRates]);`
    : `let rate = ratesFrom(rates[0], rates[1], rates[2u + ${step}]);`;
}

/** Of a network alone the loss of every step, of a population's those at the stride and the last. */
function keepLoss(shape: UnrolledShape): string[] {
  if (!isPopulation(shape)) return ['if (lane == 0u) { losses[params.firstStep + step] = scale * lossSum; }'];
  return [
    'let t = params.firstStep + step;',
    'if (lane == 0u && (t % params.lossStride == 0u || t == params.lastStep)) {',
    'losses[(t + params.lossStride - 1u) / params.lossStride * params.networkCount + network] = scale * lossSum;',
    '}',
  ];
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
  const shuffles = shape.job.shuffle !== false;
  const [size, count] = [told(shape, 'batchSize'), told(shape, 'batchCount')];
  return [
    `let batchIndex = (${step}) % ${count};`,
    `let isLastBatch = batchIndex == ${count} - 1u;`,
    `let firstPosition = batchIndex * ${size};`,
    `let batchRowCount = select(${size}, ${told(shape, 'lastBatchSize')}, isLastBatch);`,
    `let scale = select(${told(shape, 'scale')}, ${told(shape, 'lastScale')}, isLastBatch);`,
    ...(shuffles ? [`let key = epochKey(${told(shape, 'seed')}, (${step}) / ${count});`] : []),
  ];
}

/** Whether a step takes a part of the rows, of any network. */
function isBatched({ job, rowCount }: UnrolledShape): boolean {
  return job.networks.some((network) => batchingOf(job, rowsOf(network, { rowCount }).count).batchCount > 1);
}

/** The row of the table that stands at a position of the batch. */
function rowOfTable(shape: UnrolledShape, position: string): string {
  const sliced = isSliced(shape.job);
  const first = sliced ? 'own.firstRow + ' : '';
  if (!isBatched(shape)) return first + position;
  const inEpoch = `firstPosition + ${position}`;
  if (shape.job.shuffle === false) return first + inEpoch;
  const shuffled = `rowAt(key, ${inEpoch}, ${told(shape, 'rowCount')}, ${told(shape, 'halfBits')})`;
  // A network with few rows may have one batch where another has several: it takes them as they stand.
  return sliced ? `own.firstRow + select(${inEpoch}, ${shuffled}, own.batchCount > 1u)` : shuffled;
}

/** Statements of a kernel: what its compilation takes time by. */
export function statementCount({ source: code }: Kernel): number {
  return code.split('\n').length;
}

function source(
  shape: UnrolledShape,
  { params, buffers, workgroupSize }: KernelDefinition,
  body: readonly string[],
) {
  const { network, job, lanes, sharing } = shape;
  // Of a known length where indices are constant: the compiler need not guard each of them, and is a third faster.
  const { parameterCount } = network;
  const lengths: Readonly<Record<string, number>> = isPopulation(shape)
    ? {}
    : {
        parameters: parameterCount,
        gradients: parameterCount,
        state: (1 + updateConstants(job).stateCount) * parameterCount,
      };
  const types: Readonly<Record<string, string>> = { networks: 'PopulationNetwork', rates: 'vec4f' };
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
      return `${binding} var<storage, ${mode}> ${name}: array<${types[name] ?? 'f32'}${length}>;`;
    }),
    ...(sharing === 'workgroup' ? [`var<workgroup> sums: array<f32, ${sumCount(network) * lanes}>;`] : []),
    `@compute @workgroup_size(${workgroupSize[0]})`,
    ...opening(shape),
    ...body,
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

/** Which network an invocation is for, and which lane of it. */
function opening(shape: UnrolledShape): string[] {
  if (!isPopulation(shape)) return ['fn main(@builtin(local_invocation_index) lane: u32) {'];
  const own = 'let entry = networks[network]; let own = entry.own;';
  if (shape.lanes > 1) {
    return [
      'fn main(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) workgroup: vec3u) {',
      'let network = workgroup.x;',
      own,
    ];
  }
  return [
    'fn main(@builtin(global_invocation_id) invocation: vec3u) {',
    'let network = invocation.x;',
    'if (network >= params.networkCount) { return; }',
    'const lane = 0u;',
    own,
  ];
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
    ...(isBatched(shape) ? [] : [`let scale = ${told(shape, 'scale')};`]),
    ...each(
      network.parameterCount,
      (i) => `var p${i} = vec2f(parameters[${at(shape, i)}], state[${at(shape, i)}]);`,
    ),
    ...each(network.parameterCount, (i) => loadRemembered(shape, i)).flat(),
    ...rows,
  ];
}

/** What the optimizer remembers of a parameter, a variable where it remembers anything. */
function loadRemembered(shape: UnrolledShape, i: number): string[] {
  const { network, job } = shape;
  const { stateCount } = updateConstants(job);
  const [first, second] = [1, 2].map(
    (section) => `state[${at(shape, section * network.parameterCount + i)}]`,
  );
  if (stateCount === 0) return [];
  return [`var m${i} = vec2f(${first}, ${stateCount > 1 ? second : '0.0'});`];
}

function keepRemembered(shape: UnrolledShape, i: number): string {
  const { network, job } = shape;
  const { stateCount } = updateConstants(job);
  const [first, second] = [1, 2].map(
    (section) => `state[${at(shape, section * network.parameterCount + i)}]`,
  );
  return `${first} = m${i}.x;${stateCount > 1 ? ` ${second} = m${i}.y;` : ''}`;
}

function loadRow({ inputCount, outputCount }: Network, row: string, prefix: string): string[] {
  return [
    ...each(inputCount, (k) => `let ${prefix}x${k} = inputs[${row} * ${inputCount}u + ${k}u];`),
    ...each(outputCount, (k) => `let ${prefix}t${k} = targets[${row} * ${outputCount}u + ${k}u];`),
  ];
}

/** The gradients and the loss over all rows, in every lane. */
function gradientSums(shape: UnrolledShape): string[] {
  return [
    'var lossSum = 0.0;',
    ...each(shape.network.parameterCount, (i) => `var g${i} = 0.0;`),
    ...(hasRowsInRegisters(shape) ? rowsInRegisters(shape) : loopOverRows(shape)),
    ...shareSums(shape),
  ];
}

/** The rows as the loop takes them, a lane's first two and so on: the same sums to the last bit. */
function rowsInRegisters(shape: UnrolledShape): string[] {
  const { network, job, rowCount, lanes } = shape;
  const groups = rowGroups(shape);
  const left = (group: number) => rowCount - group * lanes;
  return each(Math.ceil(groups / ROWS_AT_ONCE), (pair) => {
    const first = ROWS_AT_ONCE * pair;
    const rows = each(Math.min(ROWS_AT_ONCE, groups - first), (k): CodeRow => {
      const isShort = k > 0 && left(first + k) < lanes;
      return { row: `row${first + k}_`, counts: isShort ? `lane < ${left(first + k)}u` : undefined };
    });
    const condition = left(first) < lanes ? `if (lane < ${left(first)}u) {` : '{';
    return [condition, ...someRows(network, job, rows), '}'];
  }).flat();
}

/**
 * A loop over several rows at a time: every gradient is read and written once for all of them. Behind the last row a
 * lane takes that one again, and leaves it out of loss and gradients.
 */
function loopOverRows(shape: UnrolledShape): string[] {
  const { network, job, rowCount, lanes } = shape;
  const rows = each(ROWS_AT_ONCE, (k): CodeRow => {
    const row = `row${k}_`;
    return k === 0 ? { row } : { row, counts: `${row}counts` };
  });
  const all = isSliced(job) ? 'own.rowCount' : `${rowCount}u`;
  const count = isBatched(shape) ? 'batchRowCount' : all;
  const place = (name: string, position: string) => `let ${name}at = ${rowOfTable(shape, position)};`;
  return [
    `for (var row = lane; row < ${count}; row += ${ROWS_AT_ONCE * lanes}u) {`,
    ...rows.flatMap(({ row: name, counts }, k) =>
      counts === undefined
        ? [place(name, 'row'), ...loadRow(network, `${name}at`, name)]
        : [
            `let ${counts} = row + ${k * lanes}u < ${count};`,
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
  if (isBatched(shape) || isSliced(job)) return false;
  return rowGroups(shape) * someRows(network, job, [{ row: '' }]).length <= MOST_ROW_STATEMENTS;
}
