// Where the parts of a boundary picture lie: axes, marks, curves; and the few numbers that stand for all of it.

import type { Field, FieldPoints } from '../worker/client.ts';
import { linearRange, tickOf } from './chart-scales.ts';
import { markPath, round } from './boundary-marks.ts';
import { plotTicks } from './plot-points.ts';

/** As wide as it is on a phone, so that the letters have their size there. */
export const WIDTH = 340;
const TOP = 22;
const BOTTOM = 38;
const RIGHT = 10;
/** Of a digit of a tick. */
const DIGIT_WIDTH = 7;

interface AxisTick {
  readonly at: number;
  readonly text: string;
  /** Whether there is room for its text. */
  readonly isLabelled: boolean;
}

/** The square of a picture and what is written beside it. */
export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly side: number;
  readonly height: number;
  readonly across: readonly AxisTick[];
  readonly up: readonly AxisTick[];
  /** Of the vertical axis: a column, or what is predicted. */
  readonly vertical: { readonly name: string; readonly from: number; readonly to: number };
  x(value: number): number;
  y(value: number): number;
}

/** @param points which a curve's axis has room for, too */
export function frameOf(field: Field, points: FieldPoints | undefined): Frame {
  const { x: horizontal } = field;
  const vertical = field.y
    ? { name: field.y.column, from: field.y.from, to: field.y.to }
    : verticalOf(field, points);
  const up = plotTicks([vertical.from, vertical.to]);
  const across = plotTicks([horizontal.from, horizontal.to]);
  const widthOf = (value: number, step: number) => DIGIT_WIDTH * tickOf(value, step).length;
  const left = Math.max(...up.values.map((value) => widthOf(value, up.step)), 0) + 10;
  const side = WIDTH - left - RIGHT;
  const x = (value: number) => left + (side * (value - horizontal.from)) / (horizontal.to - horizontal.from);
  const y = (value: number) => TOP + (side * (vertical.to - value)) / (vertical.to - vertical.from);
  const widest = Math.max(...across.values.map((value) => widthOf(value, across.step)), 1);
  const stride = Math.ceil((widest + 8) / (x(horizontal.from + across.step) - left));
  return {
    left,
    top: TOP,
    side,
    height: TOP + side + BOTTOM,
    across: across.values.map((value, i) => ({
      at: x(value),
      text: tickOf(value, across.step),
      isLabelled: i % stride === 0,
    })),
    up: up.values.map((value) => ({ at: y(value), text: tickOf(value, up.step), isLabelled: true })),
    vertical,
    x,
    y,
  };
}

/** Room for the curve and for the rows beside it. */
function verticalOf({ range, values, names }: Field, points: FieldPoints | undefined) {
  const name = names.length > 1 ? 'probability' : names[0];
  const all = [range.least, range.most, ...values, ...(names.length > 1 ? [] : (points?.value ?? []))];
  const finite = all.filter(Number.isFinite);
  const [from, to] = linearRange(
    undefined,
    finite.reduce((least, value) => Math.min(least, value), Infinity),
    finite.reduce((most, value) => Math.max(most, value), -Infinity),
  );
  // From 0 on, room for what lies on it.
  return { name, from: from === 0 ? -0.04 * to : from, to };
}

/** Marks that look alike, as one path. */
export interface MarkGroup {
  /** The place of a class, or how high on the scale, 0 … 1. */
  readonly kind: number;
  readonly isHeldOut: boolean;
  readonly path: string;
}

/** Numbers are drawn in so many colours. */
const SCALE_STEPS = 7;

/** The rows as marks: one path a class or part of the scale, training and held-out rows apart. */
export function markGroups(field: Field, points: FieldPoints, frame: Frame): MarkGroup[] {
  const { classes, range, names } = field;
  const paths = new Map<string, { kind: number; isHeldOut: boolean; parts: string[] }>();
  for (let i = 0; i < points.x.length; i++) {
    const value = points.value[i];
    const share = Math.min(1, Math.max(0, (value - range.least) / (range.most - range.least || 1)));
    const kind = classes ? value : Math.round(share * (SCALE_STEPS - 1)) / (SCALE_STEPS - 1);
    const isHeldOut = points.parts[points.partOf[i]] !== 'training';
    const key = `${kind} ${isHeldOut}`;
    const group = paths.get(key) ?? { kind, isHeldOut, parts: [] };
    paths.set(key, group);
    // Along one column the rows of every class lie where it is certain.
    const y = field.y || names.length === 1 ? points.y[i] : 1;
    group.parts.push(markPath(classes ? kind : 0, frame.x(points.x[i]), frame.y(y)));
  }
  return [...paths.values()].map(({ parts, ...group }) => ({ ...group, path: parts.join('') }));
}

/** The curves of a field along one column, one a name; broken where there is no number. */
export function curvePaths({ values, columns, names, x }: Field, frame: Frame): string[] {
  return names.map((_, k) => {
    let path = '';
    let isOn = false;
    for (let column = 0; column < columns; column++) {
      const value = values[column * names.length + k];
      if (!Number.isFinite(value)) {
        isOn = false;
        continue;
      }
      const at = x.from + ((x.to - x.from) * column) / Math.max(1, columns - 1);
      path += `${isOn ? 'L' : 'M'}${round(frame.x(at))} ${round(frame.y(value))}`;
      isOn = true;
    }
    return path;
  });
}

/** Some points of a field, evenly spread over it, for a table: from the top line to the bottom. */
export interface CoarseField {
  readonly x: readonly number[];
  /** Empty along one column. */
  readonly y: readonly number[];
  /** Places in the field, a line for each y; along one column a single line. */
  readonly at: readonly (readonly number[])[];
}

export function coarseField({ x, y, columns, rows }: Field, most = 5): CoarseField {
  const places = (count: number) => [
    ...new Set(Array.from({ length: most }, (_, i) => Math.round((i * (count - 1)) / (most - 1)))),
  ];
  const [across, down] = [places(columns), places(rows)];
  return {
    x: across.map((column) => x.from + ((x.to - x.from) * column) / Math.max(1, columns - 1)),
    y: y ? down.map((row) => y.to + ((y.from - y.to) * row) / Math.max(1, rows - 1)) : [],
    at: down.map((row) => across.map((column) => row * columns + column)),
  };
}
