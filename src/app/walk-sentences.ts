import {
  axesOf,
  entryFormula,
  notationOf,
  number,
  optimizers,
  rateLetters,
  sizesOf,
  sourcesOf,
  type EntryTerms,
  type Formula,
  type Optimizer,
  type RateFormulas,
  type RateName,
  type TracedEntry,
  type TracedPlace,
  type TraceRange,
  type TraceSource,
} from '../index.ts';
import type { WalkMatrix, WalkSheet } from '../worker/client.ts';
import { count, properMinus, significant } from './format.ts';
import { formulaText } from './formula-text.ts';
import { givenText, shownOf } from './walk-names.ts';

/** Which values the matrices show. */
export const valueNames = ['gpu', 'float64', 'difference'] as const;
export type ValueName = (typeof valueNames)[number];

/** Terms of a sum that a line writes. */
const MOST_TERMS = 6;
/** What float32, and a double beside it, can tell apart. */
const GPU_DIGITS = 9;
const FLOAT64_DIGITS = 12;

/** Where the numbers of a sheet come from, for whoever wonders. */
export function sheetSentence({ step, stepCount, job, networkLabel, adapter, refusal }: WalkSheet): string {
  const isTrained = stepCount > 0;
  // Where the run stands at the end no step begins.
  const isLast = step === job.steps - 1 && stepCount === job.steps;
  const which = `Step ${count(step)}${isLast ? ', the last' : ''} of ${isTrained ? `the run on the ${networkLabel}` : 'a run that has not begun'}`;
  const by = adapter
    ? `by the layered kernels (float32, ${adapter}) and by the reference (float64)`
    : 'by the reference (float64)';
  const from = isTrained ? 'the run’s snapshot before it' : 'the parameters it would begin with';
  const to = isLast ? ` It leads to what stands at ${count(stepCount)}.` : '';
  const sentence = `${which}, recomputed ${by} from ${from}.${to}`;
  return refusal === undefined ? sentence : `${sentence} ${refusal}`;
}

/** The matrix at a place of the step. */
export function matrixAt({ matrices }: WalkSheet, { quantity, layer }: TracedPlace): WalkMatrix | undefined {
  return matrices.find((matrix) => matrix.quantity === quantity && matrix.layer === layer);
}

/** Whether a matrix of the step has such an entry: one that was chosen may be of another network. */
export function hasEntry(sheet: WalkSheet, entry: TracedEntry): boolean {
  const matrix = matrixAt(sheet, entry);
  return matrix !== undefined && entry.row < matrix.rows && entry.column < matrix.columns;
}

/** An entry’s value, or the difference of its two; undefined where it is not shown, or not known. */
export function valueAt(
  matrix: WalkMatrix,
  { row, column }: Pick<TracedEntry, 'row' | 'column'>,
  which: ValueName,
): number | undefined {
  const { shownRows, shownColumns, gpu, float64 } = matrix;
  if (!isWithin(row, shownRows) || !isWithin(column, shownColumns)) return undefined;
  const at = (row - shownRows.first) * shownColumns.count + column - shownColumns.first;
  if (which === 'float64') return float64[at];
  if (!gpu) return undefined;
  return which === 'gpu' ? gpu[at] : gpu[at] - float64[at];
}

/** What a cell says. */
export function cellText(value: number | undefined, which: ValueName): string {
  if (value === undefined) return '';
  return which === 'difference' ? significant(value, 2) : entryText(value);
}

/** Four digits, and no more than it takes to write a whole number. */
function entryText(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e6 ? count(value) : significant(value);
}

/** The entries that an entry was made of; none where it is given. */
export function sourcesIn({ job, inputCount, rowCount }: WalkSheet, entry: TracedEntry): TraceSource[] {
  return sourcesOf(job, sizesOf(job, inputCount, rowCount), entry);
}

/** `g₁₁: 0.5987 = 1 / (1 + e^(−0.4003))`; an entry that is given says by what. */
export function computationText(sheet: WalkSheet, entry: TracedEntry, which: 'gpu' | 'float64'): string {
  const { job } = sheet;
  const matrix = matrixAt(sheet, entry);
  const value = matrix && valueAt(matrix, entry, which);
  const name = formulaText(notationOf(job).entry(entry, entry.row + 1, entry.column + 1));
  if (value === undefined) return `${name} lies outside the window.`;
  const formula = entryFormula(job, termsOf(sheet, which), entry);
  if (!formula) return `${name}: ${entryText(value)}. ${givenText(entry, sheet)}`.trim();
  return `${name}: ${entryText(value)} = ${formulaText(formula)}`;
}

/** A piece of a sentence; one about a matrix leads there. */
export interface SentencePart {
  readonly text: string;
  readonly place: TracedPlace | undefined;
}

