import { InputError } from './errors.ts';
import { intervalText, isWithin, type Interval } from './interval.ts';
import { MAX_LAYERS, MAX_NETWORKS, MAX_UNITS } from './job-rules.ts';
import { countOf, formatCount, quote } from './wording.ts';

/** Values a swept setting takes one after the other. */
export interface ValueList<Value> {
  readonly kind: 'list';
  readonly values: readonly Value[];
}

/** Numbers between two ends, which are among them: every whole one, or what a random search draws. */
export interface ValueRange {
  readonly kind: 'range';
  readonly from: number;
  readonly to: number;
  /** Whether a draw is uniform in the number or in its logarithm. */
  readonly scale: 'linear' | 'log';
  readonly isWhole: boolean;
}

/** What a person wrote for a swept setting. */
export type SweepValues<Value> = ValueList<Value> | (Value extends number ? ValueRange : never);

/** Between two values; "," is between layers. */
const SEPARATOR = '/';
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** Of a spaced value: 0.001..1:log:4 has 0.01 in it, where a quotient of float64 has 0.009999999999999998. */
const DIGITS = 12;
/** Of a value in a table of results. */
const SHOWN_DIGITS = 4;

const WHOLE_FORMS = 'Write from..to (1..256), from..to:linear:count, or values with / between them (1/2/3)';
const NUMBER_FORMS =
  'Write from..to:log:count (0.001..1:log:8), from..to:linear:count, or values with / between them (0.1/0.01)';

/**
 * Reads numbers: `0.1`, `0.1/0.01`, `0.001..1:log:8` (so many, geometric, both ends exact), `0..0.9:linear:10`; without
 * a count (`0.001..1:log`, `0..1`) they are a range to draw from.
 *
 * @param what the setting as a sentence begins with it: `The learning rate`, `--learning-rate`
 * @throws InputError that names the text and what to write
 */
export function readNumberValues(what: string, text: string, accepted: Interval): SweepValues<number> {
  const forms = { what, accepted, isWhole: false, howToWrite: NUMBER_FORMS };
  return isRange(text) ? readRange(text.trim(), forms) : readList(text, forms, readNumber);
}

/** The same for whole numbers: `7`, `1/2/3`, `1..256`, `1..1000:linear:10`. @throws InputError */
export function readWholeValues(what: string, text: string, accepted: Interval): SweepValues<number> {
  const forms = { what, accepted, isWhole: true, howToWrite: WHOLE_FORMS };
  return isRange(text) ? readRange(text.trim(), forms) : readList(text, forms, readNumber);
}

/** Reads words: `sgd/adam`. @throws InputError */
export function readWords<Name extends string>(
  what: string,
  text: string,
  accepted: readonly Name[],
): ValueList<Name> {
  const howToWrite = `Write one of ${accepted.join(', ')}, or several with / between them`;
  return readList(text, { what, howToWrite }, (entry) => readWord(what, entry, accepted));
}

/** Reads words, or one for each layer: `relu/tanh`, `relu,tanh/sigmoid`. @throws InputError */
export function readWordsOfLayers<Name extends string>(
  what: string,
  text: string,
  accepted: readonly Name[],
): ValueList<readonly Name[]> {
  const howToWrite =
    'Write a name, or one for each layer with commas between them; several with / between them (relu,tanh/sigmoid)';
  return readList(text, { what, howToWrite }, (entry) =>
    entry.split(',').map((word) => readWord(what, word.trim(), accepted)),
  );
}

/** Reads the units of hidden layers: `3/5/8`, `16,8/32`, `none/8`. @throws InputError */
export function readHiddenLayers(what: string, text: string): ValueList<readonly number[]> {
  const howToWrite =
    'Write the units of each layer with commas between them, or none; several with / between them (16,8/32)';
  return readList(text, { what, howToWrite }, (entry) => {
    if (entry === 'none') return [];
    const layers = entry.split(',');
    if (layers.length > MAX_LAYERS - 1) {
      throw new InputError(
        `${what} takes at most ${formatCount(MAX_LAYERS - 1)} hidden layers, not ${formatCount(layers.length)}. ` +
          'Use fewer.',
      );
    }
    return layers.map((layer) => {
      const units = /^\s*\d+\s*$/.test(layer) ? Number(layer) : NaN;
      if (units >= 1 && units <= MAX_UNITS) return units;
      throw new InputError(
        `${what} must be units from 1 to ${formatCount(MAX_UNITS)}, not ${quote(entry)}. ${howToWrite}.`,
      );
    });
  });
}

