// What is painted at every point of a field, as one number: a shade in the low ten bits, a line above them.

/** Shades of a scale, 0 … SHADES − 1; the others are NO_NUMBER. */
export const SHADES = 250;
/** Of a class field: the shade is place of the colour · CLASS_SHADES + how likely the class is. */
export const CLASS_COLOURS = 12;
export const CLASS_SHADES = 32;
/** The bits of a shade; all of them where there is no number. */
export const NO_NUMBER = 1023;
/** A line of equal values runs here. */
export const CONTOUR = 1 << 10;
/** Here the answer turns. */
export const DECISION = 2 << 10;
/** As many as a level can be. */
export const LEVEL_COUNT = 3 << 10;
/** In the place of a class where no probability is a number. */
export const NO_CLASS = 65_535;
/** Between two contours. */
const BAND_SHADES = 25;

/** From so many points across, a line one point wide would be hard to see. */
const THICK_FROM = 384;

/** @param values row-major [rows, columns] */
export function scaleLevels(
  values: Float64Array,
  columns: number,
  { least, most }: { readonly least: number; readonly most: number },
): Uint16Array<ArrayBuffer> {
  const levels = new Uint16Array(values.length);
  const bands = new Uint8Array(values.length);
  const sides = new Uint8Array(values.length);
  const factor = SHADES / (most - least || 1);
  for (let i = 0; i < values.length; i++) {
    const place = (values[i] - least) * factor;
    const shade = Number.isNaN(place) ? NO_NUMBER : Math.max(0, Math.min(SHADES - 1, Math.floor(place)));
    levels[i] = shade;
    bands[i] = shade / BAND_SHADES;
    sides[i] = shade < SHADES / 2 ? 0 : 1;
  }
  drawLines(levels, bands, { columns, line: CONTOUR, isThick: false });
  drawLines(levels, sides, { columns, line: DECISION, isThick: columns >= THICK_FROM });
  return levels;
}

/**
 * The likeliest class of every point, and how likely it is; NO_CLASS and NaN where no probability is a number.
 *
 * @param probabilities row-major [points, classCount]
 */
export function likeliest(probabilities: Float64Array, classCount: number) {
  const count = probabilities.length / classCount;
  const classOf = new Uint16Array(count);
  const values = new Float32Array(count);
  for (let i = 0, at = 0; i < count; i++, at += classCount) {
    let best = NO_CLASS;
    let most = -Infinity;
    // Of NaN nothing is true.
    for (let k = 0; k < classCount; k++) {
      if (probabilities[at + k] > most) [best, most] = [k, probabilities[at + k]];
    }
    classOf[i] = best;
    values[i] = best === NO_CLASS ? Number.NaN : most;
  }
  return { classOf, values };
}

/** @param columns points across */
export function classLevels(
  { classOf, values }: { readonly classOf: Uint16Array; readonly values: Float32Array },
  columns: number,
): Uint16Array<ArrayBuffer> {
  const levels = new Uint16Array(classOf.length);
  for (let i = 0; i < levels.length; i++) {
    const shade = Math.max(0, Math.min(CLASS_SHADES - 1, Math.floor(values[i] * CLASS_SHADES)));
    levels[i] = classOf[i] === NO_CLASS ? NO_NUMBER : (classOf[i] % CLASS_COLOURS) * CLASS_SHADES + shade;
  }
  drawLines(levels, classOf, { columns, line: DECISION, isThick: columns >= THICK_FROM });
  return levels;
}

/** Marks the points whose right or lower neighbour is of another kind; of a thick line that neighbour, too. */
function drawLines(
  levels: Uint16Array,
  kinds: Uint8Array | Uint16Array,
  { columns, line, isThick }: { readonly columns: number; readonly line: number; readonly isThick: boolean },
): void {
  const mark = (i: number) => (levels[i] = (levels[i] & NO_NUMBER) | line);
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
