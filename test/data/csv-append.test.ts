import { describe, expect, it } from 'vitest';
import { appendColumns, safeCell } from '../../src/data/csv-append.ts';
import { readTable } from '../../src/data/csv.ts';

const added = [{ name: 'predicted y', cell: (row: number) => row + 0.5 }];

async function appended(csv: string): Promise<string> {
  const { format } = await readTable(csv, { leastColumns: 1 });
  return (await appendColumns(csv, added, { format })).text();
}

describe('a table with more columns', () => {
  it('keeps every cell as it stands in the file', async () => {
    const csv = 'id,x,"a, b"\n007,1.50,"say ""no"""\n\n008,NA,\n';
    expect(await appended(csv)).toBe('id,x,"a, b",predicted y\n007,1.50,"say ""no""",0.5\n008,NA,,1.5\n');
  });

  it('has no line ends in its cells, whatever those of the file are', async () => {
    const expected = 'a,b,predicted y\n1,x,0.5\n2,,1.5\n3,"say ""x""",2.5\n';
    for (const end of ['\n', '\r\n', '\r']) {
      expect(await appended(['a,b', '1,x', '2,', '3,"say ""x"""', ''].join(end))).toBe(expected);
    }
    expect(await appended('a,b\r\n1,x\r\n2,y')).toBe('a,b,predicted y\n1,x,0.5\n2,y,1.5\n');
    expect(await appended('a\r\n1\r\n')).toBe('a,predicted y\n1,0.5\n');
  });

  it('is written as the file was: semicolons, decimal commas, a header if there was none', async () => {
    expect(await appended('x;y\n1,5;2\n2,25;3\n')).toBe('x;y;predicted y\n1,5;2;0,5\n2,25;3;1,5\n');
    expect(await appended('1.5,2\n2.5,3\n')).toBe('column1,column2,predicted y\n1.5,2,0.5\n2.5,3,1.5\n');
  });

  it('takes one column alone, and a name that is there already', async () => {
    expect(await appended('x\n1\n2\n')).toBe('x,predicted y\n1,0.5\n2,1.5\n');
    expect(await appended('x,predicted y\n1,2\n')).toBe('x,predicted y,predicted y (2)\n1,2,0.5\n');
  });

  it('is the same table when it is read again, over many pieces', async () => {
    const rows = Array.from({ length: 20_000 }, (_, row) => `${row},text ${row}`);
    const text = await appended(`n,t\n${rows.join('\n')}\n`);
    const table = await readTable(text);
    expect(table.rowCount).toBe(20_000);
    expect(table.columns[2].numbers?.[19_999]).toBe(19_999.5);
  });
});

describe('a cell that a spreadsheet would run', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ['+cmd|x', "'+cmd|x"],
    ['-2+3', "'-2+3"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['  =1', "'  =1"],
    ['＝1', "'＝1"],
    ['-2.5', '-2.5'],
    ['+3e-4', '+3e-4'],
    ['a=b', 'a=b'],
    ['', ''],
  ])('%j becomes %j', (cell, safe) => {
    expect(safeCell(cell, '.')).toBe(safe);
  });

  it('is guarded in headers and cells of a file', async () => {
    expect(await appended('=x,y\n"=HYPERLINK(""z"")",1\n')).toBe(
      '\'=x,y,predicted y\n"\'=HYPERLINK(""z"")",1,0.5\n',
    );
  });

  it('is no number with a decimal comma', () => {
    expect(safeCell('-2,5', ',')).toBe('-2,5');
    expect(safeCell(-2.5, ',')).toBe('-2,5');
  });
});
