import { beforeEach, describe, expect, test } from 'vitest';
import { BenchControl } from '../../src/app/bench-control.ts';
import { GpuControl } from '../../src/app/gpu-control.ts';
import { PageState } from '../../src/app/page-state.ts';
import { TableControl } from '../../src/app/table-control.ts';
import { TrainingControl } from '../../src/app/training-control.ts';
import type { TrainingClient } from '../../src/worker/client.ts';
import { TrainingService } from '../../src/worker/training-service.ts';

/** The page's controls with the worker's service, without a worker: `slow` delays a method, as a large table would. */
function connect(
  slow: Readonly<Partial<Record<keyof TrainingService, number>>> = {},
  fakes: Readonly<Partial<Record<keyof TrainingService, () => Promise<void>>>> = {},
) {
  const service = new TrainingService();
  const calls: string[] = [];
  const client = new Proxy(service, {
    get(target, name: keyof TrainingService) {
      if (name in fakes) return fakes[name];
      const method = target[name] as (...args: unknown[]) => unknown;
      return async (...args: unknown[]) => {
        calls.push(name);
        const ms = slow[name];
        if (ms !== undefined) await new Promise((resolve) => setTimeout(resolve, ms));
        return method.apply(target, args);
      };
    },
  }) as unknown as TrainingClient;
  const state = new PageState(0.005);
  const bench = new BenchControl(state, client);
  const training = new TrainingControl(state, client, { gpu: new GpuControl(state, client), bench });
  const tables = new TableControl(state, client, training);
  return { state, training, tables, bench, calls };
}

async function untilIdle({ state }: ReturnType<typeof connect>): Promise<void> {
  for (let i = 0; i < 400; i++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (state.isIdle && !state.isPreparing && !state.reading) return;
  }
  throw new Error(`not settled: ${state.activity}`);
}

const gapped = `size,colour,price\n${'1,red,5\n2,blue,6\n,green,7\n'.repeat(20)}`;

