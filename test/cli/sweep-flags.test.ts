import { Command } from 'commander';
import { describe, expect, it, test } from 'vitest';
import { UsageError } from '../../src/cli/flags.ts';
import { addNetworkFlags, type NetworkFlags } from '../../src/cli/network-flags.ts';
import { addSweepFlags, sweepSettingsOf, type SweepFlags } from '../../src/cli/sweep-flags.ts';
import { addTableFlags, type TableFlags } from '../../src/cli/table-flags.ts';
import { addTrainCommand } from '../../src/cli/train-command.ts';
import { openTable, prepareTable } from '../../src/cli/train-data.ts';
import { settingsOf } from '../../src/cli/train-settings.ts';
import { expandSweep, settingsOfSample, type SweepSettings } from '../../src/index.ts';

const { signal } = new AbortController();

function parse(command: Command, line: string) {
  command.exitOverride().configureOutput({ writeErr: () => {} });
  return command.parse(line.split(' ').filter(Boolean), { from: 'user' }).opts();
}

const sweepFlags = (line: string) => parse(addSweepFlags(new Command('sweep')), line) as SweepFlags;
const trainFlags = (line: string) =>
  parse(addNetworkFlags(addTableFlags(new Command('train'))), line) as TableFlags & NetworkFlags;

async function openIris(flags: TableFlags) {
  const opened = await openTable(undefined, { sample: 'iris', ...flags }, signal);
  if (!opened.sample) throw new Error('iris is a sample');
  return { dataset: prepareTable(opened, flags, undefined), ofSample: settingsOfSample(opened.sample) };
}

async function settingsFor(line: string): Promise<SweepSettings> {
  const flags = sweepFlags(line);
  const { dataset, ofSample } = await openIris({ ...(flags.seed !== undefined && { seed: flags.seed }) });
  return sweepSettingsOf(flags, dataset, ofSample);
}

