import { describe, expect, it } from 'vitest';
import { activationNames, activations } from '../../src/core/activations.ts';
import {
  lossNames,
  losses,
  meanCount,
  meanLoss,
  predictionsOf,
  rowStatistics,
  type Loss,
  type LossName,
} from '../../src/core/losses.ts';
import { notebookJob } from '../../src/core/notebook.ts';
import {
  decoupledDecay,
  optimizerNames,
  optimizers,
  penaltyGradient,
  type Optimizer,
  type OptimizerName,
} from '../../src/core/optimizers.ts';
import { ratesOf } from '../../src/core/rates.ts';
import { scheduleFactor, scheduleNames, schedules } from '../../src/core/schedules.ts';
import { outOfReach } from '../../src/core/target-range.ts';
import { Random } from '../support/random.ts';

/** A central difference: truncation ∝ h², rounding ∝ ε/h. */
const h = 2 ** -17;
const central = (f: (x: number) => number, x: number) => (f(x + h) - f(x - h)) / (2 * h);
/** h²/6 · |f‴| with |f‴| ≤ 2 for every function here, and two roundings of a value up to `size` over 2h. */
const allowed = (size: number) => h ** 2 / 3 + (2 * Number.EPSILON * Math.max(1, size)) / h;

/** Everything but the kinks at 0, within reach of the difference. */
const points = new Random(3).floats(500, 8).filter((x) => Math.abs(x) > 2 * h);

describe('every activation', () => {
  it.each(activationNames)('%s: derivative = central difference', (name) => {
    const { value, derivative } = activations[name];
    for (const x of points) {
      const difference = Math.abs(derivative(x, value(x)) - central(value, x));
      expect(difference, `at ${x}`).toBeLessThanOrEqual(allowed(Math.abs(value(x))));
    }
  });

  it.each(activationNames)('%s: finite for |x| up to 1e4', (name) => {
    const { value, derivative } = activations[name];
    for (const x of [0, 1e-300, 30, 300, 710, 1e4].flatMap((magnitude) => [magnitude, -magnitude])) {
      expect(Number.isFinite(value(x)), `value at ${x}`).toBe(true);
      expect(Number.isFinite(derivative(x, value(x))), `derivative at ${x}`).toBe(true);
    }
  });

  it.each(activationNames)('%s stays within its range, and comes near both ends of it', (name) => {
    const { value, range } = activations[name];
    const near = Array.from({ length: 6001 }, (_, i) => (i - 3000) / 1000);
    const values = [-1e4, -30, ...near, 30, 1e4].map(value);
    expect(values.every((y) => y >= range[0] && y <= range[1])).toBe(true);
    const reached = [Math.min(...values), Math.max(...values)];
    range.forEach((end, i) =>
      expect(Number.isFinite(end) ? reached[i] : Math.abs(reached[i])).toBeCloseTo(
        // The leaky ReLU falls to a hundredth of what it rises to.
        Number.isFinite(end) ? end : name === 'leaky-relu' && i === 0 ? 100 : 1e4,
        6,
      ),
    );
  });

  it('a target out of reach is named, with what can be reached', () => {
    expect(outOfReach('sigmoid', [0, 0.5, 1])).toBeUndefined();
    expect(outOfReach('sigmoid', [0, 18])).toBe(
      'The target runs from 0 to 18, but the outputs of sigmoid are from 0 to 1.',
    );
    expect(outOfReach('relu', [-1, 2])).toBe(
      'The target runs from -1 to 2, but the outputs of ReLU are at least 0.',
    );
    expect(outOfReach('linear', [-1e9])).toBeUndefined();
  });

  it('ReLU has the derivative 0 at its kink, as in PyTorch', () => {
    expect(activations.relu.derivative(0)).toBe(0);
  });
});

