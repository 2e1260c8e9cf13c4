import Papa from 'papaparse';
import { readRows, type ReadOptions } from './csv.ts';
import type { CsvFormat } from './csv-format.ts';
import { nameColumns, readHeader } from './header.ts';
import { isNumber, type DecimalMark } from './numbers.ts';
import type { RowSink } from './table.ts';

/** A column that a table gets in addition. */
export interface AddedColumn {
  readonly name: string;
  /** @param row counted from 0, the header and blank lines left out */
  cell(row: number): string | number;
}

/** What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection). */
const FORMULA = /^[\s\p{Cc}]*[=+\-@＝＋－＠]|^[\t\r]/u;
/** Rows are joined to text this many at a time. */
const ROWS_AT_ONCE = 1000;

/**
 * The table of a file with more columns behind its own, as CSV: every cell as it stands in the file, but for those that
 * a spreadsheet would run as a formula, which get an apostrophe in front; numbers stay.
 *
 * @param source a file `readTable` has read
 * @param format as it was read; the new file is written in the same way, with a header
 */
export async function appendColumns(
  source: string | Blob,
  added: readonly AddedColumn[],
  { format, ...options }: ReadOptions & { readonly format: CsvFormat },
): Promise<Blob> {
  const { sink } = await readRows(source, { ...options, format }, () => new RowWriter(added, format));
  return sink.finish();
}

/** A number or a text as CSV holds it safely, in a table with this decimal mark. */
export function safeCell(cell: string | number, decimal: DecimalMark): string {
  if (typeof cell === 'number') return decimal === ',' ? String(cell).replace('.', ',') : String(cell);
  return FORMULA.test(cell) && !isNumber(cell, decimal) ? `'${cell}` : cell;
}

class RowWriter implements RowSink {
  readonly isHopeless = false;
  readonly #added: readonly AddedColumn[];
  readonly #format: CsvFormat;
  readonly #pieces: string[] = [];
  readonly #finished: Blob[] = [];
  #waiting: string[][] = [];
  #rowCount = 0;
  #hasHeader = false;

  constructor(added: readonly AddedColumn[], format: CsvFormat) {
    this.#added = added;
    this.#format = format;
  }

  addRow(given: readonly string[]): void {
    // The rows of a file with CRLF end in a CR.
    const cells = given.map((cell, i) => (i < given.length - 1 ? cell : cell.replace(/\r$/, '')));
    if (!this.#hasHeader) {
      const { names } = this.#format.hasHeader ? readHeader(cells, 1) : nameColumns(cells.length, 1);
      this.#hasHeader = true;
      this.#write([...names, ...this.#added.map(({ name }) => unusedName(name, names))]);
      if (this.#format.hasHeader) return;
    }
    const row = this.#rowCount++;
    this.#write([...cells, ...this.#added.map((column) => column.cell(row))]);
  }

  /** What was written so far leaves the heap. */
  endPiece(): void {
    this.#join();
    this.#finished.push(new Blob(this.#pieces.splice(0)));
  }

  refuseQuotes(): never {
    throw new Error('The file was read before.');
  }

  refuseLongRow(): never {
    throw new Error('The file was read before.');
  }

  finish(): Blob {
    this.endPiece();
    return new Blob(this.#finished, { type: 'text/csv' });
  }

  #write(cells: readonly (string | number)[]): void {
    this.#waiting.push(cells.map((cell) => safeCell(cell, this.#format.decimal)));
    if (this.#waiting.length >= ROWS_AT_ONCE) this.#join();
  }

  #join(): void {
    if (this.#waiting.length === 0) return;
    const { delimiter } = this.#format;
    this.#pieces.push(`${Papa.unparse(this.#waiting, { delimiter, newline: '\n' })}\n`);
    this.#waiting = [];
  }
}

function unusedName(name: string, taken: readonly string[]): string {
  let unused = name;
  for (let number = 2; taken.includes(unused); number++) unused = `${name} (${number})`;
  return unused;
}