describe('the flags of a sweep', () => {
  it('are those of train, but for what is printed and kept of one run', () => {
    const program = new Command();
    addTrainCommand(program, signal);
    const longs = (command: Command) => command.options.map(({ long }) => long);
    const ofTrain = longs(program.commands[0]);
    const ofSweep = longs(addSweepFlags(new Command('sweep')));
    const ofOneRun = ['--log-every', '--json', '--save', '--continue', '--certificate'];
    expect(new Set(ofTrain.filter((long) => !ofSweep.includes(long)))).toEqual(new Set(ofOneRun));
    expect(ofSweep.filter((long) => !ofTrain.includes(long))).toEqual(['--seeds', '--random']);
  });

  const single = [
    '',
    '--hidden 5 --activation relu --learning-rate 0.1',
    '--hidden 16,8 --activation relu,tanh --init he-normal --no-bias',
    '--hidden none --optimizer sgd',
    '--optimizer rmsprop --momentum 0.5 --beta2 0.9 --epsilon 1e-6 --weight-decay 0.1 --l1 1e-3',
    '--optimizer adamw --beta1 0.8 --steps 70 --batch-size full --clip 1 --schedule cosine --dropout 0.2',
    '--epochs 3 --batch-size 10 --no-shuffle --seed 8',
  ];
  test.each(single)('with one value each are the settings of train: %s', async (line) => {
    const { dataset, ofSample } = await openIris({});
    expect(await sweepSettingsOf(sweepFlags(line), dataset, ofSample)).toEqual({
      base: settingsOf(trainFlags(line), dataset, ofSample),
      axes: [],
      search: { kind: 'grid' },
    });
  });

  it('with several are swept', async () => {
    const line =
      '--seeds 1..256 --learning-rate 0.001..1:log:8 --hidden 3/5/8 --activation relu/tanh,tanh --optimizer sgd/adam ' +
      '--momentum 0.1/0.2 --beta1 0.5/0.6 --beta2 0.7/0.8 --epsilon 0/1 --weight-decay 0/0.1 --l1 0..1:linear:2 ' +
      '--init pytorch/he-normal';
    const { axes } = await settingsFor(line);
    const list = (...values: readonly unknown[]) => ({ kind: 'list', values });
    expect(Object.fromEntries(axes.map(({ name, values }) => [name, values]))).toMatchObject({
      hidden: list([3], [5], [8]),
      activations: list(['relu'], ['tanh', 'tanh']),
      optimizer: list('sgd', 'adam'),
      initializer: list('pytorch', 'he-normal'),
      learningRate: { values: { length: 8, 0: 0.001, 7: 1 } },
      momentum: list(0.1, 0.2),
      beta1: list(0.5, 0.6),
      beta2: list(0.7, 0.8),
      epsilon: list(0, 1),
      weightDecay: list(0, 0.1),
      l1: list(0, 1),
      seed: { from: 1, to: 256, isWhole: true },
    });
  });

  it('come to the networks they say; what is not swept is as train has it', async () => {
    const line = '--seeds 1..4 --learning-rate 0.001..1:log:4 --hidden 3/5/8 --steps 20';
    const { networks, populations } = expandSweep(await settingsFor(line), 3);
    expect(networks).toHaveLength(48);
    expect(populations.map(({ job }) => job.layers[0].units)).toEqual([3, 5, 8]);
    const { dataset, ofSample } = await openIris({});
    expect(networks[13].settings).toEqual(
      settingsOf(trainFlags('--seed 2 --learning-rate 1 --hidden 3 --steps 20'), dataset, ofSample),
    );
  });

  it('split the rows by --seed, whatever seeds are swept, and draw a random search by it', async () => {
    const line = '--seed 9 --seeds 3 --learning-rate 0.001..1:log --random 5';
    const { base, search } = await settingsFor(line);
    expect(base.seed).toBe(3);
    expect(search).toEqual({ kind: 'random', count: 5, seed: 9 });
    expect(sweepFlags(line).seed).toBe(9);
    const swept = await settingsFor('--seed 9 --seeds 3/4');
    expect(swept.base.seed).toBe(9);
    expect(expandSweep(swept, 3).networks.map(({ settings }) => settings.seed)).toEqual([3, 4]);
  });

  it('with several optimizers keep one learning rate; with one have its own', async () => {
    const { base: shared } = await settingsFor('--optimizer sgd/momentum');
    expect(shared.learningRate).toBe((await settingsFor('')).base.learningRate);
    expect((await settingsFor('--optimizer sgd')).base.learningRate).toBe(0.05);
  });

  const mistakes: [line: string, said: string][] = [
    [
      '--learning-rate 1..0.001:log:8',
      '--learning-rate cannot take "1..0.001:log:8": the range begins at 1 and ends',
    ],
    ['--learning-rate 0..1:log:8', 'begins at 0. Begin above 0 (0.001..1:log:8).'],
    ['--momentum 0..1:linear:3', '--momentum must be a number of 0 or more and below 1, not "1".'],
    ['--seeds 9..1', '--seeds cannot take "9..1": the range begins at 9 and ends below, at 1. Write 1..9.'],
    ['--seeds x', '--seeds must be a whole number from 0 to 4,294,967,295, not "x". Write from..to (1..256)'],
    ['--hidden 3//5', '--hidden has an empty value in "3//5".'],
    ['--activation relu/sigmod', '--activation must be one of sigmoid, '],
    ['--optimizer sgd,adam', '--optimizer must be one of sgd, momentum, '],
    ['--init pytorch/pytorch', '--init has pytorch twice in "pytorch/pytorch". Write it once.'],
    ['--random 0', '--random must be a whole number from 1 to 65,536, not "0".'],
    [
      '--dropout 0.1/0.2',
      '--dropout cannot be swept: it takes one value, not "0.1/0.2". What can be swept: --hidden,',
    ],
    ['--batch-size 8/16', '--batch-size cannot be swept: it takes one value, not "8/16".'],
    ['--steps 10..20', '--steps cannot be swept'],
    ['--scale none/standard', '--scale cannot be swept'],
    ['--dropout 2', '--dropout must be a number of 0 or more and below 1, not "2".'],
    ['--type a/b', '--type must name a column'],
    ['--seed 1..4', 'takes one number, not "1..4". For networks of several seeds write --seeds 1..4.'],
    ['--seed x', '--seed must be a whole number'],
    ['--random 1.5', '--random must be a whole number from 1 to 65,536, not "1.5".'],
  ];
  test.each(mistakes)('refuse %s', (line, said) => {
    expect(() => sweepFlags(line)).toThrow(UsageError);
    expect(() => sweepFlags(line)).toThrow(said);
  });

  it('refuse several shapes for the parameters of one file, and a file that is not there', async () => {
    await expect(settingsFor('--initial-parameters w.safetensors --hidden 3/4')).rejects.toThrow(
      '--initial-parameters are those of one network, and --hidden has several here.',
    );
    await expect(settingsFor('--initial-parameters nowhere/w.safetensors')).rejects.toThrow(
      'The file "nowhere/w.safetensors" cannot be read',
    );
  });
});
