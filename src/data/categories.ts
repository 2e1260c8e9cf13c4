import { UNKEPT_TEXT, type Column } from './column.ts';
import { isNumber } from './numbers.ts';

/** A column read as categories. */
export interface Categories {
  /** The different values of the whole column, in the order they come; a number as JavaScript writes it. */
  readonly names: readonly string[];
  /** [rowCount]; the place of a row's category in `names`, −1 where it is missing. */
  readonly codes: Int32Array;
}

/**
 * Reads a column as categories; a number in it is a category of its own.
 *
 * @returns undefined if there are more than `mostCount` different values, or not all texts are kept
 */
export function readCategories(column: Column, mostCount: number): Categories | undefined {
  const { numbers, textCodes, texts, hasMoreTexts } = column;
  if (hasMoreTexts || texts.length > mostCount) return undefined;
  const rowCount = column.numberCount + column.textCount + column.missingCount;
  const names = [...texts];
  const codes = new Int32Array(rowCount).fill(-1);
  if (textCodes) {
    for (let row = 0; row < rowCount; row++) if (textCodes[row] > 0) codes[row] = textCodes[row] - 1;
  }
  if (!numbers) return { names, codes };
  const codeOf = new Map<number, number>();
  // With a decimal comma 1.5 is a text, and named as the number 1,5 is: one category.
  const codeOfText = new Map(texts.map((text, code) => [text, code]));
  for (let row = 0; row < rowCount; row++) {
    const value = numbers[row];
    if (Number.isNaN(value)) continue;
    let code = codeOf.get(value);
    if (code === undefined) {
      const name = String(value);
      code = codeOfText.get(name) ?? names.length;
      if (code === names.length) {
        if (names.length === mostCount) return undefined;
        names.push(name);
      }
      codeOf.set(value, code);
    }
    codes[row] = code;
  }
  return { names, codes };
}

/** How many different values a column has; of texts that are not all kept, those that are. */
export function distinctCount({ numbers, textCodes, texts }: Column): number {
  const values = new Set<number>();
  for (const value of numbers ?? []) if (!Number.isNaN(value)) values.add(value);
  // Nothing but texts that were not kept.
  const isUnkept = texts.length === 0 && textCodes?.includes(UNKEPT_TEXT);
  return values.size + (isUnkept ? 1 : texts.length);
}

/** Sorted as numbers if all of them are, else by code unit. */
export function sortCategories(names: readonly string[]): string[] {
  return names.every((name) => isNumber(name))
    ? names.toSorted((a, b) => Number(a) - Number(b))
    : names.toSorted();
}
