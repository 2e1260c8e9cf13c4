import { describe, expect, it } from 'vitest';
import {
  classColour,
  markColours,
  paletteOf,
  scaleColour,
  type Theme,
} from '../../src/app/boundary-colours.ts';
import { coarseField, curvePaths, frameOf, markGroups, WIDTH } from '../../src/app/boundary-geometry.ts';
import { markPath } from '../../src/app/boundary-marks.ts';
import { heldSentence, pictureSentence, rowsSentence, valueText } from '../../src/app/boundary-sentences.ts';
import type { Field, FieldColumns, FieldPoints } from '../../src/worker/client.ts';
import {
  CLASS_COLOURS,
  CLASS_SHADES,
  CONTOUR,
  DECISION,
  LEVEL_COUNT,
  NO_NUMBER,
} from '../../src/worker/field-levels.ts';

const light: Theme = { card: '#ffffff', ink: '#1b1d21' };
const dark: Theme = { card: '#1a1d21', ink: '#e9e7e3' };

const field: Field = {
  kind: 'scale',
  columns: 3,
  rows: 2,
  x: { column: 'age', from: 10, to: 30 },
  y: { column: 'weight', from: -1, to: 1 },
  names: ['price'],
  classes: undefined,
  values: Float32Array.of(0, 1, 2, 3, 4, Number.NaN),
  classOf: new Uint16Array(),
  picture: { columns: 3, rows: 2, levels: new Uint16Array(6) },
  range: { least: 0, most: 4 },
  extent: { least: 0, most: 4 },
  classShares: [],
  decides: false,
};
const classField: Field = {
  ...field,
  kind: 'classes',
  names: ['a', 'b', 'c'],
  classes: ['a', 'b', 'c'],
  classOf: Uint16Array.of(0, 0, 0, 1, 1, 0),
  values: Float32Array.of(0.5, 0.6, 0.7, 0.8, 0.9, 1),
  classShares: [2 / 3, 1 / 3, 0],
  decides: true,
};
const points: FieldPoints = {
  x: Float64Array.of(10, 20, 30),
  y: Float64Array.of(-1, 0, 1),
  partOf: Uint8Array.of(0, 0, 1),
  parts: ['training', 'validation'],
  value: Float64Array.of(0, 0, 4),
  rowCount: 5,
};

