import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  depthsOf,
  fold,
  largeSpace,
  layOutColumns,
  layOutLines,
  lineByKey,
  nearestLine,
  pointOn,
  smallSpace,
  strengthsOf,
  widthsOf,
} from '../../src/app/diagram-geometry.ts';
import { layOutNetwork, type Network } from '../../src/core/network.ts';

function networkOf(inputCount: number, units: readonly number[], bias: boolean): Network {
  return layOutNetwork(
    inputCount,
    units.map((count) => ({ units: count, activation: 'tanh', bias })),
  );
}

function layOut(network: Network, width: number) {
  const space = largeSpace(network, width, [6, 6]);
  const columns = layOutColumns(network, space);
  return { space, columns, lines: layOutLines(network, columns, space) };
}

const anyNetwork = fc
  .tuple(
    fc.integer({ min: 1, max: 80 }),
    fc.array(fc.integer({ min: 1, max: 80 }), { minLength: 1, maxLength: 9 }),
    fc.boolean(),
  )
  .map(([inputCount, units, bias]) => networkOf(inputCount, units, bias));

test('a short row is whole; of a long one the first and the last are left', () => {
  expect(fold(6, 6)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(fold(7, 6)).toEqual([0, 1, 2, 3, 6]);
  expect(fold(128, 4)).toEqual([0, 1, 127]);
  expect(fold(1, 6)).toEqual([0]);
});

test('every unit lies within the picture, below the one before and not on it', () => {
  fc.assert(
    fc.property(anyNetwork, fc.integer({ min: 280, max: 1100 }), (network, width) => {
      const large = layOut(network, width);
      for (const { space, columns } of [
        large,
        { space: smallSpace, columns: layOutColumns(network, smallSpace) },
      ]) {
        for (const { x, ys, radius, shown, unitCount, foldY } of columns) {
          expect(x - radius).toBeGreaterThanOrEqual(0);
          expect(x + radius).toBeLessThanOrEqual(space.width + 1e-9);
          expect(ys[0] - radius).toBeGreaterThanOrEqual(0);
          expect((ys.at(-1) ?? Infinity) + radius).toBeLessThanOrEqual(space.height - 36);
          for (let at = 1; at < ys.length; at++) expect(ys[at] - ys[at - 1]).toBeGreaterThan(2 * radius);
          expect(foldY === undefined).toBe(shown.length === unitCount);
          expect(shown.length).toBeLessThanOrEqual(space.mostUnits);
        }
      }
    }),
  );
});

test('each parameter that is drawn is drawn once, and of a network that is not folded all are', () => {
  fc.assert(
    fc.property(anyNetwork, (network) => {
      const { lines, columns } = layOut(network, 900);
      const indices = new Set(lines.map(({ index }) => index));
      expect(indices.size).toBe(lines.length);
      const isWhole =
        columns.length === network.layers.length + 1 && columns.every(({ foldY }) => foldY === undefined);
      expect(lines.length === network.parameterCount).toBe(isWhole);
    }),
  );
});

test('the small picture shows no biases', () => {
  const network = networkOf(2, [3, 1], true);
  const columns = layOutColumns(network, smallSpace);
  expect(layOutLines(network, columns, smallSpace)).toHaveLength(9);
  expect(layOut(network, 640).lines).toHaveLength(13);
});

describe('the width of a line', () => {
  // Hidden weights [2, 2], hidden biases, output weights [2, 1], output bias.
  const network = networkOf(2, [2, 1], true);
  const { lines, columns } = layOut(network, 640);
  const parameters = Float64Array.of(1, -2, 3, -4, 0.5, 0.25, 8, NaN, 1);

  test('goes by the parameter, or by what flows through it', () => {
    const order = [0, 2, 4, 1, 3, 5, 6, 7, 8];
    expect(lines.map(({ index }) => index)).toEqual(order);
    expect([...strengthsOf(lines, parameters)]).toEqual(order.map((index) => parameters[index]));
    const activations = [Float64Array.of(2, -1), Float64Array.of(0, 0.5), Float64Array.of(1)];
    expect([...strengthsOf(lines, parameters, activations)]).toEqual([2, -3, 0.5, -4, 4, 0.25, 0, NaN, 1]);
  });

  test('is largest for the largest, and none for what is no number', () => {
    const widths = widthsOf(lines, strengthsOf(lines, parameters), columns);
    expect(widths[7]).toBeUndefined();
    const numbers = widths.filter((width) => width !== undefined);
    expect(Math.max(...numbers)).toBe(widths[6]);
    expect(Math.min(...numbers)).toBe(widths[5]);
    expect(widthsOf(lines, new Float64Array(9), columns)).toEqual(lines.map(() => 0.5));
  });
});

test('ink is full at the largest activation there can be, or at the largest of the row', () => {
  expect(depthsOf(Float64Array.of(0.25, 1, 0), [0, 1])).toEqual([0.25, 1, 0]);
  expect(depthsOf(Float64Array.of(-0.5, 2), [-1, 1])).toEqual([0.5, 1]);
  expect(depthsOf(Float64Array.of(0, 2, -4, NaN), [0, Infinity])).toEqual([0, 0.5, 1, 0]);
  expect(depthsOf(Float64Array.of(0, 0), [-Infinity, Infinity])).toEqual([0, 0]);
});

test('the nearest line is as near as any, and far from all of them there is none', () => {
  const { lines } = layOut(networkOf(3, [4, 2], true), 900);
  const distance = (line: (typeof lines)[number], { x, y }: { x: number; y: number }) =>
    Math.min(
      ...Array.from({ length: 501 }, (_, at) => {
        const point = pointOn(line, at / 500);
        return Math.hypot(point.x - x, point.y - y);
      }),
    );
  for (const line of lines) {
    for (const t of [0.1, 0.3, 0.5, 0.8]) {
      const { x, y } = pointOn(line, t);
      const touched = { x, y: y + 3 };
      const found = nearestLine(lines, touched, 8);
      const least = Math.min(...lines.map((each) => distance(each, touched)));
      // The curve is taken as sixteen straight pieces, and here as five hundred points.
      expect(found && distance(found, touched)).toBeLessThan(least + 1);
    }
  }
  expect(nearestLine(lines, { x: -50, y: -50 }, 8)).toBeUndefined();
});

describe('by keyboard', () => {
  const network = networkOf(2, [3, 1], true);
  const { lines } = layOut(network, 640);
  const named = lines.map(({ layer, input, unit }) => `${layer}: ${input ?? 'bias'} → ${unit}`);
  const go = (from: string, key: string) => named[lineByKey(lines, named.indexOf(from), key) ?? -1];

  test('up and down lead through all lines and stop at the ends', () => {
    let at = 0;
    const seen = [at];
    for (let i = 1; i < lines.length; i++) seen.push((at = lineByKey(lines, at, 'ArrowDown') ?? -1));
    expect(seen).toEqual(lines.map((_, index) => index));
    expect(lineByKey(lines, at, 'ArrowDown')).toBe(at);
    expect(lineByKey(lines, 0, 'ArrowUp')).toBe(0);
    expect(lineByKey(lines, 5, 'Home')).toBe(0);
    expect(lineByKey(lines, 5, 'End')).toBe(lines.length - 1);
    expect(lineByKey(lines, 5, 'Tab')).toBeUndefined();
  });

  test('right and left follow what flows', () => {
    expect(go('0: 1 → 2', 'ArrowRight')).toBe('1: 2 → 0');
    expect(go('1: 2 → 0', 'ArrowLeft')).toBe('0: 0 → 2');
    expect(go('0: bias → 1', 'ArrowRight')).toBe('1: 1 → 0');
    expect(go('1: 0 → 0', 'ArrowRight')).toBe('1: 0 → 0');
    expect(go('0: 0 → 0', 'ArrowLeft')).toBe('0: 0 → 0');
  });
});
