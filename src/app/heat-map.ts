import { css, html, LitElement, nothing } from 'lit';
import type { HeatCell, SweepHeat, SweptName } from '../index.ts';
import { countOf } from './format.ts';
import { bestCell, heatDepths } from './heat-depths.ts';
import { NO_VALUE } from './measures-sentences.ts';
import { baseStyles, tableStyles } from './styles.ts';
import type { SweepReport } from '../worker/sweep-report.ts';
import { capitalised, heatTexts, rankedName, shownValue } from './sweep-sentences.ts';

/** What a field has at most, in pixels, and the names of the rows. */
const MOST_WIDTH = 176;
const NAMES_WIDTH = 128;

/** What two swept settings come to together: a field for each two values, the deeper the smaller the loss. */
class HeatMap extends LitElement {
  static override properties = { heat: { attribute: false }, labels: { attribute: false }, rankedBy: {} };

  static override styles = [
    baseStyles,
    tableStyles,
    css`
      /* What only screen readers get is cut off with the rest. */
      .scroll {
        position: relative;
      }
      table {
        border-spacing: 2px;
        width: 100%;
      }
      :host {
        container-type: inline-size;
      }
      caption {
        padding-bottom: 8px;
        text-align: left;
        color: var(--muted);
        font-size: 12px;
        line-height: 16px;
      }
      /* In sight wherever the fields are scrolled to. */
      caption span {
        display: inline-block;
        position: sticky;
        left: 0;
        max-width: calc(100cqw - 16px);
      }
      th[scope='colgroup'] {
        text-align: left;
      }
      th[scope='colgroup'] span {
        position: sticky;
        left: 96px;
      }
      th,
      tbody th {
        border: 0;
        padding: 4px 8px;
        vertical-align: middle;
      }
      thead th {
        text-align: center;
      }
      thead th[rowspan] {
        vertical-align: bottom;
      }
      .stays {
        position: sticky;
        left: 0;
        z-index: 1;
        padding-right: 12px;
        background: var(--card);
      }
      thead th:last-child,
      td:last-child {
        padding-right: 8px;
      }
      td {
        --depth: 3%;
        min-width: 116px;
        height: 52px;
        border: 0;
        border-radius: 6px;
        background: color-mix(in srgb, var(--ink) var(--depth), var(--card));
        text-align: center;
        vertical-align: middle;
      }
      td.depth-1 {
        --depth: 8%;
      }
      td.depth-2 {
        --depth: 13%;
      }
      td.depth-3 {
        --depth: 18%;
      }
      td.depth-4 {
        --depth: 23%;
      }
      td.depth-5 {
        --depth: 28%;
      }
      td.none {
        background: none;
        color: var(--muted);
      }
      td.best {
        font-weight: 600;
        box-shadow: inset 0 0 0 2px var(--ink);
      }
      .note {
        display: block;
        min-height: 16px;
        font-size: 12px;
        line-height: 16px;
        font-weight: 400;
      }
      .best .note {
        font-weight: 500;
      }
      .note span + span::before {
        content: '·' / '';
        padding-right: 4px;
      }
      @container (max-width: 600px) {
        td {
          min-width: 80px;
        }
        .note span {
          display: block;
        }
        .note span + span::before {
          content: none;
        }
      }
    `,
  ];

  declare heat: SweepHeat;
  declare labels: Readonly<Record<SweptName, string>>;
  declare rankedBy: SweepReport['rankedBy'];

  override updated(): void {
    const table = this.renderRoot.querySelector('table');
    // Set here and not in the template: the page's policy allows no style attribute.
    if (table) table.style.maxWidth = `${NAMES_WIDTH + MOST_WIDTH * this.heat.columns.length}px`;
  }

  override render() {
    const { heat, labels } = this;
    const [column, row] = [labels[heat.columnName], labels[heat.rowName]];
    const depths = heatDepths(heat.cells);
    const best = bestCell(heat.cells);
    const placed = new Map(
      heat.cells.map((cell, i) => [placeOf(cell.row, cell.column), { cell, depth: depths[i] }]),
    );
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Heat map of ${column} and ${row}">
      <table>
        <caption>
          <span
            >${capitalised(rankedName(this.rankedBy))} by ${column} and ${row}: median of the networks that
            did not diverge, the deeper the smaller.</span
          >
        </caption>
        <thead>
          <tr>
            <th scope="col" rowspan="2" class="words stays">${row}</th>
            <th scope="colgroup" colspan=${heat.columns.length}><span>${column}</span></th>
          </tr>
          <tr>
            ${heat.columns.map((value) => {
              const { text, title = nothing } = shownValue(value);
              return html`<th scope="col" title=${title}>${text}</th>`;
            })}
          </tr>
        </thead>
        <tbody>
          ${heat.rows.map((value, y) => {
            const { text, title = nothing } = shownValue(value);
            return html`<tr>
              <th scope="row" class="words stays" title=${title}>${text}</th>
              ${heat.columns.map((_, x) => {
                const { cell, depth } = placed.get(placeOf(y, x)) ?? {};
                return renderCell(cell, depth, cell !== undefined && cell === best);
              })}
            </tr>`;
          })}
        </tbody>
      </table>
    </div>`;
  }
}

function placeOf(row: number, column: number): string {
  return `${row} ${column}`;
}

function renderCell(cell: HeatCell | undefined, depth: number | undefined, isBest: boolean) {
  if (!cell) return html`<td class="none">${renderSpoken(NO_VALUE, 'no networks')}</td>`;
  const { text, notes } = heatTexts(cell, isBest);
  const shade = depth === undefined ? 'none' : `depth-${depth}`;
  return html`<td class="${shade} ${isBest ? 'best' : ''}">
    ${cell.overCount === 0 ? renderSpoken(text, 'none is over yet') : text}${
      notes.length > 0
        ? html`<span class="note">${notes.map((note) => html`<span>${note}</span> `)}</span>`
        : nothing
    }${cell.median === undefined ? nothing : html`<span class="screen-reader">of ${countOf(cell.overCount, 'network')}</span>`}
  </td>`;
}

/** A sign alone is not read out. */
function renderSpoken(sign: string, words: string) {
  return html`<span aria-hidden="true">${sign}</span><span class="screen-reader">${words}</span>`;
}

customElements.define('heat-map', HeatMap);