describe('every loss', () => {
  /** The loss of a row whose first output is f, beside two others. */
  const rowLoss = (name: LossName, f: number, targets: Float64Array) =>
    meanLoss(name, Float64Array.of(f, 0.4, -1.3), targets, 3);

  it.each(lossNames)('%s: derivative = central difference', (name) => {
    const loss: Loss = losses[name];
    const isShare = loss.link !== undefined;
    for (const target of isShare ? [0, 0.3, 1] : [-2, 0, 0.3, 1]) {
      const targets = Float64Array.of(target, 0.1, 0.25);
      for (const f of points) {
        if (loss.hasKink && Math.abs(f - target) <= h) continue;
        const row = rowStatistics(Float64Array.of(f, 0.4, -1.3), targets);
        const derivative = loss.derivative(f, target, row) / meanCount(loss, 1, 3);
        const difference = Math.abs(derivative - central((x) => rowLoss(name, x, targets), f));
        expect(difference, `at ${f}`).toBeLessThanOrEqual(allowed(rowLoss(name, f, targets)));
      }
    }
  });

  it.each(lossNames.filter((name) => !('link' in losses[name])))(
    '%s is 0, and flat, at the target',
    (name) => {
      const loss: Loss = losses[name];
      const row = rowStatistics(Float64Array.of(0.3), Float64Array.of(0.3));
      expect(loss.value(0.3, 0.3, row)).toBe(0);
      expect(loss.derivative(0.3, 0.3, row)).toBe(0);
    },
  );

  it.each(lossNames)('%s: finite for outputs up to 1e4, and in the classes that are meant there', (name) => {
    const targets = Float64Array.of(1, 0, 0);
    for (const f of [0, 30, 800, 1e4].flatMap((size) => [size, -size])) {
      const outputs = Float64Array.of(f, -f, 0);
      expect(Number.isFinite(meanLoss(name, outputs, targets, 3)), `at ${f}`).toBe(true);
      expect(predictionsOf(name, outputs, 3).every(Number.isFinite)).toBe(true);
    }
  });

  it('mse is the square of the difference: the notebook’s numpy.power(f − f₀, 2)', () => {
    expect(losses.mse.value(0.75, 0.25)).toBe(0.25);
  });

  it('cross-entropy of equal logits is the logarithm of their number, whatever they are', () => {
    const targets = Float64Array.of(0, 1, 0, 0);
    expect(meanLoss('cross-entropy', new Float64Array(4).fill(1e4), targets, 4)).toBeCloseTo(Math.log(4), 12);
    expect([...predictionsOf('cross-entropy', new Float64Array(4).fill(-1e4), 4)]).toEqual([
      0.25, 0.25, 0.25, 0.25,
    ]);
  });

  it('a class weight is the sum of its row of targets', () => {
    const logits = Float64Array.of(0.3, -1, 2);
    const once = meanLoss('cross-entropy', logits, Float64Array.of(0, 1, 0), 3);
    expect(meanLoss('cross-entropy', logits, Float64Array.of(0, 2.5, 0), 3)).toBeCloseTo(2.5 * once, 12);
  });

  it('a softmax shows that a logit is NaN, wherever it stands', () => {
    for (let at = 0; at < 3; at++) {
      const logits = Float64Array.of(1, 2, 3);
      logits[at] = NaN;
      expect(meanLoss('cross-entropy', logits, Float64Array.of(0, 1, 0), 3)).toBeNaN();
    }
  });
});

describe('every optimizer', () => {
  const ratesFor = (optimizer: OptimizerName, settings: object = {}) =>
    ratesOf({ ...notebookJob, optimizer, networks: [{ seed: 1, learningRate: 0.05, ...settings }] });

  it.each(optimizerNames)('%s goes against the gradient', (name) => {
    const { change }: Optimizer = optimizers[name];
    expect(change(2, { first: 0, second: 0 }, ratesFor(name))).toBeLessThan(0);
    expect(change(-2, { first: 0, second: 0 }, ratesFor(name))).toBeGreaterThan(0);
  });

  it.each(optimizerNames)('%s leaves alone what it says it does not remember', (name) => {
    const { change, stateCount }: Optimizer = optimizers[name];
    const state = { first: 0.5, second: 0.25 };
    change(2, state, ratesFor(name));
    expect([state.first !== 0.5, state.second !== 0.25]).toEqual([stateCount > 0, stateCount > 1]);
  });

  it('sgd changes a parameter by −learning rate · gradient', () => {
    expect(optimizers.sgd.change(2, { first: 0, second: 0 }, ratesFor('sgd'))).toBe(-0.1);
  });

  it('weight decay goes through the gradient, and past it for AdamW', () => {
    const rates = ratesFor('adamw', { weightDecay: 0.1 });
    expect(penaltyGradient(optimizers.sgd, 3, rates)).toBeCloseTo(0.3, 15);
    expect(decoupledDecay(optimizers.sgd, 3, rates)).toBe(0);
    expect(penaltyGradient(optimizers.adamw, 3, rates)).toBe(0);
    expect(decoupledDecay(optimizers.adamw, 3, rates)).toBeCloseTo(-0.015, 15);
  });
});

describe('every schedule', () => {
  it.each(scheduleNames)('%s starts at 1 and never rises', (kind) => {
    const factors = Array.from({ length: 100 }, (_, t) =>
      scheduleFactor({ kind, every: 10, gamma: 0.9 }, t, 100),
    );
    expect(factors[0]).toBe(1);
    expect(factors.every((factor, t) => factor > 0 && factor <= (factors[t - 1] ?? 1))).toBe(true);
    expect(factors[99] < 1).toBe(kind !== 'constant');
  });

  it('a warm-up rises linearly to where the schedule is', () => {
    const factors = [0, 1, 2, 3, 4].map((t) => scheduleFactor({ kind: 'constant', warmupSteps: 4 }, t, 100));
    expect(factors).toEqual([0.25, 0.5, 0.75, 1, 1]);
  });
});

describe('labels', () => {
  it('are there for every entry, and distinct', () => {
    for (const table of [activations, losses, optimizers, schedules]) {
      const labels = Object.values(table).map(({ label }) => label);
      expect(new Set(labels).size).toBe(labels.length);
      expect(labels.every((label) => label.length > 0)).toBe(true);
    }
  });
});
