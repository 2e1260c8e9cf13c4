import { Option } from 'commander';
import {
  gpuStrategies,
  intervalText,
  isWithin,
  precisionNames,
  type Backend,
  type GpuStrategy,
  type Interval,
  type PrecisionName,
} from '../index.ts';
import { count, quoted } from './wording.ts';

/** A flag or an argument that makes no sense, whatever the table: exit status 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A parser for the value of a flag: a whole number, plain or scientific (`1e4`). @throws UsageError */
export function wholeNumber(flag: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = NUMBER.test(text) ? Number(text) : NaN;
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new UsageError(
      `${flag} must be a whole number from ${count(least)} to ${count(most)}, not ${quoted(text)}.`,
    );
  };
}

/** The same for a number in an interval. @throws UsageError */
export function number(flag: string, interval: Interval): (text: string) => number {
  return (text) => {
    const value = NUMBER.test(text) ? Number(text) : NaN;
    if (isWithin(value, interval)) return value;
    throw new UsageError(`${flag} must be ${intervalText(interval)}, not ${quoted(text)}.`);
  };
}

/** `auto` leaves the choice to the planner. */
type StrategyFlag = 'auto' | GpuStrategy;
const strategyWords: readonly StrategyFlag[] = ['auto', ...gpuStrategies];

/** What every command that trains takes of the GPU path. */
export interface GpuFlags {
  readonly strategy: StrategyFlag;
  readonly precision?: PrecisionName;
}

/** @throws UsageError if such a flag was given where that path is not taken */
export function requireNoGpuFlags({ strategy, precision }: GpuFlags, remedy: string): void {
  const given = [strategy !== 'auto' && `--strategy ${strategy}`, precision && `--precision ${precision}`];
  for (const flag of given) {
    if (flag) throw new UsageError(`${flag} is of the GPU path; ${remedy}.`);
  }
}

/** Where a network is trained; `auto` is on a GPU if there is one. */
export type BackendFlag = 'auto' | Backend['name'];
const backendWords: readonly BackendFlag[] = ['auto', 'cpu', 'gpu'];

/** `--backend`, which every command that trains on a table has. */
export function backendOption(): Option {
  return new Option('--backend <path>', 'auto (a GPU if there is one), cpu or gpu')
    .argParser(oneOf('--backend', backendWords))
    .default('auto');
}

/** `--strategy`, which every command that trains has. */
export function strategyOption(): Option {
  return new Option(
    '--strategy <name>',
    `of the GPU: auto (the fastest for the job), ${gpuStrategies.join(', ')}`,
  )
    .argParser(oneOf('--strategy', strategyWords))
    .default('auto');
}

/** `--precision`, beside it. */
export function precisionOption(): Option {
  return new Option(
    '--precision <name>',
    'of the parameters on the GPU: compensated (the default: what rounding takes is kept), float32',
  ).argParser(oneOf('--precision', precisionNames));
}

/** The same for one of a few words. @throws UsageError */
export function oneOf<Name extends string>(flag: string, accepted: readonly Name[]): (text: string) => Name {
  return (text) => {
    const name = accepted.find((word) => word === text);
    if (name !== undefined) return name;
    throw new UsageError(`${flag} must be one of ${accepted.join(', ')}, not ${quoted(text)}.`);
  };
}

/** The same for one or several of a few words: `tanh`, or `relu,tanh`. @throws UsageError */
export function severalOf<Name extends string>(
  flag: string,
  accepted: readonly Name[],
): (text: string) => Name[] {
  const one = oneOf(flag, accepted);
  return (text) => text.split(',').map((part) => one(part.trim()));
}

/** A flag that may be given several times: its values in that order. */
export function collect<Value>(
  parse: (text: string) => Value,
): (text: string, before?: readonly Value[]) => Value[] {
  return (text, before = []) => [...before, parse(text)];
}

/** The same for the units of the hidden layers: `16,8`, or `none`. @throws UsageError */
export function unitsOfLayers(
  flag: string,
  { mostUnits, mostLayers }: { mostUnits: number; mostLayers: number },
): (text: string) => number[] {
  return (text) => {
    if (text === 'none') return [];
    const parts = text.split(',');
    if (parts.length > mostLayers) {
      throw new UsageError(`${flag} takes at most ${count(mostLayers)} layers, not ${count(parts.length)}.`);
    }
    return parts.map((part) => {
      const units = /^\d+$/.test(part) ? Number(part) : NaN;
      if (units >= 1 && units <= mostUnits) return units;
      throw new UsageError(
        `${flag} must be the units of each hidden layer, from 1 to ${count(mostUnits)} and separated by commas ` +
          `(16,8), or none, not ${quoted(text)}.`,
      );
    });
  };
}
