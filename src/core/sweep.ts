import { InputError } from './errors.ts';
import { MAX_NETWORKS } from './job-rules.ts';
import { jobOf, type JobSettings } from './job-settings.ts';
import type { TrainingJob } from './job.ts';
import { layOutNetwork } from './network.ts';
import { MAX_SEED, NumpyRandom } from './numpy-random.ts';
import { optimizerNames, optimizers, type Optimizer } from './optimizers.ts';
import { lossSteps } from './population.ts';
import { numberWithin, sweptText, type ValueRange } from './sweep-range.ts';
import {
  sweepable,
  sweptNames,
  unusedSettings,
  type SweepAxis,
  type SweptName,
  type SweptSettings,
} from './sweep-settings.ts';
import { countOf, formatCount } from './wording.ts';

/** What a person asks of a sweep. */
export interface SweepSettings {
  /** Holds for every network where nothing is swept. */
  readonly base: JobSettings;
  /** In any order. */
  readonly axes: readonly SweepAxis[];
  readonly search: SweepSearch;
}

/** Every combination, or so many that are drawn, each value independently and no combination twice. */
export type SweepSearch =
  | { readonly kind: 'grid' }
  | {
      readonly kind: 'random';
      readonly count: number;
      /** Draws them; 0 … 2³² − 1. */
      readonly seed: number;
    };

/** Of each swept setting its value; without those that change nothing for the network. */
export type SweptValues = Partial<SweptSettings>;

/** One network of a sweep. */
export interface SweepNetwork {
  /** Complete: `jobOf(settings, outputCount)` is that network alone. */
  readonly settings: JobSettings;
  readonly values: SweptValues;
}

/** Networks that are trained together. */
export interface SweepPopulation {
  readonly job: TrainingJob;
  /** Which networks of the sweep they are, in the order of `job.networks`. */
  readonly networks: readonly number[];
}

/** Everything a sweep trains. */
export interface Sweep {
  /** What is varied, in its order; of a grid every one is a list. */
  readonly axes: readonly SweepAxis[];
  readonly networks: readonly SweepNetwork[];
  readonly populations: readonly SweepPopulation[];
}

/** Of a network at most: a curve drawn some hundred pixels wide shows no more, and 65,536 of them take 128 MiB. */
const MAX_KEPT_LOSSES = 257;
/** A browser gives a page that much without ending it. */
const MAX_SWEEP_BYTES = 2 ** 30;
/** All of 65,536 equally likely combinations have come up after some 12 draws each. */
const DRAWS_PER_NETWORK = 100;
const BYTES_PER_NUMBER = Float64Array.BYTES_PER_ELEMENT;

/**
 * The networks a sweep comes to, and which are trained together.
 *
 * A grid is the full product, the last axis fastest and seeds last, so that the seeds of one setting stand together.
 * What changes nothing is not varied: momentum 0.5/0.9 with sgd/momentum is three networks. A random search draws
 * with `numpy.random.rand` seeded by its seed: network after network, for each the axes in their order, one draw
 * each; in a log range the logarithm is uniform; a combination that was drawn before is drawn again. The same settings
 * give the same sweep.
 *
 * @param outputCount outputs the targets of the table take
 * @throws InputError if there are more networks than a sweep trains, or settings contradict one another
 */
export function expandSweep(settings: SweepSettings, outputCount: number): Sweep {
  const { base, search } = settings;
  const axes = orderedAxes(settings.axes);
  requireUse(axes, base);
  const combinations = search.kind === 'grid' ? gridOf(axes, base) : drawCombinations(axes, base, search);
  const networks = combinations.map((values) => ({ settings: withValues(base, values), values }));
  return {
    axes: search.kind === 'grid' ? axes.map(listed) : axes,
    networks,
    populations: populationsOf(networks, outputCount),
  };
}

/** What a sweep keeps in memory until its results are written down. */
export interface SweepBytes {
  /** Of the losses of every network at its population's stride, float64. */
  readonly lossesBytes: number;
  /** Of the parameters of every network, float64. */
  readonly parametersBytes: number;
}

