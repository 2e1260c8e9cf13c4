import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activationNames } from '../../src/core/activations.ts';
import { lossNames } from '../../src/core/losses.ts';
import { optimizerNames } from '../../src/core/optimizers.ts';
import { scheduleNames } from '../../src/core/schedules.ts';
import { NumpyRandom } from '../../src/core/numpy-random.ts';
import { readHeader } from '../../src/data/header.ts';
import { isMissing, readNumber, unquote } from '../../src/data/numbers.ts';
import { pythonLiteral } from '../../src/exchange/python-literals.ts';
import { writeNumpy, writePytorch, type Model } from '../../src/index.ts';
import { hostileTable, hostileTexts, mixedColumns, mixedTable, trainModel } from '../support/models.ts';
import type { ModelSettings } from '../support/models.ts';
import { hasPython, printedLosses, runPython, runScripts } from '../support/python.ts';

const hasNumpy = hasPython('numpy');
const hasTorch = hasPython('torch');
const folder = mkdtempSync(join(tmpdir(), 'handgrad-python-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes a file into the folder of this test; its path. */
function written(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const mixed: ModelSettings = { csv: mixedTable('class'), columns: mixedColumns('class') };
const packages = [
  { packageName: 'numpy', isHere: hasNumpy, write: writeNumpy },
  { packageName: 'torch', isHere: hasTorch, write: writePytorch },
] as const;

describe.each(packages)('on a command line, $packageName', ({ packageName, isHere, write }) => {
  const title = (what: string) => (isHere ? what : `${what} (skipped: python3 has no ${packageName})`);
  const script = join(folder, `${packageName}-model.py`);
  const table = join(folder, 'mixed.csv');
  let model: Model;

  beforeAll(async () => {
    ({ model } = await trainModel(mixed));
    writeFileSync(script, write(model));
    writeFileSync(table, mixed.csv);
  });

  it.skipIf(!isHere)(title('trains, prints every so many losses and saves'), async () => {
    const file = join(folder, packageName === 'torch' ? 'saved.pt' : 'saved.npz');
    const flags = ['--steps', '10', '--log-every', '4', '--save', file];
    const { status, stdout, stderr } = await runPython([script, 'train', table, ...flags]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect([...printedLosses(stdout).keys()]).toEqual([20, 24, 28, 29]);
    const program =
      packageName === 'torch'
        ? 'import sys, torch; s = torch.load(sys.argv[1]); print(sorted(s), s["step"], sorted(s["model"]))'
        : 'import sys, numpy; s = numpy.load(sys.argv[1]); print(int(s["step"]), s["layers.0.weight"].shape, sorted(s))';
    const names = ['layers.0.bias', 'layers.0.weight', 'layers.1.bias', 'layers.1.weight'];
    const list = (items: readonly string[]) => `[${items.map((item) => `'${item}'`).join(', ')}]`;
    const states = ['first', 'second'].flatMap((prefix) => names.map((name) => `${prefix}.${name}`));
    const saved = await runPython(['-c', program, file]);
    expect(saved.stdout.trim()).toBe(
      packageName === 'torch'
        ? `['model', 'optimizer', 'step'] 30 ${list(names)}`
        : `30 (5, 9) ${list([...states, ...names, 'step'].toSorted())}`,
    );
  });

  it.skipIf(!isHere)(title('says what it cannot use'), async () => {
    const [header, ...rows] = mixed.csv.trimEnd().split('\n');
    const cases = [
      [
        'predict',
        'weight,colour\n1,red\n',
        "The table lacks the columns ['size', 'grade']; it has ['weight', 'colour'].",
      ],
      [
        'predict',
        `${header}\n${rows[0]}\nbig,1,red,7,low\n`,
        "Data row 2, column 'size': 'big' is not a number; --decimal",
      ],
      ['predict', `${header}\n1,2,3\n`, 'Data row 1 has 3 cells, not 5.'],
      ['predict', `${header}\n1e40,1,red,7,low\n`, "Data row 1, column 'size': 1e+40 is beyond 3.4e38"],
      ['predict', ' \n\n', 'The table is empty.'],
      [
        'train',
        `${[header, ...rows.slice(1)].join('\n')}\n`,
        'The table has 39 rows; the network was trained',
      ],
      ['train', mixed.csv.replace(/,[a-z]+\n/, ',\n'), ''],
    ] as const;
    const tasks = cases.map(([command, csv], i) => ({
      script,
      arguments: [command, written(`${packageName}-bad-${i}.csv`, csv)],
    }));
    const endings = await runScripts(tasks);
    expect(endings.map(({ status, stdout }) => ({ status, stdout }))).toEqual(
      cases.map(() => ({ status: 1, stdout: '' })),
    );
    endings.forEach(({ stderr }, i) => expect(stderr).toContain(cases[i][2]));
  });

  it.skipIf(!isHere || process.platform === 'win32')(
    title('reads a pipe, which it can only once'),
    async () => {
      const throughPipe =
        'import subprocess, sys; cat = subprocess.Popen(["cat", sys.argv[2]], stdout=subprocess.PIPE); ' +
        'subprocess.run([sys.executable, sys.argv[1], "predict", "/dev/stdin"], stdin=cat.stdout, check=True)';
      const piped = await runPython(['-c', throughPipe, script, table]);
      const read = await runPython([script, 'predict', table]);
      expect(read.stdout.split('\n').length).toBeGreaterThan(40);
      expect(piped.stdout).toBe(read.stdout);
    },
  );

  it.skipIf(!isHere)(title('trains on another table, and counts categories it does not know'), async () => {
    const [header, ...rows] = mixed.csv.trimEnd().split('\n');
    const csv = [header, ...rows.slice(0, 20), '20,1,violet,7,low', '21,1,red,7,', ''].join('\n');
    const other = written(`${packageName}-other.csv`, csv);
    const [{ status, stdout, stderr }] = await runScripts([
      { script, arguments: ['train', other, '--all-rows', '--steps', '2'] },
    ]);
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: "Column 'colour': 1 cell holds a category unseen in training.\n",
    });
    expect(printedLosses(stdout).size).toBe(2);
  });
});

describe('a table', () => {
  const title = 'is read as handgrad reads it, cell by cell';
  it.skipIf(!hasNumpy)(hasNumpy ? title : `${title} (skipped: python3 has no numpy)`, async () => {
    const random = new NumpyRandom(5);
    const pieces = [
      ...'0123456789.,,..+-eE "\'x?'.split(''),
      '""',
      'na',
      'NaN',
      'null',
      'n/a',
      '\u00a0',
      '\ufeff',
      '\t',
      '\x1f',
    ];
    const draw = (length: number) =>
      Array.from({ length }, () => pieces[Math.floor(random.rand() * pieces.length)]).join('');
    const cells = Array.from({ length: 20_000 }, (_, i) => draw(1 + (i % 8)));
    const headers = Array.from({ length: 200 }, () =>
      Array.from(
        { length: 6 },
        () => ['a', 'a', ' a ', '', 'a (2)', 'column2'][Math.floor(6 * random.rand())],
      ),
    );
    const { model } = await trainModel(mixed);
    const script = written('cells-model.py', writeNumpy(model));
    const program = `
import json, runpy, sys
task = json.load(sys.stdin)
names = runpy.run_path(task["script"])
found = {}
for decimal in ".,":
    table = names["Table"](task["table"], decimal=decimal)
    found[decimal] = [table.value(cell) for cell in task["cells"]]
json.dump([found, [names["column_names"](cells) for cells in task["headers"]]], sys.stdout)`;
    const task = { script, table: written('cells.csv', mixed.csv), cells, headers };
    const { stdout, stderr } = await runPython(['-c', program], JSON.stringify(task));
    expect(stderr).toBe('');
    const [found, names] = JSON.parse(stdout.replaceAll('Infinity', '1e999')) as [
      Record<'.' | ',', unknown[]>,
      string[][],
    ];
    for (const decimal of ['.', ','] as const) {
      const read = cells.map((cell) => {
        const text = unquote(cell);
        return readNumber(cell, decimal) ?? (isMissing(text) ? null : text);
      });
      expect(found[decimal]).toEqual(read);
    }
    expect(names).toEqual(headers.map((header) => readHeader(header, 1).names));
  });
});

const shared: readonly (ModelSettings & { readonly name: string })[] = [
  {
    name: 'a batch of all 31 rows, class weights, dropout, clipped',
    csv: mixedTable('class', 31),
    columns: mixedColumns('class'),
    options: { classWeights: 'balanced', validation: 0 },
    settings: { dropout: 0.4, clipNorm: 0.1 },
  },
  {
    name: 'shuffled batches of 6, the last of 1 row: one process has none',
    csv: mixedTable('numbers', 31),
    columns: mixedColumns('numbers'),
    options: { validation: 0 },
    settings: {
      batchSize: 6,
      l1: 0.001,
      optimizer: 'momentum',
      schedule: { kind: 'cosine', warmupSteps: 5 },
    },
  },
  {
    name: 'batches of 1 row',
    csv: mixedTable('class', 9),
    columns: mixedColumns('class'),
    options: { validation: 0 },
    settings: { batchSize: 1, dropout: 0.2 },
  },
];

describe('two processes of torchrun', () => {
  const name = hasTorch ? '$name' : '$name (skipped: python3 has no torch)';
  // A second a process to start; the smallest batch is left to the whole of the tests.
  const chosen = process.env.HANDGRAD_FULL ? shared : shared.slice(0, -1);
  it.skipIf(!hasTorch).each(chosen)(
    name,
    async (wanted) => {
      const { model } = await trainModel(wanted);
      const longer = { ...wanted, settings: { ...wanted.settings, steps: 50 } };
      const { result } = await trainModel({ ...longer, from: model });
      const script = written('shared.py', writePytorch(model));
      const launcher = ['-m', 'torch.distributed.run', '--standalone', '--nproc-per-node', '2'];
      const args = ['train', written('shared.csv', wanted.csv), '--steps', '30', '--device', 'cpu'];
      const { status, stdout, stderr } = await runPython([...launcher, script, ...args]);
      expect(status, stderr).toBe(0);
      const printed = printedLosses(stdout);
      expect([...printed.keys()]).toEqual(Array.from({ length: 30 }, (_, i) => 20 + i));
      const worst = Math.max(...[...printed].map(([step, loss]) => Math.abs(loss / result.losses[step] - 1)));
      console.log(`torchrun, ${wanted.name}: losses within ${worst.toExponential(1)} of handgrad’s`);
      expect(worst).toBeLessThan(1e-6);
    },
    120_000,
  );
});

describe('the text of a script', () => {
  const folderOfTemplates = join(import.meta.dirname, '../../src/exchange/python');
  const steps = readFileSync(join(folderOfTemplates, 'steps.py'), 'utf8');

  it.each(['pytorch', 'numpy'])('spells every activation, loss, optimizer and schedule: %s', (name) => {
    const own = ['activations', 'network', 'ensemble'].map((part) =>
      readFileSync(join(folderOfTemplates, `${name}-${part}.py`), 'utf8'),
    );
    const template = own.join('\n') + steps;
    const spelled = new Set(
      [...template.matchAll(/# only: (.*)$/gm)].flatMap(([, names]) => names.split(', ')),
    );
    const all = [
      ...activationNames.map((each) => `activation ${each}`),
      ...lossNames.map((each) => `loss ${each}`),
      ...optimizerNames.map((each) => `optimizer ${each}`),
      ...scheduleNames.map((each) => `schedule ${each}`),
    ];
    expect(all.filter((each) => !spelled.has(each))).toEqual([]);
  });

  it('marks parts of a template that end', () => {
    for (const name of readdirSync(folderOfTemplates)) {
      const text = readFileSync(join(folderOfTemplates, name), 'utf8');
      const count = (pattern: RegExp) => [...text.matchAll(pattern)].length;
      expect(count(/^\s*# only: /gm)).toBe(count(/^\s*# end$/gm));
    }
  });

  it('writes texts, numbers and lists down as Python reads them', () => {
    expect(pythonLiteral('a"\\\n\u0000é\u2028🙂\ud800')).toBe(
      String.raw`"a\"\\\n\x00\xe9\u2028\U0001f642\ud800"`,
    );
    expect(pythonLiteral([null, true, false, 1e21, 1e-7, -0, Infinity])).toBe(
      '[None, True, False, 1e+21, 1e-7, -0.0, 1e999]',
    );
    // As whole numbers the digits would be exact, and another number than the float64 of a cell.
    expect(pythonLiteral([2 ** 53 - 1, 2 ** 53, 1.2345678901234568e20])).toBe(
      '[9007199254740991, 9007199254740992.0, 123456789012345680000.0]',
    );
    expect(
      pythonLiteral(
        new Map<string | number, string>([
          ['__proto__', 'a'],
          [7, 'b'],
        ]),
      ),
    ).toBe('{"__proto__": "a", 7: "b"}');
    expect(pythonLiteral(['x'.repeat(60), 'y'.repeat(60)])).toBe(
      `[\n    "${'x'.repeat(60)}",\n    "${'y'.repeat(60)}",\n]`,
    );
  });

  const title = 'has what a person wrote in string literals only';
  it.skipIf(!hasNumpy)(hasNumpy ? title : `${title} (skipped: no python3)`, async () => {
    const { model } = await trainModel({ csv: hostileTable() });
    const hostile = {
      ...model,
      madeBy: '"""\nimport os # ',
      table: { ...model.table, name: '"""\n# x.csv' },
    };
    for (const write of [writePytorch, writeNumpy]) {
      const source = write(hostile);
      expect(source).toMatch(/^[\n\x20-\x7e]*$/);
      const program = `
import ast, io, json, sys, tokenize
task = json.load(sys.stdin)
tokens = list(tokenize.generate_tokens(io.StringIO(task["source"]).readline))
bare = [token.string for token in tokens if token.type in (tokenize.NAME, tokenize.COMMENT, tokenize.OP)]
texts = {node.value for node in ast.walk(ast.parse(task["source"])) if isinstance(node, ast.Constant)}
print(json.dumps({
    "bare": [text for text in task["texts"] for each in bare if text.strip() in each],
    "lacking": [text for text in task["texts"] if text.strip() not in texts],
    "imports": sorted({name.name for node in ast.walk(ast.parse(task["source"])) if isinstance(node, ast.Import) for name in node.names}),
}))`;
      const { stdout, stderr } = await runPython(
        ['-c', program],
        JSON.stringify({ source, texts: [...hostileTexts, hostile.table.name] }),
      );
      expect(stderr).toBe('');
      const found = JSON.parse(stdout) as { bare: string[]; lacking: string[]; imports: string[] };
      expect(found.bare).toEqual([]);
      expect(found.lacking).toEqual([]);
      const own = [
        'argparse',
        'array',
        'base64',
        'collections',
        'csv',
        'io',
        'itertools',
        'math',
        'os',
        're',
        'sys',
      ];
      const foreign = write === writePytorch ? 'torch' : 'numpy';
      expect(found.imports).toEqual([...own, foreign].toSorted());
    }
  });
});
