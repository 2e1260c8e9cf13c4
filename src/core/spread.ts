import { activations, type Activation, type ActivationName } from './activations.ts';
import { histogramOf, type Histogram } from './histogram.ts';

/** How some numbers are spread. Those that are infinite or not a number count in `otherCount` alone. */
export interface Distribution {
  /** Finite numbers. */
  readonly count: number;
  /** Numbers that are infinite, or none. */
  readonly otherCount: number;
  /** Of the finite ones, exactly 0. */
  readonly zeroCount: number;
  /** NaN, as the three below, where no number is finite. */
  readonly least: number;
  readonly greatest: number;
  readonly mean: number;
  /** √(Σ (x − mean)² / count) */
  readonly standardDeviation: number;
  /**
   * Of the numbers themselves, or of log₂ of their size, without those that are 0; undefined where there are none. Sizes
   * are for gradients: these range over so many powers of ten that in bins of equal width nearly all would share one.
   */
  readonly histogram: Histogram | undefined;
}

/** What happens inside one layer, on some rows. */
export interface LayerSpread {
  readonly units: number;
  readonly activation: ActivationName;
  /** The weights [inputs, units], without biases. */
  readonly weights: Distribution;
  /** dE/dw of the mean loss of those rows, neither clipped nor decayed, and its size; [inputs, units] */
  readonly gradients: Distribution;
  /** What the units say to each of the rows, [rows, units]. */
  readonly activations: Distribution;
  /**
   * Units that are dead: their slope is 0 on every one of the rows, so no gradient reaches what is before them.
   * Undefined where the activation has no such stretch: only ReLU has.
   */
  readonly deadCount: number | undefined;
  /**
   * Units that are saturated: their slope is below 5 % of the steepest one of their activation on at least 95 % of the
   * rows. Undefined where the activation does not level off towards a bound, or is exactly flat there.
   */
  readonly saturatedCount: number | undefined;
  /** ‖dE/dw‖, the root of the sum of squares. */
  readonly gradientLength: number;
}

/** What happens inside a network, on some rows. */
export interface Spread {
  /** Rows that were looked at. */
  readonly rowCount: number;
  /** Rows that the network learns from. */
  readonly trainedRowCount: number;
  /** The output layer last. */
  readonly layers: readonly LayerSpread[];
}

/** A slope below this share of the steepest is as good as flat: a sigmoid’s beyond ±4.4, tanh’s beyond ±2.2. */
const FLAT_SHARE = 0.05;
/** A unit that still learns from more than one row in twenty is not saturated. */
const SATURATED_ROWS = 0.95;

/** Where an activation is flat: exactly, towards a bound, or nowhere. */
type Flatness = 'dead' | 'saturated' | undefined;

/** What a unit can become: dead where the slope is 0 below 0, saturated where it only tends to 0. */
export function flatnessOf(name: ActivationName): Flatness {
  const { range, value, derivative }: Activation = activations[name];
  if (!range.some(Number.isFinite)) return undefined;
  return derivative(-1, value(-1)) === 0 ? 'dead' : 'saturated';
}

/** How many units of a layer are dead or saturated, whichever its activation can be. */
export interface FlatUnits {
  readonly deadCount: number | undefined;
  readonly saturatedCount: number | undefined;
}

/**
 * Counts the units of a layer that are dead or saturated. One with a pre-activation that is not a number is neither.
 *
 * @param preActivations [rows, units]
 * @param outputs the activation of them, [rows, units]
 */
export function flatUnits(
  name: ActivationName,
  units: number,
  preActivations: Float64Array,
  outputs: Float64Array,
): FlatUnits {
  const flatness = flatnessOf(name);
  if (!flatness) return { deadCount: undefined, saturatedCount: undefined };
  const { derivative }: Activation = activations[name];
  const flatBelow = flatness === 'dead' ? 0 : FLAT_SHARE * steepest(name);
  const rowCount = preActivations.length / units;
  const needed = flatness === 'dead' ? rowCount : SATURATED_ROWS * rowCount;
  const flatRows = new Float64Array(units);
  for (let i = 0; i < preActivations.length; i++) {
    const x = preActivations[i];
    const slope = Math.abs(derivative(x, outputs[i]));
    // A ReLU says of what is not a number that its slope is 0.
    if (Number.isNaN(x)) flatRows[i % units] = -Infinity;
    else if (slope === 0 || slope < flatBelow) flatRows[i % units]++;
  }
  const count = flatRows.reduce((sum, rows) => sum + (rows >= needed ? 1 : 0), 0);
  return {
    deadCount: flatness === 'dead' ? count : undefined,
    saturatedCount: flatness === 'saturated' ? count : undefined,
  };
}

/** max |f′|, looked for where every activation has it: within ±8, to 1e-5 of itself. */
function steepest(name: ActivationName): number {
  const { value, derivative }: Activation = activations[name];
  let most = 0;
  for (let x = -8; x <= 8; x += 1 / 128) most = Math.max(most, Math.abs(derivative(x, value(x))));
  return most;
}

/**
 * How numbers are spread.
 *
 * @param of what the histogram is of: the numbers, or log₂ of their size
 */
export function distributionOf(values: Float64Array, of: 'values' | 'sizes' = 'values'): Distribution {
  const { length } = values;
  let [count, zeroCount, sum, least, greatest] = [0, 0, 0, Infinity, -Infinity];
  for (let i = 0; i < length; i++) {
    const value = values[i];
    if (!Number.isFinite(value)) continue;
    count++;
    if (value === 0) zeroCount++;
    sum += value;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < length; i++) if (Number.isFinite(values[i])) squares += (values[i] - mean) ** 2;
  return {
    count,
    otherCount: values.length - count,
    zeroCount,
    least: count > 0 ? least : NaN,
    greatest: count > 0 ? greatest : NaN,
    mean,
    standardDeviation: Math.sqrt(squares / count),
    // The logarithm of 0 is not finite, and so in no bin.
    histogram: histogramOf(of === 'sizes' ? logarithms(values) : values),
  };
}

function logarithms(values: Float64Array): Float64Array {
  const { length } = values;
  const made = new Float64Array(length);
  for (let i = 0; i < length; i++) made[i] = Math.log2(Math.abs(values[i]));
  return made;
}
