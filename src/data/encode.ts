import { InputError } from '../core/errors.ts';
import { isMissingAt } from './column.ts';
import { unitCount, type CategoryEncoding, type Encoding, type NumberEncoding } from './encoding.ts';
import { readInputCategories, valuesOf } from './fit-encoding.ts';
import { MAX_FLOAT32, type DecimalMark } from './numbers.ts';
import { TableBuilder, type Table } from './table.ts';
import { placesOf } from './targets.ts';
import { requireNumbers, withoutWords, type UsedColumn } from './used-columns.ts';
import { formatCount, quote, quoteList } from './wording.ts';

/** 512 MiB as float64. */
const MAX_ENCODED_CELLS = 2 ** 26;
const SHOWN_NAMES = 10;

/** Rows as a network takes them. */
export interface EncodedInputs {
  /** Row-major [rows, inputs]. */
  readonly inputs: Float64Array;
  /** Missing cells that something else stands in for. */
  readonly filledCellCount: number;
  /** Cells by column whose category did not come up in training: they count as `other`. */
  readonly unseenCells: ReadonlyMap<string, number>;
}

/** Where the units of one column go. */
interface Place {
  readonly inputs: Float64Array;
  /** Units of a row. */
  readonly stride: number;
  /** The first unit of the column. */
  readonly offset: number;
}

/**
 * Encodes rows of a table as the training rows were: the same fills, scaling and categories, and `other` for
 * a category that did not come up in training.
 *
 * @param table has the columns of the inputs by name, in any order; others do not matter
 * @param rows of the table; all if left out
 * @throws InputError if a column is not there, a number is no number, or a missing value cannot be filled
 */
export function encodeInputs(table: Table, encoding: Encoding, rows = allRows(table)): EncodedInputs {
  const stride = encoding.inputs.reduce((sum, input) => sum + unitCount(input), 0);
  requireEncodedCells(rows.length, stride);
  const columns = findInputs(table, encoding);
  requireNumbers(columns.filter(({ type }) => type === 'number'));
  const inputs = new Float64Array(rows.length * stride);
  let offset = 0;
  let filledCellCount = 0;
  const unseenCells = new Map<string, number>();
  encoding.inputs.forEach((input, i) => {
    const place = { inputs, stride, offset };
    offset += unitCount(input);
    if (input.type === 'number') {
      filledCellCount += encodeNumbers(input, columns[i], rows, place);
      return;
    }
    const { filledCount, unseenCount } = encodeCategories(input, columns[i], rows, place);
    filledCellCount += filledCount;
    if (unseenCount > 0) unseenCells.set(input.column, unseenCount);
  });
  return { inputs, filledCellCount, unseenCells };
}

/** The rows that have a value wherever the network needs one: all, but where it was trained on complete rows only. */
export function encodableRows(table: Table, encoding: Encoding): Uint32Array {
  const needed = findInputs(table, encoding).filter((_, i) => encoding.inputs[i].fill === null);
  return allRows(table).filter((row) => needed.every(({ column }) => !isMissingAt(column, row)));
}

/**
 * Encodes rows that somebody writes, cell by cell.
 *
 * @param columnNames of the cells of a row
 * @param rows the text of the cells, as it would stand in a file
 * @throws InputError as `encodeInputs`
 */
export function encodeRows(
  columnNames: readonly string[],
  rows: readonly (readonly string[])[],
  encoding: Encoding,
  decimal: DecimalMark = '.',
): EncodedInputs {
  const builder = new TableBuilder({ delimiter: ',', decimal, hasHeader: true }, 1);
  builder.addRow(columnNames);
  for (const row of rows) builder.addRow(row);
  return encodeInputs(builder.finish(0), encoding);
}

