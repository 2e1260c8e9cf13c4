import { isMissing, isNumber, unquote, type DecimalMark } from './numbers.ts';

/** What separates the cells of a row. */
export type Delimiter = ',' | ';' | '\t' | '|';

/** How the text of a table is written. */
export interface CsvFormat {
  readonly delimiter: Delimiter;
  readonly decimal: DecimalMark;
  /** Whether the first row names the columns; `column1`, `column2`, … if not. */
  readonly hasHeader: boolean;
}

const DELIMITERS: readonly Delimiter[] = [',', ';', '\t', '|'];
/** The delimiter is guessed from so many rows, the rest from more. */
const DELIMITER_ROWS = 20;
const FORMAT_ROWS = 500;
/** `1,234` may be one thousand; `0,5`, `12,34` and `1234,5` may not. */
const THOUSANDS = /^[+-]?[1-9]\d{0,2},\d{3}$/;
/** So may `1.842` be, beside numbers with a decimal comma. */
const THOUSANDS_APART = /^[+-]?[1-9]\d{0,2}(?:\.\d{3})+$/;
const YEAR = /^[12]\d{3}$/;

/**
 * Guesses what is not given.
 *
 * - Delimiter: the one under which most rows have as many cells as the first; among equals, the most cells
 *   that are numbers; among equals, the most cells.
 * - Decimal comma: only where it cannot be anything else. A column holds numbers with one, not all of them
 *   possibly thousands, and no column holds a number with a decimal point.
 * - No header: the first row holds a number, unless the numbers read like names: a row of years, or of
 *   positions one after the other, beside a text that does not come again in its column.
 *
 * @param readRows the first rows under a delimiter, blank ones left out
 * @param usual of a table that this one is like: taken where the rows can be read either way
 */
export function guessFormat(
  readRows: (delimiter: Delimiter, rowCount: number) => readonly (readonly string[])[],
  given: Partial<CsvFormat>,
  usual?: CsvFormat,
): CsvFormat {
  const delimiter =
    given.delimiter ??
    guessDelimiter((candidate) => readRows(candidate, DELIMITER_ROWS), given.decimal) ??
    usual?.delimiter ??
    DELIMITERS[0];
  const [first = [], ...others] = readRows(delimiter, FORMAT_ROWS).map((row) => row.map(unquote));
  const likely = usual?.delimiter === delimiter ? usual.decimal : '.';
  const decimal = given.decimal ?? guessDecimal(others.length > 0 ? others : [first], first.length) ?? likely;
  return { delimiter, decimal, hasHeader: given.hasHeader ?? hasHeader(first, others, decimal) };
}

function guessDelimiter(
  readRows: (delimiter: Delimiter) => readonly (readonly string[])[],
  decimal: DecimalMark | undefined,
): Delimiter | undefined {
  const marks: readonly DecimalMark[] = decimal ? [decimal] : ['.', ','];
  let best: { delimiter?: Delimiter; scores: readonly number[] } = { scores: [0, 0, 0] };
  for (const delimiter of DELIMITERS) {
    const rows = readRows(delimiter);
    const cellCount = rows[0]?.length ?? 0;
    if (cellCount < 2) continue;
    const cells = rows.flat();
    const numbers = cells.filter((cell) => marks.some((mark) => isNumber(cell, mark)));
    const share = rows.filter((row) => row.length === cellCount).length / rows.length;
    const scores = [share, numbers.length / cells.length, cellCount];
    const first = scores.findIndex((score, i) => score !== best.scores[i]);
    if (first >= 0 && scores[first] > best.scores[first]) best = { delimiter, scores };
  }
  return best.delimiter;
}

/** @returns undefined where every number reads with either */
function guessDecimal(rows: readonly (readonly string[])[], columnCount: number): DecimalMark | undefined {
  let isFound = false;
  for (let column = 0; column < columnCount; column++) {
    const cells = rows.map((row) => row[column] ?? '').filter((cell) => !isMissing(cell));
    if (cells.some((cell) => cell.includes('.') && isNumber(cell, '.') && !THOUSANDS_APART.test(cell)))
      return '.';
    const isDecimal = (cell: string) => cell.includes(',') && !THOUSANDS.test(cell);
    if (cells.every((cell) => isNumber(cell, ',')) && cells.some(isDecimal)) isFound = true;
  }
  return isFound ? ',' : undefined;
}

function hasHeader(
  first: readonly string[],
  others: readonly (readonly string[])[],
  decimal: DecimalMark,
): boolean {
  const numbers = first.filter((cell) => isNumber(cell, decimal));
  if (numbers.length === 0) return true;
  const texts = first.flatMap((cell, column) =>
    isMissing(cell) || isNumber(cell, decimal) ? [] : [{ cell, column }],
  );
  const comesAgain = texts.some(({ cell, column }) => others.some((row) => row[column] === cell));
  if (texts.length === 0 || comesAgain) return false;
  const areYears = numbers.every((cell) => YEAR.test(cell)) && new Set(numbers).size === numbers.length;
  const arePositions =
    numbers.length > 1 && numbers.every((cell, i) => Number(cell) === Number(numbers[0]) + i);
  return areYears || arePositions;
}
