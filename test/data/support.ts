import { expect } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { readTable, type Table } from '../../src/data/csv.ts';

/** The sentence `readTable` refuses a source with. */
export async function refusal(source: string | Blob): Promise<string> {
  const outcome: unknown = await readTable(source).catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(InputError);
  return (outcome as InputError).message;
}

/** The columns of a table as plain arrays under their names. */
export function contents(table: Table): [string, number[]][] {
  return table.columnNames.map((name, column) => [name, [...table.columns[column]]]);
}
