import { describe, expect, test } from 'vitest';
import { readNumber } from '../../src/data/numbers.ts';
import { readTable } from '../../src/data/csv.ts';
import type { CsvFormat } from '../../src/data/csv-format.ts';
import { contents } from './support.ts';

const name = ({ delimiter, decimal, hasHeader }: CsvFormat): string =>
  `${delimiter} ${decimal} ${hasHeader ? 'header' : 'none'}`;

async function guess(text: string, format?: Partial<CsvFormat>): Promise<string> {
  return name((await readTable(text, format ? { format } : {})).format);
}

describe('the guess', () => {
  test.each([
    ['plain', 'a,b\n1.5,2\n', ', . header'],
    ['semicolons and decimal commas', 'a;b\n1,5;2\n0,25;3\n', '; , header'],
    ['the same without a header', '1,5;2,5\n3,5;4,25\n', '; , none'],
    ['tabs and decimal commas', 'a\tb\n-1,5e-3\tx\n,5\ty\n', '\t , header'],
    ['bars', 'a|b\n1|2\n', '| . header'],
    ['quoted decimal commas between commas', 'a,b\n"1,5","x"\n"12,25","y"\n', ', , header'],
    ['perhaps thousands', 'a;b\n1,234;5\n12,500;6\n', '; . header'],
    ['perhaps thousands, but not all', 'a;b\n1,234;5\n0,500;6\n', '; , header'],
    ['lists of numbers beside decimal points', 'a;b\n1,5;2.5\n2,7;3.5\n', '; . header'],
    ['a text with a comma among them', 'a;b\n1,5;2\n1,5 m;3\n', '; . header'],
    ['missing values among decimal commas', 'a;b\n1,5;?\nNA;3\n;4\n', '; , header'],
    ['numbers only', '1,2\n3,4\n', ', . none'],
    ['a table of flowers without a header', '5.1,3.5,setosa\n4.9,3.0,setosa\n', ', . none'],
    ['a first row with a gap', '5.1,?,setosa\n4.9,3.0,other\n', ', . none'],
    ['years as names', 'country,2019,2020\nA,1,2\nB,3,4\n', ', . header'],
    ['years as data', 'Oslo,2019,5.5\nRome,2020,6.5\n', ', . none'],
    ['positions as names', 'label,0,1,2\nx,5,6,7\ny,8,9,7\n', ', . header'],
    ['an unnamed index', ',x,y\n0,5,6\n1,7,8\n', ', . header'],
    ['texts only', 'outlook,play\nsunny,no\nrain,yes\n', ', . header'],
  ])('%s', async (_, text, format) => {
    expect(await guess(text)).toBe(format);
    expect(await guess(text.replaceAll('\n', '\r\n'))).toBe(format);
  });

  test('is made from the start of a long file', async () => {
    const text = `a;b\n${'1,5;2\n'.repeat(40_000)}`;
    expect(await guess(text)).toBe('; , header');
  });

  test.each([
    ['thousands or decimals', 'a;b\n1.200;0\n2.500;3\n', '; , header'],
    ['decimals for certain', 'a;b\n1.20;0\n2.500;3\n', '; . header'],
    ['another delimiter', 'a,b\n1.200,0\n2.500,3\n', ', . header'],
    ['one column', 'a\n1,5\n2,5\n', '; , header'],
    ['another format altogether', '1,5.25\n2,3.5\n', ', . none'],
  ])('takes what is usual only where it cannot tell: %s', async (_, text, format) => {
    const usual: CsvFormat = { delimiter: ';', decimal: ',', hasHeader: true };
    expect(name((await readTable(text, { usual, leastColumns: 1 })).format)).toBe(format);
  });

  test('is overruled, one by one', async () => {
    const read = async (format: Partial<CsvFormat>) =>
      contents(await readTable('1,5;2\n2,5;4\n', { format }));
    expect(await read({})).toEqual([
      ['column1', [1.5, 2.5]],
      ['column2', [2, 4]],
    ]);
    expect(await read({ delimiter: ';', decimal: '.' })).toEqual([
      ['column1', ['1,5', '2,5']],
      ['column2', [2, 4]],
    ]);
    expect(await read({ hasHeader: true })).toEqual([
      ['1,5', [2.5]],
      ['2', [4]],
    ]);
    // Cells without a decimal comma are those between commas.
    expect(await read({ decimal: '.' })).toEqual([
      ['column1', [1, 2]],
      ['column2', ['5;2', '5;4']],
    ]);
  });
});

