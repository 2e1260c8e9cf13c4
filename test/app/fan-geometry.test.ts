import { expect, test } from 'vitest';
import {
  bandPath,
  fanRange,
  fanScales,
  linePath,
  lossAt,
  lossTicks,
  nearestStep,
  spreadPlaces,
  stepTicks,
} from '../../src/app/fan-geometry.ts';

const fan = {
  steps: [0, 10, 20],
  lower: [0.2, 0.1, 0.05],
  median: [0.25, 0.2, 0.1],
  upper: [0.3, 0.25, 0.2],
  networkCounts: [3, 3, 2],
};
const frame = { left: 50, right: 250, top: 10, bottom: 110 };
const constantLoss = 0.25;

/** The numbers of a path, two by two. */
function pointsOf(path: string): number[][] {
  return [...path.matchAll(/(-?[\d.]+) (-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
}

test('the range holds all curves and the constant answer', () => {
  const line = { steps: [0, 20], losses: [0.31, 0.01] };
  for (const scale of ['linear', 'log'] as const) {
    const [least, most] = fanRange({ fan, lines: [line], constantLoss }, scale);
    expect(least).toBeLessThanOrEqual(0.01);
    expect(most).toBeGreaterThanOrEqual(0.31);
  }
  const [, most] = fanRange({ fan, lines: [], constantLoss: 0.5 }, 'linear');
  expect(most).toBeGreaterThan(0.5);
});

test('a network that diverges does not flatten the others', () => {
  const wild = { ...fan, upper: [0.3, 1e30, Infinity] };
  const [, linear] = fanRange({ fan: wild, lines: [], constantLoss }, 'linear');
  expect(linear).toBeGreaterThan(0.3);
  expect(linear).toBeLessThan(1);
  const [, log] = fanRange({ fan: wild, lines: [], constantLoss }, 'log');
  expect(log).toBeGreaterThan(0.3);
  expect(log).toBeLessThan(100);
});

test('with nothing to draw there still is a range', () => {
  const none = { steps: [], lower: [], median: [], upper: [], networkCounts: [] };
  for (const scale of ['linear', 'log'] as const) {
    const range = fanRange({ fan: none, lines: [], constantLoss: NaN }, scale);
    expect(range[0]).toBeLessThan(range[1]);
    expect(lossTicks(range, scale).length).toBeGreaterThan(1);
  }
});

test('steps run from left to right, losses from bottom to top', () => {
  const linear = fanScales(frame, 20, [0, 1], 'linear');
  expect([0, 10, 20].map((step) => linear.x(step))).toEqual([50, 150, 250]);
  expect([0, 0.5, 1].map((loss) => linear.y(loss))).toEqual([110, 60, 10]);
  const log = fanScales(frame, 20, [0.01, 1], 'log');
  expect(log.y(0.1)).toBeCloseTo(60);
});

test('what is beyond the range lies outside the frame, and every path stays one of numbers', () => {
  const wild = { ...fan, median: [0.25, 0.2, Infinity], upper: [0.3, 1e300, NaN], lower: [0, 0, 0] };
  for (const scale of ['linear', 'log'] as const) {
    const scales = fanScales(frame, 20, [0.01, 0.5], scale);
    expect(scales.y(Infinity)).toBeLessThan(frame.top);
    expect(scales.y(NaN)).toBeLessThan(frame.top);
    expect(scales.y(0)).toBeGreaterThan(frame.bottom);
    const line = linePath({ steps: wild.steps, losses: wild.median }, scales);
    const band = bandPath(wild, scales);
    expect(line + band).not.toMatch(/NaN|Infinity/);
    expect(pointsOf(line)).toHaveLength(3);
    expect(pointsOf(band)).toHaveLength(6);
    expect(pointsOf(line)[2][1]).toBeLessThan(frame.top);
  }
});

test('the band goes along the upper quartile and back along the lower one', () => {
  const scales = fanScales(frame, 20, [0, 0.5], 'linear');
  const points = pointsOf(bandPath(fan, scales));
  expect(points.map(([x]) => x)).toEqual([50, 150, 250, 250, 150, 50]);
  expect(points.map(([, y]) => y)).toEqual(
    [0.3, 0.25, 0.2, 0.05, 0.1, 0.2].map((loss) => expect.closeTo(scales.y(loss), 1)),
  );
});

test('a single point can be seen, and none is no path', () => {
  const scales = fanScales(frame, 20, [0, 0.5], 'linear');
  expect(linePath({ steps: [0], losses: [0.2] }, scales)).toMatch(/^M50 70h0$/);
  expect(linePath({ steps: [], losses: [] }, scales)).toBe('');
});

test('ticks of steps are whole, and few', () => {
  expect(stepTicks(10_000, 3).map(({ text }) => text)).toEqual(['0', '5,000', '10,000']);
  expect(stepTicks(1, 6).map(({ text }) => text)).toEqual(['0', '1']);
  for (const last of [1, 2, 3, 7, 999, 12_345, 1e6]) {
    const ticks = stepTicks(last, 6);
    expect(ticks.length).toBeLessThanOrEqual(8);
    for (const { value } of ticks) expect(Number.isInteger(value) && value <= last).toBe(true);
  }
});

test('the nearest step is found by halves as it is by looking at all', () => {
  const steps = [0, 1, 2, 10, 20, 21, 500, 1000];
  for (const step of [-5, 0, 0.4, 0.6, 5, 6.1, 14.9, 15.1, 20.4, 300, 2000]) {
    const distances = steps.map((each) => Math.abs(each - step));
    expect(distances[nearestStep(steps, step)], `step ${step}`).toBe(Math.min(...distances));
  }
  expect(nearestStep([], 3)).toBe(-1);
});

test('a curve has the loss of the last step that is kept, and none behind its end', () => {
  const line = { steps: [0, 10, 20], losses: [3, 2, 1] };
  expect([0, 9, 10, 20].map((step) => lossAt(line, step))).toEqual([3, 3, 2, 1]);
  expect(lossAt(line, 21)).toBeUndefined();
  expect(lossAt({ steps: [], losses: [] }, 0)).toBeUndefined();
});

test('the places of a table have both ends', () => {
  expect(spreadPlaces(3, 12)).toEqual([0, 1, 2]);
  const places = spreadPlaces(401, 12);
  expect([places.length, places[0], places[11]]).toEqual([12, 0, 400]);
});
