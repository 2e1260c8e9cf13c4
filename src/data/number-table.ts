import { InputError } from '../core/errors.ts';
import type { TrainingData } from '../core/job.ts';
import { isMissingAt } from './column.ts';
import type { ColumnRole } from './columns.ts';
import type { Table } from './table.ts';
import { requireNumbers, type UsedColumn } from './used-columns.ts';
import { formatCount, quote } from './wording.ts';

/** What a page shows of a table of numbers: how it was understood, and its first rows. */
export interface TableSummary {
  readonly rowCount: number;
  /** In the order of the file. */
  readonly columns: readonly { readonly name: string; readonly role: ColumnRole }[];
  /** The first rows, [rows][columns], the index included; NaN for what is no number. */
  readonly preview: readonly (readonly number[])[];
}

/**
 * The inputs and targets of a complete table of numbers as they stand, row by row; see `prepareDataset` for any other.
 *
 * @param roles one per column, as `assignRoles` gives them
 * @returns inputs [rowCount, inputCount] and targets [rowCount, outputCount], row-major, columns in the
 *   order of the file
 * @throws InputError if a cell of an input or a target is not a number
 */
export function toTrainingData(table: Table, roles: readonly ColumnRole[]): TrainingData {
  const columnsOf = (wanted: ColumnRole): UsedColumn[] =>
    table.columns.flatMap((column, position) =>
      roles[position] === wanted ? [{ name: table.columnNames[position], type: 'number', column }] : [],
    );
  const [inputColumns, targetColumns] = [columnsOf('input'), columnsOf('target')];
  requireNumbers([...inputColumns, ...targetColumns]);
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
    preview: Array.from({ length: previewLength }, (_, row) =>
      table.columns.map(({ numbers }) => numbers?.[row] ?? NaN),
    ),
  };
}

/** Columns [rowCount] each → row-major [rowCount, columns]. */
function interleave(columns: readonly UsedColumn[], rowCount: number): Float64Array {
  const rows = new Float64Array(rowCount * columns.length);
  columns.forEach(({ name, column }, position) => {
    const { numbers, missingCount } = column;
    if (missingCount > 0) refuseMissing(name, column, rowCount);
    for (let row = 0; row < rowCount; row++) rows[row * columns.length + position] = numbers?.[row] ?? NaN;
  });
  return rows;
}

function refuseMissing(name: string, column: UsedColumn['column'], rowCount: number): never {
  let row = 0;
  while (row < rowCount && !isMissingAt(column, row)) row++;
  throw new InputError(
    `The column ${quote(name)} has no value in ${formatCount(column.missingCount)} of ${formatCount(rowCount)} rows, ` +
      `data row ${formatCount(row + 1)} the first. Give it one, or remove the row or the column.`,
  );
}
