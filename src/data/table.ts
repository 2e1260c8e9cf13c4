import { InputError } from '../core/errors.ts';
import { MAX_COLUMNS, readHeader, refuseManyColumns } from './header.ts';
import { readNumber } from './numbers.ts';
import { Problems } from './problems.ts';
import { countOf, formatCount, quote } from './wording.ts';

/** A table of numbers, column by column. */
export interface Table {
  /** Distinct, not empty; any text a person writes, `__proto__` and markup included. */
  readonly columnNames: readonly string[];
  /** At least 1. */
  readonly rowCount: number;
  /** One array [rowCount] per column, in the order of `columnNames`; finite and within float32. */
  readonly columns: readonly Float64Array[];
}

/** 128 MiB as float64, half of that as the float32 a GPU gets. */
const MAX_CELLS = 2 ** 24;
/** Beyond it a number is infinite on the GPU. */
const MAX_FLOAT32 = 3.4028234663852886e38;

/** Takes the rows of a file one after the other, the header first, and makes the table of them. */
export class TableBuilder {
  #names: readonly string[] | undefined;
  /** Longer than `#rowCount` while rows come. */
  #columns: Float64Array[] = [];
  #rowCount = 0;
  readonly #raggedRows = new Problems(
    'row',
    { one: 'does not fit the header', many: 'do not fit the header' },
    'Give every row one cell per column, and put a cell that holds the separator in quotes.',
  );
  readonly #wrongCells = new Problems(
    'cell',
    { one: 'is not a number', many: 'are not numbers' },
    'Write every cell as 3, -0.5 or 1e-3 (a point before the decimals; no commas, spaces or units), or remove ' +
      'its row or column.',
  );
  readonly #largeCells = new Problems(
    'cell',
    { one: 'is too large', many: 'are too large' },
    'Numbers from -3.4e38 to 3.4e38 (float32) are accepted; rescale the column.',
  );

  /** True once so much is wrong that the rest need not be read. */
  get isHopeless(): boolean {
    return this.#raggedRows.isFull || this.#wrongCells.isFull || this.#largeCells.isFull;
  }

  /**
   * @param cells the text of the cells, without quotes
   * @throws InputError for what makes the rest pointless: an unusable header, too many cells
   */
  addRow(cells: readonly string[]): void {
    if (!this.#names) {
      this.#names = readHeader(cells);
      this.#columns = this.#names.map(() => new Float64Array(16));
      return;
    }
    const width = this.#names.length;
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
    if (row >= this.#columns[0].length) this.#resize(2 * row);
    for (let column = 0; column < width; column++) this.#addCell(cells[column], row, column);
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
      if (!this.#names) refuseManyColumns(`at least ${formatCount(cellCount)}`);
      this.#refuseWideRow(`at least ${countOf(cellCount, 'cell')}`, this.#names.length);
    }
    throw new InputError(
      `${this.#nextRowName} goes on for at least ${formatCount(length)} characters, more than a row of numbers ` +
        'can need. Look for a missing line end there.',
    );
  }

  /**
   * @param byteCount of the file, for the message
   * @throws InputError if there was no header or no row, and for the rows and cells that were wrong
   */
  finish(byteCount: number): Table {
    if (!this.#names) {
      const found = byteCount === 0 ? '0 bytes' : `nothing but white space in ${countOf(byteCount, 'byte')}`;
      throw new InputError(
        `The table is empty (${found}). Give it a header line with the column names and rows of numbers below.`,
      );
    }
    this.#raggedRows.requireNone();
    this.#wrongCells.requireNone();
    this.#largeCells.requireNone();
    if (this.#rowCount === 0) {
      throw new InputError(
        `The table has a header with ${countOf(this.#names.length, 'column')} but 0 rows. Add at least 1 row of ` +
          'numbers below it.',
      );
    }
    this.#resize(this.#rowCount);
    return { columnNames: this.#names, rowCount: this.#rowCount, columns: this.#columns };
  }

  /** One column after the other, so that only one exists twice. */
  #resize(length: number): void {
    this.#columns.forEach((column, index) => {
      const resized = new Float64Array(length);
      resized.set(column.subarray(0, length));
      this.#columns[index] = resized;
    });
  }

  #addCell(cell: string, row: number, column: number): void {
    const value = readNumber(cell);
    if (value !== undefined && Math.abs(value) <= MAX_FLOAT32) {
      this.#columns[column][row] = value;
      return;
    }
    const problems = value === undefined ? this.#wrongCells : this.#largeCells;
    problems.add(() => {
      const what = cell.trim() === '' ? 'an empty cell' : quote(cell);
      return `${what} in data row ${formatCount(row + 1)}, column ${quote(this.#names?.[column] ?? '')}`;
    });
  }

  get #nextRowName(): string {
    return this.#names ? `Data row ${formatCount(this.#rowCount + 1)}` : 'The header';
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
