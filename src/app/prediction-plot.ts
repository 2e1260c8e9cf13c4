import { css, html, LitElement, nothing, svg } from 'lit';
import type { PartName } from '../index.ts';
import type { AssessmentReport, PartReport } from '../worker/assessment-report.ts';
import { tickOf } from './chart-scales.ts';
import { count, countOf, significant } from './format.ts';
import { mostHonest, quoted } from './measures-sentences.ts';
import { plotRange, plottedRows, plotTicks, spreadRows, type PlottedRow } from './plot-points.ts';
import { baseStyles } from './styles.ts';

/** As wide as it is on a phone, so that the letters have their size there. */
const WIDTH = 340;
const TOP = 24;
const BOTTOM = 40;
const RIGHT = 12;
/** Of a digit of a tick. */
const DIGIT_WIDTH = 7;
const TABLE_ROWS = 10;

interface PlottedPart extends Pick<PartReport, 'part' | 'rowCount'> {
  readonly rows: readonly PlottedRow[];
  /** Rows that would be drawn if their prediction were a number. */
  readonly missing: number;
}

/** Each mark as a path around its place: told apart by shape alone. */
const marks: Record<PartName, (x: number, y: number) => string> = {
  training: (x, y) => `M${round(x)} ${round(y)}h0`,
  validation: (x, y) => `M${round(x - 3)} ${round(y)}a3 3 0 1 0 6 0a3 3 0 1 0 -6 0`,
  test: (x, y) => `M${round(x - 3)} ${round(y - 3)}l6 6m0 -6l-6 6`,
};

/** What a regression predicts against what is so; what is right lies on the diagonal. */
class PredictionPlot extends LitElement {
  static override properties = { assessment: { attribute: false }, output: { attribute: false } };

  static override styles = [
    baseStyles,
    css`
      .plot {
        display: block;
        width: 100%;
        max-width: 460px;
      }
      text {
        fill: var(--muted);
        font-size: 12px;
        font-variant-numeric: tabular-nums;
      }
      path {
        fill: none;
        stroke-linecap: round;
      }
      .grid {
        stroke: var(--line);
      }
      .diagonal {
        stroke: var(--muted);
        stroke-dasharray: 5 4;
      }
      .training {
        stroke: var(--muted);
        stroke-width: 3.5;
        stroke-opacity: 0.7;
      }
      .validation,
      .test {
        stroke: var(--ink);
        stroke-width: 1.25;
      }
      ul {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
        margin: 8px 0 0;
        padding: 0;
        list-style: none;
      }
      li svg {
        width: 20px;
        height: 12px;
        margin-right: 6px;
        vertical-align: -2px;
      }
      p {
        margin-top: 8px;
        max-width: 92ch;
      }
      @media (min-width: 720px) {
        text {
          font-size: 9.5px;
        }
      }
    `,
  ];

  declare assessment: AssessmentReport;
  /** Which of several outputs. */
  declare output: number;

  override render() {
    const parts = this.assessment.parts.map((report) => plottedPart(report, this.output));
    if (parts.every(({ rows }) => rows.length === 0)) {
      return html`<p class="muted">There is nothing to draw: no prediction is a number.</p>`;
    }
    const name = quoted(this.assessment.outputNames[this.output]);
    return html`
      ${renderPlot(parts, name)}
      <ul class="small">
        ${parts.map(
          ({ part, rowCount }) =>
            html`<li>
              <svg viewBox="0 0 20 12" aria-hidden="true">
                ${svg`<path class=${part} d=${marks[part](10, 6)} />`}</svg
              >${part}, ${countOf(rowCount, 'row')}
            </li>`,
        )}
        <li>
          <svg viewBox="0 0 20 12" aria-hidden="true">${svg`<path class="diagonal" d="M0 6H20" />`}</svg
          >predicted = actual
        </li>
      </ul>
      ${parts.map(renderOmission)} ${this.#renderTable(parts)}
    `;
  }

  /** For those who do not see the picture. */
  #renderTable(parts: readonly PlottedPart[]) {
    const { part } = mostHonest(this.assessment.parts);
    const rows = spreadRows(parts[parts.length - 1].rows, TABLE_ROWS);
    return html`<div class="screen-reader">
      <table>
        <caption>
          ${countOf(rows.length, `${part} row`)}, from the smallest actual value to the largest
        </caption>
        <thead>
          <tr>
            <th scope="col">actual</th>
            <th scope="col">predicted</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ({ actual, predicted }) =>
              html`<tr>
                <td>${significant(actual)}</td>
                <td>${significant(predicted)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }
}

function plottedPart({ part, rowCount, points }: PartReport, output: number): PlottedPart {
  const rows = plottedRows(points[output]);
  return { part, rowCount, rows, missing: points[output].actual.length - rows.length };
}

function renderPlot(parts: readonly PlottedPart[], name: string) {
  const range = plotRange(parts.flatMap(({ rows }) => rows));
  const { values, step } = plotTicks(range);
  const ticks = values.map((value) => ({ value, text: tickOf(value, step) }));
  const tickWidth = DIGIT_WIDTH * Math.max(...ticks.map(({ text }) => text.length));
  const left = tickWidth + 12;
  const side = WIDTH - left - RIGHT;
  const bottom = TOP + side;
  const share = (value: number) => (value - range[0]) / (range[1] - range[0]);
  const x = (value: number) => left + side * share(value);
  const y = (value: number) => bottom - side * share(value);
  // Long numbers stand side by side only so often.
  const stride = Math.ceil((tickWidth + 8) / (side * share(range[0] + step)));
  const summary = parts.map(({ part, rowCount }) => countOf(rowCount, `${part} row`)).join(', ');
  return html`<svg
    class="plot"
    viewBox="0 0 ${WIDTH} ${bottom + BOTTOM}"
    role="img"
    aria-label="Predicted against actual ${name}: ${summary}. Some of the rows follow as a table."
  >
    ${ticks.map(
      ({ value, text }, i) => svg`
        <path class="grid" d="M${round(x(value))} ${TOP}V${bottom}M${left} ${round(y(value))}H${left + side}" />
        <text x=${left - 8} y=${round(y(value) + 4)} text-anchor="end">${text}</text>
        ${
          i % stride === 0
            ? svg`<text x=${round(x(value))} y=${bottom + 16} text-anchor="middle">${text}</text>`
            : nothing
        }`,
    )}
    ${svg`
      <path class="diagonal" d="M${left} ${bottom}L${left + side} ${TOP}" />
      <text x="0" y="12">predicted</text>
      <text x=${left + side} y=${bottom + 34} text-anchor="end">actual</text>
      ${parts.map(
        ({ part, rows }) =>
          svg`<path class=${part} d=${rows.map(({ actual, predicted }) => marks[part](x(actual), y(predicted))).join('')} />`,
      )}`}
  </svg>`;
}

/** What is not drawn is said. */
function renderOmission({ part, rowCount, rows, missing }: PlottedPart) {
  const drawable = rows.length + missing;
  const thinned =
    drawable < rowCount ? `${count(drawable)} of ${countOf(rowCount, `${part} row`)} are drawn.` : '';
  const lost = missing > 0 ? `${countOf(missing, `${part} row`)} without a predicted number left out.` : '';
  const text = [thinned, lost].filter(Boolean).join(' ');
  return text ? html`<p class="muted small">${text}</p>` : nothing;
}

function round(value: number): string {
  return value.toFixed(1);
}

customElements.define('prediction-plot', PredictionPlot);
