import { describe, expect, test } from 'vitest';
import type { FoldMeasure, FoldSummary } from '../../src/index.ts';
import { handgrad, objectOf } from './support.ts';

const onCpu = ['--backend', 'cpu'];
const iris = ['cross-validate', '--sample', 'iris', '--steps', '60', ...onCpu];
const rows100 = ['x,y', ...Array.from({ length: 100 }, (_, i) => `${(i * 37) % 101},${i % 7}.5`)].join('\n');

interface FoldsObject {
  readonly isOver: boolean;
  readonly divergedCount: number;
  readonly network: FoldSummary & { readonly classes: { readonly accuracy: FoldMeasure } };
  readonly folds: readonly {
    readonly rows: { readonly training: number; readonly heldOut: number };
    readonly finalLoss: number | null;
    readonly divergedAt: number | null;
    readonly measures: { readonly network: { readonly classes: { readonly accuracy: number } } };
  }[];
  readonly table: { readonly rows: unknown };
}

describe('cross-validate', () => {
  test('prints the measures of each fold on its own rows, and their mean and deviation', async () => {
    const { status, stdout, stderr } = await handgrad([...iris, '--folds', '4']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('  rows    4 folds of 37 or 38\n');
    expect(stdout).toMatch(/\nTraining .*, 60 steps for each fold on the CPU\n/);
    expect(stdout).toMatch(/\nHeld-out rows +accuracy +macro F1\n/);
    expect(stdout.match(/^fold \d, 3[78] rows +\d+\.\d % +[01]\.\d{3}$/gm)).toHaveLength(4);
    expect(stdout).toMatch(/\nmean ± deviation +\d+\.\d % ± \d+\.\d % +[01]\.\d{3} ± [01]\.\d{3}\n/);
    expect(stdout).toMatch(/\nlinear model .*\nalways the same +\d\d\.\d %/);
    expect(stdout).not.toContain('diverged');
  });

  test('--json has all of it; every row is held out once', async () => {
    const object = objectOf(await handgrad([...iris, '--json'])) as FoldsObject;
    const { folds, network, table } = object;
    expect(object).toMatchObject({ isOver: true, divergedCount: 0 });
    expect(folds).toHaveLength(5);
    expect(folds.reduce((sum, { rows }) => sum + rows.heldOut, 0)).toBe(150);
    expect(table.rows).toEqual({ test: 0, dropped: 0 });
    const accuracies = folds.map(({ measures }) => measures.network.classes.accuracy);
    const { values, mean } = network.classes.accuracy;
    expect(values).toEqual(accuracies);
    expect(mean).toBeCloseTo(accuracies.reduce((sum, value) => sum + value, 0) / 5, 12);
  });

  test('--test keeps rows out of the folds', async () => {
    const object = objectOf(await handgrad([...iris, '--test', '0.2', '--json'])) as FoldsObject;
    expect(object.folds.reduce((sum, { rows }) => sum + rows.heldOut, 0)).toBe(120);
    expect(object.table.rows).toEqual({ test: 30, dropped: 0 });
  });

  test('the seed of the split draws other folds, the seed of the network does not', async () => {
    const held = async (...flags: string[]) => {
      const { folds } = objectOf(await handgrad([...iris, ...flags, '--json'])) as FoldsObject;
      return folds.map(({ finalLoss }) => finalLoss);
    };
    const [one, other, same] = await Promise.all([
      held('--split-seed', '1', '--seed', '5'),
      held('--split-seed', '2', '--seed', '5'),
      held('--split-seed', '5', '--seed', '5'),
    ]);
    expect(one).not.toEqual(other);
    expect(same).toEqual(await held('--seed', '5'));
  });

  test('says how many folds diverged, and has null for what is no number', async () => {
    const steep = ['--optimizer', 'sgd', '--scale', 'none', '--hidden', 'none', '--learning-rate', '1'];
    const args = ['cross-validate', '-', '--folds', '3', '--steps', '80', ...steep, ...onCpu];
    const [text, json] = await Promise.all([
      handgrad(args, { input: rows100 }),
      handgrad([...args, '--json'], { input: rows100 }),
    ]);
    expect(text.stdout).toMatch(/\nfold 1, 34 rows +diverged +– +–\n/);
    expect(text.stdout).toContain('\n3 of the 3 folds diverged: there is no mean over them.\n');
    expect(text.stderr).toMatch(/^error: Training diverged in all 3 folds, .* use a lower one/);
    expect([text.status, json.status]).toEqual([1, 1]);
    const { folds, divergedCount } = JSON.parse(json.stdout) as FoldsObject;
    expect(divergedCount).toBe(3);
    for (const { finalLoss, divergedAt } of folds) {
      expect(finalLoss).toBe(null);
      expect(divergedAt).toBeTypeOf('number');
    }
  });

  test('a fold is its network trained alone', async () => {
    // As many folds as rows: each trains on all rows but one.
    const args = ['--hidden', '3', '--steps', '40', '--scale', 'none', ...onCpu, '--json'];
    const numbers = ['x,y', '1,2', '2,3.5', '3,5', '4,7.5', '5,9', '6,11'];
    const { folds } = objectOf(
      await handgrad(['cross-validate', '-', '--folds', '6', ...args], { input: numbers.join('\n') }),
    ) as FoldsObject;
    const alone = await Promise.all(
      numbers.slice(1).map(async (left) => {
        const input = numbers.filter((line) => line !== left).join('\n');
        const run = objectOf(await handgrad(['train', '-', '--validation', '0', ...args], { input }));
        return (run as { finalLoss: number }).finalLoss;
      }),
    );
    const inOrder = (losses: readonly (number | null)[]) => losses.toSorted((a, b) => Number(a) - Number(b));
    expect(inOrder(folds.map(({ finalLoss }) => finalLoss))).toEqual(inOrder(alone));
  });

  test.each([
    [['--folds', '1'], 2, /--folds must be a whole number from 2 to 1,000, not "1"/],
    [['--folds', '1000'], 1, /100 rows with a target cannot be shared out among 1,000 folds/],
    [['--folds', '-3'], 2, /--folds must be/],
    [['--target', 'nope'], 1, /no column "nope"/],
    [
      ['--validation', '0.2'],
      2,
      /--validation has no place in a cross-validation: every row is held out once/,
    ],
    [['--early-stopping', '3'], 2, /--early-stopping has no place in a cross-validation: a network would be/],
    [['--precision', 'float32'], 2, /--precision float32 is of the GPU path/],
    [['--initial-parameters', '/nowhere'], 1, /cannot be read/],
    [['--learning-rate', '0.1/0.2'], 2, /--learning-rate must be a number/],
  ] as const)('%j is refused in one sentence', async (flags, expected, said) => {
    const { status, stdout, stderr } = await handgrad(['cross-validate', '-', ...flags, ...onCpu], {
      input: rows100,
    });
    expect(stderr).toMatch(said);
    expect(stderr).toMatch(/^error: /);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect({ status, stdout }).toEqual({ status: expected, stdout: '' });
  });

  test('the help lists the flags of train, but for those that mean nothing here', async () => {
    const { stdout } = await handgrad(['help', 'cross-validate']);
    expect(stdout).toMatch(/--folds[\s\S]*--target[\s\S]*--split-seed[\s\S]*--hidden[\s\S]*--json/);
    expect(stdout).not.toMatch(/--validation|--early-stopping/);
  });
});