/** @param inputCount columns of the input [rows, inputCount] */
export function sweepBytes({ populations }: Pick<Sweep, 'populations'>, inputCount: number): SweepBytes {
  let [lossesBytes, parametersBytes] = [0, 0];
  for (const { job, networks } of populations) {
    const { parameterCount } = layOutNetwork(inputCount, job.layers);
    lossesBytes += networks.length * lossSteps(job).length * BYTES_PER_NUMBER;
    parametersBytes += networks.length * parameterCount * BYTES_PER_NUMBER;
  }
  return { lossesBytes, parametersBytes };
}

/** @throws InputError if a sweep would keep more than 1 GiB */
export function requireSweepFits(sweep: Pick<Sweep, 'networks' | 'populations'>, inputCount: number): void {
  const { lossesBytes, parametersBytes } = sweepBytes(sweep, inputCount);
  if (lossesBytes + parametersBytes <= MAX_SWEEP_BYTES) return;
  throw new InputError(
    `The ${countOf(sweep.networks.length, 'network')} of this sweep would keep ${mebibytes(lossesBytes)} of losses and ` +
      `${mebibytes(parametersBytes)} of parameters; at most ${mebibytes(MAX_SWEEP_BYTES)} are kept together. Use fewer ` +
      'values, a random search of fewer networks, or narrower layers.',
  );
}

function mebibytes(bytes: number): string {
  return `${formatCount(Math.ceil(bytes / 2 ** 20))} MiB`;
}

/** @throws InputError for one that is there twice or has no values */
function orderedAxes(axes: readonly SweepAxis[]): SweepAxis[] {
  for (const [index, { name, values }] of axes.entries()) {
    const { label } = sweepable[name];
    if (axes.findIndex((axis) => axis.name === name) < index) {
      throw new InputError(`The ${label} is swept twice. Put all its values into one list.`);
    }
    if (values.kind === 'list' && values.values.length === 0) {
      throw new InputError(`The ${label} is swept over 0 values. Give it 1 or more, or do not sweep it.`);
    }
  }
  return axes.toSorted((a, b) => sweptNames.indexOf(a.name) - sweptNames.indexOf(b.name));
}

/** @throws InputError for a swept setting that changes nothing in any network */
function requireUse(axes: readonly SweepAxis[], base: JobSettings): void {
  const hiddenOf = valuesOf(axes, 'hidden') ?? [base.hidden];
  const optimizersOf = valuesOf(axes, 'optimizer') ?? [base.optimizer];
  const unused = hiddenOf.flatMap((hidden) =>
    optimizersOf.map((optimizer) => unusedSettings({ hidden, optimizer })),
  );
  for (const { name } of axes) {
    const { label } = sweepable[name];
    if (base.initialParameters && (name === 'hidden' || name === 'initializer')) {
      throw new InputError(
        `The ${label} cannot be swept where the initial parameters are given: they are those of one network. ` +
          'Leave one of the two out.',
      );
    }
    if (!unused.every((names) => names.includes(name))) continue;
    if (name === 'activations') {
      throw new InputError(
        'The activation is swept, which is of hidden layers, and there are 0 of them. Add one, or leave it out.',
      );
    }
    const users = optimizerNames.filter((each) =>
      (optimizers[each] as Optimizer).uses.includes(name as 'beta1'),
    );
    throw new InputError(
      `The ${label} is swept, and ${optimizersOf.join(', ')} ${optimizersOf.length === 1 ? 'does' : 'do'} not use it. ` +
        `Leave it out, or choose an optimizer that does: ${users.join(', ')}.`,
    );
  }
}

/** The listed values of an axis; undefined where it is not swept. */
function valuesOf<Name extends SweptName>(
  axes: readonly SweepAxis[],
  name: Name,
): readonly SweptSettings[Name][] | undefined {
  const axis = axes.find((each) => each.name === name);
  return axis?.values.kind === 'list' ? (axis.values.values as readonly SweptSettings[Name][]) : undefined;
}

/** How many values an axis has: of a range of numbers that are not whole, no end of them. */
function valueCount({ values }: SweepAxis): number {
  if (values.kind === 'list') return values.values.length;
  return values.isWhole ? values.to - values.from + 1 : Infinity;
}

