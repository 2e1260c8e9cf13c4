import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { FieldControl } from '../../src/app/field-control.ts';
import { FilmControl } from '../../src/app/film-control.ts';
import { InsideControl } from '../../src/app/inside-control.ts';
import type { PageState } from '../../src/app/page-state.ts';
import { WalkControl } from '../../src/app/walk-control.ts';
import { jobOf } from '../../src/core/job-settings.ts';
import type { TrainingJob } from '../../src/core/job.ts';
import type { ColumnRole } from '../../src/data/columns.ts';
import { iris } from '../../src/data/samples/iris.ts';
import { settingsOfSample } from '../../src/data/samples/sample-settings.ts';
import type { OpenTable, TrainingClient } from '../../src/worker/client.ts';
import { TrainingService } from '../../src/worker/training-service.ts';

/** What the controls read of the page's state, to be changed at will. */
interface Fake {
  table: { key: string; open: OpenTable } | undefined;
  job: TrainingJob;
  currentRun: object | undefined;
  activity: 'idle' | 'running' | 'paused';
}

beforeAll(() => vi.stubGlobal('requestAnimationFrame', (draw: () => void) => setTimeout(draw, 2)));
afterAll(() => vi.unstubAllGlobals());

/** Every method of a part of the service, as the page has it: it answers a moment later. */
function remote<Part extends object>(part: Part): Part {
  return new Proxy(part, {
    get:
      (target, name) =>
      async (...args: readonly unknown[]) => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        const method = target[name as keyof Part] as (...all: readonly unknown[]) => unknown;
        return method.apply(target, [...args]);
      },
  });
}

async function pageOf(fake: Partial<Fake>) {
  const service = new TrainingService();
  const lines = Array.from({ length: 40 }, (_, i) => `${i % 7},${(i * 3) % 11},${i},${100 - i}`);
  const table = await service.openTable({ text: ['a,b,y1,y2', ...lines].join('\n') }, {}, () => {});
  const listeners: (() => void)[] = [];
  const state: Fake & { label(): string; subscribe(listener: () => void): void } = {
    table: undefined,
    job: jobWith(1, 1000),
    currentRun: undefined,
    activity: 'idle',
    label: () => 'CPU',
    subscribe: (listener) => listeners.push(listener),
    ...fake,
  };
  const client = {
    inside: remote(service.inside),
    walks: remote(service.walks),
  } as unknown as TrainingClient;
  const page = state as unknown as PageState;
  const inside = new InsideControl(page, client);
  const change = (changes: Partial<Fake>) => {
    Object.assign(state, changes);
    for (const listener of listeners) listener();
  };
  const fields = new FieldControl(client, inside);
  const film = new FilmControl(page, client, inside);
  const walks = new WalkControl(page, client, inside);
  const withRoles = (...roles: ColumnRole[]) => {
    const plans = table.plans.map((plan, i) => ({ ...plan, role: roles[i] }));
    return service.chooseColumns(table.id, plans, table.options);
  };
  return { service, inside, fields, film, walks, change, withRoles };
}

function jobWith(outputs: number, steps: number): TrainingJob {
  const layer = { units: 3, activation: 'tanh', bias: true } as const;
  return {
    layers: [layer, { units: outputs, activation: 'linear', bias: true }],
    loss: 'mse',
    optimizer: 'sgd',
    steps,
    networks: [{ seed: 1, initializer: 'xavier-uniform', learningRate: 0.01 }],
  };
}

type Opened = Awaited<ReturnType<typeof pageOf>>;

/** A run of the table on the page, so many steps in. */
async function trained({ service, change, withRoles }: Opened, steps: number, most = steps) {
  const open = withRoles('input', 'input', 'target', 'ignored');
  const job = jobWith(1, most);
  const { id, plans, options } = open;
  const run = await service.openRun('cpu', job, { id, plans, options });
  await service.train(run, steps, () => {});
  const report = { timing: { trainMs: 1 } };
  change({
    table: { key: 'one', open },
    job,
    currentRun: { id: run, path: 'cpu', table: { open }, job, report },
  });
  return { run, job, open };
}

test('what a person changed by hand stays where it is when the run goes on', async () => {
  const page = await pageOf({});
  const { service, inside, change } = page;
  const { run } = await trained(page, 100, 3_000_000);
  const unwatch = inside.watch(() => {}, { rowCount: 4 });
  await expect.poll(() => inside.frame?.step).toBe(100);
  const edited = (inside.trained ?? new Float64Array()).slice();
  edited[0] = 1234;
  inside.edit(edited);
  await expect.poll(() => inside.frame?.parameters?.[0]).toBe(1234);
  change({ activity: 'running' });
  const training = service.train(run, 3_000_000, () => {});
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect([inside.isLive, inside.step, inside.frame?.step]).toEqual([false, 100, 100]);
  inside.follow();
  await expect.poll(() => inside.frame?.step ?? 0).toBeGreaterThan(100);
  expect([inside.isLive, inside.edited]).toEqual([true, undefined]);
  service.pause(run);
  await training;
  unwatch();
});

