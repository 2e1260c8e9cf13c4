import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readModel, readTable, writeModel } from '../../src/index.ts';
import { mixedColumns, mixedTable, trainModel } from '../support/models.ts';
import { handgrad, launcher, type Ending } from './support.ts';

/** What a run leaves, and what can be done with it in another process. */

const folder = mkdtempSync(join(tmpdir(), 'handgrad-keep-'));
const path = (name: string) => join(folder, name);
const table = path('table.csv');
const trainFlags = ['--type', 'grade=category', '--batch-size', '7', '--hidden', '4', '--backend', 'cpu'];
const train = (...flags: string[]) => handgrad(['train', table, ...flags]);

async function succeed(ending: Promise<Ending>): Promise<Ending> {
  const ended = await ending;
  if (ended.status !== 0) throw new Error(ended.stderr);
  return ended;
}

async function refusalOf(ending: Promise<Ending>): Promise<string> {
  const { status, stdout, stderr } = await ending;
  expect(status).not.toBe(0);
  expect(stdout).toBe('');
  return stderr;
}

/** A long run that Ctrl-C ends once it trains. */
async function interrupted(flag: string, file: string, before = () => {}) {
  const args = ['train', table, ...trainFlags, '--steps', '2000000', flag, file];
  const child = spawn(process.execPath, [launcher, ...args]);
  let said = '';
  let isInterrupted = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    // The first line of the log has come.
    if (isInterrupted || !text.includes('error at step')) return;
    isInterrupted = true;
    before();
    child.kill('SIGINT');
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const status = await new Promise((resolve) => {
    child.on('close', resolve);
  });
  return { status, said };
}

beforeAll(async () => {
  writeFileSync(table, mixedTable('class', 60));
  await succeed(train(...trainFlags, '--steps', '400', '--save', path('a')));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a run that was saved', () => {
  test('goes on in another process: 400 steps and 600 are 1,000, byte for byte', async () => {
    const [first, whole] = await Promise.all([
      succeed(handgrad(['train', table, '--continue', path('a'), '--steps', '600', '--save', path('b')])),
      succeed(train(...trainFlags, '--steps', '1000', '--save', path('c'))),
    ]);
    expect(readFileSync(path('b')).equals(readFileSync(path('c')))).toBe(true);
    expect(readFileSync(path('a')).equals(readFileSync(path('b')))).toBe(false);
    expect(readModel(readFileSync(path('b'))).losses.length).toBe(1000);
    // The lines of the log are those of the steps that were trained now.
    expect(first.stdout).toContain('step 400 to 1,000');
    expect(first.stdout).not.toContain('error at step   300');
    expect(first.stdout).toContain('error at step   400');
    expect(whole.stderr).toMatch(/Of the table it holds its name, the names of all 5 columns, /);
  });

  test.each([
    [['--learning-rate', '0.1'], '--learning-rate is part of the run'],
    [['--target', 'size'], '--target is part of the run'],
    [[], 'All 400 steps of this run are trained'],
    [['--steps', '5', '--certificate', path('x')], 'from its first step'],
    [['--steps', '33554432'], 'are more than 33,554,432'],
  ])('refuses %j', async (flags, said) => {
    expect(await refusalOf(handgrad(['train', table, '--continue', path('a'), ...flags]))).toContain(said);
  });

  test('refuses another table', async () => {
    writeFileSync(path('other.csv'), mixedTable('class', 60, 2));
    writeFileSync(path('short.csv'), mixedTable('class', 50));
    const goOn = (file: string) => handgrad(['train', path(file), '--continue', path('a'), '--steps', '5']);
    expect(await refusalOf(goOn('other.csv'))).toContain('some cells differ');
    expect(await refusalOf(goOn('short.csv'))).toContain('it has 50 rows, not 60');
  });

  test('is kept when Ctrl-C ends it, and goes on from there', async () => {
    const { status, said } = await interrupted('--save', path('interrupted'));
    expect(status).toBe(130);
    expect(said).toMatch(/Saved at step [\d,]+ of 2,000,000; --continue/);
    const { snapshot } = readModel(readFileSync(path('interrupted')));
    expect(snapshot.step).toBeGreaterThan(0);
    await succeed(
      handgrad(['train', table, '--continue', path('interrupted'), '--steps', '5', '--save', path('after')]),
    );
    expect(readModel(readFileSync(path('after'))).snapshot.step).toBe(snapshot.step + 5);
  });

  test('is said not to be kept when Ctrl-C ends it and its folder is gone', async () => {
    mkdirSync(path('gone'));
    const file = join(path('gone'), 'm');
    const { status, said } = await interrupted('--save', file, () =>
      rmSync(path('gone'), { recursive: true }),
    );
    expect(status).toBe(130);
    expect(said).toContain('error: Nothing is saved. The file');
  });

  test('is refused where it cannot be written, before anything is trained', async () => {
    expect(await refusalOf(train('--save', join(folder, 'nowhere', 'm')))).toContain('there is no folder');
    expect(await refusalOf(train('--save', folder))).toContain('is a folder');
  });

  test('is not written over the table, or over the certificate', async () => {
    const before = readFileSync(table);
    symlinkSync(table, path('link.csv'));
    for (const name of [table, path('link.csv')]) {
      expect(await refusalOf(train('--save', name))).toContain('would be lost');
    }
    expect(readFileSync(table).equals(before)).toBe(true);
    const both = ['--save', path('both'), '--certificate', join(folder, '.', 'both')];
    expect(await refusalOf(train(...both))).toContain('would be lost');
  });

  test.runIf(process.platform === 'linux')(
    'follows links, keeps permissions, and writes to pipes',
    async () => {
      writeFileSync(path('real'), 'x');
      chmodSync(path('real'), 0o600);
      symlinkSync(path('real'), path('link'));
      await succeed(handgrad(['export', path('a'), '--to', 'numpy', '-o', path('link')]));
      expect(lstatSync(path('link')).isSymbolicLink()).toBe(true);
      expect(lstatSync(path('real')).mode & 0o777).toBe(0o600);
      execFileSync('/bin/sh', ['-c', 'mkfifo "$0"', path('pipe')]);
      const toPipe = handgrad(['export', path('a'), '--to', 'numpy', '-o', path('pipe')]);
      expect(await readFile(path('pipe'), 'utf8')).toBe(readFileSync(path('real'), 'utf8'));
      await succeed(toPipe);
    },
  );
});

