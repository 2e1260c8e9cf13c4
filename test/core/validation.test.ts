import { describe, expect, it } from 'vitest';
import { errorLine, logStride } from '../../src/core/log.ts';
import { deviation, judge } from '../../src/core/validation.ts';

const run = (losses: number[], parameters: number[]) => ({
  losses: Float64Array.from(losses),
  parameters: Float64Array.from(parameters),
});
const reference = run([1, 0.5, 0.25], [2, -1]);

describe('deviation', () => {
  it('finds the largest relative loss difference with its step, and the largest parameter difference', () => {
    const found = deviation(reference, run([1, 0.51, 0.2501], [2.25, -1]));
    expect(found.loss).toBeCloseTo(0.02, 12);
    expect(found.lossStep).toBe(1);
    expect(found.parameter).toBe(0.25);
  });

  it('is 0 for equal runs, losses of 0 among them', () => {
    expect(deviation(run([0, 0], [0]), run([0, 0], [0]))).toEqual({ loss: 0, lossStep: 0, parameter: 0 });
  });

  it('compares the steps both have', () => {
    expect(deviation(reference, run([1, 0.5], [2, -1])).loss).toBe(0);
  });

  it('is infinite where a value is not a number', () => {
    expect(deviation(reference, run([1, NaN, 0.25], [2, NaN]))).toEqual({
      loss: Infinity,
      lossStep: 1,
      parameter: Infinity,
    });
  });
});

describe('judge', () => {
  const rounded = run([1 + 1e-7, 0.5, 0.25], [2 + 1e-6, -1]);

  it('allows 4 × what rounding alone does', () => {
    const verdict = judge(reference, run([1 + 3.9e-7, 0.5, 0.25], [2 + 3.9e-6, -1]), [rounded]);
    expect(verdict.holds).toBe(true);
    expect(verdict.allowedLoss).toBeCloseTo(4e-7, 12);
    expect(verdict.allowedParameter).toBeCloseTo(4e-6, 12);
  });

  it('fails above that, on either count', () => {
    expect(judge(reference, run([1 + 4.1e-7, 0.5, 0.25], [2, -1]), [rounded]).holds).toBe(false);
    expect(judge(reference, run([1, 0.5, 0.25], [2, -1 + 4.1e-6]), [rounded]).holds).toBe(false);
    expect(judge(reference, run([1, NaN, 0.25], [2, -1]), [rounded]).holds).toBe(false);
  });

  it('says nothing where rounding alone moves a run too far, or a run has diverged, or there is nothing', () => {
    const zeros = run([0, 0, 0], [0, 0]);
    const wild = run([1, 0.5, 5], [2, -1]);
    expect(judge(reference, zeros, [wild])).toMatchObject({ holds: undefined });
    expect(judge(reference, zeros, [wild]).reason).toContain('moves the loss of this run by');
    const diverged = run([1, NaN, NaN], [NaN, NaN]);
    expect(judge(reference, diverged, [diverged])).toMatchObject({ holds: undefined });
    expect(judge(diverged, diverged, [diverged]).reason).toBe('the float64 run itself has diverged');
    expect(judge(run([], []), run([], []), [run([], [])])).toMatchObject({ holds: undefined });
  });

  it('never asks for less than 4 roundings', () => {
    expect(judge(reference, reference, [reference]).allowedLoss).toBe(2 ** -22);
  });

  it('takes the largest of several rounded runs', () => {
    const other = run([1 + 5e-7, 0.5, 0.25], [2, -1]);
    const {
      holds,
      allowedLoss,
      reason: why,
    } = judge(reference, run([1 + 1.9e-6, 0.5, 0.25], [2, -1]), [rounded, other]);
    expect(allowedLoss).toBeCloseTo(2e-6, 12);
    expect(holds).toBe(true);
    expect(why).toContain('the most of 2 times');
  });
});

describe('the log', () => {
  it('prints losses as the notebook does', () => {
    expect(errorLine(0, 0.19601555791031813)).toBe('error at step     0: 1.960156e-01');
    expect(errorLine(1000, 0.16516615998114814)).toBe('error at step  1000: 1.651662e-01');
    expect(errorLine(123456, 12345.678)).toBe('error at step 123456: 1.234568e+04');
    expect(errorLine(1, 1e-120)).toBe('error at step     1: 1.000000e-120');
  });

  it('prints ten lines a run', () => {
    expect(logStride(10_000)).toBe(1000);
    expect(logStride(1)).toBe(1);
    expect(logStride(7)).toBe(1);
  });
});
