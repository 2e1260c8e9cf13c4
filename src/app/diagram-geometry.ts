import type { Network } from '../index.ts';

/** The room a diagram has, in pixels of its own. */
export interface DiagramSpace {
  readonly width: number;
  readonly height: number;
  /** From the edges to the centres of the outermost units. */
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Units drawn of a layer; a wider one is folded. */
  readonly mostUnits: number;
  /** Of a unit, at most. */
  readonly radius: number;
  /** Between the centres of two units one below the other, at most. */
  readonly largestGap: number;
  readonly hasBiases: boolean;
}

/** A layer as a column of circles. */
export interface DiagramColumn {
  /** Which layer; 0 is the input. */
  readonly layer: number;
  readonly unitCount: number;
  /** The units that are drawn, and the heights of their centres. */
  readonly shown: readonly number[];
  readonly ys: readonly number[];
  readonly x: number;
  readonly radius: number;
  /** Between two centres. */
  readonly gap: number;
  /** Where the units left out would be. */
  readonly foldY: number | undefined;
}

/** A parameter as a line: a weight between two units, or a bias from above into one. */
export interface DiagramLine {
  /** Its place in the parameters. */
  readonly index: number;
  /** Whose parameter it is; 0 is the first layer after the input. */
  readonly layer: number;
  /** Undefined for a bias. */
  readonly input: number | undefined;
  readonly unit: number;
  readonly from: Point;
  readonly to: Point;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Layers drawn, the input among them; a deeper network is folded. */
const MOST_LAYERS = 6;
const LEAST_WIDTH = 0.5;
/** Up to here is widest, where few lines are drawn; many on one another would be a blot. */
const MOST_WIDTH = 3.5;
const ALL_WIDTHS = 32;
/** Of a bias's line, at most. */
const STUB = 12;
/** Pieces a curve is made of when the distance to it is taken. */
const PIECES = 16;
/** A letter of 12 pixels is about so wide. */
const LETTER = 6.6;
/** What a unit says is written below its name: `−0.0468`. */
const VALUE_LETTERS = 7;
/** Of a picture's width, on either side for names at most; and what beside them is between the edge and a unit's centre. */
const SIDE_SHARE = 0.28;
const SIDE_GAP = 30;
const LETTERS = { least: 8, most: 20 };

/** As on the Train page: one glance. */
export const smallSpace: DiagramSpace = {
  width: 312,
  height: 196,
  left: 40,
  right: 40,
  top: 16,
  bottom: 52,
  mostUnits: 6,
  radius: 9,
  largestGap: 56,
  hasBiases: false,
};

/**
 * As wide as there is room, and so high that the widest layer's circles stand apart.
 *
 * @param width in pixels
 * @param longestNames letters of the longest name of an input and of an output
 */
export function largeSpace(
  network: Network,
  width: number,
  [inputName, outputName]: readonly [number, number],
): DiagramSpace {
  const mostUnits = width < 560 ? 8 : 16;
  const widest = Math.min(
    mostUnits,
    Math.max(network.inputCount, ...network.layers.map(({ units }) => units)),
  );
  const side = (letters: number) =>
    Math.min(SIDE_SHARE * width, Math.max(letters, VALUE_LETTERS) * LETTER + SIDE_GAP);
  return {
    width,
    height: Math.max(316, 92 + 24 * widest),
    left: side(inputName),
    right: side(outputName),
    top: 36,
    bottom: 64,
    mostUnits,
    radius: 14,
    largestGap: 88,
    hasBiases: true,
  };
}

/** Letters for which there is room beside an input or an output. */
export function lettersOfEnd(width: number): number {
  const letters = Math.floor((SIDE_SHARE * width - SIDE_GAP) / LETTER);
  return Math.max(LETTERS.least, Math.min(LETTERS.most, letters));
}

/** All of a short row; of a long one the first ones and the last. */
export function fold(length: number, most: number): number[] {
  if (length <= most) return Array.from({ length }, (_, index) => index);
  return [...Array.from({ length: most - 2 }, (_, index) => index), length - 1];
}

/** The layers that are drawn, from left to right, and their units, from top to bottom. */
export function layOutColumns(network: Network, space: DiagramSpace): DiagramColumn[] {
  const unitCounts = [network.inputCount, ...network.layers.map(({ units }) => units)];
  const shownLayers = fold(unitCounts.length, MOST_LAYERS);
  const across = (space.width - space.left - space.right) / (shownLayers.length - 1);
  return shownLayers.map((layer, place) => {
    const unitCount = unitCounts[layer];
    const shown = fold(unitCount, space.mostUnits);
    const isFolded = shown.length < unitCount;
    // A folded layer leaves a gap before its last unit.
    const places = shown.length + (isFolded ? 1 : 0);
    const room = space.height - space.top - space.bottom;
    const gap = Math.min(space.largestGap, room / Math.max(1, places - 1));
    const yAt = (at: number) => middleOf(space) + (at - (places - 1) / 2) * gap;
    const last = shown.length - 1;
    const ys = shown.map((_, at) => yAt(isFolded && at === last ? at + 1 : at));
    return {
      layer,
      unitCount,
      shown,
      ys,
      x: space.left + place * across,
      radius: Math.min(isFolded ? space.radius - 1 : space.radius, gap * 0.36),
      gap,
      foldY: isFolded ? yAt(last) : undefined,
    };
  });
}

/** The height of the line on which a network's middle stands. */
export function middleOf({ height, top, bottom }: DiagramSpace): number {
  return (height + top - bottom) / 2;
}

/** The parameters that are drawn: layer by layer, unit by unit, its weights and then its bias. */
export function layOutLines(
  network: Network,
  columns: readonly DiagramColumn[],
  { hasBiases }: DiagramSpace,
): DiagramLine[] {
  return columns.slice(1).flatMap((column, place) => {
    const before = columns[place];
    const layer = column.layer - 1;
    const { weightsOffset, biasOffset, units } = network.layers[layer];
    const isJoined = before.layer === layer;
    return column.shown.flatMap((unit, at) => {
      const end = { x: column.x, y: column.ys[at] };
      const weights = (isJoined ? before.shown : []).map((input, i): DiagramLine => ({
        index: weightsOffset + input * units + unit,
        layer,
        input,
        unit,
        from: { x: before.x + before.radius, y: before.ys[i] },
        to: { x: end.x - column.radius, y: end.y },
      }));
      if (!hasBiases || biasOffset === undefined) return weights;
      const top = end.y - column.radius;
      const stub = Math.min(STUB, Math.max(4, column.gap - 2 * column.radius - 3));
      const from = { x: end.x, y: top - stub };
      const bias = {
        index: biasOffset + unit,
        layer,
        input: undefined,
        unit,
        from,
        to: { x: end.x, y: top },
      };
      return [...weights, bias];
    });
  });
}

/**
 * What a line stands for: its parameter, or what flows through it, weight · activation.
 *
 * @param parameters [parameterCount]
 * @param activations of one row: its inputs, then the activations of each layer
 * @returns [lines]
 */
export function strengthsOf(
  lines: readonly DiagramLine[],
  parameters: Float64Array,
  activations?: readonly Float64Array[],
): Float64Array {
  return Float64Array.from(lines, ({ index, layer, input }) => {
    const flow = activations && input !== undefined ? activations[layer][input] : 1;
    return parameters[index] * flow;
  });
}

/** Widths of lines by the size of what they stand for; undefined where that is no number. */
export function widthsOf(
  lines: readonly DiagramLine[],
  strengths: Float64Array,
  columns: readonly DiagramColumn[],
): (number | undefined)[] {
  const largest = strengths.reduce((most, value) => Math.max(most, Math.abs(value) || 0), 0) || 1;
  const shownOf = new Map(columns.map(({ layer, shown }) => [layer, shown.length]));
  return lines.map(({ layer, input }, at) => {
    const share = Math.abs(strengths[at]) / largest;
    if (!Number.isFinite(share)) return undefined;
    const lineCount = (shownOf.get(layer) ?? 1) * (shownOf.get(layer + 1) ?? 1);
    const most = input === undefined ? MOST_WIDTH : Math.min(MOST_WIDTH, ALL_WIDTHS / lineCount);
    return LEAST_WIDTH + most * Math.min(1, share);
  });
}

/**
 * How deep the ink of each unit is, 0 … 1, on a scale of its own layer.
 *
 * @param values [units] of one row
 * @param range the smallest and the largest value there can be; where there is none, the largest of the row is full
 */
export function depthsOf(values: Float64Array, [least, most]: readonly [number, number]): number[] {
  const bound = Math.max(Math.abs(least), Math.abs(most));
  const ofRow = values.reduce((largest, value) => Math.max(largest, Math.abs(value) || 0), 0);
  const full = (Number.isFinite(bound) ? bound : ofRow) || 1;
  return Array.from(values, (value) => Math.min(1, Math.abs(value) / full) || 0);
}

/** `M … C …`: from unit to unit, level at both ends. */
export function pathOf({ from, to, input }: DiagramLine): string {
  if (input === undefined) return `M${round(from.x)} ${round(from.y)}V${round(to.y)}`;
  const half = (to.x - from.x) / 2;
  const [x1, x2] = [round(from.x + half), round(to.x - half)];
  return `M${round(from.x)} ${round(from.y)}C${x1} ${round(from.y)} ${x2} ${round(to.y)} ${round(to.x)} ${round(to.y)}`;
}

/** A point of a line: 0 where it begins, 1 where it ends. */
export function pointOn({ from, to, input }: DiagramLine, t: number): Point {
  if (input === undefined) return { x: from.x, y: from.y + t * (to.y - from.y) };
  // A cubic Bézier curve whose two middle points are level with its ends, halfway across.
  const s = 1 - t;
  const half = (from.x + to.x) / 2;
  return {
    x: s ** 3 * from.x + 3 * s * t * half + t ** 3 * to.x,
    y: (s ** 3 + 3 * s * s * t) * from.y + (3 * s * t * t + t ** 3) * to.y,
  };
}

/** The line nearest to a point; undefined where none is within a distance. */
export function nearestLine(
  lines: readonly DiagramLine[],
  point: Point,
  within: number,
): DiagramLine | undefined {
  let nearest: DiagramLine | undefined;
  let least = within;
  for (const line of lines) {
    let before = line.from;
    for (let piece = 1; piece <= PIECES; piece++) {
      const after = pointOn(line, piece / PIECES);
      const distance = distanceTo(point, before, after);
      if (distance < least) [nearest, least] = [line, distance];
      before = after;
    }
  }
  return nearest;
}

/**
 * Where a key leads from a line: up and down through all of them, left and right along what flows, Home and End to the
 * first and the last; undefined for any other key.
 */
export function lineByKey(lines: readonly DiagramLine[], at: number, key: string): number | undefined {
  const last = lines.length - 1;
  const { layer, input, unit } = lines[at];
  const find = (wanted: (line: DiagramLine) => boolean) => {
    const found = lines.findIndex(wanted);
    return found < 0 ? at : found;
  };
  switch (key) {
    case 'ArrowDown':
      return Math.min(last, at + 1);
    case 'ArrowUp':
      return Math.max(0, at - 1);
    case 'ArrowRight':
      return find((line) => line.layer === layer + 1 && line.input === unit);
    case 'ArrowLeft':
      return find((line) => line.layer === layer - 1 && line.unit === (input ?? unit));
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return undefined;
  }
}

function distanceTo(point: Point, from: Point, to: Point): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const along = ((point.x - from.x) * dx + (point.y - from.y) * dy) / (dx * dx + dy * dy || 1);
  const t = Math.min(1, Math.max(0, along));
  return Math.hypot(point.x - from.x - t * dx, point.y - from.y - t * dy);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
