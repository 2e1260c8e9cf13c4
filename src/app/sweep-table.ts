import { css, html, LitElement, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import type { SweepColumn, SweepOrder, SweepReport, SweepRow } from '../worker/sweep-report.ts';
import { count, significant } from './format.ts';
import { NO_VALUE } from './measures-sentences.ts';
import { orSpoken } from './measures-table.ts';
import { baseStyles, controlStyles, tableStyles } from './styles.ts';
import { networkName, rowStatus, shownValue, type SweptLabel } from './sweep-sentences.ts';

interface Column {
  readonly name: SweepColumn;
  readonly label: string;
  /** Words stand left, figures right. */
  readonly isWords: boolean;
}

/** The networks of a sweep, sortable: events `choose` and `open` with a place, `order` with an order, `more`. */
class SweepTable extends LitElement {
  static override properties = {
    rows: { attribute: false },
    total: { attribute: false },
    order: { attribute: false },
    axes: { attribute: false },
    rankedBy: {},
    chosen: { attribute: false },
  };

  static override styles = [
    baseStyles,
    controlStyles,
    tableStyles,
    css`
      /* What only screen readers get is cut off with the rest. */
      .scroll {
        position: relative;
      }
      th,
      td {
        padding: 2px 8px;
        vertical-align: middle;
      }
      tbody tr > * {
        height: 36px;
      }
      th button {
        min-height: 32px;
        margin: 0 -4px;
        padding: 0 4px;
        border-color: transparent;
        background: none;
        font-size: 12px;
      }
      .arrow {
        display: inline-block;
        width: 12px;
        text-align: center;
      }
      .sorted button {
        color: var(--ink);
        font-weight: 600;
      }
      th:first-child {
        position: sticky;
        left: 0;
        z-index: 1;
        padding-right: 12px;
        background: var(--card);
        text-align: left;
      }
      thead th:first-child {
        padding-left: 28px;
      }
      label {
        display: flex;
        align-items: center;
        gap: 8px;
        min-height: 32px;
        cursor: pointer;
      }
      input {
        flex: none;
        width: 16px;
        height: 16px;
        margin: 0 2px;
        accent-color: var(--ink);
      }
      .chosen > :is(th, td):nth-child(n) {
        background: var(--well);
      }
      .chosen > :first-child {
        font-weight: 600;
      }
      td.words,
      th.words {
        padding-left: 16px;
      }
      td button {
        min-height: 28px;
      }
      /* Open is at hand wherever the figures are scrolled to. */
      th:last-child,
      td:last-child {
        position: sticky;
        right: 0;
        padding-left: 12px;
        background: var(--card);
      }
      .foot {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 16px;
        min-height: 36px;
        margin-top: 12px;
      }
      @media (pointer: coarse), (max-width: 719px) {
        th button,
        td button,
        label {
          min-height: 40px;
        }
      }
    `,
  ];

  /** The first of them, in the order asked for. */
  declare rows: readonly SweepRow[];
  declare total: number;
  declare order: SweepOrder;
  declare axes: readonly SweptLabel[];
  declare rankedBy: SweepReport['rankedBy'];
  /** The place of the network whose curve is drawn. */
  declare chosen: number | undefined;

  get #columns(): Column[] {
    const figure = (name: SweepColumn, label: string): Column => ({ name, label, isWords: false });
    return [
      { name: 'place', label: 'network', isWords: true },
      figure('rank', 'rank'),
      figure('finalLoss', 'final loss'),
      ...(this.rankedBy === 'validationLoss' ? [figure('validationLoss', 'validation loss')] : []),
      ...this.axes.map(({ name, label }) => figure(name, label)),
    ];
  }

  override render() {
    const { rows, total } = this;
    return html`
      <div class="scroll" tabindex="0" role="region" aria-label="Networks of the sweep">
        <table>
          <thead>
            <tr>
              ${this.#columns.map((column) => this.#renderHeader(column))}
              <th scope="col" class="words">state</th>
              <th scope="col"><span class="screen-reader">as a single run</span></th>
            </tr>
          </thead>
          <tbody>
            ${repeat(
              rows,
              ({ place }) => place,
              (row) => this.#renderRow(row),
            )}
          </tbody>
        </table>
      </div>
      <div class="foot">
        ${
          rows.length < total
            ? html`<button type="button" @click=${() => this.#tell('more')}>Show more</button>`
            : nothing
        }
        <span class="muted small number">${describeCount(rows.length, total)}</span>
      </div>
    `;
  }

  #renderHeader({ name, label, isWords }: Column) {
    const { column, isDescending } = this.order;
    const isSorted = column === name;
    const sort = isSorted ? (isDescending ? 'descending' : 'ascending') : 'none';
    // On the side where no figure stands under it.
    const mark = html`<span class="arrow" aria-hidden="true"
      >${isSorted ? (isDescending ? '↓' : '↑') : ''}</span
    >`;
    const order: SweepOrder = { column: name, isDescending: isSorted && !isDescending };
    return html`<th
      scope="col"
      class="${isWords ? 'words' : ''} ${isSorted ? 'sorted' : ''}"
      aria-sort=${sort}
    >
      <button type="button" @click=${() => this.#tell('order', order)}>
        ${isWords ? nothing : mark}${label}${isWords ? mark : nothing}
      </button>
    </th>`;
  }

  #renderRow(row: SweepRow) {
    const { place, rank, values, finalLoss, validationLoss } = row;
    const isChosen = place === this.chosen;
    const name = networkName(place);
    const status = rowStatus(row);
    return html`<tr class=${isChosen ? 'chosen' : ''}>
      <th scope="row">
        <label
          ><input
            type="radio"
            name="chosen"
            aria-label="Draw ${name}"
            .checked=${live(isChosen)}
            @change=${() => this.#tell('choose', place)}
          />${count(place + 1)}</label
        >
      </th>
      <td>${orSpoken(rank === undefined ? NO_VALUE : count(rank))}</td>
      <td>${renderLoss(finalLoss)}</td>
      ${this.rankedBy === 'validationLoss' ? html`<td>${renderLoss(validationLoss)}</td>` : nothing}
      ${values.map((value) => {
        const { text, title = nothing } = shownValue(value === '' ? NO_VALUE : value);
        return html`<td title=${title}>${orSpoken(text)}</td>`;
      })}
      <td class="words ${row.hasFailed || row.divergedAt !== undefined ? '' : 'muted'}">${status}</td>
      <td>
        <button
          type="button"
          aria-label="Open ${name} as a single run"
          @click=${() => this.#tell('open', place)}
        >
          Open
        </button>
      </td>
    </tr>`;
  }

  #tell(name: 'choose' | 'open' | 'order' | 'more', detail?: number | SweepOrder): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

function renderLoss(loss: number | undefined) {
  return orSpoken(loss === undefined ? NO_VALUE : significant(loss));
}

function describeCount(shown: number, total: number): string {
  if (shown < total) return `${count(shown)} of ${count(total)} networks`;
  return total === 1 ? '1 network' : `All ${count(total)} networks`;
}

customElements.define('sweep-table', SweepTable);