/** A value as a person writes it: `0.1`, `16,8`, `none`. */
export function sweptText(value: number | string | readonly (number | string)[]): string {
  if (typeof value !== 'object') return String(value);
  return value.length === 0 ? 'none' : value.join(',');
}

/**
 * The same where it is read and not copied: of a number with decimals the first four digits that count. What is below 1
 * does not read as 1: 0.99995 stays as it is.
 *
 * @param text as `sweptText` writes it
 */
export function shortSweptText(text: string): string {
  const value = NUMBER.test(text) ? Number(text) : NaN;
  if (Number.isNaN(value) || Number.isInteger(value)) return text;
  let short: number;
  let digits = SHOWN_DIGITS;
  do short = Number(value.toPrecision(digits++));
  while (Number.isInteger(short) && Math.abs(value) < 1);
  return String(short);
}

/** One of the numbers of a range. @param share from 0 to 1: where between the ends, on the scale of the range */
export function numberWithin({ from, to, scale, isWhole }: ValueRange, share: number): number {
  if (share === 0) return from;
  if (share === 1) return to;
  const between =
    scale === 'log'
      ? // Not a power of to / from, which may be infinite.
        Math.exp(Math.log(from) + share * (Math.log(to) - Math.log(from)))
      : from + share * (to - from);
  const rounded = isWhole ? Math.round(between) : Number(between.toPrecision(DIGITS));
  return Math.min(Math.max(rounded, from), to);
}

/** Which setting is read, and what may be written. */
interface Forms {
  readonly what: string;
  readonly howToWrite: string;
}

interface NumberForms extends Forms {
  readonly accepted: Interval;
  readonly isWhole: boolean;
}

function readList<Value extends number | string | readonly (number | string)[], OfForms extends Forms>(
  text: string,
  forms: OfForms,
  readOne: (entry: string, forms: OfForms) => Value,
): ValueList<Value> {
  const { what, howToWrite } = forms;
  if (text.trim() === '') throw new InputError(`${what} is empty. ${howToWrite}.`);
  const entries = text.split(SEPARATOR);
  if (entries.length > MAX_NETWORKS) {
    throw new InputError(
      `${what} takes at most ${formatCount(MAX_NETWORKS)} values, not ${formatCount(entries.length)}. Use fewer.`,
    );
  }
  const values = entries.map((entry) => {
    if (entry.trim() !== '') return readOne(entry.trim(), forms);
    throw new InputError(`${what} has an empty value in ${quote(text)}. ${howToWrite}.`);
  });
  const seen = new Set<string>();
  for (const written of values.map(sweptText)) {
    if (seen.has(written)) {
      throw new InputError(`${what} has ${written} twice in ${quote(text)}. Write it once.`);
    }
    seen.add(written);
  }
  return { kind: 'list', values };
}

function readWord<Name extends string>(what: string, text: string, accepted: readonly Name[]): Name {
  const name = accepted.find((word) => word === text);
  if (name !== undefined) return name;
  throw new InputError(`${what} must be one of ${accepted.join(', ')}, not ${quote(text)}.`);
}

function readNumber(text: string, forms: NumberForms): number {
  const value = parseNumber(text, forms);
  requireAccepted(value, text, forms);
  return value;
}

function parseNumber(text: string, { what, accepted, isWhole, howToWrite }: NumberForms): number {
  if (NUMBER.test(text)) return Number(text);
  const kind = isWhole ? wholeText(accepted) : intervalText(accepted);
  throw new InputError(`${what} must be ${kind}, not ${quote(text)}. ${howToWrite}.`);
}

function requireAccepted(value: number, text: string, { what, accepted, isWhole }: NumberForms): void {
  if (isWithin(value, accepted) && (!isWhole || Number.isInteger(value))) return;
  const kind = isWhole ? wholeText(accepted) : intervalText(accepted);
  throw new InputError(`${what} must be ${kind}, not ${quote(text)}.`);
}

function wholeText({ least = -Infinity, most = Infinity }: Interval): string {
  return `a whole number from ${formatCount(least)} to ${formatCount(most)}`;
}

function isRange(text: string): boolean {
  return text.includes('..') || text.includes(':');
}

