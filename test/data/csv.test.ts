import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readTable } from '../../src/data/csv.ts';
import { orTable } from '../../src/data/samples/or-table.ts';
import { PIECE_BYTES } from '../../src/data/text-pieces.ts';
import { cells, contents } from './support.ts';

const small: [string, number[]][] = [
  ['a', [1, 3]],
  ['b', [2, -4.5]],
];

async function read(source: string | Blob): Promise<[string, (number | string | null)[]][]> {
  return contents(await readTable(source));
}

describe('tables as people have them', () => {
  test("the notebook's text as it stands", async () => {
    const table = await readTable(orTable.csv);
    expect(table.rowCount).toBe(4);
    expect(contents(table)).toEqual([
      ['observation', [1, 2, 3, 4]],
      ['input1', [0, 0, 1, 1]],
      ['input2', [0, 1, 0, 1]],
      ['output', [0, 1, 1, 1]],
    ]);
  });

  test.each([
    ['LF', 'a,b\n1,2\n3,-4.5\n'],
    ['CRLF', 'a,b\r\n1,2\r\n3,-4.5\r\n'],
    ['CR', 'a,b\r1,2\r3,-4.5\r'],
    ['CR without a last line end', 'a,b\r1,2\r3,-4.5'],
    ['LF and CRLF mixed', 'a,b\r\n1,2\n3,-4.5\r\n'],
    ['no last line end', 'a,b\n1,2\n3,-4.5'],
    ['a byte-order mark', '\uFEFFa,b\n1,2\n3,-4.5'],
    ['a byte-order mark before a quote', '\uFEFF"a","b"\n1,2\n3,-4.5'],
    ['blank lines before, between, after', '\n \n\t\r\n\na,b\n1,2\n\n  \n3,-4.5\n\n \n'],
    ['spaces around names and numbers', ' a , b \n 1 ,2 \n3  ,\t-4.5 '],
    ['semicolons', 'a;b\n1;2\n3;-4.5'],
    ['tabs', 'a\tb\n1\t2\n3\t-4.5'],
    ['bars', 'a|b\n1|2\n3|-4.5'],
    ['quotes everywhere', '"a","b"\r\n"1","2"\r\n"3","-4.5"\r\n'],
    ['quotes here and there', 'a,"b"\n1,"2"\n"3",-4.5'],
    ['spaces outside quotes', '"a", "b"\n1, "2" \n"3" ,"-4.5" '],
    ['spaces inside quotes', '" a","b "\n" 1 ",2\n3," -4.5"'],
    ['scientific notation', 'a,b\n1e0,+2.\n0.3E+1,-45e-1'],
  ])('%s', async (_, text) => {
    expect(await read(text)).toEqual(small);
  });

  test('a delimiter inside quotes, and line ends inside a quoted name', async () => {
    const table = await readTable('"a;1","b, in\nmm",c\n1,2,3\n4,5,6\n');
    expect(table.columnNames).toEqual(['a;1', 'b, in\nmm', 'c']);
    expect(table.rowCount).toBe(2);
  });

  test('other delimiters in the names do not mislead the guess', async () => {
    const table = await readTable('width, mm;height, mm;depth, mm|raw\n1;2;3\n4;5;6\n');
    expect(table.columnNames).toEqual(['width, mm', 'height, mm', 'depth, mm|raw']);
  });

  test('an empty first name of a tab-separated header is not taken for white space', async () => {
    const table = await readTable('\ta\tb\n0\t1\t2\n');
    expect(table.columnNames).toEqual(['column1', 'a', 'b']);
    expect(table.notes).toEqual(['1 column has no name; named now: "column1".']);
  });

  test('names that mean something to JavaScript are names', async () => {
    const text = '__proto__,constructor,toString,hasOwnProperty\n1,2,3,4\n';
    expect((await readTable(text)).columnNames).toEqual(text.split('\n')[0].split(','));
  });

  test('markup is text', async () => {
    const name = '<img src=x onerror=alert(1)>';
    expect((await readTable(`${name},b\n1,2\n`)).columnNames[0]).toBe(name);
  });

  test('the ends of float64 and float32', async () => {
    const text = 'a,b\n5e-324,1e-999\n3.4028234663852886e38,-3.4028234663852886e38\n-0,0.1\n';
    const [[, a], [, b]] = await read(text);
    expect(a).toEqual([5e-324, 3.4028234663852886e38, -0]);
    expect(b).toEqual([0, -3.4028234663852886e38, 0.1]);
  });
});

