import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { readModel, type SweptValues } from '../../src/index.ts';
import { handgrad, launcher, objectOf, orCsv, type RunObject } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'handgrad sweep-'));
const orFile = join(folder, "some or's.csv");
writeFileSync(orFile, orCsv);
afterAll(() => rmSync(folder, { recursive: true }));

/** 60 rows of two classes, with a gap and a category. */
const people = [
  'name,age,city,"has left, or not"',
  ...Array.from({ length: 60 }, (_, i) => {
    const [age, city] = [20 + ((7 * i) % 40), ['Oslo', 'Rome', 'Bern'][i % 3]];
    return `p${i},${i % 11 === 3 ? '' : age},${city},${age > 40 ? 'yes' : 'no'}`;
  }),
].join('\n');

const onCpu = ['--backend', 'cpu'];
const small = ['--seeds', '1..3', '--learning-rate', '0.01/0.1', '--hidden', '3/5', '--steps', '60'];

interface SweepObject {
  readonly networkCount: number;
  readonly isOver: boolean;
  readonly rankedBy: string;
  readonly ranking: readonly number[];
  readonly constantLoss: number;
  readonly memory: Record<string, number>;
  readonly timing: { readonly trainMs: number };
  readonly networks: readonly {
    readonly values: SweptValues;
    readonly finalLoss: number | null;
    readonly validationLoss: number | null;
    readonly divergedAt: number | null;
    readonly failed: boolean;
    readonly steps: number;
    readonly plan: unknown;
  }[];
  readonly groups: readonly { readonly networkCount: number; readonly median: number | null }[];
  readonly trainBest?: string;
}

const isPosix = process.platform !== 'win32';

/** Runs a line that handgrad printed as a shell does. */
async function inShell(line: string): Promise<string> {
  const script = `handgrad() { '${process.execPath}' '${launcher}' "$@"; }; ${line} --json`;
  const { stdout } = await promisify(execFile)('sh', ['-c', script], { maxBuffer: 2 ** 26 });
  return stdout;
}

async function sweep(args: readonly string[], input?: string): Promise<SweepObject> {
  return objectOf(
    await handgrad(['sweep', ...args, ...onCpu, '--json'], { ...(input !== undefined && { input }) }),
  ) as SweepObject;
}