/** @throws InputError if a table of rows so encoded, once or once for every fold, does not fit */
export function requireEncodedCells(rowCount: number, inputCount: number, foldCount = 1): void {
  const cellCount = foldCount * rowCount * inputCount;
  if (cellCount <= MAX_ENCODED_CELLS) return;
  const folds = foldCount === 1 ? '' : `${formatCount(foldCount)} folds of `;
  const remedy = foldCount === 1 ? 'Ignore' : 'Choose fewer folds, ignore';
  throw new InputError(
    `${folds}${formatCount(rowCount)} rows of ${formatCount(inputCount)} inputs, one per number and per category, are ` +
      `${formatCount(cellCount)} numbers; at most ${formatCount(MAX_ENCODED_CELLS)} are accepted. ${remedy} ` +
      'columns with many categories, or give fewer rows.',
  );
}

function allRows({ rowCount }: Table): Uint32Array {
  return new Uint32Array(rowCount).map((_, row) => row);
}

function findInputs(table: Table, { inputs }: Encoding): UsedColumn[] {
  const positions = new Map(table.columnNames.map((name, position) => [name, position]));
  const lacking = inputs.filter(({ column }) => !positions.has(column)).map(({ column }) => column);
  if (lacking.length > 0) {
    const has = lacking.length === 1 ? 'has no column' : 'lacks the columns';
    throw new InputError(
      `The table ${has} ${quoteList(lacking, SHOWN_NAMES)}, which the network was trained on. Give it every ` +
        'input column of the training table.',
    );
  }
  return inputs.map((input) => {
    const { type, column } = input;
    const words = input.type === 'number' ? input.words : undefined;
    return {
      name: column,
      type,
      words,
      column: withoutWords(table.columns[positions.get(column) ?? 0], words),
    };
  });
}

/** @returns how many cells were filled */
function encodeNumbers(input: NumberEncoding, used: UsedColumn, rows: Uint32Array, place: Place): number {
  const { fill, hasIndicator } = input;
  const { offset, factor } = input.scaling;
  const { inputs, stride } = place;
  const values = valuesOf(used.column, rows);
  let filledCount = 0;
  for (let i = 0, at = place.offset; i < rows.length; i++, at += stride) {
    let value = values[i];
    if (Number.isNaN(value)) {
      value = fill ?? refuseMissing(used.name, rows[i]);
      filledCount++;
      if (hasIndicator) inputs[at + 1] = 1;
    }
    const encoded = (value - offset) / factor;
    if (!(Math.abs(encoded) <= MAX_FLOAT32)) {
      refuseLarge({ name: used.name, row: rows[i], value, encoded });
    }
    inputs[at] = encoded;
  }
  return filledCount;
}

/** @returns how many cells were filled, and how many hold a category that the training rows do not */
function encodeCategories(input: CategoryEncoding, used: UsedColumn, rows: Uint32Array, place: Place) {
  const { categories, fill, hasIndicator } = input;
  const placeOfRow = placesOf(readInputCategories(used), categories);
  const other = categories.length;
  const placeOfFill = fill === null ? -1 : categories.indexOf(fill);
  let [filledCount, unseenCount] = [0, 0];
  rows.forEach((row, i) => {
    const at = i * place.stride + place.offset;
    let unit = placeOfRow[row] < 0 ? other : placeOfRow[row];
    if (placeOfRow[row] < 0 && isMissingAt(used.column, row)) {
      if (placeOfFill < 0) refuseMissing(used.name, row);
      unit = placeOfFill;
      filledCount++;
      if (hasIndicator) place.inputs[at + other + 1] = 1;
    } else if (unit === other) unseenCount++;
    place.inputs[at + unit] = 1;
  });
  return { filledCount, unseenCount };
}

function refuseMissing(name: string, row: number): never {
  throw new InputError(
    `Data row ${formatCount(row + 1)} has no value in column ${quote(name)}, and the network was trained on complete ` +
      'rows only. Give it a value, or train with missing values filled.',
  );
}

/** @throws InputError always: scaled, the value is beyond float32 */
export function refuseLarge(cell: {
  readonly name: string;
  readonly row: number;
  readonly value: number;
  readonly encoded: number;
}): never {
  throw new InputError(
    `${cell.value} in data row ${formatCount(cell.row + 1)}, column ${quote(cell.name)}, is ${cell.encoded} once it is ` +
      'scaled like the training rows; -3.4e38 to 3.4e38 (float32) are accepted. Correct it, ignore the column, or ' +
      'choose the scaling none.',
  );
}
