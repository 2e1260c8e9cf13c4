/**
 * Columns of text, each as wide as its widest cell, two spaces apart.
 *
 * @param rows the same number of cells in each
 * @param alignment one per column
 */
export function textTable(
  rows: readonly (readonly string[])[],
  alignment: readonly ('left' | 'right')[],
): string {
  const widths = alignment.map((_, column) => Math.max(...rows.map((row) => Array.from(row[column]).length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => pad(cell, widths[column], alignment[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function pad(cell: string, width: number, side: 'left' | 'right'): string {
  const space = ' '.repeat(width - Array.from(cell).length);
  return side === 'left' ? cell + space : space + cell;
}
