import { column } from './metrics.ts';
import { InputError } from './errors.ts';
import type { TrainingData } from './job.ts';
import { losses, meanCount, type LossName } from './losses.ts';
import { quantile } from './quantile.ts';

/** What is left of an interval then is below the digits of its ends, and of the loss still more. */
const HALVINGS = 60;

/**
 * The mean loss of the best answer that is the same for every row: what a network has to beat to have learnt anything.
 * It is the mean of a number (mse), its median (mae), where the pulls of all rows cancel out (huber), or the share of a
 * class (bce, cross-entropy), as logits.
 *
 * @param data rows, encoded
 * @throws InputError for no rows
 */
export function constantLoss(name: LossName, { rowCount, targets, outputCount }: TrainingData): number {
  if (rowCount === 0)
    throw new InputError('There are 0 rows to find the best constant for; give at least 1.');
  const columns = Array.from({ length: outputCount }, (_, output) => column(targets, output, outputCount));
  const sums = name === 'cross-entropy' ? crossEntropies(columns) : columns.map((each) => least(name, each));
  return sums.reduce((sum, loss) => sum + loss, 0) / meanCount(losses[name], rowCount, outputCount);
}

/** The loss of one output, summed over its rows, at its best constant. */
function least(name: Exclude<LossName, 'cross-entropy'>, targets: Float64Array): number {
  if (name === 'bce') {
    const ones = total(targets);
    return surprise(ones, targets.length) + surprise(targets.length - ones, targets.length);
  }
  const { value } = losses[name];
  const constant = bestConstant(name, targets);
  return targets.reduce((sum, target) => sum + value(constant, target), 0);
}

function bestConstant(name: 'mse' | 'mae' | 'huber', targets: Float64Array): number {
  if (name === 'mse') return total(targets) / targets.length;
  const sorted = targets.toSorted();
  if (name === 'mae') return quantile(sorted, 0.5);
  // The derivative only rises with the constant.
  let [low, high] = [sorted[0], sorted[sorted.length - 1]];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = low + (high - low) / 2;
    const pull = targets.reduce((sum, target) => sum + losses.huber.derivative(middle, target), 0);
    if (pull > 0) high = middle;
    else low = middle;
  }
  return low;
}

/** Of each class its share of the weight of all of them: −Σ w log (w / Σ w). */
function crossEntropies(columns: readonly Float64Array[]): number[] {
  const weights = columns.map(total);
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => surprise(weight, whole));
}

/** −w log (w / whole); a class that never comes up costs nothing, as its probability goes to 0. */
function surprise(weight: number, whole: number): number {
  return weight > 0 ? -weight * Math.log(weight / whole) : 0;
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
