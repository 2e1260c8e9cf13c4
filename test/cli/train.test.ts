import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { trainOnce, type TrainingData, type TrainingJob } from '../../src/index.ts';
import { handgrad, launcher, objectOf, orCsv, type RunObject } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'handgrad-train-'));
const orFile = join(folder, 'or.csv');
writeFileSync(orFile, orCsv);
afterAll(() => rmSync(folder, { recursive: true }));

const onCpu = ['--backend', 'cpu'];
/** The notebook's settings but for the table, its biases and its steps. */
const asNotebook =
  '--hidden 3 --activation sigmoid --output-activation sigmoid --loss mse --optimizer sgd --learning-rate 0.05 ' +
  '--init numpy-uniform --scale none --validation 0';
const twelveRows = [
  'a,b,"c,d",e',
  ...Array.from({ length: 12 }, (_, i) => `${i / 12},${i % 3},${i % 2},0.5`),
];

describe('train', () => {
  test('a file: the table as understood, log, loss, predictions, timing', async () => {
    const { status, stdout, stderr } = await handgrad([
      'train',
      orFile,
      ...onCpu,
      ...asNotebook.split(' '),
      '--no-bias',
      '--steps',
      '20',
    ]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^Table +4 rows from /);
    expect(stdout).toContain('index   observation\n  inputs  input1, input2\n  target  output\n');
    expect(stdout).toContain('2 inputs → 3 sigmoid → 1 sigmoid, without biases, seed 1\n');
    expect(stdout.match(/^error at step .*$/gm)).toHaveLength(10);
    expect(stdout).toContain('error at step     0: 1.960156e-01\n');
    expect(stdout).toMatch(/\nFinal loss \d\.\d{6}e-\d\d at step 19, before its update\n/);
    expect(stdout).toMatch(/\nobservation  output  prediction +error\n1 +0 +0\.\d{6} +-0\.\d{6}\n/);
    expect(stdout).toMatch(/\nTiming +cpu · reference\n/);
  });

  test('standard input, with every setting, as the library trains it', async () => {
    const layers = ['--hidden', '4,2', '--activation', 'tanh', '--output-activation', 'linear'];
    const settings = [...layers, '--dropout', '0.2'];
    const rates = ['--learning-rate', '0.1', '--steps', '1e2', '--seed', '7', '--log-every', '30'];
    const raw = ['--loss', 'mse', '--optimizer', 'sgd', '--init', 'numpy-uniform', '--scale', 'none'];
    const args = ['train', '-', '--target', 'c,d', ...settings, ...rates, ...raw, ...onCpu, '--json'];
    const run = objectOf(await handgrad(args, { input: twelveRows.join('\n') })) as RunObject & {
      table: unknown;
    };

    const rows = twelveRows.slice(1).map((line) => line.split(',').map(Number));
    const data: TrainingData = {
      rowCount: 12,
      inputs: Float64Array.from(rows.flatMap(([a, b, , e]) => [a, b, e])),
      inputCount: 3,
      targets: Float64Array.from(rows.map(([, , target]) => target)),
      outputCount: 1,
    };
    const hidden = { activation: 'tanh', bias: true } as const;
    const job: TrainingJob = {
      layers: [
        { units: 4, ...hidden },
        { units: 2, ...hidden },
        { units: 1, activation: 'linear', bias: true },
      ],
      loss: 'mse',
      optimizer: 'sgd',
      dropout: 0.2,
      steps: 100,
      networks: [{ seed: 7, learningRate: 0.1 }],
    };
    const expected = await trainOnce('cpu', job, data);
    expect(run.losses).toEqual([0, 30, 60, 90].map((step) => [step, expected.losses[step]]));
    expect(run.predictions.flat()).toEqual(Array.from(expected.predictions));
    expect(Object.keys(run.parameters)).toEqual(
      [0, 1, 2].flatMap((layer) => [`layers.${layer}.weight`, `layers.${layer}.bias`]),
    );
    expect(run.table).toMatchObject({ rowCount: 12, columns: [{}, {}, { name: 'c,d', role: 'target' }, {}] });
  });

  test('dropout is said before the training, and none where there is none', async () => {
    const args = ['train', orFile, ...onCpu, '--steps', '5'];
    const [dropping, keeping] = await Promise.all([handgrad([...args, '--dropout', '0.2']), handgrad(args)]);
    expect(dropping.stdout).toContain(', learning rate 0.01, dropout 0.2, 5 steps on the CPU\n');
    expect(keeping.stdout).toContain(', learning rate 0.01, 5 steps on the CPU\n');
  });

  test('several targets and more rows than are shown', async () => {
    const args = [
      'train',
      '-',
      '--target',
      'a,c,d',
      '--hidden',
      'none',
      '--steps',
      '5',
      '--scale',
      'none',
      ...onCpu,
    ];
    const input = [
      'a,b,c,d',
      ...Array.from({ length: 12 }, (_, i) => `${i / 12},${i},${i % 5},${(7 * i) % 4}`),
    ].join('\n');
    const { stdout } = await handgrad(args, { input });
    expect(stdout).toContain('1 input → 3 linear, with biases');
    expect(stdout).toMatch(/\nrow +a +prediction a +error a +c +prediction c/);
    expect(stdout).toMatch(/\n10 .*\n… and 2 more training rows; --json prints up to 1,000 rows\.\n/);
  });

  test('columns named __proto__ and constructor, markup, and what would move the cursor', async () => {
    const input = '__proto__,constructor,<b>,\u001b[31mred\n0,1,2,1\n1,0,2,0\n';
    const args = ['train', '-', '--steps', '2', ...onCpu];
    const [text, json] = await Promise.all([
      handgrad(args, { input }),
      handgrad([...args, '--json'], { input }),
    ]);
    expect(text.stdout).toContain('inputs  __proto__, constructor, <b>\n');
    expect(text.stdout).not.toContain('\u001b');
    expect((objectOf(json) as { table: unknown }).table).toMatchObject({
      columns: [{ name: '__proto__' }, {}, {}, {}],
    });
  });

  test('a target out of reach of the output layer is said on standard error', async () => {
    const args = ['train', '-', '--steps', '2', ...asNotebook.split(' '), ...onCpu];
    const { status, stderr } = await handgrad(args, { input: 'x,y\n1,5\n2,7\n' });
    expect(status).toBe(0);
    expect(stderr).toMatch(
      /^The target runs from -?[\d.]+ to [\d.]+, but the outputs of sigmoid are from 0 to 1\. Use --output-activation/,
    );
  });

  test('a target that is not the last column leaves the index and the other inputs as they are', async () => {
    const { stdout } = await handgrad([
      'train',
      orFile,
      '--target',
      'input1,output',
      '--steps',
      '1',
      ...onCpu,
    ]);
    expect(stdout).toContain('index   observation\n  inputs  input2\n  target  input1, output\n');
  });
});

