import { MAX_LEARNING_RATE, MIN_LEARNING_RATE, MAX_STEPS, MAX_UNITS } from '../index.ts';
import { count } from './format.ts';

/** A value, or the sentence that says why there is none. */
export type Reading<Value> = Value | Error;

const MOST_HIDDEN_LAYERS = 63;

interface Range {
  readonly least?: number;
  readonly above?: number;
  readonly below?: number;
  readonly most?: number;
}

/** `16, 8` → [16, 8]; empty, `none` and `0` are no hidden layer. */
export function readHidden(text: string): Reading<number[]> {
  const trimmed = text.trim().toLowerCase();
  const entries = ['', 'none', '0'].includes(trimmed) ? [] : text.split(/[,;]/);
  if (entries.length > MOST_HIDDEN_LAYERS) {
    return new Error(
      `At most ${MOST_HIDDEN_LAYERS} hidden layers are accepted, not ${count(entries.length)}.`,
    );
  }
  const units: number[] = [];
  for (const [index, entry] of entries.entries()) {
    const what = entries.length === 1 ? 'Units' : `Units of hidden layer ${index + 1}`;
    if (/^\s*\d+(\s+\d+)+\s*$/.test(entry)) {
      return new Error(`Separate the layers by commas: “${entry.trim().split(/\s+/).join(', ')}”.`);
    }
    const value = readWholeNumber(what, entry, 1, MAX_UNITS);
    if (value instanceof Error) return value;
    units.push(value);
  }
  return units;
}

export function readLearningRate(text: string): Reading<number> {
  const value = readPlainNumber(text);
  if (value >= MIN_LEARNING_RATE && value <= MAX_LEARNING_RATE) return value;
  return new Error(
    `The learning rate must be a number above 0 and at most ${count(MAX_LEARNING_RATE)}, not ${shown(text)}; ` +
      '0.05 is a usual start.',
  );
}

export function readSteps(text: string): Reading<number> {
  return readWholeNumber('Steps', text, 1, MAX_STEPS);
}

export function readWholeNumber(what: string, text: string, least: number, most: number): Reading<number> {
  // Thousands may be separated, as the page itself writes them.
  const isGrouped = /^\s*\d{1,3}(,\d{3})+\s*$/.test(text);
  // 2.000 is two for some and two thousand for others.
  const isWritten = isGrouped || !/[.,]/.test(text);
  const value = isWritten ? readPlainNumber(isGrouped ? text.replaceAll(',', '') : text) : NaN;
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  const plain = /^\s*\d{1,3}(\.\d{3})+\s*$/.test(text) ? text.trim().replaceAll('.', '') : undefined;
  const advice = plain === undefined ? '.' : `: write ${plain}.`;
  return new Error(
    `${what} must be a whole number from ${count(least)} to ${count(most)}, not ${shown(text)}${advice}`,
  );
}

export function readNumber(what: string, text: string, range: Range): Reading<number> {
  const value = readPlainNumber(text);
  const { least = -Infinity, above = -Infinity, below = Infinity, most = Infinity } = range;
  if (Number.isFinite(value) && value >= least && value > above && value < below && value <= most)
    return value;
  return new Error(`${what} must be a number ${describe(range)}, not ${shown(text)}.`);
}

/** Undefined where the field is empty. */
export function orNone<Value>(
  text: string,
  read: (text: string) => Reading<Value>,
): Reading<Value | undefined> {
  return text.trim() === '' ? undefined : read(text);
}

export function readChoice<Name extends string>(
  what: string,
  text: string,
  names: readonly Name[],
): Reading<Name> {
  const name = names.find((each) => each === text.trim());
  return name ?? new Error(`${what} must be one of ${names.join(', ')}, not ${shown(text)}.`);
}

export function readChoices<Name extends string>(
  what: string,
  text: string,
  names: readonly Name[],
): Reading<Name[]> {
  const read = text.split(/[,;]/).map((entry) => readChoice(what, entry, names));
  return read.find((each) => each instanceof Error) ?? (read as Name[]);
}

function describe({ least, above, below, most }: Range): string {
  if (most !== undefined && above !== undefined) return `above ${count(above)} and at most ${count(most)}`;
  if (below !== undefined) return `from ${count(least ?? 0)} to below ${count(below)}`;
  if (most !== undefined) return `from ${count(least ?? 0)} to ${count(most)}`;
  return above !== undefined ? `above ${count(above)}` : `of ${count(least ?? 0)} or more`;
}

function readPlainNumber(text: string): number {
  const isNumber = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text);
  return isNumber ? Number(text) : NaN;
}

/** What a person wrote, short and in one line. */
function shown(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line === '') return 'empty';
  return line.length > 24 ? `“${line.slice(0, 24)}…”` : `“${line}”`;
}
