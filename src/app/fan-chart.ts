import { css, html, LitElement, nothing, svg } from 'lit';
import type { LossFan } from '../index.ts';
import type { SweepCurve, SweepReport } from '../worker/sweep-report.ts';
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
  type FanFrame,
  type FanScale,
  type FanScales,
} from './fan-geometry.ts';
import { fanStrokes } from './fan-legend.ts';
import { describeFan, describePoint } from './fan-sentences.ts';
import { orSpoken } from './measures-table.ts';
import { NO_VALUE } from './measures-sentences.ts';
import { count } from './format.ts';
import type { Path } from './run.ts';
import { baseStyles, disclosureStyles, emptyChartStyles, tableStyles } from './styles.ts';
import { lossText } from './sweep-sentences.ts';

const HEIGHT = 288;
const PHONE_HEIGHT = 232;
const PHONE_WIDTH = 480;
const DIGIT_WIDTH = 7;
const TABLE_ROWS = 12;
/** A page up or down goes so many points. */
const PAGE_SHARE = 10;

/** The losses of all networks of a sweep as a few curves; what they are at a step reads under them. */
class FanChart extends LitElement {
  static override properties = {
    fan: { attribute: false },
    best: { attribute: false },
    chosen: { attribute: false },
    constantLoss: { attribute: false },
    rankedBy: {},
    scale: {},
    lastStep: { attribute: false },
    path: {},
    width: { state: true },
    looked: { state: true },
  };

  static override styles = [
    baseStyles,
    emptyChartStyles,
    tableStyles,
    disclosureStyles,
    fanStrokes,
    css`
      .plot {
        position: relative;
        height: ${HEIGHT}px;
      }
      .plot > svg {
        position: absolute;
        inset: 0;
      }
      .plot.phone {
        height: ${PHONE_HEIGHT}px;
      }
      .look {
        position: absolute;
        inset: 0;
        border-radius: 4px;
        touch-action: pan-y;
      }
      text {
        fill: var(--muted);
        font-size: 12px;
        font-variant-numeric: tabular-nums;
      }
      circle {
        fill: currentColor;
        stroke: var(--card);
        stroke-width: 1.5;
      }
      details {
        margin-top: 12px;
      }
      details table {
        width: auto;
        min-width: min(640px, 100%);
      }
      details .scroll {
        margin-top: 8px;
      }
      @media (pointer: coarse), (max-width: 719px) {
        summary {
          min-height: 40px;
        }
      }
    `,
  ];

