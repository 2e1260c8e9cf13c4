// What is painted at every point of a field, as one number: a shade in the low eight bits, a line above them.

/** Shades of a scale, 0 … SHADES − 1; the others are 255, where there is no number. */
export const SHADES = 250;
/** Of a class field: the class in the upper three bits of the shade, how likely it is in the lower five. */
export const CLASS_COLOURS = 8;
export const CLASS_SHADES = 32;
export const NO_NUMBER = 255;
/** A line of equal values runs here. */
export const CONTOUR = 1 << 8;
/** Here the answer turns. */
export const DECISION = 2 << 8;
/** As many as a level can be. */
export const LEVEL_COUNT = 3 << 8;
/** Between two contours. */
const BAND_SHADES = 25;

/** @param values row-major [rows, columns] */
export function scaleLevels(
  values: Float32Array,
  columns: number,
  { least, most }: { readonly least: number; readonly most: number },
): Uint16Array<ArrayBuffer> {
  const levels = new Uint16Array(values.length);
  const factor = SHADES / (most - least || 1);
  for (let i = 0; i < values.length; i++) {
    const shade = (values[i] - least) * factor;
    levels[i] = Number.isNaN(shade) ? NO_NUMBER : Math.max(0, Math.min(SHADES - 1, shade));
  }
  const bands = Uint8Array.from(levels, (shade) => shade / BAND_SHADES);
  drawLines(levels, bands, { columns, line: CONTOUR, isThick: false });
  const sides = Uint8Array.from(levels, (level) => ((level & 255) < SHADES / 2 ? 0 : 1));
  drawLines(levels, sides, { columns, line: DECISION, isThick: true });
  return levels;
}

/**
 * The likeliest class of every point.
 *
 * @param probabilities row-major [rows, columns, classCount]
 */
export function classLevels(probabilities: Float64Array, columns: number, classCount: number) {
  const count = probabilities.length / classCount;
  const classOf = new Uint16Array(count);
  const values = new Float32Array(count);
  const levels = new Uint16Array(count);
  const certain = CLASS_SHADES - 1;
  for (let i = 0, at = 0; i < count; i++, at += classCount) {
    let likeliest = 0;
    for (let k = 1; k < classCount; k++)
      if (probabilities[at + k] > probabilities[at + likeliest]) likeliest = k;
    const share = probabilities[at + likeliest];
    classOf[i] = likeliest;
    values[i] = share;
    const shade = Math.max(0, Math.min(certain, Math.floor(share * CLASS_SHADES)));
    levels[i] = (likeliest % CLASS_COLOURS) * CLASS_SHADES + (Number.isNaN(shade) ? 0 : shade);
  }
  drawLines(levels, classOf, { columns, line: DECISION, isThick: true });
  const counts = Array<number>(classCount).fill(0);
  for (const place of classOf) counts[place]++;
  return { classOf, values, levels, classShares: counts.map((each) => each / count) };
}

/** Marks the points whose right or lower neighbour is of another kind; of a thick line that neighbour, too. */
function drawLines(
  levels: Uint16Array,
  kinds: Uint8Array | Uint16Array,
  { columns, line, isThick }: { readonly columns: number; readonly line: number; readonly isThick: boolean },
): void {
  const mark = (i: number) => (levels[i] = (levels[i] & 255) | line);
  for (let i = 0; i < kinds.length; i++) {
    const isEdge = (i + 1) % columns === 0;
    const right = isEdge || kinds[i] === kinds[i + 1] ? -1 : i + 1;
    const below = i + columns >= kinds.length || kinds[i] === kinds[i + columns] ? -1 : i + columns;
    if (right < 0 && below < 0) continue;
    mark(i);
    if (!isThick) continue;
    if (right >= 0) mark(right);
    if (below >= 0) mark(below);
  }
}
