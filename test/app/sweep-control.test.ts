import { expect, it, vi } from 'vitest';
import { textOf } from '../../src/app/settings.ts';
import { SweepControl } from '../../src/app/sweep-control.ts';
import { suggestedSettings } from '../../src/core/job-settings.ts';

const base = suggestedSettings('regression', 100);
const options = { scaling: 'standard', missing: 'median', validation: 0.2, test: 0, seed: 1 } as const;

/** Opens network 2 of a sweep with an early stop, while the table of `key` is on the page. */
async function openSecond(key: string) {
  const text = textOf(base, options);
  const state = { table: { key }, settingsText: text, base: text, update: vi.fn() };
  const tables = { takeSettings: vi.fn() };
  const settings = { ...base, seed: 7 };
  const client = { sweeps: { networkAt: async () => ({ settings, plan: undefined }) } };
  const [given, ...others] = [state, client, { tables }] as unknown as ConstructorParameters<
    typeof SweepControl
  >;
  const sweeps = new SweepControl(given, ...others);
  sweeps.shown = {
    table: { key: '1', name: 'iris' },
    request: { options, patience: 4 },
    path: 'cpu',
  } as NonNullable<SweepControl['shown']>;
  await sweeps.open(1);
  return { state, tables };
}

it('opens a network as what repeats it, its early stop included', async () => {
  const { state, tables } = await openSecond('1');
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

it('does not promise to repeat it on another table', async () => {
  const { state } = await openSecond('2');
  expect(state.update).toHaveBeenCalledExactlyOnceWith({
    path: 'cpu',
    notice:
      'These are the settings of network 2 of the sweep, which was trained on iris as it stood then. Train takes the ' +
      'table on the page.',
  });
});