  declare fan: LossFan;
  declare best: SweepCurve | undefined;
  declare chosen: SweepCurve | undefined;
  /** Of the best constant answer. */
  declare constantLoss: number;
  declare rankedBy: SweepReport['rankedBy'];
  declare scale: FanScale;
  /** Where the axis ends. */
  declare lastStep: number;
  declare path: Path;
  declare private width: number;
  /** The step whose losses are read; undefined for the last one. */
  declare private looked: number | undefined;
  readonly #resizes = new ResizeObserver(() => (this.width = this.clientWidth));

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resizes.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resizes.disconnect();
  }

  /** The chosen network, unless it is the best one. */
  get #other(): SweepCurve | undefined {
    return this.chosen?.place === this.best?.place ? undefined : this.chosen;
  }

  /** Of the best constant answer, once there is something to compare it with. */
  get #shownConstantLoss(): number {
    return this.fan.steps.length > 0 ? this.constantLoss : NaN;
  }

  /** The place of the point that is read; −1 where there are none. */
  get #place(): number {
    const { steps } = this.fan;
    return this.looked === undefined ? steps.length - 1 : nearestStep(steps, this.looked);
  }

  override render() {
    const isPhone = (this.width ?? 0) < PHONE_WIDTH;
    return html`
      <div class="plot ${isPhone ? 'phone' : ''}">
        ${this.width > 0 ? this.#renderPlot(isPhone ? PHONE_HEIGHT : HEIGHT) : nothing}
      </div>
      <fan-legend
        .fan=${this.fan}
        .best=${this.best}
        .chosen=${this.chosen}
        .constantLoss=${this.constantLoss}
        .rankedBy=${this.rankedBy}
        .path=${this.path}
        .place=${this.#place}
      ></fan-legend>
      ${this.#renderTable()}
    `;
  }

  #renderPlot(height: number) {
    const { fan, width, scale, lastStep } = this;
    const constantLoss = this.#shownConstantLoss;
    const lines = [this.best, this.#other].filter((line) => line !== undefined);
    const range = fanRange({ fan, lines, constantLoss }, scale);
    const ticks = lossTicks(range, scale);
    const left = DIGIT_WIDTH * Math.max(...ticks.map(({ text }) => text.length)) + 12;
    const frame = { left, right: width - 28, top: 8, bottom: height - 44 };
    const scales = fanScales(frame, lastStep, range, scale);
    return html`
      <svg
        width=${width}
        height=${height}
        role="img"
        aria-label=${describeFan(this.fan, this.best, this.constantLoss)}
      >
        ${ticks.map(
          ({ value, text }) =>
            svg`<path class="grid" d="M${frame.left} ${scales.y(value)}H${frame.right}" />
            <text x=${frame.left - 8} y=${scales.y(value) + 4} text-anchor="end">${text}</text>`,
        )}
        ${stepTicks(lastStep, width < PHONE_WIDTH ? 3 : 6).map(
          ({ value, text }) =>
            svg`<text x=${scales.x(value)} y=${frame.bottom + 18} text-anchor="middle">${text}</text>`,
        )}
        <text x=${(frame.left + frame.right) / 2} y=${height - 6} text-anchor="middle">step</text>
        ${this.#renderCurves(frame, scales)}
      </svg>
      ${
        fan.steps.length === 0
          ? html`<div class="empty muted">
              <p>The losses of the networks appear here while they train.</p>
            </div>`
          : this.#renderLook(frame)
      }
    `;
  }

  /** In a box of their own: what is beyond the range ends at its edge. */
  #renderCurves(frame: FanFrame, scales: FanScales) {
    const { fan, path, best, lastStep } = this;
    const { left, right, top, bottom } = frame;
    const [width, height] = [Math.max(0, right - left), bottom - top];
    const constantLoss = this.#shownConstantLoss;
    const constant = { steps: [0, lastStep], losses: [constantLoss, constantLoss] };
    const other = this.#other;
    return svg`<svg x=${left} y=${top} width=${width} height=${height} viewBox="${left} ${top} ${width} ${height}">
      <path class="band ${path}" d=${bandPath(fan, scales)} />
      ${Number.isFinite(constantLoss) ? svg`<path class="constant" d=${linePath(constant, scales)} />` : nothing}
      <path class="median ${path}" d=${linePath({ steps: fan.steps, losses: fan.median }, scales)} />
      ${other ? svg`<path class="chosen" d=${linePath(other, scales)} />` : nothing}
      ${best ? svg`<path class="best" d=${linePath(best, scales)} />` : nothing}
      ${this.looked === undefined ? nothing : this.#renderMarks(frame, scales)}
    </svg>`;
  }

  #renderMarks({ top, bottom }: FanFrame, { x, y }: FanScales) {
    const { fan, best } = this;
    const step = fan.steps[this.#place];
    if (step === undefined) return nothing;
    const bestLoss = best && lossAt(best, step);
    return svg`<path class="at" d="M${x(step)} ${top}V${bottom}" />
      <circle class=${this.path} cx=${x(step)} cy=${y(fan.median[this.#place])} r="4" />
      ${bestLoss === undefined ? nothing : svg`<circle cx=${x(step)} cy=${y(bestLoss)} r="4" />`}`;
  }

  /** What takes pointer and keys: a slider over the steps, which says what the losses are there. */
  #renderLook(frame: FanFrame) {
    const { steps } = this.fan;
    return html`<div
      class="look"
      role="slider"
      tabindex="0"
      aria-label="Step whose losses are read"
      aria-valuemin=${steps[0]}
      aria-valuemax=${steps[steps.length - 1]}
      aria-valuenow=${steps[this.#place]}
      aria-valuetext=${describePoint(this.fan, this.best, this.#place)}
      @pointermove=${(event: PointerEvent) => this.#onPointer(event, frame)}
      @pointerdown=${(event: PointerEvent) => this.#onPointer(event, frame)}
      @pointerleave=${() => (this.looked = undefined)}
      @keydown=${(event: KeyboardEvent) => this.#onKey(event)}
      @blur=${() => (this.looked = undefined)}
    ></div>`;
  }

  #onPointer({ offsetX }: PointerEvent, { left, right }: FanFrame): void {
    this.looked = ((offsetX - left) / (right - left)) * this.lastStep;
  }

  #onKey(event: KeyboardEvent): void {
    const last = this.fan.steps.length - 1;
    const page = Math.max(1, Math.round(last / PAGE_SHARE));
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: -1,
      ArrowDown: -1,
      ArrowRight: 1,
      ArrowUp: 1,
      PageDown: -page,
      PageUp: page,
      Home: -last,
      End: last,
    };
    const move = moves[event.key];
    if (move === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.looked = this.fan.steps[Math.min(last, Math.max(0, this.#place + move))];
  }

  /** For those who do not see the picture, and those who want its figures. */
  #renderTable() {
    const { fan, best } = this;
    if (fan.steps.length === 0) return nothing;
    const texts = (place: number) => [
      count(fan.networkCounts[place]),
      lossText(best && lossAt(best, fan.steps[place])),
      ...[fan.lower, fan.median, fan.upper].map((losses) => lossText(losses[place])),
    ];
    return html`<details>
      <summary class="muted small">As a table</summary>
      <div class="scroll" tabindex="0" role="region" aria-label="Losses over steps">
        <table>
          <thead>
            <tr>
              <th scope="col">step</th>
              <th scope="col">networks</th>
              <th scope="col">best</th>
              <th scope="col">lower quartile</th>
              <th scope="col">median</th>
              <th scope="col">upper quartile</th>
            </tr>
          </thead>
          <tbody>
            ${spreadPlaces(fan.steps.length, TABLE_ROWS).map(
              (place) =>
                html`<tr>
                  <th scope="row">${count(fan.steps[place])}</th>
                  ${texts(place).map((text) => html`<td>${orSpoken(text ?? NO_VALUE)}</td>`)}
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </details>`;
  }
}

customElements.define('fan-chart', FanChart);