/** `Made of 2 entries of x and 2 of v, and 12 more outside the window.` */
export function sourcesSentence(sheet: WalkSheet, entry: TracedEntry): SentencePart[] {
  const { symbol } = notationOf(sheet.job);
  let outside = 0;
  const parts = sourcesIn(sheet, entry).flatMap((source) => {
    const [rows, columns] = axesOf(source);
    const inside =
      overlap(source.rows, shownOf(rows, sheet)) * overlap(source.columns, shownOf(columns, sheet));
    outside += source.rows.count * source.columns.count - inside;
    return inside > 0 ? [{ inside, name: formulaText(symbol(source)), place: source }] : [];
  });
  if (parts.length === 0) {
    return outside > 0 ? [words(`Made of ${count(outside)} entries outside the window.`)] : [];
  }
  const listed = parts.flatMap(({ inside, name, place }, i): SentencePart[] => {
    const what = i > 0 ? '' : inside === 1 ? ' entry' : ' entries';
    const before = i === 0 ? 'Made of ' : i === parts.length - 1 ? ' and ' : ', ';
    return [words(before), { text: `${count(inside)}${what} of ${name}`, place }];
  });
  const more = outside > 0 ? `, and ${count(outside)} more outside the window` : '';
  return [...listed, words(`${more}. ${rememberedText(sheet, entry)}`.trimEnd())];
}

function words(text: string): SentencePart {
  return { text, place: undefined };
}

/** `float32 0.598765434, float64 0.598765432109, difference 1.9e−9` */
export function threeValues(matrix: WalkMatrix, entry: TracedEntry): string {
  const [gpu, float64, difference] = valueNames.map((name) => valueAt(matrix, entry, name));
  if (float64 === undefined) return '';
  const reference = `float64 ${significant(float64, FLOAT64_DIGITS)}`;
  if (gpu === undefined || difference === undefined) return reference;
  return `float32 ${significant(gpu, GPU_DIGITS)}, ${reference}, difference ${significant(difference, 2)}`;
}

/** Where float32 and float64 lie farthest apart. */
export function greatestText({ greatest, rows, columns }: WalkMatrix): string {
  if (!greatest) return '';
  const { difference, row, column } = greatest;
  if (difference === 0) return 'float32 and float64 agree in every digit.';
  const of = [rows > 1 ? `row ${count(row + 1)}` : '', columns > 1 ? `column ${count(column + 1)}` : ''];
  const where = of.filter(Boolean).join(', ');
  return `Greatest difference ${significant(difference, 2)}${where && `, in ${where}`}.`;
}

/** A rate as people set it: what 1 − (1 − 0.9) rounds to is 0.9. */
export function rateText(value: number): string {
  return properMinus(String(Number(value.toPrecision(12))));
}

function termsOf(sheet: WalkSheet, which: 'gpu' | 'float64'): EntryTerms {
  const { job, inputCount, rowCount, rates } = sheet;
  const { first, second } = notationOf(job);
  // Both begin at 0; of a later step a sheet does not have them.
  const isFirst = sheet.step === 0;
  const rateNumbers = Object.entries(rates).map(([name, value]) => [name, number(value, rateText(value))]);
  return {
    sizes: sizesOf(job, inputCount, rowCount),
    leaf: (entry) => {
      const matrix = matrixAt(sheet, entry);
      const value = matrix && valueAt(matrix, entry, which);
      return value === undefined ? undefined : number(value, entryText(value));
    },
    shown: (axis) => {
      const { first: start, count: length } = shownOf(axis, sheet);
      return Array.from({ length: Math.min(length, MOST_TERMS) }, (_, i) => start + i);
    },
    rates: {
      ...rateLetters,
      ...(Object.fromEntries(rateNumbers) as Record<RateName, Formula>),
    } satisfies RateFormulas,
    clipFactor: number(sheet.clipFactor, significant(sheet.clipFactor)),
    lossCount: number(sheet.lossCount, count(sheet.lossCount)),
    first: isFirst ? number(0) : first,
    second: isFirst ? number(0) : second,
  };
}

/** The letters that an update leaves without a number. */
function rememberedText({ job, step }: WalkSheet, { quantity }: TracedEntry): string {
  const { stateCount, label }: Optimizer = optimizers[job.optimizer];
  const isUpdate = quantity === 'updatedWeights' || quantity === 'updatedBiases';
  if (!isUpdate || stateCount === 0 || step === 0) return '';
  const { first, second } = notationOf(job);
  const letters = [first, second].slice(0, stateCount).map(formulaText).join(' and ');
  return `${letters}: what ${label} remembers from the steps before.`;
}

function isWithin(position: number, { first, count: length }: TraceRange): boolean {
  return position >= first && position < first + length;
}

function overlap(a: TraceRange, b: TraceRange): number {
  return Math.max(0, Math.min(a.first + a.count, b.first + b.count) - Math.max(a.first, b.first));
}