describe('pieces', () => {
  const text = '"naïve 😀, x",b\n"1.25","-3"\n4,"5"\n';
  const expected: [string, number[]][] = [
    ['naïve 😀, x', [1.25, 4]],
    ['b', [-3, 5]],
  ];

  test('a table cut between two pieces at every byte', async () => {
    const bytes = new TextEncoder().encode(text);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const padding = '\n'.repeat(PIECE_BYTES - cut);
      expect(await read(new Blob([padding, bytes])), `cut at byte ${cut}`).toEqual(expected);
    }
  });

  test('rows cut between two pieces at every byte, with LF and CRLF', async () => {
    for (const lineEnd of ['\n', '\r\n']) {
      const [header, ...rows] = text.replaceAll('\n', lineEnd).split(/(?<=\n)/);
      const headerBytes = new TextEncoder().encode(header).length;
      const rest = rows.join('');
      for (let cut = 0; cut <= rest.length; cut++) {
        const padding = ' '.repeat(PIECE_BYTES - headerBytes - cut - lineEnd.length) + lineEnd;
        expect(await read(new Blob([header, padding, rest])), `cut at ${cut}`).toEqual(expected);
      }
    }
  });

  test('a header longer than a piece', async () => {
    const names = Array.from({ length: 10_000 }, (_, column) => `a column with quite a long name ${column}`);
    for (const lineEnd of ['\n', '\r', '\r\n']) {
      const table = await readTable([names.join(';'), names.map((_, i) => i).join(';')].join(lineEnd));
      expect(table.columnNames).toEqual(names);
      expect(table.columns[9_999].numbers?.[0]).toBe(9_999);
    }
  });

  test('the event loop gets its turns', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await readTable('a,b\n' + '1,2\n'.repeat(1_000_000));
    clearInterval(timer);
    expect(turns).toBeGreaterThan(10);
  });

  test('an aborted signal ends the reading with its reason', async () => {
    const controller = new AbortController();
    const reading = readTable('a,b\n' + '1,2\n'.repeat(1_000_000), { signal: controller.signal });
    setTimeout(() => controller.abort(), 5);
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
    const reason = new Error('another table was opened');
    await expect(readTable('a,b\n1,2', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  test('100,000 rows of 20 columns', async () => {
    const row = Array.from({ length: 20 }, (_, i) => ((i * 0.137) % 1).toFixed(6)).join(',');
    const names = Array.from({ length: 20 }, (_, i) => `c${i}`).join(',');
    const file = new Blob([`${names}\n`, `${row}\n`.repeat(100_000)]);
    const start = performance.now();
    const table = await readTable(file);
    console.log(
      `100,000 × 20 (${(file.size / 1e6).toFixed(1)} MB): ${(performance.now() - start).toFixed(0)} ms`,
    );
    expect(table.rowCount).toBe(100_000);
    expect(table.columns[19].numbers?.[99_999]).toBe(0.603);
  });
});

test('random tables come back exactly, from text and from a file', async () => {
  const number = fc.double({ min: -3.4e38, max: 3.4e38, noNaN: true });
  const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).map((text) => `c${text}c`);
  const written = fc.record({
    names: fc.uniqueArray(name, { minLength: 2, maxLength: 6 }),
    rows: fc.array(fc.array(number, { minLength: 6, maxLength: 6 }), { minLength: 1, maxLength: 30 }),
    delimiter: fc.constantFrom(',', ';', '\t', '|'),
    lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
    isQuoted: fc.func(fc.boolean()),
    ends: fc.record({ start: fc.constantFrom('', '\n', '\uFEFF'), lastLineEnd: fc.boolean() }),
  });
  await fc.assert(
    fc.asyncProperty(written, async ({ names, rows, delimiter, lineEnd, isQuoted, ends }) => {
      const write = (texts: readonly string[], row: number): string =>
        texts.map((cell, i) => (isQuoted(row, i) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(delimiter);
      const header = names.map((text) => `"${text.replaceAll('"', '""')}"`).join(delimiter);
      const values = rows.map((row) => row.slice(0, names.length));
      const lines = [header, ...values.map((row, i) => write(row.map(writeNumber), i))];
      const text = ends.start + lines.join(lineEnd) + (ends.lastLineEnd ? lineEnd : '');
      const table = await readTable(text);
      expect(table.columnNames).toEqual(names);
      expect(table.rowCount).toBe(rows.length);
      expect(table.columns.map(cells)).toEqual(names.map((_, column) => values.map((row) => row[column])));
      expect(await readTable(new Blob([text]))).toEqual(table);
    }),
    { numRuns: process.env.HANDGRAD_FULL ? 3_000 : 300 },
  );
});

/** The shortest text that reads back as `value`; `String(-0)` would be `0`. */
function writeNumber(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}
