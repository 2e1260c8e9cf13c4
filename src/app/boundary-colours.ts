// The colours of a field: apart for every kind of colour vision, and none that stands for a path or a verdict.

import {
  CLASS_COLOURS,
  CLASS_SHADES,
  CONTOUR,
  DECISION,
  LEVEL_COUNT,
  NO_NUMBER,
  SHADES,
} from '../worker/field-levels.ts';
import type { Field } from '../worker/client.ts';

/** What the page is drawn with: `#rrggbb` or `#rgb` each. */
export interface Theme {
  readonly card: string;
  readonly ink: string;
}

type Rgb = readonly [red: number, green: number, blue: number];

/**
 * Violet and gold first: they stay apart for red-green and for blue-yellow blindness, as light and dark there. The last
 * four are dark ones on light, deep ones on dark.
 */
const ON_LIGHT =
  '#6a4fb0 #b8860b #0f8a84 #c2558c #7a5638 #7f8f2a #56626f #a57fd0 #7d1f4e #4c5210 #0a4a47 #9a8468'.split(
    ' ',
  );
const ON_DARK =
  '#b39bf0 #e3bd4d #4fc4bd #ec8fbd #c79b78 #b9c45c #a9b5c2 #d9c2f2 #b8527f #8a8a2f #2c8a80 #d6c8ac'.split(
    ' ',
  );
/** How much of its colour a class has where it is certain, and where it is just the likeliest. */
const FULL = 0.5;
const FAINT = 0.06;
/** The ends of a scale: fainter where the line between two answers is what matters. */
const SCALE_FULL = 0.8;
const DECIDING_FULL = 0.55;
/** Between the ends a mark is grey, so that it is not taken for a ring. */
const MARK_INK = 0.35;
const CONTOUR_INK = 0.25;
const MIDDLE_INK = 0.45;
const DECISION_INK = 0.9;
const NOTHING_INK = 0.1;

/** The colour of a class, by its place: from the thirteenth on they come again, and shapes tell them apart. */
export function classColour(place: number, theme: Theme): string {
  const colours = isDark(theme) ? ON_DARK : ON_LIGHT;
  return colours[place % CLASS_COLOURS];
}

/** The colour of a share of a scale, 0 … 1: one hue below the middle, another above it, the card's colour between. */
export function scaleColour(share: number, decides: boolean, theme: Theme): string {
  return hexOf(shadeOfScale(share, decides ? DECIDING_FULL : SCALE_FULL, theme));
}

/** What a row of a number is filled with, and what it is drawn with: both can be seen at any share of a scale. */
export function markColours(share: number, theme: Theme): { readonly fill: string; readonly edge: string } {
  const [card, ink] = [rgbOf(theme.card), rgbOf(theme.ink)];
  const end = rgbOf(classColour(share < 0.5 ? 0 : 1, theme));
  const fill = mix(mix(card, ink, MARK_INK), end, Math.abs(2 * share - 1));
  return { fill: hexOf(fill), edge: hexOf(mix(fill, ink, 0.5)) };
}

/** A row beside a curve, whose height says what it is. */
export function plainMarkColour({ card, ink }: Theme): string {
  return hexOf(mix(rgbOf(card), rgbOf(ink), 0.5));
}

/** What each level of a field is painted with: pixels as `ImageData` holds them, [LEVEL_COUNT]. */
export function paletteOf({ kind, decides }: Pick<Field, 'kind' | 'decides'>, theme: Theme): Uint32Array {
  const palette = new Uint32Array(LEVEL_COUNT);
  const ink = rgbOf(theme.ink);
  for (let level = 0; level < LEVEL_COUNT; level++) {
    const full = decides ? DECIDING_FULL : SCALE_FULL;
    const ground =
      kind === 'classes'
        ? groundOfClass(level & NO_NUMBER, theme)
        : groundOfScale(level & NO_NUMBER, full, theme);
    palette[level] = pixelOf(mix(ground, ink, inkOf(level & ~NO_NUMBER, decides)));
  }
  return palette;
}

function inkOf(line: number, decides: boolean): number {
  if (line === CONTOUR) return CONTOUR_INK;
  if (line !== DECISION) return 0;
  return decides ? DECISION_INK : MIDDLE_INK;
}

/** What is painted where no prediction is a number. */
export function noNumberColour(theme: Theme): string {
  return hexOf(groundOfNothing(theme));
}

function groundOfNothing({ card, ink }: Theme): Rgb {
  return mix(rgbOf(card), rgbOf(ink), NOTHING_INK);
}

function groundOfClass(shade: number, theme: Theme): Rgb {
  if (shade === NO_NUMBER) return groundOfNothing(theme);
  const share = (shade % CLASS_SHADES) / (CLASS_SHADES - 1);
  const colour = rgbOf(classColour(Math.floor(shade / CLASS_SHADES), theme));
  return mix(rgbOf(theme.card), colour, FAINT + (FULL - FAINT) * share ** 2);
}

function groundOfScale(shade: number, full: number, theme: Theme): Rgb {
  if (shade === NO_NUMBER) return groundOfNothing(theme);
  return shadeOfScale((shade + 0.5) / SHADES, full, theme);
}

function shadeOfScale(share: number, full: number, theme: Theme): Rgb {
  const end = rgbOf(classColour(share < 0.5 ? 0 : 1, theme));
  return mix(rgbOf(theme.card), end, full * Math.abs(2 * share - 1));
}

function mix(a: Rgb, b: Rgb, share: number): Rgb {
  const at = (i: 0 | 1 | 2) => a[i] + (b[i] - a[i]) * share;
  return [at(0), at(1), at(2)];
}

function isDark({ card }: Theme): boolean {
  const [red, green, blue] = rgbOf(card);
  return red + green + blue < 384;
}

/** @param hex as `#rrggbb` or `#rgb`, which a build makes of it where it can */
function rgbOf(hex: string): Rgb {
  const long = hex.length === 4 ? hex.replace(/[^#]/g, '$&$&') : hex;
  const at = (i: number) => Number.parseInt(long.slice(i, i + 2), 16);
  return [at(1), at(3), at(5)];
}

function hexOf(rgb: Rgb): string {
  return `#${rgb.map((value) => Math.round(value).toString(16).padStart(2, '0')).join('')}`;
}

/** Opaque, in the order of a little-endian machine, as all that run browsers are. */
function pixelOf([red, green, blue]: Rgb): number {
  return ((255 << 24) | (Math.round(blue) << 16) | (Math.round(green) << 8) | Math.round(red)) >>> 0;
}
