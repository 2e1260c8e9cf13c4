import { css, html, nothing, svg } from 'lit';
import { live } from 'lit/directives/live.js';
import { losses, type LossName, type ValidationCurve } from '../index.ts';
import './loss-chart.ts';
import type { LossScale } from './loss-chart.ts';
import { count, significant } from './format.ts';
import { PageElement } from './page-element.ts';
import type { Run, RunKey } from './run.ts';
import { comparedRuns, runLabel } from './sentences.ts';
import { baseStyles, controlStyles, emptyChartStyles } from './styles.ts';

/** Rows of the table behind the chart. */
const LISTED_STEPS = 10;

/** How each run is drawn in the legend; as in the chart. */
const strokes: Record<RunKey, { width: number; dashes: string }> = {
  gpu: { width: 2.5, dashes: 'none' },
  kernels: { width: 1, dashes: 'none' },
  cpu: { width: 2.5, dashes: '6 5' },
};

/** The loss: the chart, its legend, and a table of it for those who cannot see the chart. */
class LossCard extends PageElement {
  static override properties = { ...PageElement.properties, chosen: { state: true } };

  static override styles = [
    baseStyles,
    emptyChartStyles,
    controlStyles,
    css`
      :host {
        scroll-margin-top: 12px;
      }
      .heading {
        align-items: center;
        min-height: 28px;
      }
      .switch label {
        min-height: 26px;
        padding: 0 10px;
        font-size: 12px;
      }
      .later {
        visibility: hidden;
      }
      .kind {
        font-weight: 400;
      }
      .chart {
        position: relative;
      }
      .legend {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 4px 16px;
        min-height: 20px;
        margin-top: 8px;
      }
      .runs {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
      }
      svg {
        width: 28px;
        height: 8px;
        margin-right: 6px;
        vertical-align: middle;
        stroke: currentColor;
      }
      circle {
        fill: var(--card);
        stroke-width: 1.5;
      }
      @media (pointer: coarse), (max-width: 719px) {
        .switch label {
          min-height: 40px;
          min-width: 64px;
        }
        .heading {
          min-height: 42px;
        }
      }
    `,
  ];

  /** Undefined until one is chosen: a run that diverged is then drawn over decades. */
  declare private chosen: LossScale | undefined;

  get #scale(): LossScale {
    const hasDiverged = this.page.state.shownRuns.some(({ report }) => report?.divergence);
    return this.chosen ?? (hasDiverged ? 'log' : 'linear');
  }

  /** Of the runs on the page, or of the one to come. */
  get #shownLoss(): LossName {
    const { shownRuns, job } = this.page.state;
    return (shownRuns[0]?.job ?? job).loss;
  }

  override render() {
    const { state } = this.page;
    return html`
      <section class="card" aria-labelledby="title">
        <div class="heading">
          <h2 id="title">
            Loss
            <span class="muted kind"
              >${losses[this.#shownLoss].label}${state.isStale && !state.isTraining ? ', of earlier settings' : ''}</span
            >
          </h2>
          <fieldset class="switch ${state.hasRuns ? '' : 'later'}">
            <legend class="screen-reader">Scale of the loss</legend>
            ${(['linear', 'log'] as const).map((scale) => this.#renderScale(scale))}
          </fieldset>
        </div>
        <div class="chart">
          <loss-chart .page=${this.page} scale=${this.#scale}></loss-chart>
          ${state.hasRuns ? nothing : html`<div class="empty muted"><p>Press Train: the loss of every step appears here.</p></div>`}
        </div>
        <div class="legend small">
          <div class="runs">${state.shownRuns.toReversed().map((run) => this.#renderLegend(run))}</div>
          <span class="muted number">${this.#describeDifference()}</span>
        </div>
        ${this.#renderList()}
      </section>
    `;
  }

  #renderScale(scale: LossScale) {
    return html`<label>
      <input
        type="radio"
        name="scale"
        value=${scale}
        .checked=${live(this.#scale === scale)}
        @change=${() => (this.chosen = scale)}
      />${scale}
    </label>`;
  }

  #renderLegend(run: Run) {
    const { width, dashes } = strokes[run.key];
    const line = svg`<path d="M0 4H28" stroke-width=${width} stroke-dasharray=${dashes} />`;
    const ring = run.key === 'kernels' ? svg`<circle cx="14" cy="4" r="3.2" />` : nothing;
    const isWatched = run.validation !== undefined && run.key !== 'kernels';
    const dots = svg`<path d="M0 4H28" stroke-width="2" stroke-dasharray="1.5 4" />`;
    return html`<span class=${run.path}>
        <svg viewBox="0 0 28 8" aria-hidden="true">${line}${ring}</svg
        >${runLabel(this.page.state, run)}${isWatched ? ', training' : ''}
      </span>
      ${
        isWatched
          ? html`<span class=${run.path}
              ><svg viewBox="0 0 28 8" aria-hidden="true">${dots}</svg>validation</span
            >`
          : nothing
      }`;
  }

  #describeDifference(): string {
    const { state } = this.page;
    const compared = comparedRuns(state);
    if (compared.length === 0) {
      return state.isComparing ? 'Strip: difference from float64, once the runs are there' : '';
    }
    const figures = compared.map(({ run, comparison }) => {
      const figure = significant(Math.max(...comparison.difference.losses));
      const drawn = run.key === 'kernels' ? 'dashed' : 'line';
      return compared.length > 1 ? `${figure} (${run.report?.plan.strategy}, ${drawn})` : figure;
    });
    return `Strip: difference from float64, at most ${figures.join(', ')}`;
  }

  #renderList() {
    const { state } = this.page;
    const runs = state.shownRuns.filter(({ report, isLost }) => report || isLost);
    if (runs.length === 0) return nothing;
    const longest = runs.reduce((a, b) => (a.curve.steps.length >= b.curve.steps.length ? a : b)).curve.steps;
    const stride = Math.max(1, Math.floor(longest.length / LISTED_STEPS));
    const indices = longest.map((_, index) => index).filter((index) => index % stride === 0);
    return html`<div class="screen-reader">
      <table>
        <caption>
          Loss over steps
        </caption>
        <thead>
          <tr>
            <th scope="col">step</th>
            ${runs.map((run) => [
              html`<th scope="col">${runLabel(state, run)}</th>`,
              run.validation ? html`<th scope="col">validation, ${runLabel(state, run)}</th>` : nothing,
            ])}
          </tr>
        </thead>
        <tbody>
          ${indices.map(
            (index) =>
              html`<tr>
                <th scope="row">${count(longest[index])}</th>
                ${runs.map(({ curve, validation }) => [
                  html`<td>${lossAt(curve, longest[index])}</td>`,
                  validation ? html`<td>${lastLookAt(validation, longest[index])}</td>` : nothing,
                ])}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }
}

function lossAt({ steps, losses: found }: Run['curve'], step: number): string {
  const loss = found[steps.indexOf(step)];
  return Number.isFinite(loss) ? significant(loss) : '—';
}

/** The validation loss of the last look up to a step. */
function lastLookAt({ steps, losses: looks }: ValidationCurve, step: number): string {
  const next = steps.findIndex((each) => each > step);
  const loss = looks[(next < 0 ? steps.length : next) - 1];
  return loss === undefined ? '—' : significant(loss);
}

customElements.define('loss-card', LossCard);
