import { cellText, scientific, type Column, type Table } from '../index.ts';
import { textTable } from './text-table.ts';
import { printable } from './wording.ts';

/** What the columns of a prediction table are made of. */
export interface PredictionTable {
  readonly table: Table;
  /** Columns that come first, by position in the table; without any, rows are numbered from 1. */
  readonly shownColumns: readonly number[];
  /** Columns that were predicted, by position in the table. */
  readonly targetColumns: readonly number[];
  /** Row-major [rows, targets]. */
  readonly predictions: Float64Array;
  /** Targets of the network, of which `targetColumns` may be the first few. */
  readonly outputCount: number;
  readonly rowCount: number;
}

/** The first rows with target, prediction and error = target − prediction. */
export function predictionTable(parts: PredictionTable): string {
  const { table, shownColumns, targetColumns, predictions, outputCount, rowCount } = parts;
  const names = table.columnNames.map(printable);
  const [first = 'row', ...others] = shownColumns.map((column) => names[column]);
  const suffix = (column: number) => (targetColumns.length > 1 ? ` ${names[column]}` : '');
  const header = [
    first,
    ...others,
    ...targetColumns.flatMap((column) => [
      names[column],
      `prediction${suffix(column)}`,
      `error${suffix(column)}`,
    ]),
  ];
  const rows = Array.from({ length: rowCount }, (_, row) => {
    const shown = shownColumns.map((column) => shownCell(table.columns[column], row));
    const predicted = targetColumns.flatMap((column, output) => {
      const target = table.columns[column].numbers?.[row] ?? NaN;
      const prediction = predictions[row * outputCount + output];
      return [cell(target), decimals(prediction), decimals(target - prediction)];
    });
    return [...(shown.length > 0 ? shown : [String(row + 1)]), ...predicted];
  });
  return textTable(
    [header, ...rows],
    header.map((_, column) => (column === 0 ? 'left' : 'right')),
  );
}

function shownCell(column: Column, row: number): string {
  const value = column.numbers?.[row] ?? NaN;
  return Number.isNaN(value) ? printable(cellText(column, row)) : cell(value);
}

/** A number of the table, without the digits that nobody compares. */
function cell(value: number): string {
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(7)));
}

/** Six decimals as the notebook shows them, scientific where those would say nothing. */
function decimals(value: number): string {
  const size = Math.abs(value);
  return size >= 1e9 || (size < 1e-4 && size > 0) ? scientific(value, 6) : value.toFixed(6);
}
