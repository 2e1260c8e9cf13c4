// How deep each field of a heat map is drawn.

import type { HeatCell } from '../index.ts';

const DEPTHS = 6;

/**
 * The depth of each field, from 0 for the largest medians to 5 for the smallest; undefined where there is none.
 * By rank, not by size: one field that is far off does not make all others alike.
 */
export function heatDepths(cells: readonly HeatCell[]): (number | undefined)[] {
  const medians = cells.flatMap(({ median }) => (median === undefined ? [] : [median]));
  const sorted = [...new Set(medians)].toSorted((a, b) => b - a);
  return cells.map(({ median }) =>
    median === undefined
      ? undefined
      : Math.floor(((sorted.indexOf(median) + 1) * DEPTHS - 1) / sorted.length),
  );
}

/** The field with the smallest median; undefined where none has one. */
export function bestCell(cells: readonly HeatCell[]): HeatCell | undefined {
  return cells.reduce<HeatCell | undefined>(
    (best, cell) => ((cell.median ?? Infinity) < (best?.median ?? Infinity) ? cell : best),
    undefined,
  );
}
