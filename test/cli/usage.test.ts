import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { runProgram } from '../../src/cli/program.ts';
import { handgrad, orCsv } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'handgrad-usage-'));
const orFile = file('or.csv', orCsv);
afterAll(() => rmSync(folder, { recursive: true }));

let stdout = '';
let stderr = '';

beforeEach(() => {
  stdout = '';
  stderr = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** In this process, which is faster than starting one for each mistake. */
function run(...args: string[]): Promise<number> {
  return runProgram(args, new AbortController().signal);
}

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** One sentence on standard error, without a stack, and nothing on standard output. */
function expectSaid(pattern: RegExp): void {
  expect(stdout).toBe('');
  expect(stderr).toMatch(pattern);
  expect(stderr).toMatch(/^error: /);
  expect(stderr).not.toMatch(/\n\s+at /);
}

describe('wrong usage ends with 2', () => {
  const train = (...flags: string[]) => ['train', orFile, '--backend', 'cpu', ...flags];
  const notWhole = ['0', '-5', '1.5', 'abc', '1e99', 'NaN', 'Infinity', '', '1,000', '0x10', '33554433'];
  const mistakes: [args: string[], said: RegExp][] = [
    ...notWhole.map((text): [string[], RegExp] => [
      ['notebook', '--steps', text],
      new RegExp(`--steps must be a whole number from 1 to 33,554,432, not "${text}"`),
    ]),
    [train('--steps', '0'), /--steps must be a whole number/],
    [train('--strategy', 'fused'), /--strategy fused is of the GPU path; leave --backend out, or say gpu/],
    [
      train('--precision', 'float32'),
      /--precision float32 is of the GPU path; leave --backend out, or say gpu/,
    ],
    [train('--precision', 'half'), /--precision must be one of compensated, float32, not "half"/],
    [train('--log-every', '0'), /--log-every must be a whole number from 1/],
    [train('--seed', '-1'), /--seed must be a whole number from 0 to 4,294,967,295, not "-1"/],
    [train('--seed', '4294967296'), /--seed must be .*, not "4294967296"/],
    [train('--seed', '0.5'), /--seed must be .*, not "0.5"/],
    ...['0', '-1', 'NaN', '1e7', 'fast'].map((text): [string[], RegExp] => [
      train('--learning-rate', text),
      /--learning-rate must be a number above 0 and at most 1,000,000/,
    ]),
    ...['0', '-1', '3,', '1.5', '65537', 'none,3', 'x'].map((text): [string[], RegExp] => [
      train('--hidden', text),
      /--hidden must be the units of each hidden layer, from 1 to 65,536 .* or none, not/,
    ]),
    [train('--hidden', Array(64).fill('2').join(',')), /--hidden takes at most 63 layers, not 64/],
    [
      train('--activation', 'sigmod'),
      /--activation must be one of sigmoid, tanh, relu, .*, linear, not "sigmod"/,
    ],
    ...['1', '-0.1', 'NaN', 'half'].map((text): [string[], RegExp] => [
      train('--dropout', text),
      new RegExp(`--dropout must be a number of 0 or more and below 1, not "${text}"`),
    ]),
    [train('--output-activation', 'x'), /--output-activation must be one of/],
    [train('--target', 'input1,,output'), /--target must name columns/],
    [train('--target', ''), /--target must name columns/],
    [['train', orFile, '--backend', 'metal'], /--backend must be one of auto, cpu, gpu, not "metal"/],
    [
      ['notebook', '--precision', 'float32'],
      /--precision float32 is of the GPU path; add --backend gpu or both/,
    ],
    [['notebook', '--backend', 'auto'], /--backend must be one of cpu, gpu, both, not "auto"/],
    [['notebook', '--repeat', '4'], /--repeat must be a whole number from 5 to 1,000, not "4"/],
    [['notebook', '--stps', '3'], /unknown option '--stps'\n\(Did you mean --steps\?\)/],
    [['notebok'], /unknown command 'notebok'\n\(Did you mean notebook\?\)/],
    [['notebook', '--steps'], /option '--steps <count>' argument missing/],
    [['notebook', 'table.csv'], /too many arguments for 'notebook'/],
    [train('--save', '-'), /--save must name a file, and "-" is not standard output here.* is .\/-/],
    [['predict', 'm', orFile, '-o', '-'], /--output must name a file, and "-" is not standard output here/],
    [['train'], /Name one table: a file, - for standard input, or --sample/],
  ];

  test.each(mistakes)('%j', async (args, said) => {
    expect(await run(...args)).toBe(2);
    expectSaid(said);
  });

  test('no command at all shows the help, on standard error', async () => {
    expect(await run()).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^Usage: handgrad/);
  });
});

describe('a table that cannot be used ends with 1', () => {
  const tables: [what: string, content: string | Uint8Array, said: RegExp][] = [
    ['empty', '', /The table is empty \(0 bytes\)/],
    ['header only', 'a,b\n', /a header with 2 columns but 0 rows/],
    ['a few words among numbers', `a,b\n${'1,2\n2,3\n'.repeat(9)}x,4\n`, /"x" in data row 19/],
    ['a target without any value', 'a,b\n1,\n2,\n', /target "b" has no value in any of the 2 rows/],
    ['ragged rows', 'a,b\n1,2,3\n', /data row 1 has 3 cells, not 2/],
    ['one column', 'a\n1\n', /The table has 1 column, "a"/],
    ['no text', Uint8Array.of(80, 75, 3, 4, 0, 0), /The file is not text/],
    ['commas and nothing else', ','.repeat(50_000_000), /at most 10,000 are accepted/],
    ['markup', '<b>,c\n1,<script>x</script>\n', /"<script>x<\/script>" in the only row/],
  ];

  test.each(tables)('%s', async (what, content, said) => {
    expect(await run('train', file(`${what}.csv`, content), '--backend', 'cpu')).toBe(1);
    expectSaid(said);
  });

  test('a file that is not there, and a folder', async () => {
    expect(await run('train', join(folder, 'missing.csv'))).toBe(1);
    expectSaid(/There is no file ".*(missing.csv|…)"/);
    stderr = '';
    expect(await run('train', folder)).toBe(1);
    expectSaid(/is a folder/);
  });

  test('a target that is not there, or twice', async () => {
    expect(await run('train', orFile, '--target', 'nope')).toBe(1);
    expectSaid(/The table has no column "nope"/);
    stderr = '';
    expect(await run('train', orFile, '--target', 'output,output')).toBe(1);
    expectSaid(/The target "output" is given twice/);
  });

  test('a network that does not fit', async () => {
    const wide = ['--hidden', '65536,65536', '--backend', 'cpu'];
    expect(await run('train', orFile, ...wide)).toBe(1);
    expectSaid(/The CPU path holds at most 1,024 MiB; 4,295,\d{3},\d{3} parameters/);
  });

  test('dropout without a hidden layer to drop units of', async () => {
    expect(await run('train', orFile, '--hidden', 'none', '--dropout', '0.5', '--backend', 'cpu')).toBe(1);
    expectSaid(/Dropout falls on hidden layers, and this network has none .* or add a hidden layer/);
  });

  test('more numbers than one JSON object holds', async () => {
    const endless = ['--steps', '1e7', '--log-every', '1', '--backend', 'cpu', '--json'];
    expect(await run('train', orFile, ...endless)).toBe(1);
    expectSaid(/--json prints at most 10,000,000 numbers/);
  });
});

describe('training that diverges ends with 1', () => {
  test('though its last loss is still a number', async () => {
    const table = file('growing.csv', 'x,y\n1,0.5\n2,0.9\n3,1.4\n');
    const raw = ['--optimizer', 'sgd', '--scale', 'none', '--init', 'numpy-uniform'];
    const steep = [...raw, '--hidden', 'none', '--learning-rate', '2', '--steps', '60'];
    expect(await run('train', table, '--backend', 'cpu', ...steep)).toBe(1);
    expect(stderr).toMatch(
      /^error: Training diverged: the loss went from \d\.\d\de[+-]\d+ to \d\.\d\de\+\d+, most likely because the learning/m,
    );
  });

  test.each([[['--json']], [[]]])('and names the step %j', async (flags: string[]) => {
    const table = file('steep.csv', 'x,y\n1,5\n2,9\n3,14\n');
    const raw = ['--optimizer', 'sgd', '--scale', 'none', '--init', 'numpy-uniform', '--hidden', '3'];
    const steep = [...raw, '--activation', 'relu', '--learning-rate', '100'];
    expect(await run('train', table, '--backend', 'cpu', ...steep, ...flags)).toBe(1);
    expect(stderr).toMatch(
      /diverged: the loss is \S.* at step \d+, most likely because the learning rate 100 is/,
    );
    expect(stdout).not.toMatch(/Infinity|NaN|null/);
    if (flags.length > 0) expect(stdout).toBe('');
  });
});

describe('asked for, on standard output, ends with 0', () => {
  test.each([
    [['--version'], /^\d+\.\d+\.\d+\n$/],
    [
      ['--help'],
      /Usage: handgrad[\s\S]*notebook[\s\S]*train[\s\S]*Exit status: 0 done, 1 failed[\s\S]*, 2 wrong usage/,
    ],
    [['help', 'train'], /--target[\s\S]*--hidden[\s\S]*--log-every[\s\S]*--json/],
    ...['predict', 'evaluate', 'export'].map((command): [string[], RegExp] => [
      ['help', command],
      /train --save,\s+or\s+sweep\s+--save-best\s+or\s+--save-ensemble/,
    ]),
    [['notebook', '--help'], /--backend[\s\S]*--steps[\s\S]*--repeat[\s\S]*--json/],
  ])('%j', async (args, said) => {
    expect(await run(...args)).toBe(0);
    expect(stdout).toMatch(said);
    expect(stderr).toBe('');
  });
});

test('the process ends with the same status, and prints nothing else', async () => {
  const [usage, missing] = await Promise.all([
    handgrad(['notebook', '--steps', '0']),
    handgrad(['train', join(folder, 'missing.csv')]),
  ]);
  expect(usage).toMatchObject({ status: 2, stdout: '' });
  expect(missing).toMatchObject({ status: 1, stdout: '' });
});
