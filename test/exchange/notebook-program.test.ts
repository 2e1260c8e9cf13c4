import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataOfStory, jobOfStory, readStory, rowField, weightField } from '../../src/app/notebook-story.ts';
import { errorLine, logStride, trainOnce, writeNotebookProgram } from '../../src/index.ts';
import { hasPython, runScripts, type PythonEnding } from '../support/python.ts';

/** Both in float64, over so many steps, in another order. */
const TOLERANCE = 1e-12;

const cases = {
  'as the notebook has it': [],
  'other rows, activation, units and rate': [
    [rowField(3, 2), '0'],
    [rowField(0, 1), '-1.5'],
    ['activation', 'gelu'],
    ['units', '4'],
    ['seed', '12'],
    ['rate', '0.3'],
    ['steps', '777'],
  ],
  'typed weights': [
    [weightField(4), '-0.625'],
    ['activation', 'leaky-relu'],
    ['steps', '7'],
  ],
} as const;

function storyOf(name: keyof typeof cases) {
  const { values, problems } = readStory(new Map<string, string>(cases[name]));
  expect(problems.size).toBe(0);
  return values;
}

describe.skipIf(!hasPython('torch'))('the notebook’s program for PyTorch', () => {
  const folder = mkdtempSync(join(tmpdir(), 'handgrad-'));
  const names = Object.keys(cases) as (keyof typeof cases)[];
  let endings: PythonEnding[] = [];

  beforeAll(async () => {
    const tasks = names.map((name, place) => {
      const { areWeightsTyped, weights, ...rest } = storyOf(name);
      const script = join(folder, `program-${place}.py`);
      const program = writeNotebookProgram({ ...rest, weights: areWeightsTyped ? weights : undefined });
      writeFileSync(script, program);
      return { script, arguments: [] };
    });
    endings = await runScripts(tasks);
  }, 300_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(names)('prints what handgrad prints: %s', async (name) => {
    const { status, stdout, stderr } = endings[names.indexOf(name)];
    expect(stderr).toBe('');
    expect(status).toBe(0);

    const values = storyOf(name);
    const job = jobOfStory(values);
    const ours = await trainOnce('cpu', job, dataOfStory(values));
    const lines = stdout.trim().split('\n');
    const stride = logStride(job.steps);
    const expected = Array.from({ length: Math.ceil(job.steps / stride) }, (_, index) =>
      errorLine(index * stride, ours.losses[index * stride]),
    );
    expect(lines.slice(0, expected.length)).toEqual(expected);
    const [hidden, output, predictions] = lines
      .slice(expected.length)
      .map((line) => JSON.parse(line.slice(line.indexOf('['))) as number[]);
    const theirs = [...hidden, ...output, ...predictions];
    const figures = [...ours.parameters, ...ours.predictions];
    expect(theirs).toHaveLength(figures.length);
    theirs.forEach((value, i) => expect(Math.abs(value - figures[i])).toBeLessThan(TOLERANCE));
  });
});