/** The same in a grid. @throws InputError for a range to draw from */
function sizeOf(axis: SweepAxis): number {
  const { name, values } = axis;
  const size = valueCount(axis);
  if (values.kind === 'list' || values.isWhole) return size;
  const { from, to, scale } = values;
  throw new InputError(
    `The ${sweepable[name].label} ${from}..${to}:${scale} has no count: a grid takes so many values of a range. ` +
      `Write ${from}..${to}:${scale}:8, or draw from it by a random search.`,
  );
}

function productOf(axes: readonly SweepAxis[]): number {
  return axes.reduce((product, axis) => product * sizeOf(axis), 1);
}

/** The combination at a place of the full product: as the digits of a number, the last axis fastest. */
function combinationAt(axes: readonly SweepAxis[], index: number): SweptValues {
  let rest = index;
  const places = axes.toReversed().map(({ name, values }) => {
    const size = values.kind === 'list' ? values.values.length : values.to - values.from + 1;
    const place = rest % size;
    rest = Math.floor(rest / size);
    return [name, values.kind === 'list' ? values.values[place] : values.from + place] as const;
  });
  return Object.fromEntries(places.toReversed());
}

/** @throws InputError for more combinations than a sweep trains, before any of them is made */
function gridOf(axes: readonly SweepAxis[], base: JobSettings): SweptValues[] {
  if (productOf(axes.filter(isShared)) > MAX_NETWORKS) requireFew(productOf(axes), axes);
  const blocks = blocksOf(axes, base);
  const counts = blocks.map(({ own }) => productOf(own));
  requireFew(
    counts.reduce((sum, count) => sum + count, 0),
    axes,
  );
  return blocks.flatMap(({ values, own }, block) =>
    Array.from({ length: counts[block] }, (_, i) => ({ ...values, ...combinationAt(own, i) })),
  );
}

function isShared({ name }: SweepAxis): boolean {
  return sweepable[name].isShared;
}

/** Networks with the same values of what is shared, and the axes that vary among them. */
interface Block {
  readonly values: SweptValues;
  readonly own: readonly SweepAxis[];
}

function blocksOf(axes: readonly SweepAxis[], base: JobSettings): Block[] {
  const shared = axes.filter(isShared);
  const blocks = new Map<string, Block>();
  for (let i = 0; i < productOf(shared); i++) {
    const combination = combinationAt(shared, i);
    const unused = unusedSettings({ ...base, ...combination });
    const values = without(combination, unused);
    const own = axes.filter((axis) => !isShared(axis) && !unused.includes(axis.name));
    const key = Object.values(values).map(sweptText).join(' ');
    if (!blocks.has(key)) blocks.set(key, { values, own });
  }
  return [...blocks.values()];
}

function requireFew(networkCount: number, axes: readonly SweepAxis[]): void {
  if (networkCount <= MAX_NETWORKS) return;
  const isProduct = networkCount === productOf(axes);
  const factors = axes.map((axis) => `${sweepable[axis.name].label} ${formatCount(sizeOf(axis))}`);
  throw new InputError(
    `The values come to ${formatCount(networkCount)} networks (${factors.join(isProduct ? ' × ' : ', ')}); a sweep trains ` +
      `at most ${formatCount(MAX_NETWORKS)}. Use fewer values, or a random search.`,
  );
}

