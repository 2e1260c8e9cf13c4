import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { RefusalError } from '../../src/core/errors.ts';
import { allocatedBytes } from '../../src/gpu/buffers.ts';
import { gpuBackend } from '../../src/gpu/gpu-backend.ts';
import { settingsOfSample } from '../../src/data/samples/sample-settings.ts';
import { orTable } from '../../src/data/samples/or-table.ts';
import type { SweepReport } from '../../src/worker/sweep-report.ts';
import { TrainingService } from '../../src/worker/training-service.ts';

/** So many that no adapter is through before the first report. */
const STEPS = 5_000_000;

/** Together, whichever way took less time here. */
beforeEach(() => {
  const { plan } = gpuBackend;
  const spy = vi.spyOn(gpuBackend, 'plan').mockImplementation(async (job, data, strategy) => {
    if (job.networks.length === 1) throw new RefusalError('one by one');
    return plan.call(gpuBackend, job, data, strategy);
  });
  return () => spy.mockRestore();
});
afterAll(() => expect(allocatedBytes()).toBe(0));

describe('a sweep of the page', () => {
  it('shows quartiles and the least loss of the networks that train together', async () => {
    const service = new TrainingService();
    const table = await service.openTable({ sample: 'or' }, {}, () => {});
    const { sweeps } = service;
    sweeps.open({
      id: table.id,
      plans: table.plans,
      options: table.options,
      base: { ...settingsOfSample(orTable), steps: STEPS },
      texts: { seed: '1..70' },
      backend: 'gpu',
      strategy: 'unrolled',
    });
    const reports: SweepReport[] = [];
    await sweeps.train((report) => {
      reports.push(report);
      sweeps.pause();
    });
    const [{ fan, best, overCount, stepsDone }] = reports;
    expect(overCount).toBe(0);
    expect(stepsDone).toBeGreaterThan(0);
    expect(fan.networkCounts).toEqual(fan.steps.map(() => 70));
    expect(best).toMatchObject({ place: undefined, steps: fan.steps });
    // Paused, the records have every loss themselves.
    const paused = sweeps.report();
    expect(paused.best).toBeUndefined();
    for (const curve of ['steps', 'lower', 'median', 'upper'] as const) {
      expect(paused.fan[curve].slice(0, fan.steps.length)).toEqual(fan[curve]);
    }
    const losses = Array.from({ length: 70 }, (_, place) => sweeps.curve(place).losses);
    const least = fan.steps.map((_, point) => Math.min(...losses.map((curve) => curve[point])));
    expect(best?.losses).toEqual(least);
    sweeps.close();
  });
});