describe('train on any table', () => {
  const people = [
    'name,age,city,left',
    ...Array.from({ length: 60 }, (_, i) => {
      const [age, city] = [20 + ((7 * i) % 40), ['Oslo', 'Rome', 'Bern'][i % 3]];
      return `p${i},${i % 11 === 3 ? '' : age},${city},${age > 40 ? 'yes' : 'no'}`;
    }),
  ].join('\n');

  test('text, gaps and identifiers: a class is learnt, measured beside its baselines', async () => {
    const { status, stdout, stderr } = await handgrad(['train', '-', ...onCpu], { input: people });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain(
      'index   name\n  inputs  age, city\n  target  left\n  task    binary of no, yes\n',
    );
    expect(stdout).toMatch(/rows +48 to train on, 12 for validation, 6 missing cells filled\n/);
    expect(stdout).toMatch(/5 inputs → 16 tanh → 1 linear/);
    expect(stdout).toMatch(/training, 48 rows +(9|100)/);
    expect(stdout).toMatch(/Actual, validation +→ no +→ yes +precision/);
  });

  test('--json says how the table was understood, and what came of it', async () => {
    const args = [
      'train',
      '-',
      '--early-stopping',
      '3',
      '--test',
      '0.2',
      '--missing',
      'drop',
      ...onCpu,
      '--json',
    ];
    const { table, validation, measures, settings } = objectOf(await handgrad(args, { input: people })) as {
      table: unknown;
      validation: unknown;
      measures: unknown[];
      settings: unknown;
    } & RunObject;
    expect(table).toMatchObject({
      task: 'binary',
      classes: ['no', 'yes'],
      columns: [
        { role: 'index' },
        { type: 'number' },
        { type: 'category' },
        { name: 'left', role: 'target' },
      ],
      rows: { dropped: 6 },
    });
    expect(validation).toMatchObject({ keepsBest: true });
    expect(measures).toMatchObject([{ part: 'training' }, { part: 'validation' }, { part: 'test' }]);
    expect(settings).toMatchObject({ loss: 'bce', optimizer: 'adam', initializer: 'pytorch' });
  });

  test('a run that its validation loss ended has not failed', async () => {
    const args = [
      'train',
      '--sample',
      'iris',
      '--early-stopping',
      '2',
      '--steps',
      '2000',
      '--backend',
      'cpu',
    ];
    const { status, stdout, stderr } = await handgrad(args);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/Parameters of step [\d,]+, where the validation loss was lowest/);
    const { steps, validation } = objectOf(await handgrad([...args, '--json'])) as {
      steps: number;
      validation: unknown;
    } & RunObject;
    expect(validation).toMatchObject({ stoppedEarly: true, keepsBest: true });
    expect(steps).toBeLessThan(2000);
  });

  test('a sample trains with its own settings', async () => {
    const { stdout } = await handgrad(['train', '--sample', 'xor', ...onCpu]);
    expect(stdout).toContain('from the sample XOR\n');
    expect(stdout).toMatch(/training, 4 rows +100\.0 %/);
  });

  test.each([
    [
      ['--loss', 'huber', '--task', 'classification'],
      1,
      /The loss huber does not fit this target, a classification/,
    ],
    [['--batch-size', '61'], 1, /The batch size must be a whole number from 1 to 48, not 61/],
    [['--activation', 'tanh,relu'], 1, /is 1 hidden layer and 2 activations/],
    [['--output-activation', 'tanh'], 1, /takes the output activation sigmoid/],
    [['--early-stopping', '3', '--validation', '0'], 2, /--early-stopping looks at validation rows/],
    [['--schedule-every', '3'], 2, /--schedule-every belongs to --schedule step/],
    [['--type', 'city=colour'], 2, /--type must name a column/],
    [['--sample', 'iris'], 2, /Name one table/],
    [['--initial-parameters', '/nowhere.safetensors'], 1, /cannot be read/],
  ] as const)('%j is refused', async (flags, expected, said) => {
    const { status, stderr } = await handgrad(['train', '-', ...onCpu, ...flags], { input: people });
    expect(stderr).toMatch(said);
    expect(status).toBe(expected);
  });
});

