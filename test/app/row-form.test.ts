import { describe, expect, test } from 'vitest';
import { cellsOf, fieldFault, plainNumber, rowFault } from '../../src/app/row-form.ts';
import { describePredicted } from '../../src/app/predicted-sentences.ts';
import type { RowField } from '../../src/worker/client.ts';

const size: RowField = { kind: 'number', column: 'size', start: '1', fill: undefined };
const weight: RowField = { ...size, column: 'weight', fill: '3' };
const colour: RowField = {
  kind: 'category',
  column: 'colour',
  start: 'red',
  fill: 'red',
  categories: ['red', '1,5'],
  other: 'other',
};

describe('a row written by hand', () => {
  test('numbers are read as people write them', () => {
    expect(plainNumber(' 1.5 ', '.')).toBe('1.5');
    expect(plainNumber('1,5', '.')).toBe('1.5');
    expect(plainNumber('−2e-3', '.')).toBe('-0.002');
    expect(plainNumber('.5', '.')).toBe('0.5');
    expect(plainNumber('1,200.50', '.')).toBe('1200.5');
    expect(plainNumber('1.663,16', '.')).toBe('1663.16');
    expect(plainNumber('1,000,000', '.')).toBe('1000000');
    for (const text of ['', 'heavy', '0x10', 'Infinity', '1e999', '1 2', '1.5.2', '1,663'])
      expect(plainNumber(text, '.'), text).toBeUndefined();
  });

  test('and as the table writes them', () => {
    expect(plainNumber('1.663,16', ',')).toBe('1663.16');
    expect(plainNumber('1.663', ',')).toBe('1663');
    expect(plainNumber('1,663', ',')).toBe('1.663');
    expect(plainNumber('1.5', ',')).toBe('1.5');
  });

  test('a field says what is wrong', () => {
    expect(fieldFault(size, '', '.')).toBe('A value is needed here.');
    expect(fieldFault(weight, ' ', '.')).toBeUndefined();
    expect(fieldFault(weight, 'much', '.')).toBe('“much” is not a number.');
    expect(fieldFault(weight, '1,663', '.')).toBe('Write 1663 or 1.663: “1,663” can be either.');
    expect(fieldFault(colour, '', '.')).toBeUndefined();
    expect(rowFault([size, weight], ['', ''], '.')).toBe(
      'One field wants a value before there is a prediction.',
    );
    expect(rowFault([size, weight], ['1', ''], '.')).toBeUndefined();
  });

  test('cells are those of a table with a decimal point', () => {
    expect(cellsOf([size, weight, colour], ['1,5', '', '1,5'], '.')).toEqual(['1.5', '', '1,5']);
  });
});

test('what became of a file of rows', () => {
  const predicted = {
    rowCount: 12,
    answers: [[], []],
    extraColumns: ['age'],
    filledCellCount: 1,
    unseenCells: [['colour', 2]] as const,
    incompleteCount: 3,
  };
  expect(describePredicted('new.csv', predicted, { targets: ['price'] })).toEqual([
    'new.csv: price predicted for 9 rows; the first 2 rows below.',
    '3 rows without a prediction: a value is missing, and the network was trained on complete rows only.',
    'Ignored, because the network was not trained on it: “age”.',
    'Not seen in training, so counted as any other category: 2 cells of “colour”.',
    '1 missing cell filled as in training.',
  ]);
});