/** @throws InputError for a count of networks that cannot be drawn, or nothing to draw */
function drawCombinations(
  axes: readonly SweepAxis[],
  base: JobSettings,
  { count, seed }: Extract<SweepSearch, { readonly kind: 'random' }>,
): SweptValues[] {
  if (!Number.isInteger(count) || count < 1 || count > MAX_NETWORKS) {
    throw new InputError(
      `A random search draws a whole number of networks from 1 to ${formatCount(MAX_NETWORKS)}, not ${count}. ` +
        '1000 is a usual start.',
    );
  }
  if (!Number.isInteger(seed) || seed < 0 || seed > MAX_SEED) {
    throw new InputError(
      `The seed of a random search must be a whole number from 0 to ${formatCount(MAX_SEED)}, not ${seed}.`,
    );
  }
  if (axes.length === 0) {
    throw new InputError(
      `A random search of ${countOf(count, 'network')} has 0 settings to draw. Give a setting several values, such as ` +
        'the learning rate 0.001..1:log.',
    );
  }
  requireEnough(count, axes, base);
  const random = new NumpyRandom(seed);
  const combinations = new Map<string, SweptValues>();
  for (let draws = 0; combinations.size < count; draws++) {
    if (draws === DRAWS_PER_NETWORK * count) throw tooManyDrawn(count, combinations.size);
    const drawn = Object.fromEntries(axes.map((axis) => [axis.name, draw(axis, random)])) as SweptValues;
    const values = without(drawn, unusedSettings({ ...base, ...drawn }));
    const key = JSON.stringify(values);
    if (!combinations.has(key)) combinations.set(key, values);
  }
  return [...combinations.values()];
}

/** @throws InputError if there are fewer combinations than a random search is to draw */
function requireEnough(count: number, axes: readonly SweepAxis[], base: JobSettings): void {
  // So many shapes are not counted one by one.
  if (productOf(axes.filter(isShared)) > MAX_NETWORKS) return;
  const available = blocksOf(axes, base).reduce(
    (sum, { own }) => sum + own.reduce((product, axis) => product * valueCount(axis), 1),
    0,
  );
  if (available < count) throw tooManyDrawn(count, available);
}

function tooManyDrawn(count: number, available: number): InputError {
  return new InputError(
    `The values hold ${countOf(available, 'combination')}, and a random search of ${formatCount(count)} draws none twice. ` +
      `Ask for at most ${formatCount(available)}, or for every combination (on the command line without --random).`,
  );
}

function draw({ values }: SweepAxis, random: NumpyRandom): SweptSettings[SweptName] {
  const share = random.rand();
  if (values.kind === 'list') return values.values[Math.floor(share * values.values.length)];
  const { from, to, isWhole } = values;
  return isWhole ? from + Math.floor(share * (to - from + 1)) : numberWithin(values, share);
}

/** A whole range with its numbers written out. */
function listed(axis: SweepAxis): SweepAxis {
  if (axis.values.kind === 'list') return axis;
  const { from }: ValueRange = axis.values;
  const values = Array.from({ length: sizeOf(axis) }, (_, i) => from + i);
  return { ...axis, values: { kind: 'list', values } } as SweepAxis;
}

function without<Settings extends object>(settings: Settings, names: readonly SweptName[]): Settings {
  if (!names.some((name) => name in settings)) return settings;
  const kept = Object.entries(settings).filter(([name]) => !names.some((each) => each === name));
  return Object.fromEntries(kept) as Settings;
}

/** The settings of a network; what its optimizer does not use is left out. */
function withValues(base: JobSettings, values: SweptValues): JobSettings {
  const settings = { ...base, ...values };
  const unused = unusedSettings(settings).filter((name) => name !== 'activations');
  return without(settings, unused);
}

function populationsOf(networks: readonly SweepNetwork[], outputCount: number): SweepPopulation[] {
  const populations = new Map<
    string,
    {
      readonly job: TrainingJob;
      readonly alone: TrainingJob['networks'][number][];
      readonly networks: number[];
    }
  >();
  networks.forEach(({ settings }, index) => {
    const job = jobOf(settings, outputCount);
    // The rest of the job is the base's.
    const key = JSON.stringify([job.layers, job.optimizer]);
    const population = populations.get(key) ?? { job, alone: [], networks: [] };
    populations.set(key, population);
    population.alone.push(job.networks[0]);
    population.networks.push(index);
  });
  return [...populations.values()].map(({ job, alone, networks: indices }) => ({
    job: { ...job, lossStride: lossStrideFor(job.steps), networks: alone },
    networks: indices,
  }));
}

/** Steps from one kept loss to the next, so that some hundred are kept of a network. */
export function lossStrideFor(steps: number): number {
  return Math.max(1, Math.ceil((steps - 1) / (MAX_KEPT_LOSSES - 1)));
}