function readRange(text: string, forms: NumberForms): SweepValues<number> {
  const { what, isWhole, howToWrite } = forms;
  const refuse = (why: string, remedy: string = howToWrite): never => {
    throw new InputError(`${what} cannot take ${quote(text)}: ${why}. ${remedy}.`);
  };
  if (text.includes(SEPARATOR)) return refuse('it is a list and a range at once', 'Write one of them');
  const [endsText, scale = 'linear', countText, ...rest] = text.split(':').map((part) => part.trim());
  const ends = endsText.split('..');
  if (ends.length === 1) return refuse('a scale and a count belong to a range, which has two ends');
  if (ends.length > 2) return refuse('a range has two ends');
  if (endsText.includes('...')) {
    return refuse('there are three dots', 'Write a digit on both sides of a decimal point: 0.5..1.0');
  }
  if (ends.some((end) => end.trim() === '')) return refuse('an end of the range is empty');
  if (rest.length > 0) return refuse('behind the ends come a scale and a count, nothing else');
  if (scale !== 'linear' && scale !== 'log') {
    return refuse(`its scale is ${quote(scale)}`, 'A scale is linear or log');
  }
  if (isWhole && scale === 'log') {
    return refuse('whole numbers lie on a linear scale', `Write ${endsText}:linear:8`);
  }
  const [from, to] = ends.map((end) => parseNumber(end.trim(), forms));
  requireOrder({ from, to, scale }, forms, text);
  ends.forEach((end, index) => requireAccepted([from, to][index], end.trim(), forms));
  const range = { kind: 'range', from, to, scale, isWhole } as const;
  if (countText !== undefined) return spacedValues(range, { text, what, countText });
  return from === to ? { kind: 'list', values: [from] } : range;
}

/** @throws InputError for a reversed range, and for what has no logarithm */
function requireOrder(
  { from, to, scale }: Omit<ValueRange, 'kind' | 'isWhole'>,
  { what, accepted }: NumberForms,
  text: string,
): void {
  const behind = text.includes(':') ? text.slice(text.indexOf(':')) : '';
  if (from > to) {
    throw new InputError(
      `${what} cannot take ${quote(text)}: the range begins at ${from} and ends below, at ${to}. ` +
        `Write ${to}..${from}${behind}.`,
    );
  }
  if (scale === 'linear' || from > 0) return;
  const begin = to > 0 ? Number((to / 1000).toPrecision(3)) : 0.001;
  const remedies = [
    `Begin above 0 (${begin}..${to > 0 ? to : 1}${behind})`,
    ...(isWithin(from, accepted) ? [`write ${from}..${to}${behind.replace('log', 'linear')}`] : []),
  ];
  throw new InputError(
    `${what} cannot take ${quote(text)}: a log range has ends above 0, and this one begins at ${from}. ` +
      `${remedies.join(', or ')}.`,
  );
}

/** So many numbers from one end of a range to the other. @throws InputError where it does not hold as many */
function spacedValues(
  range: ValueRange,
  { text, what, countText }: { readonly text: string; readonly what: string; readonly countText: string },
): ValueList<number> {
  const { from, to, isWhole } = range;
  const refuse = (why: string, remedy: string): never => {
    throw new InputError(`${what} cannot take ${quote(text)}: ${why}. ${remedy}.`);
  };
  const valueCount = NUMBER.test(countText) ? Number(countText) : NaN;
  if (!Number.isInteger(valueCount) || valueCount < 1 || valueCount > MAX_NETWORKS) {
    const given = countText === '' ? 'empty' : quote(countText);
    return refuse(
      `its count is ${given}`,
      `A count is a whole number from 1 to ${formatCount(MAX_NETWORKS)}`,
    );
  }
  if (from === to && valueCount > 1) {
    return refuse(
      `both ends are ${from}, which is 1 value and not ${formatCount(valueCount)}`,
      `Write ${from} alone, or another end`,
    );
  }
  if (from < to && valueCount === 1) {
    return refuse('1 value cannot be both ends', `Use a count of 2 or more, or write ${from} alone`);
  }
  if (isWhole && valueCount > to - from + 1) {
    return refuse(
      `from ${formatCount(from)} to ${formatCount(to)} there are ${countOf(to - from + 1, 'whole number')}, not ` +
        formatCount(valueCount),
      `Write ${from}..${to}, or a smaller count`,
    );
  }
  const values = Array.from({ length: valueCount }, (_, i) =>
    numberWithin(range, valueCount === 1 ? 0 : i / (valueCount - 1)),
  );
  if (new Set(values).size < valueCount) {
    return refuse(
      `its ends are too close for ${formatCount(valueCount)} values of ${DIGITS} digits`,
      'Use a smaller count, or ends further apart',
    );
  }
  return { kind: 'list', values };
}
