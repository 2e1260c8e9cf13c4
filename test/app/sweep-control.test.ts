import { expect, it, vi } from 'vitest';
import type { ShownTable } from '../../src/app/run.ts';
import { textOf } from '../../src/app/settings.ts';
import { SweepControl } from '../../src/app/sweep-control.ts';
import { suggestedSettings } from '../../src/core/job-settings.ts';

const base = suggestedSettings('regression', 100);
const options = { scaling: 'standard', missing: 'median', validation: 0.2, test: 0, seed: 1 } as const;

const iris = {
  key: '1',
  name: 'iris',
  sample: 'iris',
  open: { id: 1, rowCount: 150, plans: [{ name: 'species' }] },
} as unknown as ShownTable;

/** Opens network 2 of a sweep of iris with an early stop, while another table may be on the page. */
async function openSecond(table: ShownTable) {
  const text = textOf(base, options);
  const state = { table, settingsText: text, base: text, update: vi.fn() };
  const tables = { takeSettings: vi.fn() };
  const settings = { ...base, seed: 7 };
  const client = { sweeps: { networkAt: async () => ({ settings, plan: undefined }) } };
  const [given, ...others] = [state, client, { tables }] as unknown as ConstructorParameters<
    typeof SweepControl
  >;
  const sweeps = new SweepControl(given, ...others);
  sweeps.shown = {
    table: iris,
    request: { options, patience: 4 },
    path: 'cpu',
  } as NonNullable<SweepControl['shown']>;
  return { isOpen: await sweeps.open(1), state, tables };
}

it.each([
  ['still on the page', iris],
  ['opened anew', { ...iris, key: '3', open: { ...iris.open, id: 2 } }],
])('opens a network as what repeats it, its early stop included: the table is %s', async (_, table) => {
  const { isOpen, state, tables } = await openSecond(table);
  expect(isOpen).toBe(true);
  expect(tables.takeSettings).toHaveBeenCalledExactlyOnceWith({
    seed: '7',
    splitSeed: '1',
    earlyStopping: '4',
  });
  expect(state.update).toHaveBeenCalledExactlyOnceWith({
    path: 'cpu',
    notice: 'These are the settings of network 2 of the sweep. Train repeats it.',
  });
});

it.each([
  [
    'This network was trained on iris, which is no longer on the page; open that table first.',
    {
      ...iris,
      key: '2',
      name: 'wine',
      sample: 'wine',
      open: { ...iris.open, id: 2 },
    } as unknown as ShownTable,
  ],
  [
    'This network was trained on iris with other columns than it has on the page now; choose those first.',
    { ...iris, key: '2', open: { ...iris.open, plans: [] } },
  ],
])('puts its settings on no other table, and says: %s', async (notice, table) => {
  const { isOpen, state, tables } = await openSecond(table);
  expect(isOpen).toBe(false);
  expect(tables.takeSettings).not.toHaveBeenCalled();
  expect(state.update).toHaveBeenCalledExactlyOnceWith({ notice });
});
