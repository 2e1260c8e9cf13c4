import { css, html, LitElement, nothing, svg } from 'lit';
import type { Field, FieldPoints } from '../worker/client.ts';
import { classColour, markColours, paletteOf, plainMarkColour, type Theme } from './boundary-colours.ts';
import {
  coarseField,
  curvePaths,
  frameOf,
  markGroups,
  WIDTH,
  type Frame,
  type MarkGroup,
} from './boundary-geometry.ts';
import { dashOf, renderLegend } from './boundary-legend.ts';
import { round } from './boundary-marks.ts';
import { pictureSentence, valueText } from './boundary-sentences.ts';
import { significant } from './format.ts';
import { baseStyles } from './styles.ts';

/** What the network answers over the plane of two columns, the rows of the table on top; or a curve along one. */
class BoundaryPicture extends LitElement {
  static override properties = {
    field: { attribute: false },
    points: { attribute: false },
    theme: { state: true },
  };

  static override styles = [
    baseStyles,
    css`
      :host {
        container-type: inline-size;
      }
      /* As wide as there is room, and on a screen not so high that it cannot be seen at once. */
      .plot {
        position: relative;
        max-width: 680px;
      }
      canvas {
        position: absolute;
        left: var(--left);
        top: var(--top);
        width: var(--side);
        height: var(--tall);
      }
      svg.axes {
        position: relative;
        display: block;
        width: 100%;
      }
      text {
        fill: var(--muted);
        font-size: 12px;
        font-variant-numeric: tabular-nums;
      }
      text.name {
        fill: var(--ink);
      }
      .tick,
      .box {
        fill: none;
        stroke: var(--outline);
      }
      .grid {
        stroke: var(--line);
      }
      .curve {
        fill: none;
        stroke-width: 2;
        stroke-linejoin: round;
      }
      ul {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
        margin: 8px 0 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: flex;
        align-items: center;
        gap: 6px;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      li svg {
        flex: none;
        width: 20px;
        height: 12px;
      }
      li svg.scale {
        width: 120px;
      }
      p {
        margin-top: 8px;
      }
      /* The picture grows and its letters do not. */
      @container (min-width: 440px) {
        text {
          font-size: 8.5px;
        }
      }
      @container (min-width: 560px) {
        text {
          font-size: 7px;
        }
      }
    `,
  ];

