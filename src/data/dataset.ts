import type { TrainingData } from '../core/job.ts';
import type { ColumnRole } from './columns.ts';
import type { Table } from './table.ts';

/** What a page shows of a table: how it was understood, and its first rows. */
export interface TableSummary {
  readonly rowCount: number;
  /** In the order of the file. */
  readonly columns: readonly { readonly name: string; readonly role: ColumnRole }[];
  /** The first rows, [rows][columns], the index included. */
  readonly preview: readonly (readonly number[])[];
}

/**
 * The inputs and targets of a table, row by row; the index is left out.
 *
 * @param roles one per column, as `assignRoles` gives them
 * @returns inputs [rowCount, inputCount] and targets [rowCount, outputCount], row-major, columns in the
 *   order of the file
 */
export function toTrainingData(table: Table, roles: readonly ColumnRole[]): TrainingData {
  const inputColumns = table.columns.filter((_, column) => roles[column] === 'input');
  const targetColumns = table.columns.filter((_, column) => roles[column] === 'target');
  return {
    rowCount: table.rowCount,
    inputs: interleave(inputColumns, table.rowCount),
    inputCount: inputColumns.length,
    targets: interleave(targetColumns, table.rowCount),
    outputCount: targetColumns.length,
  };
}

/** @param previewRowCount rows of the preview; fewer if the table has fewer */
export function summarizeTable(
  table: Table,
  roles: readonly ColumnRole[],
  previewRowCount: number,
): TableSummary {
  const previewLength = Math.min(previewRowCount, table.rowCount);
  return {
    rowCount: table.rowCount,
    columns: table.columnNames.map((name, column) => ({ name, role: roles[column] })),
    preview: Array.from({ length: previewLength }, (_, row) => table.columns.map((column) => column[row])),
  };
}

/** Columns [rowCount] each → row-major [rowCount, columns]. */
function interleave(columns: readonly Float64Array[], rowCount: number): Float64Array {
  const rows = new Float64Array(rowCount * columns.length);
  columns.forEach((values, column) => {
    for (let row = 0; row < rowCount; row++) rows[row * columns.length + column] = values[row];
  });
  return rows;
}
