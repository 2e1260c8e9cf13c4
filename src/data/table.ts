import { InputError } from '../core/errors.ts';
import { ColumnBuilder, type Column } from './column.ts';
import { MAX_COLUMNS, nameColumns, readHeader, refuseManyColumns, type Header } from './header.ts';
import type { CsvFormat } from './csv-format.ts';
import { Problems } from './problems.ts';
import { countOf, formatCount } from './wording.ts';

/** A table, column by column. */
export interface Table {
  /** Distinct, not empty; any text a person writes, `__proto__` and markup included. */
  readonly columnNames: readonly string[];
  /** At least 1. */
  readonly rowCount: number;
  /** One per name. */
  readonly columns: readonly Column[];
  /** How the text was read. */
  readonly format: CsvFormat;
  /** Sentences about what was not taken as it stands: names given twice, or none given. */
  readonly notes: readonly string[];
}

/** 256 MiB as float64, half of that as the float32 a GPU gets. */
export const MAX_CELLS = 2 ** 25;
const FIRST_CHUNK = 16;
const LONGEST_CHUNK = 65_536;
/** What the different texts of all columns may take, about. */
const MAX_TEXT_BYTES = 128 * 1024 * 1024;

/** What takes the rows of a file, one after the other. */
export interface RowSink {
  /** True once so much is wrong that the rest need not be read. */
  readonly isHopeless: boolean;
  /** @param cells the text of the cells, without quotes */
  addRow(cells: readonly string[]): void;
  /** Asked between pieces of the file. */
  endPiece(): void;
  /** @throws InputError always: the next row has a quote where none may be */
  refuseQuotes(): never;
  /**
   * @param cellCount found so far in the next row
   * @param length of the next row so far, in characters
   * @throws InputError always: the next row does not end
   */
  refuseLongRow(cellCount: number, length: number): never;
}

/** Takes the rows of a file one after the other, the header first, and makes the table of them. */
export class TableBuilder implements RowSink {
  readonly #format: CsvFormat;
  readonly #leastColumns: number;
  #header: Header | undefined;
  readonly #columns: ColumnBuilder[] = [];
  #rowCount = 0;
  readonly #chunkLengths: number[] = [];
  /** The row at which the next chunk begins. */
  #nextChunk = 0;
  readonly #raggedRows = new Problems(
    'row',
    { one: 'does not fit the header', many: 'do not fit the header' },
    'Give every row one cell per column, and put a cell that holds the separator in quotes.',
  );

  /** @param leastColumns to train takes an input and a target */
  constructor(format: CsvFormat, leastColumns = 2) {
    this.#format = format;
    this.#leastColumns = leastColumns;
  }

  /** True once so much is wrong that the rest need not be read. */
  get isHopeless(): boolean {
    return this.#raggedRows.isFull;
  }

  /**
   * @param cells the text of the cells, without quotes
   * @throws InputError for what makes the rest pointless: an unusable header, too many cells
   */
  addRow(cells: readonly string[]): void {
    if (!this.#header) {
      this.#header = this.#format.hasHeader
        ? readHeader(cells, this.#leastColumns)
        : nameColumns(cells.length, this.#leastColumns);
      for (let i = 0; i < cells.length; i++) this.#columns.push(new ColumnBuilder(this.#format.decimal));
      if (this.#format.hasHeader) return;
    }
    const width = this.#columns.length;
    if (cells.length > MAX_COLUMNS) this.#refuseWideRow(countOf(cells.length, 'cell'), width);
    if ((this.#rowCount + 1) * width > MAX_CELLS) this.#refuseManyCells(width);
    const row = this.#rowCount++;
    if (cells.length !== width) {
      this.#raggedRows.add(
        () =>
          `data row ${formatCount(row + 1)} has ${countOf(cells.length, 'cell')}, not ${formatCount(width)}`,
      );
      return;
    }
    if (row >= this.#nextChunk) this.#startChunk(row);
    const position = row - this.#nextChunk + this.#chunkLengths[this.#chunkLengths.length - 1];
    for (let column = 0; column < width; column++) this.#columns[column].add(cells[column], position);
  }

  /** Frees the texts of the columns that have most, once all together have too many. */
  endPiece(): void {
    for (;;) {
      const bytes = this.#columns.reduce((sum, { textBytes }) => sum + textBytes, 0);
      const open = this.#columns.filter(({ hasMoreTexts }) => !hasMoreTexts);
      if (bytes <= MAX_TEXT_BYTES || open.length === 0) return;
      open.reduce((most, column) => (column.textBytes > most.textBytes ? column : most)).forgetTexts();
    }
  }

  /** @throws InputError always: the next row has a quote where none may be */
  refuseQuotes(): never {
    throw new InputError(
      `${this.#nextRowName} has a quote (") that is never closed or is followed by other text. Close it, or ` +
        'write a quote inside a quoted cell twice ("").',
    );
  }

  /**
   * @param cellCount found so far in the next row
   * @param length of the next row so far, in characters
   * @throws InputError always: the next row does not end
   */
  refuseLongRow(cellCount: number, length: number): never {
    if (cellCount > MAX_COLUMNS) {
      if (!this.#header) refuseManyColumns(`at least ${formatCount(cellCount)}`);
      this.#refuseWideRow(`at least ${countOf(cellCount, 'cell')}`, this.#columns.length);
    }
    throw new InputError(
      `${this.#nextRowName} goes on for at least ${formatCount(length)} characters, more than a row can need. ` +
        'Look for a missing line end there.',
    );
  }

  /**
   * @param byteCount of the file, for the message
   * @throws InputError if there was no header or no row, and for the rows that were wrong
   */
  finish(byteCount: number): Table {
    if (!this.#header) throw emptyTable(byteCount);
    this.#raggedRows.requireNone();
    if (this.#rowCount === 0) {
      throw new InputError(
        `The table has a header with ${countOf(this.#columns.length, 'column')} but 0 rows. Add at least 1 row ` +
          'below it.',
      );
    }
    return {
      columnNames: this.#header.names,
      rowCount: this.#rowCount,
      // One column after the other, so that only one exists twice.
      columns: this.#columns.map((column) => column.finish(this.#rowCount, this.#chunkLengths)),
      format: this.#format,
      notes: this.#header.notes,
    };
  }

  /** A chunk doubles the table until it has the length of the longest: at most as much is free. */
  #startChunk(row: number): void {
    const length = Math.min(Math.max(row, FIRST_CHUNK), LONGEST_CHUNK);
    this.#chunkLengths.push(length);
    this.#nextChunk += length;
    for (const column of this.#columns) column.startChunk(length);
  }

  get #nextRowName(): string {
    return this.#header || !this.#format.hasHeader
      ? `Data row ${formatCount(this.#rowCount + 1)}`
      : 'The header';
  }

  #refuseManyCells(width: number): never {
    throw new InputError(
      `The table has more than ${countOf(this.#rowCount, 'row')} of ${countOf(width, 'column')}; at most ` +
        `${formatCount(MAX_CELLS)} cells are accepted. Give fewer rows or fewer columns.`,
    );
  }

  #refuseWideRow(cells: string, width: number): never {
    throw new InputError(
      `${this.#nextRowName} has ${cells}, but the header has ${countOf(width, 'column')}. Give every row one ` +
        'cell per column.',
    );
  }
}

/** What is wrong with a file without a single cell. */
export function emptyTable(byteCount: number): InputError {
  const found = byteCount === 0 ? '0 bytes' : `nothing but white space in ${countOf(byteCount, 'byte')}`;
  return new InputError(
    `The table is empty (${found}). Give it a header line with the column names and rows below.`,
  );
}
