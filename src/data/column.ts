import { isMissing, readNumber, unquote, type DecimalMark } from './numbers.ts';

/**
 * The cells of one column, each a number, a text or missing, kept so that the column can be read as numbers
 * or as categories.
 *
 * A number is kept by its value: read as a category, `07` and `7.0` are both `7`.
 */
export interface Column {
  /** [rowCount]; NaN where a cell is no number; undefined if none is. */
  readonly numbers: Float64Array | undefined;
  /** [rowCount]; 0 where a cell is no text, else 1 + its place in `texts`, or `UNKEPT_TEXT`; undefined if none is. */
  readonly textCodes: Uint32Array | undefined;
  /** The different texts, in the order they come. */
  readonly texts: readonly string[];
  /** Whether there were more different texts than are kept; the column can then not be read at all. */
  readonly hasMoreTexts: boolean;
  readonly numberCount: number;
  readonly textCount: number;
  readonly missingCount: number;
}

/** The code of a text that is not kept. */
export const UNKEPT_TEXT = 2 ** 32 - 1;
/** Different texts kept of one column. */
export const MAX_TEXTS = 100_000;
/** Texts kept, for people to look at, of a column that has more than that. */
const FIRST_TEXTS = 100;
const FIRST_TEXTS_BYTES = 4096;
/** A string and its entry in a map, about. */
const TEXT_BYTES = 64;

/**
 * Takes the cells of a column, in chunks of rows whose lengths its table decides. Only chunks that hold a
 * number, or a text, take memory for numbers, or texts.
 */
export class ColumnBuilder {
  readonly #decimal: DecimalMark;
  readonly #numberChunks: (Float64Array | undefined)[] = [];
  readonly #codeChunks: (Uint32Array | undefined)[] = [];
  #numbers: Float64Array | undefined;
  #codes: Uint32Array | undefined;
  #chunkLength = 0;
  #codeOf = new Map<string, number>();
  #textBytes = 0;
  #hasMoreTexts = false;
  #numberCount = 0;
  #textCount = 0;
  #missingCount = 0;

  constructor(decimal: DecimalMark) {
    this.#decimal = decimal;
  }

  /** What the texts kept take, about. */
  get textBytes(): number {
    return this.#textBytes;
  }

  /** Whether the texts were too many, and most are no longer kept. */
  get hasMoreTexts(): boolean {
    return this.#hasMoreTexts;
  }

  /** The next rows are a chunk of this length. */
  startChunk(length: number): void {
    this.#chunkLength = length;
    this.#numbers = undefined;
    this.#codes = undefined;
    this.#numberChunks.push(undefined);
    this.#codeChunks.push(undefined);
  }

  /** @param position in the chunk */
  add(cell: string, position: number): void {
    const value = readNumber(cell, this.#decimal);
    if (value !== undefined) {
      this.#numberCount++;
      this.#numbers ??= this.#startNumbers();
      this.#numbers[position] = value;
      return;
    }
    const text = unquote(cell);
    if (isMissing(text)) {
      this.#missingCount++;
      return;
    }
    this.#textCount++;
    this.#codes ??= this.#startCodes();
    this.#codes[position] = this.#codeOf.get(text) ?? this.#keepText(text);
  }

  /** Keeps only the first texts: a column of so many is for looking at, not for training. */
  forgetTexts(): void {
    this.#hasMoreTexts = true;
    const first = new Map<string, number>();
    let bytes = 0;
    for (const [text, code] of this.#codeOf) {
      bytes += bytesOf(text);
      if (first.size === FIRST_TEXTS || bytes > FIRST_TEXTS_BYTES) break;
      first.set(text, code);
    }
    this.#codeOf = first;
    this.#textBytes = FIRST_TEXTS_BYTES;
    for (const codes of this.#codeChunks) {
      codes?.forEach((code, row) => {
        if (code > first.size) codes[row] = UNKEPT_TEXT;
      });
    }
  }

  /** The column of the first `rowCount` rows; the builder is empty afterwards. */
  finish(rowCount: number, chunkLengths: readonly number[]): Column {
    const column = {
      numbers: this.#numberCount > 0 ? new Float64Array(rowCount).fill(NaN) : undefined,
      textCodes: this.#textCount > 0 ? new Uint32Array(rowCount) : undefined,
      texts: [...this.#codeOf.keys()],
      hasMoreTexts: this.#hasMoreTexts,
      numberCount: this.#numberCount,
      textCount: this.#textCount,
      missingCount: this.#missingCount,
    };
    let start = 0;
    chunkLengths.forEach((chunkLength, chunk) => {
      const length = Math.min(chunkLength, rowCount - start);
      const [numbers, codes] = [this.#numberChunks[chunk], this.#codeChunks[chunk]];
      if (numbers) column.numbers?.set(numbers.subarray(0, length), start);
      if (codes) column.textCodes?.set(codes.subarray(0, length), start);
      start += length;
    });
    this.#numberChunks.length = 0;
    this.#codeChunks.length = 0;
    this.#codeOf.clear();
    this.#numbers = undefined;
    this.#codes = undefined;
    return column;
  }

  #startNumbers(): Float64Array {
    const numbers = new Float64Array(this.#chunkLength).fill(NaN);
    this.#numberChunks[this.#numberChunks.length - 1] = numbers;
    return numbers;
  }

  #startCodes(): Uint32Array {
    const codes = new Uint32Array(this.#chunkLength);
    this.#codeChunks[this.#codeChunks.length - 1] = codes;
    return codes;
  }

  #keepText(text: string): number {
    if (!this.#hasMoreTexts && this.#codeOf.size === MAX_TEXTS) this.forgetTexts();
    if (this.#hasMoreTexts) return UNKEPT_TEXT;
    const code = this.#codeOf.size + 1;
    this.#codeOf.set(copyOf(text), code);
    this.#textBytes += bytesOf(text);
    return code;
  }
}

/** An engine may keep a part of a text as a view that holds the whole piece of the file in memory. */
function copyOf(text: string): string {
  return ` ${text}`.slice(1);
}

function bytesOf(text: string): number {
  return TEXT_BYTES + 2 * text.length;
}

/** True where a cell has no value. */
export function isMissingAt({ numbers, textCodes }: Column, row: number): boolean {
  return (!numbers || Number.isNaN(numbers[row])) && (!textCodes || textCodes[row] === 0);
}

/** A cell as people read it: empty where it is missing, `…` where its text is not kept. */
export function cellText({ numbers, textCodes, texts }: Column, row: number): string {
  if (numbers && !Number.isNaN(numbers[row])) return String(numbers[row]);
  const code = textCodes?.[row] ?? 0;
  if (code === 0) return '';
  return code === UNKEPT_TEXT ? '…' : texts[code - 1];
}