describe('a model', () => {
  test('predicts a file: columns in any order, one more, a category never seen', async () => {
    const rows = 'colour,note,weight,size,grade\nred,=1+1,1.5,25,7\nviolet,x,-1,,10\n';
    const { stdout, stderr } = await succeed(handgrad(['predict', path('a'), '-'], { input: rows }));
    const predicted = await readTable(stdout);
    expect(predicted.rowCount).toBe(2);
    expect(predicted.columnNames).toEqual([
      'colour',
      'note',
      'weight',
      'size',
      'grade',
      'predicted answer',
      ...['high', 'low', 'middle'].map((name) => `probability of answer = ${name}`),
    ]);
    const probabilities = [6, 7, 8].map((column) => predicted.columns[column].numbers?.[0] ?? NaN);
    expect(probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
    expect(stdout).toContain("'=1+1");
    expect(stderr).toContain('Ignored, because the model does not know them: "note"');
    expect(stderr).toContain('1 cell of "colour" hold');
    expect(stderr).toContain('1 missing cell filled');
  });

  test('reads numbers as the table it was trained on writes them', async () => {
    const lines = Array.from({ length: 30 }, (_, i) => `${1 + (i % 9)}.${100 + i};${i},5;${100 * i}`);
    writeFileSync(path('comma.csv'), `size;weight;y\n${lines.join('\n')}\n`);
    await succeed(handgrad(['train', path('comma.csv'), '--steps', '20', '--save', path('comma')]));
    const predict = (input: string) => succeed(handgrad(['predict', path('comma'), '-'], { input }));
    // Alone, 1.200 could have decimals.
    const { stdout: apart } = await predict('size;weight\n1.200;3\n');
    const { stdout: plain } = await predict('size;weight\n1200;3\n');
    expect(apart.split('\n')[1].split(';')[2]).toBe(plain.split('\n')[1].split(';')[2]);
  });

  test('refuses a file that lacks columns, by name', async () => {
    const refused = await refusalOf(handgrad(['predict', path('a'), '-'], { input: 'size,colour\n1,red\n' }));
    expect(refused).toContain('lacks the columns "weight", "grade"');
  });

  test('is measured on rows with their targets', async () => {
    const { stdout } = await succeed(handgrad(['evaluate', path('a'), table, '--json']));
    const { rowCount, loss, measures } = JSON.parse(stdout) as {
      rowCount: number;
      loss: number;
      measures: { classes: { accuracy: number; confusion: number[] } };
    };
    expect(rowCount).toBe(60);
    expect(loss).toBeLessThan(1);
    expect(await refusalOf(handgrad(['evaluate', path('a'), table, '--threshold', '0.3']))).toContain(
      '--threshold is for targets of two classes',
    );
    expect(measures.classes.accuracy).toBeGreaterThan(0.7);
    expect(measures.classes.confusion.reduce((sum, count) => sum + count, 0)).toBe(60);
    expect(
      await refusalOf(
        handgrad(['evaluate', path('a'), '-'], { input: 'size,weight,colour,grade\n1,1,red,7\n' }),
      ),
    ).toContain('no column "answer"');
  });

  test.each(['onnx', 'safetensors', 'pytorch', 'numpy', 'javascript'])(
    'is written for %s',
    async (format) => {
      const { stderr } = await succeed(handgrad(['export', path('a'), '--to', format, '-o', path(format)]));
      expect(existsSync(path(format))).toBe(true);
      expect(stderr).toMatch(/Of the table it holds|the weights and nothing else/);
    },
  );

  test.each([
    ['cut off', () => readFileSync(path('a')).subarray(0, 900), 'cut off'],
    ['a table', () => readFileSync(table), 'The model comes first, then the table'],
    ['empty', () => Buffer.alloc(0), 'cut off'],
  ])('that is %s is refused with a sentence', async (_name, content, said) => {
    writeFileSync(path('faulty'), content());
    const refused = await refusalOf(handgrad(['predict', path('faulty'), table]));
    expect(refused).toContain(said);
    expect(refused).not.toMatch(/\n\s+at /);
  });
});

describe('an ensemble', () => {
  beforeAll(async () => {
    const { model } = await trainModel({
      csv: readFileSync(table, 'utf8'),
      columns: mixedColumns('class'),
      memberCount: 3,
    });
    writeFileSync(path('ensemble'), writeModel(model));
  });

  test('predicts, with the spread of its members', async () => {
    const { stdout, stderr } = await succeed(handgrad(['predict', path('ensemble'), table]));
    const predicted = await readTable(stdout);
    const classes = ['high', 'low', 'middle'];
    expect(predicted.columnNames.slice(5)).toEqual([
      'predicted answer',
      ...classes.map((name) => `probability of answer = ${name}`),
      ...classes.map((name) => `spread of probability of answer = ${name}`),
    ]);
    expect(stderr).toContain('An ensemble of 3 networks: it predicts their mean');
    const { stdout: json } = await succeed(handgrad(['predict', path('ensemble'), table, '--json']));
    const { answers } = JSON.parse(json) as { answers: { probabilities: { spread: number }[] }[][] };
    const spreads = answers.map(([{ probabilities }]) => probabilities[0].spread);
    expect(spreads).toEqual([...(predicted.columns[9].numbers ?? [])]);
    expect(spreads.every((spread) => spread > 0)).toBe(true);
  });

  test('is measured, and written for something else', async () => {
    const { stdout, stderr } = await succeed(handgrad(['evaluate', path('ensemble'), table, '--json']));
    expect((JSON.parse(stdout) as { rowCount: number }).rowCount).toBe(60);
    expect(stderr).toContain('An ensemble of 3 networks');
    const exported = await succeed(
      handgrad(['export', path('ensemble'), '--to', 'javascript', '-o', path('ensemble.mjs')]),
    );
    expect(exported.stderr).toContain('An ensemble of 3 networks');
    expect(readFileSync(path('ensemble.mjs'), 'utf8')).toContain('An ensemble of 3 trained neural networks');
  });

  test('is not gone on with', async () => {
    const refused = await refusalOf(
      handgrad(['train', table, '--continue', path('ensemble'), '--steps', '5']),
    );
    expect(refused).toContain('an ensemble of 3 networks, which predicts and is not trained on');
  });
});

describe('a certificate', () => {
  test('is repeated in another process, and fails once a digit is another', async () => {
    await succeed(
      train(...trainFlags, '--steps', '60', '--early-stopping', '20', '--certificate', path('cert.json')),
    );
    const held = await succeed(handgrad(['verify', path('cert.json'), table]));
    expect(held.stdout).toContain('bit for bit');
    expect(held.stdout).toContain('The certificate holds.');
    const text = readFileSync(path('cert.json'), 'utf8');
    writeFileSync(path('forged.json'), text.replace(/"learningRate": 0\.01/, '"learningRate": 0.02'));
    const { status, stdout } = await handgrad(['verify', path('forged.json'), table]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/FAILS\s+seal/);
    expect(stdout).toMatch(/FAILS\s+digest of the parameters/);
  });
});
