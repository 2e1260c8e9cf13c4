import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { readTable } from '../../src/data/csv.ts';
import { MAX_COLUMNS } from '../../src/data/header.ts';
import { cells, refusal } from './support.ts';

const CELLS = 'Give every row one cell per column, and put a cell that holds the separator in quotes.';

describe('one clear sentence for', () => {
  test.each([
    [
      'an empty file',
      '',
      'The table is empty (0 bytes). Give it a header line with the column names and rows below.',
    ],
    [
      'white space',
      ' \n\t\r\n',
      'The table is empty (nothing but white space in 5 bytes). Give it a header line with the column names and rows below.',
    ],
    [
      'a header only',
      'a,b\n\n',
      'The table has a header with 2 columns but 0 rows. Add at least 1 row below it.',
    ],
    [
      'one column',
      'a\n1\n2',
      'The table has 1 column, "a"; at least 2 are needed, an input and a target. Put a comma, a semicolon, a tab or | between the cells of a row.',
    ],
    [
      'prose',
      'It was a dark night.\nIt rained.',
      'The table has 1 column, "It was a dark night."; at least 2 are needed, an input and a target. Put a comma, a semicolon, a tab or | between the cells of a row.',
    ],
    [
      'a ragged row',
      'a,b,c\n1,2,3\n1,2\n',
      `1 row does not fit the header: data row 2 has 2 cells, not 3. ${CELLS}`,
    ],
    [
      'several ragged rows',
      'a,b\n1\n1,2,3\n1,2\n1,2,3,4\n5',
      `4 rows do not fit the header: data row 1 has 1 cell, not 2; data row 2 has 3 cells, not 2; data row 4 has 4 cells, not 2; and 1 more. ${CELLS}`,
    ],
    [
      'a quote never closed',
      'a,b\n1,2\n"3,4\n5,6',
      'Data row 2 has a quote (") that is never closed or is followed by other text. Close it, or write a quote inside a quoted cell twice ("").',
    ],
    [
      'text after a quote',
      'a,b\n1,2\n"3"x,4\n5,6',
      'Data row 2 has a quote (") that is never closed or is followed by other text. Close it, or write a quote inside a quoted cell twice ("").',
    ],
    [
      'a quote in the header',
      'a,"b\n1,2',
      'The header has a quote (") that is never closed or is followed by other text. Close it, or write a quote inside a quoted cell twice ("").',
    ],
  ])('%s', async (_, text, sentence) => {
    expect(await refusal(text)).toBe(sentence);
    expect(await refusal(new Blob([text]))).toBe(sentence);
  });

  test('bytes that are not text', async () => {
    const spreadsheet = new Uint8Array([0x50, 0x4b, 3, 4, 20, 0, 6]);
    expect(await refusal(new Blob([spreadsheet]))).toBe(
      'The file is not text: byte 6 is zero, as in a spreadsheet, an archive or UTF-16. Save the table as CSV in UTF-8 (in Excel: CSV UTF-8) and open that file.',
    );
    expect(await refusal('a,b\n1,\0')).toContain('byte 7 is zero');
    const latin1 = new Uint8Array([0xe9, 0x2c, 0x62, 0x0a, 0x31, 0x2c, 0x32]);
    expect(await refusal(new Blob([latin1]))).toBe(
      'The file is not UTF-8 text: byte 1 is 0xE9. Save the table as CSV in UTF-8 (in Excel: CSV UTF-8) and open that file.',
    );
    const cutOff = new TextEncoder().encode('a,b\n1,é').slice(0, -1);
    expect(await refusal(new Blob([cutOff]))).toContain('byte 7 is 0xC3');
  });

  test('a file that can no longer be read', async () => {
    const file = new Blob(['a,b\n1,2']);
    const gone = new DOMException('The file is gone', 'NotReadableError');
    vi.spyOn(file, 'slice').mockReturnValue({ arrayBuffer: () => Promise.reject(gone) } as unknown as Blob);
    expect(await refusal(file)).toBe(
      'The file could not be read (The file is gone). It may have been moved, changed or be a folder; open it again.',
    );
  });
});

