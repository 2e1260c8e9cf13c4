import { distinctCount } from './categories.ts';
import { cellText, type Column } from './column.ts';
import type { ColumnPlan, ColumnRole, ColumnType } from './columns.ts';
import type { Table } from './table.ts';

/** What a page shows of one column. */
export interface ColumnSummary {
  readonly name: string;
  readonly type: ColumnType;
  readonly role: ColumnRole;
  readonly missingCount: number;
  /** Cells that are neither a number nor missing. */
  readonly textCount: number;
  /** Different values, if the column is of categories; at least so many where `hasMoreTexts`. */
  readonly distinctCount: number | undefined;
  readonly hasMoreTexts: boolean;
  /** Of its numbers, if the column is of numbers and has any. */
  readonly numbers: { readonly least: number; readonly most: number; readonly mean: number } | undefined;
  /** The first values that are not missing, as text; of categories the first different ones. */
  readonly firstValues: readonly string[];
}

const FIRST_VALUES = 5;
/** Where a column begins with so many missing cells, no values are shown. */
const MOST_ROWS_SOUGHT = 10_000;

/** One summary per plan. */
export function summarizeColumns(table: Table, plans: readonly ColumnPlan[]): ColumnSummary[] {
  const positions = new Map(table.columnNames.map((name, position) => [name, position]));
  return plans.flatMap(({ name, type, role }) => {
    const position = positions.get(name);
    if (position === undefined) return [];
    const column = table.columns[position];
    const { missingCount, textCount, hasMoreTexts } = column;
    return [
      {
        name,
        type,
        role,
        missingCount,
        textCount,
        distinctCount: type === 'category' ? distinctCount(column) : undefined,
        hasMoreTexts,
        numbers: type === 'number' ? summarizeNumbers(column) : undefined,
        firstValues: firstValues(column, { rowCount: table.rowCount, areDifferent: type === 'category' }),
      },
    ];
  });
}

/** The first rows as text, [rows][columns]; a missing cell is empty. */
export function previewRows(table: Table, rowCount: number): string[][] {
  return Array.from({ length: Math.min(rowCount, table.rowCount) }, (_, row) =>
    table.columns.map((column) => cellText(column, row)),
  );
}

function summarizeNumbers({ numbers, numberCount }: Column): ColumnSummary['numbers'] {
  if (!numbers) return undefined;
  let [least, most, sum] = [Infinity, -Infinity, 0];
  for (let row = 0; row < numbers.length; row++) {
    const value = numbers[row];
    if (Number.isNaN(value)) continue;
    if (value < least) least = value;
    if (value > most) most = value;
    sum += value;
  }
  return { least, most, mean: sum / numberCount };
}

function firstValues(
  column: Column,
  { rowCount, areDifferent }: { readonly rowCount: number; readonly areDifferent: boolean },
): string[] {
  const values: string[] = [];
  for (let row = 0; row < Math.min(rowCount, MOST_ROWS_SOUGHT) && values.length < FIRST_VALUES; row++) {
    const text = cellText(column, row);
    if (text !== '' && !(areDifferent && values.includes(text))) values.push(text);
  }
  return values;
}