describe('tables and their settings', () => {
  let page: ReturnType<typeof connect>;
  beforeEach(async () => {
    page = connect();
    await page.tables.openSample('or');
  });

  test('a setting of the rows prepares the table once', async () => {
    const { state, tables, calls } = page;
    await tables.openText(gapped);
    calls.length = 0;
    state.changeSetting({ validation: '0.3' });
    await untilIdle(page);
    expect(state.table?.open.prepared?.rowCounts).toMatchObject({ training: 42, validation: 18 });
    expect(calls).toEqual(['chooseColumns']);
  });

  test('what is chosen while the table is prepared is not undone by what was changed before', async () => {
    page = connect({ chooseColumns: 30 });
    const { state, tables } = page;
    await tables.openText(gapped);
    state.changeSetting({ validation: '0.3' });
    state.changeSetting({ scale: 'min-max' });
    const { key, open } = state.table ?? { key: '', open: undefined };
    const mine = (open?.plans ?? []).map((plan) =>
      plan.name === 'size' ? { ...plan, role: 'ignored' as const } : plan,
    );
    expect(await tables.changeColumns(key, mine)).toBeUndefined();
    await untilIdle(page);
    expect(state.table?.open.plans).toEqual(mine);
    expect(state.table?.open.options).toMatchObject({ validation: 0.3, scaling: 'min-max' });
  });

  test('Train waits for the last of several changes', async () => {
    page = connect({ chooseColumns: 30 });
    const { state, tables, training } = page;
    await tables.openText(gapped);
    state.changeSetting({ validation: '0.3', steps: '5' });
    await new Promise((resolve) => setTimeout(resolve, 10));
    state.changeSetting({ validation: '0.4' });
    training.press();
    await untilIdle(page);
    expect(state.runs.cpu?.table.open.options.validation).toBe(0.4);
    expect(state.isStale).toBe(false);
  });

  test('a task that does not fit is a problem until it is taken back', async () => {
    const { state, tables } = page;
    await tables.openSample('iris');
    state.changeSetting({ task: 'binary' });
    await untilIdle(page);
    expect(state.table?.open.problem).toContain('3 different values');
    state.changeSetting({ task: 'classification' });
    await untilIdle(page);
    expect(state.table?.open.problem).toBeUndefined();
    expect([...state.settingsErrors]).toEqual([]);
  });

  test('a split with fewer rows than a batch is trained on, and the batch comes back with the rows', async () => {
    const { state, tables } = page;
    await tables.openSample('digits');
    state.changeSetting({ validation: '0.78' });
    await untilIdle(page);
    expect(state.table?.open.prepared?.rowCounts.training).toBeLessThan(64);
    expect([...state.settingsErrors]).toEqual([]);
    state.changeSetting({ validation: '0.1' });
    await untilIdle(page);
    expect(state.job.batchSize).toBe(64);
  });

  test('settings of a link are looked at once its rows and columns are in force', async () => {
    const { state, tables } = page;
    await tables.openSample('digits', { validation: '0', test: '0', batchSize: '1797' });
    expect([state.job.batchSize, state.notice]).toEqual([1797, undefined]);
    await tables.openSample('digits', { task: 'regression', loss: 'huber' });
    expect([state.job.loss, state.notice]).toEqual(['huber', undefined]);
    await tables.openSample('iris', { loss: 'mae' }, 'inininti'.slice(0, 6) + 'tnic');
    expect([state.job.loss, state.notice]).toEqual(['mae', undefined]);
    // Cannot be used, and does not stay half.
    await tables.openSample('or', { activation: 'each', activations: 'x' });
    expect([...state.settingsErrors]).toEqual([]);
    expect(state.notice).toContain('Activation of each layer “x”');
    await tables.openSample('iris', { optimizer: 'constructor', loss: 'toString' });
    expect(state.table?.sample).toBe('iris');
    expect(state.notice).toContain('Optimizer “constructor”');
  });

  test('columns of a table that is gone are refused', async () => {
    const { state, tables } = page;
    await tables.openSample('iris');
    const { key = '', open } = state.table ?? {};
    await tables.openText(gapped);
    expect(await tables.changeColumns(key, open?.plans ?? [])).toContain('Another table was opened');
    expect(state.table?.open.problem).toBeUndefined();
  });

  test('a number that another split cannot use stays, and says why', async () => {
    const { state, tables } = page;
    await tables.openSample('iris');
    state.changeSetting({ batchSize: '80' });
    await untilIdle(page);
    state.changeSetting({ validation: '0.7' });
    await untilIdle(page);
    expect(state.settingsErrors.get('batchSize')).toContain('from 1 to 15, not “80”');
    state.changeSetting({ validation: '0.2' });
    await untilIdle(page);
    expect([...state.settingsErrors]).toEqual([]);
    expect(state.job.batchSize).toBe(80);
  });

  test('opening a table ends what the bench is timing', async () => {
    let stop = () => {};
    const { state, tables, bench, training } = connect(
      {},
      {
        timeJob: () =>
          new Promise<void>((_, reject) => (stop = () => reject(new DOMException('', 'AbortError')))),
        stopTiming: async () => stop(),
      },
    );
    await tables.openSample('or');
    bench.timeJobs();
    expect(state.activity).toBe('measuring');
    await tables.openSample('iris');
    expect([bench.work, state.activity, state.table?.sample]).toEqual([undefined, 'idle', 'iris']);
    training.press();
    expect(state.activity).toBe('opening');
    await training.reset();
  });

  test('a stopped run has the parameters it was stopped at', async () => {
    const { state, tables, training } = page;
    await tables.openSample('diabetes');
    state.changeSetting({ steps: '2,000,000', earlyStopping: '9999' });
    await untilIdle(page);
    training.press();
    while (!((state.runs.cpu?.stepCount ?? 0) > 0)) await new Promise((resolve) => setTimeout(resolve, 5));
    training.stop();
    await untilIdle(page);
    expect(state.runs.cpu?.report?.validation).toMatchObject({ keepsBest: false, stoppedEarly: false });
  });
});