/** Of a text or a line against what it stands on, as WCAG counts it. */
function contrast(a: string, b: string): number {
  const luminance = (hex: string) => {
    const [red, green, blue] = [1, 3, 5]
      .map((i) => Number.parseInt(hex.slice(i, i + 2), 16) / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [more, less] = [luminance(a), luminance(b)].toSorted((x, y) => y - x);
  return (more + 0.05) / (less + 0.05);
}

describe('the frame of a boundary picture', () => {
  it('puts the ends of both axes at its corners, the largest value on top', () => {
    const { left, top, side, x, y } = frameOf(field, points);
    expect([x(10), x(30)]).toEqual([left, left + side]);
    expect([y(1), y(-1)]).toEqual([top, top + side]);
    expect(left + side).toBeLessThan(WIDTH);
  });

  it('has ticks with room for their texts', () => {
    const { across, up, left, side } = frameOf(
      { ...field, x: { column: 'n', from: 1e6, to: 1.001e6 } },
      points,
    );
    const labelled = across.filter(({ isLabelled }) => isLabelled);
    expect(labelled.length).toBeGreaterThan(0);
    labelled.slice(1).forEach(({ at, text }, i) => {
      expect(at - labelled[i].at).toBeGreaterThan(7 * text.length);
    });
    expect(up.map(({ text }) => text)).toEqual(['−1.0', '−0.5', '0.0', '0.5', '1.0']);
    expect(across.every(({ at }) => at >= left && at <= left + side + 1e-9)).toBe(true);
  });

  it('has room for a curve, for the actual values and for the rows on its foot', () => {
    const curve: Field = { ...field, kind: 'curve', columns: 6, rows: 1, y: undefined };
    const { vertical } = frameOf(curve, { ...points, value: Float64Array.of(0, 9, 4) });
    expect(vertical.name).toBe('price');
    expect(vertical.from).toBeLessThan(0);
    expect(vertical.to).toBeGreaterThan(9);
  });
});

describe('the rows in a boundary picture', () => {
  it('are one path a class, those the network did not learn from apart', () => {
    const frame = frameOf(classField, points);
    const groups = markGroups(classField, { ...points, value: Float64Array.of(2, 2, 0) }, frame);
    expect(groups.map(({ kind, isHeldOut }) => [kind, isHeldOut])).toEqual([
      [2, false],
      [0, true],
    ]);
    const at = (shape: number, i: number) => markPath(shape, frame.x(points.x[i]), frame.y(points.y[i]));
    expect(groups[0].path).toBe(at(2, 0) + at(2, 1));
    expect(groups[1].path).toBe(at(0, 2));
  });

  it('have eleven shapes and twelve colours: no two classes share both', () => {
    const places = Array.from({ length: 132 }, (_, place) => place);
    expect(new Set(places.map((place) => markPath(place, 5, 5))).size).toBe(11);
    expect(new Set(places.map((place) => classColour(place, light))).size).toBe(12);
    const both = places.map((place) => `${markPath(place, 5, 5)} ${classColour(place, light)}`);
    expect(new Set(both).size).toBe(132);
  });

  it('lie where their class is certain, along one column', () => {
    const curve: Field = { ...classField, kind: 'curve', columns: 2, rows: 1, y: undefined };
    const frame = frameOf(curve, points);
    const [group] = markGroups(curve, { ...points, value: Float64Array.of(1, 1, 1) }, frame);
    expect(group.path).toBe([0, 1].map((i) => markPath(1, frame.x(points.x[i]), frame.y(1))).join(''));
  });
});

describe('a curve', () => {
  it('is broken where there is no number', () => {
    const values = Float32Array.of(0, 1, Number.NaN, 3, 4);
    const curve: Field = { ...field, kind: 'curve', columns: 5, rows: 1, y: undefined, values };
    const [path] = curvePaths(curve, frameOf(curve, undefined));
    expect(path.match(/[ML]/g)).toEqual(['M', 'L', 'M', 'L']);
  });
});

describe('the table behind a boundary picture', () => {
  it('has the corners and the middle of the field', () => {
    const coarse = coarseField({ ...field, columns: 9, rows: 5 });
    expect(coarse.x).toEqual([10, 15, 20, 25, 30]);
    expect(coarse.y).toEqual([1, 0.5, 0, -0.5, -1]);
    expect(coarse.at[0]).toEqual([0, 2, 4, 6, 8]);
    expect(coarse.at[4]).toEqual([36, 38, 40, 42, 44]);
    expect(coarseField(field).at).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
  });

  it('says values in words', () => {
    expect(valueText(field, 2)).toBe('2.000');
    expect(valueText(field, 5)).toBe('not a number');
    expect(valueText({ ...field, decides: true }, 1)).toBe('100.0\u00a0%');
    expect(valueText(classField, 3)).toBe('b, 80.0\u00a0%');
  });
});

describe('the sentence of a boundary picture', () => {
  it('says what is where', () => {
    expect(pictureSentence(classField, points)).toBe(
      'The likeliest class over “age” from 10.00 to 30.00 and “weight” from −1.000 to 1.000: “a” on 66.7\u00a0%, ' +
        '“b” on 33.3\u00a0%. 3 rows of 5 are drawn. Some of the values follow as a table.',
    );
    expect(pictureSentence(field, undefined)).toBe(
      '“price”, as predicted, over “age” from 10.00 to 30.00 and “weight” from −1.000 to 1.000: from 0 to 4.000. ' +
        'Some of the values follow as a table.',
    );
    expect(rowsSentence({ ...points, rowCount: 3 })).toBe('All 3 rows are drawn.');
  });

  it('says where no prediction is a number', () => {
    const some = { ...classField, classShares: [0.5, 0.25, 0] };
    expect(pictureSentence(some, undefined)).toContain(
      ': “a” on 50.0\u00a0%, “b” on 25.0\u00a0%, no number on 25.0\u00a0%. Some',
    );
    for (const none of [
      { ...classField, classShares: [0, 0, 0] },
      { ...field, extent: undefined },
    ])
      expect(pictureSentence(none, undefined)).toContain(': no prediction is a number. Some');
  });
});

describe('the inputs that are not on an axis', () => {
  const number = (column: string) => ({ kind: 'number', column, start: '0', fill: undefined }) as const;
  const categories = ['red', 'blue'];
  const colour = { kind: 'category', column: 'colour', start: 'red', fill: 'red', categories } as const;
  const held = [number('age'), number('weight'), { ...colour, other: '?' }, number('height')];
  const columns: FieldColumns = { columns: [], held, outputs: [], suggested: undefined };
  const request = { across: 'age', up: 'weight', cells: ['0', '1', 'red', '-1.5'], points: 2, output: 0 };

  it('are named with what they are held at', () => {
    expect(heldSentence(columns, request)).toBe(
      '2 other inputs are held: colour at red, height at −1.5. Rows with other values there may lie on another colour.',
    );
    expect(heldSentence(columns, { ...request, up: 'height', cells: ['', '', '?', ''] })).toBe(
      '2 other inputs are held: weight missing, colour at any other. Rows with other values there may lie on another colour.',
    );
    expect(heldSentence({ ...columns, held: held.slice(0, 2) }, request)).toBeUndefined();
    expect(heldSentence({ ...columns, held: held.slice(0, 2) }, { ...request, up: undefined })).toBe(
      '1 other input is held: weight at 1. Rows with other values there may lie off the curve.',
    );
  });

  it('are counted from the fourth on', () => {
    const many = Array.from({ length: 64 }, (_, i) => number(`pixel${i}`));
    const asked = {
      across: 'pixel0',
      up: 'pixel1',
      cells: many.map((_, i) => String(i)),
      points: 2,
      output: 0,
    };
    expect(heldSentence({ ...columns, held: many }, asked)).toBe(
      '62 other inputs are held: pixel2 at 2, pixel3 at 3, pixel4 at 4, 59 more. ' +
        'Rows with other values there may lie on another colour.',
    );
  });
});

describe.each([
  { name: 'light', theme: light },
  { name: 'dark', theme: dark },
])('the colours on $name', ({ theme }) => {
  it('of twelve classes can be seen on the card', () => {
    const colours = Array.from({ length: 12 }, (_, place) => classColour(place, theme));
    expect(new Set(colours).size).toBe(12);
    for (const colour of colours) expect(contrast(colour, theme.card)).toBeGreaterThan(3);
    for (const share of [0, 0.3, 0.5, 0.8, 1])
      expect(contrast(markColours(share, theme).edge, theme.card)).toBeGreaterThan(3);
  });

  it('of a scale meet in the colour of the card', () => {
    expect(scaleColour(0.5, false, theme)).toBe(theme.card);
    expect(contrast(scaleColour(0, true, theme), scaleColour(0.5, true, theme))).toBeGreaterThan(1.5);
  });

  it('have a line that can be seen on every ground, and are opaque', () => {
    const hex = (pixel: number) =>
      `#${[pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255].map((value) => value.toString(16).padStart(2, '0')).join('')}`;
    for (const [kind, decides] of [
      ['classes', true],
      ['scale', true],
      ['scale', false],
    ] as const) {
      const palette = paletteOf({ kind, decides }, theme);
      expect(palette.length).toBe(LEVEL_COUNT);
      expect(palette.every((pixel) => pixel >>> 24 === 255)).toBe(true);
      // The middle of what does not decide lies where the shades are those of the card.
      const everyClass = Array.from({ length: 2 * CLASS_COLOURS }, (_, i) =>
        i % 2 === 0 ? (i / 2) * CLASS_SHADES : ((i + 1) / 2) * CLASS_SHADES - 1,
      );
      const shades = kind === 'classes' ? everyClass : decides ? [0, 62, 124, 186, 249] : [124, 125];
      expect(palette[NO_NUMBER]).not.toBe(palette[CLASS_COLOURS * CLASS_SHADES - 1]);
      for (const shade of shades) {
        const line = contrast(hex(palette[shade]), hex(palette[shade + DECISION]));
        expect(line).toBeGreaterThan(decides ? 3 : 1.5);
        expect(palette[shade + CONTOUR]).not.toBe(palette[shade]);
      }
    }
  });
});
