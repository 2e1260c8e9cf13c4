import { losses, type Loss } from '../core/losses.ts';
import type { TrainingJob } from '../core/job.ts';
import type { Layer, Network } from '../core/network.ts';

/** A row in the code: its values are at hand as `${row}x…` and `${row}t…`. */
export interface CodeRow {
  readonly row: string;
  /** The condition under which it counts; always if left out. */
  readonly counts?: string | undefined;
}

/** Forward and backward of rows, and the sums over them. */
export function someRows(
  { layers, inputCount }: Network,
  job: TrainingJob,
  rows: readonly CodeRow[],
): string[] {
  const last = layers.length;
  const names = rows.map(({ row }) => row);
  return [
    ...rows.flatMap((codeRow) => [
      ...each(inputCount, (k) => `let ${codeRow.row}a0_${k} = ${codeRow.row}x${k};`),
      ...layers.flatMap((layer, i) => forward(layer, i + 1, codeRow.row)),
      ...outputGradient(layers[last - 1], last, job, codeRow),
    ]),
    ...layers.toReversed().flatMap((layer, i) => {
      const l = last - i;
      const hidden = l > 1 ? names.flatMap((row) => hiddenGradient(layer, layers[l - 2], l - 1, row)) : [];
      return [...parametersGradient(layer, l, names), ...hidden];
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
  { row, counts }: CodeRow,
): string[] {
  const { link }: Loss = losses[job.loss];
  const loss = functionName(job.loss);
  const statistics = link === 'softmax' ? `, ${row}statistics` : '';
  const ifCounting = (value: string) => (counts ? `select(0.0, ${value}, ${counts})` : value);
  const entries = each(units, (unit) => {
    const [z, a, target] = [`${row}z${l}_${unit}`, `${row}a${l}_${unit}`, `${row}t${unit}`];
    const derivative = `${functionName(activation)}Derivative(${z}, ${a})`;
    const gradient = `scale * ${loss}Derivative(${a}, ${target}${statistics}) * ${derivative}`;
    return [
      `lossSum += ${ifCounting(`${loss}(${a}, ${target}${statistics})`)};`,
      `let ${row}d${l}_${unit} = ${ifCounting(gradient)};`,
    ];
  }).flat();
  return link === 'softmax' ? [...rowStatistics(units, l, row), ...entries] : entries;
}

/** What a softmax knows of a row of logits: see lib/losses.wgsl. */
function rowStatistics(units: number, l: number, row: string): string[] {
  const [largest, at] = [`${row}largest`, `${row}largestAt`];
  const logits = each(units, (unit) => `${row}a${l}_${unit}`);
  // Not max(): a NaN must reach the sum, which shows that a run has diverged.
  const search = logits.map(
    (z, unit) => `if (!(${z} <= ${largest})) { ${largest} = ${z}; ${at} = ${unit}u; }`,
  );
  const rest = logits.map((z, unit) => `select(exponential(${z} - ${largest}), 0.0, ${at} == ${unit}u)`);
  const targetSum = each(units, (unit) => `${row}t${unit}`).join(' + ');
  return [
    `var ${largest} = ${logits[0]};`,
    `var ${at} = 0u;`,
    ...search.slice(1),
    `let ${row}statistics = vec3f(${largest}, logarithmOfSum(${rest.join(' + ')}), ${targetSum});`,
  ];
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

/** The function of `shaders/lib` that goes by a table's key: camelCase, and WGSL has a `tanh` of its own. */
export function functionName(key: string): string {
  if (key === 'tanh') return 'hyperbolicTangent';
  return key.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** One for each index, 0 … count − 1. */
export function each<T>(count: number, of: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => of(index));
}