  declare field: Field | undefined;
  declare points: FieldPoints | undefined;
  declare private theme: Theme | undefined;
  readonly #schemes = matchMedia('(prefers-color-scheme: dark)');
  readonly #onScheme = () => (this.theme = this.#readTheme());
  #image: ImageData | undefined;
  #palette: { readonly key: string; readonly pixels: Uint32Array } | undefined;
  #marks: { readonly of: readonly unknown[]; readonly groups: readonly MarkGroup[] } | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.theme = this.#readTheme();
    this.#schemes.addEventListener('change', this.#onScheme);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#schemes.removeEventListener('change', this.#onScheme);
  }

  override render() {
    const { field, points, theme } = this;
    if (!field || !theme) return nothing;
    const frame = frameOf(field, points);
    const isCurve = field.kind === 'curve';
    return html`
      <div class="plot">
        ${isCurve ? nothing : html`<canvas width=${field.picture.columns} height=${field.picture.rows} aria-hidden="true"></canvas>`}
        <svg
          class="axes"
          viewBox="0 0 ${WIDTH} ${round(frame.height)}"
          role="img"
          aria-label=${pictureSentence(field, points)}
        >
          ${isCurve ? renderGrid(frame) : nothing}
          ${points ? this.#marksOf(field, points, frame).map((group) => renderMarks(group, field, theme)) : nothing}
          ${isCurve ? renderCurves(field, frame, theme) : nothing} ${renderAxes(field, frame)}
        </svg>
      </div>
      ${renderLegend(field, points, theme)} ${renderTable(field)}
    `;
  }

  override updated(): void {
    const { field, theme } = this;
    const canvas = this.renderRoot.querySelector('canvas');
    if (!field || !theme || !canvas) return;
    const { left, top, side, height } = frameOf(field, this.points);
    const share = (value: number, of: number) => `${(100 * value) / of}%`;
    const { style } = canvas;
    style.setProperty('--left', share(left, WIDTH));
    style.setProperty('--top', share(top, height));
    style.setProperty('--side', share(side, WIDTH));
    style.setProperty('--tall', share(side, height));
    this.#paint(canvas, field, theme);
  }

  /** One look-up a point. */
  #paint(canvas: HTMLCanvasElement, field: Field, theme: Theme): void {
    const { kind, decides } = field;
    const { levels, columns, rows } = field.picture;
    const key = [kind, decides, theme.card, theme.ink].join(' ');
    if (this.#palette?.key !== key) this.#palette = { key, pixels: paletteOf(field, theme) };
    if (this.#image?.width !== columns || this.#image.height !== rows)
      this.#image = new ImageData(columns, rows);
    const pixels = new Uint32Array(this.#image.data.buffer);
    const palette = this.#palette.pixels;
    for (let i = 0; i < levels.length; i++) pixels[i] = palette[levels[i]];
    canvas.getContext('2d')?.putImageData(this.#image, 0, 0);
  }

  /** Made once for a set of rows: a picture that moves keeps its rows. */
  #marksOf(field: Field, points: FieldPoints, frame: Frame): readonly MarkGroup[] {
    const { x, y, range } = field;
    const vertical = y ?? frame.vertical;
    const of = [points, x.from, x.to, vertical.from, vertical.to, range.least, range.most, x.column];
    if (this.#marks?.of.every((value, i) => value === of[i])) return this.#marks.groups;
    this.#marks = { of, groups: markGroups(field, points, frame) };
    return this.#marks.groups;
  }

  #readTheme(): Theme {
    const style = getComputedStyle(this);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    return { card: colour('--card'), ink: colour('--ink') };
  }
}

function renderAxes({ x, kind }: Field, { left, top, side, height, across, up, vertical }: Frame) {
  const bottom = top + side;
  return svg`
    ${across.map(
      ({ at, text, isLabelled }) => svg`
        <path class="tick" d="M${round(at)} ${round(bottom)}v4" />
        ${isLabelled ? svg`<text x=${round(at)} y=${round(bottom + 16)} text-anchor="middle">${text}</text>` : nothing}`,
    )}
    ${up.map(
      ({ at, text }) => svg`
        <path class="tick" d="M${round(left)} ${round(at)}h-4" />
        <text x=${round(left - 7)} y=${round(at + 4)} text-anchor="end">${text}</text>`,
    )}
    <rect class="box" x=${round(left)} y=${round(top)} width=${round(side)} height=${round(side)} />
    <text class="name" x=${round(left)} y="14">${kind === 'curve' ? vertical.name : `${vertical.name} ↑`}</text>
    <text class="name" x=${round(left + side)} y=${round(height - 6)} text-anchor="end">${x.column} →</text>`;
}

function renderGrid({ left, side, up }: Frame) {
  return svg`${up.map(({ at }) => svg`<path class="grid" d="M${round(left)} ${round(at)}h${round(side)}" />`)}`;
}

/** Over the rows, which may be many. */
function renderCurves(field: Field, frame: Frame, theme: Theme) {
  return svg`${curvePaths(field, frame).map(
    (path, k) => svg`<path
      class="curve"
      d=${path}
      stroke=${field.names.length > 1 ? classColour(k, theme) : theme.ink}
      stroke-dasharray=${dashOf(k)}
    />`,
  )}`;
}

/** Rows the network learnt from are filled, those it did not are rings. */
function renderMarks({ kind, isHeldOut, path }: MarkGroup, field: Field, theme: Theme) {
  const { fill, edge } = coloursOfMark(kind, field, theme);
  const training = field.classes ? theme.card : edge;
  return svg`<path
    d=${path}
    fill=${isHeldOut ? theme.card : fill}
    stroke=${isHeldOut ? edge : training}
    stroke-width=${isHeldOut ? 1.4 : 0.7}
  />`;
}

function coloursOfMark(kind: number, field: Field, theme: Theme) {
  if (!field.classes && field.kind !== 'curve') return markColours(kind, theme);
  const colour = field.classes ? classColour(kind, theme) : plainMarkColour(theme);
  return { fill: colour, edge: colour };
}

/** For those who do not see the picture. */
function renderTable(field: Field) {
  const { x, y, names, kind } = field;
  const coarse = coarseField(field);
  if (!y) return renderCurveTable(field, coarse.x, coarse.at[0]);
  return html`<div class="screen-reader">
    <table>
      <caption>
        ${kind === 'classes' ? 'The likeliest class' : names[0]} where ${y.column} (rows) and ${x.column}
        (columns) are
      </caption>
      <thead>
        <tr>
          <th scope="col">${y.column}</th>
          ${coarse.x.map((value) => html`<th scope="col">${x.column} ${significant(value)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${coarse.y.map(
          (value, row) =>
            html`<tr>
              <th scope="row">${significant(value)}</th>
              ${coarse.at[row].map((at) => html`<td>${valueText(field, at)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function renderCurveTable(field: Field, xs: readonly number[], columns: readonly number[]) {
  const { x, names } = field;
  return html`<div class="screen-reader">
    <table>
      <caption>
        What is predicted along ${x.column}
      </caption>
      <thead>
        <tr>
          <th scope="col">${x.column}</th>
          ${names.map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${xs.map(
          (value, i) =>
            html`<tr>
              <th scope="row">${significant(value)}</th>
              ${names.map((_, k) => html`<td>${valueText(field, columns[i] * names.length + k)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

customElements.define('boundary-picture', BoundaryPicture);
