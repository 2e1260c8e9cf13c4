import { afterEach, expect, it, vi } from 'vitest';
import { suggestedSettings } from '../../src/core/job-settings.ts';
import type { SweepRequest } from '../../src/worker/sweep-service.ts';
import { TrainingService } from '../../src/worker/training-service.ts';
import { mixedTable } from '../support/models.ts';

afterEach(() => vi.unstubAllGlobals());

it('keeps the sweep it holds where the next one cannot be trained', async () => {
  vi.stubGlobal('navigator', { hardwareConcurrency: 2 });
  const service = new TrainingService();
  const open = await service.openTable({ text: mixedTable('class', 60) }, {}, () => {});
  const { prepared } = open;
  if (!prepared) throw new Error(open.problem);
  const base = suggestedSettings(prepared.task, prepared.rowCounts.training);
  const request: SweepRequest = { ...open, base, texts: { seed: '1..3' }, backend: 'cpu' };
  service.sweeps.open(request);
  const tooMuch = { ...request, base: { ...base, batchSize: 61 }, texts: { seed: '1..5' } };
  expect(() => service.sweeps.open(tooMuch)).toThrow('The batch size must be a whole number');
  expect(service.sweeps.report().networkCount).toBe(3);
  expect(service.sweeps.open({ ...request, texts: { seed: '1..5' } }).networkCount).toBe(5);
  expect(service.sweeps.report().networkCount).toBe(5);
});
