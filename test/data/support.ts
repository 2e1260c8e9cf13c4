import { expect } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { readTable } from '../../src/data/csv.ts';
import type { Column } from '../../src/data/column.ts';
import { TableBuilder, type Table } from '../../src/data/table.ts';

/** The sentence `readTable` refuses a source with. */
export async function refusal(source: string | Blob): Promise<string> {
  const outcome: unknown = await readTable(source).catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(InputError);
  return (outcome as InputError).message;
}

/** The sentence something is refused with. */
export function refusalOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as InputError).message;
  }
  throw new Error('nothing was refused');
}

/** The cells of a column: numbers, texts, null where one is missing. */
export function cells({ numbers, textCodes, texts }: Column): (number | string | null)[] {
  return Array.from({ length: numbers?.length ?? textCodes?.length ?? 0 }, (_, row) => {
    const value = numbers?.[row] ?? NaN;
    if (!Number.isNaN(value)) return value;
    const code = textCodes?.[row] ?? 0;
    return code === 0 ? null : texts[code - 1];
  });
}

/** The columns of a table as plain arrays under their names. */
export function contents(table: Table): [string, (number | string | null)[]][] {
  return table.columnNames.map((name, column) => [name, cells(table.columns[column])]);
}

/** A table of columns as they would stand in a file; null: an empty cell. */
export function tableOf(columns: readonly (readonly [string, readonly (number | string | null)[]])[]): Table {
  const builder = new TableBuilder({ delimiter: ',', decimal: '.', hasHeader: true });
  builder.addRow(columns.map(([name]) => name));
  columns[0][1].forEach((_, row) => builder.addRow(columns.map(([, values]) => String(values[row] ?? ''))));
  return builder.finish(0);
}
