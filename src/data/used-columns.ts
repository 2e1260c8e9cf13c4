import { InputError } from '../core/errors.ts';
import { cellText, type Column } from './column.ts';
import type { ColumnPlan, ColumnType } from './columns.ts';
import { isNumber, MAX_FLOAT32 } from './numbers.ts';
import type { Table } from './table.ts';
import { countOf, formatCount, quote } from './wording.ts';

/** A column that is an input or a target. */
export interface UsedColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** Its words were taken for missing cells. */
  readonly words?: 'missing' | undefined;
  readonly column: Column;
}

const SHOWN_CELLS = 3;

/**
 * The inputs and the targets of a table.
 *
 * @throws InputError if a plan names no column of the table or one twice, if there is no input or no target,
 *   or if a column of numbers holds something else
 */
export function useColumns(table: Table, plans: readonly ColumnPlan[]) {
  const positions = new Map(table.columnNames.map((name, position) => [name, position]));
  const used = { inputs: [] as UsedColumn[], targets: [] as UsedColumn[] };
  const seen = new Set<string>();
  for (const { name, type, role, words } of plans) {
    const position = positions.get(name);
    if (position === undefined || seen.has(name)) {
      throw new InputError(
        seen.has(name)
          ? `The column ${quote(name)} is planned twice. Plan every column of the table once.`
          : `The table has no column ${quote(name)}, which is meant to be there (${role}). Give the table its columns ` +
              'were planned for.',
      );
    }
    seen.add(name);
    const column = { name, type, words, column: withoutWords(table.columns[position], words) };
    if (role === 'input') used.inputs.push(column);
    if (role === 'target') used.targets.push(column);
  }
  if (used.inputs.length === 0 || used.targets.length === 0) {
    throw new InputError(
      `The table has ${countOf(used.inputs.length, 'input column')} and ` +
        `${countOf(used.targets.length, 'target column')}. Choose at least 1 of each.`,
    );
  }
  requireNumbers([...used.inputs, ...used.targets].filter(({ type }) => type === 'number'));
  return used;
}

/** A column whose words count as missing cells. */
export function withoutWords(column: Column, words: 'missing' | undefined): Column {
  if (words === undefined || column.textCount === 0) return column;
  const missingCount = column.missingCount + column.textCount;
  return { ...column, textCodes: undefined, texts: [], hasMoreTexts: false, textCount: 0, missingCount };
}

/** @throws InputError if a cell of these columns is a text, or beyond float32 */
export function requireNumbers(columns: readonly UsedColumn[]): void {
  const wordCount = columns.reduce((sum, { column }) => sum + column.textCount, 0);
  if (wordCount > 0) {
    const words = listCells(columns, ({ textCodes }, row) => (textCodes?.[row] ?? 0) > 0, wordCount);
    throw new InputError(
      `${wordCount === 1 ? '1 cell of a column' : `${formatCount(wordCount)} cells of columns`} of numbers ` +
        `${wordCount === 1 ? 'is not a number' : 'are not numbers'}: ` +
        `${words}. ${remedyFor(columns)}`,
    );
  }
  const isLarge = (value: number) => Math.abs(value) > MAX_FLOAT32;
  let largeCount = 0;
  for (const { numbers } of columns.map(({ column }) => column)) {
    if (!numbers) continue;
    for (let row = 0; row < numbers.length; row++) if (isLarge(numbers[row])) largeCount++;
  }
  if (largeCount === 0) return;
  const shown = listCells(columns, ({ numbers }, row) => isLarge(numbers?.[row] ?? 0), largeCount);
  throw new InputError(
    `${countOf(largeCount, 'cell')} ${largeCount === 1 ? 'is' : 'are'} too large: ${shown}. Numbers from -3.4e38 ` +
      'to 3.4e38 (float32) are accepted; rescale the column, or ignore it.',
  );
}

function remedyFor(columns: readonly UsedColumn[]): string {
  const [word = ''] = columns.find(({ column }) => column.textCount > 0)?.column.texts ?? [];
  if (isNumber(word, ','))
    return 'If the comma stands before the decimals, read the table with the decimal ",".';
  if (isNumber(word, '.'))
    return 'If the point stands before the decimals, read the table with the decimal ".".';
  return (
    'Write numbers as 3, -0.5 or 1e-3 and leave a missing one empty, or count words as missing, or make the column a ' +
    'category, or ignore it.'
  );
}

/** The first few cells in question, row by row, and how many more there are. */
function listCells(
  columns: readonly UsedColumn[],
  isMeant: (column: Column, row: number) => boolean,
  count: number,
): string {
  const affected = columns.filter(({ column }) => {
    const { numbers, textCodes } = column;
    return (numbers ?? textCodes)?.some((_: number, row: number) => isMeant(column, row));
  });
  const rowCount = affected[0].column.numbers?.length ?? affected[0].column.textCodes?.length ?? 0;
  const shown: string[] = [];
  for (let row = 0; row < rowCount && shown.length < SHOWN_CELLS; row++) {
    for (const { name, column } of affected) {
      if (shown.length === SHOWN_CELLS || !isMeant(column, row)) continue;
      shown.push(
        `${quote(cellText(column, row))} in data row ${formatCount(row + 1)}, column ${quote(name)}`,
      );
    }
  }
  const more = count - shown.length;
  return shown.join('; ') + (more > 0 ? `; and ${formatCount(more)} more` : '');
}