describe('inspect', () => {
  const input = 'id;size;colour;price\n1;1,5;red;10\n2;;blue;12,5\n3;2,25;red;11\n4;3;green;19\n';

  test('says how a table is understood', async () => {
    const { status, stdout } = await handgrad(['inspect', '-'], { input });
    expect(status).toBe(0);
    expect(stdout).toContain('format  ; between cells, , before decimals, with a header\n');
    expect(stdout).toMatch(/\nid +number +index +0 +1 … 4, mean 2\.5 +1, 2, 3\n/);
    expect(stdout).toMatch(/\nsize +number +input +1 +1\.5 … 3, mean 2\.25 /);
    expect(stdout).toMatch(/\ncolour +category +input +0 +3 different +red, blue, /);
    expect(stdout).toContain('task    regression\n');
  });

  test('shows the columns of a table that cannot be trained on, and why', async () => {
    const withWord = 'size,price\n1,5\n2,6\n3,k. A.\n4,7\n5,8\n6,9\n';
    const { status, stdout } = await handgrad(['inspect', '-'], { input: withWord });
    expect(status).toBe(0);
    expect(stdout).toContain('problem 1 cell of a column of numbers is not a number: "k. A." in data row 3');
    expect(stdout).toMatch(/\nprice +number +target +0 /);
  });

  test('takes corrections, and prints JSON', async () => {
    const args = ['inspect', '-', '--target', 'colour', '--ignore', 'price', '--type', 'id=number', '--json'];
    expect(objectOf(await handgrad(args, { input }))).toMatchObject({
      rowCount: 4,
      task: 'classification',
      classes: ['blue', 'green', 'red'],
      columns: [{}, { name: 'size' }, { role: 'target' }, { role: 'ignored' }],
    });
  });
});

describe('the process', () => {
  const long = ['train', orFile, ...onCpu, '--steps', '33554432', '--log-every', '1'];

  test('shows no progress bar in a pipe', async () => {
    const { stderr } = await handgrad(['train', orFile, ...onCpu, '--steps', '400000']);
    expect(stderr).toBe('');
  });

  test('ends quietly when its reader does', async () => {
    const child = spawn(process.execPath, [launcher, ...long]);
    let stderr = '';
    child.stderr.on('data', (text) => (stderr += String(text)));
    child.stdout.once('data', () => child.stdout.destroy());
    const [status] = (await once(child, 'close')) as [number];
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test.skipIf(process.platform === 'win32')('stops on Ctrl-C with 130', async () => {
    const child = spawn(process.execPath, [launcher, ...long, '--log-every', '10000000']);
    let stderr = '';
    child.stderr.on('data', (text) => (stderr += String(text)));
    child.stdout.once('data', () => child.kill('SIGINT'));
    const [status] = (await once(child, 'close')) as [number];
    expect(status).toBe(130);
    expect(stderr).toMatch(/^Stopped after [\d,]+ of 33,554,432 steps\.\n$/);
  });
});
