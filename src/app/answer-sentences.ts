// What a network answers, in words and figures; of an ensemble with how far its networks are apart.

import type { Answer, AnswerProbability } from '../index.ts';
import { countOf, percent, significant } from './format.ts';

/** In the units of the table: as many digits as a table of them shows. */
const DIGITS = 6;
/** Of a spread; what it stands behind has no digit beyond them. */
const SPREAD_DIGITS = 2;
const LEAST_DIGITS = 2;

/** `species: setosa, 97.3 % ± 1.2 %`; `price: 1,203.45`. */
export function answerText(answer: Answer): string {
  const chosen = chosenOf(answer);
  return `${answer.target}: ${valueText(answer)}${chosen ? `, ${probabilityText(chosen)}` : ''}`;
}

/** The probability of what is answered; undefined where that is a number, or a 0. */
export function chosenOf({ value, probabilities }: Answer): AnswerProbability | undefined {
  return probabilities.find(({ of }) => of === value);
}

/** `setosa`; `1,203.45`; `1,203 ± 12`. */
export function valueText({ value, spread }: Pick<Answer, 'value' | 'spread'>): string {
  if (typeof value !== 'number') return value === '' ? 'no prediction' : value;
  if (spread === undefined) return significant(value, DIGITS);
  return `${significant(value, digitsBeside(value, spread))} ± ${significant(spread, SPREAD_DIGITS)}`;
}

/** `97.3 %`; `97.3 % ± 1.2 %`. */
export function probabilityText({ probability, spread }: Omit<AnswerProbability, 'of'>): string {
  return percent(probability) + (spread === undefined ? '' : ` ± ${percent(spread)}`);
}

/** What ± means; undefined where nothing stands behind one. */
export function spreadSentence(answers: readonly Answer[], memberCount: number): string | undefined {
  const isSpread = answers.some(
    ({ spread, probabilities }) => spread !== undefined || probabilities[0]?.spread !== undefined,
  );
  return isSpread ? `± is the standard deviation over the ${countOf(memberCount, 'network')}.` : undefined;
}

/** As many that the last one stands where the spread's last one does. */
function digitsBeside(value: number, spread: number): number {
  if (spread === 0 || value === 0 || !Number.isFinite(value / spread)) return DIGITS;
  const [ofValue, ofSpread] = [value, spread].map((each) => Math.floor(Math.log10(Math.abs(each))));
  return Math.min(DIGITS, Math.max(LEAST_DIGITS, ofValue - ofSpread + SPREAD_DIGITS));
}
