import { describe, expect, it, test } from 'vitest';
import { constantLoss } from '../../src/core/constant-loss.ts';
import type { TrainingData } from '../../src/core/job.ts';
import { lossNames, meanLoss, type LossName } from '../../src/core/losses.ts';
import { Random } from '../support/random.ts';

const ROWS = 41;

/** Targets such as the loss takes; inputs do not count. */
function dataFor(loss: LossName, outputCount: number, random: Random): TrainingData {
  const targets = new Float64Array(ROWS * outputCount);
  for (let row = 0; row < ROWS; row++) {
    if (loss === 'cross-entropy') {
      const place = Math.floor(random.uniform(0, 1) ** 2 * outputCount);
      targets[row * outputCount + place] = 0.5 + place;
      continue;
    }
    for (let output = 0; output < outputCount; output++) {
      const number = random.uniform(0, 1) ** 3 * 8 - 2;
      targets[row * outputCount + output] = loss === 'bce' ? Number(number > -1) : number;
    }
  }
  return { rowCount: ROWS, inputs: new Float64Array(ROWS), inputCount: 1, targets, outputCount };
}

/** The mean loss of an answer to every row. */
function lossOf(
  name: LossName,
  constants: readonly number[],
  { targets, outputCount }: TrainingData,
): number {
  const outputs = targets.map((_, i) => constants[i % outputCount]);
  return meanLoss(name, outputs, targets, outputCount);
}

/** Goes downhill along each output in turn, in ever smaller steps. */
function lowest(name: LossName, data: TrainingData): number {
  const constants = Array<number>(data.outputCount).fill(0);
  let best = lossOf(name, constants, data);
  for (let step = 4; step > 1e-9; step /= 2) {
    for (let found = true; found;) {
      found = false;
      for (let output = 0; output < constants.length; output++) {
        for (const by of [-step, step]) {
          const tried = constants.with(output, constants[output] + by);
          const loss = lossOf(name, tried, data);
          if (!(loss < best)) continue;
          [best, found] = [loss, true];
          constants.splice(0, constants.length, ...tried);
        }
      }
    }
  }
  return best;
}

describe('the loss of the best constant', () => {
  const cases = lossNames.flatMap((name) => [1, 3].map((outputs) => [name, outputs] as const));
  test.each(cases)('%s of %i outputs is what a search finds', (name, outputCount) => {
    const data = dataFor(name, outputCount, new Random(7 * outputCount));
    const found = lowest(name, data);
    expect(constantLoss(name, data)).toBeCloseTo(found, 9);
    expect(constantLoss(name, data)).toBeLessThanOrEqual(found + 1e-12);
  });

  it('is 0 where all rows are alike, though the logits for that are infinite', () => {
    const alike = (targets: number[], outputCount: number): TrainingData => ({
      rowCount: targets.length / outputCount,
      inputs: new Float64Array(targets.length / outputCount),
      inputCount: 1,
      targets: Float64Array.from(targets),
      outputCount,
    });
    expect(constantLoss('bce', alike([1, 1, 1], 1))).toBe(0);
    expect(constantLoss('bce', alike([0, 0], 1))).toBe(0);
    expect(constantLoss('cross-entropy', alike([0, 1, 0, 1], 2))).toBe(0);
    for (const name of ['mse', 'mae', 'huber'] as const) expect(constantLoss(name, alike([3, 3], 1))).toBe(0);
  });

  it('needs rows', () => {
    const none = { rowCount: 0, inputs: new Float64Array(), inputCount: 1, targets: new Float64Array() };
    expect(() => constantLoss('mse', { ...none, outputCount: 1 })).toThrow('There are 0 rows');
  });
});
