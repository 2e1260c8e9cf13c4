import { entryFormula, type EntryTerms } from './entry-formulas.ts';
import { ellipsis, equation, type Formula } from './formula.ts';
import type { TrainingJob } from './job.ts';
import { rateLetters } from './optimizer-formulas.ts';
import { clipFactorLetter, lossCount, notationOf } from './step-notation.ts';
import { axesOf, lengthOf, sizesOf, type TracedEntry, type TracedPlace } from './trace-sources.ts';

/** Of more, the first two and the last two are written, as the notebook does. */
const MOST_TERMS = 6;
const MOST_LINES = 6;
const AT_EACH_END = 2;

/** What a matrix of a step looks like entry by entry. */
export interface ExpandedLines {
  /** ŷ₁₁ = x₁₁ v₁₁ + x₁₂ v₂₁, …; an ellipsis where lines are left out. */
  readonly lines: readonly Formula[];
  readonly notShownCount: number;
}

/**
 * The computation of a matrix entry by entry, with dots where there are many.
 *
 * @param rowCount rows of the batch
 * @returns no lines where the matrix is given
 */
export function expandedLines(
  job: TrainingJob,
  inputCount: number,
  rowCount: number,
  place: TracedPlace,
): ExpandedLines {
  const sizes = sizesOf(job, inputCount, rowCount);
  const [rows, columns] = axesOf(place).map((axis) => lengthOf(axis, sizes));
  const { entry, first, second } = notationOf(job);
  const symbol = ({ row, column, ...of }: TracedEntry) => entry(of, row + 1, column + 1);
  const terms: Omit<EntryTerms, 'first' | 'second'> = {
    sizes,
    leaf: symbol,
    shown: (_axis, length) => endsOf(length, MOST_TERMS),
    rates: rateLetters,
    clipFactor: clipFactorLetter,
    lossCount,
  };
  const lines: Formula[] = [];
  let next = 0;
  for (const position of endsOf(rows * columns, MOST_LINES)) {
    const of = { ...place, row: Math.floor(position / columns), column: position % columns };
    const name = symbol(of);
    // What is remembered of a parameter stands at the parameter's place.
    const index = name.kind === 'identifier' && name.sub !== undefined ? { sub: name.sub } : {};
    const remembered = { first: { ...first, ...index }, second: { ...second, ...index } };
    const formula = entryFormula(job, { ...terms, ...remembered }, of);
    if (!formula) return { lines: [], notShownCount: 0 };
    if (position > next) lines.push(ellipsis);
    lines.push(equation(name, formula));
    next = position + 1;
  }
  const shownCount = lines.filter((line) => line !== ellipsis).length;
  return { lines, notShownCount: rows * columns - shownCount };
}

/** All of 0 … count − 1, or where they are more than `most`, those at both ends. */
function endsOf(count: number, most: number): number[] {
  const all = Array.from({ length: Math.min(count, most) }, (_, i) => i);
  if (count <= most) return all;
  const few = all.slice(0, AT_EACH_END);
  return [...few, ...few.map((i) => count - AT_EACH_END + i)];
}
