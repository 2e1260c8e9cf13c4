// The small pictures of the notebook's story: a line in the plane, the curve of an activation, the loss over the steps.

import { html, nothing, svg } from 'lit';
import { activations, type ActivationName } from '../index.ts';
import type { LossCurve } from '../worker/client.ts';
import { count, significant, withDecimals } from './format.ts';
import { CURVE_REACH, type StoryValues } from './notebook-story.ts';

const SIZE = 260;
const MARGIN = 28;

/** Where a value lies, in pixels. */
type Scale = (value: number) => number;

/** A scale from numbers to pixels. */
function scale(from: number, to: number, start: number, end: number) {
  return (value: number) => start + ((value - from) / (to - from)) * (end - start);
}

function round(value: number): string {
  return value.toFixed(1);
}

/** The four observations in the plane of the inputs, the line y = 0, and the side of it where y is above 0. */
export function planePicture({ rows, perceptron, asked }: StoryValues) {
  const inputs = [...rows.map(([x1, x2]) => [x1, x2]), [asked.x1, asked.x2]].flat();
  const [least, most] = [Math.min(-0.5, ...inputs) - 0.25, Math.max(1.5, ...inputs) + 0.25];
  const x = scale(least, most, MARGIN, SIZE - 8);
  const y = scale(least, most, SIZE - MARGIN, 8);
  const corners = [
    [least, least],
    [most, least],
    [most, most],
    [least, most],
  ] as const;
  const { w1, w2, b } = perceptron;
  const yes = clipToSide(corners, ([x1, x2]) => x1 * w1 + x2 * w2 + b);
  const path = (points: readonly (readonly [number, number])[]) =>
    points.map(([x1, x2], i) => `${i === 0 ? 'M' : 'L'}${round(x(x1))} ${round(y(x2))}`).join('');
  const line = yes.filter(
    ([x1, x2]) => Math.abs(x1 * w1 + x2 * w2 + b) < 1e-9 * (Math.abs(w1) + Math.abs(w2)),
  );
  return html`<figure class="picture">
    <svg
      class="drawn"
      width=${SIZE}
      height=${SIZE}
      viewBox="0 0 ${SIZE} ${SIZE}"
      role="img"
      aria-label="The four observations and the line where y is 0; the table beside it says on which side each lies"
    >
      ${yes.length > 2 ? svg`<path class="side" d="${path(yes)}Z" />` : nothing}
      ${svg`<path class="frame" d="M${MARGIN} 8V${SIZE - MARGIN}H${SIZE - 8}" />`}
      ${[0, 1].map(
        (tick) => svg`
          <text x=${round(x(tick))} y=${SIZE - MARGIN + 16} text-anchor="middle">${tick}</text>
          <text x=${MARGIN - 8} y=${round(y(tick) + 4)} text-anchor="end">${tick}</text>`,
      )}
      ${svg`<text x=${SIZE - 8} y=${SIZE - MARGIN + 16} text-anchor="end">x₁</text>
        <text x=${MARGIN - 8} y="16" text-anchor="end">x₂</text>`}
      ${line.length > 1 ? svg`<path class="curve" d=${path(line)} />` : nothing}
      ${rows.map(
        ([x1, x2, target]) =>
          svg`<circle class="mark ${target >= 0.5 ? 'one' : ''}" cx=${round(x(x1))} cy=${round(y(x2))} r="6" />`,
      )}
      ${svg`<path class="asked" d="M${round(x(asked.x1) - 10)} ${round(y(asked.x2))}h20m-10 -10v20" />`}
    </svg>
    <figcaption class="muted small">
      ● target 1, ○ target 0, + the x asked about. Shaded: y above 0.
    </figcaption>
  </figure>`;
}

/** A convex polygon without what lies where `side` is below 0 (Sutherland & Hodgman 1974). */
function clipToSide(
  corners: readonly (readonly [number, number])[],
  side: (point: readonly [number, number]) => number,
): (readonly [number, number])[] {
  return corners.flatMap((corner, index) => {
    const next = corners[(index + 1) % corners.length];
    const [here, there] = [side(corner), side(next)];
    const kept = here >= 0 ? [corner] : [];
    if (here >= 0 === there >= 0) return kept;
    const t = here / (here - there);
    return [...kept, [corner[0] + t * (next[0] - corner[0]), corner[1] + t * (next[1] - corner[1])] as const];
  });
}

