import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { addSweepCommand } from '../../src/cli/sweep-command.ts';
import { addTrainCommand } from '../../src/cli/train-command.ts';
import { trainLine } from '../../src/cli/train-line.ts';
import { suggestedSettings } from '../../src/core/job-settings.ts';

const settings = { ...suggestedSettings('regression', 4), learningRate: 0.1, seed: 1 };
const network = { settings, values: {}, splitSeed: 1, backend: 'cpu', plan: undefined } as const;

describe('the line that trains one network of a sweep', () => {
  test.each([
    ['-or.csv', './-or.csv'],
    ['-', '-'],
    ['or.csv', 'or.csv'],
  ])('names the file %s so that no flag is read', (file, word) => {
    expect(trainLine(file, [], network)).toBe(
      `handgrad train ${word} --learning-rate 0.1 --seed 1 --backend cpu`,
    );
  });

  test('has no flag that train does not know, nor one that prints or keeps, whatever the sweep has', () => {
    const program = new Command();
    const { signal } = new AbortController();
    addTrainCommand(program, signal);
    addSweepCommand(program, signal);
    const [ofTrain, ofSweep] = program.commands;
    const known = new Set(ofTrain.options.map(({ long }) => long));
    const own = ofSweep.options.filter(({ long }) => !known.has(long));
    expect(own.map(({ long }) => long)).toEqual(expect.arrayContaining(['--save-ensemble', '--members']));
    const written = ofSweep.options.flatMap((option) => {
      const { long } = option;
      if (!long) return [];
      return [{ attribute: option.attributeName(), long, text: option.required ? 'told' : undefined }];
    });
    const said = trainLine('t.csv', written, network).match(/--[a-z0-9-]+/g) ?? [];
    expect(said.filter((flag) => !known.has(flag))).toEqual([]);
    expect(said).not.toContain('--json');
    const kept = ['--scale', '--test', '--no-bias', '--precision', '--dropout', '--early-stopping'];
    expect(said).toEqual(expect.arrayContaining(kept));
  });
});
