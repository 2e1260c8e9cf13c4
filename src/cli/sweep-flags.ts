import type { Command, Option } from 'commander';
import {
  expandSweep,
  InputError,
  jobOf,
  MAX_NETWORKS,
  MAX_SEED,
  readSweepAxis,
  sweptNames,
  type Dataset,
  type JobSettings,
  type SweepAxis,
  type SweepSettings,
  type SweepValues,
  type SweptName,
  type SweptSettings,
} from '../index.ts';
import {
  backendOption,
  precisionOption,
  strategyOption,
  UsageError,
  wholeNumber,
  type BackendFlag,
  type GpuFlags,
} from './flags.ts';
import { addNetworkFlags, type NetworkFlags } from './network-flags.ts';
import { addTableFlags, type TableFlags } from './table-flags.ts';
import { readInitialParameters } from './train-data.ts';
import { settingsOf } from './train-settings.ts';
import { count, kebab, printable, quoted } from './wording.ts';

/** What a flag of `train` is called in commander, by the setting it sweeps. */
export const flagOf = {
  hidden: 'hidden',
  activations: 'activation',
  optimizer: 'optimizer',
  initializer: 'init',
  learningRate: 'learningRate',
  momentum: 'momentum',
  beta1: 'beta1',
  beta2: 'beta2',
  epsilon: 'epsilon',
  weightDecay: 'weightDecay',
  l1: 'l1',
  seed: 'seeds',
} as const satisfies Record<SweptName, string>;

/** Several values, as a person writes them in such a flag. */
const examples: Readonly<Record<Exclude<SweptName, 'seed'>, string>> = {
  hidden: '3/5/8 or 16,8/32',
  activations: 'relu/tanh',
  optimizer: 'sgd/adam (with one learning rate for all, by default 0.01)',
  initializer: 'pytorch/he-normal',
  learningRate: '0.001..1:log:8 or 0.1/0.01',
  momentum: '0..0.9:linear:10',
  beta1: '0.8/0.9',
  beta2: '0.99/0.999',
  epsilon: '1e-8/1e-4',
  weightDecay: '0/0.01/0.1',
  l1: '0/0.001',
};

const sweptFlags = sweptNames.map((name) => `--${kebab(flagOf[name])}`);
/** How several values are written. */
const SEVERAL = /\/|\.\./;
/** Flags in whose text that means nothing. */
const FREE_TEXT: readonly string[] = ['type', 'delimiter', 'decimal'];

type SweptFlags = {
  readonly [Name in SweptName as (typeof flagOf)[Name]]?: SweepValues<SweptSettings[Name]>;
};

/** What a person says of a sweep: every flag of `train`, those of swept settings with several values. */
export interface SweepFlags extends TableFlags, Omit<NetworkFlags, keyof SweptFlags>, GpuFlags, SweptFlags {
  readonly backend: BackendFlag;
  readonly random?: number;
}

/** Adds the flags of a sweep: what `train` takes of table, network and path, with several values where they are swept. */
export function addSweepFlags(command: Command): Command {
  command
    .optionsGroup('The sweep:')
    .option(
      '--seeds <range>',
      `one network for each seed: 1..256, 1..1000:linear:10, 1/2/3 (0 to ${count(MAX_SEED)}); --seed splits the rows ` +
        'for all of them',
      valuesOf('seed', '--seeds'),
    )
    .option(
      '--random <networks>',
      'draw so many networks in place of training every combination: from lists, and from ranges such as ' +
        '0.001..1:log; --seed draws them',
      wholeNumber('--random', 1, MAX_NETWORKS),
    );
  addNetworkFlags(addTableFlags(command));
  for (const option of command.options) {
    const name = sweptNames.find((each) => flagOf[each] === option.attributeName());
    if (name === undefined) refuseSeveral(option);
    if (name === undefined || name === 'seed') continue;
    option.argParser(valuesOf(name, option.long ?? option.flags));
    option.description += `; several: ${examples[name]}`;
  }
  return command
    .optionsGroup('Where:')
    .addOption(backendOption())
    .addOption(strategyOption())
    .addOption(precisionOption());
}

