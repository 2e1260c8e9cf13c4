import { describe, expect, test } from 'vitest';
import { handgrad } from './support.ts';

describe('a sweep of nonsense ends with one sentence', () => {
  const table = ['--sample', 'iris'];
  test.each([
    [[...table, '--learning-rate', '1..0.001:log:8'], 2, /the range begins at 1 and ends below, at 0.001/],
    [[...table, '--learning-rate', '0..1:log:8'], 2, /a log range has ends above 0/],
    [[...table, '--seeds', ''], 2, /--seeds is empty/],
    [[...table, '--top', '-1'], 2, /--top must be a whole number from 1 to 65,536, not "-1"/],
    [
      [
        ...table,
        '--seeds',
        '1..1000',
        '--momentum',
        '0..0.9:linear:1000',
        '--beta1',
        '0..0.9:linear:1000',
        '--optimizer',
        'rmsprop/adam',
      ],
      2,
      /The values come to [\d,]+ networks/,
    ],
    [[...table, '--seeds', '1..1000000000'], 2, /1,000,000,000 networks .* at most 65,536/],
    [[...table, '--learning-rate', '0.001..1:log'], 2, /The learning rate 0\.001\.\.1:log has no count/],
    [[...table, '--momentum', '0.1/0.2', '--optimizer', 'sgd'], 2, /momentum is swept, and sgd does not use/],
    [[...table, '--random', '9'], 2, /A random search of 9 networks has 0 settings to draw/],
    [[...table, '--csv', '-'], 2, /--csv must name a file, and "-" is not standard output here/],
    [[...table, '--target', 'nope', '--seeds', '1..3'], 1, /no column "nope"/],
    [
      [...table, '--early-stopping', '3', '--validation', '0', '--seeds', '1..3'],
      2,
      /--early-stopping looks at/,
    ],
    [[...table, '--strategy', 'fused', '--seeds', '1..3'], 2, /--strategy fused is of the GPU path/],
    [[...table, '--csv', '/nowhere/rows.csv'], 2, /there is no folder "\/nowhere"/],
    [[...table, '--csv', 'a.csv', '--save-best', './a.csv'], 2, /named for something else too/],
    [[...table, '--save', 'model'], 2, /unknown option '--save'/],
    [[...table, '--members', '5'], 2, /--members is how many networks --save-ensemble saves; say/],
    [[...table, '--save-ensemble', 'a', '--members', '1'], 2, /--members must be a whole number from 2/],
    [[...table, '--save-ensemble', 'a', '--save-best', './a'], 2, /named for something else too/],
    [[], 2, /Name one table/],
  ] as const)('sweep %j', async (args, expected, said) => {
    const { status, stdout, stderr } = await handgrad(['sweep', ...args, '--backend', 'cpu']);
    expect(stderr).toMatch(said);
    expect(stderr).toMatch(/^error: /);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect({ status, stdout }).toEqual({ status: expected, stdout: '' });
  });
});