describe('sweep', () => {
  test('says what it is about to do, what is best, what failed, and how to train the best alone', async () => {
    const { status, stdout, stderr } = await handgrad(['sweep', '-', ...small, ...onCpu, '--top', '4'], {
      input: people,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('task    binary of no, yes\n  rows    48 to train on, 12 for validation');
    expect(stdout).toMatch(
      /\nSweep +hidden layers 3 \/ 5\n +learning rate 0\.01 \/ 0\.1\n +seed 1 \/ 2 \/ 3\n/,
    );
    expect(stdout).toMatch(
      /\nTraining +12 networks in 2 populations, 60 steps each; \d+ KiB of losses and \d+ KiB of/,
    );
    expect(stdout).toMatch(
      /\nBest of 12 networks, by the validation loss.*\nrank +hidden layers +learning rate +seed/,
    );
    expect(
      stdout.match(/^ +\d +[35] +0\.0?1 +[123] +\d\.\d{6}e[+-]\d\d +\d\.\d{6}e[+-]\d\d$/gm),
    ).toHaveLength(4);
    expect(stdout).toMatch(/\nFailed +\d+ of 12 networks: \d+ diverged, \d+ ended no better/);
    expect(stdout).toMatch(
      /\nhidden layers +learning rate +networks +lower quartile +median +upper quartile +failed\n/,
    );
    expect(stdout).toMatch(/\nTime +[\d.,]+ m?s, [\d.,]+ networks\/s on the CPU\n/);
    expect(stdout).toMatch(
      /\n {2}handgrad train - --steps 60 --hidden [35] --learning-rate 0\.0?1 --seed \d/,
    );
  });

  test('every network is the one that train trains, and so is the line it prints', async () => {
    const table = join(folder, 'people.csv');
    writeFileSync(table, people);
    const fixed = [
      '--optimizer',
      'momentum',
      '--target',
      'has left, or not',
      '--seed',
      '9',
      '--batch-size',
      '16',
    ];
    const { networks, ranking, trainBest, rankedBy } = await sweep([table, ...small, ...fixed]);
    expect(rankedBy).toBe('validationLoss');
    const ranked = ranking.map((place) => networks[place].validationLoss);
    expect(ranked).toEqual(ranked.toSorted((a, b) => Number(a) - Number(b)));
    const [place] = ranking;
    const { hidden = [], learningRate, seed } = networks[place].values;
    const own = ['--hidden', hidden.join(','), '--learning-rate', `${learningRate}`, '--seed', `${seed}`];
    const alone = [
      '--split-seed',
      '9',
      '--steps',
      '60',
      ...fixed.filter((word) => !['--seed', '9'].includes(word)),
    ];
    const run = objectOf(
      await handgrad(['train', table, ...own, ...alone, ...onCpu, '--json']),
    ) as RunObject & {
      finalLoss: number;
    };
    expect(run.finalLoss).toBe(networks[place].finalLoss);
    if (!isPosix || trainBest === undefined) return;
    expect((JSON.parse(await inShell(trainBest)) as { finalLoss: number }).finalLoss).toBe(run.finalLoss);
  });

  test.skipIf(!isPosix)(
    'the line holds for optimizers, initializers and early stopping, in a folder with a space',
    async () => {
      const swept = [
        '--optimizer',
        'sgd/adam',
        '--init',
        'pytorch/he-normal',
        '--seed',
        '4',
        '--epochs',
        '50',
      ];
      const kept = ['--activation', 'relu', '--no-bias', '--momentum', '0.5', '--scale', 'min-max'];
      const { networks, ranking, trainBest = '', constantLoss } = await sweep([orFile, ...swept, ...kept]);
      expect(trainBest).toContain(`'\\''s.csv'`);
      const best = JSON.parse(await inShell(trainBest)) as { finalLoss: number; settings: object };
      expect(best.finalLoss).toBe(networks[ranking[0]].finalLoss);
      expect(constantLoss).toBeGreaterThan(0);
      const { hidden, ...early } = { hidden: '4/6', steps: '900', 'early-stopping': '1' };
      const flags = Object.entries(early).flatMap(([name, value]) => [`--${name}`, value]);
      const iris = await sweep(['--sample', 'iris', '--hidden', hidden, ...flags, '--learning-rate', '0.3']);
      expect(iris.networks.every(({ steps }) => steps < 900)).toBe(true);
      const stopped = JSON.parse(await inShell(iris.trainBest ?? '')) as { steps: number };
      expect(stopped.steps).toBe(iris.networks[iris.ranking[0]].steps);
    },
  );

  test('ranks by the final loss where there are too few rows for a validation', async () => {
    const { status, stdout } = await handgrad([
      'sweep',
      orFile,
      '--seeds',
      '1..4',
      '--steps',
      '30',
      ...onCpu,
    ]);
    expect(status).toBe(0);
    expect(stdout).toContain(
      'Best of 4 networks, by the final loss on the training rows, as none were kept apart\n',
    );
    expect(stdout).not.toContain('validation loss');
  });

  test('--json has every network, null where it diverged, and every group', async () => {
    const steep = [
      '--learning-rate',
      '0.05/100',
      '--optimizer',
      'sgd',
      '--scale',
      'none',
      '--hidden',
      'none',
    ];
    const numbers = 'x,y\n1,0.5\n2,0.9\n3,1.4\n';
    const object = await sweep(['-', '--seeds', '1..3', '--steps', '80', ...steep], numbers);
    const { networks, groups, ranking } = object;
    expect(object).toMatchObject({ networkCount: 6, isOver: true, rankedBy: 'finalLoss' });
    expect(Object.keys(object.memory)).toEqual(['lossesBytes', 'parametersBytes']);
    expect(object.timing.trainMs).toBeGreaterThan(0);
    for (const { values, finalLoss, validationLoss, divergedAt, failed, plan } of networks) {
      const isSteep = values.learningRate === 100;
      expect(finalLoss === null).toBe(isSteep);
      expect(divergedAt === null).toBe(!isSteep);
      expect(validationLoss).toBe(null);
      expect(plan).toEqual({ strategy: 'reference' });
      if (isSteep) expect(failed).toBe(true);
    }
    expect(ranking.slice(3).every((place) => networks[place].divergedAt !== null)).toBe(true);
    expect(groups).toMatchObject([
      { values: { learningRate: 0.05 }, networkCount: 3, divergedCount: 0 },
      {
        values: { learningRate: 100 },
        networkCount: 3,
        divergedCount: 3,
        failedCount: 3,
        median: null,
        best: null,
      },
    ]);
  });

  test('--csv has all rows; --save-best is the best network, which predicts and goes on', async () => {
    const [csv, model] = [join(folder, 'rows.csv'), join(folder, 'best.handgrad.safetensors')];
    const kept = ['--csv', csv, '--save-best', model, '--top', '1'];
    const ending = await handgrad(['sweep', '--sample', 'iris', ...small, ...kept, ...onCpu, '--json']);
    const { networks, ranking } = objectOf(ending) as SweepObject;
    expect(ending.stderr).toMatch(/^12 networks written to .*rows\.csv\.\nSaved .*\n$/);
    const [header, ...lines] = readFileSync(csv, 'utf8').trimEnd().split('\n');
    expect(header).toMatch(/^rank,network,hidden layers,learning rate,seed,final loss,validation loss,/);
    expect(lines.map((line) => Number(line.split(',')[1]) - 1)).toEqual(ranking);
    const saved = readModel(readFileSync(model));
    expect(saved.losses.at(-1)).toBe(networks[ranking[0]].finalLoss);
    expect(saved.job.networks[0].seed).toBe(networks[ranking[0]].values.seed);
    const evaluated = await handgrad(['evaluate', model, '--sample', 'iris', '--json']);
    expect(objectOf(evaluated)).toMatchObject({ rowCount: 150 });
  });

  test('--save-ensemble is the best networks as one model, which predicts, is measured and exported', async () => {
    const [model, onnx] = [join(folder, 'some.handgrad.safetensors'), join(folder, 'some.onnx')];
    const kept = ['--save-ensemble', model, '--members', '4'];
    const ending = await handgrad(['sweep', '--sample', 'iris', ...small, ...kept, ...onCpu, '--json']);
    const { networks, ranking } = objectOf(ending) as SweepObject;
    expect(ending.stderr).toMatch(
      /^Saved .*some\.handgrad\.safetensors .*\nAn ensemble of 4 networks: .*\n$/,
    );
    const [best] = ranking.map((place) => networks[place].values);
    const alike = ranking
      .map((place) => networks[place].values)
      .filter(({ hidden }) => `${hidden?.join()}` === `${best.hidden?.join()}`);
    const { job } = readModel(readFileSync(model));
    expect(job.layers[0].units).toBe(best.hidden?.[0]);
    expect(job.networks.map(({ seed, learningRate }) => ({ seed, learningRate }))).toEqual(
      alike.slice(0, 4).map(({ seed, learningRate }) => ({ seed, learningRate })),
    );
    const predicted = await handgrad(['predict', model, '--sample', 'iris']);
    const [header, ...lines] = predicted.stdout.trimEnd().split('\n');
    expect(header).toContain(',spread of probability of species = setosa');
    expect(lines).toHaveLength(150);
    const spreads = lines.map((line) => line.split(',').slice(-3).map(Number));
    expect(spreads.flat().every((spread) => spread >= 0 && spread <= 0.5)).toBe(true);
    expect(Math.max(...spreads.flat())).toBeGreaterThan(0);
    const evaluated = await handgrad(['evaluate', model, '--sample', 'iris', '--json']);
    expect(objectOf(evaluated)).toMatchObject({ rowCount: 150 });
    const exported = await handgrad(['export', model, '--to', 'onnx', '--output', onnx]);
    expect(exported.status).toBe(0);
    expect(readFileSync(onnx).length).toBeGreaterThan(0);
  });

  test('an ensemble has 10 members, or as many as there are, which is said where more were asked for', async () => {
    const model = join(folder, 'few.safetensors');
    const args = ['sweep', orFile, '--steps', '20', ...onCpu, '--save-ensemble', model];
    const memberCount = async (more: readonly string[]) => {
      const { status, stderr } = await handgrad([...args, ...more]);
      expect(status).toBe(0);
      return { stderr, members: readModel(readFileSync(model)).job.networks.length };
    };
    expect((await memberCount(['--seeds', '1..12'])).members).toBe(10);
    const fewer = await memberCount(['--seeds', '1..3']);
    expect(fewer.members).toBe(3);
    expect(fewer.stderr).not.toContain('and not');
    const asked = await memberCount(['--seeds', '1..3', '--members', '5']);
    expect(asked.members).toBe(3);
    expect(asked.stderr).toContain('It has 3 members and not 5: no more different networks share');
    const { status, stderr, stdout } = await handgrad([...args, '--seeds', '7']);
    expect(status).toBe(1);
    expect(stdout).toContain('Best of 1 network');
    expect(stderr).toMatch(/^error: An ensemble takes 2 or more networks .* there is 1\. Sweep more seeds/m);
  });

  test('a random search draws the same networks again', async () => {
    const args = [
      '--sample',
      'iris',
      '--learning-rate',
      '0.001..1:log',
      '--random',
      '5',
      '--steps',
      '10',
      '--seed',
      '3',
    ];
    const [first, second] = await Promise.all([sweep(args), sweep(args)]);
    expect(first.networks.map(({ values }) => values)).toEqual(second.networks.map(({ values }) => values));
    expect(new Set(first.networks.map(({ values }) => values.learningRate)).size).toBe(5);
  });

  test('where all networks diverge ends with 1, and saves nothing', async () => {
    const model = join(folder, 'none.safetensors');
    const steep = ['--learning-rate', '100/200', '--optimizer', 'sgd', '--scale', 'none', '--hidden', 'none'];
    const { status, stdout, stderr } = await handgrad(
      ['sweep', '-', '--steps', '80', ...steep, ...onCpu, '--save-best', model],
      { input: 'x,y\n1,0.5\n2,0.9\n3,1.4\n' },
    );
    expect(status).toBe(1);
    expect(stdout).toMatch(/Failed +2 of 2 networks: 2 diverged/);
    expect(stdout).not.toContain('handgrad train');
    expect(stderr).toMatch(/^error: Training diverged in all of 2 networks, .* use lower ones, /);
    expect(() => readFileSync(model)).toThrow('ENOENT');
  });

  test.skipIf(!isPosix)('reports what is finished on Ctrl-C, with 130', async () => {
    const many = ['--seeds', '1..60000', '--steps', '2000'];
    const child = spawn(process.execPath, [launcher, 'sweep', orFile, ...many, ...onCpu]);
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (text) => (stdout += String(text)));
    child.stderr.on('data', (text) => (stderr += String(text)));
    await once(child.stdout, 'data');
    setTimeout(() => child.kill('SIGINT'), 1500);
    const [status] = (await once(child, 'close')) as [number];
    expect(status).toBe(130);
    const [, over] = stderr.match(/^Stopped after ([\d,]+) of 60,000 networks\.$/m) ?? [];
    expect(over).toBeDefined();
    expect(stdout.includes(`Best of ${over} network`)).toBe(over !== '0');
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

describe('nonsense ends with one sentence', () => {
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
    const { status, stdout, stderr } = await handgrad(['sweep', ...args, ...onCpu]);
    expect(stderr).toMatch(said);
    expect(stderr).toMatch(/^error: /);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect({ status, stdout }).toEqual({ status: expected, stdout: '' });
  });
});
