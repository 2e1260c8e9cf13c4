// Values between the points of a field, so that lines are smooth where there was time for few points only.

/** Values at the points of a plane, row-major [rows, columns, width]. */
export interface PlaneValues {
  readonly values: Float64Array;
  readonly columns: number;
  readonly rows: number;
  /** Values a point. */
  readonly width: number;
}

/** Below this many points along an axis there are some between them. */
const LEAST_POINTS = 256;
/** More values a point take longer than they are worth. */
const MOST_VALUES = 16;

/** The same plane with points enough to draw it: between four neighbours along either axis in proportion. */
export function refined(plane: PlaneValues): PlaneValues {
  const { columns, rows, width } = plane;
  if (columns < 2 || rows < 2 || width > MOST_VALUES) return plane;
  if (columns >= LEAST_POINTS && rows >= LEAST_POINTS) return plane;
  const [wide, high] = [Math.max(columns, LEAST_POINTS), Math.max(rows, LEAST_POINTS)];
  return downwards(acrosswards(plane, wide), high);
}

function acrosswards({ values, columns, rows, width }: PlaneValues, wide: number): PlaneValues {
  const between = new Float64Array(wide * rows * width);
  for (let column = 0; column < wide; column++) {
    const [left, share] = placeOf(column, wide, columns);
    for (let row = 0; row < rows; row++) {
      const from = (row * columns + left) * width;
      const to = (row * wide + column) * width;
      for (let k = 0; k < width; k++)
        between[to + k] = values[from + k] + share * (values[from + width + k] - values[from + k]);
    }
  }
  return { values: between, columns: wide, rows, width };
}

function downwards({ values, columns, rows, width }: PlaneValues, high: number): PlaneValues {
  const line = columns * width;
  const between = new Float64Array(high * line);
  for (let row = 0; row < high; row++) {
    const [above, share] = placeOf(row, high, rows);
    const from = above * line;
    for (let i = 0; i < line; i++)
      between[row * line + i] = values[from + i] + share * (values[from + line + i] - values[from + i]);
  }
  return { values: between, columns, rows: high, width };
}

/** Behind which of `count` points a finer one lies, and how far towards the next. */
function placeOf(point: number, fineCount: number, count: number): [number, number] {
  const place = (point * (count - 1)) / (fineCount - 1);
  const before = Math.min(Math.floor(place), count - 2);
  return [before, place - before];
}