describe('sizes beyond any table', () => {
  test('more columns than accepted', async () => {
    const header = (count: number): string => Array.from({ length: count }, (_, i) => `c${i}`).join(',');
    const zeros = `\n${'0,'.repeat(MAX_COLUMNS - 1)}0\n`;
    expect((await readTable(header(MAX_COLUMNS) + zeros)).columns).toHaveLength(MAX_COLUMNS);
    expect(await refusal(header(MAX_COLUMNS + 1))).toBe(
      'The table has 10,001 columns; at most 10,000 are accepted. Give fewer columns, and check that the file is a table with one line per row.',
    );
    expect(await refusal(`a,b\n${'0,'.repeat(20_000)}`)).toContain(
      'Data row 1 has 20,001 cells, but the header has 2 columns',
    );
  });

  test('more cells than accepted', async () => {
    const rows = 2 ** 25 / 8192;
    const names = Array.from({ length: 8192 }, (_, i) => `c${i}`).join(',');
    const row = `${'0,'.repeat(8191)}0\n`;
    expect(await refusal(`${names}\n${row.repeat(rows + 1)}`)).toBe(
      'The table has more than 4,096 rows of 8,192 columns; at most 33,554,432 cells are accepted. Give fewer rows or fewer columns.',
    );
  }, 60_000);

  const MEGABYTES = 1_000_000;
  test.each([
    ['one line of commas', '', ',', 'The table has at least 1,'],
    ['commas below a header', 'a,b\n', ',', 'Data row 1 has at least 1,'],
    [
      '9,999 commas a line below a header',
      'a,b\n',
      `${','.repeat(9_999)}\n`,
      'At least 1,000 rows do not fit',
    ],
    ['10,000 commas a line', '', `${','.repeat(10_000)}\n`, 'The table has 10,001 columns'],
    ['a line without end', 'a,b\n', '1', 'Data row 1 goes on for at least 1,'],
    ['a header without end', '', 'a', 'The header goes on for at least 1,'],
    ['a quote never closed', 'a,b\n"', '1,2\n', 'Data row 1 has a quote'],
    ['nothing but quotes', 'a,b\n', '"', 'Data row 1 goes on for at least 1,'],
    ['quotes and letters', 'a,b\n', '"x', 'Data row 1 has a quote'],
    ['line ends', '', '\n', 'The table is empty'],
    ['spaces', '', ' ', 'The header goes on for at least 1,'],
  ])(
    '50 MB of %s',
    async (name, start, pattern, sentence) => {
      const file = new Blob([start, ...Array<string>(50).fill(pattern.repeat(MEGABYTES / pattern.length))]);
      const before = process.memoryUsage().rss;
      let peak = before;
      const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 5);
      const startMs = performance.now();
      const message = await refusal(file);
      const elapsedMs = performance.now() - startMs;
      clearInterval(timer);
      console.log(
        `50 MB of ${name}: refused after ${elapsedMs.toFixed(0)} ms, + ${((peak - before) / MEGABYTES).toFixed(0)} MB`,
      );
      expect(message).toContain(sentence);
      expect(elapsedMs).toBeLessThan(20_000);
    },
    30_000,
  );
});

describe('anything at all', () => {
  const tokens = [
    [',', ';', '\t', '|', '\n', '\r', '\r\n', '"', '""', ' ', '.', '-', 'e', '\0', '\uFEFF', '\uD800'],
    ['a', 'b', 'é', '😀', '__proto__', 'constructor', '<b>', 'NaN', 'Infinity', '0x1'],
    ['0', '1', '-2.5', '1e5', '1e39', '1,2', '\n3,4', 'a,b\n', 'x;y\r\n'],
  ].flat();
  const mixed = fc.array(fc.constantFrom(...tokens), { maxLength: 60 }).map((parts) => parts.join(''));
  const goodLine = fc.constantFrom('1,2', '"3",4', ' 5 , "-6" ', '', '  ', '1e3,-.5\r', '"7","+8."');
  const badLine = fc.constantFrom('1', '1,2,3', '"9,1', '1,"x"y', '1,e', '1,', '1,1e39', '1\r,2', ',');
  const lines = fc
    .array(fc.oneof({ weight: 40, arbitrary: goodLine }, badLine), { minLength: 1, maxLength: 30 })
    .map((parts) => ['a,b', ...parts].join('\n'));
  const source = fc.oneof(
    mixed,
    lines,
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => new Blob([bytes])),
  );

  test('becomes a consistent table or an InputError', async () => {
    let tableCount = 0;
    await fc.assert(
      fc.asyncProperty(source, async (text) => {
        const outcome: unknown = await readTable(text).catch((error: unknown) => error);
        if (outcome instanceof InputError) {
          expect(outcome.message).toMatch(/^[A-Z0-9][^\n]*\.$/);
          expect(outcome.message.length).toBeLessThan(600);
          return;
        }
        const table = outcome as Awaited<ReturnType<typeof readTable>>;
        tableCount++;
        expect(table.rowCount).toBeGreaterThan(0);
        expect(table.columnNames.length).toBeGreaterThan(1);
        expect(new Set(table.columnNames).size).toBe(table.columns.length);
        expect(table.columnNames.every((name) => name !== '' && name === name.trim())).toBe(true);
        for (const column of table.columns) {
          expect(cells(column).length === table.rowCount || column.missingCount === table.rowCount).toBe(
            true,
          );
          expect(column.numberCount + column.textCount + column.missingCount).toBe(table.rowCount);
        }
      }),
      { numRuns: process.env.HANDGRAD_FULL ? 10_000 : 1_000 },
    );
    console.log(`fuzz: ${tableCount} inputs were tables`);
    expect(tableCount).toBeGreaterThan(50);
  }, 120_000);
});
