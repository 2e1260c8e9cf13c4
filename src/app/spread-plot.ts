import { css, html, LitElement, nothing, svg } from 'lit';
import type { Distribution } from '../index.ts';
import { count } from './format.ts';
import { baseStyles } from './styles.ts';
import {
  barsPath,
  columnMoments,
  heatPixels,
  momentAt,
  sharesAt,
  spreadHeat,
  spreadTicks,
  type SpreadHeat,
  type SpreadKind,
} from './spread-geometry.ts';
import { apartText, describeDistribution } from './spread-sentences.ts';

const HEIGHT = 112;
/** Under the picture: a line of steps. */
const BOTTOM = 20;
/** Above and below what is drawn, half a line of text: the outermost ticks are whole. */
const TOP = 6;
const DIGIT_WIDTH = 7;
/** Room for most ticks, so that the maps of a column stand under one another. */
const LEAST_LEFT = 44;
/** The bars at the present moment, and what is between them and the map. */
const BARS_WIDTH = 56;
const GAP = 8;

interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** How one quantity is spread over a run: a map of its histograms over the steps, and beside it the present one. */
class SpreadPlot extends LitElement {
  static override properties = {
    name: {},
    distributions: { attribute: false },
    kind: {},
    steps: { attribute: false },
    step: { attribute: false },
    lastStep: { attribute: false },
    width: { state: true },
  };

  static override styles = [
    baseStyles,
    css`
      .plot {
        position: relative;
        height: ${HEIGHT + TOP + BOTTOM}px;
      }
      svg {
        position: absolute;
        inset: 0;
      }
      canvas {
        position: absolute;
        image-rendering: pixelated;
      }
      text {
        fill: var(--muted);
        font-size: 12px;
        font-variant-numeric: tabular-nums;
      }
      .grid {
        stroke: var(--line);
      }
      .frame {
        fill: none;
        stroke: var(--line);
      }
      .bars {
        fill: var(--muted);
      }
      .at {
        stroke: var(--ink);
        stroke-width: 1.5;
      }
      .around {
        stroke: var(--card);
        stroke-width: 4.5;
      }
      .empty {
        position: absolute;
        inset: 0 0 ${BOTTOM}px 0;
        display: grid;
        place-items: center;
      }
    `,
  ];

  /** What is spread, as it is read out: `Weights of hidden layer 1`. */
  declare name: string;
  /** One a moment. */
  declare distributions: readonly Distribution[];
  declare kind: SpreadKind;
  /** Of the moments, ascending. */
  declare steps: readonly number[];
  /** The present one. */
  declare step: number;
  /** Where the axis ends. */
  declare lastStep: number;
  declare private width: number;
  #heat: SpreadHeat | undefined;
  readonly #schemes = matchMedia('(prefers-color-scheme: dark)');
  readonly #redraw = () => this.requestUpdate();
  readonly #resizes = new ResizeObserver(() => (this.width = this.clientWidth));

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resizes.observe(this);
    this.#schemes.addEventListener('change', this.#redraw);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resizes.disconnect();
    this.#schemes.removeEventListener('change', this.#redraw);
  }

  override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has('distributions')) this.#heat = spreadHeat(this.distributions);
  }

  override render() {
    const apart = apartText(this.distributions[this.#place], this.kind === 'sizes');
    return html`
      <div class="plot">
        ${
          !this.#heat
            ? html`<p class="empty muted small">
                ${apart ? `At every moment ${apart}.` : 'Nothing to show.'}
              </p>`
            : this.width > 0
              ? this.#renderPlot(this.#heat)
              : nothing
        }
      </div>
    `;
  }

  override updated(): void {
    const canvas = this.renderRoot.querySelector('canvas');
    if (canvas && this.#heat) this.#drawHeat(canvas, this.#heat);
  }

  get #place(): number {
    return momentAt(this.steps, this.step);
  }

  #frame(heat: SpreadHeat): Frame {
    const ticks = spreadTicks(heat.bins, this.kind);
    const left = Math.max(LEAST_LEFT, DIGIT_WIDTH * Math.max(...ticks.map(({ text }) => text.length)) + 8);
    return { left, right: Math.max(left + 1, this.width - BARS_WIDTH - GAP), top: TOP, bottom: TOP + HEIGHT };
  }

  #renderPlot(heat: SpreadHeat) {
    const { width, steps, lastStep, name } = this;
    const { left, right, top, bottom } = this.#frame(heat);
    const place = this.#place;
    const y = (share: number) => (bottom - share * (bottom - top)).toFixed(1);
    // The bars and the line are of one moment.
    const x = (left + (right - left) * Math.min(1, steps[place] / Math.max(1, lastStep))).toFixed(1);
    const bars = { left: right + GAP, right: width, top, bottom };
    const described = describeDistribution(name, this.distributions[place], steps, steps[place]);
    return html`
      <canvas aria-hidden="true"></canvas>
      <svg width=${width} height=${HEIGHT + TOP + BOTTOM} role="img" aria-label=${described}>
        ${spreadTicks(heat.bins, this.kind).map(
          ({ text, share }) => svg`
            <path class="grid" d="M${left - 4} ${y(share)}H${left}M${bars.left} ${y(share)}H${width}" />
            <text x=${left - 6} y=${Number(y(share)) + 4} text-anchor="end">${text}</text>`,
        )}
        <rect class="frame" x=${left - 0.5} y=${top - 0.5} width=${right - left + 1} height=${HEIGHT + 1} />
        <path class="at around" d="M${x} ${top}V${bottom}" />
        <path class="at" d="M${x} ${top}V${bottom + 4}" />
        <path class="bars" d=${barsPath(sharesAt(heat, place), bars)} />
        <path class="grid" d="M${bars.left - 0.5} ${top}V${bottom}" />
        <text x=${left} y=${bottom + 17}>0</text>
        <text x=${(left + right) / 2} y=${bottom + 17} text-anchor="middle">step</text>
        <text x=${right} y=${bottom + 17} text-anchor="end">${count(lastStep)}</text>
      </svg>
    `;
  }

  /** A bin is a pixel high, and the browser makes it as high as there is room. */
  #drawHeat(canvas: HTMLCanvasElement, heat: SpreadHeat): void {
    const { left, right, top, bottom } = this.#frame(heat);
    const columns = Math.max(1, Math.round((right - left) * devicePixelRatio));
    Object.assign(canvas.style, {
      left: `${left}px`,
      top: `${top}px`,
      width: `${right - left}px`,
      height: `${bottom - top}px`,
    });
    canvas.width = columns;
    canvas.height = heat.bins.count;
    const ink = (getComputedStyle(this).color.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
    const moments = columnMoments(this.steps, this.lastStep, columns);
    const pixels = heatPixels(heat, moments, ink);
    canvas.getContext('2d')?.putImageData(new ImageData(pixels, columns, heat.bins.count), 0, 0);
  }
}

customElements.define('spread-plot', SpreadPlot);