test('changes by hand are gone with the step they were made at, for whoever holds them too', async () => {
  const page = await pageOf({});
  const { inside } = page;
  await trained(page, 100);
  const unwatch = inside.watch(() => {});
  await expect.poll(() => inside.frame?.step).toBe(100);
  const before = inside.trained;
  inside.ask();
  await expect.poll(() => inside.frame?.step).toBe(100);
  expect(inside.trained).toBe(before);
  inside.edit(before?.map(() => 0));
  await expect.poll(() => inside.frame?.parameters?.[0]).toBe(0);
  inside.goTo(100);
  await expect.poll(() => inside.frame?.parameters?.[0]).toBe(before?.[0]);
  expect(inside.trained).not.toBe(before);
  expect(inside.trained).toEqual(before);
  unwatch();
});

test('a run that went back to its best is shown there, and its end is a step away', async () => {
  const { service, inside, change } = await pageOf({});
  const open = await service.openTable({ sample: 'iris' }, {}, () => {});
  const job = jobOf({ ...settingsOfSample(iris), optimizer: 'sgd', learningRate: 0.8, steps: 5000 }, 3);
  const options = { ...open.options, validation: 0.3 };
  const run = await service.openRun('cpu', job, { id: open.id, plans: open.plans, options, patience: 2 });
  await service.train(run, 5000, () => {});
  const { validation, parameters } = await service.report(run);
  expect(validation?.stoppedEarly).toBe(true);
  change({ table: { key: 'iris', open }, job, currentRun: { id: run, path: 'cpu', table: { open }, job } });
  const unwatch = inside.watch(() => {});
  await expect.poll(() => inside.frame?.parameters).toEqual(parameters);
  const { step, lastStep } = inside.frame ?? { step: 0, lastStep: 0 };
  expect(step).toBe(validation?.bestStep);
  expect(lastStep).toBeGreaterThan(step);
  inside.goTo(step);
  await expect.poll(() => inside.frame?.parameters).toEqual(parameters);
  inside.goTo(lastStep);
  await expect.poll(() => inside.frame?.step).toBe(lastStep);
  expect(inside.frame?.parameters).not.toEqual(parameters);
  unwatch();
});

test('the rows in the plane are those of the target and the parts that are chosen', async () => {
  const { inside, fields, change, withRoles } = await pageOf({});
  change({ table: { key: 'first', open: withRoles('input', 'input', 'target', 'ignored') } });
  const unwatch = fields.watch(() => {});
  await expect.poll(() => [...(fields.points?.value ?? [])].slice(0, 3)).toEqual([0, 1, 2]);
  await expect.poll(() => fields.field?.names).toEqual(['y1']);
  change({ table: { key: 'second', open: withRoles('input', 'input', 'ignored', 'target') } });
  await expect.poll(() => [...(fields.points?.value ?? [])].slice(0, 3)).toEqual([100, 99, 98]);
  await expect.poll(() => fields.field?.names).toEqual(['y2']);
  expect(inside.problem).toBeUndefined();
  change({ table: undefined });
  await expect.poll(() => fields.request).toBeUndefined();
  unwatch();
});

test('a walk that is left on its way is taken up again', async () => {
  const page = await pageOf({});
  const { inside, walks, change } = page;
  await trained(page, 60_000, 200_000);
  const first = walks.watch(() => {});
  await expect.poll(() => inside.frame?.step, { interval: 1 }).toBe(60_000);
  first();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(walks.problem).toBeUndefined();
  const second = walks.watch(() => {});
  await expect.poll(() => walks.sheet?.step, { timeout: 10_000 }).toBe(60_000);
  expect(walks.problem).toBeUndefined();
  change({ table: undefined, currentRun: undefined });
  await expect.poll(() => walks.sheet).toBeUndefined();
  second();
});

test('what nobody watched of a run is looked at when it stands', async () => {
  const page = await pageOf({});
  const { film } = page;
  await trained(page, 1000);
  const unwatch = film.watch(() => {});
  await expect.poll(() => film.moments.length).toBe(48);
  const steps = film.moments.map(({ step }) => step);
  expect([steps[0], steps.at(-1)]).toEqual([0, 1000]);
  const gaps = steps.slice(1).map((step, i) => step - steps[i]);
  expect(Math.max(...gaps)).toBeLessThan(25);
  unwatch();
});

test('a replay goes through the run to its end', async () => {
  const page = await pageOf({});
  const { inside } = page;
  await trained(page, 1000);
  const seen = new Set<number>();
  const unwatch = inside.watch(() => seen.add(inside.frame?.step ?? -1));
  await expect.poll(() => inside.frame?.step).toBe(1000);
  inside.replay();
  await expect.poll(() => inside.isReplaying, { timeout: 20_000 }).toBe(false);
  await expect.poll(() => inside.frame?.step).toBe(1000);
  // Every 7th of 1,000 steps.
  expect(seen.size).toBeGreaterThan(100);
  unwatch();
});