/** An activation over its input, with a point on it and the slope there. */
export function curvePicture(name: ActivationName, point: number) {
  const { value, derivative } = activations[name];
  const [width, height] = [320, 220];
  const xs = Array.from({ length: 121 }, (_, i) => -CURVE_REACH + (i / 120) * 2 * CURVE_REACH);
  const ys = xs.map(value);
  const [least, most] = [Math.min(-0.1, ...ys), Math.max(1.1, ...ys)];
  const x = scale(-CURVE_REACH, CURVE_REACH, 36, width - 8);
  const y = scale(least, most, height - MARGIN, 8);
  const at = value(point);
  const slope = derivative(point, at);
  const tangent = [point - 2, point + 2].map((to) => [to, at + slope * (to - point)]);
  const path = (points: readonly (readonly number[])[]) => pathThrough(points, x, y);
  return html`<figure class="picture">
    <svg
      class="drawn"
      width=${width}
      height=${height}
      viewBox="0 0 ${width} ${height}"
      role="img"
      aria-label="The ${activations[name].label} curve with its slope at ${significant(point)}: ${significant(slope)}"
    >
      ${svg`<path class="frame" d="M36 ${round(y(0))}H${width - 8}M${round(x(0))} 8V${height - MARGIN}" />`}
      ${[-CURVE_REACH, 0, CURVE_REACH].map(
        (tick) =>
          svg`<text x=${round(x(tick))} y=${height - 8} text-anchor=${tick > 0 ? 'end' : 'middle'}>${count(tick)}</text>`,
      )}
      ${[0, 1].map((tick) => svg`<text x="28" y=${round(y(tick) + 4)} text-anchor="end">${tick}</text>`)}
      ${svg`<path class="curve" d=${path(xs.map((each, i) => [each, ys[i]]))} />
        <path class="tangent" d=${path(tangent)} />
        <circle class="mark one" cx=${round(x(point))} cy=${round(y(at))} r="5" />`}
    </svg>
    <figcaption class="muted small">Dashed: the slope at the point.</figcaption>
  </figure>`;
}

/** One path's losses. */
export interface DrawnLoss {
  readonly path: 'cpu' | 'gpu';
  readonly name: string;
  readonly curve: LossCurve;
}

/** The loss over the steps; nothing where there is no curve yet. */
export function lossPicture(drawn: readonly DrawnLoss[], steps: number) {
  const [width, height, left] = [330, 190, 36];
  const losses = drawn.flatMap(({ curve }) => curve.losses).filter(Number.isFinite);
  if (losses.length === 0) return nothing;
  const most = Math.max(...losses);
  const x = scale(0, steps, left, width - 12);
  const y = scale(0, most * 1.05 || 1, height - MARGIN - 8, 8);
  return html`<figure class="picture">
    <svg
      class="drawn"
      width=${width}
      height=${height}
      viewBox="0 0 ${width} ${height}"
      role="img"
      aria-label="The error over the steps; the lines above say it every tenth of the way"
    >
      ${svg`<path class="frame" d="M${left} 8V${height - MARGIN - 8}H${width - 12}" />`}
      ${[0, most].map(
        (tick) =>
          svg`<text x=${left - 8} y=${round(y(tick) + 4)} text-anchor="end">${tick === 0 ? '0' : withDecimals(tick, 2)}</text>`,
      )}
      ${[0, steps / 2, steps].map(
        (tick, i) =>
          svg`<text x=${round(x(tick))} y=${height - 14} text-anchor=${['start', 'middle', 'end'][i]}>${count(Math.round(tick))}${i === 2 ? ' steps' : ''}</text>`,
      )}
      ${drawn.map(({ path, curve }) => svg`<path class=${path} d=${lossPath(curve, x, y)} />`)}
      ${drawn.map(
        ({ path, name }, i) =>
          svg`<text class="path-name ${path}" x=${width - 12} y=${24 + 18 * i} text-anchor="end">${name}</text>`,
      )}
    </svg>
  </figure>`;
}

function lossPath({ steps, losses }: LossCurve, x: Scale, y: Scale): string {
  const points = steps.map((step, i) => [step, losses[i]] as const);
  return pathThrough(
    points.filter(([, loss]) => Number.isFinite(loss)),
    x,
    y,
  );
}

/** Straight lines from point to point. */
function pathThrough(points: readonly (readonly number[])[], x: Scale, y: Scale): string {
  return points.map(([a, b], i) => `${i === 0 ? 'M' : 'L'}${round(x(a))} ${round(y(b))}`).join('');
}