/** Says of several values for a flag that takes one what can be swept. */
function refuseSeveral(option: Option): void {
  const { parseArg, long, flags } = option;
  if (!parseArg || FREE_TEXT.includes(option.attributeName())) return;
  option.argParser((text, before: unknown) => {
    try {
      return parseArg(text, before);
    } catch (error) {
      if (!(error instanceof UsageError) || !SEVERAL.test(text)) throw error;
      const flag = long ?? flags;
      throw new UsageError(
        flag === '--seed'
          ? `--seed splits the rows and takes one number, not ${quoted(text)}. For networks of several seeds write ` +
              `--seeds ${printable(text)}.`
          : `${flag} cannot be swept: it takes one value, not ${quoted(text)}. What can be swept: ${sweptFlags.join(', ')}.`,
      );
    }
  });
}

/** A parser for the values of a swept setting. @throws UsageError */
function valuesOf(name: SweptName, flag: string): (text: string) => SweepAxis['values'] {
  return (text) => {
    try {
      return readSweepAxis(name, text, flag).values;
    } catch (error) {
      throw error instanceof InputError ? new UsageError(error.message) : error;
    }
  };
}

/**
 * The sweep that flags say: a flag with one value is a setting of every network, as `train` has it, and one with
 * several is swept.
 *
 * @throws InputError if the loss does not fit the task or a file cannot be used, UsageError if flags contradict one
 * another
 */
export async function sweepSettingsOf(
  flags: SweepFlags,
  dataset: Dataset,
  ofSample: JobSettings | undefined,
): Promise<SweepSettings> {
  const { axes, single } = sweptOf(flags);
  // What is swept is left out here: the base has what `train` would take without the flag.
  const { seeds, ...ofNetwork } = single;
  const settings = settingsOf({ ...withoutSwept(flags), ...ofNetwork }, dataset, ofSample);
  const base = seeds === undefined ? settings : { ...settings, seed: seeds };
  const { random } = flags;
  return {
    base: { ...base, ...(await initialParametersOf(flags, axes, { base, dataset })) },
    axes,
    search: random === undefined ? { kind: 'grid' } : { kind: 'random', count: random, seed: settings.seed },
  };
}

/** @throws UsageError for values that come to no sweep, whatever the table */
export function requireSweepable(settings: SweepSettings, { training }: Dataset): void {
  try {
    expandSweep(settings, training.outputCount);
  } catch (error) {
    throw error instanceof InputError ? new UsageError(error.message) : error;
  }
}

/** The flags with several values, and the values of those with one. */
function sweptOf(flags: SweptFlags) {
  const axes: SweepAxis[] = [];
  const single: Record<string, unknown> = {};
  for (const name of sweptNames) {
    const values = flags[flagOf[name]];
    if (values?.kind === 'list' && values.values.length === 1) [single[flagOf[name]]] = values.values;
    else if (values) axes.push({ name, values } as SweepAxis);
  }
  return {
    axes,
    single: single as Pick<NetworkFlags, Exclude<keyof SweptFlags, 'seeds'>> & { readonly seeds?: number },
  };
}

function withoutSwept(flags: SweepFlags): Omit<SweepFlags, keyof SweptFlags> {
  const swept: readonly string[] = Object.values(flagOf);
  return Object.fromEntries(Object.entries(flags).filter(([flag]) => !swept.includes(flag))) as Omit<
    SweepFlags,
    keyof SweptFlags
  >;
}

async function initialParametersOf(
  { initialParameters: file }: SweepFlags,
  axes: readonly SweepAxis[],
  { base, dataset: { training } }: { readonly base: JobSettings; readonly dataset: Dataset },
): Promise<Pick<JobSettings, 'initialParameters'>> {
  if (file === undefined) return {};
  if (axes.some(({ name }) => name === 'hidden')) {
    throw new UsageError(
      '--initial-parameters are those of one network, and --hidden has several here. Give it one, or leave the file out.',
    );
  }
  const { layers } = jobOf(base, training.outputCount);
  return { initialParameters: await readInitialParameters(file, training.inputCount, layers) };
}
