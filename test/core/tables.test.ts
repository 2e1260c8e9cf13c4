import { describe, expect, it } from 'vitest';
import { activationNames, activations } from '../../src/core/activations.ts';
import { lossNames, losses } from '../../src/core/losses.ts';
import { optimizerNames, optimizers } from '../../src/core/optimizers.ts';
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
  it.each(lossNames)('%s: derivative = central difference, and 0 at the target', (name) => {
    const { value, derivative } = losses[name];
    for (const target of [-2, 0, 0.3, 1]) {
      for (const f of points) {
        if ('hasKink' in losses[name] && Math.abs(f - target) <= h) continue;
        const difference = Math.abs(derivative(f, target) - central((x) => value(x, target), f));
        expect(difference, `at ${f}`).toBeLessThanOrEqual(allowed(value(f, target)));
      }
      expect(value(target, target)).toBe(0);
      expect(derivative(target, target)).toBe(0);
    }
  });

  it('mse is the square of the difference: the notebook’s numpy.power(f − f₀, 2)', () => {
    expect(losses.mse.value(0.75, 0.25)).toBe(0.25);
  });
});

describe('every optimizer', () => {
  it.each(optimizerNames)('%s goes against the gradient', (name) => {
    expect(optimizers[name].change(2, 0.05)).toBeLessThan(0);
    expect(optimizers[name].change(-2, 0.05)).toBeGreaterThan(0);
  });

  it('sgd changes a parameter by −learning rate · gradient', () => {
    expect(optimizers.sgd.change(2, 0.05)).toBe(-0.1);
  });
});

describe('labels', () => {
  it('are there for every entry, and distinct', () => {
    for (const table of [activations, losses, optimizers]) {
      const labels = Object.values(table).map(({ label }) => label);
      expect(new Set(labels).size).toBe(labels.length);
      expect(labels.every((label) => label.length > 0)).toBe(true);
    }
  });
});
