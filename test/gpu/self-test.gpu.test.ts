import { expect, it } from 'vitest';
import { allocatedBytes } from '../../src/gpu/buffers.ts';
import { exactness, testArithmetic } from '../../src/gpu/self-test.ts';
import { describePlan } from '../../src/core/plan.ts';
import { openGpu } from '../../src/gpu/device.ts';
import { unrolledPlans } from '../../src/gpu/unrolled-trainer.ts';
import { selfTest } from '../../src/self-test.ts';

it('finds that compensation survives and how exact the exponentials are', async () => {
  const { compensation, exponential, builtInExponential } = await testArithmetic();
  console.log(JSON.stringify({ compensation, exponential, builtInExponential }));
  expect(compensation.survives).toBe(true);
  // The kernel's own is held to 1.5 ulp everywhere; WGSL allows the built-in one 3 + 2|x|.
  expect(exponential.largestUlp).toBeGreaterThan(0);
  expect(exponential.largestUlp).toBeLessThanOrEqual(1.5);
  expect(Math.abs(exponential.meanUlp)).toBeLessThan(0.1);
  expect(builtInExponential.largestUlp).toBeGreaterThan(0);
  expect(builtInExponential.largestUlp).toBeLessThanOrEqual(43);
  expect(allocatedBytes()).toBe(0);
});

it('condemns an exponential that is not a number, wherever it stands', () => {
  const xs = Float64Array.of(0, 1, 2);
  const values = Float32Array.from(xs, (x) => Math.exp(x));
  expect(exactness(xs, values).largestUlp).toBeLessThan(0.6);
  for (const at of [0, 1, 2]) {
    const odd = values.slice();
    odd[at] = NaN;
    expect(exactness(xs, odd).largestUlp).toBe(Infinity);
  }
});

it('holds every strategy against float64', async () => {
  const { strategies, holds, testMs, adapter } = await selfTest();
  console.log(`self-test: ${testMs.toFixed(0)} ms on ${adapter?.architecture}`);
  for (const { plan, verdict } of strategies) {
    const { loss, allowedLoss, parameter, allowedParameter } = verdict;
    console.log(`${JSON.stringify(plan)}: ${loss / allowedLoss}, ${parameter / allowedParameter}`);
  }
  const tested = strategies.map(({ plan }) => describePlan(plan));
  expect(new Set(strategies.map(({ plan }) => plan.strategy)).size).toBe(3);
  // Whatever the planner may take for a tiny network.
  for (const plan of unrolledPlans(await openGpu())) expect(tested).toContain(describePlan(plan));
  expect(holds).toBe(true);
  expect(allocatedBytes()).toBe(0);
});
