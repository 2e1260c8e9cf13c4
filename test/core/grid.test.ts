import { describe, expect, it } from 'vitest';
import { gridInputs, requireGrid, type Grid } from '../../src/core/grid.ts';

const grid: Grid = {
  columns: 3,
  rows: 2,
  across: { input: 2, from: -1, to: 1 },
  down: { input: 0, from: 5, to: 4 },
  at: Float64Array.of(9, 8, 7),
};
const line: Grid = { ...grid, rows: 1, down: undefined };

describe('the points of a grid', () => {
  it('are rows of inputs, the top line first, the others held', () => {
    const points = [5, 8, -1, 5, 8, 0, 5, 8, 1, 4, 8, -1, 4, 8, 0, 4, 8, 1];
    expect([...gridInputs(grid)]).toEqual(points);
    expect([...gridInputs(grid, 2, 3)]).toEqual(points.slice(6, 15));
    expect([...gridInputs(line)]).toEqual([9, 8, -1, 9, 8, 0, 9, 8, 1]);
  });

  it('of one column or row are at the beginning of its axis', () => {
    expect([...gridInputs({ ...grid, columns: 1, rows: 1 })]).toEqual([5, 8, -1]);
  });
});

describe('a grid is refused', () => {
  const { across, down } = grid;
  it.each<[string, Grid, string]>([
    ['without points', { ...grid, columns: 0 }, '1 or more whole columns; this one has 0'],
    ['with part of a row', { ...grid, rows: 1.5 }, '1 or more whole rows; this one has 1.5'],
    ['of several rows along one input', { ...line, rows: 2 }, 'along one input has 1 row; this one has 2'],
    ['of another network', { ...grid, at: Float64Array.of(1, 2) }, 'has 3 inputs; the grid holds 2'],
    [
      'along no input',
      { ...line, across: { ...across, input: 3 } },
      '3 inputs, from 0 on; it was asked for 3',
    ],
    ['along one input twice', { ...grid, down, across: { ...across, input: 0 } }, 'both of these are 0'],
  ])('%s', (_, wrong, message) => {
    expect(() => requireGrid(wrong, 3)).toThrow(message);
  });

  it('but not where it fits', () => {
    expect(requireGrid(grid, 3)).toBeUndefined();
    expect(requireGrid(line, 3)).toBeUndefined();
  });
});