describe('names', () => {
  test('a name given again is numbered, past names that are taken', async () => {
    const table = await readTable('a,b,a,a (2),a,\n1,2,3,4,5,6\n');
    expect(table.columnNames).toEqual(['a', 'b', 'a (3)', 'a (2)', 'a (4)', 'column6']);
    expect(table.notes).toEqual([
      '2 columns have the name of another; named now: "a (3)", "a (4)".',
      '1 column has no name; named now: "column6".',
    ]);
  });

  test('a column without a name does not take the name of another', async () => {
    const table = await readTable('column2,,column2\n1,2,3\n');
    expect(table.columnNames).toEqual(['column2', 'column2 (2)', 'column2 (3)']);
  });

  test('ten thousand columns of one name', async () => {
    const names = Array<string>(10_000).fill('__proto__').join(',');
    const table = await readTable(`${names}\n${'0,'.repeat(9_999)}0\n`);
    expect(new Set(table.columnNames).size).toBe(10_000);
    expect(table.columnNames[9_999]).toBe('__proto__ (10000)');
  });
});

describe('cells', () => {
  test('missing values, in any case, quoted or not', async () => {
    const missing = ['', ' ', 'NA', 'na', 'N/A', 'NaN', 'nan', 'null', 'NULL', '?', '"?"', ' "NA" '];
    const table = await readTable(`a,b\n${missing.map((cell) => `${cell},1\n`).join('')}2,1\n`);
    expect(table.columns[0]).toMatchObject({ missingCount: missing.length, numberCount: 1, textCount: 0 });
  });

  test.each([
    '0x10',
    '1 000',
    'Infinity',
    '-Infinity',
    '1e',
    '.',
    '-',
    '1_000',
    '0b1',
    '1n',
    'true',
    '٣',
    '−1',
    '1;2',
    '1.2.3',
    '12%',
    '1e5.5',
    'none',
    '1,234',
  ])('%j is text', async (cell) => {
    expect(contents(await readTable(`a,b\n1,"${cell}"\n`))[1]).toEqual(['b', [cell]]);
  });

  test('what the texts of a column take is bounded, whatever their length', async () => {
    const long = 'x'.repeat(100_000);
    const lines = Array.from(
      { length: 900 },
      (_, row) => `${row}${long},${row % 3 === 0 ? 'a' : 'b'},${row}\n`,
    );
    const table = await readTable(new Blob(['text,class,y\n', ...lines]));
    expect(table.columns[0]).toMatchObject({ hasMoreTexts: true, textCount: 900 });
    expect(table.columns[0].texts.join('').length).toBeLessThan(10_000);
    expect(table.columns[1]).toMatchObject({ hasMoreTexts: false, texts: ['a', 'b'] });
  });
});

test('progress goes from piece to piece to the end', async () => {
  const file = new Blob(['a,b\n', '1,2\n'.repeat(100_000)]);
  const reports: [number, number][] = [];
  await readTable(file, { onProgress: (read, all) => reports.push([read, all]) });
  expect(reports.length).toBe(Math.ceil(file.size / 65_536));
  expect(reports.every(([read, all], i) => all === file.size && (i === 0 || read > reports[i - 1][0]))).toBe(
    true,
  );
  expect(reports.at(-1)).toEqual([file.size, file.size]);
});

describe('thousands apart', () => {
  test.each([
    ['1.842,13', ',', 1842.13],
    ['1.842', ',', 1842],
    ['-12.345.678,5', ',', -12345678.5],
    ['1,200.50', '.', 1200.5],
    ['12,345,678', '.', 12345678],
  ] as const)('%s with the decimal %s', (text, decimal, expected) => {
    expect(readNumber(text, decimal)).toBe(expected);
  });

  test.each([
    ['1,234', '.'],
    ['1,23,456', '.'],
    ['1.23', ','],
    ['1.842.13', ','],
    ['1,842.13', ','],
    [',842.1', '.'],
  ] as const)('%s with the decimal %s is no number', (text, decimal) => {
    expect(readNumber(text, decimal)).toBeUndefined();
  });

  test('a German table of rents is read as numbers', async () => {
    const rents = await readTable('Zimmer;Miete\n2;620,73\n4;1.842,13\n3;1.100\n2;980\n');
    expect(rents.format.decimal).toBe(',');
    expect([...(rents.columns[1].numbers ?? [])]).toEqual([620.73, 1842.13, 1100, 980]);
  });
});
